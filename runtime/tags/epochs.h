/* SPDX-License-Identifier: MIT
 *
 * How a hit knows in one compare that no invalidation has touched its tags since somebody last walked them. Tags fall
 * into stripes by the hash of their beginning, and every invalidation of a tag somebody carries bumps one epoch:
 *
 *     invalidated      bumps                               seen by the entries with a tag
 *     users            roots[hash of users]                users, users/42, users/42/posts ...
 *     users/42/...     branches[hash of users/42]          users/42, users/42/posts ...
 *
 *     invalidate:  mark the version   then  bump the epoch   then  return
 *     hit:         read the sum       then  equal to entry->validated: fresh
 *                                     else  walk the tags; fresh by all of them: entry->validated = that sum
 *
 * Why that is enough. The marks, the bumps, the sums and the walks are all seq_cst, so they have one order. Say an
 * invalidation has returned, and a hit that began later reads a sum equal to `validated`, which somebody stored who
 * read that sum and then walked. Had his walk begun before the mark, he would have read each epoch before the hit did,
 * and the bumped one before it was bumped: epochs only grow, so his sum would be the smaller one. So he walked after
 * the mark and saw it. That is why the mark comes before the bump, and why the sum that is kept was read before the
 * walk; the stamp of validation is never the birth, against which the versions stand for ever.
 *
 * A tag nobody carries bumps nothing: an entry that carries it later has not been validated yet. Strangers in a stripe
 * only cost a walk.
 */
#ifndef T87S_TAGS_EPOCHS_H
#define T87S_TAGS_EPOCHS_H

#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

enum { EPOCH_ROOT_BITS = 6, EPOCH_BRANCH_BITS = 10 };
enum { EPOCH_ROOTS = 1 << EPOCH_ROOT_BITS, EPOCH_BRANCHES = 1 << EPOCH_BRANCH_BITS };

/* All start at 1: the sum of an entry with tags is never 0, which in an entry is "never validated". */
struct t87s__epochs {
    _Atomic(uint64_t) roots[EPOCH_ROOTS];       /* invalidations of tags of one segment, by its hash */
    _Atomic(uint64_t) branches[EPOCH_BRANCHES]; /* of longer ones, by the hash of their first two */
};

/* The stripe of a tag: its place among the roots, and among the branches (of a tag of one segment: any). */
typedef uint16_t t87s__stripe;
_Static_assert(EPOCH_ROOT_BITS + EPOCH_BRANCH_BITS == 16, "both places fit into a stripe");

/* From the hashes of its first segment and of its first two. */
static inline t87s__stripe t87s__stripe_of(uint64_t first, uint64_t second) {
    return (t87s__stripe)(first % EPOCH_ROOTS << EPOCH_BRANCH_BITS | second % EPOCH_BRANCHES);
}

static inline _Atomic(uint64_t) *t87s__epoch_root(struct t87s__epochs *epochs, t87s__stripe stripe) {
    return &epochs->roots[stripe >> EPOCH_BRANCH_BITS];
}

static inline _Atomic(uint64_t) *t87s__epoch_branch(struct t87s__epochs *epochs, t87s__stripe stripe) {
    return &epochs->branches[stripe % EPOCH_BRANCHES];
}

/* The sum of the stripes of n tags, which may stand anywhere; the same stripe twice does no harm. Without tags 0: there
 * is nothing to validate. seq_cst: pairs with the bump; costs no more than an acquire where that is a plain load. */
static inline uint64_t t87s__epochs_sum(const struct t87s__epochs *epochs, const void *stripes, unsigned n) {
    uint64_t sum = 0;
    for (unsigned i = 0; i < n; i++) {
        t87s__stripe stripe;
        memcpy(&stripe, (const unsigned char *)stripes + i * sizeof stripe, sizeof stripe);
        sum += atomic_load_explicit(&epochs->roots[stripe >> EPOCH_BRANCH_BITS], memory_order_seq_cst);
        sum += atomic_load_explicit(&epochs->branches[stripe % EPOCH_BRANCHES], memory_order_seq_cst);
    }
    return sum;
}

/* After the mark. seq_cst: pairs with the loads of the sum. */
static inline void t87s__epoch_bump(_Atomic(uint64_t) *epoch) {
    atomic_fetch_add_explicit(epoch, 1, memory_order_seq_cst);
}

#endif
