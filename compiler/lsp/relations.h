/* SPDX-License-Identifier: MIT
 *
 * Who has to do with a tag, in a schema that may still be wrong: what was written is followed down the tree as far as
 * it makes sense.
 */
#ifndef T87SC_RELATIONS_H
#define T87SC_RELATIONS_H

#include "ast.h"
#include "model.h"
#include "outline.h"

/* The node that a tag leads to, or a step of it (NULL: the last one); NULL when it leads nowhere. */
const struct model_node *node_of_step(const struct outline *outline, const struct ast_spec *spec,
                                      const struct ast_step *last);

enum relation {
    RELATION_NONE,
    RELATION_SAME,
    RELATION_BELOW, /* the other is below the tag */
    RELATION_ABOVE  /* the tag is below the other */
};

/* The nearest relation that a query or mutation has to the tag by any of its own tags. What is invalidated exactly has
 * nothing to do with those below. */
enum relation relation_to_function(const struct outline *outline, const struct model_node *tag,
                                   const struct ast_function *function);

/* Marks, a byte for each node, all 0 at first: what one query or mutation has to do with it. */
void mark_function(const struct outline *outline, const struct ast_function *function, uint8_t *marks);

/* Whether a mutation makes answers of a query wrong, with the marks of the mutation or those of the query. */
bool is_query_reached(const struct outline *outline, const uint8_t *of_mutation, const struct ast_function *query);
bool is_mutation_reaching(const struct outline *outline, const uint8_t *of_query, const struct ast_function *mutation);

#endif
