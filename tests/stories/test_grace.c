/* SPDX-License-Identifier: MIT */
/* Old answers: how long they live, who may see them, and that a source in trouble is left alone. */
#include "scene.h"
#include "suites.h"

static void open_scene(struct scene *scene) {
    scene_init(scene);
    scene_open(scene);
}

START_TEST(a_ttl_counts_from_the_end_of_the_fetch)
{
    struct scene scene;
    struct gate gate;
    struct actor a;
    struct source slow = {.text = "value", .gate = &gate};
    struct t87s_query query = query_of("report", &slow, NULL);
    query.ttl_ms = 1000;
    open_scene(&scene);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &query);
    gate_await(&gate, 1);
    fake_clock_advance(&scene.clock, 5000); /* the fetch takes five times its ttl */
    gate_open(&gate);
    struct answer answer = actor_join(&a);
    ck_assert_int_eq(answer.entries.after.created_ms, 5000);
    ck_assert_int_eq(answer.entries.after.expires_ms, 6000);
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FRESH, T87S_REASON_NONE);
    EXPECT_TRACE(&scene, "[   0] A query report: absent -> fetch\n"
                         "[5000] A query report: fetched, fresh until 6000\n"
                         "[5000] M query report: fresh\n");
    scene_close(&scene);
}
END_TEST

START_TEST(grace_none_is_none_and_not_the_default)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_query by_default = query_of("default", &source, NULL), none = query_of("none", &source, NULL),
                      own = query_of("own", &source, NULL);
    scene_init(&scene);
    scene.options.default_grace_ms = 60000;
    scene_open(&scene);
    none.grace_ms = T87S_NONE;
    own.grace_ms = 1000;
    ck_assert_int_eq(ask(&scene, &by_default).entries.after.grace_until_ms, 90000);
    ck_assert_int_eq(ask(&scene, &none).entries.after.grace_until_ms, 30000);
    ck_assert_int_eq(ask(&scene, &own).entries.after.grace_until_ms, 31000);
    fake_clock_advance(&scene.clock, 30000);
    EXPECT_ANSWER(ask(&scene, &none), "value", T87S_FETCHED, T87S_REASON_EXPIRED);
    EXPECT_ANSWER(ask(&scene, &by_default), "value", T87S_STALE, T87S_REASON_EXPIRED);
    scene_close(&scene);
}
END_TEST

START_TEST(without_a_default_there_is_no_grace)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    ck_assert_int_eq(ask(&scene, &query).entries.after.grace_until_ms, 30000);
    fake_clock_advance(&scene.clock, 29999);
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FRESH, T87S_REASON_NONE);
    fake_clock_advance(&scene.clock, 1);
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FETCHED, T87S_REASON_EXPIRED);
    scene_close(&scene);
}
END_TEST

START_TEST(a_ttl_of_none_keeps_nothing)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    query.ttl_ms = T87S_NONE;
    struct answer answer = ask(&scene, &query);
    EXPECT_ANSWER(answer, "value", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert(!answer.entries.after.present);
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FETCHED, T87S_REASON_ABSENT);
    scene_close(&scene);
}
END_TEST

/* The originals served it for 65 minutes: the ttl that was left, and then the grace. */
START_TEST(a_softly_invalidated_value_is_served_for_its_grace_and_not_for_the_rest_of_its_ttl)
{
    struct scene scene;
    struct source source = {.text = "old"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &source, &tag);
    enum { MINUTE = 60000 };
    open_scene(&scene);
    query.ttl_ms = 60 * MINUTE;
    query.grace_ms = 5 * MINUTE;
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, MINUTE);
    invalidate(&scene, "users/7", T87S_SOFT);
    atomic_store(&source.status, T87S_E_FETCH); /* so that no refresh replaces it */
    struct answer answer = ask(&scene, &query);
    EXPECT_ANSWER(answer, "old", T87S_STALE, T87S_REASON_INVALIDATED);
    ck_assert_int_eq(answer.entries.before.grace_until_ms, 6 * MINUTE);
    scene_settle(&scene);
    fake_clock_advance(&scene.clock, 5 * MINUTE - 1);
    EXPECT_ANSWER(ask(&scene, &query), "old", T87S_STALE, T87S_REASON_INVALIDATED);
    scene_settle(&scene);
    fake_clock_advance(&scene.clock, 1);
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_FETCH);
    EXPECT_TRACE(&scene, "[   0] M query user:7: absent -> fetch\n"
                         "[   0] M query user:7: fetched, fresh until 3600000\n"
                         "[60000] M invalidate users/7 softly\n"
                         "[60000] M query user:7: invalidated -> stale until 360000, refresh\n"
                         "[60000] ~ refresh user:7: fetch\n"
                         "[60000] ~ refresh user:7: failed with status 6, not again for 250\n"
                         "[359999] M query user:7: invalidated -> stale until 360000, refresh\n"
                         "[359999] ~ refresh user:7: fetch\n"
                         "[359999] ~ refresh user:7: failed with status 6, not again for 500\n"
                         "[360000] M query user:7: invalidated -> fetch\n"
                         "[360000] M query user:7: fetch failed with status 6\n");
    scene_close(&scene);
}
END_TEST

