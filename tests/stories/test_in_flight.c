/* SPDX-License-Identifier: MIT */
/* Something changes while a fetch is under way. The fetch has read its source before the change; what it brings must
 * answer those who asked before, and nobody else. */
#include "scene.h"
#include "suites.h"

/* A has read "Ada" and stands at the gate; M is free to change things. */
struct race {
    struct scene scene;
    struct gate gate;
    struct source slow, quick;
    struct t87s_tag tag;
    struct t87s_query first, second; /* A's, and those that come after the change */
    struct actor a;
};

static void begin(struct race *race) {
    scene_init(&race->scene);
    scene_open(&race->scene);
    gate_init(&race->gate);
    race->slow = (struct source){.text = "Ada", .gate = &race->gate};
    race->quick = (struct source){.text = "Bea"};
    race->tag = tag_of("users/7");
    race->first = query_of("user:7", &race->slow, &race->tag);
    race->second = query_of("user:7", &race->quick, &race->tag);
    actor_start(&race->a, "A", &race->scene, &race->first);
    gate_await(&race->gate, 1);
}

static struct answer let_a_end(struct race *race) {
    gate_open(&race->gate);
    return actor_join(&race->a);
}

START_TEST(an_invalidation_during_a_fetch_is_not_lost)
{
    struct race race;
    begin(&race);
    fake_clock_advance(&race.scene.clock, 10);
    invalidate(&race.scene, "users/7", 0);
    fake_clock_advance(&race.scene.clock, 10);
    EXPECT_ANSWER(let_a_end(&race), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_int_eq(get(&race.scene, "user:7").status, T87S_MISS);
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_TRACE(&race.scene, "[   0] A query user:7: absent -> fetch\n"
                              "[  10] M invalidate users/7\n"
                              "[  20] A query user:7: fetched, not kept\n"
                              "[  20] M query user:7: absent -> fetch\n"
                              "[  20] M query user:7: fetched, fresh until 30020\n");
    scene_close(&race.scene);
}
END_TEST

START_TEST(an_invalidation_of_an_ancestor_during_a_fetch_is_not_lost)
{
    struct race race;
    begin(&race);
    invalidate(&race.scene, "users", 0);
    EXPECT_ANSWER(let_a_end(&race), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FETCHED, T87S_REASON_ABSENT);
    scene_close(&race.scene);
}
END_TEST

START_TEST(a_query_after_an_invalidation_does_not_join_the_fetch_before_it)
{
    struct race race;
    begin(&race);
    invalidate(&race.scene, "users/7", 0);
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(let_a_end(&race), "Ada", T87S_FETCHED, T87S_REASON_ABSENT); /* A asked before */
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FRESH, T87S_REASON_NONE);
    EXPECT_TRACE(&race.scene, "[   0] A query user:7: absent -> fetch\n"
                              "[   0] M invalidate users/7\n"
                              "[   0] M query user:7: absent -> fetch\n"
                              "[   0] M query user:7: fetched, fresh until 30000\n"
                              "[   0] A query user:7: fetched, not kept\n"
                              "[   0] M query user:7: fresh\n");
    scene_close(&race.scene);
}
END_TEST

START_TEST(a_query_after_a_soft_invalidation_does_not_join_the_fetch_before_it)
{
    struct race race;
    begin(&race);
    invalidate(&race.scene, "users/7", T87S_SOFT);
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FETCHED, T87S_REASON_ABSENT);
    let_a_end(&race);
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&race.scene);
}
END_TEST

START_TEST(a_fetch_that_was_softly_invalidated_is_not_kept_as_fresh)
{
    struct race race;
    begin(&race);
    invalidate(&race.scene, "users/7", T87S_SOFT);
    let_a_end(&race);
    ck_assert_int_eq(get(&race.scene, "user:7").status, T87S_MISS);
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FETCHED, T87S_REASON_INVALIDATED);
    scene_close(&race.scene);
}
END_TEST

