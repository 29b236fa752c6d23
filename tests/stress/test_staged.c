/* SPDX-License-Identifier: MIT
 *
 * Interleavings that random load meets too rarely, staged step by step.
 */
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include "fake_clock.h"
#include "rooms.h"
#include "stage.h"
#include "suites.h"

/* ---- a clear, and a table that grows under it ---- */

enum { OLD = 200, YOUNG = 2000 };

struct clear {
    struct rooms rooms;
    struct stage stage;
    int young;
    bool begun;
    unsigned locked; /* the shard whose lock the clear holds while the growth begins */
};

static void put(struct rooms *rooms, const char *text, uint64_t birth) {
    struct t87s__entry *entry = entry_of(rooms, text, NULL, birth, INT64_MAX, 0), *displaced;
    ck_assert_int_eq(put_in(rooms, entry, &displaced), PUT_KEPT);
    ck_assert_ptr_null(displaced);
    unref(rooms, entry);
}

static void *grow_the_table(void *arg) {
    struct clear *clear = arg;
    stage_wait(&clear->stage, 1);
    bool growing = false;
    for (int i = 0; i < YOUNG; i++) {
        char text[24];
        snprintf(text, sizeof text, "young %d", i);
        if (!growing && t87s__cell_shard(key_of(text).hash) == clear->locked)
            continue;
        put(&clear->rooms, text, 200);
        clear->young++;
        growing = growing || atomic_load(&clear->rooms.table->growing);
    }
    return NULL;
}

/* Looks at the first entry until the table has begun to grow. It runs under the lock of a shard: the growth cannot end
 * before. */
static bool born_before_100(struct t87s__entry *entry, void *arg) {
    struct clear *clear = arg;
    if (!clear->begun) {
        clear->begun = true;
        clear->locked = t87s__cell_shard(t87s__entry_key_of(entry, ROOMS_SEED).hash);
        stage_reach(&clear->stage, 1);
        while (!atomic_load(&clear->rooms.table->growing))
            sched_yield();
    }
    return t87s__entry_birth(entry) < 100;
}

START_TEST(a_clear_misses_no_entry_that_moves_behind_it)
{
    static struct clear clear;
    rooms_open(&clear.rooms);
    stage_init(&clear.stage);
    char text[24];
    for (int i = 0; i < OLD; i++) {
        snprintf(text, sizeof text, "old %d", i);
        put(&clear.rooms, text, 1);
    }
    for (; atomic_load(&clear.rooms.table->growing); clear.young++) { /* let it come to rest */
        snprintf(text, sizeof text, "filler %d", clear.young);
        put(&clear.rooms, text, 200);
    }
    const uint32_t cells = t87s__entry_table_cells(clear.rooms.table);
    pthread_t other = thread_start(grow_the_table, &clear);
    struct t87s__entry *gone = t87s__entry_table_take_all(clear.rooms.table, born_before_100, &clear);
    thread_join(other);
    ck_assert_uint_gt(t87s__entry_table_cells(clear.rooms.table), cells);
    ck_assert_uint_eq(discard_all(&clear.rooms, gone), OLD);
    ck_assert_int_eq((int)t87s__entry_table_count(clear.rooms.table), clear.young);
    rooms_close(&clear.rooms);
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
