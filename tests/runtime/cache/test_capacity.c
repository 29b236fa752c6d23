/* SPDX-License-Identifier: MIT */
/* The capacity holds, and what it holds stays useful. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault_allocator.h"
#include "rooms.h"
#include "source.h"
#include "stage.h"
#include "suites.h"

enum { CAPACITY = 1 << 20, SLACK = 64 << 10 };

static struct t87s_cache *cache;
static struct fault_allocator heap;

static void setup(void) {
    fault_allocator_init(&heap, FAULT_NEVER, false);
    struct t87s_options options = {
        .capacity_bytes = CAPACITY, .allocator = &heap.allocator, .default_ttl_ms = INT64_MAX};
    ck_assert_int_eq(t87s_open(&options, &cache), T87S_OK);
}

static void teardown(void) {
    t87s_close(cache);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}

static void query_sized(const char *key, size_t size, const struct t87s_tag *tags, size_t n_tags) {
    struct source source = {.size = size};
    struct t87s_query query = query_of(key, &source);
    query.ttl_ms = 0;
    query.tags = tags;
    query.n_tags = n_tags;
    struct t87s_value value;
    ck_assert_int_eq(t87s_query(cache, &query, &value, NULL), T87S_OK);
    if (source.fetches)
        ck_assert_uint_eq(value.size, size);
    t87s_value_release(&value);
}

static bool has(const char *key) {
    struct t87s_value value;
    bool there = t87s_get(cache, key, strlen(key), &value) == T87S_OK;
    t87s_value_release(&value);
    return there;
}

static struct t87s_tag numbered(const char *name, unsigned number) {
    struct t87s_tag tag;
    const struct t87s_segment segments[] = {T87S_STATIC(name), T87S_WILD_U64(number), T87S_STATIC("x"),
                                            T87S_WILD_U64(number)};
    ck_assert_int_eq(t87s_tag_make(&tag, 4, segments), T87S_OK);
    return tag;
}

START_TEST(whatever_comes_the_bytes_stay_within_the_capacity_and_one_entry)
{
    srand(87);
    size_t largest = CAPACITY / 4;
    for (int i = 0; i < 6000; i++) {
        char key[300];
        memset(key, 'k', sizeof key);
        snprintf(key + rand() % 200, 20, "%d", rand() % 3000);
        size_t size = (size_t)(rand() % 20 ? rand() % 3000 : rand() % 400000);
        struct t87s_tag tag = numbered("t", (unsigned)rand());
        if (i % 3)
            query_sized(key, size, &tag, i % 2 ? 1 : 0);
        else
            ck_assert_int_eq(set_text(cache, key, key, NULL), T87S_OK);
        struct t87s_stats stats = stats_of(cache);
        ck_assert_msg(stats.bytes_used <= CAPACITY + largest, "%llu bytes", (unsigned long long)stats.bytes_used);
        ck_assert_uint_le((size_t)atomic_load(&heap.live_bytes), CAPACITY + largest); /* not only by our own count */
    }
    struct t87s_stats stats = stats_of(cache);
    ck_assert_uint_le(stats.bytes_used, CAPACITY);
    ck_assert_uint_ge(stats.bytes_used, CAPACITY * 6 / 10); /* and it is used */
    ck_assert_uint_gt(stats.evictions, 100);
    ck_assert_uint_gt(stats.entries, 100);
}
END_TEST

START_TEST(a_huge_value_is_answered_and_does_not_empty_the_cache)
{
    char key[16];
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "%d", i);
        query_sized(key, 1000, NULL, 0);
    }
    static const size_t sizes[] = {CAPACITY / 4, CAPACITY / 2, CAPACITY, CAPACITY * 3};
    for (int n = 0; n < 4; n++) {
        query_sized("huge", sizes[n], NULL, 0);
        ck_assert(!has("huge"));
        ck_assert_uint_eq(stats_of(cache).not_kept_too_large, (unsigned)n + 1);
    }
    char *block = calloc(1, CAPACITY / 2);
    ck_assert_int_eq(t87s_set(cache, "huge", 4, block, CAPACITY / 2, NULL), T87S_OK);
    free(block);
    ck_assert(!has("huge"));
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "%d", i);
        ck_assert(has(key));
    }
    ck_assert_uint_eq(stats_of(cache).evictions, 0);
}
END_TEST

START_TEST(a_quarter_of_the_capacity_is_the_largest_entry_kept)
{
    query_sized("probe", 1000, NULL, 0);
    size_t cost = stats_of(cache).bytes_entries;
    size_t overhead = cost - 1000;
    ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    query_sized("fits.", CAPACITY / 4 - overhead, NULL, 0);
    ck_assert(has("fits."));
    query_sized("large", CAPACITY / 4 - overhead + 16, NULL, 0);
    ck_assert(!has("large"));
}
END_TEST

