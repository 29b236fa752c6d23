/* SPDX-License-Identifier: MIT
 *
 * How a shard finds its nodes: lines of slots, as drawn in node.h. What changes them holds the lock of the shard.
 *
 * A shard begins with one short line, so that an almost empty tree is small, and then grows by half, so that its lines
 * are 53 to 80 % full: 5.3 to 8 bytes a node.
 */
#include "node.h"

enum { FIRST_WIDTH = 8, FULL_WIDTH = MEMORY_LINE / sizeof(uint32_t), NODE_BITS = 25 };
#define NODE_MASK ((UINT32_C(1) << NODE_BITS) - 1)

_Static_assert((UINT64_C(1) << NODE_BITS) == (uint64_t)SLAB_CELLS * SLAB_CHUNKS_PER_BLOCK * SLAB_BLOCKS,
               "a slot holds any number of a node, less one");

/* A loop over the lines of a shard. */
struct lines {
    uint32_t *words;
    uint32_t n, width;
};

static struct lines lines_of(struct t87s__tag_shard *shard) {
    /* Relaxed: written under the lock, which we hold. */
    return (struct lines){atomic_load_explicit(&shard->lines, memory_order_relaxed),
                          atomic_load_explicit(&shard->n_lines, memory_order_relaxed), shard->width};
}

/* The shard takes the hash's top six bits, the floors its lowest: the line takes those between. */
static uint32_t home_of(uint32_t n_lines, uint64_t hash) {
    return (uint32_t)((hash >> 26 & UINT32_MAX) * n_lines >> 32);
}

static uint32_t *line_at(const struct lines *lines, uint32_t at) { return lines->words + (size_t)at * lines->width; }

static uint32_t after(const struct lines *lines, uint32_t at) { return at + 1 < lines->n ? at + 1 : 0; }

static uint32_t tag_of(uint64_t hash) {
    const uint32_t tag = (uint32_t)(hash >> 12) & 127;
    return (tag ? tag : 1) << NODE_BITS;
}

static uint32_t slot_of(uint64_t hash, t87s__node node) { return tag_of(hash) | (node - 1); }

static size_t size_of(uint32_t n_lines, uint32_t width) { return (size_t)n_lines * width * sizeof(uint32_t); }

static uint32_t *take(struct t87s__tag_tree *tree, uint32_t n_lines, uint32_t width) {
    const size_t size = size_of(n_lines, width);
    return width == FULL_WIDTH ? t87s__memory_take_lines(tree->memory, MEMORY_TAGS, size)
                               : t87s__memory_take_zeroed(tree->memory, MEMORY_TAGS, size);
}

static void give(struct t87s__tag_tree *tree, const struct lines *lines) {
    const size_t size = size_of(lines->n, lines->width);
    if (lines->width == FULL_WIDTH)
        t87s__memory_give_lines(tree->memory, MEMORY_TAGS, lines->words, size);
    else
        t87s__memory_give(tree->memory, MEMORY_TAGS, lines->words, size);
}

void t87s__tag_lines_close(struct t87s__tag_tree *tree, struct t87s__tag_shard *shard) {
    const struct lines lines = lines_of(shard);
    give(tree, &lines);
}

void t87s__tag_lines_prefetch(struct t87s__tag_tree *tree, uint64_t hash) {
    struct t87s__tag_shard *shard = t87s__tag_shard_of(tree, hash);
    /* Relaxed, and maybe of two times: the address is never followed. */
    const uintptr_t words = (uintptr_t)atomic_load_explicit(&shard->lines, memory_order_relaxed);
    const uint32_t n = atomic_load_explicit(&shard->n_lines, memory_order_relaxed);
    __builtin_prefetch((const void *)(words + (uintptr_t)home_of(n, hash) * MEMORY_LINE), 1);
}

/* Whether the nodes above this one have these hashes, and are as many. */
static bool is_below(const struct t87s__tag_tree *tree, const struct t87s__node_cell *cell, const uint64_t *hashes,
                     size_t n) {
    while (n > 0 && cell->parent) {
        cell = t87s__node_at(tree, cell->parent);
        if (cell->hash != hashes[--n])
            return false;
    }
    return n == 0 && !cell->parent;
}

