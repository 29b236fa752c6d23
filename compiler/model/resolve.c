/* SPDX-License-Identifier: MIT
 *
 * From the AST to the model: the tag tree, and at the end the model's own tables. check_extent() has bounded the tree,
 * so that recursion is at most MODEL_MAX_SEGMENTS deep.
 */
#include "front.h"

struct grower {
    struct front *front;
    struct model_node *nodes; /* all of them, in pre-order */
    size_t n;
};

static void grow_block(struct grower *grower, const struct ast_block *block, struct model_node *parent);

static struct model_node *grow_node(struct grower *grower, struct model_node *parent, enum model_node_kind kind,
                                    const char *name, const struct ast_item *item) {
    struct model_node *node = &grower->nodes[grower->n];
    *node = (struct model_node){.kind = kind,
                                .name = name,
                                .doc = item->doc,
                                .place = item->place,
                                .parent = parent,
                                .index = (uint32_t)grower->n,
                                .depth = parent->depth + 1,
                                .n_wilds = parent->n_wilds + (kind == NODE_WILD)};
    grower->front->model->nodes[grower->n++] = node;
    return node;
}

static void grow_below(struct grower *grower, const struct ast_item *item, struct model_node *node) {
    if (item->block) {
        grow_block(grower, item->block, node);
        return;
    }
    if (!item->group)
        return;
    const struct group *group = scope_get(&grower->front->scope, &front_groups, item->group->text);
    if (!group || closes_ring(grower->front, item->group)) {
        grower->front->broken_nodes[node->index] = NODE_INCOMPLETE;
        return;
    }
    if (!node->doc)
        node->doc = group->declaration->doc;
    grow_block(grower, group->declaration->block, node);
}

static struct model_node *grow_wild(struct grower *grower, struct model_node *parent, const struct ast_item *item) {
    struct front *front = grower->front;
    const char *name = item->wild ? item->wild->name.text : intern_name(&front->intern, "id", 2);
    struct model_node *node = grow_node(grower, parent, NODE_WILD, name, item);
    if (item->wild)
        node->place = item->wild->name.place;
    if (item->wild && !find_type(front, item->wild->type.text, TYPE_OF_WILD, &node->type))
        front->broken_nodes[node->index] = NODE_INCOMPLETE; /* check_blocks() has complained */
    if (parent->wild_child)
        front->broken_nodes[parent->wild_child->index] = NODE_DOUBLE;
    else
        parent->wild_child = node;
    return node;
}

static void grow_block(struct grower *grower, const struct ast_block *block, struct model_node *parent) {
    struct front *front = grower->front;
    struct model_node *last = NULL;
    if (block->broken)
        front->broken_nodes[parent->index] = NODE_INCOMPLETE;
    for (const struct ast_item *item = block->first; item; item = item->next) {
        struct model_node *node;
        if (item->name) {
            node = grow_node(grower, parent, NODE_STATIC, item->name, item);
            const struct model_node *first = scope_put(&front->scope, parent, item->name, node);
            if (first)
                front->broken_nodes[first->index] = NODE_DOUBLE;
            if (item->is_wild)
                node->first_child = grow_wild(grower, node, item);
        } else {
            node = grow_wild(grower, parent, item);
        }
        if (last)
            last->next_sibling = node;
        else
            parent->first_child = node;
        last = node;
        grow_below(grower, item, item->name && item->is_wild ? node->wild_child : node);
    }
}

bool resolve_tree(struct front *front) {
    struct model *model = front->model;
    struct grower grower = {.front = front, .nodes = ARENA_ARRAY(front->arena, struct model_node, model->n_nodes)};
    model->nodes = ARENA_ARRAY(front->arena, struct model_node *, model->n_nodes);
    front->broken_nodes = ARENA_ARRAY(front->arena, uint8_t, model->n_nodes);
    struct model_node *root = &grower.nodes[grower.n];
    *root = (struct model_node){.kind = NODE_ROOT, .name = "", .doc = front->root->doc, .place = front->root->place};
    model->nodes[grower.n++] = root;
    grow_block(&grower, front->root->block, root);
    return true;
}

