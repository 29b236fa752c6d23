/* SPDX-License-Identifier: MIT */
#include "tag_tree.h"

#include <assert.h>
#include <pthread.h>

#include "hash.h"
#include "mutants.h"
#include "slab.h"
#include "tag_path.h"

enum {
    SHARDS = 64,
    FLOORS = 4096,
    FIRST_BUCKETS = 8,
    SOFT_MERGE_MS = 1000, /* soft invalidations so close together count as one, the first */
};

/* The newest soft invalidation, and when it was. The times of those before it are not kept, only that there was one:
 * what is older than `lost` cannot know how long it has been stale. Written under the lock of the node's shard, in this
 * order, so that a reader in between sees too early a time or too much lost: less grace, never more. */
struct soft {
    _Atomic(uint64_t) lost;  /* stamp of the one before; 0: none */
    _Atomic(uint64_t) stamp; /* 0: none */
    _Atomic(int64_t) ms;
};

struct node {
    /* atomic: stamps of the newest hard invalidations, 0 for none */
    _Atomic(uint64_t) hard, hard_exact;
    struct soft soft, soft_exact;
    /* immutable while referenced */
    uint64_t hash; /* of the path up to here */
    t87s__node parent;
    /* under the lock of the hash's shard */
    uint32_t refs;
    t87s__node next; /* in the bucket */
};

struct shard {
    pthread_mutex_t lock;
    t87s__node *buckets; /* NULL until the first node */
    uint32_t n_buckets, n_nodes;
};

struct t87s__tag_tree {
    struct t87s__memory *memory; /* immutable after open */
    uint64_t seed;
    struct shard shards[SHARDS];
    _Atomic(uint64_t) floors[FLOORS]; /* by path hash; see the header */
    struct t87s__slab nodes;
    _Atomic(size_t) n_nodes; /* relaxed: a gauge */
};

static struct node *node_at(struct t87s__tag_tree *tree, t87s__node index) {
    return t87s__slab_at(&tree->nodes, index);
}

static struct shard *shard_of(struct t87s__tag_tree *tree, uint64_t hash) { return &tree->shards[hash >> 58]; }
_Static_assert(SHARDS == 1 << 6, "the shard is the top six bits");

static _Atomic(uint64_t) *floor_of(struct t87s__tag_tree *tree, uint64_t hash) { return &tree->floors[hash % FLOORS]; }

struct t87s__tag_tree *t87s__tag_tree_open(struct t87s__memory *memory, uint64_t seed) {
    struct t87s__tag_tree *tree = t87s__memory_take_zeroed(memory, MEMORY_TAGS, sizeof *tree);
    if (!tree)
        return NULL;
    tree->memory = memory;
    tree->seed = seed;
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&tree->shards[i].lock, NULL);
    t87s__slab_init(&tree->nodes, memory, MEMORY_TAGS, sizeof(struct node));
    return tree;
}

void t87s__tag_tree_close(struct t87s__tag_tree *tree) {
    if (!tree)
        return;
    for (int i = 0; i < SHARDS; i++) {
        struct shard *shard = &tree->shards[i];
        t87s__memory_give(tree->memory, MEMORY_TAGS, shard->buckets, shard->n_buckets * sizeof *shard->buckets);
        pthread_mutex_destroy(&shard->lock);
    }
    t87s__slab_close(&tree->nodes);
    t87s__memory_give(tree->memory, MEMORY_TAGS, tree, sizeof *tree);
}

void t87s__tag_tree_lock_all(struct t87s__tag_tree *tree) {
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_lock(&tree->shards[i].lock);
    pthread_mutex_lock(&tree->nodes.lock);
}

void t87s__tag_tree_unlock_all(struct t87s__tag_tree *tree) {
    pthread_mutex_unlock(&tree->nodes.lock);
    for (int i = SHARDS; i-- > 0;)
        pthread_mutex_unlock(&tree->shards[i].lock);
}

/* ---- nodes come and go ---- */

