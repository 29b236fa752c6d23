/* SPDX-License-Identifier: MIT
 *
 * The order of events (law 2). Every fetch, invalidation, set, delete and clear of a cache draws one stamp from one
 * counter, so any two of them are ordered and no two are equal:
 *
 *     birth of a fetch    drawn after its tags are interned, before the fetch begins
 *     stamp of an event   drawn before anything is marked with it
 *
 * A fetch whose birth is below an event's stamp may have read the source from before the event. That comparison is the
 * whole of the invalidation law; everything else sees to it that it is made in time.
 */
#ifndef T87S_TAGS_STAMP_H
#define T87S_TAGS_STAMP_H

#include <stdatomic.h>
#include <stdint.h>

struct t87s__stamps {
    _Alignas(64) _Atomic(uint64_t) last; /* on a line of its own: every miss writes it */
};

/* seq_cst: whoever draws a higher stamp also sees what the drawer of a lower one did before drawing it. */
static inline uint64_t t87s__stamp_next(struct t87s__stamps *stamps) {
    return atomic_fetch_add_explicit(&stamps->last, 1, memory_order_seq_cst) + 1;
}

/* Raises a mark, never lowers it. seq_cst: pairs with t87s__stamp_read(), and stands in one order with the epochs; see
 * epochs.h. */
static inline void t87s__stamp_raise(_Atomic(uint64_t) *mark, uint64_t stamp) {
    uint64_t seen =
        atomic_load_explicit(mark, memory_order_seq_cst); /* as if it had been raised here, if high enough */
    while (seen < stamp &&
           !atomic_compare_exchange_weak_explicit(mark, &seen, stamp, memory_order_seq_cst, memory_order_seq_cst)) {
    }
}

static inline uint64_t t87s__stamp_read(const _Atomic(uint64_t) *mark) {
    return atomic_load_explicit(mark, memory_order_seq_cst);
}

#endif
