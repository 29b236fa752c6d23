/* SPDX-License-Identifier: MIT */
#include "graph.h"

#include "draw.h"

bool graph_make(struct graph *graph, const struct model *model, struct arena *arena) {
    *graph = (struct graph){.model = model, .marks = arena_try(arena, model->n_queries + 1)};
    if (!graph->marks || !reach_map_make(&graph->map, model, arena) || !draw_lines_make(graph, arena))
        return false;
    size_t steps = 0;
    for (size_t i = 0; i < model->n_mutations; i++)
        steps += reach_steps(&graph->map, &model->mutations[i]);
    graph->is_counted = steps <= GRAPH_MOST_STEPS;
    return true;
}