/* The bucket of a hash; the shard's lock is held and it has buckets. */
static t87s__node *bucket_of(struct shard *shard, uint64_t hash) {
    return &shard->buckets[hash & (shard->n_buckets - 1)];
}

static t87s__node find(struct t87s__tag_tree *tree, struct shard *shard, t87s__node parent, uint64_t hash) {
    if (!shard->buckets)
        return 0;
    t87s__node index = *bucket_of(shard, hash);
    while (index) {
        const struct node *node = node_at(tree, index);
        if (node->hash == hash && node->parent == parent)
            break;
        index = node->next;
    }
    return index;
}

/* Doubles the buckets when they are full; false only when there are none at all. */
static bool make_room(struct t87s__tag_tree *tree, struct shard *shard) {
    if (shard->buckets && shard->n_nodes < shard->n_buckets)
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
        for (t87s__node index = old[i], next; index; index = next) {
            struct node *node = node_at(tree, index);
            next = node->next;
            t87s__node *bucket = bucket_of(shard, node->hash);
            node->next = *bucket;
            *bucket = index;
        }
    }
    t87s__memory_give(tree->memory, MEMORY_TAGS, old, n_old * sizeof *old);
    return true;
}

static void init_soft(struct soft *soft) { /* relaxed: published by the shard's lock */
    atomic_store_explicit(&soft->lost, 0, memory_order_relaxed);
    atomic_store_explicit(&soft->stamp, 0, memory_order_relaxed);
    atomic_store_explicit(&soft->ms, INT64_MIN, memory_order_relaxed);
}

/* The child of `parent` with this hash, with a reference for the caller. Takes over the caller's reference to the
 * parent when it makes the node, and sets *made. */
static t87s__node child(struct t87s__tag_tree *tree, t87s__node parent, uint64_t hash, bool *made) {
    struct shard *shard = shard_of(tree, hash);
    *made = false;
    pthread_mutex_lock(&shard->lock);
    t87s__node index = find(tree, shard, parent, hash);
    if (index) {
        node_at(tree, index)->refs++;
    } else if (make_room(tree, shard) && (index = t87s__slab_take(&tree->nodes))) {
        struct node *node = node_at(tree, index);
        /* What was forgotten about this path, as if it had been invalidated with all below it. */
        atomic_store_explicit(&node->hard, t87s__stamp_read(floor_of(tree, hash)), memory_order_relaxed);
        if (T87S__MUTANT(FORGOTTEN_NODE) || T87S__MUTANT(BIRTH_BEFORE_INTERN))
            atomic_store_explicit(&node->hard, 0, memory_order_relaxed);
        atomic_store_explicit(&node->hard_exact, 0, memory_order_relaxed); /* relaxed: published by the shard's lock */
        init_soft(&node->soft);
        init_soft(&node->soft_exact);
        node->hash = hash;
        node->parent = parent;
        node->refs = 1;
        node->next = *bucket_of(shard, hash);
        *bucket_of(shard, hash) = index;
        shard->n_nodes++;
        atomic_fetch_add_explicit(&tree->n_nodes, 1, memory_order_relaxed);
        *made = true;
    }
    pthread_mutex_unlock(&shard->lock);
    return index;
}

/* The hash of each prefix of a path; returns its depth. */
static size_t hash_path(const struct t87s__tag_tree *tree, const unsigned char *path, size_t size, uint64_t *hashes) {
    uint64_t hash = tree->seed;
    size_t depth = 0;
    for (size_t at = 0, length; (length = t87s__tag_path_segment(path, size, at)); at += length)
        hashes[depth++] = hash = t87s__hash(path + at, length, hash);
    return depth;
}

t87s__node t87s__tag_tree_intern(struct t87s__tag_tree *tree, const unsigned char *path, size_t size) {
    uint64_t hashes[T87S_MAX_SEGMENTS];
    size_t depth = hash_path(tree, path, size, hashes);
    t87s__node node = 0;
    for (size_t i = 0; i < depth; i++) {
        bool made;
        t87s__node below = child(tree, node, hashes[i], &made);
        if (node && !made)
            t87s__tag_tree_unref(tree, node); /* a node that was there refers to its parent already */
        if (!below)
            return 0;
        node = below;
    }
    return node;
}