START_TEST(pinned_values_count_until_they_are_given_back)
{
    enum { PINNED = 50 };
    struct t87s_value values[PINNED];
    char key[16];
    for (int i = 0; i < PINNED; i++) {
        snprintf(key, sizeof key, "%d", i);
        query_sized(key, 10000, NULL, 0);
        ck_assert_int_eq(t87s_get(cache, key, strlen(key), &values[i]), T87S_OK);
    }
    struct t87s_stats before = stats_of(cache);
    ck_assert_uint_eq(before.bytes_pinned, 0);
    ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    struct t87s_stats stats = stats_of(cache);
    ck_assert_uint_eq(stats.bytes_entries, 0);
    ck_assert_uint_eq(stats.bytes_pinned, before.bytes_entries);
    ck_assert_uint_eq(stats.bytes_used, before.bytes_used);
    for (int i = 0; i < 200; i++) { /* what comes has the rest of the capacity */
        snprintf(key, sizeof key, "new %d", i);
        query_sized(key, 10000, NULL, 0);
    }
    stats = stats_of(cache);
    ck_assert_uint_le(stats.bytes_used, CAPACITY);
    ck_assert_uint_gt(stats.bytes_entries, 100000);
    for (int i = 0; i < PINNED; i++) {
        ck_assert_uint_eq(values[i].size, 10000);
        ck_assert_int_eq(((const char *)values[i].data)[9999], 'x');
        t87s_value_release(&values[i]);
    }
    ck_assert_uint_eq(stats_of(cache).bytes_pinned, 0);
}
END_TEST

START_TEST(a_pinned_value_may_outlive_the_cache)
{
    struct t87s_value value;
    query_sized("k", 100, NULL, 0);
    ck_assert_int_eq(t87s_get(cache, "k", 1, &value), T87S_OK);
    t87s_close(cache);
    ck_assert_uint_eq(value.size, 100);
    ck_assert_int_eq(((const char *)value.data)[99], 'x');
    t87s_value_release(&value);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
    setup();
}
END_TEST

START_TEST(a_capacity_below_an_empty_cache_keeps_nothing_and_answers_all_the_same)
{
    struct t87s_options options = {.capacity_bytes = 1};
    struct t87s_cache *full = cache;
    ck_assert_int_eq(t87s_open(&options, &cache), T87S_OK);
    for (int i = 0; i < 10; i++)
        query_sized("k", 10, NULL, 0);
    struct t87s_stats stats = stats_of(cache);
    ck_assert_uint_eq(stats.fetches, 10);
    ck_assert_uint_eq(stats.entries, 0);
    ck_assert_uint_eq(stats.tag_nodes, 0);
    t87s_close(cache);
    cache = full;
}
END_TEST

/* Entries whose tags cost far more than they do. */
START_TEST(tags_leave_room_for_the_entries_that_carry_them)
{
    for (unsigned i = 0; i < 3000; i++) {
        struct t87s_tag tags[T87S_MAX_TAGS];
        for (unsigned t = 0; t < T87S_MAX_TAGS; t++)
            tags[t] = numbered((const char *[]){"a", "b", "c", "d", "e", "f", "g", "h"}[t], i);
        char key[16];
        snprintf(key, sizeof key, "%u", i);
        query_sized(key, 10, tags, T87S_MAX_TAGS);
        ck_assert_uint_le(stats_of(cache).bytes_used, CAPACITY + SLACK);
        ck_assert_msg(has(key), "query %u was not kept", i);
    }
    struct t87s_stats stats = stats_of(cache);
    ck_assert_uint_ge(stats.entries, 100);
    ck_assert_uint_le(stats.tag_nodes, stats.entries * 25 + 8);
}
END_TEST

/* ---- over threads ---- */

static void *load(void *arg) {
    unsigned seed = *(unsigned *)arg;
    for (int i = 0; i < 1500; i++) {
        seed = seed * 1103515245 + 12345;
        char key[16];
        snprintf(key, sizeof key, "%u", (seed >> 16) % 2000);
        struct t87s_tag tag = numbered("t", (seed >> 16) % 500);
        query_sized(key, (seed >> 8) % 5000, &tag, 1);
        if (i % 100 == 0)
            ck_assert_int_eq(t87s_invalidate(cache, &tag, 1, 0), T87S_OK);
    }
    return NULL;
}

START_TEST(threads_stay_within_the_capacity_together)
{
    unsigned seeds[3] = {1, 2, 3};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = thread_start(load, &seeds[i]);
    for (int i = 0; i < 3; i++)
        thread_join(threads[i]);
    query_sized("last", 10, NULL, 0); /* whoever comes last makes room */
    struct t87s_stats stats = stats_of(cache);
    ck_assert_uint_le(stats.bytes_used, CAPACITY);
    ck_assert_uint_gt(stats.evictions, 0);
    ck_assert_uint_eq(stats.bytes_pinned, 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("capacity");
    TCase *tests = tcase_create("capacity");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, whatever_comes_the_bytes_stay_within_the_capacity_and_one_entry);
    tcase_add_test(tests, a_huge_value_is_answered_and_does_not_empty_the_cache);
    tcase_add_test(tests, a_quarter_of_the_capacity_is_the_largest_entry_kept);
    tcase_add_test(tests, pinned_values_count_until_they_are_given_back);
    tcase_add_test(tests, a_pinned_value_may_outlive_the_cache);
    tcase_add_test(tests, a_capacity_below_an_empty_cache_keeps_nothing_and_answers_all_the_same);
    tcase_add_test(tests, tags_leave_room_for_the_entries_that_carry_them);
    tcase_add_test(tests, threads_stay_within_the_capacity_together);
    return run_suites(suite, NULL);
}
