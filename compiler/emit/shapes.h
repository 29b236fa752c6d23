/* SPDX-License-Identifier: MIT
 *
 * Which things of a schema differ in their data only. The header has one set of functions for each shape, named after
 * the first thing of it; the functions of all the others are calls of them. Compiling a function is what costs in a C
 * compiler, and big schemas have few shapes.
 *
 *     query    the types of its parameters in order, and its value
 *     kind     of a query: its shape, and its settings (ttl and the like)
 *     tag      where statics stand on its path, and the types of its wilds
 */
#ifndef T87SC_SHAPES_H
#define T87SC_SHAPES_H

#include <stdint.h>

#include "arena.h"
#include "model.h"

/* For each query the first one of its shape, as an index; NULL when there is no memory. */
uint32_t *shapes_of_queries(const struct model *model, struct arena *arena);
/* The same for their kinds. */
uint32_t *kinds_of_queries(const struct model *model, struct arena *arena);
/* The same for the nodes of the tag tree. */
uint32_t *shapes_of_tags(const struct model *model, struct arena *arena);

#endif