void t87s__tag_tree_ref(struct t87s__tag_tree *tree, t87s__node index) {
    struct node *node = node_at(tree, index);
    struct shard *shard = shard_of(tree, node->hash);
    pthread_mutex_lock(&shard->lock);
    assert(node->refs > 0);
    node->refs++;
    pthread_mutex_unlock(&shard->lock);
}

/* Takes a node nobody refers to out of its bucket; what it knew goes into the floor first. The shard's lock is held. */
static void forget(struct t87s__tag_tree *tree, struct shard *shard, t87s__node index) {
    struct node *node = node_at(tree, index);
    _Atomic(uint64_t) *floor = floor_of(tree, node->hash);
    t87s__stamp_raise(floor, t87s__stamp_read(&node->hard));
    t87s__stamp_raise(floor, t87s__stamp_read(&node->hard_exact));
    t87s__stamp_raise(floor, t87s__stamp_read(&node->soft.stamp));
    t87s__stamp_raise(floor, t87s__stamp_read(&node->soft_exact.stamp));
    t87s__node *link = bucket_of(shard, node->hash);
    while (*link != index)
        link = &node_at(tree, *link)->next;
    *link = node->next;
    shard->n_nodes--;
    atomic_fetch_sub_explicit(&tree->n_nodes, 1, memory_order_relaxed);
}

void t87s__tag_tree_unref(struct t87s__tag_tree *tree, t87s__node index) {
    while (index) { /* a node that goes takes its reference to the parent along */
        struct node *node = node_at(tree, index);
        struct shard *shard = shard_of(tree, node->hash);
        t87s__node parent = node->parent;
        pthread_mutex_lock(&shard->lock);
        assert(node->refs > 0);
        bool last = --node->refs == 0;
        if (last)
            forget(tree, shard, index);
        pthread_mutex_unlock(&shard->lock);
        if (!last)
            return;
        t87s__slab_give(&tree->nodes, index);
        index = parent;
    }
}

/* ---- invalidation ---- */

/* The lock of the node's shard is held. */
static void mark_soft(struct soft *soft, uint64_t stamp, int64_t now_ms) {
    uint64_t before = atomic_load_explicit(&soft->stamp, memory_order_relaxed);
    if (stamp < before)
        return; /* a younger one came first; what is older than this is older than that */
    int64_t since = atomic_load_explicit(&soft->ms, memory_order_relaxed);
    bool same = before && now_ms >= since && now_ms - since < SOFT_MERGE_MS;
    if (!same)
        atomic_store_explicit(&soft->lost, before, memory_order_relaxed); /* released with the stamp */
    atomic_store_explicit(&soft->stamp, stamp, memory_order_release); /* pairs with t87s__stamp_read() in add_soft() */
    if (!same)
        atomic_store_explicit(&soft->ms, now_ms, memory_order_release); /* pairs with the acquire there */
}

static void mark(struct t87s__tag_tree *tree, struct node *node, unsigned flags, uint64_t stamp, int64_t now_ms) {
    bool exact = flags & T87S_EXACT;
    if (!(flags & T87S_SOFT)) {
        t87s__stamp_raise(exact ? &node->hard_exact : &node->hard, stamp);
        return;
    }
    struct shard *shard = shard_of(tree, node->hash);
    pthread_mutex_lock(&shard->lock);
    mark_soft(exact ? &node->soft_exact : &node->soft, stamp, now_ms);
    pthread_mutex_unlock(&shard->lock);
}

