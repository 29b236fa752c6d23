/* SPDX-License-Identifier: MIT */
#include "hits.h"

static void keep(struct hit *hit, const struct model_mutation *mutation, const struct model_spec *path) {
    if (!hit->path)
        *hit = (struct hit){mutation, path};
}

/* Mutations lie in one array, so the lesser pointer is the first. */
static void keep_first(struct hit *hit, const struct hit *other) {
    if (other->path && (!hit->path || other->mutation < hit->mutation))
        *hit = *other;
}

struct hits *hits_find(const struct model *model, struct arena *arena) {
    struct hits *all = ARENA_ARRAY(arena, struct hits, model->n_nodes);
    for (size_t i = 0; i < model->n_mutations; i++) {
        const struct model_mutation *mutation = &model->mutations[i];
        for (size_t j = 0; j < mutation->n_invalidates; j++) {
            const struct model_spec *path = &mutation->invalidates[j];
            struct hits *at = &all[path->node->index];
            keep(path->exact ? &at->exact : &at->whole, mutation, path);
        }
    }
    /* Parents come before their children. */
    for (size_t i = model->n_nodes; --i > 0;) {
        struct hits *parent = &all[model->nodes[i]->parent->index];
        keep_first(&parent->below, &all[i].whole);
        keep_first(&parent->below, &all[i].exact);
        keep_first(&parent->below, &all[i].below);
    }
    for (size_t i = 1; i < model->n_nodes; i++)
        all[i].covered = all[i].whole.path || all[model->nodes[i]->parent->index].covered;
    return all;
}

bool is_hit(const struct hits *hits) { return hits->covered || hits->exact.path; }
