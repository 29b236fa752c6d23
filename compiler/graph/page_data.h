/* SPDX-License-Identifier: MIT */
#ifndef T87SC_PAGE_DATA_H
#define T87SC_PAGE_DATA_H

#include "graph.h"

/* The schema as the page reads it: JSON, an element a line, that can stand in a <script> of HTML as it is. */
void page_data(struct text *out, const struct graph *graph);

#endif
