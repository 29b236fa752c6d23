/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include "text.h"

enum { MOST_NAMES = 16 };

void ring_add_edge(struct ring_node *node, struct ring_edge *edge) {
    if (node->last_edge)
        node->last_edge->next = edge;
    else
        node->first_edge = edge;
    node->last_edge = edge;
}

static void enter(struct ring_node *node, struct ring_node *from) {
    node->state = RING_WALKING;
    node->next_edge = node->first_edge;
    node->from = from;
}

void ring_walk(struct ring_node *start, const struct ring_visitor *visitor) {
    if (start->state != RING_NEW)
        return;
    enter(start, NULL);
    for (struct ring_node *node = start; node;) {
        const struct ring_edge *edge = node->next_edge;
        if (!edge) {
            node->state = RING_DONE;
            if (visitor->on_done)
                visitor->on_done(visitor->context, node);
            node = node->from;
            continue;
        }
        node->next_edge = edge->next;
        if (edge->to->state == RING_WALKING) {
            visitor->on_ring(visitor->context, node, edge);
        } else if (edge->to->state == RING_NEW) {
            enter(edge->to, node);
            node = edge->to;
        }
    }
}

void ring_describe(const struct ring_node *last, const struct ring_edge *edge, struct text *out) {
    const char *names[MOST_NAMES];
    size_t n = 0;
    const struct ring_node *node = last;
    for (; node != edge->to && n < MOST_NAMES - 1; node = node->from)
        names[n++] = node->name;
    text_append(out, edge->to->name);
    if (node != edge->to)
        text_append(out, " -> ...");
    while (n > 0)
        text_printf(out, " -> %s", names[--n]);
    text_printf(out, " -> %s", edge->to->name);
}
