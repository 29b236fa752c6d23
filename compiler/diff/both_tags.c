/* SPDX-License-Identifier: MIT
 *
 * Two tag trees become one. Under a both_tag a static is found by its text and the wild by the kind of its segment, of
 * which t87s/codegen.h knows four: u32 and u64 are written alike, and so are str and the items of an enum.
 */
#include <string.h>

#include "changes.h"

static const char *letter_of(struct model_type type) {
    /* Addresses of their own, which no interned name has. */
    static const char unsigned_letter[] = "u", signed_letter[] = "i", bytes_letter[] = "b", text_letter[] = "t";
    static const char *const letters[] = {
        [TYPE_STR] = text_letter,     [TYPE_ENUM] = text_letter,  [TYPE_U32] = unsigned_letter,
        [TYPE_U64] = unsigned_letter, [TYPE_I32] = signed_letter, [TYPE_I64] = signed_letter,
        [TYPE_UUID] = bytes_letter};
    return letters[type.kind];
}

static const char *segment_of(struct intern *intern, const struct model_node *node) {
    return node->kind == NODE_WILD ? letter_of(node->type) : intern_name(intern, node->name, strlen(node->name));
}

static struct both_tag *add_tag(struct both_tags *tags, struct both_tag *parent, const struct model_node *node,
                                struct arena *arena) {
    struct both_tag *tag = ARENA_NEW(arena, struct both_tag);
    tag->parent = parent;
    tag->depth = node->depth;
    tag->n_wilds = node->n_wilds;
    tags->n++;
    if (!parent)
        return tag;
    if (parent->last_child)
        parent->last_child->next = tag;
    else
        parent->first_child = tag;
    parent->last_child = tag;
    return tag;
}

static void add_model(struct both_tags *tags, const struct model *model, enum side side, struct scope *scope,
                      struct intern *intern) {
    struct both_tag **of = ARENA_ARRAY(scope->arena, struct both_tag *, model->n_nodes);
    for (size_t i = 0; i < model->n_nodes; i++) {
        const struct model_node *node = model->nodes[i];
        if (node->kind == NODE_ROOT) {
            of[i] = side == OLD ? add_tag(tags, NULL, node, scope->arena) : tags->of[OLD][0];
        } else {
            struct both_tag *parent = of[node->parent->index];
            const char *segment = segment_of(intern, node);
            of[i] = scope_get(scope, parent, segment);
            if (!of[i]) {
                of[i] = add_tag(tags, parent, node, scope->arena);
                scope_put(scope, parent, segment, of[i]);
            }
        }
        of[i]->nodes[side] = node;
    }
    tags->of[side] = of;
}

static void number(struct both_tags *tags, struct arena *arena) {
    tags->in_order = ARENA_ARRAY(arena, struct both_tag *, tags->n);
    uint32_t n = 0;
    for (struct both_tag *tag = tags->of[OLD][0]; tag;) {
        tag->number = n;
        tags->in_order[n++] = tag;
        if (tag->first_child) {
            tag = tag->first_child;
            continue;
        }
        while (tag && !tag->next) {
            tag->after = n;
            tag = tag->parent;
        }
        if (tag) {
            tag->after = n;
            tag = tag->next;
        }
    }
}

void both_tags_make(struct both_tags *tags, const struct model *const models[N_SIDES], struct intern *intern,
                    struct arena *arena) {
    struct scope scope;
    *tags = (struct both_tags){0};
    scope_init(&scope, arena);
    add_model(tags, models[OLD], OLD, &scope, intern);
    add_model(tags, models[NEW], NEW, &scope, intern);
    number(tags, arena);
}
