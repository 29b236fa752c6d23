/* SPDX-License-Identifier: MIT
 *
 * The tags of one query and the paths of one mutation, beside each other and by themselves.
 */
#include <string.h>

#include "linter.h"
#include "words.h"

enum { MANY_TAGS = 4, SET_SLOTS = 4096 /* a power of two, twice as many as a mutation has paths */ };

static bool same_params(const struct model_spec *a, const struct model_spec *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (a->params[i] != b->params[i])
            return false;
    return true;
}

/* ---- the tags of a query ---- */

static bool is_prefix(const struct model_spec *prefix, const struct model_spec *tag) {
    const struct model_node *node = tag->node;
    while (node->depth > prefix->node->depth)
        node = node->parent;
    return node == prefix->node && same_params(prefix, tag, node->n_wilds);
}

/* What makes the tag superfluous, or NULL. Only an exact path could tell a tag from a longer one. */
static const struct model_spec *better_tag(const struct linter *linter, const struct model_query *query,
                                           const struct model_spec *tag) {
    for (const struct model_spec *other = query->tags; other < query->tags + query->n_tags; other++) {
        bool same = other->node == tag->node;
        if (other != tag && is_prefix(tag, other) && (same ? other < tag : !linter->hits[tag->node->index].exact.path))
            return other;
    }
    return NULL;
}

void lint_redundant_tags(struct linter *linter) {
    struct diag_list *diags = linter->diags;
    for (size_t i = 0; i < linter->model->n_queries; i++) {
        const struct model_query *query = &linter->model->queries[i];
        for (const struct model_spec *tag = query->tags; tag < query->tags + query->n_tags; tag++) {
            const struct model_spec *other = better_tag(linter, query, tag);
            if (!other || !is_told(linter, T1005, tag->place))
                continue;
            const char *written = written_spec(linter, tag, tag->node, query->params);
            const char *longer = written_spec(linter, other, other->node, query->params);
            struct diag *diag;
            if (other->node == tag->node)
                diag = diag_add(diags, T1005, tag->place, span_of_spec(tag), "'%s' carries '%s' twice", query->name,
                                written);
            else
                diag = diag_add(diags, T1005, tag->place, span_of_spec(tag),
                                "'%s' needs no tag '%s' beside '%s': what invalidates the one reaches the other",
                                query->name, written, longer);
            diag_help(diags, diag, "take it away");
            diag_note(diags, diag, other->place, "'%s' is here", longer);
        }
    }
}

void lint_many_tags(struct linter *linter) {
    for (size_t i = 0; i < linter->model->n_queries; i++) {
        const struct model_query *query = &linter->model->queries[i];
        if (query->n_tags <= MANY_TAGS || !is_told(linter, T1012, query->place))
            continue;
        struct diag *diag = diag_add(linter->diags, T1012, query->place, span_of(query->name),
                                     "'%s' carries %zu tags, and each of them costs something at every hit",
                                     query->name, query->n_tags);
        diag_help(linter->diags, diag,
                  "cut the query into some that carry at most %d tags, or give what it reads a segment of its own",
                  MANY_TAGS);
    }
}

/* ---- the paths of a mutation ---- */

/* Paths by what they invalidate; open addressing. */
struct path_set {
    const struct model_spec *slots[SET_SLOTS];
    size_t mask;
};

/* Where a path at this node, filled as `like` is, and of this kind, is; or the free slot for it. */
static const struct model_spec **find(struct path_set *set, const struct model_node *node,
                                      const struct model_spec *like, bool exact, bool soft) {
    uint64_t hash = node->index * 4u + exact * 2u + soft;
    for (size_t i = 0; i < node->n_wilds; i++)
        hash = (hash * 0x9E3779B97F4A7C15u ^ hash >> 29) + like->params[i];
    for (size_t at = (size_t)((hash * 0xD6E8FEB86659FD93u) >> 32) & set->mask;; at = (at + 1) & set->mask) {
        const struct model_spec *found = set->slots[at];
        if (!found || (found->node == node && found->exact == exact && found->soft == soft &&
                       same_params(found, like, node->n_wilds)))
            return &set->slots[at];
    }
}

static void fill(struct path_set *set, const struct model_mutation *mutation) {
    size_t n_slots = 2;
    while (n_slots < mutation->n_invalidates * 2)
        n_slots *= 2;
    set->mask = n_slots - 1;
    memset(set->slots, 0, n_slots * sizeof *set->slots);
    for (size_t i = 0; i < mutation->n_invalidates; i++) {
        const struct model_spec *path = &mutation->invalidates[i], **slot;
        slot = find(set, path->node, path, path->exact, path->soft);
        if (!*slot)
            *slot = path;
    }
}

