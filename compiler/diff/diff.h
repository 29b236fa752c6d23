/* SPDX-License-Identifier: MIT
 *
 * What a change of a schema does to programs and to running systems: two models are compared, not two texts.
 *
 *     SOURCE        the generated C is another: callers must be changed, or do something else unnoticed
 *     KEY           a query's cached answers are found no more: ORPHAN
 *     INVALIDATION  a mutation makes a query stale that it spared (WIDEN), spares one that it made stale (NARROW), or
 *                   does so only while old and new processes run side by side
 *
 * Stale means: an invalidated path is a prefix of a tag of the entry, the wilds filled with the values of that call and
 * of that entry. judge.c decides this for one query and one mutation, pairs.c finds those worth judging.
 */
#ifndef T87SC_DIFF_H
#define T87SC_DIFF_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "load.h"

enum diff_category { DIFF_SOURCE, DIFF_KEY, DIFF_INVALIDATION, DIFF_N_CATEGORIES };

/* By its code: T21xx, T22xx, T23xx. T24xx are about allowances. */
enum diff_category diff_category_of(const struct diag_rule *rule);
const char *diff_category_name(enum diff_category category); /* "SOURCE" */

struct diff_options {
    bool left_out[DIFF_N_CATEGORIES]; /* neither told nor counted */
    size_t max_each;                  /* so many findings of a code are told, the others only counted; 0: all */
    bool warnings_count;              /* so that it is worth saying how one is allowed */
};

struct diff {
    struct diag_list diags; /* at places in the new schema; in the old one where a thing is gone */
    size_t n_errors[DIFF_N_CATEGORIES], n_warnings[DIFF_N_CATEGORIES];
    size_t n_allowed[DIFF_N_CATEGORIES]; /* by a comment in the new schema; no errors nor warnings any more */
    size_t n_untold;                     /* of all those */
    /* its own */
    struct source_list sources;
    struct arena arena;
};

/* Both must be loaded and must stay as long as the diagnostics. False when there is no memory. */
bool diff_schemas(struct diff *diff, const struct loaded *old, const struct loaded *new,
                  const struct diff_options *options);
void diff_free(struct diff *diff);

/* "2 breaking changes (SOURCE 1, INVALIDATION 1), 1 warning (KEY 1), 1 allowed (SOURCE 1)" */
void diff_summary(const struct diff *diff, struct text *out);

#endif
