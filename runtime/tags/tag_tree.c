/* SPDX-License-Identifier: MIT
 *
 * Nodes come and go: made when the first one carries a tag, freed when the last one lets go.
 */
#include "tag_tree.h"

#include <assert.h>

#include "hash.h"
#include "mutants.h"
#include "node.h"
#include "tag_path.h"

enum { FIRST_BUCKETS = 8 };

struct t87s__tag_tree *t87s__tag_tree_open(struct t87s__memory *memory, uint64_t seed) {
    struct t87s__tag_tree *tree = t87s__memory_take_lines(memory, MEMORY_TAGS, sizeof *tree);
    if (!tree)
        return NULL;
    tree->memory = memory;
    tree->seed = seed;
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&tree->shards[i].lock, NULL);
    for (int i = 0; i < EPOCH_ROOTS; i++)
        atomic_init(&tree->epochs.roots[i], 1);
    for (int i = 0; i < EPOCH_BRANCHES; i++)
        atomic_init(&tree->epochs.branches[i], 1);
    t87s__slab_init(&tree->nodes, memory, MEMORY_TAGS, sizeof(struct t87s__node_cell));
    t87s__slab_init(&tree->sides, memory, MEMORY_TAGS, sizeof(struct t87s__side));
    return tree;
}

void t87s__tag_tree_close(struct t87s__tag_tree *tree) {
    if (!tree)
        return;
    for (int i = 0; i < SHARDS; i++) {
        struct t87s__tag_shard *shard = &tree->shards[i];
        t87s__memory_give(tree->memory, MEMORY_TAGS, shard->buckets, shard->n_buckets * sizeof *shard->buckets);
        pthread_mutex_destroy(&shard->lock);
    }
    t87s__slab_close(&tree->sides);
    t87s__slab_close(&tree->nodes);
    t87s__memory_give_lines(tree->memory, MEMORY_TAGS, tree, sizeof *tree);
}

void t87s__tag_tree_lock_all(struct t87s__tag_tree *tree) {
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_lock(&tree->shards[i].lock);
    pthread_mutex_lock(&tree->nodes.lock);
    pthread_mutex_lock(&tree->sides.lock);
}

void t87s__tag_tree_unlock_all(struct t87s__tag_tree *tree) {
    pthread_mutex_unlock(&tree->sides.lock);
    pthread_mutex_unlock(&tree->nodes.lock);
    for (int i = SHARDS; i-- > 0;)
        pthread_mutex_unlock(&tree->shards[i].lock);
}

size_t t87s__tag_tree_nodes(struct t87s__tag_tree *tree) {
    size_t n = 0;
    for (int i = 0; i < SHARDS; i++) /* relaxed: a gauge */
        n += atomic_load_explicit(&tree->shards[i].n_nodes, memory_order_relaxed);
    return n;
}

size_t t87s__tag_hashes(const struct t87s__tag_tree *tree, const unsigned char *path, size_t size, uint64_t *hashes) {
    uint64_t hash = tree->seed;
    size_t depth = 0;
    for (size_t at = 0, length; (length = t87s__tag_path_segment(path, size, at)); at += length)
        hashes[depth++] = hash = t87s__hash(path + at, length, hash);
    assert(depth > 0);
    return depth;
}

/* ---- the lock of the hash's shard is held ---- */

/* The bucket of a hash; the shard has buckets. */
static t87s__node *bucket_of(struct t87s__tag_shard *shard, uint64_t hash) {
    return &shard->buckets[hash & (shard->n_buckets - 1)];
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
    uint64_t hash = hashes[depth - 1];
    struct t87s__tag_shard *shard = t87s__tag_shard_of(tree, hash);
    if (!shard->buckets)
        return 0;
    t87s__node node = *bucket_of(shard, hash);
    while (node) {
        const struct t87s__node_cell *cell = t87s__node_at(tree, node);
        if (cell->hash == hash && is_below(tree, cell, hashes, depth - 1))
            break;
        node = cell->next;
    }
    return node;
}

static uint32_t count_of(struct t87s__tag_shard *shard) {
    return atomic_load_explicit(&shard->n_nodes, memory_order_relaxed); /* written under the lock */
}

/* Doubles the buckets when there are three nodes for two of them: 2.7 to 5.3 bytes a node. False only when there are no
 * buckets at all. */
static bool make_room(struct t87s__tag_tree *tree, struct t87s__tag_shard *shard) {
    if (shard->buckets && count_of(shard) < shard->n_buckets + shard->n_buckets / 2)
        return true;
    uint32_t n_buckets = shard->buckets ? shard->n_buckets * 2 : FIRST_BUCKETS;
    t87s__node *buckets = t87s__memory_take_zeroed(tree->memory, MEMORY_TAGS, n_buckets * sizeof *buckets);
    if (!buckets)
        return shard->buckets != NULL; /* longer chains, but it works */
    t87s__node *old = shard->buckets;
    uint32_t n_old = shard->n_buckets;
    shard->buckets = buckets;
    shard->n_buckets = n_buckets;
    for (uint32_t i = 0; i < n_old; i++) {
        for (t87s__node node = old[i], next; node; node = next) {
            struct t87s__node_cell *cell = t87s__node_at(tree, node);
            next = cell->next;
            t87s__node *bucket = bucket_of(shard, cell->hash);
            cell->next = *bucket;
            *bucket = node;
        }
    }
    t87s__memory_give(tree->memory, MEMORY_TAGS, old, n_old * sizeof *old);
    return true;
}

