/* SPDX-License-Identifier: MIT
 *
 * Collecting and sorting diagnostics, and the table of rules. diag_render.c prints them.
 */
#include "diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "arena.h"

#define NOTICE DIAG_NOTICE
#define WARNING DIAG_WARNING
#define ERROR DIAG_ERROR
static const struct diag_rule rules[DIAG_N_CODES] = {
#define X(code, level, name, title, text, wrong, right) {code, level, #code, name, title, text, wrong, right},
    DIAG_CODES(X)
#undef X
};

const struct diag_rule *diag_rule(enum diag_code code) { return &rules[code]; }

const struct diag_rule *diag_find_rule(const char *id_or_name) {
    for (size_t i = 0; i < DIAG_N_CODES; i++)
        if (!strcasecmp(rules[i].id, id_or_name) || !strcmp(rules[i].name, id_or_name))
            return &rules[i];
    return NULL;
}

bool diag_is_switchable(const struct diag_rule *rule) { return !strncmp(rule->id, "T1", 2); }

bool diag_is_of_diff(const struct diag_rule *rule) { return !strncmp(rule->id, "T2", 2); }

bool diag_is_allowable(const struct diag_rule *rule) {
    return (diag_is_switchable(rule) && strncmp(rule->id, "T11", 3) != 0) ||
           (diag_is_of_diff(rule) && strncmp(rule->id, "T24", 3) != 0);
}

bool diag_may_be_gone(const struct diag_rule *rule) {
    switch (rule->code) {
    case T2102:
    case T2103:
    case T2104:
    case T2109:
    case T2302:
    case T2313:
        return true;
    default:
        return false;
    }
}

void diag_print_rules(struct text *out) {
    for (size_t i = 0; i < DIAG_N_CODES; i++)
        text_printf(out, "%s %-7s %-22s %s\n", rules[i].id, diag_level_name(rules[i].level), rules[i].name,
                    rules[i].title);
}

static void append_indented(struct text *out, const char *lines) {
    while (*lines) {
        size_t size = strcspn(lines, "\n");
        text_append(out, size ? "    " : "");
        text_append_bytes(out, lines, size);
        text_append_char(out, '\n');
        lines += size + (lines[size] == '\n');
    }
}

void diag_explain(const struct diag_rule *rule, struct text *out) {
    text_printf(out, "%s (%s): %s\n\n%s\n\nWrong:\n\n", rule->id, rule->name, rule->title, rule->text);
    append_indented(out, rule->wrong);
    text_append(out, "\nRight:\n\n");
    append_indented(out, rule->right);
    if (diag_is_switchable(rule))
        text_printf(out, "\nSwitched off by: t87sc check -W no-%s\n", rule->name);
    if (!diag_is_allowable(rule))
        return;
    text_printf(out,
                "%s, at the end of its line or on a line of its own before the declaration, by:\n"
                "// t87sc: allow(%s) reason\n",
                diag_is_of_diff(rule) ? "\nAllowed in the new schema, for the change that brings the comment in"
                                      : "Silenced in a schema",
                rule->id);
    if (diag_may_be_gone(rule))
        text_printf(out,
                    "or, when it is told of something that is gone, anywhere by:\n// t87sc: allow(%s NAME) reason\n",
                    rule->id);
}

void diag_init(struct diag_list *list, struct arena *arena, const struct source_list *sources) {
    *list = (struct diag_list){.arena = arena, .sources = sources};
}

static const char *format_message(struct diag_list *list, const char *format, va_list arguments) {
    struct text text;
    text_init_in(&text, list->arena);
    text_vprintf(&text, format, arguments);
    list->failed |= text.failed;
    return text_string(&text);
}

static void count(struct diag_list *list, const struct diag_rule *rule) {
    if (rule->level != DIAG_NOTICE)
        *(rule->level == DIAG_ERROR ? &list->n_errors : &list->n_warnings) += 1;
    list->n_unreadable += !strncmp(rule->id, "T01", 3);
}

bool diag_only_counted(struct diag_list *list, enum diag_code code) {
    if (list->n_kept < DIAG_MAX_KEPT)
        return false;
    count(list, &rules[code]);
    list->n_dropped++;
    return true;
}

