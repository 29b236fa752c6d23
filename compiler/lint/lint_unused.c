/* SPDX-License-Identifier: MIT
 *
 * What the schema declares and nothing uses: segments and wilds, groups, enums. Only of what its own file declares,
 * since others may be there for other schemas too, and of things inside of each other only the outermost.
 */
#include <stdlib.h>

#include "linter.h"

static bool is_used(const struct linter *linter, const struct model_node *node) {
    const struct hits *hits = &linter->hits[node->index];
    struct span carried = reach_of_tag(&linter->reach, node, false);
    return carried.first < carried.end || hits->whole.path || hits->exact.path || hits->below.path;
}

/* Nodes that a group has in each place where it is used come together. */
static int compare(const void *left, const void *right) {
    const struct model_node *a = *(const struct model_node *const *)left, *b = *(const struct model_node *const *)right;
    if (a->place.line != b->place.line)
        return a->place.line < b->place.line ? -1 : 1;
    if (a->place.column != b->place.column)
        return a->place.column < b->place.column ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static bool is_one_place(const struct model_node *a, const struct model_node *b) {
    return a->place.line == b->place.line && a->place.column == b->place.column;
}

static void tell_unused(struct linter *linter, const struct model_node *node) {
    if (!is_told(linter, T1001, node->place))
        return;
    bool wild = node->kind == NODE_WILD;
    bool bare = wild && is_one_place(node, node->parent); /* `NAME: Wild` */
    struct diag *diag = diag_add(linter->diags, T1001, node->place, span_of(bare ? node->parent->name : node->name),
                                 wild ? "nothing uses '%s': no query or mutation fills the wild '%s'"
                                      : "nothing uses '%s': no query or mutation names the segment '%s'",
                                 written_node(linter, node), node->name);
    diag_help(linter->diags, diag, "tag with it the queries that read what it stands for, or take it away");
}

void lint_unused_tags(struct linter *linter) {
    const struct model *model = linter->model;
    const char *own = linter->schema->ast->source->path;
    if (!model->n_queries)
        return; /* it is not used yet, or by hand */
    const struct model_node **nodes = ARENA_ARRAY(linter->arena, const struct model_node *, model->n_nodes);
    size_t n = 0;
    for (size_t i = 1; i < model->n_nodes; i++)
        if (model->nodes[i]->place.file == own)
            nodes[n++] = model->nodes[i];
    qsort(nodes, n, sizeof *nodes, compare);
    for (size_t first = 0, end; first < n; first = end) {
        bool used = false, outermost = false;
        for (end = first; end < n && is_one_place(nodes[first], nodes[end]) && nodes[first]->kind == nodes[end]->kind;
             end++) {
            const struct model_node *parent = nodes[end]->parent;
            used |= is_used(linter, nodes[end]);
            outermost |= !parent->parent || is_used(linter, parent);
        }
        if (!used && outermost)
            tell_unused(linter, nodes[first]);
    }
}

static void tell_unnamed(struct linter *linter, enum diag_code code, const struct used *used, const char *what) {
    const struct ast_name *name = &used->declaration->name;
    if (used->named || used->file != linter->schema || !is_told(linter, code, name->place))
        return;
    struct diag *diag =
        diag_add(linter->diags, code, name->place, span_of(name->text), "nothing uses the %s '%s'", what, name->text);
    diag_help(linter->diags, diag, "take it away; what several schemas share belongs in a file that they import");
}

void lint_unused_groups(struct linter *linter) {
    for (const struct used *group = linter->uses.first_group; group; group = group->next)
        tell_unnamed(linter, T1015, group, "group");
}

void lint_unused_enums(struct linter *linter) {
    for (const struct used *enumeration = linter->uses.first_enum; enumeration; enumeration = enumeration->next)
        tell_unnamed(linter, T1016, enumeration, "enum");
}
