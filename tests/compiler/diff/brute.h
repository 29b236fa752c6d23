/* SPDX-License-Identifier: MIT
 *
 * The verdict on a query and a mutation by trying everything: all values of all parameters, real tags, real paths. It
 * knows nothing of how the compiler judges; parameters are the same before and after when they have the same name.
 */
#ifndef T87S_TEST_BRUTE_H
#define T87S_TEST_BRUTE_H

#include <stdbool.h>

#include "model.h"

struct brute {
    bool lost, narrow, wider; /* in a system of old processes, then in one of new processes */
    bool missed;              /* made stale before, but not between an old and a new process */
    bool early;               /* the query is in one schema only, and a process of the other kind spares its entries */
    bool too_big;             /* not tried */
};

/* Any may be NULL: not in that schema. */
struct brute brute_judge(const struct model_query *old_query, const struct model_query *new_query,
                         const struct model_mutation *old_mutation, const struct model_mutation *new_mutation);

/* The application itself invalidates a tag, as it can in the old schema and, unless new_tag is NULL, in the new one. */
struct brute brute_judge_own(const struct model_query *old_query, const struct model_query *new_query,
                             const struct model_node *old_tag, const struct model_node *new_tag, bool exact);

#endif
