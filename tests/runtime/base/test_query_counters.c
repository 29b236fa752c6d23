/* SPDX-License-Identifier: MIT */
/* Each query has a row of its own, over threads as well, and a thousand rows stay small. */
#include "query_counters.h"

#include <string.h>

#include "fault_allocator.h"
#include "stage.h"
#include "suites.h"

enum { ROWS = 3, THREADS = 12, ROUNDS = 1000 };

static struct fault_allocator heap;
static struct t87s__memory *memory;
static struct t87s__query_counters counters;

static void open_rows(size_t rows) {
    memset(&counters, 0, sizeof counters);
    ck_assert(t87s__query_counters_open(&counters, memory, rows));
}

static void close_rows(void) { t87s__query_counters_close(&counters); }

static void setup(void) {
    fault_allocator_init(&heap, FAULT_NEVER, false);
    memory = t87s__memory_open(&heap.allocator);
}

static void teardown(void) {
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}

static struct t87s_query_stats row_of(size_t row) {
    struct t87s_query_stats stats;
    t87s__query_counters_read(&counters, row, &stats);
    return stats;
}

START_TEST(each_counter_is_the_field_of_its_name_in_its_row)
{
    open_rows(ROWS);
    for (unsigned row = 0; row < ROWS; row++)
        for (int i = 0; i < QUERY_COUNTERS; i++)
            for (unsigned n = 0; n < 100 * row + (unsigned)i; n++)
                t87s__count_query(&counters, row, (enum t87s__query_counter)i);
    for (unsigned row = 0; row < ROWS; row++) {
        struct t87s_query_stats stats = row_of(row);
#define X(name) ck_assert_uint_eq(stats.name, 100 * row + COUNT_##name);
        T87S__QUERY_ANSWERS(X)
        T87S__QUERY_EVENTS(X)
#undef X
    }
    struct t87s_stats sum;
    memset(&sum, 0, sizeof sum);
    t87s__query_counters_sum(&counters, &sum);
#define X(name) ck_assert_uint_eq(sum.name, 300 + 3u * COUNT_##name);
    T87S__QUERY_ANSWERS(X)
    T87S__QUERY_EVENTS(X)
#undef X
    close_rows();
}
END_TEST

START_TEST(a_duration_falls_into_the_first_bucket_whose_bound_it_does_not_pass)
{
    static const uint64_t bounds_us[] = T87S_FETCH_BOUNDS_US;
    enum { BOUNDS = sizeof bounds_us / sizeof *bounds_us };
    uint64_t sum = 0;
    ck_assert_uint_eq(BOUNDS, T87S_FETCH_BUCKETS - 1);
    ck_assert_uint_eq(bounds_us[0], 10);
    ck_assert_uint_eq(bounds_us[BOUNDS - 1], 60000000);
    open_rows(ROWS);
    t87s__count_fetch_ns(&counters, 1, 0);
    for (size_t i = 0; i < BOUNDS; i++) {
        ck_assert(i == 0 || bounds_us[i - 1] < bounds_us[i]);
        t87s__count_fetch_ns(&counters, 1, bounds_us[i] * 1000);     /* just in */
        t87s__count_fetch_ns(&counters, 1, bounds_us[i] * 1000 + 1); /* just out: in the next one */
        sum += 2 * bounds_us[i] * 1000 + 1;
    }
    struct t87s_query_stats stats = row_of(1), other = row_of(0);
    for (size_t i = 0; i < T87S_FETCH_BUCKETS; i++) {
        ck_assert_uint_eq(stats.fetch_buckets[i], i < BOUNDS ? 2 : 1);
        ck_assert_uint_eq(other.fetch_buckets[i], 0);
    }
    ck_assert_uint_eq(stats.fetch_ns, sum);
    close_rows();
}
END_TEST

static void *count(void *arg) {
    size_t row = *(const size_t *)arg;
    for (int i = 0; i < ROUNDS; i++) {
        t87s__count_query(&counters, row, COUNT_fresh_hits);
        t87s__count_query(&counters, row, COUNT_evictions);
        t87s__count_fetch_ns(&counters, row, 1);
    }
    return NULL;
}

START_TEST(threads_lose_no_count_however_many_the_rows)
{
    static const size_t many[] = {ROWS, 100, 100000};
    open_rows(many[_i]);
    pthread_t threads[THREADS];
    size_t rows[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        rows[i] = i % ROWS;
        threads[i] = thread_start(count, &rows[i]);
    }
    ck_assert_uint_le(row_of(0).fresh_hits, THREADS / ROWS * ROUNDS); /* reading meanwhile is allowed */
    for (int i = 0; i < THREADS; i++)
        thread_join(threads[i]);
    for (size_t row = 0; row < ROWS; row++) {
        struct t87s_query_stats stats = row_of(row);
        ck_assert_uint_eq(stats.fresh_hits, THREADS / ROWS * ROUNDS);
        ck_assert_uint_eq(stats.evictions, THREADS / ROWS * ROUNDS);
        ck_assert_uint_eq(stats.fetch_buckets[0], THREADS / ROWS * ROUNDS);
        ck_assert_uint_eq(stats.fetch_ns, THREADS / ROWS * ROUNDS);
        ck_assert_uint_eq(stats.joins, 0);
    }
    close_rows();
}
END_TEST

START_TEST(memory_is_counted_and_stays_reasonable)
{
    static const struct {
        size_t rows, most_bytes;
        unsigned own; /* that many threads write no line of another at a hit */
    } rows[] = {
        {1, 12 << 10, 63}, {10, 32 << 10, 63}, {101, 288 << 10, 63}, {1001, 640 << 10, 8}, {100001, 48 << 20, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t before = t87s__memory_used(memory);
        open_rows(rows[i].rows);
        size_t bytes = t87s__memory_used(memory) - before;
        ck_assert_msg(bytes >= rows[i].rows * 200 && bytes <= rows[i].most_bytes, "row %zu: %zu bytes", i, bytes);
        ck_assert_uint_ge(counters.answers.own, rows[i].own);
        close_rows();
        ck_assert_uint_eq(t87s__memory_used(memory), before);
    }
}
END_TEST

START_TEST(without_memory_it_does_not_open_and_leaves_nothing)
{
    for (long point = 0; point < 2; point++) {
        atomic_store(&heap.until_failure, point);
        memset(&counters, 0, sizeof counters);
        ck_assert(!t87s__query_counters_open(&counters, memory, 1));
        close_rows();
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("a row of counters a query");
    TCase *tests = tcase_create("a row of counters a query");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, each_counter_is_the_field_of_its_name_in_its_row);
    tcase_add_test(tests, a_duration_falls_into_the_first_bucket_whose_bound_it_does_not_pass);
    tcase_add_loop_test(tests, threads_lose_no_count_however_many_the_rows, 0, 3);
    tcase_add_test(tests, memory_is_counted_and_stays_reasonable);
    tcase_add_test(tests, without_memory_it_does_not_open_and_leaves_nothing);
    return run_suites(suite, NULL);
}
