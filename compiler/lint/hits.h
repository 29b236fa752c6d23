/* SPDX-License-Identifier: MIT
 *
 * Which mutation invalidates a tag. The other way round, which queries an invalidation reaches, is reach.h of the
 * model.
 */
#ifndef T87SC_HITS_H
#define T87SC_HITS_H

#include "arena.h"
#include "model.h"

/* The first of the mutation's paths that does it; NULL: none does. */
struct hit {
    const struct model_mutation *mutation;
    const struct model_spec *path;
};

/* What the mutations do at one tag. */
struct hits {
    struct hit whole; /* invalidates it, and with it all below */
    struct hit exact; /* it alone */
    struct hit below; /* a tag truly below it, exactly or not */
    bool covered;     /* it or a tag above it is invalidated whole */
};

/* Of each node by its index, in time that grows with the schema. Only under arena_run(). */
struct hits *hits_find(const struct model *model, struct arena *arena);

/* Whether what carries this tag is ever invalidated by it. */
bool is_hit(const struct hits *hits);

#endif
