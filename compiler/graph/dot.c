/* SPDX-License-Identifier: MIT
 *
 * For Graphviz: `dot -Tsvg`. Mutations on the left, the tags in the middle, queries on the right.
 */
#include "draw.h"

/* A string of dot, in quotes. Graphviz reads entities in it, and in tooltips it looks twice for escapes such as \N: a
 * joiner that is not seen keeps a backslash apart from what follows. */
static void append_quoted(struct text *out, const char *string) {
    text_append_char(out, '"');
    for (; *string; string++)
        switch (*string) {
        case '"':
            text_append(out, "\\\"");
            break;
        case '\\':
            text_append(out, "\\\\&#8288;");
            break;
        case '&':
            text_append(out, "&amp;");
            break;
        case '\n':
            text_append(out, "\\n");
            break;
        default:
            text_append_char(out, *string);
        }
    text_append_char(out, '"');
}

static void begin(struct text *out, const struct graph *graph) {
    text_append(out, "digraph ");
    append_quoted(out, graph->model->schema);
    text_append(out,
                " {\n"
                "    graph [rankdir=LR, nodesep=0.12, ranksep=0.5, splines=true, bgcolor=\"white\"];\n"
                "    node [shape=box, style=\"filled,rounded\", height=0.3, margin=\"0.12,0.06\", fontsize=11,\n"
                "          fontname=\"Helvetica,Arial,sans-serif\", color=\"#6b7785\", fillcolor=\"#f3f5f7\",\n"
                "          fontcolor=\"#16202c\"];\n"
                "    edge [color=\"#6b7785\", arrowsize=0.7, fontsize=10, fontname=\"Helvetica,Arial,sans-serif\"];\n"
                "\n");
}

static void append_box(struct text *out, const struct box *box) {
    static const char *const styles[] = {
        [BOX_SCHEMA] = "shape=plain, style=\"\", fontsize=14",
        [BOX_STATIC] = NULL,
        [BOX_WILD] = "style=\"filled,rounded,dashed\"",
        [BOX_QUERY] = "style=\"filled\", color=\"#1f5fa8\", fillcolor=\"#e3eefa\"",
        [BOX_MUTATION] = "shape=cds, margin=\"0.18,0.1\", style=\"filled\", color=\"#b3261e\", fillcolor=\"#fce8e6\""};
    struct text label;
    text_init(&label);
    if (box->type)
        text_printf(&label, "<%s: %s>", box->name, box->type);
    else
        text_append(&label, box->name);
    if (*box->note)
        text_printf(&label, "\n%s", box->note);
    text_append(out, "    ");
    draw_id(out, box->id);
    text_append(out, " [label=");
    append_quoted(out, text_string(&label));
    if (styles[box->kind])
        text_printf(out, ", %s", styles[box->kind]);
    if (box->doc) {
        text_append(out, ", tooltip=");
        append_quoted(out, box->doc);
    }
    text_append(out, "];\n");
    out->failed |= label.failed;
    text_free(&label);
}

static void append_line(struct text *out, const struct line *line) {
    static const char *const styles[] = {
        [LINE_CHILD] = "arrowhead=none",
        [LINE_CARRIED] = "arrowhead=none, style=dotted, color=\"#1f5fa8\"",
        [LINE_PREFIX] = "color=\"#b3261e\"",
        [LINE_EXACT] = "color=\"#b3261e\", fontcolor=\"#b3261e\", arrowhead=odot, label=\"exact\"",
        [LINE_SOFT] = "color=\"#b3261e\", fontcolor=\"#b3261e\", style=dashed, label=\"soft\""};
    text_append(out, "    ");
    draw_id(out, line->from);
    text_append(out, " -> ");
    draw_id(out, line->to);
    text_printf(out, " [%s];\n", styles[line->kind]);
}

static void end(struct text *out, const struct graph *graph) {
    (void)graph;
    text_append(out, "}\n");
}

void graph_dot(struct text *out, const struct graph *graph) {
    static const struct draw_syntax dot = {begin, append_box, append_line, end};
    draw(out, graph, &dot);
}
