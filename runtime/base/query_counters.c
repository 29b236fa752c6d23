/* SPDX-License-Identifier: MIT */
#include "query_counters.h"

#include <string.h>

/* What the rows of threads may take; for the answers of very many queries, a quarter of what the shared rows take. */
enum { ANSWERS_BUDGET = 256 << 10, EVENTS_BUDGET = 4 << 10 };

bool t87s__query_counters_open(struct t87s__query_counters *counters, struct t87s__memory *memory, size_t rows) {
    size_t answers = rows * QUERY_ANSWERS, events = rows * QUERY_EVENTS;
    size_t share = events * sizeof(uint64_t) / 4;
    counters->n = rows;
    return t87s__thread_rows_open(&counters->answers, memory, answers,
                                  share > ANSWERS_BUDGET ? share : ANSWERS_BUDGET) &&
           t87s__thread_rows_open(&counters->events, memory, events, EVENTS_BUDGET);
}

void t87s__query_counters_close(struct t87s__query_counters *counters) {
    t87s__thread_rows_close(&counters->answers);
    t87s__thread_rows_close(&counters->events);
}

void t87s__count_reason(struct t87s__query_counters *counters, size_t row, enum t87s_reason reason) {
    static const enum t87s__query_counter whys[] = {[T87S_REASON_NONE] = COUNT_absent,
                                                    [T87S_REASON_ABSENT] = COUNT_absent,
                                                    [T87S_REASON_EXPIRED] = COUNT_expired,
                                                    [T87S_REASON_INVALIDATED] = COUNT_invalidated,
                                                    [T87S_REASON_EVICTED] = COUNT_evicted_before,
                                                    [T87S_REASON_VERSION] = COUNT_other_version,
                                                    [T87S_REASON_STORE] = COUNT_absent};
    t87s__count_query(counters, row, whys[reason]);
}

void t87s__count_fetch_ns(struct t87s__query_counters *counters, size_t row, uint64_t ns) {
    static const uint64_t bounds_us[] = T87S_FETCH_BOUNDS_US;
    _Static_assert(sizeof bounds_us / sizeof *bounds_us == T87S_FETCH_BUCKETS - 1, "a bucket a bound, and one more");
    size_t bucket = 0;
    while (bucket < T87S_FETCH_BUCKETS - 1 && ns > bounds_us[bucket] * 1000)
        bucket++;
    t87s__thread_rows_add(&counters->events, row * QUERY_EVENTS + EVENT_BUCKETS + bucket, 1);
    t87s__thread_rows_add(&counters->events, row * QUERY_EVENTS + EVENT_NS, ns);
}

void t87s__query_counters_read(const struct t87s__query_counters *counters, size_t row, struct t87s_query_stats *out) {
    uint64_t answers[QUERY_ANSWERS] = {0}, events[QUERY_EVENTS] = {0};
    t87s__thread_rows_sum(&counters->answers, row * QUERY_ANSWERS, QUERY_ANSWERS, answers);
    t87s__thread_rows_sum(&counters->events, row * QUERY_EVENTS, QUERY_EVENTS, events);
    memset(out, 0, sizeof *out);
#define X(name) out->name = answers[COUNT_##name];
    T87S__QUERY_ANSWERS(X)
#undef X
#define X(name) out->name = events[COUNT_##name - QUERY_ANSWERS];
    T87S__QUERY_EVENTS(X)
#undef X
    memcpy(out->fetch_buckets, events + EVENT_BUCKETS, sizeof out->fetch_buckets);
    out->fetch_ns = events[EVENT_NS];
}

void t87s__query_counters_sum(const struct t87s__query_counters *counters, struct t87s_stats *out) {
    for (size_t row = 0; row < counters->n; row++) {
        struct t87s_query_stats query;
        t87s__query_counters_read(counters, row, &query);
#define X(name) out->name += query.name;
        T87S__QUERY_ANSWERS(X)
        T87S__QUERY_EVENTS(X)
#undef X
    }
}
