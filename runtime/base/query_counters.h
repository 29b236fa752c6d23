/* SPDX-License-Identifier: MIT
 *
 * What is counted per query: the counters of struct t87s_query_stats, whose sums are those of struct t87s_stats. A row
 * is a query.
 *
 *     answers   answer_stripes × rows   what a call got without a fetch: the only write of a hit
 *     events    event_stripes × rows    what comes with a fetch or an eviction, and how long fetches took
 *
 * Striped by thread as counters.h, but with many rows there are fewer stripes, first of the larger and rarer events:
 * 1 000 queries take about 0.6 MB.
 */
#ifndef T87S_BASE_QUERY_COUNTERS_H
#define T87S_BASE_QUERY_COUNTERS_H

#include "counters.h"
#include "memory.h"

/* The name is the field of both structs. */
/* clang-format off */
#define T87S__QUERY_ANSWERS(X) X(fresh_hits) X(negative_hits) X(stale_serves) X(joins)
#define T87S__QUERY_EVENTS(X)                                                                                          \
    X(fetches) X(fetch_errors) X(fetches_not_found)                                                                    \
    X(absent) X(expired) X(invalidated) X(evicted_before) X(other_version)                                             \
    X(refreshes) X(refresh_errors) X(verified) X(found_wrong) X(repaired)                                              \
    X(evictions)
/* clang-format on */

enum t87s__query_counter {
#define X(name) COUNT_##name,
    T87S__QUERY_ANSWERS(X) QUERY_ANSWERS,
    QUERY_BEFORE_EVENTS = QUERY_ANSWERS - 1,
    T87S__QUERY_EVENTS(X)
#undef X
        QUERY_COUNTERS
};

struct t87s__query_answers {
    _Atomic(uint64_t) count[QUERY_ANSWERS];
};

struct t87s__query_events {
    _Alignas(MEMORY_LINE) _Atomic(uint64_t) count[QUERY_COUNTERS - QUERY_ANSWERS];
    _Atomic(uint64_t) fetch_buckets[T87S_FETCH_BUCKETS];
    _Atomic(uint64_t) fetch_ns;
};

struct t87s__query_counters {
    /* immutable after open */
    size_t rows, answers_stride;            /* rows from one stripe to the next */
    unsigned answer_stripes, event_stripes; /* powers of two */
    size_t size;
    struct t87s__query_answers *answers;
    struct t87s__query_events *events;
};

/* Into a zeroed struct; false: no memory. */
bool t87s__query_counters_open(struct t87s__query_counters *counters, struct t87s__memory *memory, size_t rows);
/* Harmless on one that was not opened. */
void t87s__query_counters_close(struct t87s__query_counters *counters, struct t87s__memory *memory);

static inline struct t87s__query_events *t87s__query_events(const struct t87s__query_counters *counters, size_t row) {
    return &counters->events[(t87s__counters_stripe() & (counters->event_stripes - 1)) * counters->rows + row];
}

/* Relaxed: a count orders nothing. */
static inline void t87s__count_query(struct t87s__query_counters *counters, size_t row,
                                     enum t87s__query_counter counter) {
    _Atomic(uint64_t) *count;
    if (counter < QUERY_ANSWERS)
        count =
            &counters
                 ->answers[(t87s__counters_stripe() & (counters->answer_stripes - 1)) * counters->answers_stride + row]
                 .count[counter];
    else
        count = &t87s__query_events(counters, row)->count[counter - QUERY_ANSWERS];
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
}

/* A fetch that returned after so long. */
void t87s__count_fetch_ns(struct t87s__query_counters *counters, size_t row, uint64_t ns);

/* All of a row but its name. */
void t87s__query_counters_read(const struct t87s__query_counters *counters, size_t row, struct t87s_query_stats *out);
/* Adds all rows to the fields of the same names. */
void t87s__query_counters_sum(const struct t87s__query_counters *counters, struct t87s_stats *out);

#endif
