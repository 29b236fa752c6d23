/* SPDX-License-Identifier: MIT
 *
 * The page is one file: page/ put together when t87sc is built (embed.py), with the schema put in here.
 */
#include "graph.h"
#include "page_data.h"
#include "page_parts.h"

static void append_part(struct text *out, enum page_part part) {
    text_append_bytes(out, page_parts[part].bytes, page_parts[part].size);
}

void graph_html(struct text *out, const struct graph *graph) {
    append_part(out, PAGE_BEFORE_SCHEMA);
    text_append(out, graph->model->schema); /* an identifier: nothing to escape */
    append_part(out, PAGE_BEFORE_DATA);
    page_data(out, graph);
    append_part(out, PAGE_AFTER_DATA);
}
