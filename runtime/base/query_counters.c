/* SPDX-License-Identifier: MIT */
#include "query_counters.h"

#include <string.h>

/* What stripes may make of the rows: beyond it there are fewer. */
enum { ANSWERS_BUDGET = 256 << 10, EVENTS_BUDGET = 16 << 10 };

_Static_assert(MEMORY_LINE % sizeof(struct t87s__query_answers) == 0, "a line holds whole rows of answers");
_Static_assert((COUNTER_STRIPES & (COUNTER_STRIPES - 1)) == 0, "stripes are halved");

static unsigned stripes_within(size_t budget, size_t stripe_size) {
    unsigned stripes = COUNTER_STRIPES;
    while (stripes > 1 && stripe_size > budget / stripes)
        stripes /= 2;
    return stripes;
}

bool t87s__query_counters_open(struct t87s__query_counters *counters, struct t87s__memory *memory, size_t rows) {
    const size_t rows_in_line = MEMORY_LINE / sizeof *counters->answers;
    counters->rows = rows;
    counters->answers_stride = (rows + rows_in_line - 1) / rows_in_line * rows_in_line;
    size_t answers_size = counters->answers_stride * sizeof *counters->answers;
    size_t events_size = rows * sizeof *counters->events;
    counters->answer_stripes = stripes_within(ANSWERS_BUDGET, answers_size);
    counters->event_stripes = stripes_within(EVENTS_BUDGET, events_size);
    counters->size = counters->answer_stripes * answers_size + counters->event_stripes * events_size;
    unsigned char *block = t87s__memory_take_lines(memory, MEMORY_OTHER, counters->size);
    if (!block)
        return false;
    counters->answers = (struct t87s__query_answers *)(void *)block;
    counters->events = (struct t87s__query_events *)(void *)(block + counters->answer_stripes * answers_size);
    return true;
}

void t87s__query_counters_close(struct t87s__query_counters *counters, struct t87s__memory *memory) {
    t87s__memory_give_lines(memory, MEMORY_OTHER, counters->answers, counters->size);
}

void t87s__count_fetch_ns(struct t87s__query_counters *counters, size_t row, uint64_t ns) {
    static const uint64_t bounds_us[] = T87S_FETCH_BOUNDS_US;
    _Static_assert(sizeof bounds_us / sizeof *bounds_us == T87S_FETCH_BUCKETS - 1, "a bucket a bound, and one more");
    struct t87s__query_events *events = t87s__query_events(counters, row);
    size_t bucket = 0;
    while (bucket < T87S_FETCH_BUCKETS - 1 && ns > bounds_us[bucket] * 1000)
        bucket++;
    atomic_fetch_add_explicit(&events->fetch_buckets[bucket], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&events->fetch_ns, ns, memory_order_relaxed);
}

static uint64_t load(_Atomic(uint64_t) *count) { return atomic_load_explicit(count, memory_order_relaxed); }

void t87s__query_counters_read(const struct t87s__query_counters *counters, size_t row, struct t87s_query_stats *out) {
    memset(out, 0, sizeof *out);
    for (unsigned stripe = 0; stripe < counters->answer_stripes; stripe++) {
        struct t87s__query_answers *answers = &counters->answers[stripe * counters->answers_stride + row];
#define X(name) out->name += load(&answers->count[COUNT_##name]);
        T87S__QUERY_ANSWERS(X)
#undef X
    }
    for (unsigned stripe = 0; stripe < counters->event_stripes; stripe++) {
        struct t87s__query_events *events = &counters->events[stripe * counters->rows + row];
#define X(name) out->name += load(&events->count[COUNT_##name - QUERY_ANSWERS]);
        T87S__QUERY_EVENTS(X)
#undef X
        for (int i = 0; i < T87S_FETCH_BUCKETS; i++)
            out->fetch_buckets[i] += load(&events->fetch_buckets[i]);
        out->fetch_ns += load(&events->fetch_ns);
    }
}

void t87s__query_counters_sum(const struct t87s__query_counters *counters, struct t87s_stats *out) {
    for (size_t row = 0; row < counters->rows; row++) {
        struct t87s_query_stats query;
        t87s__query_counters_read(counters, row, &query);
#define X(name) out->name += query.name;
        T87S__QUERY_ANSWERS(X)
        T87S__QUERY_EVENTS(X)
#undef X
    }
}
