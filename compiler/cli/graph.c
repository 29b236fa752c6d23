/* SPDX-License-Identifier: MIT */
#include "graph.h"

#include <stdio.h>

#include "commands.h"
#include "output.h"

static void draw_as(enum format format, struct text *out, const struct graph *graph) {
    if (format == FORMAT_HTML)
        graph_html(out, graph);
    else if (format == FORMAT_MERMAID)
        graph_mermaid(out, graph);
    else
        graph_dot(out, graph);
}

enum exit_code run_graph(const struct options *options) {
    struct compiled compiled;
    enum exit_code code = compile(&compiled, options, options->arguments[0]);
    const char *path = options->output ? options->output : "-";
    if (code == EXIT_FINE && !compiled_spares(&compiled, path))
        code = EXIT_USAGE;
    if (code == EXIT_FINE) {
        struct graph graph;
        struct text text;
        text_init(&text);
        text.failed = !graph_make(&graph, compiled.plan.model, &compiled.loaded.arena);
        if (!text.failed)
            draw_as(options->format, &text, &graph);
        if (text.failed)
            fputs("t87sc: error: out of memory\n", stderr);
        if (text.failed || !output_text(path, text_string(&text), text.size))
            code = EXIT_INTERNAL;
        text_free(&text);
    }
    compiled_free(&compiled);
    return code;
}
