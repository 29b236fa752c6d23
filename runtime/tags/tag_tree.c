/* SPDX-License-Identifier: MIT */
#include "tag_tree.h"

#include <assert.h>
#include <pthread.h>

#include "hash.h"
#include "tag_path.h"

enum {
    SHARDS = 64,
    FLOORS = 4096,
    FIRST_CHUNK = 64, /* nodes */
    CHUNK_STEPS = 8,  /* further chunks until the nodes are twice as many: each is an eighth of what was there */
    CHUNKS = 1 + 23 * CHUNK_STEPS,
    FIRST_BUCKETS = 8,
};

struct node {
    /* atomic: the stamp of the newest invalidation of each sort, 0 for none */
    _Atomic(uint64_t) hard, hard_exact, soft, soft_exact;
    _Atomic(int64_t) soft_ms,
        soft_exact_ms; /* set after the stamp, so a racing reader sees too early a time: less grace */
    /* immutable while referenced */
    uint64_t hash; /* of the path up to here */
    t87s__node parent;
    /* under the lock of the hash's shard */
    uint32_t refs;
    t87s__node next; /* in the bucket, or in the free list */
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
    /* A chunk never moves and is kept until the close: the memory is bounded by the most nodes there ever were at once,
     * which the capacity bounds, and an eighth. In small steps: a step that the capacity has no room for could never be
     * taken back, and would leave none for the entries. */
    _Atomic(struct node *) chunks[CHUNKS];
    pthread_mutex_t free_lock;
    t87s__node free;         /* under free_lock */
    t87s__node n_made;       /* under free_lock: nodes ever taken from the chunks; index 0 is never used */
    _Atomic(size_t) n_nodes; /* relaxed: a gauge */
};

/* Chunk 0 has the indices up to FIRST_CHUNK. From there on the highest bit of an index and the three bits below it name
 * its chunk. */
static unsigned chunk_of(t87s__node index) {
    if (index < FIRST_CHUNK)
        return 0;
    unsigned bit = 31u - (unsigned)__builtin_clz(index);
    return 1 + (bit - 6) * CHUNK_STEPS + (index >> (bit - 3)) % CHUNK_STEPS;
}
_Static_assert(FIRST_CHUNK == 1 << 6 && CHUNK_STEPS == 1 << 3, "chunk_of counts from bit 6, in steps of three bits");

static size_t chunk_size(unsigned chunk) {
    return chunk ? (size_t)FIRST_CHUNK / CHUNK_STEPS << ((chunk - 1) / CHUNK_STEPS) : FIRST_CHUNK;
}

static size_t chunk_first(unsigned chunk) {
    return chunk ? (CHUNK_STEPS + (chunk - 1) % CHUNK_STEPS) * chunk_size(chunk) : 0;
}

static struct node *node_at(struct t87s__tag_tree *tree, t87s__node index) {
    unsigned chunk = chunk_of(index);
    /* Acquire: pairs with the release in take_node(), so the chunk's memory is seen initialised. */
    struct node *nodes = atomic_load_explicit(&tree->chunks[chunk], memory_order_acquire);
    return &nodes[index - chunk_first(chunk)];
}

static struct shard *shard_of(struct t87s__tag_tree *tree, uint64_t hash) {
    return &tree->shards[hash >> 58];
}
_Static_assert(SHARDS == 1 << 6, "the shard is the top six bits");

static _Atomic(uint64_t) *floor_of(struct t87s__tag_tree *tree, uint64_t hash) {
    return &tree->floors[hash % FLOORS];
}

struct t87s__tag_tree *t87s__tag_tree_open(struct t87s__memory *memory, uint64_t seed) {
    struct t87s__tag_tree *tree = t87s__memory_take_zeroed(memory, MEMORY_TAGS, sizeof *tree);
    if (!tree)
        return NULL;
    tree->memory = memory;
    tree->seed = seed;
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&tree->shards[i].lock, NULL);
    pthread_mutex_init(&tree->free_lock, NULL);
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
    for (unsigned chunk = 0; chunk < CHUNKS; chunk++)
        t87s__memory_give(tree->memory, MEMORY_TAGS, atomic_load(&tree->chunks[chunk]),
                          chunk_size(chunk) * sizeof(struct node));
    pthread_mutex_destroy(&tree->free_lock);
    t87s__memory_give(tree->memory, MEMORY_TAGS, tree, sizeof *tree);
}

void t87s__tag_tree_lock_all(struct t87s__tag_tree *tree) {
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_lock(&tree->shards[i].lock);
    pthread_mutex_lock(&tree->free_lock);
}

void t87s__tag_tree_unlock_all(struct t87s__tag_tree *tree) {
    pthread_mutex_unlock(&tree->free_lock);
    for (int i = SHARDS; i-- > 0;)
        pthread_mutex_unlock(&tree->shards[i].lock);
}

/* ---- nodes come and go ---- */

