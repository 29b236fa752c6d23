/* SPDX-License-Identifier: MIT
 *
 * The inside of the tag tree, for the files that are it:
 *
 *     tag_tree.c    nodes come and go
 *     tag_lines.c   where they are found
 *     mark.c        an invalidation marks a node, in itself or in its side record
 *     cover.c       what was marked, for those who carry a node or name a path
 *
 *     shard ─► line ─► node ─side─► side record     a node, half a cache line:
 *                       │
 *                       ▼                            0 hard   8 hash   16 parent  20 refs  24 side  28 stripe
 *                     parent ─► ... ─► the first segment's
 *
 *     a line, which is a line of the cache:   passed : 32 | 15 x slot      slot: tag : 7 | number of the node - 1 : 25
 *
 * A hash has a home line; where that is full a node stands in the next that has room, and the lines it passed count it.
 * The tag, never 0, is part of the hash: so who looks for a node that is not there mostly touches one line and no node,
 * and who takes one out knows its slot by its number.
 *
 * A node in its line has a reference, and refers to its parent. So while its shard is locked, it and all above it
 * stay as they are; the same goes for whoever holds a reference. Most nodes only ever meet hard invalidations of whole
 * subtrees, if any: what the others need stands in a side record, made when the first of them comes, and gone with the
 * node. Without memory for it they mark the node itself: an exact one as a prefix, a soft one as hard. That is too
 * much, never too little.
 */
#ifndef T87S_TAGS_NODE_H
#define T87S_TAGS_NODE_H

#include <pthread.h>

#include "slab.h"
#include "tag_tree.h"

enum { SHARDS = 64, FLOORS = 4096 };

struct t87s__node_cell {
    /* under the lock of the hash's shard to be raised; atomic to be read: the stamp of the newest hard invalidation of
     * this tag and all below it, 0 for none */
    _Atomic(uint64_t) hard;
    /* immutable while referenced */
    uint64_t hash; /* of the path up to here */
    t87s__node parent;
    /* atomic; from 1 to 0 only under the lock of the shard */
    _Atomic(uint32_t) refs;
    /* under the lock to be set, once; atomic to be read: the number of the side record, 0 for none */
    _Atomic(uint32_t) side;
    /* immutable while referenced */
    t87s__stripe stripe; /* of this tag */
};
_Static_assert(sizeof(struct t87s__node_cell) == 32, "two nodes fill a cache line");

/* The newest soft invalidation, and when it was. The times of those before it are not kept, only that there was one:
 * what is older than `lost` cannot know how long it has been stale. Written under the lock of the node's shard, in this
 * order, so that a reader in between sees too early a time or too much lost: less grace, never more. */
struct t87s__soft {
    _Atomic(uint64_t) lost;  /* stamp of the one before; 0: none */
    _Atomic(uint64_t) stamp; /* 0: none */
    _Atomic(int64_t) ms;
};

struct t87s__side {
    _Atomic(uint64_t) hard_exact; /* of this tag alone; written and read as `hard` of the node */
    struct t87s__soft soft, soft_exact;
};

struct t87s__tag_shard {
    _Alignas(MEMORY_LINE) pthread_mutex_t lock;
    /* under the lock; atomic to be read as hints, without it */
    _Atomic(uint32_t *) lines; /* NULL until the first node */
    _Atomic(uint32_t) n_lines;
    _Atomic(uint32_t) n_nodes;
    /* under the lock */
    uint32_t width; /* 32-bit words of a line: 16, less only while there is one */
};

struct t87s__tag_tree {
    struct t87s__memory *memory; /* immutable after open */
    uint64_t seed;
    struct t87s__tag_shard shards[SHARDS];
    _Alignas(MEMORY_LINE) struct t87s__epochs epochs;
    _Atomic(uint64_t) floors[FLOORS]; /* by path hash; see tag_tree.h */
    struct t87s__slab nodes, sides;
};

static inline struct t87s__node_cell *t87s__node_at(const struct t87s__tag_tree *tree, t87s__node node) {
    return t87s__slab_at(&tree->nodes, node);
}

static inline struct t87s__tag_shard *t87s__tag_shard_of(struct t87s__tag_tree *tree, uint64_t hash) {
    return &tree->shards[hash >> 58];
}
_Static_assert(SHARDS == 1 << 6, "the shard is the top six bits");

static inline _Atomic(uint64_t) *t87s__tag_floor_of(struct t87s__tag_tree *tree, uint64_t hash) {
    return &tree->floors[hash % FLOORS];
}

/* The hash of each prefix of a path, T87S_MAX_SEGMENTS at most; returns its depth. */
size_t t87s__tag_hashes(const struct t87s__tag_tree *tree, const unsigned char *path, size_t size, uint64_t *hashes);

/* tag_lines.c. With the lock of the shard of the (last) hash held: */
/* The node of the path whose prefixes have these hashes; 0: none. */
t87s__node t87s__node_find(struct t87s__tag_tree *tree, const uint64_t *hashes, size_t depth);
/* Sees to a free slot. False: no memory. */
bool t87s__tag_lines_reserve(struct t87s__tag_tree *tree, struct t87s__tag_shard *shard);
/* Into a free slot, and out of it. */
void t87s__tag_lines_add(struct t87s__tag_shard *shard, uint64_t hash, t87s__node node);
void t87s__tag_lines_remove(struct t87s__tag_shard *shard, uint64_t hash, t87s__node node);

/* Without a lock: */
void t87s__tag_lines_close(struct t87s__tag_tree *tree, struct t87s__tag_shard *shard);
/* Has the line of a hash brought near. */
void t87s__tag_lines_prefetch(struct t87s__tag_tree *tree, uint64_t hash);

/* mark.c: the newest of all invalidations that the side record of a node knows, and the end of the record. Nobody but
 * the caller, who holds the lock of the shard, knows the node any more. */
uint64_t t87s__side_forget(struct t87s__tag_tree *tree, struct t87s__node_cell *node);

#endif
