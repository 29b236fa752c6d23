/* SPDX-License-Identifier: MIT */
#include "relations.h"

/* Over the wilds that the brackets fill. */
static const struct model_node *enter_brackets(const struct model_node *node, const struct ast_step *step) {
    if (step->brackets && !step->args.n && node->wild_child)
        return node->wild_child;
    for (size_t i = 0; i < step->args.n && node->wild_child; i++)
        node = node->wild_child;
    return node;
}

const struct model_node *node_of_step(const struct outline *outline, const struct ast_spec *spec,
                                      const struct ast_step *last) {
    const struct model_node *node = outline->n_nodes ? outline->nodes[0] : NULL;
    for (const struct ast_step *step = spec->first; step && node; step = step->next) {
        node = outline_step(outline, node, step->name.text);
        if (node)
            node = enter_brackets(node, step);
        if (step == last)
            break;
    }
    return node;
}

static bool is_above(const struct model_node *node, const struct model_node *other) {
    while (other->depth > node->depth)
        other = other->parent;
    return other == node;
}

static enum relation relation_of(const struct model_node *tag, const struct model_node *other) {
    return tag == other           ? RELATION_SAME
           : is_above(tag, other) ? RELATION_BELOW
           : is_above(other, tag) ? RELATION_ABOVE
                                  : RELATION_NONE;
}

enum relation relation_to_function(const struct outline *outline, const struct model_node *tag,
                                   const struct ast_function *function) {
    enum relation nearest = RELATION_NONE;
    for (const struct ast_spec *spec = function->first_spec; spec; spec = spec->next) {
        const struct model_node *node = node_of_step(outline, spec, NULL);
        enum relation relation = node ? relation_of(tag, node) : RELATION_NONE;
        if (spec->exact && relation == RELATION_ABOVE)
            relation = RELATION_NONE;
        if (relation && (!nearest || relation < nearest))
            nearest = relation;
    }
    return nearest;
}

enum { MARK_TAG = 1, MARK_ALL_BELOW = 2, MARK_ABOVE_TAG = 4 };

void mark_function(const struct outline *outline, const struct ast_function *function, uint8_t *marks) {
    for (const struct ast_spec *spec = function->first_spec; spec; spec = spec->next) {
        const struct model_node *node = node_of_step(outline, spec, NULL);
        if (!node)
            continue;
        marks[node->index] |= MARK_TAG;
        if (function->is_mutation && !spec->exact)
            marks[node->index] |= MARK_ALL_BELOW;
        for (node = node->parent; node && !function->is_mutation; node = node->parent)
            marks[node->index] |= MARK_ABOVE_TAG;
    }
}

bool is_query_reached(const struct outline *outline, const uint8_t *of_mutation, const struct ast_function *query) {
    for (const struct ast_spec *spec = query->first_spec; spec; spec = spec->next) {
        const struct model_node *node = node_of_step(outline, spec, NULL);
        if (node && of_mutation[node->index] & MARK_TAG)
            return true;
        for (; node; node = node->parent)
            if (of_mutation[node->index] & MARK_ALL_BELOW)
                return true;
    }
    return false;
}

bool is_mutation_reaching(const struct outline *outline, const uint8_t *of_query, const struct ast_function *mutation) {
    for (const struct ast_spec *spec = mutation->first_spec; spec; spec = spec->next) {
        const struct model_node *node = node_of_step(outline, spec, NULL);
        uint8_t wrong = spec->exact ? MARK_TAG : MARK_TAG | MARK_ABOVE_TAG;
        if (node && of_query[node->index] & wrong)
            return true;
    }
    return false;
}