START_TEST(a_later_soft_invalidation_does_not_prolong_the_grace)
{
    struct scene scene;
    struct source source = {.text = "old", .status = T87S_OK};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &source, &tag);
    open_scene(&scene);
    query.ttl_ms = 3600000;
    query.grace_ms = 300000;
    ask(&scene, &query);
    atomic_store(&source.status, T87S_E_FETCH);
    for (int i = 0; i < 5; i++) { /* once a minute */
        invalidate(&scene, "users/7", T87S_SOFT);
        EXPECT_ANSWER(ask(&scene, &query), "old", T87S_STALE, T87S_REASON_INVALIDATED);
        scene_settle(&scene);
        fake_clock_advance(&scene.clock, 60000);
    }
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_FETCH);
    scene_close(&scene);
}
END_TEST

/* Nobody looks while it is softly invalidated again and again. When the first of these was is not known any more: it
 * counts as stale since it was made, so an hour of them does not add up to an hour of grace. */
START_TEST(soft_invalidations_that_nobody_sees_do_not_prolong_the_grace)
{
    struct scene scene;
    struct source source = {.text = "old"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &source, &tag);
    enum { MINUTE = 60000 };
    open_scene(&scene);
    query.ttl_ms = 60 * MINUTE;
    query.grace_ms = 5 * MINUTE;
    ask(&scene, &query);
    for (int i = 0; i < 10; i++) {
        fake_clock_advance(&scene.clock, 4 * MINUTE);
        invalidate(&scene, "users/7", T87S_SOFT);
    }
    atomic_store(&source.text, "new");
    EXPECT_ANSWER(ask(&scene, &query), "new", T87S_FETCHED, T87S_REASON_INVALIDATED);
    scene_close(&scene);
}
END_TEST

/* A tag that is written every other second, an answer that is read every ten: stale, and refreshed behind. */
START_TEST(many_soft_invalidations_within_the_grace_leave_it_servable)
{
    struct scene scene;
    struct source source = {.text = "old"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &source, &tag);
    open_scene(&scene);
    query.ttl_ms = 3600000;
    query.grace_ms = 60000;
    ask(&scene, &query);
    for (int i = 0; i < 5; i++) {
        fake_clock_advance(&scene.clock, 2000);
        invalidate(&scene, "users/7", T87S_SOFT);
        invalidate(&scene, "users/7", T87S_SOFT);
    }
    struct answer answer = ask(&scene, &query);
    EXPECT_ANSWER(answer, "old", T87S_STALE, T87S_REASON_INVALIDATED);
    ck_assert_int_eq(answer.entries.before.grace_until_ms, 60000); /* since it was made */
    scene_close(&scene);
}
END_TEST

START_TEST(soft_invalidations_close_together_count_as_the_first_of_them)
{
    struct scene scene;
    struct source source = {.text = "old"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &source, &tag);
    open_scene(&scene);
    query.ttl_ms = 3600000;
    query.grace_ms = 60000;
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 1800000);
    invalidate(&scene, "users/7", T87S_SOFT);
    fake_clock_advance(&scene.clock, 500);
    invalidate(&scene, "users/7", T87S_SOFT);
    struct answer answer = ask(&scene, &query);
    EXPECT_ANSWER(answer, "old", T87S_STALE, T87S_REASON_INVALIDATED);
    ck_assert_int_eq(answer.entries.before.grace_until_ms, 1860000);
    scene_close(&scene);
}
END_TEST

