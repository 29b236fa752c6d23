/* SPDX-License-Identifier: MIT
 *
 * Imports that bring less than they seem to. An import brings groups and enums; a file that holds more is a schema of
 * its own, or was meant to be read otherwise. That it has a name, too, is no loss.
 */
#include "linter.h"
#include "text.h"

static const struct {
    enum ast_kind kind;
    const char *one, *several;
} ignored[] = {{AST_ROOT, "a root", "roots"},
               {AST_INCLUDE, "an include", "includes"},
               {AST_DEFAULT_TTL, "a default ttl", "default ttls"},
               {AST_DEFAULT_GRACE, "a default grace", "default graces"},
               {AST_CACHED, "a query", "queries"},
               {AST_MUTATION, "a mutation", "mutations"}};
enum { N_IGNORED = sizeof ignored / sizeof *ignored };

/* The first thing in an imported file that no import brings, or NULL. */
static const struct ast_declaration *first_ignored(const struct file *file) {
    for (const struct ast_declaration *next = file->ast->first; next; next = next->next)
        for (size_t i = 0; i < N_IGNORED; i++)
            if (next->kind == ignored[i].kind)
                return next;
    return NULL;
}

/* "a root, 2 queries" */
static const char *list_ignored(struct linter *linter, const struct file *file) {
    struct text list;
    text_init_in(&list, linter->arena);
    for (size_t i = 0; i < N_IGNORED; i++) {
        size_t n = 0;
        for (const struct ast_declaration *next = file->ast->first; next; next = next->next)
            n += next->kind == ignored[i].kind;
        if (n)
            text_append(&list, list.size ? ", " : "");
        if (n > 1)
            text_printf(&list, "%zu %s", n, ignored[i].several);
        else if (n)
            text_append(&list, ignored[i].one);
    }
    return text_string(&list);
}

/* Told at each import that leads to it. */
void lint_ignored_declarations(struct linter *linter) {
    for (const struct file *file = linter->loaded->first_file; file; file = file->next) {
        for (const struct ring_edge *edge = file->ring.first_edge; edge; edge = edge->next) {
            const struct file *imported = (const struct file *)edge->to;
            const struct ast_declaration *first = first_ignored(imported);
            if (!first || !is_told(linter, T1014, edge->place))
                continue;
            struct diag *diag =
                diag_add(linter->diags, T1014, edge->place, edge->span,
                         "an import brings groups and enums, and this file also has what is left out: %s",
                         list_ignored(linter, imported));
            diag_help(linter->diags, diag, "keep groups and enums that are shared in a file of their own");
            diag_note(linter->diags, diag, first->place, "the first thing that is left out is here");
        }
    }
}

void lint_unused_imports(struct linter *linter) {
    for (const struct ring_edge *edge = linter->schema->ring.first_edge; edge; edge = edge->next) {
        const struct file *imported = (const struct file *)edge->to;
        bool told = first_ignored(imported) && !linter->switches->off[T1014];
        if (told || uses_file_is_live(&linter->uses, imported) || !is_told(linter, T1017, edge->place))
            continue;
        struct diag *diag = diag_add(linter->diags, T1017, edge->place, edge->span,
                                     "the schema uses no group and no enum of this file");
        diag_help(linter->diags, diag, "take the import away");
    }
}
