/* SPDX-License-Identifier: MIT */
/* ttl, grace and the refresh callback, as the originals test them. */
#include "scene.h"
#include "suites.h"

#include <string.h>

/* What the callback was told, under the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct told {
    int calls;
    bool changed;
    char old[16], fresh[16];
} told;

static void remember(void *arg, const struct t87s_value *old, const struct t87s_value *fresh, bool changed) {
    ck_assert_ptr_eq(arg, &told);
    pthread_mutex_lock(&lock);
    told.calls++;
    told.changed = changed;
    memcpy(told.old, old->data, old->size + 1);
    memcpy(told.fresh, fresh->data, fresh->size + 1);
    pthread_mutex_unlock(&lock);
}

static struct scene scene;
static struct source source;
static struct t87s_query query;

static struct told settled(void) {
    scene_settle(&scene);
    pthread_mutex_lock(&lock);
    struct told now = told;
    pthread_mutex_unlock(&lock);
    return now;
}

/* An entry of a ttl of one second that has just expired. */
static void begin_expired(int64_t grace_ms) {
    told = (struct told){0};
    source = (struct source){.text = "old"};
    query = query_of("key", &source, NULL);
    query.ttl_ms = 1000;
    query.grace_ms = grace_ms;
    query.on_refresh = remember;
    query.on_refresh_arg = &told;
    scene_init(&scene);
    scene_open(&scene);
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 1000);
}

START_TEST(an_expired_entry_is_fetched_again)
{
    begin_expired(0);
    source.text = "new";
    EXPECT_ANSWER(ask(&scene, &query), "new", T87S_FETCHED, T87S_REASON_EXPIRED);
    ck_assert_int_eq(atomic_load(&source.fetches), 2);
    scene_close(&scene);
}
END_TEST

START_TEST(in_the_grace_the_stale_value_is_served_and_then_the_refreshed_one)
{
    begin_expired(5000);
    source.text = "new";
    EXPECT_ANSWER(ask(&scene, &query), "old", T87S_STALE, T87S_REASON_EXPIRED);
    scene_settle(&scene);
    EXPECT_ANSWER(ask(&scene, &query), "new", T87S_FRESH, T87S_REASON_NONE);
    EXPECT_TRACE(&scene, "[   0] M query key: absent -> fetch\n"
                         "[   0] M query key: fetched, fresh until 1000\n"
                         "[1000] M query key: expired -> stale until 6000, refresh\n"
                         "[1000] ~ refresh key: fetch\n"
                         "[1000] ~ refresh key: changed, fresh until 2000\n"
                         "[1000] M query key: fresh\n");
    scene_close(&scene);
}
END_TEST

START_TEST(after_the_grace_the_caller_waits_for_the_fetch)
{
    begin_expired(5000);
    fake_clock_advance(&scene.clock, 5000);
    source.text = "new";
    EXPECT_ANSWER(ask(&scene, &query), "new", T87S_FETCHED, T87S_REASON_EXPIRED);
    scene_close(&scene);
}
END_TEST

START_TEST(no_grace_means_none)
{
    begin_expired(T87S_NONE);
    source.text = "new";
    EXPECT_ANSWER(ask(&scene, &query), "new", T87S_FETCHED, T87S_REASON_EXPIRED);
    scene_close(&scene);
}
END_TEST

START_TEST(the_callback_gets_old_and_new_when_they_differ)
{
    begin_expired(5000);
    source.text = "new";
    ask(&scene, &query);
    struct told now = settled();
    ck_assert_int_eq(now.calls, 1);
    ck_assert(now.changed);
    ck_assert_str_eq(now.old, "old");
    ck_assert_str_eq(now.fresh, "new");
    scene_close(&scene);
}
END_TEST

START_TEST(the_callback_is_told_when_nothing_changed)
{
    begin_expired(5000);
    ask(&scene, &query);
    struct told now = settled();
    ck_assert_int_eq(now.calls, 1);
    ck_assert(!now.changed);
    ck_assert_str_eq(now.old, "old");
    ck_assert_str_eq(now.fresh, "old");
    scene_close(&scene);
}
END_TEST

START_TEST(the_callback_is_called_after_a_successful_refresh_only)
{
    begin_expired(5000);
    atomic_store(&source.status, T87S_E_FETCH);
    ask(&scene, &query);
    struct told now = settled();
    ck_assert_int_eq(now.calls, 0);
    scene_close(&scene);
}
END_TEST

/* A C callback has no way to fail but to misbehave; one that uses the cache it is called from must not harm it. */
static void clear_everything(void *arg, const struct t87s_value *old, const struct t87s_value *fresh, bool changed) {
    (void)changed;
    ck_assert_int_eq(t87s_clear(scene.cache), T87S_OK);
    remember(arg, old, fresh, true); /* both are still there to be read */
}

START_TEST(what_the_callback_does_does_not_reach_the_callers)
{
    begin_expired(5000);
    query.on_refresh = clear_everything;
    source.text = "new";
    EXPECT_ANSWER(ask(&scene, &query), "old", T87S_STALE, T87S_REASON_EXPIRED);
    struct told now = settled();
    ck_assert_str_eq(now.old, "old");
    ck_assert_str_eq(now.fresh, "new");
    EXPECT_ANSWER(ask(&scene, &query), "new", T87S_FETCHED, T87S_REASON_ABSENT);
    scene_close(&scene);
}
END_TEST

START_TEST(the_callback_is_not_called_on_fresh_hits)
{
    begin_expired(5000);
    scene_close(&scene);
    scene_init(&scene);
    scene_open(&scene);
    for (int i = 0; i < 10; i++)
        ask(&scene, &query);
    struct told now = settled();
    ck_assert_int_eq(now.calls, 0);
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("ttl and grace", an_expired_entry_is_fetched_again,
                 in_the_grace_the_stale_value_is_served_and_then_the_refreshed_one,
                 after_the_grace_the_caller_waits_for_the_fetch, no_grace_means_none, NULL),
        suite_of("the refresh callback", the_callback_gets_old_and_new_when_they_differ,
                 the_callback_is_told_when_nothing_changed, the_callback_is_called_after_a_successful_refresh_only,
                 what_the_callback_does_does_not_reach_the_callers, the_callback_is_not_called_on_fresh_hits, NULL),
        NULL);
}
