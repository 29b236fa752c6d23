/* SPDX-License-Identifier: MIT */
#include "emit_plan.h"

#include <stdlib.h>
#include <string.h>

#include "fingerprint.h"
#include "shapes.h"

#define NOBODY UINT32_MAX

static int compare(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static const char **names_of(const struct model *model, enum model_value_kind kind, struct arena *arena, size_t *n) {
    const char **names = arena_try(arena, (model->n_queries + 1) * sizeof *names);
    if (!names)
        return NULL;
    size_t n_all = 0;
    *n = 0;
    for (size_t i = 0; i < model->n_queries; i++)
        if (model->queries[i].value.kind == kind)
            names[n_all++] = model->queries[i].value.name;
    qsort(names, n_all, sizeof *names, compare);
    for (size_t i = 0; i < n_all; i++)
        if (!*n || strcmp(names[i], names[*n - 1]) != 0)
            names[(*n)++] = names[i];
    return names;
}

static void note_users(uint32_t *first_users, const struct model_spec *specs, size_t n, uint32_t user) {
    for (size_t i = 0; i < n; i++)
        if (first_users[specs[i].node->index] == NOBODY)
            first_users[specs[i].node->index] = user;
}

static uint32_t *first_users_of(const struct model *model, struct arena *arena) {
    uint32_t *first_users = arena_try(arena, (model->n_nodes + 1) * sizeof *first_users);
    if (!first_users)
        return NULL;
    for (size_t i = 0; i < model->n_nodes; i++)
        first_users[i] = NOBODY;
    uint32_t user = 0;
    for (size_t i = 0; i < model->n_queries; i++)
        note_users(first_users, model->queries[i].tags, model->queries[i].n_tags, user++);
    for (size_t i = 0; i < model->n_mutations; i++)
        note_users(first_users, model->mutations[i].invalidates, model->mutations[i].n_invalidates, user++);
    return first_users;
}

bool emit_plan_make(struct emit_plan *plan, const struct model *model, struct arena *arena) {
    *plan = (struct emit_plan){.model = model};
    c_names_init(&plan->names, model);
    plan->structs = names_of(model, VALUE_STRUCT, arena, &plan->n_structs);
    plan->codecs = names_of(model, VALUE_CODEC, arena, &plan->n_codecs);
    plan->fingerprints = fingerprints_of(model, arena);
    plan->query_shapes = shapes_of_queries(model, arena);
    plan->query_kinds = kinds_of_queries(model, arena);
    plan->tag_shapes = shapes_of_tags(model, arena);
    plan->first_users = first_users_of(model, arena);
    return plan->structs && plan->codecs && plan->fingerprints && plan->query_shapes && plan->query_kinds &&
           plan->tag_shapes && plan->first_users;
}
