/* SPDX-License-Identifier: MIT
 *
 * Segments and what fills them. A segment with wilds comes filled in, when the parameters say with what, and without
 * its brackets, which is the tag of all that is below it.
 */
#include <string.h>

#include "captions.h"
#include "offers.h"
#include "words.h"

static const struct model_node *child_of(const struct model_node *node, struct word name) {
    for (const struct model_node *next = node->first_child; next; next = next->next_sibling)
        if (next->kind == NODE_STATIC && word_is(name, next->name))
            return next;
    return NULL;
}

/* Where the first n steps lead to, over what their brackets fill; NULL: nowhere. */
static const struct model_node *node_of_steps(const struct completion *c, uint32_t n) {
    const struct model_node *node = c->outline->n_nodes ? c->outline->nodes[0] : NULL;
    for (uint32_t i = 0; i < n && node; i++) {
        const struct cursor_step *step = &c->cursor->steps[i];
        const struct model_node *from = node;
        do
            node = child_of(from, step->name);
        while (!node && (from = from->wild_child));
        uint32_t n_wilds = step->brackets && !step->n_args ? 1 : step->n_args;
        for (uint32_t k = 0; k < n_wilds && node && node->wild_child; k++)
            node = node->wild_child;
    }
    return node;
}

/* Whether a parameter of the type is in a bracket of the tag, or is to be. One is seldom meant for two wilds. */
static bool is_used(const struct completion *c, const struct cursor_param *param, uint32_t planned) {
    bool is_planned = planned >> (param - c->cursor->params) & 1;
    for (uint32_t i = 0; i < c->cursor->n_filled && !is_planned; i++)
        is_planned = param->name.size == c->cursor->filled[i].size &&
                     !memcmp(param->name.bytes, c->cursor->filled[i].bytes, param->name.size);
    return is_planned;
}

/* The parameter that fills a wild: one of its type and name, or else the only one of its type. */
static const struct cursor_param *param_for(const struct completion *c, const struct model_node *wild,
                                            uint32_t planned) {
    const struct cursor_param *only = NULL;
    size_t n = 0;
    for (uint32_t i = 0; i < c->cursor->n_params; i++) {
        const struct cursor_param *param = &c->cursor->params[i];
        if (param->is_key || !word_is(param->type, words_type(wild->type)) || is_used(c, param, planned))
            continue;
        if (word_is(param->name, wild->name))
            return param;
        only = param;
        n++;
    }
    return n == 1 ? only : NULL;
}

/* name(a, b) for the wilds directly below the segment; those that nothing fills are left to be filled. */
static void append_filled(struct completion *c, const struct model_node *segment, struct text *out, bool *is_snippet) {
    size_t n_open = 0;
    uint32_t planned = 0; /* a bit for each parameter */
    text_printf(out, "%s(", segment->name);
    for (const struct model_node *wild = segment->wild_child; wild; wild = wild->wild_child) {
        const struct cursor_param *param = param_for(c, wild, planned);
        text_append(out, wild == segment->wild_child ? "" : ", ");
        if (param)
            planned |= UINT32_C(1) << (param - c->cursor->params);
        if (param)
            text_append_bytes(out, param->name.bytes, param->name.size);
        else if (c->server->has_snippets)
            text_printf(out, "${%zu:%s}", ++n_open, wild->name);
        else
            text_append(out, wild->name);
    }
    text_append_char(out, ')');
    *is_snippet = n_open > 0;
}

static void add_filled(struct completion *c, const struct model_node *segment) {
    struct text written, detail, label;
    bool is_snippet = false;
    text_init(&written);
    text_init(&detail);
    text_init(&label);
    append_filled(c, segment, &written, &is_snippet);
    const struct model_node *last = segment;
    while (last->wild_child)
        last = last->wild_child;
    caption_node(&detail, last);
    text_printf(&label, "%s(", segment->name);
    for (const struct model_node *wild = segment->wild_child; wild; wild = wild->wild_child)
        text_printf(&label, "%s%s", wild == segment->wild_child ? "" : ", ", wild->name);
    text_append(&label, ")");
    if (label.failed)
        c->server->failed = true;
    offer(c, ITEM_FIELD, text_string(&label), &detail, segment->doc, &written, is_snippet);
    text_free(&label);
}

void offer_segments(struct completion *c) {
    const struct model_node *node = node_of_steps(c, c->cursor->n_steps);
    for (const struct model_node *next = node ? node->first_child : NULL; next; next = next->next_sibling) {
        if (next->kind != NODE_STATIC || !is_wanted(c, next->name))
            continue;
        if (next->wild_child && !c->cursor->has_brackets)
            add_filled(c, next);
        struct text detail;
        text_init(&detail);
        caption_node(&detail, next);
        text_append(&detail, next->wild_child ? ", all of them" : "");
        offer(c, ITEM_FIELD, next->name, &detail, next->doc, NULL, false);
    }
}

static void add_param(struct completion *c, const struct cursor_param *param) {
    struct text name, detail;
    text_init(&name);
    text_init(&detail);
    text_append_bytes(&name, param->name.bytes, param->name.size);
    text_append_bytes(&detail, param->type.bytes, param->type.size);
    c->server->failed |= name.failed;
    if (is_wanted(c, text_string(&name)))
        offer(c, ITEM_VARIABLE, text_string(&name), &detail, NULL, NULL, false);
    else
        text_free(&detail);
    text_free(&name);
}

/* The parameters that can fill the wild, all of them when it is not known which one that is: first the one of its name,
 * last those that fill another. */
void offer_arguments(struct completion *c) {
    uint32_t n = c->cursor->n_steps;
    const struct model_node *node = node_of_steps(c, n), *wild = NULL;
    if (node && c->cursor->steps[n - 1].n_args)
        wild = node->wild_child; /* of one more bracket */
    else if (node && node->kind == NODE_WILD)
        wild = node; /* empty brackets have gone over it */
    for (int rank = 0; rank < 3; rank++) {
        for (uint32_t i = 0; i < c->cursor->n_params; i++) {
            const struct cursor_param *param = &c->cursor->params[i];
            if (param->is_key || (wild && !word_is(param->type, words_type(wild->type))))
                continue;
            bool is_namesake = wild && word_is(param->name, wild->name);
            if (rank == (is_used(c, param, 0) ? 2 : is_namesake ? 0 : 1))
                add_param(c, param);
        }
    }
}
