/* SPDX-License-Identifier: MIT
 *
 * Invalidations. The node is found and marked under the lock of its shard alone, so it cannot be freed in between
 * without its floor learning of it, and only then is the epoch bumped: see epochs.h.
 */
#include "mutants.h"
#include "node.h"
#include "yield.h"

enum { SOFT_MERGE_MS = 1000 }; /* soft invalidations so close together count as one, the first */

static struct t87s__side *side_at(const struct t87s__tag_tree *tree, uint32_t side) {
    return t87s__slab_at(&tree->sides, side);
}

/* ---- the lock of the node's shard is held from here on ---- */

static void init_soft(struct t87s__soft *soft) {
    atomic_init(&soft->lost, 0);
    atomic_init(&soft->stamp, 0);
    atomic_init(&soft->ms, INT64_MIN);
}

/* The side record of a node, made if need be; NULL: no memory. */
static struct t87s__side *side_of(struct t87s__tag_tree *tree, struct t87s__node_cell *node) {
    uint32_t side = atomic_load_explicit(&node->side, memory_order_relaxed); /* only set under the lock */
    if (side)
        return side_at(tree, side);
    side = t87s__slab_take(&tree->sides);
    if (!side)
        return NULL;
    struct t87s__side *record = side_at(tree, side);
    atomic_init(&record->hard_exact, 0);
    init_soft(&record->soft);
    init_soft(&record->soft_exact);
    /* Pairs with the load in cover_node(); seq_cst, because it comes before the bump as the mark does. */
    atomic_store_explicit(&node->side, side, memory_order_seq_cst);
    return record;
}

uint64_t t87s__side_forget(struct t87s__tag_tree *tree, struct t87s__node_cell *node) {
    uint32_t side = atomic_load_explicit(&node->side, memory_order_relaxed); /* only set under the lock */
    if (!side)
        return 0;
    struct t87s__side *record = side_at(tree, side);
    uint64_t newest = t87s__stamp_read(&record->hard_exact), soft = t87s__stamp_read(&record->soft.stamp),
             soft_exact = t87s__stamp_read(&record->soft_exact.stamp);
    newest = newest > soft ? newest : soft;
    t87s__slab_give(&tree->sides, side);
    return newest > soft_exact ? newest : soft_exact;
}

static void mark_soft(struct t87s__soft *soft, uint64_t stamp, int64_t now_ms) {
    uint64_t before = atomic_load_explicit(&soft->stamp, memory_order_relaxed); /* written under the lock */
    if (stamp < before)
        return; /* a younger one came first; what is older than this is older than that */
    int64_t since = atomic_load_explicit(&soft->ms, memory_order_relaxed);
    bool same = before && now_ms >= since && now_ms - since < SOFT_MERGE_MS;
    if (!same)
        atomic_store_explicit(&soft->lost, before, memory_order_relaxed); /* released with the stamp */
    /* Pairs with the load in add_soft(); seq_cst, because it is the mark and comes before the bump. */
    atomic_store_explicit(&soft->stamp, stamp, memory_order_seq_cst);
    if (!same)
        atomic_store_explicit(&soft->ms, now_ms, memory_order_release); /* pairs with the acquire there */
}

static void mark(struct t87s__tag_tree *tree, struct t87s__node_cell *node, unsigned flags, uint64_t stamp,
                 int64_t now_ms) {
    bool exact = flags & T87S_EXACT, soft = flags & T87S_SOFT;
    struct t87s__side *side = exact || soft ? side_of(tree, node) : NULL;
    if (!side)
        t87s__stamp_raise(&node->hard, stamp);
    else if (!soft)
        t87s__stamp_raise(&side->hard_exact, stamp);
    else
        mark_soft(exact ? &side->soft_exact : &side->soft, stamp, now_ms);
}

/* ---- without a lock ---- */

static void bump(struct t87s__tag_tree *tree, const uint64_t *hashes, size_t depth) {
    t87s__stripe stripe = t87s__stripe_of(hashes[0], hashes[depth > 1]);
    t87s__epoch_bump(depth > 1 ? t87s__epoch_branch(&tree->epochs, stripe) : t87s__epoch_root(&tree->epochs, stripe));
}

/* By mistake only. */
static bool bumps_nothing(unsigned flags) {
    return T87S__MUTANT(BUMP_BEFORE_MARK) || T87S__MUTANT(NO_BUMP) ||
           (T87S__MUTANT(EXACT_WITHOUT_BUMP) && flags & T87S_EXACT) ||
           (T87S__MUTANT(SOFT_WITHOUT_BUMP) && flags & T87S_SOFT);
}

bool t87s__tag_tree_invalidate(struct t87s__tag_tree *tree, const unsigned char *path, size_t size, unsigned flags,
                               uint64_t stamp, int64_t now_ms) {
    uint64_t hashes[T87S_MAX_SEGMENTS];
    size_t depth = t87s__tag_hashes(tree, path, size, hashes);
    if (T87S__MUTANT(BUMP_BEFORE_MARK))
        bump(tree, hashes, depth);
    T87S__YIELD("invalidate: inside the tree, nothing marked");
    struct t87s__tag_shard *shard = t87s__tag_shard_of(tree, hashes[depth - 1]);
    pthread_mutex_lock(&shard->lock);
    t87s__node node = t87s__node_find(tree, hashes, depth);
    if (node)
        mark(tree, t87s__node_at(tree, node), flags, stamp, now_ms);
    else if (!T87S__MUTANT(UNKNOWN_WITHOUT_FLOOR)) /* under the lock: who makes the missing node later, without which
                                                      there is none below it, starts from it */
        t87s__stamp_raise(t87s__tag_floor_of(tree, hashes[depth - 1]), stamp);
    pthread_mutex_unlock(&shard->lock);
    if (!node)
        return false;
    T87S__YIELD("invalidate: marked, not bumped");
    if (!bumps_nothing(flags))
        bump(tree, hashes, depth);
    return true;
}
