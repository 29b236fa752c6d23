/* SPDX-License-Identifier: MIT */
/* Counters add up, over threads as well. */
#include "counters.h"

#include "stage.h"
#include "suites.h"

enum { THREADS = 12, ROUNDS = 1000 };

static struct t87s__memory *memory;
static struct t87s__counters counters;

static void open_counters(void) {
    memory = t87s__memory_open(NULL);
    ck_assert(t87s__counters_open(&counters, memory));
}

static void close_counters(void) {
    t87s__counters_close(&counters);
    t87s__memory_unref(memory);
}

START_TEST(each_counter_is_the_field_of_its_name)
{
    open_counters();
    for (int i = 0; i < COUNTERS; i++)
        for (int n = 0; n <= i; n++)
            t87s__count(&counters, (enum t87s__counter)i);
    struct t87s_stats stats;
    t87s__counters_read(&counters, &stats);
#define X(name) ck_assert_uint_eq(stats.name, COUNT_##name + 1u);
    T87S__COUNTERS(X)
#undef X
    close_counters();
}
END_TEST

static void *count(void *arg) {
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        t87s__count(&counters, COUNT_get_hits);
        t87s__count(&counters, COUNT_expirations);
    }
    return NULL;
}

START_TEST(threads_lose_no_count)
{
    open_counters();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        threads[i] = thread_start(count, NULL);
    struct t87s_stats stats;
    t87s__counters_read(&counters, &stats); /* reading meanwhile is allowed */
    ck_assert_uint_le(stats.get_hits, THREADS * ROUNDS);
    for (int i = 0; i < THREADS; i++)
        thread_join(threads[i]);
    t87s__counters_read(&counters, &stats);
    ck_assert_uint_eq(stats.get_hits, THREADS * ROUNDS);
    ck_assert_uint_eq(stats.expirations, THREADS * ROUNDS);
    ck_assert_uint_eq(stats.get_misses, 0);
    close_counters();
}
END_TEST

int main(void) {
    return run_suites(suite_of("counters add up", each_counter_is_the_field_of_its_name, threads_lose_no_count, NULL),
                      NULL);
}
