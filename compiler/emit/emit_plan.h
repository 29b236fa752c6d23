/* SPDX-License-Identifier: MIT
 *
 * What is worked out once before anything is printed, so that printing needs no memory.
 */
#ifndef T87SC_EMIT_PLAN_H
#define T87SC_EMIT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "c_names.h"
#include "model.h"

struct emit_plan {
    const struct model *model;
    struct c_names names;
    uint64_t *fingerprints;                            /* of the queries, no two equal */
    uint32_t *query_shapes, *query_kinds, *tag_shapes; /* of each the first of its shape: shapes.h */
    uint32_t *first_users; /* of each tag the first query that has it, or the first mutation, those counted on */
    /* the C structs of the values, each once, sorted */
    const char **structs, **codecs;
    size_t n_structs, n_codecs;
};

/* False when there is no memory. */
bool emit_plan_make(struct emit_plan *plan, const struct model *model, struct arena *arena);

#endif