START_TEST(a_joiner_from_before_the_invalidation_gets_the_old_answer_and_a_later_one_the_new)
{
    struct race race;
    struct actor b;
    begin(&race);
    actor_start(&b, "B", &race.scene, &race.second);
    scene_await(&race.scene, "-> join", 1);
    invalidate(&race.scene, "users/7", 0);
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(let_a_end(&race), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_JOINED, T87S_REASON_ABSENT);
    ck_assert_int_eq(atomic_load(&race.quick.fetches), 1);
    EXPECT_TRACE(&race.scene, "[   0] A query user:7: absent -> fetch\n"
                              "[   0] B query user:7: absent -> join\n"
                              "[   0] M invalidate users/7\n"
                              "[   0] M query user:7: absent -> fetch\n"
                              "[   0] M query user:7: fetched, fresh until 30000\n"
                              "[   0] A query user:7: fetched, not kept\n");
    scene_close(&race.scene);
}
END_TEST

START_TEST(a_delete_stops_a_fetch_under_way)
{
    struct race race;
    begin(&race);
    ck_assert_int_eq(t87s_delete(race.scene.cache, "user:7", 6), T87S_OK);
    EXPECT_ANSWER(let_a_end(&race), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_int_eq(get(&race.scene, "user:7").status, T87S_MISS);
    EXPECT_TRACE(&race.scene, "[   0] A query user:7: absent -> fetch\n"
                              "[   0] M delete user:7\n"
                              "[   0] A query user:7: fetched, not kept\n");
    scene_close(&race.scene);
}
END_TEST

START_TEST(a_query_after_a_delete_does_not_join_the_fetch_before_it)
{
    struct race race;
    begin(&race);
    ck_assert_int_eq(t87s_delete(race.scene.cache, "user:7", 6), T87S_OK);
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FETCHED, T87S_REASON_ABSENT);
    let_a_end(&race);
    EXPECT_ANSWER(get(&race.scene, "user:7"), "Bea", 0, 0);
    scene_close(&race.scene);
}
END_TEST

START_TEST(a_set_stops_a_fetch_under_way)
{
    struct race race;
    begin(&race);
    set(&race.scene, "user:7", "Cleo", NULL);
    EXPECT_ANSWER(let_a_end(&race), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(get(&race.scene, "user:7"), "Cleo", 0, 0);
    EXPECT_TRACE(&race.scene, "[   0] A query user:7: absent -> fetch\n"
                              "[   0] M set user:7: kept\n"
                              "[   0] A query user:7: fetched, not kept\n");
    scene_close(&race.scene);
}
END_TEST

START_TEST(a_clear_stops_a_fetch_under_way)
{
    struct race race;
    begin(&race);
    ck_assert_int_eq(t87s_clear(race.scene.cache), T87S_OK);
    let_a_end(&race);
    ck_assert_int_eq(get(&race.scene, "user:7").status, T87S_MISS);
    EXPECT_TRACE(&race.scene, "[   0] A query user:7: absent -> fetch\n"
                              "[   0] M clear\n"
                              "[   0] A query user:7: fetched, not kept\n");
    scene_close(&race.scene);
}
END_TEST

START_TEST(a_query_after_a_clear_does_not_join_the_fetch_before_it)
{
    struct race race;
    begin(&race);
    ck_assert_int_eq(t87s_clear(race.scene.cache), T87S_OK);
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FETCHED, T87S_REASON_ABSENT);
    let_a_end(&race);
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&race.scene);
}
END_TEST

/* A fetch takes its time over the clear; what another query keeps meanwhile stays. There is no scan with a window. */
START_TEST(what_is_fetched_after_a_clear_survives_it)
{
    struct race race;
    begin(&race);
    set(&race.scene, "user:8", "old", NULL);
    ck_assert_int_eq(t87s_clear(race.scene.cache), T87S_OK);
    ck_assert_uint_eq(scene_stats(&race.scene).entries, 0);
    ask(&race.scene, &race.second);
    let_a_end(&race);
    ck_assert_uint_eq(scene_stats(&race.scene).entries, 1);
    EXPECT_ANSWER(get(&race.scene, "user:7"), "Bea", 0, 0);
    scene_close(&race.scene);
}
END_TEST

