/* SPDX-License-Identifier: MIT
 *
 * What dot and mermaid share: every box, then every line, in the schema's order.
 *
 * Tags are a tree below the schema's name, queries hang on the tags they carry, mutations point at what they
 * invalidate. A syntax says how a box and a line are written.
 */
#ifndef T87SC_DRAW_H
#define T87SC_DRAW_H

#include "graph.h"

enum box_kind { BOX_SCHEMA, BOX_STATIC, BOX_WILD, BOX_QUERY, BOX_MUTATION };
enum line_kind { LINE_CHILD, LINE_CARRIED, LINE_PREFIX, LINE_EXACT, LINE_SOFT };

/* What a box is called in the text: a letter and a number, since names may be words of the syntax. */
struct box_id {
    char letter; /* t: tag, the root among them; q: query; m: mutation */
    uint32_t number;
};

struct box {
    enum box_kind kind;
    struct box_id id;
    const char *name;
    const char *type; /* BOX_WILD only */
    const char *note; /* a second line, or "" */
    const char *doc;  /* or NULL */
};

struct line {
    enum line_kind kind;
    struct box_id from, to;
};

struct draw_syntax {
    void (*begin)(struct text *out, const struct graph *graph);
    void (*box)(struct text *out, const struct box *box);
    void (*line)(struct text *out, const struct line *line);
    void (*end)(struct text *out, const struct graph *graph);
};

void draw(struct text *out, const struct graph *graph, const struct draw_syntax *syntax);
void draw_id(struct text *out, struct box_id id);

/* Finds the lines, for graph_make(). False when there is no memory. */
bool draw_lines_make(struct graph *graph, struct arena *arena);

#endif