struct diag *diag_add(struct diag_list *list, enum diag_code code, struct place place, uint32_t span,
                      const char *format, ...) {
    if (diag_only_counted(list, code))
        return NULL;
    const struct diag_rule *rule = &rules[code];
    struct diag *diag = arena_try(list->arena, sizeof *diag);
    count(list, rule);
    if (!diag) {
        list->failed = true;
        list->n_dropped++;
        return NULL;
    }
    va_list arguments;
    va_start(arguments, format);
    *diag = (struct diag){.rule = rule,
                          .level = rule->level,
                          .place = place,
                          .span = span ? span : 1,
                          .message = format_message(list, format, arguments),
                          .sequence = (uint32_t)list->n_kept++};
    va_end(arguments);
    if (list->last)
        list->last->next = diag;
    else
        list->first = diag;
    list->last = diag;
    return diag;
}

static void add_folder(struct diag_list *list, const char *path, struct place place, uint32_t span) {
    struct diag *diag = diag_add(list, T0121, place, span, "'%s' is a folder", path);
    size_t size = strlen(path);
    if (!strcmp(place.file, path)) /* else an import */
        diag_help(list, diag, "name the schemas in it, such as %s%s*.tags", path,
                  size && path[size - 1] == '/' ? "" : "/");
}

void diag_add_unread(struct diag_list *list, enum source_status status, int error, const char *path, struct place place,
                     uint32_t span) {
    switch (status) {
    case SOURCE_OK:
        break;
    case SOURCE_MISSING:
        diag_add(list, T0120, place, span, "there is no file '%s'", path);
        break;
    case SOURCE_IS_FOLDER:
        add_folder(list, path, place, span);
        break;
    case SOURCE_IS_SPECIAL:
        diag_add(list, T0123, place, span, "'%s' is a pipe, a device or a socket: an import must be a file", path);
        break;
    case SOURCE_TOO_BIG:
        diag_add(list, T0122, place, span, "'%s' is too big: a schema with its imports has at most 16 MiB", path);
        break;
    case SOURCE_UNREADABLE:
        diag_add(list, T0123, place, span, "cannot read '%s': %s", path, strerror(error));
        break;
    }
}

static void add_remark(struct diag_list *list, struct diag *diag, struct diag_remark content) {
    struct diag_remark *remark = arena_try(list->arena, sizeof *remark);
    if (!remark) {
        list->failed = true;
        return;
    }
    *remark = content;
    if (diag->last_remark)
        diag->last_remark->next = remark;
    else
        diag->remarks = remark;
    diag->last_remark = remark;
}

void diag_help(struct diag_list *list, struct diag *diag, const char *format, ...) {
    if (!diag)
        return;
    va_list arguments;
    va_start(arguments, format);
    const char *message = format_message(list, format, arguments);
    va_end(arguments);
    add_remark(list, diag, (struct diag_remark){.kind = DIAG_HELP, .place = diag->place, .message = message});
}

void diag_note(struct diag_list *list, struct diag *diag, struct place place, const char *format, ...) {
    if (!diag)
        return;
    va_list arguments;
    va_start(arguments, format);
    const char *message = format_message(list, format, arguments);
    va_end(arguments);
    add_remark(list, diag, (struct diag_remark){.kind = DIAG_NOTE, .place = place, .message = message});
}

/* A part of a diagnostic and the text in it, which is copied. False, and the list has failed, when there is no memory.
 */
static bool keep_text(struct diag_list *list, void *part, const char **text) {
    size_t size = strlen(*text) + 1;
    char *copy = part ? arena_try(list->arena, size) : NULL;
    list->failed |= !copy;
    *text = copy ? memcpy(copy, *text, size) : NULL;
    return copy != NULL;
}

void diag_fix(struct diag_list *list, struct diag *diag, struct place place, uint32_t span, const char *text) {
    if (!diag)
        return;
    struct diag_fix *fix = arena_try(list->arena, sizeof *fix);
    if (!keep_text(list, fix, &text))
        return;
    *fix = (struct diag_fix){place, span, text};
    diag->fix = fix;
}

