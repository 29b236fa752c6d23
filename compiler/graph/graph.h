/* SPDX-License-Identifier: MIT
 *
 * A schema as a picture: what can change, which answers hang on it, and what each mutation makes stale.
 *
 * Two are text for others to lay out: dot for Graphviz, mermaid for Markdown. The third is a page that draws itself.
 * What reaches what is never decided here: that is model/reach.h. Each appends to `out`; a lack of memory shows in
 * out->failed.
 */
#ifndef T87SC_GRAPH_H
#define T87SC_GRAPH_H

#include "reach.h"
#include "text.h"

struct graph {
    const struct model *model;
    struct reach_map map;
    uint8_t *marks;           /* for reach_count() */
    bool is_counted;          /* whether dot and mermaid say of mutations how many queries they reach */
    struct line *lines;       /* of dot and mermaid: draw.h */
    size_t n_lines, n_arrows; /* the arrows, from mutations to tags, are the last of the lines */
};

/* Counting takes a step for each carrier that each mutation reaches. Where that is more, no picture could be read
 * anyway. */
enum { GRAPH_MOST_STEPS = 1 << 25 };

/* False when there is no memory. */
bool graph_make(struct graph *graph, const struct model *model, struct arena *arena);

void graph_dot(struct text *out, const struct graph *graph);
void graph_mermaid(struct text *out, const struct graph *graph);
void graph_html(struct text *out, const struct graph *graph);

#endif