static t87s__node take_node(struct t87s__tag_tree *tree) {
    pthread_mutex_lock(&tree->free_lock);
    t87s__node index = tree->free;
    if (index) {
        tree->free = node_at(tree, index)->next;
    } else {
        index = tree->n_made + 1;
        unsigned chunk = chunk_of(index);
        if (chunk >= CHUNKS) {
            index = 0;
        } else if (!atomic_load_explicit(&tree->chunks[chunk], memory_order_relaxed)) { /* written under this lock */
            struct node *nodes = t87s__memory_take_zeroed(tree->memory, MEMORY_TAGS, chunk_size(chunk) * sizeof *nodes);
            if (nodes)
                atomic_store_explicit(&tree->chunks[chunk], nodes, memory_order_release);
            else
                index = 0;
        }
        if (index)
            tree->n_made = index;
    }
    pthread_mutex_unlock(&tree->free_lock);
    if (index)
        atomic_fetch_add_explicit(&tree->n_nodes, 1, memory_order_relaxed);
    return index;
}

static void free_node(struct t87s__tag_tree *tree, t87s__node index) {
    pthread_mutex_lock(&tree->free_lock);
    node_at(tree, index)->next = tree->free;
    tree->free = index;
    pthread_mutex_unlock(&tree->free_lock);
    atomic_fetch_sub_explicit(&tree->n_nodes, 1, memory_order_relaxed);
}

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

/* The child of `parent` with this hash, with a reference for the caller. Takes over the caller's reference to the
 * parent when it makes the node, and sets *made. */
static t87s__node child(struct t87s__tag_tree *tree, t87s__node parent, uint64_t hash, bool *made) {
    struct shard *shard = shard_of(tree, hash);
    *made = false;
    pthread_mutex_lock(&shard->lock);
    t87s__node index = find(tree, shard, parent, hash);
    if (index) {
        node_at(tree, index)->refs++;
    } else if (make_room(tree, shard) && (index = take_node(tree))) {
        struct node *node = node_at(tree, index);
        /* What was forgotten about this path, as if it had been invalidated with all below it. */
        atomic_store_explicit(&node->hard, t87s__stamp_read(floor_of(tree, hash)), memory_order_relaxed);
        atomic_store_explicit(&node->hard_exact, 0, memory_order_relaxed); /* relaxed: published by the shard's lock */
        atomic_store_explicit(&node->soft, 0, memory_order_relaxed);
        atomic_store_explicit(&node->soft_exact, 0, memory_order_relaxed);
        atomic_store_explicit(&node->soft_ms, INT64_MIN, memory_order_relaxed);
        atomic_store_explicit(&node->soft_exact_ms, INT64_MIN, memory_order_relaxed);
        node->hash = hash;
        node->parent = parent;
        node->refs = 1;
        node->next = *bucket_of(shard, hash);
        *bucket_of(shard, hash) = index;
        shard->n_nodes++;
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
    t87s__stamp_raise(floor, t87s__stamp_read(&node->soft));
    t87s__stamp_raise(floor, t87s__stamp_read(&node->soft_exact));
    t87s__node *link = bucket_of(shard, node->hash);
    while (*link != index)
        link = &node_at(tree, *link)->next;
    *link = node->next;
    shard->n_nodes--;
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
        free_node(tree, index);
        index = parent;
    }
}

/* ---- invalidation ---- */

static void mark(struct node *node, unsigned flags, uint64_t stamp, int64_t now_ms) {
    bool exact = flags & T87S_EXACT;
    if (flags & T87S_SOFT) {
        t87s__stamp_raise(exact ? &node->soft_exact : &node->soft, stamp);
        atomic_store_explicit(exact ? &node->soft_exact_ms : &node->soft_ms, now_ms, memory_order_release);
    } else {
        t87s__stamp_raise(exact ? &node->hard_exact : &node->hard, stamp);
    }
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
    mark(node_at(tree, node), flags, stamp, now_ms);
    t87s__tag_tree_unref(tree, node);
    return true;
}

static void add_soft(struct t87s__cover *cover, _Atomic(uint64_t) *stamp, _Atomic(int64_t) *ms, uint64_t birth) {
    if (t87s__stamp_read(stamp) <= birth)
        return;
    int64_t at = atomic_load_explicit(ms, memory_order_acquire); /* pairs with the release in mark() */
    if (!cover->soft || at < cover->soft_ms)
        cover->soft_ms = at;
    cover->soft = true;
}

struct t87s__cover t87s__tag_tree_cover(struct t87s__tag_tree *tree, const t87s__node *nodes, size_t n,
                                        uint64_t birth) {
    struct t87s__cover cover = {false, false, 0};
    for (size_t i = 0; i < n; i++) {
        struct node *node = node_at(tree, nodes[i]);
        if (t87s__stamp_read(&node->hard_exact) > birth)
            cover.hard = true;
        add_soft(&cover, &node->soft_exact, &node->soft_exact_ms, birth);
        for (t87s__node index = nodes[i]; index; index = node->parent) {
            node = node_at(tree, index);
            if (t87s__stamp_read(&node->hard) > birth)
                cover.hard = true;
            add_soft(&cover, &node->soft, &node->soft_ms, birth);
        }
    }
    return cover;
}

size_t t87s__tag_tree_nodes(struct t87s__tag_tree *tree) {
    return atomic_load_explicit(&tree->n_nodes, memory_order_relaxed);
}
