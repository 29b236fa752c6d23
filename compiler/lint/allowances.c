/* SPDX-License-Identifier: MIT
 *
 * What the allowances cover, and what they are asked. allowance_comments.c finds them.
 */
#include <stdlib.h>

#include "linter.h"

static int compare_numbers(uint32_t a, uint32_t b) { return (a > b) - (a < b); }

static int compare_positions(uint32_t line, uint32_t column, uint32_t other_line, uint32_t other_column) {
    int order = compare_numbers(line, other_line);
    return order ? order : compare_numbers(column, other_column);
}

/* Of two that begin at one place the first one written comes last: it is found first, and the other is idle. */
static int compare(const void *left, const void *right) {
    const struct allowance *a = *(struct allowance *const *)left, *b = *(struct allowance *const *)right;
    int order = compare_positions(a->from_line, a->from_column, b->from_line, b->from_column);
    return order ? order : compare_positions(b->place.line, b->place.column, a->place.line, a->place.column);
}

static void sort(struct allowed_code *code, struct arena *arena) {
    size_t n = 0;
    code->sorted = ARENA_ARRAY(arena, struct allowance *, code->n);
    for (struct allowance *allowance = code->first; allowance; allowance = allowance->next)
        if (!allowance->is_named)
            code->sorted[n++] = allowance;
    code->n_sorted = n;
    qsort(code->sorted, n, sizeof *code->sorted, compare);
    struct allowance *outer = NULL;
    for (size_t i = 0; i < n; i++) {
        struct allowance *allowance = code->sorted[i];
        while (outer &&
               compare_positions(outer->to_line, outer->to_column, allowance->from_line, allowance->from_column) < 0)
            outer = outer->outer;
        allowance->outer = outer;
        outer = allowance;
    }
}

void allowances_sort(struct allowed_file *file, struct arena *arena) {
    for (size_t i = 0; i < DIAG_N_CODES; i++)
        if (file->codes[i].n)
            sort(&file->codes[i], arena);
}

/* The last one that begins at the place or before it. */
static struct allowance *find(const struct allowed_code *code, struct place place) {
    size_t from = 0, to = code->n_sorted;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct allowance *allowance = code->sorted[middle];
        if (compare_positions(allowance->from_line, allowance->from_column, place.line, place.column) <= 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from ? code->sorted[from - 1] : NULL;
}

/* It, or the nearest around it, that has not ended before the place. */
static struct allowance *reaching(struct allowance *allowance, struct place place) {
    while (allowance && compare_positions(allowance->to_line, allowance->to_column, place.line, place.column) < 0)
        allowance = allowance->outer;
    return allowance;
}

struct allowance *allowances_find(const struct allowances *allowances, enum diag_code code, struct place place) {
    const struct allowed_file *file = allowances->first;
    while (file && file->path != place.file)
        file = file->next;
    return file ? reaching(find(&file->codes[code], place), place) : NULL;
}

struct allowance *allowances_around(const struct allowance *allowance, struct place place) {
    return reaching(allowance->outer, place);
}

static void tell_idle(struct linter *linter, const struct diag_rule *rule, const struct allowance *allowance) {
    if (allowance->was_of_use || !is_told(linter, T1103, allowance->place))
        return;
    struct diag *diag = diag_add(linter->diags, T1103, allowance->place, allowance->span,
                                 "nothing to allow here: %s, %s, is not told", rule->id, rule->title);
    diag_help(linter->diags, diag,
              "take it away, or move it to where the warning stands: to the end of that line, or "
              "to a line of its own before the declaration");
}

void allowances_tell_idle(struct linter *linter) {
    const char *path = linter->schema->ast->source->path;
    for (const struct allowed_file *file = linter->allowances.first; file; file = file->next)
        for (size_t i = 0; file->path == path && i < DIAG_N_CODES; i++)
            for (const struct allowance *each = file->codes[i].first; each; each = each->next)
                if (!linter->switches->off[i] && !diag_is_of_diff(diag_rule((enum diag_code)i)))
                    tell_idle(linter, diag_rule((enum diag_code)i), each);
}
