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
        t87s__tag_lines_close(tree, shard);
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

static uint32_t count_of(struct t87s__tag_shard *shard) {
    return atomic_load_explicit(&shard->n_nodes, memory_order_relaxed); /* written under the lock */
}

/* A new node with a reference for the caller, whose reference to the parent it takes over; 0: no memory. */
static t87s__node make(struct t87s__tag_tree *tree, struct t87s__tag_shard *shard, t87s__node parent,
                       const uint64_t *hashes, size_t depth) {
    const uint64_t hash = hashes[depth - 1];
    t87s__node node = t87s__tag_lines_reserve(tree, shard) ? t87s__slab_take(&tree->nodes) : 0;
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
    atomic_init(&cell->side, 0);
    cell->stripe = t87s__stripe_of(hashes[0], hashes[depth > 1]);
    t87s__tag_lines_add(shard, hash, node);
    atomic_store_explicit(&shard->n_nodes, count_of(shard) + 1, memory_order_relaxed);
    return node;
}

/* Takes a node nobody refers to out of its line; what it knew goes into the floor first. */
static void forget(struct t87s__tag_tree *tree, struct t87s__tag_shard *shard, t87s__node node) {
    struct t87s__node_cell *cell = t87s__node_at(tree, node);
    _Atomic(uint64_t) *floor = t87s__tag_floor_of(tree, cell->hash);
    t87s__stamp_raise(floor, t87s__stamp_read(&cell->hard));
    const uint64_t beside = t87s__side_forget(tree, cell);
    if (!T87S__MUTANT(FORGOTTEN_SIDE))
        t87s__stamp_raise(floor, beside);
    t87s__tag_lines_remove(shard, cell->hash, node);
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

void t87s__tag_tree_near(struct t87s__tag_tree *tree, t87s__node node, enum t87s__tag_nearness what) {
    struct t87s__node_cell *cell = t87s__node_at(tree, node);
    if (what == NEAR_NODE)
        t87s__slab_prefetch(&tree->nodes, node);
    else if (atomic_load_explicit(&cell->refs, memory_order_relaxed) == 1) /* else nothing more will be needed */
        t87s__tag_lines_prefetch(tree, cell->hash);
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
        node = made = make(tree, shard, parent, hashes, depth);
    pthread_mutex_unlock(&shard->lock);
    if (!made) /* a node that was there refers to its parent already */
        t87s__tag_tree_unref(tree, parent);
    return node;
}

void t87s__tag_tree_name(struct t87s__tag_tree *tree, const unsigned char *path, size_t size,
                         struct t87s__tag_name *name) {
    name->depth = t87s__tag_hashes(tree, path, size, name->hashes);
    t87s__tag_lines_prefetch(tree, name->hashes[name->depth - 1]);
}

/* From the last but one on: of most paths everything is there, or all but the last segment. */
t87s__node t87s__tag_tree_intern_name(struct t87s__tag_tree *tree, const struct t87s__tag_name *name) {
    size_t known = name->depth;
    t87s__node node = 0;
    while (!node && --known > 0)
        node = look(tree, name->hashes, known);
    while (known < name->depth) {
        node = look_or_make(tree, node, name->hashes, ++known);
        if (!node)
            return 0;
    }
    return node;
}

t87s__node t87s__tag_tree_intern(struct t87s__tag_tree *tree, const unsigned char *path, size_t size) {
    struct t87s__tag_name name;
    t87s__tag_tree_name(tree, path, size, &name);
    return t87s__tag_tree_intern_name(tree, &name);
}
