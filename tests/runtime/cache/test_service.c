/* SPDX-License-Identifier: MIT */
/* What a cache does by itself, on the system's clock: the one place where a test has to wait for real. */
#include "service.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cache.h"
#include "clock.h"
#include "suites.h"
#include "thread.h"

enum { KEYS = 2000, PATIENCE_MS = 30000 };

static struct t87s_cache *cache;
static atomic_int spawned;
static atomic_bool spawn_fails;

static int spawn(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *arg) {
    if (atomic_load(&spawn_fails))
        return EAGAIN;
    atomic_fetch_add(&spawned, 1);
    return pthread_create(thread, attributes, body, arg);
}

static void setup(void) {
    atomic_store(&spawned, 0);
    atomic_store(&spawn_fails, false);
    t87s__thread_spawn = spawn;
    ck_assert_int_eq(t87s_open(NULL, &cache), T87S_OK);
}

static void teardown(void) {
    t87s_close(cache);
    t87s__thread_spawn = pthread_create;
}

static void set(unsigned key, int64_t ttl_ms) {
    const struct t87s_set_options options = {.ttl_ms = ttl_ms};
    ck_assert_int_eq(t87s_set(cache, &key, sizeof key, "value", 5, &options), T87S_OK);
}

static bool has(unsigned key) {
    struct t87s_value value;
    const bool there = t87s_get(cache, &key, sizeof key, &value) == T87S_OK;
    t87s_value_release(&value);
    return there;
}

/* Waits until `done`, looking now and then; false: it never was. */
static bool in_time(bool (*done)(void)) {
    const struct timespec nap = {0, 20 * 1000 * 1000};
    const int64_t until = t87s__clock_now(&t87s__clock_monotonic) + PATIENCE_MS;
    while (!done()) {
        if (t87s__clock_now(&t87s__clock_monotonic) > until)
            return false;
        nanosleep(&nap, NULL);
    }
    return true;
}

static bool empty(void) { return t87s__entry_table_count(cache->table) == 0; }
static bool nothing_retired(void) { return t87s__retired_bytes(cache->retired) == 0; }
static bool ticks(void) {
    has(0);
    return atomic_load(&cache->time.now_ms) != T87S__TIME_PARKED;
}
static bool parked(void) { return atomic_load(&cache->time.now_ms) == T87S__TIME_PARKED; }

START_TEST(what_has_expired_leaves_without_traffic)
{
    for (unsigned key = 0; key < KEYS; key++)
        set(key, 5);
    ck_assert(!empty());
    ck_assert(in_time(empty));
    ck_assert(in_time(nothing_retired));
    ck_assert_uint_eq(cache->memory->bytes[MEMORY_ENTRIES], 0);
}
END_TEST

START_TEST(what_was_deleted_is_given_back_without_traffic)
{
    for (unsigned key = 0; key < KEYS; key++)
        set(key, 3600 * 1000);
    for (unsigned key = 0; key < KEYS; key++)
        ck_assert_int_eq(t87s_delete(cache, &key, sizeof key), T87S_OK);
    ck_assert(in_time(nothing_retired));
}
END_TEST

START_TEST(the_first_kept_entry_starts_its_thread_and_no_other_does)
{
    ck_assert_int_eq(atomic_load(&spawned), 0);
    for (unsigned key = 0; key < KEYS; key++)
        set(key, 3600 * 1000);
    ck_assert_int_eq(atomic_load(&spawned), 1);
}
END_TEST

START_TEST(a_busy_cache_keeps_the_time_in_a_word_and_a_quiet_one_parks_it)
{
    set(0, 3600 * 1000);
    ck_assert(in_time(ticks));
    ck_assert(in_time(parked));
    ck_assert(has(0));
}
END_TEST

START_TEST(without_a_thread_inserts_do_its_work)
{
    struct t87s_cache *small;
    const struct t87s_options options = {.capacity_bytes = 512 << 10};
    atomic_store(&spawn_fails, true);
    ck_assert_int_eq(t87s_open(&options, &small), T87S_OK);
    const struct t87s_set_options forever = {.ttl_ms = 3600 * 1000};
    for (unsigned key = 0; key < 10 * KEYS; key++) {
        ck_assert_int_eq(t87s_set(small, &key, sizeof key, "value", 5, &forever), T87S_OK);
        struct t87s_value value;
        ck_assert_int_eq(t87s_get(small, &key, sizeof key, &value), T87S_OK);
        t87s_value_release(&value);
    }
    struct t87s_stats stats;
    t87s_stats(small, &stats);
    ck_assert_uint_eq(stats.thread_failures, 1);
    ck_assert_uint_gt(stats.evictions, KEYS);
    ck_assert_uint_eq(stats.not_kept_no_memory, 0);
    ck_assert_uint_le(stats.bytes_used, stats.capacity_bytes);
    t87s_close(small);
}
END_TEST

#ifndef __SANITIZE_THREAD__
START_TEST(a_child_throws_away_what_it_has_without_starting_a_thread)
{
    struct t87s_cache *small;
    const struct t87s_options options = {.capacity_bytes = 512 << 10};
    ck_assert_int_eq(t87s_open(&options, &small), T87S_OK);
    const struct t87s_set_options forever = {.ttl_ms = 3600 * 1000};
    for (unsigned key = 0; key < KEYS; key++)
        ck_assert_int_eq(t87s_set(small, &key, sizeof key, "value", 5, &forever), T87S_OK);
    const int before = atomic_load(&spawned);
    pid_t child = fork();
    if (child == 0)
        _exit(atomic_load(&spawned) == before && t87s__entry_table_count(small->table) == 0 &&
                      t87s__retired_bytes(small->retired) == 0
                  ? 0
                  : 1);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    t87s_close(small);
}
END_TEST
#endif

int main(void) {
    Suite *suite = suite_create("service");
    TCase *tests = tcase_create("service");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 2 * PATIENCE_MS / 1000);
    tcase_add_test(tests, what_has_expired_leaves_without_traffic);
    tcase_add_test(tests, what_was_deleted_is_given_back_without_traffic);
    tcase_add_test(tests, the_first_kept_entry_starts_its_thread_and_no_other_does);
    tcase_add_test(tests, a_busy_cache_keeps_the_time_in_a_word_and_a_quiet_one_parks_it);
    tcase_add_test(tests, without_a_thread_inserts_do_its_work);
#ifndef __SANITIZE_THREAD__ /* it counts to 64 locks that are held at once */
    tcase_add_test(tests, a_child_throws_away_what_it_has_without_starting_a_thread);
#endif
    return run_suites(suite, NULL);
}
