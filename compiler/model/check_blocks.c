/* SPDX-License-Identifier: MIT
 *
 * Groups and the root as they are written, before anything is expanded: names, types, what uses what, and how far it
 * reaches. All of it is linear in the text, whatever the groups multiply to.
 */
#include <string.h>

#include "front.h"
#include "text.h"

static void offer_groups(void *context, struct suggestion *suggestion) {
    const struct front *front = context;
    for (const struct group *group = front->first_group; group && !suggestion->cut; group = group->next)
        suggest_offer(suggestion, group->ring.name);
}

static void use_group(struct front *front, struct group *user, const struct ast_name *name) {
    struct group *used = scope_get(&front->scope, &front_groups, name->text);
    if (used && user) {
        struct use *use = ARENA_NEW(front->arena, struct use);
        *use = (struct use){{.to = &used->ring, .place = name->place, .span = name_span(name->text)}, name};
        ring_add_edge(&user->ring, &use->edge);
    }
    if (used || front->groups_may_be_missing)
        return;
    struct diag *diag =
        diag_add(front->diags, T0201, name->place, name_span(name->text), "unknown group '%s'", name->text);
    suggest(front, diag, name->text, offer_groups, front);
}

static void check_item_name(struct front *front, const struct ast_block *block, const struct ast_item *item) {
    const struct ast_item *first = scope_put(&front->scope, block, item->name, (void *)(uintptr_t)item);
    if (!first)
        return;
    struct diag *diag = diag_add(front->diags, T0206, item->place, name_span(item->name),
                                 "segment '%s' is declared twice in one block", item->name);
    diag_note(front->diags, diag, first->place, "the first one is here");
}

/* `user` is NULL for the root. */
static void check_block(struct front *front, struct group *user, const struct ast_block *block) {
    const struct ast_item *wild = NULL;
    for (const struct ast_item *item = block->first; item; item = item->next) {
        if (item->name) {
            check_item_name(front, block, item);
        } else if (wild) {
            struct diag *diag = diag_add(front->diags, T0210, item->place, 4, "a second wild in one block");
            diag_note(front->diags, diag, wild->place, "the first one is here");
            diag_help(front->diags, diag, "give it a name of its own: 'NAME: Wild(...)'");
        } else {
            wild = item;
        }
        struct model_type type;
        if (item->wild)
            resolve_type(front, item->wild->type, TYPE_OF_WILD, &type);
        if (item->group)
            use_group(front, user, item->group);
        if (item->block)
            check_block(front, user, item->block);
    }
}

bool check_blocks(struct front *front) {
    for (struct group *group = front->first_group; group; group = group->next)
        check_block(front, group, group->declaration->block);
    if (!front->root)
        return true;
    check_block(front, NULL, front->root->block);
    for (const struct ast_item *item = front->root->block->first; item; item = item->next) {
        if (item->name)
            continue;
        struct diag *diag =
            diag_add(front->diags, T0223, item->place, 4, "a wild directly in the root has no name to write in a tag");
        diag_help(front->diags, diag, "give it one: 'NAME: Wild(...)'");
    }
    return true;
}

/* The ring is cut at this use, and what hangs on it looked at all the same: whoever has one mistake may have more. */
static void report_ring(void *context, struct ring_node *last, const struct ring_edge *edge) {
    struct front *front = context;
    const struct use *use = (const struct use *)edge;
    struct text ring;
    text_init_in(&ring, front->arena);
    ring_describe(last, edge, &ring);
    front->has_rings = true;
    scope_put(&front->scope, use->name, use->name->text, edge->to);
    diag_add(front->diags, T0209, edge->place, edge->span, "group '%s' contains itself: %s", edge->to->name,
             text_string(&ring));
}

bool closes_ring(struct front *front, const struct ast_name *used) {
    return front->has_rings && scope_get(&front->scope, used, used->text);
}

enum { EXTENT_LIMIT = 1 << 30 };

static uint64_t limited(uint64_t n) { return n < EXTENT_LIMIT ? n : EXTENT_LIMIT; }

