/* SPDX-License-Identifier: MIT */
#include "shapes.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* ---- as words that are equal when the shapes are ---- */

enum { MAX_WORDS = MODEL_MAX_PARAMS + 9 };

struct shape {
    size_t n;
    uint64_t words[MAX_WORDS];
};

enum { STATICS = TYPE_ENUM + 1, VALUES };

static uint64_t word_of(struct model_type type) {
    return type.enumeration ? (uint64_t)(uintptr_t)type.enumeration : (uint64_t)type.kind;
}

static void shape_of_query(struct shape *shape, const struct model *model, uint32_t index) {
    const struct model_query *query = &model->queries[index];
    shape->n = 0;
    for (size_t i = 0; i < query->n_params; i++)
        shape->words[shape->n++] = word_of(query->params[i].type);
    shape->words[shape->n++] = VALUES + (uint64_t)query->value.kind;
    shape->words[shape->n++] = query->value.name ? (uint64_t)(uintptr_t)query->value.name : word_of(query->value.type);
}

static void kind_of_query(struct shape *shape, const struct model *model, uint32_t index) {
    const struct model_query *query = &model->queries[index];
    const int64_t settings[] = {query->ttl_ms,   query->grace_ms,       query->negative_ms,   query->timeout_ms,
                                query->fleet_ms, query->jitter_percent, query->verify_percent};
    shape_of_query(shape, model, index);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        shape->words[shape->n++] = (uint64_t)settings[i];
}

static void shape_of_tag(struct shape *shape, const struct model *model, uint32_t index) {
    shape->n = 0;
    for (const struct model_node *at = model->nodes[index]; at->parent; at = at->parent)
        if (at->kind == NODE_WILD)
            shape->words[shape->n++] = word_of(at->type);
        else if (!shape->n || shape->words[shape->n - 1] != STATICS)
            shape->words[shape->n++] = STATICS;
}

/* ---- the first of each ---- */

static bool same(const struct shape *a, const struct shape *b) {
    return a->n == b->n && !memcmp(a->words, b->words, a->n * sizeof *a->words);
}

static uint32_t *firsts_of(const struct model *model, size_t n, struct arena *arena,
                           void (*shape_of)(struct shape *shape, const struct model *model, uint32_t index)) {
    size_t mask = 15;
    while (mask < 2 * n)
        mask = 2 * mask + 1;
    uint32_t *firsts = arena_try(arena, (n + 1) * sizeof *firsts);
    uint32_t *table = arena_try(arena, (mask + 1) * sizeof *table); /* of an index + 1; 0: free */
    if (!firsts || !table)
        return NULL;
    for (uint32_t i = 0; i < n; i++) {
        struct shape shape, other;
        shape_of(&shape, model, i);
        size_t slot = XXH3_64bits(shape.words, shape.n * sizeof *shape.words) & mask;
        for (; table[slot]; slot = (slot + 1) & mask) {
            shape_of(&other, model, table[slot] - 1);
            if (same(&shape, &other))
                break;
        }
        if (!table[slot])
            table[slot] = i + 1;
        firsts[i] = table[slot] - 1;
    }
    return firsts;
}

uint32_t *shapes_of_queries(const struct model *model, struct arena *arena) {
    return firsts_of(model, model->n_queries, arena, shape_of_query);
}

uint32_t *kinds_of_queries(const struct model *model, struct arena *arena) {
    return firsts_of(model, model->n_queries, arena, kind_of_query);
}

uint32_t *shapes_of_tags(const struct model *model, struct arena *arena) {
    return firsts_of(model, model->n_nodes, arena, shape_of_tag);
}
