/* SPDX-License-Identifier: MIT
 *
 * Interleavings that random load meets too rarely, staged step by step.
 */
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "fake_clock.h"
#include "rooms.h"
#include "stage.h"
#include "suites.h"

/* ---- a clear, and a shard that is rebuilt while it looks ---- */

/* A key of the first shard whose search begins at `slot`. */
static struct t87s__entry *entry_at(struct rooms *rooms, const char *text, uint64_t slot, uint64_t birth) {
    struct t87s__entry_parts parts = {
        .key = {text, (uint32_t)strlen(text), false, slot}, .birth = birth, .expires_ms = INT64_MAX};
    struct t87s__entry *entry = t87s__entry_make(rooms->memory, rooms->tree, &parts, false);
    ck_assert_ptr_nonnull(entry);
    return entry;
}

static void put(struct rooms *rooms, const char *text, uint64_t slot, uint64_t birth) {
    struct t87s__entry *entry = entry_at(rooms, text, slot, birth), *displaced;
    ck_assert_int_eq(t87s__entry_table_put(rooms->table, entry, &rooms->floors, &displaced), PUT_KEPT);
    ck_assert_ptr_null(displaced);
    unref(rooms, entry);
}

static void take_out(struct rooms *rooms, const char *text, uint64_t slot) {
    struct t87s__key key = {text, (uint32_t)strlen(text), false, slot};
    struct t87s__entry *entry = t87s__entry_table_remove(rooms->table, &key, UINT64_MAX);
    ck_assert_ptr_nonnull(entry);
    unref(rooms, entry);
}

static bool born_before_100(struct t87s__entry *entry, void *arg) {
    (void)arg;
    return entry->birth < 100;
}

START_TEST(a_clear_misses_no_entry_that_moves_behind_it)
{
    struct rooms rooms;
    rooms_open(&rooms);
    char names[96][8];
    for (int i = 0; i < 96; i++)
        snprintf(names[i], sizeof names[i], "key %d", i);
    for (int i = 0; i < 40; i++) /* 64 slots, and the last entry is in the 40th */
        put(&rooms, names[i], (uint64_t)i, 1);
    for (int i = 0; i < 39; i++)
        take_out(&rooms, names[i], (uint64_t)i);

    struct t87s__entry *gone[16];
    struct t87s__entry_cursor cursor = {0, 0, 0};
    bool wrapped;
    ck_assert_uint_eq(t87s__entry_table_take(rooms.table, &cursor, 16, born_before_100, NULL, gone, &wrapped), 0);
    for (int i = 40; i < 52; i++) /* younger ones: they use up the free slots, so the shard is rebuilt, smaller */
        put(&rooms, names[i], (uint64_t)i, 200);

    size_t n = 0;
    for (wrapped = false; !wrapped;) {
        size_t taken = t87s__entry_table_take(rooms.table, &cursor, 16, born_before_100, NULL, gone, &wrapped);
        for (size_t i = 0; i < taken; i++)
            unref(&rooms, gone[i]);
        n += taken;
    }
    ck_assert_uint_eq(n, 1);
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 12);
    rooms_close(&rooms);
}
END_TEST

/* ---- grace is the asker's, too ---- */

struct source {
    atomic_int fetches;
};

static enum t87s_status fetch(void *arg, struct t87s_buffer *out) {
    struct source *source = arg;
    int number = atomic_fetch_add(&source->fetches, 1) + 1;
    return t87s_buffer_append(out, &number, sizeof number);
}

/* Queries "k", tagged with "t", and tells how. */
static enum t87s_outcome ask(struct t87s_cache *cache, struct source *source, int64_t ttl_ms, int64_t grace_ms) {
    struct t87s_tag tag = tag_of("t");
    struct t87s_query query = {.key = "k",
                               .key_len = 1,
                               .tags = &tag,
                               .n_tags = 1,
                               .fetch = fetch,
                               .fetch_arg = source,
                               .ttl_ms = ttl_ms,
                               .grace_ms = grace_ms};
    struct t87s_value value;
    struct t87s_entries entries;
    ck_assert_int_eq(t87s_query(cache, &query, &value, &entries), T87S_OK);
    t87s_value_release(&value);
    return entries.before.outcome;
}

START_TEST(a_soft_invalidation_from_a_moment_ahead_makes_nothing_stale_that_has_no_grace)
{
    struct t87s__cover soft = {.soft = true, .soft_ms = 51};
    ck_assert_int_eq(t87s__freshness_decide(100, 0, soft, 50).state, STATE_GONE);
    ck_assert_int_eq(t87s__freshness_decide(100, 1, soft, 50).state, STATE_STALE);
}
END_TEST