/* The takeover has fetched a newer value long before the first fetch comes back. */
START_TEST(a_slower_older_fetch_does_not_overwrite_a_newer_entry)
{
    struct race race;
    begin(&race);
    fake_clock_advance(&race.scene.clock, 30000); /* A's fetch is overdue, so M's begins beside it */
    EXPECT_ANSWER(ask(&race.scene, &race.second), "Bea", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(let_a_end(&race), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(get(&race.scene, "user:7"), "Bea", 0, 0);
    EXPECT_TRACE(&race.scene, "[   0] A query user:7: absent -> fetch\n"
                              "[30000] M query user:7: absent -> fetch\n"
                              "[30000] M query user:7: fetched, fresh until 60000\n"
                              "[30000] A query user:7: fetched, not kept\n");
    scene_close(&race.scene);
}
END_TEST

/* A burst of invalidations while every fetch hangs: the fourth query waits instead of making a fourth fetch. */
START_TEST(at_most_three_fetches_of_one_key_run_at_once)
{
    struct race race;
    struct actor b, c, d;
    begin(&race);
    invalidate(&race.scene, "users/7", 0);
    actor_start(&b, "B", &race.scene, &race.first);
    gate_await(&race.gate, 2);
    invalidate(&race.scene, "users/7", 0);
    actor_start(&c, "C", &race.scene, &race.first);
    gate_await(&race.gate, 3);
    invalidate(&race.scene, "users/7", 0);
    ck_assert_uint_eq(scene_stats(&race.scene).flights, 3);
    actor_start(&d, "D", &race.scene, &race.second);
    scene_await(&race.scene, "too many fetches", 1);
    ck_assert_int_eq(atomic_load(&race.quick.fetches), 0);
    EXPECT_TRACE(&race.scene, "[   0] A query user:7: absent -> fetch\n"
                              "[   0] M invalidate users/7\n"
                              "[   0] B query user:7: absent -> fetch\n"
                              "[   0] M invalidate users/7\n"
                              "[   0] C query user:7: absent -> fetch\n"
                              "[   0] M invalidate users/7\n"
                              "[   0] D query user:7: absent -> wait, too many fetches of it are under way\n");
    EXPECT_ANSWER(let_a_end(&race), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(actor_join(&c), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(actor_join(&d), "Bea", T87S_FETCHED, T87S_REASON_ABSENT); /* fetched after the last invalidation */
    EXPECT_ANSWER(get(&race.scene, "user:7"), "Bea", 0, 0);
    scene_close(&race.scene);
}
END_TEST

START_TEST(an_invalidation_during_a_background_refresh_is_not_lost)
{
    struct scene scene;
    struct gate gate;
    struct source source = {.text = "Ada"}, later = {.text = "Cleo"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &source, &tag), second = query_of("user:7", &later, &tag);
    query.grace_ms = second.grace_ms = 60000;
    scene_init(&scene);
    scene_open(&scene);
    gate_init(&gate);
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 30000);
    source.text = "Bea";
    source.gate = &gate;
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_STALE, T87S_REASON_EXPIRED);
    gate_await(&gate, 1);
    invalidate(&scene, "users/7", 0);
    gate_open(&gate);
    scene_await(&scene, "not kept", 1);
    EXPECT_ANSWER(ask(&scene, &second), "Cleo", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_TRACE(&scene, "[   0] M query user:7: absent -> fetch\n"
                         "[   0] M query user:7: fetched, fresh until 30000\n"
                         "[30000] M query user:7: expired -> stale until 90000, refresh\n"
                         "[30000] ~ refresh user:7: fetch\n"
                         "[30000] M invalidate users/7\n"
                         "[30000] ~ refresh user:7: fetched, not kept\n"
                         "[30000] M query user:7: absent -> fetch\n"
                         "[30000] M query user:7: fetched, fresh until 60000\n");
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("a change while a fetch is under way", an_invalidation_during_a_fetch_is_not_lost,
                 an_invalidation_of_an_ancestor_during_a_fetch_is_not_lost,
                 a_query_after_an_invalidation_does_not_join_the_fetch_before_it,
                 a_query_after_a_soft_invalidation_does_not_join_the_fetch_before_it,
                 a_fetch_that_was_softly_invalidated_is_not_kept_as_fresh,
                 a_joiner_from_before_the_invalidation_gets_the_old_answer_and_a_later_one_the_new,
                 a_delete_stops_a_fetch_under_way, a_query_after_a_delete_does_not_join_the_fetch_before_it,
                 a_set_stops_a_fetch_under_way, a_clear_stops_a_fetch_under_way,
                 a_query_after_a_clear_does_not_join_the_fetch_before_it, what_is_fetched_after_a_clear_survives_it,
                 a_slower_older_fetch_does_not_overwrite_a_newer_entry, at_most_three_fetches_of_one_key_run_at_once,
                 an_invalidation_during_a_background_refresh_is_not_lost, NULL),
        NULL);
}
