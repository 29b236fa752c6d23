/* SPDX-License-Identifier: MIT
 *
 * The tags that somebody carries, as a tree of interned nodes, and when each was last invalidated.
 *
 * A node lives while an entry, a flight or a child refers to it (the reference count), so the memory is bounded by the
 * entries and endless new ids leave it flat. A node is known by (parent, chained hash of its segments): two siblings of
 * one hash are merged, which over-invalidates and never under-invalidates, because they share every ancestor.
 *
 *     users ──── 42 ──┬── posts ──── 7          hard, soft: of this node and all below (a prefix)
 *                     └── profile               hard_exact, soft_exact: of entries that carry this very node
 *
 * What is forgotten leaves a floor: freeing a node, or invalidating a tag nobody carries, raises a mark shared by all
 * paths of one hash, and a new node starts from that mark. So a value whose birth is older than its tag's node (a set
 * with a token) is out of date if its tag was invalidated in between. For fetches the floor changes nothing: their tags
 * are interned before their birth is drawn.
 *
 * Locks: a node belongs to a shard by its hash; the shard's mutex guards its place, its marks and its end. Marks are
 * atomic and read without it by whoever walks up from a node that somebody keeps referenced: himself, or, for a reader
 * inside a read section, the entry he read the node from.
 */
#ifndef T87S_TAGS_TAG_TREE_H
#define T87S_TAGS_TAG_TREE_H

#include "epochs.h"
#include "memory.h"
#include "stamp.h"

typedef uint32_t t87s__node; /* an index; 0: none */

struct t87s__tag_tree;

struct t87s__tag_tree *t87s__tag_tree_open(struct t87s__memory *memory, uint64_t seed);
void t87s__tag_tree_close(struct t87s__tag_tree *tree);
/* Around a fork: nobody is in the middle of a change while the process is copied. */
void t87s__tag_tree_lock_all(struct t87s__tag_tree *tree);
void t87s__tag_tree_unlock_all(struct t87s__tag_tree *tree);

/* The node of a path, made if need be, with a reference for the caller; 0: no memory. The path is valid. */
t87s__node t87s__tag_tree_intern(struct t87s__tag_tree *tree, const unsigned char *path, size_t size);
/* The same in two steps: the path's hashes, with what the second step needs brought near; then the node. */
struct t87s__tag_name {
    size_t depth;
    uint64_t hashes[T87S_MAX_SEGMENTS];
};
void t87s__tag_tree_name(struct t87s__tag_tree *tree, const unsigned char *path, size_t size,
                         struct t87s__tag_name *name);
t87s__node t87s__tag_tree_intern_name(struct t87s__tag_tree *tree, const struct t87s__tag_name *name);

/* One more, for somebody who has one, or inside a read section knows somebody who keeps one. No lock. */
void t87s__tag_tree_ref(struct t87s__tag_tree *tree, t87s__node node);
void t87s__tag_tree_unref(struct t87s__tag_tree *tree, t87s__node node);
/* Has a node brought near of which the caller will give up a reference, or, once that is near, where it is found. */
enum t87s__tag_nearness { NEAR_NODE, NEAR_PLACE };
void t87s__tag_tree_near(struct t87s__tag_tree *tree, t87s__node node, enum t87s__tag_nearness what);

/* The epochs that invalidations bump once they have marked; and where among them those of a node's tag are. */
struct t87s__epochs *t87s__tag_tree_epochs(struct t87s__tag_tree *tree);
t87s__stripe t87s__tag_tree_stripe(struct t87s__tag_tree *tree, t87s__node node);

/* Marks a path as invalidated by the event `stamp`, drawn before the call; flags as t87s_invalidate. Allocates nothing
 * for a hard one of a prefix or a tag nobody carries; else maybe a side record for the node (see node.h), and without
 * memory for that marks too much. False: nobody carries a tag at or below it. */
bool t87s__tag_tree_invalidate(struct t87s__tag_tree *tree, const unsigned char *path, size_t size, unsigned flags,
                               uint64_t stamp, int64_t now_ms);

/* Whether something born at `birth` and carrying these nodes is covered by an invalidation. */
struct t87s__cover {
    bool hard, soft;
    int64_t soft_ms; /* if soft: when, by the clock; of several the earliest known */
    bool soft_lost;  /* there were others before it, at times that are not known any more */
};
struct t87s__cover t87s__tag_tree_cover(struct t87s__tag_tree *tree, const t87s__node *nodes, size_t n, uint64_t birth);

struct t87s__cover t87s__cover_both(struct t87s__cover a, struct t87s__cover b);
/* The same for a path, whether anybody carries it or not: what is forgotten is told by its floor. */
struct t87s__cover t87s__tag_tree_cover_path(struct t87s__tag_tree *tree, const unsigned char *path, size_t size,
                                             uint64_t birth);

size_t t87s__tag_tree_nodes(struct t87s__tag_tree *tree);

#endif
