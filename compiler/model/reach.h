/* SPDX-License-Identifier: MIT
 *
 * Which queries an invalidation reaches: by prefix those that carry its tag or one below it, exactly those that carry
 * the very tag. Whose values then fill the wilds is another matter; here a tag is a node.
 *
 * Carriers are all tags of all queries in the order of the tag tree. Parents come before children there, so what an
 * invalidation reaches is one run of them, a span, with the exact part in front. A mutation has a span for each tag it
 * invalidates. Everything is made in time that grows with the schema, and a span is found at once.
 */
#ifndef T87SC_REACH_H
#define T87SC_REACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "model.h"

struct carrier {
    uint32_t query, tag; /* model.queries[query].tags[tag] */
};

struct span {
    uint32_t first, end; /* of carriers; empty when equal */
};

struct reach_map {
    const struct model *model;
    size_t n_carriers;
    struct carrier *carriers;
    uint32_t *firsts; /* of each node its first carrier, and at the end n_carriers */
    uint32_t *afters; /* of each node the first node that is not below it */
};

/* False when there is no memory. */
bool reach_map_make(struct reach_map *map, const struct model *model, struct arena *arena);

struct span reach_of_tag(const struct reach_map *map, const struct model_node *tag, bool exact);
struct span reach_of(const struct reach_map *map, const struct model_spec *invalidates);

/* How a mutation reaches a query; of several ways the last counts. Soft: it may be served stale within its grace. Exact
 * and prefix: it is gone. */
enum reach { REACH_NOT, REACH_SOFT, REACH_EXACT, REACH_PREFIX };
enum { REACH_WAYS = REACH_PREFIX + 1 };

enum reach reach_way(const struct model_spec *invalidates);

struct reach_count {
    size_t queries[REACH_WAYS]; /* by enum reach; each query once. [REACH_NOT] is 0 */
    size_t all;
};

/* marks: of each query REACH_NOT, before and after. Takes as many steps as reach_steps() says, twice. */
struct reach_count reach_count(const struct reach_map *map, const struct model_mutation *mutation, uint8_t *marks);
size_t reach_steps(const struct reach_map *map, const struct model_mutation *mutation);

#endif
