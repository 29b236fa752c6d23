/* SPDX-License-Identifier: MIT
 *
 * The tags of twins, put beside each other: which of them stayed, and of the others how much.
 */
#include <stdlib.h>
#include <string.h>

#include "changes.h"

struct sorted {
    size_t n;
    const struct spec **items;
};

static int compare_numbers(uint32_t a, uint32_t b) { return (a > b) - (a < b); }

static int compare(const struct spec *a, const struct spec *b) {
    int order = compare_numbers(a->tag->number, b->tag->number);
    order = order ? order : memcmp(a->vars, b->vars, a->tag->n_wilds);
    return order ? order : compare_numbers(a->exact * 2u + a->soft, b->exact * 2u + b->soft);
}

static int compare_items(const void *left, const void *right) {
    return compare(*(const struct spec *const *)left, *(const struct spec *const *)right);
}

static struct sorted sort(const struct half *half, struct arena *arena) {
    struct sorted sorted = {half->n_specs, ARENA_ARRAY(arena, const struct spec *, half->n_specs)};
    for (size_t i = 0; i < half->n_specs; i++)
        sorted.items[i] = &half->specs[i];
    qsort(sorted.items, sorted.n, sizeof *sorted.items, compare_items);
    return sorted;
}

/* The first that is not before `spec`. */
static size_t lower_bound(const struct sorted *sorted, const struct spec *spec) {
    size_t first = 0, end = sorted->n;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (compare(sorted->items[middle], spec) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

static bool has(const struct sorted *sorted, const struct spec *spec) {
    size_t at = lower_bound(sorted, spec);
    return at < sorted->n && compare(sorted->items[at], spec) == 0;
}

/* Is there a path that hits all that this one hits, and as hard? One by prefix may be shorter. */
static bool is_implied(const struct sorted *others, const struct spec *spec) {
    struct spec wanted = *spec;
    for (const struct both_tag *tag = spec->tag; tag->parent; tag = tag->parent)
        for (int weaker = 0; weaker < (spec->soft ? 2 : 1); weaker++) {
            wanted.tag = tag;
            wanted.exact = false;
            wanted.soft = weaker;
            if (has(others, &wanted))
                return true;
        }
    wanted = *spec;
    wanted.soft = false;
    return spec->kept || has(others, &wanted);
}

/* The segments that two tags have in common, with the same variables in them. */
static uint32_t shared_segments(const struct spec *a, const struct spec *b) {
    const struct both_tag *tag = a->tag;
    while (!tag_covers(tag, b->tag))
        tag = tag->parent;
    uint32_t n_same = 0;
    while (n_same < tag->n_wilds && a->vars[n_same] == b->vars[n_same])
        n_same++;
    while (tag->n_wilds > n_same)
        tag = tag->parent;
    return tag->depth;
}

static void compare_halves(struct half *half, const struct half *other, const struct sorted *others) {
    for (size_t i = 0; i < half->n_specs; i++) {
        struct spec *spec = &half->specs[i];
        spec->kept = has(others, spec);
        if (!half->query) {
            spec->implied = is_implied(others, spec);
            continue;
        }
        for (size_t j = 0; j < other->n_specs; j++) {
            uint32_t shared = shared_segments(spec, &other->specs[j]);
            spec->shared = shared > spec->shared ? shared : spec->shared;
        }
    }
}

static bool all_kept(const struct half *half) {
    for (size_t i = 0; i < half->n_specs; i++)
        if (!half->specs[i].kept)
            return false;
    return true;
}

/* Variables that can have one value only, and fill the same wild, are always equal: one stands for all. */
static uint8_t stand_in(const struct twins *twins, uint8_t var) {
    uint8_t first = 0;
    if (twins->limits[var] != 1)
        return var;
    while (twins->limits[first] != 1)
        first++;
    return first;
}

static void fill(struct twins *twins, enum side side, const struct both_tags *tags, struct arena *arena) {
    struct half *half = &twins->halves[side];
    half->specs = ARENA_ARRAY(arena, struct spec, half->n_specs);
    for (size_t i = 0; i < half->n_specs; i++) {
        const struct model_spec *model = &half->model_specs[i];
        struct spec *spec = &half->specs[i];
        *spec = (struct spec){
            .tag = tags->of[side][model->node->index], .exact = model->exact, .soft = model->soft, .model = model};
        for (size_t j = 0; j < model->node->n_wilds; j++)
            spec->vars[j] = stand_in(twins, half->vars[model->params[j]]);
    }
}

/* The common case, in the order they stand in. */
static bool are_equal(const struct half *a, const struct half *b) {
    if (a->n_specs != b->n_specs)
        return false;
    for (size_t i = 0; i < a->n_specs; i++)
        if (compare(&a->specs[i], &b->specs[i]) != 0)
            return false;
    return true;
}

void compare_specs(struct twins *twins, const struct both_tags *tags, struct arena *arena) {
    struct half *old = &twins->halves[OLD], *new = &twins->halves[NEW];
    fill(twins, OLD, tags, arena);
    fill(twins, NEW, tags, arena);
    twins->changed = !are_equal(old, new);
    if (!twins->changed) {
        for (size_t i = 0; i < old->n_specs; i++) {
            old->specs[i].kept = old->specs[i].implied = new->specs[i].kept = new->specs[i].implied = true;
            old->specs[i].shared = new->specs[i].shared = old->specs[i].tag->depth;
        }
        return;
    }
    struct sorted old_sorted = sort(old, arena), new_sorted = sort(new, arena);
    compare_halves(old, new, &new_sorted);
    compare_halves(new, old, &old_sorted);
    twins->changed = !all_kept(old) || !all_kept(new);
}