/* A new node with a reference for the caller, whose reference to the parent it takes over; 0: no memory. */
static t87s__node make(struct t87s__tag_tree *tree, struct t87s__tag_shard *shard, t87s__node parent, uint64_t hash) {
    t87s__node node = make_room(tree, shard) ? t87s__slab_take(&tree->nodes) : 0;
    if (!node)
        return 0;
    struct t87s__node_cell *cell = t87s__node_at(tree, node);
    /* What was forgotten about this path, as if it had been invalidated with all below it. */
    atomic_init(&cell->hard, t87s__stamp_read(t87s__tag_floor_of(tree, hash)));
    if (T87S__MUTANT(FORGOTTEN_NODE) || T87S__MUTANT(BIRTH_BEFORE_INTERN))
        atomic_init(&cell->hard, 0);
    cell->hash = hash;
    cell->parent = parent;
    atomic_init(&cell->refs, 1);
    cell->next = *bucket_of(shard, hash);
    atomic_init(&cell->side, 0);
    *bucket_of(shard, hash) = node;
    atomic_store_explicit(&shard->n_nodes, count_of(shard) + 1, memory_order_relaxed);
    return node;
}

/* Takes a node nobody refers to out of its bucket; what it knew goes into the floor first. */
static void forget(struct t87s__tag_tree *tree, struct t87s__tag_shard *shard, t87s__node node) {
    struct t87s__node_cell *cell = t87s__node_at(tree, node);
    _Atomic(uint64_t) *floor = t87s__tag_floor_of(tree, cell->hash);
    t87s__stamp_raise(floor, t87s__stamp_read(&cell->hard));
    t87s__stamp_raise(floor, t87s__side_forget(tree, cell));
    t87s__node *link = bucket_of(shard, cell->hash);
    while (*link != node)
        link = &t87s__node_at(tree, *link)->next;
    *link = cell->next;
    atomic_store_explicit(&shard->n_nodes, count_of(shard) - 1, memory_order_relaxed);
}

/* ---- without a lock ---- */

void t87s__tag_tree_ref(struct t87s__tag_tree *tree, t87s__node node) {
    /* Relaxed: the caller holds one, or the lock under which the last one goes. */
    uint32_t refs = atomic_fetch_add_explicit(&t87s__node_at(tree, node)->refs, 1, memory_order_relaxed);
    assert(refs > 0);
    (void)refs;
}

/* Gives up a reference that is not the last one; false: it may be. */
static bool give_one_of_many(struct t87s__node_cell *cell) {
    uint32_t refs = atomic_load_explicit(&cell->refs, memory_order_relaxed); /* the CAS settles it */
    while (refs > 1) /* release: pairs with the acquire in unref, so our last use comes before the end */
        if (atomic_compare_exchange_weak_explicit(&cell->refs, &refs, refs - 1, memory_order_release,
                                                  memory_order_relaxed))
            return true;
    return false;
}

void t87s__tag_tree_unref(struct t87s__tag_tree *tree, t87s__node node) {
    while (node) { /* a node that goes takes its reference to the parent along */
        struct t87s__node_cell *cell = t87s__node_at(tree, node);
        if (give_one_of_many(cell))
            return;
        struct t87s__tag_shard *shard = t87s__tag_shard_of(tree, cell->hash);
        t87s__node parent = cell->parent;
        pthread_mutex_lock(&shard->lock); /* whoever finds it takes a reference under it, too */
        uint32_t refs = atomic_fetch_sub_explicit(&cell->refs, 1, memory_order_acq_rel);
        assert(refs > 0);
        if (refs == 1)
            forget(tree, shard, node);
        pthread_mutex_unlock(&shard->lock);
        if (refs > 1)
            return;
        t87s__slab_give(&tree->nodes, node);
        node = parent;
    }
}

/* The node of a path, with a reference for the caller; 0: there is none. */
static t87s__node look(struct t87s__tag_tree *tree, const uint64_t *hashes, size_t depth) {
    struct t87s__tag_shard *shard = t87s__tag_shard_of(tree, hashes[depth - 1]);
    pthread_mutex_lock(&shard->lock);
    t87s__node node = t87s__node_find(tree, hashes, depth);
    if (node)
        t87s__tag_tree_ref(tree, node);
    pthread_mutex_unlock(&shard->lock);
    return node;
}

/* The same, made if need be below the node of the prefix, of which the caller gives up a reference; 0: no memory. */
static t87s__node look_or_make(struct t87s__tag_tree *tree, t87s__node parent, const uint64_t *hashes, size_t depth) {
    struct t87s__tag_shard *shard = t87s__tag_shard_of(tree, hashes[depth - 1]);
    pthread_mutex_lock(&shard->lock);
    t87s__node node = t87s__node_find(tree, hashes, depth), made = 0;
    if (node)
        t87s__tag_tree_ref(tree, node);
    else
        node = made = make(tree, shard, parent, hashes[depth - 1]);
    pthread_mutex_unlock(&shard->lock);
    if (!made) /* a node that was there refers to its parent already */
        t87s__tag_tree_unref(tree, parent);
    return node;
}

t87s__node t87s__tag_tree_intern(struct t87s__tag_tree *tree, const unsigned char *path, size_t size) {
    uint64_t hashes[T87S_MAX_SEGMENTS];
    size_t depth = t87s__tag_hashes(tree, path, size, hashes), known = depth;
    t87s__node node = look(tree, hashes, depth);
    while (!node && --known > 0)
        node = look(tree, hashes, known);
    while (known < depth) {
        node = look_or_make(tree, node, hashes, ++known);
        if (!node)
            return 0;
    }
    return node;
}