t87s__node t87s__node_find(struct t87s__tag_tree *tree, const uint64_t *hashes, size_t depth) {
    const uint64_t hash = hashes[depth - 1];
    const struct lines lines = lines_of(t87s__tag_shard_of(tree, hash));
    const uint32_t tag = tag_of(hash);
    uint32_t at = home_of(lines.n, hash);
    for (uint32_t left = lines.n; left; left--, at = after(&lines, at)) {
        const uint32_t *line = line_at(&lines, at);
        for (uint32_t i = 1; i < lines.width; i++) {
            if ((line[i] & ~NODE_MASK) != tag)
                continue;
            const t87s__node node = (line[i] & NODE_MASK) + 1;
            const struct t87s__node_cell *cell = t87s__node_at(tree, node);
            if (cell->hash == hash && is_below(tree, cell, hashes, depth - 1))
                return node;
        }
        if (!line[0])
            break;
    }
    return 0;
}

static void add(const struct lines *lines, uint64_t hash, t87s__node node) {
    for (uint32_t at = home_of(lines->n, hash);; at = after(lines, at)) {
        uint32_t *line = line_at(lines, at);
        for (uint32_t i = 1; i < lines->width; i++) {
            if (line[i])
                continue;
            line[i] = slot_of(hash, node);
            return;
        }
        line[0]++;
    }
}

void t87s__tag_lines_add(struct t87s__tag_shard *shard, uint64_t hash, t87s__node node) {
    const struct lines lines = lines_of(shard);
    add(&lines, hash, node);
}

void t87s__tag_lines_remove(struct t87s__tag_shard *shard, uint64_t hash, t87s__node node) {
    const struct lines lines = lines_of(shard);
    const uint32_t slot = slot_of(hash, node);
    for (uint32_t at = home_of(lines.n, hash);; at = after(&lines, at)) {
        uint32_t *line = line_at(&lines, at);
        for (uint32_t i = 1; i < lines.width; i++) {
            if (line[i] != slot)
                continue;
            line[i] = 0;
            return;
        }
        line[0]--;
    }
}

/* Slots of so many lines; and how many of them are used before there are more. */
static uint32_t slots_in(uint32_t n_lines, uint32_t width) { return n_lines * (width - 1); }
static uint32_t most_in(uint32_t n_lines, uint32_t width) {
    return slots_in(n_lines, width) / 5 * 4 + (width < FULL_WIDTH);
}

/* Into new lines. The hashes are in the nodes, all over the memory: they are asked for some slots ahead. */
static void move_all(struct t87s__tag_tree *tree, const struct lines *from, const struct lines *to) {
    enum { AHEAD = 8 };
    const uint32_t n = from->n * from->width;
    for (uint32_t i = 0; i < n; i++) {
        if (i + AHEAD < n && (i + AHEAD) % from->width && from->words[i + AHEAD])
            __builtin_prefetch(t87s__node_at(tree, (from->words[i + AHEAD] & NODE_MASK) + 1));
        if (!(i % from->width) || !from->words[i])
            continue;
        const t87s__node node = (from->words[i] & NODE_MASK) + 1;
        add(to, t87s__node_at(tree, node)->hash, node);
    }
}

bool t87s__tag_lines_reserve(struct t87s__tag_tree *tree, struct t87s__tag_shard *shard) {
    const struct lines old = lines_of(shard);
    const uint32_t n_nodes = atomic_load_explicit(&shard->n_nodes, memory_order_relaxed); /* written under the lock */
    if (old.words && n_nodes < most_in(old.n, old.width))
        return true;
    struct lines lines = {NULL, 1, FIRST_WIDTH};
    if (old.words && old.width < FULL_WIDTH)
        lines.width = old.width * 2;
    else if (old.words)
        lines = (struct lines){NULL, old.n + old.n / 2 + 1, FULL_WIDTH};
    lines.words = take(tree, lines.n, lines.width);
    if (!lines.words) /* longer ways, as long as there is a slot */
        return old.words && n_nodes < slots_in(old.n, old.width);
    if (old.words) {
        move_all(tree, &old, &lines);
        give(tree, &old);
    }
    atomic_store_explicit(&shard->lines, lines.words, memory_order_relaxed);
    atomic_store_explicit(&shard->n_lines, lines.n, memory_order_relaxed);
    shard->width = lines.width;
    return true;
}
