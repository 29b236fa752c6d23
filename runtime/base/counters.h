/* SPDX-License-Identifier: MIT
 *
 * The counters of struct t87s_stats that no query has for itself (those are in query_counters.h).
 */
#ifndef T87S_BASE_COUNTERS_H
#define T87S_BASE_COUNTERS_H

#include "thread_rows.h"

/* The name is the field of struct t87s_stats. */
/* clang-format off */
#define T87S__COUNTERS(X)                                                                                              \
    X(timeouts) X(deadlocks) X(takeovers)                                                                              \
    X(get_hits) X(get_misses)                                                                                          \
    X(refreshes_dropped) X(refreshes_inline)                                                                           \
    X(thread_failures)                                                                                                 \
    X(sets) X(deletes) X(clears) X(invalidations) X(invalidations_unknown)                                             \
    X(kept) X(not_kept_outdated) X(not_kept_too_large) X(not_kept_no_memory)                                           \
    X(expirations)                                                                                                     \
    X(leases) X(lease_waits) X(lease_timeouts) X(lease_passes)
/* clang-format on */

enum t87s__counter {
#define X(name) COUNT_##name,
    T87S__COUNTERS(X)
#undef X
        COUNTERS
};

struct t87s__counters {
    struct t87s__thread_rows rows; /* one row */
};

/* Into a zeroed struct; false: no memory. */
bool t87s__counters_open(struct t87s__counters *counters, struct t87s__memory *memory);
/* Harmless on one that was not opened. */
void t87s__counters_close(struct t87s__counters *counters);

static inline void t87s__count(struct t87s__counters *counters, enum t87s__counter counter) {
    t87s__thread_rows_add(&counters->rows, counter, 1);
}

void t87s__counters_read(struct t87s__counters *counters, struct t87s_stats *out);

#endif