/* Another path that does all that this one does, or NULL: a hard one covers a soft one, a whole one an exact one. */
static const struct model_spec *better_path(struct path_set *set, const struct model_spec *path) {
    for (const struct model_node *at = path->node; at->parent; at = at->parent) {
        const struct model_spec *hard = *find(set, at, path, false, false);
        const struct model_spec *soft = path->soft ? *find(set, at, path, false, true) : NULL;
        if (hard && hard != path)
            return hard;
        if (soft && soft != path)
            return soft;
    }
    const struct model_spec *first = *find(set, path->node, path, path->exact, path->soft);
    return first == path ? NULL : first;
}

static const char *mark_of(const struct model_spec *path) { return path->exact ? " exact" : path->soft ? " soft" : ""; }

void lint_redundant_paths(struct linter *linter) {
    struct diag_list *diags = linter->diags;
    struct path_set *set = ARENA_NEW(linter->arena, struct path_set);
    for (size_t i = 0; i < linter->model->n_mutations; i++) {
        const struct model_mutation *mutation = &linter->model->mutations[i];
        if (mutation->n_invalidates < 2)
            continue;
        fill(set, mutation);
        for (size_t j = 0; j < mutation->n_invalidates; j++) {
            const struct model_spec *path = &mutation->invalidates[j], *other = better_path(set, path);
            if (!other || !is_told(linter, T1006, path->place))
                continue;
            const char *written = written_spec(linter, path, path->node, mutation->params);
            const char *covering = written_spec(linter, other, other->node, mutation->params);
            bool same = other->node == path->node && other->exact == path->exact && other->soft == path->soft;
            struct diag *diag =
                diag_add(diags, T1006, path->place, span_of_spec(path),
                         same ? "'%s' invalidates '%s%s' twice" : "'%s' invalidates '%s%s' already with '%s%s'",
                         mutation->name, written, mark_of(path), covering, mark_of(other));
            diag_help(diags, diag, "take it away");
            diag_note(diags, diag, other->place, "'%s%s' is here", covering, mark_of(other));
        }
    }
}

/* The parameter that could fill the wild below the path: of its type, not in the path already, best of its name; NULL:
 * there is none. */
static const char *param_for(const struct model_mutation *mutation, const struct model_spec *path) {
    const struct model_node *wild = path->node->wild_child;
    const char *found = NULL;
    uint32_t used = 0;
    for (size_t i = 0; i < path->node->n_wilds; i++)
        used |= 1u << path->params[i];
    for (size_t i = 0; i < mutation->n_params; i++) {
        const struct model_param *param = &mutation->params[i];
        bool fits = !(used >> i & 1) && param->type.kind == wild->type.kind &&
                    param->type.enumeration == wild->type.enumeration;
        if (fits && (!found || param->name == wild->name))
            found = param->name;
    }
    return found;
}

static void tell_whole_segment(struct linter *linter, const struct model_mutation *mutation,
                               const struct model_spec *path) {
    struct diag_list *diags = linter->diags;
    const struct model_node *wild = path->node->wild_child;
    const char *written = written_spec(linter, path, path->node, mutation->params);
    const char *param = param_for(mutation, path);
    struct span itself = reach_of_tag(&linter->reach, path->node, true);
    struct diag *diag =
        diag_add(diags, T1011, path->place, span_of_spec(path), "'%s' invalidates all of '%s', whatever its '%s' is",
                 mutation->name, written, wild->name);
    if (param)
        diag_help(diags, diag, "write '%s(%s)' to reach one of them", written, param);
    else
        diag_help(diags, diag, "declare '%s: %s' in '%s' and write '%s(%s)' to reach one of them", wild->name,
                  words_type(wild->type), mutation->name, written, wild->name);
    if (itself.first < itself.end)
        diag_help(diags, diag, "or write '%s exact' to reach only those that carry the segment itself", written);
}

/* Told only if something below the wild is carried: else the segment is all there is. */
void lint_whole_segments(struct linter *linter) {
    for (size_t i = 0; i < linter->model->n_mutations; i++) {
        const struct model_mutation *mutation = &linter->model->mutations[i];
        for (size_t j = 0; j < mutation->n_invalidates; j++) {
            const struct model_spec *path = &mutation->invalidates[j];
            if (path->exact || path->node->kind != NODE_STATIC || !path->node->wild_child)
                continue;
            struct span below = reach_of_tag(&linter->reach, path->node->wild_child, false);
            if (below.first < below.end && is_told(linter, T1011, path->place))
                tell_whole_segment(linter, mutation, path);
        }
    }
}
