/* SPDX-License-Identifier: MIT */
#include "model_maker.h"

#include <check.h>

static void *make(struct maker *maker, size_t size) {
    void *memory = arena_try(&maker->arena, size);
    if (!memory)
        ck_abort_msg("no memory for a model");
    return memory;
}

static struct place next_place(struct maker *maker) { return (struct place){"made.tags", ++maker->line, 1}; }

void maker_init(struct maker *maker, const char *schema) {
    *maker = (struct maker){.line = 0};
    arena_init(&maker->arena);
    struct model *model = &maker->model;
    *model = (struct model){.schema = schema,
                            .schema_place = {"made.tags", 1, 8},
                            .file_name = "made.tags",
                            .default_ttl_ms = -1,
                            .default_grace_ms = -1};
    model->includes = make(maker, 4 * sizeof *model->includes);
    model->enums = make(maker, MAKER_MAX * sizeof *model->enums);
    model->nodes = make(maker, MAKER_MAX * sizeof *model->nodes);
    model->queries = make(maker, MAKER_MAX * sizeof *model->queries);
    model->mutations = make(maker, MAKER_MAX * sizeof *model->mutations);
    struct model_node *root = make(maker, sizeof *root);
    root->kind = NODE_ROOT;
    root->name = "";
    model->nodes[0] = root;
}

void maker_free(struct maker *maker) { arena_free(&maker->arena); }

struct model_node *maker_root(struct maker *maker) {
    return maker->model.nodes[0];
}

struct model_enum *make_enum(struct maker *maker, const char *name, size_t n, const char **items) {
    struct model_enum *enumeration = make(maker, sizeof *enumeration);
    *enumeration = (struct model_enum){.name = name, .place = next_place(maker), .n_items = n, .items = items};
    maker->model.enums[maker->model.n_enums++] = enumeration;
    return enumeration;
}

static struct model_node *make_node(struct maker *maker, struct model_node *parent, struct model_node content) {
    struct model_node *node = make(maker, sizeof *node), **last = &parent->first_child;
    *node = content;
    node->parent = parent;
    node->place = next_place(maker);
    node->depth = parent->depth + 1;
    node->n_wilds = parent->n_wilds + (node->kind == NODE_WILD);
    while (*last)
        last = &(*last)->next_sibling;
    *last = node;
    if (node->kind == NODE_WILD)
        parent->wild_child = node;
    return node;
}

struct model_node *make_static(struct maker *maker, struct model_node *parent, const char *name) {
    return make_node(maker, parent, (struct model_node){.kind = NODE_STATIC, .name = name});
}

struct model_node *make_wild(struct maker *maker, struct model_node *parent, const char *name, struct model_type type) {
    return make_node(maker, parent, (struct model_node){.kind = NODE_WILD, .name = name, .type = type});
}

struct model_query *make_query(struct maker *maker, const char *name, struct model_value value) {
    struct model_query *query = &maker->model.queries[maker->model.n_queries++];
    *query = (struct model_query){.name = name,
                                  .place = next_place(maker),
                                  .params = make(maker, MODEL_MAX_PARAMS * sizeof *query->params),
                                  .value = value,
                                  .tags = make(maker, MODEL_MAX_TAGS * sizeof *query->tags),
                                  .ttl_ms = MODEL_UNSET,
                                  .grace_ms = MODEL_UNSET,
                                  .negative_ms = MODEL_UNSET,
                                  .timeout_ms = MODEL_UNSET,
                                  .fleet_ms = MODEL_UNSET,
                                  .jitter_percent = MODEL_UNSET,
                                  .verify_percent = MODEL_UNSET};
    query->value.place = query->place;
    return query;
}

struct model_mutation *make_mutation(struct maker *maker, const char *name) {
    struct model_mutation *mutation = &maker->model.mutations[maker->model.n_mutations++];
    *mutation = (struct model_mutation){.name = name,
                                        .place = next_place(maker),
                                        .params = make(maker, MODEL_MAX_PARAMS * sizeof *mutation->params),
                                        .invalidates = make(maker, MODEL_MAX_TAGS * sizeof *mutation->invalidates)};
    return mutation;
}

void make_query_param(struct maker *maker, struct model_query *query, const char *name, struct model_type type) {
    query->params[query->n_params++] = (struct model_param){.name = name, .type = type, .place = next_place(maker)};
}

void make_mutation_param(struct maker *maker, struct model_mutation *mutation, const char *name,
                         struct model_type type) {
    mutation->params[mutation->n_params++] =
        (struct model_param){.name = name, .type = type, .place = next_place(maker)};
}

static void fill(struct model_spec *spec, const struct model_node *node, uint32_t first_param) {
    *spec = (struct model_spec){.node = node};
    for (uint32_t i = 0; i < node->n_wilds; i++)
        spec->params[i] = (uint8_t)(first_param + i);
}

struct model_spec *make_tag(struct model_query *query, const struct model_node *node, uint32_t first_param) {
    fill(&query->tags[query->n_tags], node, first_param);
    return &query->tags[query->n_tags++];
}

struct model_spec *make_invalidate(struct model_mutation *mutation, const struct model_node *node,
                                   uint32_t first_param) {
    fill(&mutation->invalidates[mutation->n_invalidates], node, first_param);
    return &mutation->invalidates[mutation->n_invalidates++];
}

static void put_in_order(struct model *model, struct model_node *node) {
    node->index = (uint32_t)model->n_nodes;
    model->nodes[model->n_nodes++] = node;
    for (struct model_node *child = node->first_child; child; child = child->next_sibling)
        put_in_order(model, child);
}

const struct model *maker_finish(struct maker *maker) {
    put_in_order(&maker->model, maker->model.nodes[0]);
    return &maker->model;
}