bool t87s__tag_tree_invalidate(struct t87s__tag_tree *tree, const unsigned char *path, size_t size, unsigned flags,
                               uint64_t stamp, int64_t now_ms) {
    uint64_t hashes[T87S_MAX_SEGMENTS];
    size_t depth = hash_path(tree, path, size, hashes);
    t87s__node node = 0; /* referenced while we are at it, so it cannot be freed between the look-up and the mark */
    for (size_t i = 0; i < depth; i++) {
        struct shard *shard = shard_of(tree, hashes[i]);
        pthread_mutex_lock(&shard->lock);
        t87s__node below = find(tree, shard, node, hashes[i]);
        if (below)
            node_at(tree, below)->refs++;
        else /* under the lock: who makes the missing node later sees the floor of everything below it, too */
            t87s__stamp_raise(floor_of(tree, hashes[depth - 1]), stamp);
        pthread_mutex_unlock(&shard->lock);
        if (node)
            t87s__tag_tree_unref(tree, node);
        if (!below)
            return false;
        node = below;
    }
    mark(tree, node_at(tree, node), flags, stamp, now_ms);
    t87s__tag_tree_unref(tree, node);
    return true;
}

static void add_soft(struct t87s__cover *cover, struct soft *soft, uint64_t birth) {
    if (t87s__stamp_read(&soft->stamp) <= birth)
        return;
    int64_t at = atomic_load_explicit(&soft->ms, memory_order_acquire); /* pairs with the release in mark_soft() */
    if (!cover->soft || at < cover->soft_ms)
        cover->soft_ms = at;
    cover->soft = true;
    cover->soft_lost |= t87s__stamp_read(&soft->lost) > birth;
}

/* Of something that carries this node, or, without `exact`, a tag below it. */
static struct t87s__cover cover_node(struct t87s__tag_tree *tree, t87s__node index, uint64_t birth, bool exact) {
    struct t87s__cover cover = {0};
    struct node *node = node_at(tree, index);
    if (exact) {
        cover.hard = t87s__stamp_read(&node->hard_exact) > birth;
        add_soft(&cover, &node->soft_exact, birth);
    }
    for (; index; index = node->parent) {
        node = node_at(tree, index);
        if (t87s__stamp_read(&node->hard) > birth)
            cover.hard = true;
        add_soft(&cover, &node->soft, birth);
    }
    return cover;
}

struct t87s__cover t87s__cover_both(struct t87s__cover a, struct t87s__cover b) {
    bool second = b.soft && (!a.soft || b.soft_ms < a.soft_ms);
    return (struct t87s__cover){a.hard || b.hard, a.soft || b.soft, second ? b.soft_ms : a.soft_ms,
                                a.soft_lost || b.soft_lost};
}

struct t87s__cover t87s__tag_tree_cover(struct t87s__tag_tree *tree, const t87s__node *nodes, size_t n,
                                        uint64_t birth) {
    struct t87s__cover cover = {0};
    for (size_t i = 0; i < n; i++)
        cover = t87s__cover_both(cover, cover_node(tree, nodes[i], birth, true));
    return cover;
}

struct t87s__cover t87s__tag_tree_cover_path(struct t87s__tag_tree *tree, const unsigned char *path, size_t size,
                                             uint64_t birth) {
    struct t87s__cover cover = {0};
    uint64_t hashes[T87S_MAX_SEGMENTS];
    size_t depth = hash_path(tree, path, size, hashes);
    t87s__node node = 0;
    bool known = true;
    for (size_t i = 0; i < depth; i++) {
        struct shard *shard = shard_of(tree, hashes[i]);
        pthread_mutex_lock(&shard->lock);
        t87s__node below = known ? find(tree, shard, node, hashes[i]) : 0;
        if (below)
            node_at(tree, below)->refs++;
        else if (t87s__stamp_read(floor_of(tree, hashes[i])) > birth)
            cover.hard = true; /* what is not there is known by its floor alone, as whoever made it would begin with */
        pthread_mutex_unlock(&shard->lock);
        known = below != 0;
        if (known) {
            if (node)
                t87s__tag_tree_unref(tree, node);
            node = below;
        }
    }
    if (!node)
        return cover;
    cover = t87s__cover_both(cover, cover_node(tree, node, birth, known));
    t87s__tag_tree_unref(tree, node);
    return cover;
}

size_t t87s__tag_tree_nodes(struct t87s__tag_tree *tree) {
    return atomic_load_explicit(&tree->n_nodes, memory_order_relaxed);
}
