/* SPDX-License-Identifier: MIT */
#include "reach.h"

static void find_afters(struct reach_map *map) {
    const struct model *model = map->model;
    for (size_t i = model->n_nodes; i-- > 0;) {
        const struct model_node *node = model->nodes[i];
        if (!map->afters[i])
            map->afters[i] = (uint32_t)i + 1; /* a leaf */
        if (node->parent && !map->afters[node->parent->index])
            map->afters[node->parent->index] = map->afters[i]; /* the last child is seen first */
    }
}

/* A counting sort: how many each node has, then where they begin, then each to its place. */
static void sort_carriers(struct reach_map *map) {
    const struct model *model = map->model;
    uint32_t *firsts = map->firsts, n = 0;
    for (size_t i = 0; i < model->n_queries; i++)
        for (size_t j = 0; j < model->queries[i].n_tags; j++)
            firsts[model->queries[i].tags[j].node->index]++;
    for (size_t i = 0; i <= model->n_nodes; i++) {
        n += firsts[i];
        firsts[i] = n; /* the end for now: filling goes backwards */
    }
    for (size_t i = model->n_queries; i-- > 0;)
        for (size_t j = model->queries[i].n_tags; j-- > 0;)
            map->carriers[--firsts[model->queries[i].tags[j].node->index]] = (struct carrier){(uint32_t)i, (uint32_t)j};
}

bool reach_map_make(struct reach_map *map, const struct model *model, struct arena *arena) {
    *map = (struct reach_map){.model = model};
    for (size_t i = 0; i < model->n_queries; i++)
        map->n_carriers += model->queries[i].n_tags;
    map->carriers = arena_try(arena, (map->n_carriers + 1) * sizeof *map->carriers);
    map->firsts = arena_try(arena, (model->n_nodes + 1) * sizeof *map->firsts);
    map->afters = arena_try(arena, model->n_nodes * sizeof *map->afters);
    if (!map->carriers || !map->firsts || !map->afters)
        return false;
    find_afters(map);
    sort_carriers(map);
    return true;
}

struct span reach_of_tag(const struct reach_map *map, const struct model_node *tag, bool exact) {
    uint32_t after = exact ? tag->index + 1 : map->afters[tag->index];
    return (struct span){map->firsts[tag->index], map->firsts[after]};
}

struct span reach_of(const struct reach_map *map, const struct model_spec *invalidates) {
    return reach_of_tag(map, invalidates->node, invalidates->exact);
}

enum reach reach_way(const struct model_spec *invalidates) {
    return invalidates->soft ? REACH_SOFT : invalidates->exact ? REACH_EXACT : REACH_PREFIX;
}

struct reach_count reach_count(const struct reach_map *map, const struct model_mutation *mutation, uint8_t *marks) {
    struct reach_count count = {.all = 0};
    for (size_t i = 0; i < mutation->n_invalidates; i++) {
        struct span span = reach_of(map, &mutation->invalidates[i]);
        enum reach way = reach_way(&mutation->invalidates[i]);
        for (uint32_t at = span.first; at < span.end; at++) {
            uint8_t *mark = &marks[map->carriers[at].query];
            if (way <= *mark)
                continue;
            count.queries[*mark] -= *mark != REACH_NOT;
            count.all += *mark == REACH_NOT;
            count.queries[way]++;
            *mark = (uint8_t)way;
        }
    }
    for (size_t i = 0; i < mutation->n_invalidates; i++) {
        struct span span = reach_of(map, &mutation->invalidates[i]);
        for (uint32_t at = span.first; at < span.end; at++)
            marks[map->carriers[at].query] = REACH_NOT;
    }
    return count;
}

size_t reach_steps(const struct reach_map *map, const struct model_mutation *mutation) {
    size_t steps = 0;
    for (size_t i = 0; i < mutation->n_invalidates; i++) {
        struct span span = reach_of(map, &mutation->invalidates[i]);
        steps += span.end - span.first;
    }
    return steps;
}
