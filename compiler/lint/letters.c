/* SPDX-License-Identifier: MIT */
#include "linter.h"
#include "words.h"

uint32_t span_of(const char *name) {
    uint32_t n = 0;
    for (const char *byte = name; *byte; byte++)
        n += (*byte & 0xC0) != 0x80;
    return n;
}

uint32_t span_of_spec(const struct model_spec *spec) {
    const struct model_node *node = spec->node;
    while (node->depth > 1)
        node = node->parent;
    return span_of(node->name);
}

static const char *written(struct linter *linter, const struct model_node *node, const char *const *names) {
    struct text text;
    text_init_in(&text, linter->arena);
    words_written(&text, node, names);
    return text_string(&text);
}

const char *written_node(struct linter *linter, const struct model_node *node) {
    const char *names[MODEL_MAX_WILDS];
    for (const struct model_node *at = node; at->kind != NODE_ROOT; at = at->parent)
        if (at->kind == NODE_WILD)
            names[at->n_wilds - 1] = at->name;
    return written(linter, node, names);
}

const char *written_spec(struct linter *linter, const struct model_spec *spec, const struct model_node *node,
                         const struct model_param *params) {
    const char *names[MODEL_MAX_WILDS];
    for (size_t i = 0; i < node->n_wilds; i++)
        names[i] = params[spec->params[i]].name;
    return written(linter, node, names);
}
