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
 */
#ifndef T87SC_ALLOWANCES_H
#define T87SC_ALLOWANCES_H

#include "load.h"

struct allowance {
    uint32_t from_line, from_column, to_line, to_column; /* what it covers, both ends included */
    struct place place;                                  /* of the code in the comment */
    uint32_t span;
    bool was_of_use;
    struct allowance *next;  /* of its code, as they were written */
    struct allowance *outer; /* the nearest that began before it and had not ended where it begins */
};

struct allowed_code {
    struct allowance *first, *last;
    struct allowance **sorted; /* by where they begin */
    size_t n;
};

/* The allowances of one file that has any. */
struct allowed_file {
    const char *path;
    struct allowed_code codes[DIAG_N_CODES];
    struct allowed_file *next;
};

struct linter;

/* Reads the comments of all files, and tells of those that are no allowances. */
void allowances_read(struct linter *linter);

/* Makes those of a file ready to be asked. */
void allowances_sort(struct allowed_file *file, struct arena *arena);

/* Is the warning silenced at this place? */
bool allowances_cover(struct linter *linter, enum diag_code code, struct place place);

/* Tells of those that silenced nothing; after all lints have run. */
void allowances_tell_idle(struct linter *linter);

#endif