START_TEST(a_query_without_grace_is_not_answered_from_the_grace_of_another)
{
    struct fake_clock clock;
    struct t87s_cache *cache;
    struct source source = {0};
    fake_clock_init(&clock, 1000);
    ck_assert_int_eq(t87s_open(&(struct t87s_options){.clock = &clock.clock}, &cache), T87S_OK);
    struct t87s_tag tag = tag_of("t");
    ck_assert_int_eq(ask(cache, &source, 100, 10000), T87S_FETCHED);
    ck_assert_int_eq(t87s_invalidate(cache, &tag, 1, T87S_SOFT), T87S_OK);
    ck_assert_int_eq(ask(cache, &source, 100, T87S_NONE), T87S_FETCHED);
    ck_assert_int_eq(atomic_load(&source.fetches), 2); /* and none in the background */
    t87s_close(cache);
    ck_assert_int_eq(atomic_load(&source.fetches), 2);
}
END_TEST

START_TEST(what_shall_not_be_kept_is_not_kept_for_its_grace)
{
    struct t87s_cache *cache;
    struct source source = {0};
    struct t87s_value value;
    ck_assert_int_eq(t87s_open(&(struct t87s_options){.default_grace_ms = 60000}, &cache), T87S_OK);
    ck_assert_int_eq(ask(cache, &source, T87S_NONE, 0), T87S_FETCHED);
    ck_assert_int_eq(ask(cache, &source, T87S_NONE, 0), T87S_FETCHED);
    ck_assert_int_eq(t87s_set(cache, "k", 1, "old", 3, &(struct t87s_set_options){.ttl_ms = T87S_NONE}), T87S_OK);
    ck_assert_int_eq(ask(cache, &source, T87S_NONE, 0), T87S_FETCHED);
    ck_assert_int_eq(t87s_get(cache, "k", 1, &value), T87S_MISS);
    t87s_close(cache);
}
END_TEST

/* ---- a close, and queries that have just been answered ---- */

enum { ASKERS = 4, CLOSES = 150 };

struct closing {
    struct t87s_cache *cache;
    atomic_int fetching;
    atomic_bool go;
};

static enum t87s_status fetch_when_told(void *arg, struct t87s_buffer *out) {
    struct closing *closing = arg;
    atomic_fetch_add(&closing->fetching, 1);
    while (!atomic_load(&closing->go))
        sched_yield();
    return t87s_buffer_append(out, "x", 1);
}

static void *ask_own_key(void *arg) {
    struct closing *closing = arg;
    pthread_t key = pthread_self();
    struct t87s_tag tag = tag_of("t");
    struct t87s_query query = {
        .key = &key, .key_len = sizeof key, .tags = &tag, .n_tags = 1, .fetch = fetch_when_told, .fetch_arg = closing};
    struct t87s_value value;
    ck_assert_int_eq(t87s_query(closing->cache, &query, &value, NULL), T87S_OK);
    ck_assert_int_eq(*(const char *)value.data, 'x'); /* whether the cache is closed by now or not */
    t87s_value_release(&value);
    return NULL;
}

static void *let_go(void *arg) {
    struct closing *closing = arg;
    atomic_store(&closing->go, true);
    return NULL;
}

/* What a query still touches while the cache goes is for the sanitizers to see. */
START_TEST(a_close_waits_until_the_answers_are_handed_out)
{
    for (int i = 0; i < CLOSES; i++) {
        struct closing closing = {.cache = NULL};
        pthread_t askers[ASKERS];
        ck_assert_int_eq(t87s_open(NULL, &closing.cache), T87S_OK);
        for (int asker = 0; asker < ASKERS; asker++)
            askers[asker] = thread_start(ask_own_key, &closing);
        while (atomic_load(&closing.fetching) < ASKERS)
            sched_yield();
        pthread_t teller = thread_start(let_go, &closing);
        t87s_close(closing.cache);
        thread_join(teller);
        for (int asker = 0; asker < ASKERS; asker++)
            thread_join(askers[asker]);
    }
}
END_TEST

int main(void) {
    return run_suites(suite_of("staged interleavings", a_clear_misses_no_entry_that_moves_behind_it,
                               a_soft_invalidation_from_a_moment_ahead_makes_nothing_stale_that_has_no_grace,
                               a_query_without_grace_is_not_answered_from_the_grace_of_another,
                               what_shall_not_be_kept_is_not_kept_for_its_grace,
                               a_close_waits_until_the_answers_are_handed_out, NULL),
                      NULL);
}
