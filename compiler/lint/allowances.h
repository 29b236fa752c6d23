/* SPDX-License-Identifier: MIT
 *
 * "I know, and it is meant": comments that silence a warning at its place.
 *
 *     // t87sc: allow(T1005, T1007) the reason, which is required
 *
 * At the end of a line it covers that line and, behind a `;` or `}`, all that this ends: a declaration, a segment with
 * all below it. On a line of its own it covers what begins after it, up to the `;` or `}` that ends that; before
 * `schema NAME;` the whole file. So it covers the same however the schema is laid out. Each code is judged by itself:
 * one that silences nothing is told, but only in the schema's own file, since another may be read together with schemas
 * where it does.
 *
 * What `diff` finds is allowed in the same way. What is gone has no place: a name behind the code stands for it, and it
 * does not matter where. Which of these count is diff's to say (compiler/diff/allowed.c); `check` cannot know.
 *
 *     // t87sc: allow(T2302 rename_user) the reason
 */
#ifndef T87SC_ALLOWANCES_H
#define T87SC_ALLOWANCES_H

#include "load.h"

struct lint_switches;

struct allowance {
    uint32_t from_line, from_column, to_line, to_column; /* what it covers, both ends included */
    struct place place;                                  /* of the code in the comment */
    uint32_t span;
    bool was_of_use;
    struct allowance *next;  /* of its code, as they were written */
    struct allowance *outer; /* the nearest that began before it and had not ended where it begins */
    /* of diff's codes only */
    const char *reason; /* "": none */
    const char *anchor; /* how what it stands at begins, "mutation edit_post", "posts"; or the name behind the code */
    bool is_named;      /* it covers no place */
    bool is_old, was_told; /* diff's own */
};

struct allowed_code {
    struct allowance *first, *last;
    struct allowance **sorted; /* by where they begin; those that are named are not among them */
    size_t n, n_sorted;
};

/* The allowances of one file that has any. */
struct allowed_file {
    const char *path;
    struct allowed_code codes[DIAG_N_CODES];
    struct allowed_file *next;
};

struct allowances {
    struct arena *arena;
    struct diag_list *diags;
    const struct lint_switches *switches; /* of what is told of the comments themselves; NULL: nothing is */
    struct allowed_file *first;
};

/* Reads the comments of all files, and tells of those that are no allowances. */
void allowances_read(struct allowances *allowances, const struct loaded *loaded);

/* Makes those of a file ready to be asked. */
void allowances_sort(struct allowed_file *file, struct arena *arena);

/* The innermost that covers this place, and the next one around that; NULL: there is none. */
struct allowance *allowances_find(const struct allowances *allowances, enum diag_code code, struct place place);
struct allowance *allowances_around(const struct allowance *allowance, struct place place);

struct linter;

/* Tells of those that silenced nothing; after all lints have run. */
void allowances_tell_idle(struct linter *linter);

#endif
