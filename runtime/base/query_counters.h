/* SPDX-License-Identifier: MIT
 *
 * What is counted per query: the counters of struct t87s_query_stats, whose sums are those of struct t87s_stats. A row
 * is a query.
 *
 *     answers   what a call got without a fetch: the only write of a hit
 *     events    what comes with a fetch or an eviction, and how long fetches took
 *
 * With many queries fewer threads have rows of their own (thread_rows.h), and for events, which are rare, only a few:
 * 1 000 queries take about 0.6 MB.
 */
#ifndef T87S_BASE_QUERY_COUNTERS_H
#define T87S_BASE_QUERY_COUNTERS_H

#include "counters.h"

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

/* A row of events: the counters, then the buckets, then the sum of the durations. */
enum { EVENT_BUCKETS = QUERY_COUNTERS - QUERY_ANSWERS, EVENT_NS = EVENT_BUCKETS + T87S_FETCH_BUCKETS, QUERY_EVENTS };

struct t87s__query_counters {
    size_t n; /* rows; immutable after open */
    struct t87s__thread_rows answers, events;
};

/* Into a zeroed struct; false: no memory. */
bool t87s__query_counters_open(struct t87s__query_counters *counters, struct t87s__memory *memory, size_t rows);
/* Harmless on one that was not opened. */
void t87s__query_counters_close(struct t87s__query_counters *counters);

static inline void t87s__count_query(struct t87s__query_counters *counters, size_t row,
                                     enum t87s__query_counter counter) {
    if (counter < QUERY_ANSWERS)
        t87s__thread_rows_add(&counters->answers, row * QUERY_ANSWERS + counter, 1);
    else
        t87s__thread_rows_add(&counters->events, row * QUERY_EVENTS + (counter - QUERY_ANSWERS), 1);
}

/* Why a query was no fresh hit. */
void t87s__count_reason(struct t87s__query_counters *counters, size_t row, enum t87s_reason reason);
/* A fetch that returned after so long. */
void t87s__count_fetch_ns(struct t87s__query_counters *counters, size_t row, uint64_t ns);

/* All of a row but its name. */
void t87s__query_counters_read(const struct t87s__query_counters *counters, size_t row, struct t87s_query_stats *out);
/* Adds all rows to the fields of the same names. */
void t87s__query_counters_sum(const struct t87s__query_counters *counters, struct t87s_stats *out);

#endif
