/* SPDX-License-Identifier: MIT
 *
 * Small random schemas, and random edits of them: a few segments, a few queries and mutations, wilds of types with many
 * values and of enums with one, two or three. Printed as text, so that what a test does not like can be read.
 */
#ifndef T87S_TEST_WORLD_H
#define T87S_TEST_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

enum { WORLD_NODES = 12, WORLD_FUNCTIONS = 3, WORLD_PARAMS = 3, WORLD_SPECS = 3, WORLD_WILDS = 4, WORLD_ENUMS = 2 };

struct world_node { /* [0] is the root; parents come first */
    bool is_wild, is_dead;
    int parent;
    char name; /* of a static */
    int type;  /* of a wild */
};

struct world_spec {
    int node;
    int params[WORLD_WILDS];
    bool exact, soft;
};

struct world_param {
    int name; /* p0, p1, ...; never used again for another */
    int type;
};

struct world_function {
    bool exists;
    int n_params, n_specs;
    struct world_param params[WORLD_PARAMS];
    struct world_spec specs[WORLD_SPECS];
    int grace_s; /* queries; -1: none given */
};

struct world {
    uint64_t state; /* of the random numbers */
    bool has_families;
    int n_nodes, n_names;
    struct world_node nodes[WORLD_NODES];
    struct world_function queries[WORLD_FUNCTIONS], mutations[WORLD_FUNCTIONS];
    int n_items[WORLD_ENUMS];
};

void world_make(struct world *world, uint64_t seed);
void world_edit(struct world *world);
void world_print(const struct world *world, struct text *out);

#endif