START_TEST(a_hard_invalidation_ends_the_grace_whatever_fails)
{
    struct scene scene;
    struct source source = {.text = "old"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &source, &tag);
    open_scene(&scene);
    query.grace_ms = 300000;
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 40000);
    atomic_store(&source.status, T87S_E_USER + 5);
    EXPECT_ANSWER(ask(&scene, &query), "old", T87S_STALE, T87S_REASON_EXPIRED);
    scene_settle(&scene);
    invalidate(&scene, "users/7", 0);
    struct answer answer = ask(&scene, &query);
    ck_assert_int_eq(answer.status, T87S_E_USER + 5);
    ck_assert_str_eq(answer.text, "");
    invalidate(&scene, "users/7", T87S_SOFT); /* a soft one afterwards changes nothing */
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_USER + 5);
    scene_close(&scene);
}
END_TEST

START_TEST(a_hundred_hits_in_the_grace_cause_one_refresh)
{
    struct scene scene;
    struct gate gate;
    struct source source = {.text = "old"};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    gate_init(&gate);
    query.grace_ms = 60000;
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 31000);
    source.text = "new";
    source.gate = &gate;
    EXPECT_ANSWER(ask(&scene, &query), "old", T87S_STALE, T87S_REASON_EXPIRED);
    gate_await(&gate, 1);
    EXPECT_TRACE(&scene, "[   0] M query key: absent -> fetch\n"
                         "[   0] M query key: fetched, fresh until 30000\n"
                         "[31000] M query key: expired -> stale until 90000, refresh\n"
                         "[31000] ~ refresh key: fetch\n");
    for (int i = 1; i < 100; i++)
        EXPECT_ANSWER(ask(&scene, &query), "old", T87S_STALE, T87S_REASON_EXPIRED);
    ck_assert_uint_eq(trace_count(&scene.trace, "stale until 90000, refresh under way"), 99);
    gate_open(&gate);
    scene_await(&scene, "refresh key: changed, fresh until 61000", 1);
    EXPECT_ANSWER(ask(&scene, &query), "new", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_int_eq(atomic_load(&source.fetches), 2);
    ck_assert_uint_eq(scene_stats(&scene).stale_serves, 100);
    scene_close(&scene);
}
END_TEST

/* Asked every millisecond of a minute in which the source is dead. */
START_TEST(a_failing_source_is_asked_ever_less_often)
{
    struct scene scene;
    struct source source = {.text = "old"};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    query.grace_ms = 600000;
    ask(&scene, &query);
    EXPECT_TRACE(&scene, "[   0] M query key: absent -> fetch\n"
                         "[   0] M query key: fetched, fresh until 30000\n");
    atomic_store(&source.status, T87S_E_FETCH);
    fake_clock_advance(&scene.clock, 30000);
    for (int ms = 0; ms < 60000; ms += 10) {
        EXPECT_ANSWER(ask(&scene, &query), "old", T87S_STALE, T87S_REASON_EXPIRED);
        scene_settle(&scene);
        fake_clock_advance(&scene.clock, 10);
    }
    /* 250, 500, 1 000, 2 000, 4 000, 8 000, 16 000, 32 000 ms apart. */
    ck_assert_int_eq(atomic_load(&source.fetches), 1 + 8);
    ck_assert_uint_eq(scene_stats(&scene).refresh_errors, 8);
    ck_assert_uint_eq(trace_count(&scene.trace, "not again for 32000"), 1);

    atomic_store(&source.status, T87S_OK); /* it is back */
    source.text = "new";
    fake_clock_advance(&scene.clock, 32000);
    EXPECT_ANSWER(ask(&scene, &query), "old", T87S_STALE, T87S_REASON_EXPIRED);
    scene_await(&scene, "refresh key: changed", 1);
    EXPECT_ANSWER(ask(&scene, &query), "new", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&scene);
}
END_TEST

START_TEST(a_failure_without_grace_reaches_the_caller_and_is_not_kept)
{
    struct scene scene;
    struct source source = {.text = "value", .status = T87S_E_USER + 7};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_USER + 7);
    atomic_store(&source.status, T87S_OK);
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(scene_stats(&scene).fetch_errors, 1);
    scene_close(&scene);
}
END_TEST