static struct extent block_extent(struct front *front, const struct ast_block *block);

/* How far below the item itself. */
static struct extent below_extent(struct front *front, const struct ast_item *item) {
    if (item->block)
        return block_extent(front, item->block);
    const struct group *group = item->group ? scope_get(&front->scope, &front_groups, item->group->text) : NULL;
    return group ? group->extent : (struct extent){0};
}

static uint64_t own_segments(const struct ast_item *item) { return (item->name != NULL) + (uint64_t)item->is_wild; }

static struct extent block_extent(struct front *front, const struct ast_block *block) {
    struct extent extent = {0};
    for (const struct ast_item *item = block->first; item; item = item->next) {
        struct extent below = below_extent(front, item);
        uint64_t segments = limited(own_segments(item) + below.segments), wilds = limited(item->is_wild + below.wilds);
        extent.tags = limited(extent.tags + own_segments(item) + below.tags);
        extent.segments = segments > extent.segments ? segments : extent.segments;
        extent.wilds = wilds > extent.wilds ? wilds : extent.wilds;
    }
    return extent;
}

/* A use that closes a ring leads to a group that is not measured yet, and adds nothing. */
static void measure(void *context, struct ring_node *node) {
    struct group *group = (struct group *)node;
    group->extent = block_extent(context, group->declaration->block);
}

bool check_recursion(struct front *front) {
    struct ring_visitor visitor = {.on_ring = report_ring, .on_done = measure, .context = front};
    for (struct group *group = front->first_group; group; group = group->next)
        ring_walk(&group->ring, &visitor);
    return true;
}

/* Walks down to the first item that goes too far, and says by which path. */
static void report_too_far(struct front *front, bool by_wilds) {
    const struct ast_block *block = front->root->block;
    const uint64_t limit = by_wilds ? MODEL_MAX_WILDS : MODEL_MAX_SEGMENTS;
    uint64_t above = 0;
    struct text path;
    text_init_in(&path, front->arena);
    for (const struct ast_item *item = block->first; item;) {
        struct extent below = below_extent(front, item);
        uint64_t own = by_wilds ? item->is_wild : own_segments(item);
        if (above + own + (by_wilds ? below.wilds : below.segments) <= limit) {
            item = item->next;
            continue;
        }
        const char *wild = !item->is_wild ? NULL : item->wild ? item->wild->name.text : "id";
        if (item->name)
            text_printf(&path, "%s%s", path.size ? "/" : "", item->name);
        if (wild)
            text_printf(&path, "%s<%s>", path.size ? "/" : "", wild);
        above += own;
        if (above > limit) {
            diag_add(front->diags, by_wilds ? T0212 : T0211, item->place, item->name ? name_span(item->name) : 4,
                     "the path '%s' has more than %u %s", text_string(&path), (unsigned)limit,
                     by_wilds ? "wilds" : "segments");
            return;
        }
        const struct group *group = item->group ? scope_get(&front->scope, &front_groups, item->group->text) : NULL;
        item = item->block ? item->block->first : group->declaration->block->first;
    }
}

bool check_extent(struct front *front) {
    if (!front->root)
        return false;
    struct extent extent = block_extent(front, front->root->block);
    bool tell = !front->has_rings; /* of groups that should not be like this, nobody knows how far they will reach */
    if (tell && extent.segments > MODEL_MAX_SEGMENTS)
        report_too_far(front, false);
    if (tell && extent.wilds > MODEL_MAX_WILDS)
        report_too_far(front, true);
    if (tell && extent.tags >= MODEL_MAX_NODES)
        diag_add(front->diags, T0213, front->root->place, 4, "the groups of this root expand to more than %d tags",
                 MODEL_MAX_NODES - 1);
    front->model->n_nodes = (size_t)extent.tags + 1;
    return extent.segments <= MODEL_MAX_SEGMENTS && extent.wilds <= MODEL_MAX_WILDS && extent.tags < MODEL_MAX_NODES;
}
