/* SPDX-License-Identifier: MIT */
/* The counters tell what happened, and add up. */
#include <stdio.h>
#include <string.h>

#include "fake_clock.h"
#include "rooms.h"
#include "source.h"
#include "stage.h"
#include "suites.h"

static struct t87s_cache *cache;
static struct fake_clock fake;

static void setup(void) {
    fake_clock_init(&fake, 0);
    struct t87s_options options = {.clock = &fake.clock, .capacity_bytes = 1 << 20};
    ck_assert_int_eq(t87s_open(&options, &cache), T87S_OK);
}

static void teardown(void) { t87s_close(cache); }

static void expect_bytes_add_up(const struct t87s_stats *stats) {
    ck_assert_uint_eq(stats->bytes_used, stats->bytes_entries + stats->bytes_retired + stats->bytes_pinned +
                                             stats->bytes_table + stats->bytes_tags + stats->bytes_flights +
                                             stats->bytes_other);
}

START_TEST(each_event_is_counted_under_its_name)
{
    struct t87s_tag tag = tag_of("a/1");
    struct source source = {.text = "v"}, failing = {.status = T87S_E_FETCH}, none = {.status = T87S_NOT_FOUND};
    struct t87s_query query = query_of("k", &source), fails = query_of("f", &failing), absent = query_of("n", &none);
    struct t87s_value value;
    query.tags = &tag;
    query.n_tags = 1;
    absent.negative_ms = 1000;
    expect_answer(cache, &query, "v", T87S_FETCHED); /* absent */
    expect_answer(cache, &query, "v", T87S_FRESH);
    expect_answer(cache, &query, "v", T87S_FRESH);
    ck_assert_int_eq(t87s_invalidate(cache, &tag, 1, 0), T87S_OK);
    expect_answer(cache, &query, "v", T87S_FETCHED); /* invalidated */
    fake_clock_advance(&fake, 1000);
    expect_answer(cache, &query, "v", T87S_FETCHED); /* expired */
    expect_answer(cache, &absent, NULL, T87S_FETCHED);
    expect_answer(cache, &absent, NULL, T87S_NEGATIVE);
    ck_assert_int_eq(t87s_query(cache, &fails, &value, NULL), T87S_E_FETCH);
    expect_get(cache, "k", "v");
    expect_get(cache, "x", NULL);
    ck_assert_int_eq(set_text(cache, "s", "v", NULL), T87S_OK);
    ck_assert_int_eq(t87s_delete(cache, "s", 1), T87S_OK);
    tag = tag_of("b");
    ck_assert_int_eq(t87s_invalidate(cache, &tag, 1, 0), T87S_OK);

    struct t87s_stats stats = stats_of(cache);
    ck_assert_uint_eq(stats.fresh_hits, 2);
    ck_assert_uint_eq(stats.negative_hits, 1);
    ck_assert_uint_eq(stats.fetches, 5);
    ck_assert_uint_eq(stats.fetch_errors, 1);
    ck_assert_uint_eq(stats.fetches_not_found, 1);
    ck_assert_uint_eq(stats.absent, 3);
    ck_assert_uint_eq(stats.invalidated, 1);
    ck_assert_uint_eq(stats.expired, 1);
    ck_assert_uint_eq(stats.get_hits, 1);
    ck_assert_uint_eq(stats.get_misses, 1);
    ck_assert_uint_eq(stats.sets, 1);
    ck_assert_uint_eq(stats.deletes, 1);
    ck_assert_uint_eq(stats.invalidations, 2);
    ck_assert_uint_eq(stats.invalidations_unknown, 1);
    ck_assert_uint_eq(stats.kept, 5); /* three times k, n, s */
    ck_assert_uint_eq(stats.entries, 2);
    ck_assert_uint_eq(stats.tag_nodes, 2);
    ck_assert_uint_eq(stats.flights, 0);
    ck_assert_uint_eq(stats.bytes_flights, 0);
    ck_assert_uint_eq(stats.bytes_pinned, 0);
    ck_assert_uint_eq(stats.capacity_bytes, 1 << 20);
    ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    stats = stats_of(cache);
    ck_assert_uint_eq(stats.clears, 1);
    ck_assert_uint_eq(stats.bytes_entries, 0);
    expect_bytes_add_up(&stats);
}
END_TEST

static void look(void *arg) { t87s_stats(cache, arg); }

START_TEST(a_flight_is_seen_in_the_gauges_while_it_runs)
{
    struct t87s_stats during;
    struct source source = {.text = "v", .during = look, .during_arg = &during};
    struct t87s_query query = query_of("k", &source);
    expect_answer(cache, &query, "v", T87S_FETCHED);
    ck_assert_uint_eq(during.flights, 1);
    ck_assert_uint_gt(during.bytes_flights, 0);
    expect_bytes_add_up(&during);
    ck_assert_uint_eq(stats_of(cache).flights, 0);
}
END_TEST

/* ---- a load, over threads ---- */

enum { THREADS = 3, QUERIES = 2000, KEYS = 40 };

static struct source shared = {.text = "value"};

static void *load(void *arg) {
    unsigned seed = *(unsigned *)arg;
    struct t87s_tag tag = tag_of("a/1");
    for (int i = 0; i < QUERIES; i++) {
        seed = seed * 1103515245 + 12345;
        char key[16];
        snprintf(key, sizeof key, "%u", (seed >> 16) % KEYS);
        struct t87s_query query = query_of(key, &shared);
        query.tags = &tag;
        query.n_tags = seed & 0x8000 ? 1 : 0;
        struct t87s_value value;
        ck_assert_int_eq(t87s_query(cache, &query, &value, NULL), T87S_OK);
        t87s_value_release(&value);
        if (i % 50 == 0)
            ck_assert_int_eq(t87s_invalidate(cache, &tag, 1, 0), T87S_OK);
    }
    return NULL;
}

START_TEST(every_query_is_counted_as_one_thing)
{
    unsigned seeds[THREADS] = {1, 2, 3};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        threads[i] = thread_start(load, &seeds[i]);
    for (int i = 0; i < THREADS; i++)
        thread_join(threads[i]);
    struct t87s_stats stats = stats_of(cache);
    ck_assert_uint_eq(stats.fresh_hits + stats.joins + stats.fetches, THREADS * QUERIES);
    ck_assert_uint_eq(stats.fetches, (unsigned)atomic_load(&shared.fetches));
    ck_assert_uint_ge(stats.absent + stats.invalidated + stats.expired, stats.fetches + stats.joins);
    ck_assert_uint_eq(stats.kept + stats.not_kept_outdated, stats.fetches);
    ck_assert_uint_eq(stats.invalidations, THREADS * QUERIES / 50);
    ck_assert_uint_eq(stats.negative_hits + stats.stale_serves + stats.fetch_errors + stats.evictions, 0);
    ck_assert_uint_le(stats.entries, KEYS);
    ck_assert_uint_eq(stats.flights, 0);
    ck_assert_uint_eq(stats.bytes_flights, 0);
    expect_bytes_add_up(&stats);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("stats");
    TCase *tests = tcase_create("stats");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, each_event_is_counted_under_its_name);
    tcase_add_test(tests, a_flight_is_seen_in_the_gauges_while_it_runs);
    tcase_add_test(tests, every_query_is_counted_as_one_thing);
    return run_suites(suite, NULL);
}