START_TEST(not_found_is_kept_as_long_as_the_query_says)
{
    struct scene scene;
    struct source source = {.text = "value", .status = T87S_NOT_FOUND};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &source, &tag);
    open_scene(&scene);
    query.negative_ms = 5000;
    query.ttl_ms = 60000;
    struct answer answer = ask(&scene, &query);
    ck_assert_int_eq(answer.status, T87S_NOT_FOUND);
    ck_assert_int_eq(answer.entries.after.expires_ms, 5000);
    answer = ask(&scene, &query);
    ck_assert_int_eq(answer.status, T87S_NOT_FOUND);
    ck_assert_int_eq(answer.entries.before.outcome, T87S_NEGATIVE);
    ck_assert_int_eq(get(&scene, "user:7").status, T87S_NOT_FOUND);
    ck_assert_int_eq(atomic_load(&source.fetches), 1);

    atomic_store(&source.status, T87S_OK); /* the row is made, and its tag invalidated */
    invalidate(&scene, "users/7", 0);
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FETCHED, T87S_REASON_INVALIDATED);

    atomic_store(&source.status, T87S_NOT_FOUND);
    invalidate(&scene, "users/7", 0);
    ck_assert_int_eq(ask(&scene, &query).status, T87S_NOT_FOUND);
    fake_clock_advance(&scene.clock, 5000);
    ck_assert_int_eq(get(&scene, "user:7").status, T87S_MISS);
    EXPECT_TRACE(&scene, "[   0] M query user:7: absent -> fetch\n"
                         "[   0] M query user:7: not found, fresh until 5000\n"
                         "[   0] M query user:7: fresh, not found\n"
                         "[   0] M invalidate users/7\n"
                         "[   0] M query user:7: invalidated -> fetch\n"
                         "[   0] M query user:7: fetched, fresh until 60000\n"
                         "[   0] M invalidate users/7\n"
                         "[   0] M query user:7: invalidated -> fetch\n"
                         "[   0] M query user:7: not found, fresh until 5000\n");
    scene_close(&scene);
}
END_TEST

START_TEST(not_found_is_not_kept_unless_the_query_says_so)
{
    struct scene scene;
    struct source source = {.text = "value", .status = T87S_NOT_FOUND};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    ck_assert_int_eq(ask(&scene, &query).status, T87S_NOT_FOUND);
    ck_assert_int_eq(ask(&scene, &query).status, T87S_NOT_FOUND);
    ck_assert_int_eq(atomic_load(&source.fetches), 2);
    ck_assert_uint_eq(scene_stats(&scene).entries, 0);
    scene_close(&scene);
}
END_TEST

/* The row is gone: an old answer may not come back by its grace. */
START_TEST(a_row_that_is_gone_takes_its_old_answer_along)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    query.grace_ms = 600000;
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 31000);
    atomic_store(&source.status, T87S_NOT_FOUND);
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_STALE, T87S_REASON_EXPIRED);
    scene_await(&scene, "refresh key: not found", 1);
    ck_assert_int_eq(ask(&scene, &query).status, T87S_NOT_FOUND);
    scene_close(&scene);
}
END_TEST

START_TEST(jitter_shortens_a_ttl_by_at_most_its_percentage)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_tag tag = tag_of("all");
    struct t87s_query query = query_of("key", &source, &tag);
    int64_t shortest = INT64_MAX, longest = 0;
    open_scene(&scene);
    query.ttl_ms = 10000;
    query.jitter_percent = 20;
    for (int i = 0; i < 2000; i++) {
        invalidate(&scene, "all", 0);
        int64_t expires = ask(&scene, &query).entries.after.expires_ms;
        ck_assert_int_ge(expires, 8000);
        ck_assert_int_le(expires, 10000);
        shortest = expires < shortest ? expires : shortest;
        longest = expires > longest ? expires : longest;
    }
    ck_assert_int_lt(shortest, 8200); /* spread over all of it; missed once in 10^91 runs */
    ck_assert_int_gt(longest, 9800);
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("how long an answer lives", a_ttl_counts_from_the_end_of_the_fetch,
                 grace_none_is_none_and_not_the_default, without_a_default_there_is_no_grace,
                 a_ttl_of_none_keeps_nothing, jitter_shortens_a_ttl_by_at_most_its_percentage, NULL),
        suite_of("an old answer", a_softly_invalidated_value_is_served_for_its_grace_and_not_for_the_rest_of_its_ttl,
                 a_later_soft_invalidation_does_not_prolong_the_grace,
                 soft_invalidations_that_nobody_sees_do_not_prolong_the_grace,
                 many_soft_invalidations_within_the_grace_leave_it_servable,
                 soft_invalidations_close_together_count_as_the_first_of_them,
                 a_hard_invalidation_ends_the_grace_whatever_fails, a_hundred_hits_in_the_grace_cause_one_refresh,
                 a_failing_source_is_asked_ever_less_often, NULL),
        suite_of("not found and failures", a_failure_without_grace_reaches_the_caller_and_is_not_kept,
                 not_found_is_kept_as_long_as_the_query_says, not_found_is_not_kept_unless_the_query_says_so,
                 a_row_that_is_gone_takes_its_old_answer_along, NULL),
        NULL);
}
