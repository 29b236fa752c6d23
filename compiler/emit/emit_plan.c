/* SPDX-License-Identifier: MIT */
#include "emit_plan.h"

#include <stdlib.h>
#include <string.h>

#include "fingerprint.h"
#include "shapes.h"

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
        if (!*n || strcmp(names[i], names[*n - 1]))
            names[(*n)++] = names[i];
    return names;
}

bool emit_plan_make(struct emit_plan *plan, const struct model *model, struct arena *arena) {
    *plan = (struct emit_plan){.model = model};
    c_names_init(&plan->names, model);
    plan->structs = names_of(model, VALUE_STRUCT, arena, &plan->n_structs);
    plan->codecs = names_of(model, VALUE_CODEC, arena, &plan->n_codecs);
    plan->fingerprints = fingerprints_of(model, arena);
    plan->query_shapes = shapes_of_queries(model, arena);
    plan->tag_shapes = shapes_of_tags(model, arena);
    return plan->structs && plan->codecs && plan->fingerprints && plan->query_shapes && plan->tag_shapes;
}
