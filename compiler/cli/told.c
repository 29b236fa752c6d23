/* SPDX-License-Identifier: MIT */
#include "told.h"

#include <string.h>

static void remember(void *argument) {
    struct told *told = argument;
    intern_name(&told->diags, told->text.data, told->text.size);
}

static bool was_told(struct told *told, const struct diag *diag) {
    const size_t n = told->diags.n;
    text_rewind(&told->text);
    text_printf(&told->text, "%s:%u:%u:%s:%s", diag->place.file, diag->place.line, diag->place.column, diag->rule->id,
                diag->message);
    return !told->text.failed && arena_run(&told->arena, remember, told) && told->diags.n == n;
}

void told_init(struct told *told) {
    arena_init(&told->arena);
    intern_init(&told->diags, &told->arena);
    text_init(&told->text);
}

void told_mark(struct told *told, struct diag_list *list) {
    const char *own = list->sources && list->sources->first ? list->sources->first->path : NULL;
    for (struct diag *diag = list->first; diag; diag = diag->next)
        diag->was_told = own && strcmp(diag->place.file, own) != 0 && was_told(told, diag);
}

void told_free(struct told *told) {
    text_free(&told->text);
    arena_free(&told->arena);
}
