/* SPDX-License-Identifier: MIT
 *
 * Models made by hand, for tests of what only sees models. Everything lives in the maker's arena; what is not given is
 * as if it were left out of the schema.
 */
#ifndef T87S_TEST_MODEL_MAKER_H
#define T87S_TEST_MODEL_MAKER_H

#include "arena.h"
#include "model.h"

enum { MAKER_MAX = 64 }; /* nodes, queries, mutations, each */

struct maker {
    struct arena arena;
    struct model model;
    uint32_t line; /* each thing stands on a line of its own */
};

void maker_init(struct maker *maker, const char *schema);
void maker_free(struct maker *maker);

#define SCALAR(kind) ((struct model_type){kind, NULL})

struct model_enum *make_enum(struct maker *maker, const char *name, size_t n, const char **items);
struct model_node *make_static(struct maker *maker, struct model_node *parent, const char *name);
struct model_node *make_wild(struct maker *maker, struct model_node *parent, const char *name, struct model_type type);
struct model_query *make_query(struct maker *maker, const char *name, struct model_value value);
struct model_mutation *make_mutation(struct maker *maker, const char *name);
void make_query_param(struct maker *maker, struct model_query *query, const char *name, struct model_type type);
void make_mutation_param(struct maker *maker, struct model_mutation *mutation, const char *name,
                         struct model_type type);
/* The wilds on the node's path are filled by the parameters first_param, first_param + 1, ... */
struct model_spec *make_tag(struct model_query *query, const struct model_node *node, uint32_t first_param);
struct model_spec *make_invalidate(struct model_mutation *mutation, const struct model_node *node,
                                   uint32_t first_param);

/* Root of the model; nodes may be added to it in any order, maker_finish() puts them in order. */
struct model_node *maker_root(struct maker *maker);
const struct model *maker_finish(struct maker *maker);

#endif
