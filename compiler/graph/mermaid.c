/* SPDX-License-Identifier: MIT
 *
 * For Markdown: a mermaid flowchart, as GitHub draws it.
 */
#include "draw.h"

enum { GITHUB_MOST_LINES = 500 };

/* A label, which mermaid reads as HTML, with # for the beginning of an entity of its own. */
static void append_escaped(struct text *out, const char *string) {
    for (; *string; string++) {
        unsigned char byte = (unsigned char)*string;
        bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                        byte == '_' || byte == ' ' || byte == ':';
        text_printf(out, is_plain ? "%c" : "#%u;", byte);
    }
}

static void begin(struct text *out, const struct graph *graph) {
    if (graph->n_lines > GITHUB_MOST_LINES)
        text_printf(out, "%%%% %zu lines; GitHub draws %d at most\n", graph->n_lines, (int)GITHUB_MOST_LINES);
    text_append(out, "flowchart LR\n"
                     "    classDef schema fill:none,stroke:none,font-weight:bold\n"
                     "    classDef static fill:#f3f5f7,stroke:#6b7785,color:#16202c\n"
                     "    classDef wild fill:#f3f5f7,stroke:#6b7785,color:#16202c,stroke-dasharray:4 3\n"
                     "    classDef query fill:#e3eefa,stroke:#1f5fa8,color:#16202c\n"
                     "    classDef mutation fill:#fce8e6,stroke:#b3261e,color:#16202c\n");
}

static void append_box(struct text *out, const struct box *box) {
    static const struct {
        const char *open, *close, *class;
    } shapes[] = {[BOX_SCHEMA] = {"[", "]", "schema"},
                  [BOX_STATIC] = {"(", ")", "static"},
                  [BOX_WILD] = {"(", ")", "wild"},
                  [BOX_QUERY] = {"[", "]", "query"},
                  [BOX_MUTATION] = {">", "]", "mutation"}};
    text_append(out, "    ");
    draw_id(out, box->id);
    text_printf(out, "%s\"", shapes[box->kind].open);
    if (box->type)
        append_escaped(out, "<");
    append_escaped(out, box->name);
    if (box->type) {
        text_append(out, ": ");
        append_escaped(out, box->type);
        append_escaped(out, ">");
    }
    if (*box->note) {
        text_append(out, "<br>");
        append_escaped(out, box->note);
    }
    text_printf(out, "\"%s:::%s\n", shapes[box->kind].close, shapes[box->kind].class);
}

static void append_line(struct text *out, const struct line *line) {
    static const char *const arrows[] = {[LINE_CHILD] = "---",
                                         [LINE_CARRIED] = "-.-",
                                         [LINE_PREFIX] = "==>",
                                         [LINE_EXACT] = "== exact ==o",
                                         [LINE_SOFT] = "-. soft .->"};
    text_append(out, "    ");
    draw_id(out, line->from);
    text_printf(out, " %s ", arrows[line->kind]);
    draw_id(out, line->to);
    text_append_char(out, '\n');
}

/* Lines have no classes; they are called by their numbers. Those of the mutations are the last. */
static void end(struct text *out, const struct graph *graph) {
    for (size_t i = graph->n_lines - graph->n_arrows; i < graph->n_lines; i++)
        text_printf(out, "%s%zu", i == graph->n_lines - graph->n_arrows ? "    linkStyle " : ",", i);
    if (graph->n_arrows)
        text_append(out, " stroke:#b3261e\n");
}

void graph_mermaid(struct text *out, const struct graph *graph) {
    static const struct draw_syntax mermaid = {begin, append_box, append_line, end};
    draw(out, graph, &mermaid);
}