/* How long the lease of a `fleet` lasts that may not say: others wait so long for a fetcher that has died, at most, and
 * not longer than any fetch may take. */
static int64_t lease_of(const struct ast_clause *clause, int64_t timeout_ms) {
    if (!clause)
        return MODEL_UNSET;
    if (clause->value != AST_WORD_ALONE)
        return clause->value;
    return timeout_ms != MODEL_UNSET && timeout_ms < MODEL_LEASE_MS ? timeout_ms : MODEL_LEASE_MS;
}

static struct model_query query_of(const struct front *front, const struct function *function) {
    int64_t values[CLAUSE_N];
    for (int i = 0; i < CLAUSE_N; i++)
        values[i] = MODEL_UNSET;
    for (const struct ast_clause *clause = function->ast->last_clause; clause; clause = clause->next)
        values[clause->kind] = clause->value;
    const struct model *model = front->model;
    return (struct model_query){
        .name = function->declaration->name.text,
        .doc = function->declaration->doc,
        .place = function->declaration->name.place,
        .n_params = function->n_params,
        .params = function->params,
        .value = function->value,
        .n_tags = function->n_specs,
        .tags = function->specs,
        .ttl_ms = values[CLAUSE_TTL] == MODEL_UNSET ? model->default_ttl_ms : values[CLAUSE_TTL],
        .grace_ms = values[CLAUSE_GRACE] == MODEL_UNSET ? model->default_grace_ms : values[CLAUSE_GRACE],
        .negative_ms = values[CLAUSE_NEGATIVE],
        .timeout_ms = values[CLAUSE_TIMEOUT],
        .fleet_ms = lease_of(ast_clause_of(function->ast, CLAUSE_FLEET), values[CLAUSE_TIMEOUT]),
        .jitter_percent = (int32_t)values[CLAUSE_JITTER],
        .verify_percent = (int32_t)values[CLAUSE_VERIFY],
        .version = values[CLAUSE_VERSION] == MODEL_UNSET ? 0 : (uint32_t)values[CLAUSE_VERSION],
    };
}

static struct model_mutation mutation_of(const struct function *function) {
    return (struct model_mutation){.name = function->declaration->name.text,
                                   .doc = function->declaration->doc,
                                   .place = function->declaration->name.place,
                                   .n_params = function->n_params,
                                   .params = function->params,
                                   .n_invalidates = function->n_specs,
                                   .invalidates = function->specs};
}

static void resolve_includes(struct front *front) {
    struct model *model = front->model;
    size_t n = 0;
    for (const struct ast_declaration *next = front->first_file->ast->first; next; next = next->next)
        n += next->kind == AST_INCLUDE;
    model->includes = ARENA_ARRAY(front->arena, struct model_include, n);
    for (const struct ast_declaration *next = front->first_file->ast->first; next; next = next->next)
        if (next->kind == AST_INCLUDE)
            model->includes[model->n_includes++] = (struct model_include){next->name.text, next->angled};
}

bool resolve_model(struct front *front) {
    struct model *model = front->model;
    if (!front->schema)
        return false;
    model->schema = front->schema->name.text;
    model->schema_place = front->schema->name.place;
    model->doc = front->schema->doc;
    model->default_ttl_ms = front->defaults[0] ? front->defaults[0]->duration_ms : MODEL_UNSET;
    model->default_grace_ms = front->defaults[1] ? front->defaults[1]->duration_ms : MODEL_UNSET;
    resolve_includes(front);
    size_t n_mutations = 0;
    for (size_t i = 0; i < front->n_functions; i++)
        n_mutations += front->functions[i].ast->is_mutation;
    model->queries = ARENA_ARRAY(front->arena, struct model_query, front->n_functions - n_mutations);
    model->mutations = ARENA_ARRAY(front->arena, struct model_mutation, n_mutations);
    for (size_t i = 0; i < front->n_functions; i++) {
        const struct function *function = &front->functions[i];
        if (function->ast->is_mutation)
            model->mutations[model->n_mutations++] = mutation_of(function);
        else
            model->queries[model->n_queries++] = query_of(front, function);
    }
    return true;
}
