/* SPDX-License-Identifier: MIT
 *
 * Finding rings: a depth-first walk over things that name each other (groups, files), without recursion, since a schema
 * may hold a chain of a hundred thousand. Each thing embeds a ring_node; the walk tells of every edge that leads back
 * to a thing being walked, and of every thing when all that it names is done.
 */
#ifndef T87SC_RING_H
#define T87SC_RING_H

#include "source.h"

struct text;

struct ring_node {
    const char *name;
    struct ring_edge *first_edge, *last_edge;
    /* the walk's own */
    enum { RING_NEW, RING_WALKING, RING_DONE } state;
    struct ring_edge *next_edge;
    struct ring_node *from;
};

struct ring_edge {
    struct ring_node *to;
    struct place place;
    uint32_t span;
    struct ring_edge *next;
};

struct ring_visitor {
    /* `edge` leads from `last` back to a node that is being walked */
    void (*on_ring)(void *context, struct ring_node *last, const struct ring_edge *edge);
    void (*on_done)(void *context, struct ring_node *node); /* or NULL */
    void *context;
};

void ring_add_edge(struct ring_node *node, struct ring_edge *edge);
void ring_walk(struct ring_node *start, const struct ring_visitor *visitor);

/* "a -> b -> a"; a long ring is shortened in the middle. Only in on_ring. */
void ring_describe(const struct ring_node *last, const struct ring_edge *edge, struct text *out);

#endif