void diag_allow(struct diag_list *list, struct diag *diag, struct place place, const char *reason) {
    if (!diag)
        return;
    struct diag_allowed *allowed = arena_try(list->arena, sizeof *allowed);
    if (!keep_text(list, allowed, &reason))
        return;
    *allowed = (struct diag_allowed){place, reason};
    *(diag->level == DIAG_ERROR ? &list->n_errors : &list->n_warnings) -= 1;
    diag->level = DIAG_NOTICE;
    diag->allowed = allowed;
}

void diag_did_you_mean(struct diag_list *list, struct diag *diag, const char *name) {
    diag_help(list, diag, "did you mean '%s'?", name);
    if (diag)
        diag_fix(list, diag, diag->place, diag->span, name);
}

/* ---- order ---- */

static int compare_files(const void *left, const void *right) {
    uintptr_t a = (uintptr_t)(*(struct diag *const *)left)->place.file;
    uintptr_t b = (uintptr_t)(*(struct diag *const *)right)->place.file;
    return (a > b) - (a < b);
}

/* The first of `sorted` whose file is not before `file`. */
static size_t first_of_file(struct diag *const *sorted, size_t n, const char *file) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((uintptr_t)sorted[middle]->place.file < (uintptr_t)file)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Which file comes first: once for all, there may be a million files. What is in none of them comes last. */
static void order_files(const struct diag_list *list, struct diag **diags, size_t n) {
    uint32_t order = 0;
    qsort(diags, n, sizeof *diags, compare_files);
    for (size_t i = 0; i < n; i++)
        diags[i]->file_order = UINT32_MAX;
    for (const struct source *source = list->sources ? list->sources->first : NULL; source; source = source->next) {
        for (size_t i = first_of_file(diags, n, source->path); i < n && diags[i]->place.file == source->path; i++)
            diags[i]->file_order = order;
        order++;
    }
}

static int compare_numbers(uint32_t a, uint32_t b) { return (a > b) - (a < b); }

static int compare_places(const struct diag *a, const struct diag *b) {
    int order = compare_numbers(a->file_order, b->file_order);
    order = order ? order : compare_numbers(a->place.line, b->place.line);
    return order ? order : compare_numbers(a->place.column, b->place.column);
}

static int compare(const void *left, const void *right) {
    const struct diag *a = *(struct diag *const *)left, *b = *(struct diag *const *)right;
    int order = compare_places(a, b);
    return order ? order : compare_numbers(a->sequence, b->sequence);
}

static bool is_duplicate(struct diag *const *sorted, size_t n, const struct diag *diag) {
    for (size_t i = n; i-- > 0 && compare_places(sorted[i], diag) == 0;)
        if (sorted[i]->rule == diag->rule && !strcmp(sorted[i]->message, diag->message))
            return true;
    return false;
}

struct diag **diag_sort(struct diag_list *list, size_t *n) {
    *n = 0;
    if (!list->n_kept)
        return NULL;
    struct diag **sorted = arena_try(list->arena, list->n_kept * sizeof *sorted);
    if (!sorted) {
        list->failed = true;
        return NULL;
    }
    size_t n_all = 0;
    for (struct diag *diag = list->first; diag; diag = diag->next)
        sorted[n_all++] = diag;
    order_files(list, sorted, n_all);
    qsort(sorted, n_all, sizeof *sorted, compare);
    for (size_t i = 0; i < n_all; i++)
        if (!sorted[i]->was_told && !is_duplicate(sorted, *n, sorted[i]))
            sorted[(*n)++] = sorted[i];
    return sorted;
}

struct diag **diag_select(struct diag_list *list, size_t max_errors, size_t *n, size_t *n_hidden) {
    size_t n_all = 0, n_errors = 0;
    struct diag **shown = diag_sort(list, &n_all);
    *n = 0;
    *n_hidden = list->n_dropped;
    for (size_t i = 0; i < n_all; i++) {
        bool error = shown[i]->level == DIAG_ERROR;
        if (error && max_errors && n_errors == max_errors) {
            ++*n_hidden;
            continue;
        }
        n_errors += error;
        shown[(*n)++] = shown[i];
    }
    return shown;
}

const char *diag_level_name(enum diag_level level) {
    static const char *const names[] = {[DIAG_NOTICE] = "note", [DIAG_WARNING] = "warning", [DIAG_ERROR] = "error"};
    return names[level];
}
