/* SPDX-License-Identifier: MIT
 *
 * The counters of struct t87s_stats that no query has for itself (those are in query_counters.h). Each thread adds to
 * one of a few stripes, so that a call on one core does not write a cache line of another; a reader sums the stripes.
 */
#ifndef T87S_BASE_COUNTERS_H
#define T87S_BASE_COUNTERS_H

#include <stdatomic.h>

#include <t87s/t87s.h>

/* The name is the field of struct t87s_stats. */
/* clang-format off */
#define T87S__COUNTERS(X)                                                                                              \
    X(timeouts) X(deadlocks) X(takeovers)                                                                              \
    X(get_hits) X(get_misses)                                                                                          \
    X(refreshes_dropped) X(refreshes_inline)                                                                           \
    X(thread_failures)                                                                                                 \
    X(sets) X(deletes) X(clears) X(invalidations) X(invalidations_unknown)                                             \
    X(kept) X(not_kept_outdated) X(not_kept_too_large) X(not_kept_no_memory)                                           \
    X(expirations)
/* clang-format on */

enum t87s__counter {
#define X(name) COUNT_##name,
    T87S__COUNTERS(X)
#undef X
        COUNTERS
};

enum { COUNTER_STRIPES = 8 };

struct t87s__counters {
    struct {
        _Alignas(64) _Atomic(uint64_t) count[COUNTERS];
    } stripes[COUNTER_STRIPES];
};

/* Which stripe the calling thread adds to. */
unsigned t87s__counters_stripe(void);

/* Relaxed: a count orders nothing. */
static inline void t87s__count(struct t87s__counters *counters, enum t87s__counter counter) {
    atomic_fetch_add_explicit(&counters->stripes[t87s__counters_stripe()].count[counter], 1, memory_order_relaxed);
}

void t87s__counters_read(struct t87s__counters *counters, struct t87s_stats *out);

#endif
