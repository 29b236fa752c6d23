/* SPDX-License-Identifier: MIT */
/* Verification: a sample of the fresh hits is fetched again in the background. It finds what an application forgot to
 * invalidate, repairs it, and never costs the source more than a cap. */
#include "scene.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static void open_scene(struct scene *scene) {
    scene_init(scene);
    scene->options.verify_fraction = 1;
    scene_open(scene);
}

START_TEST(an_answer_that_went_wrong_unnoticed_is_found_and_repaired)
{
    struct scene scene;
    struct source source = {.text = "old"};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    ask(&scene, &query);
    source.text = "new"; /* and nobody invalidates */
    fake_clock_advance(&scene.clock, 1000);
    EXPECT_ANSWER(ask(&scene, &query), "old", T87S_FRESH, T87S_REASON_NONE);
    scene_await(&scene, "wrong, repaired", 1);
    EXPECT_ANSWER(get(&scene, "key"), "new", 0, 0);
    EXPECT_TRACE(&scene, "[   0] M query key: absent -> fetch\n"
                         "[   0] M query key: fetched, fresh until 30000\n"
                         "[1000] M query key: fresh\n"
                         "[1000] ~ verify key: fetch\n"
                         "[1000] ~ verify key: wrong, repaired\n");
    struct t87s_stats stats = scene_stats(&scene);
    ck_assert_uint_eq(stats.verified, 1);
    ck_assert_uint_eq(stats.found_wrong, 1);
    ck_assert_uint_eq(stats.repaired, 1);
    scene_close(&scene);
}
END_TEST

START_TEST(an_answer_that_is_right_stays_as_it_is)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 1000);
    ask(&scene, &query);
    scene_await(&scene, "verify key: right", 1);
    scene_settle(&scene);
    struct answer answer = ask(&scene, &query);
    ck_assert_int_eq(answer.entries.before.created_ms, 0);
    ck_assert_int_eq(answer.entries.before.expires_ms, 30000); /* a verification prolongs nothing */
    ck_assert_uint_eq(scene_stats(&scene).found_wrong, 0);
    scene_close(&scene);
}
END_TEST

START_TEST(a_row_that_is_gone_is_removed)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    ask(&scene, &query);
    atomic_store(&source.status, T87S_NOT_FOUND);
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FRESH, T87S_REASON_NONE);
    scene_await(&scene, "wrong, removed", 1);
    ck_assert_int_eq(get(&scene, "key").status, T87S_MISS);
    scene_close(&scene);
}
END_TEST

START_TEST(a_verification_that_fails_leaves_the_answer)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    ask(&scene, &query);
    atomic_store(&source.status, T87S_E_FETCH);
    ask(&scene, &query);
    scene_await(&scene, "verify key: the fetch failed", 1);
    EXPECT_ANSWER(get(&scene, "key"), "value", 0, 0);
    ck_assert_uint_eq(scene_stats(&scene).verified, 0);
    scene_close(&scene);
}
END_TEST

START_TEST(fifty_hits_of_one_key_are_verified_once_at_a_time)
{
    struct scene scene;
    struct gate gate;
    struct source source = {.text = "value"};
    struct t87s_query query = query_of("key", &source, NULL);
    open_scene(&scene);
    gate_init(&gate);
    ask(&scene, &query);
    source.gate = &gate;
    ask(&scene, &query);
    gate_await(&gate, 1);
    for (int i = 1; i < 50; i++)
        EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_int_eq(atomic_load(&source.fetches), 2);
    gate_open(&gate);
    scene_settle(&scene);
    ck_assert_int_eq(atomic_load(&source.fetches), 2);
    scene_close(&scene);
}
END_TEST

START_TEST(a_second_has_a_hundred_verifications_and_no_more)
{
    struct scene scene;
    struct source source = {.text = "value"};
    open_scene(&scene);
    for (int second = 1; second <= 2; second++) {
        for (int i = 0; i < 300; i++) {
            char key[16];
            snprintf(key, sizeof key, "key:%d", i);
            struct t87s_query query = query_of(key, &source, NULL);
            ask(&scene, &query);
            ask(&scene, &query);
        }
        scene_settle(&scene);
        ck_assert_uint_eq(scene_stats(&scene).verified, 100 * (uint64_t)second);
        fake_clock_advance(&scene.clock, 1000);
    }
    scene_close(&scene);
}
END_TEST

/* The verification has read the source before the change that the invalidation tells of. */
START_TEST(a_verification_repairs_nothing_that_was_invalidated_meanwhile)
{
    struct scene scene;
    struct gate gate;
    struct source source = {.text = "first"}, later = {.text = "third"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("key", &source, &tag), after = query_of("key", &later, &tag);
    open_scene(&scene);
    gate_init(&gate);
    ask(&scene, &query);
    source.text = "second";
    source.gate = &gate;
    ask(&scene, &query);
    gate_await(&gate, 1);
    invalidate(&scene, "users/7", 0);
    EXPECT_ANSWER(ask(&scene, &after), "third", T87S_FETCHED, T87S_REASON_INVALIDATED);
    gate_open(&gate);
    scene_settle(&scene);
    EXPECT_ANSWER(get(&scene, "key"), "third", 0, 0);
    ck_assert_uint_eq(scene_stats(&scene).found_wrong, 0); /* it was not wrong, it was old */
    ck_assert_uint_eq(scene_stats(&scene).repaired, 0);
    scene_close(&scene);
}
END_TEST

static void count_call(void *arg, const struct t87s_value *old, const struct t87s_value *fresh, bool changed) {
    (void)old, (void)fresh, (void)changed;
    atomic_fetch_add((atomic_int *)arg, 1);
}

/* A set during the verification is news, not a fault that was found. */
START_TEST(a_value_set_during_its_verification_was_not_wrong)
{
    struct scene scene;
    struct gate gate;
    struct source user = {.text = "Ada", .gate = NULL};
    struct t87s_query query = query_of("user:7", &user, NULL);
    scene_init(&scene);
    scene.options.verify_fraction = 1;
    scene_open(&scene);
    gate_init(&gate);
    ask(&scene, &query);
    user.gate = &gate;
    user.text = "Bea";
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FRESH, T87S_REASON_NONE);
    gate_await(&gate, 1);
    set(&scene, "user:7", "Cleo", NULL);
    gate_open(&gate);
    scene_settle(&scene);
    ck_assert_uint_eq(scene_stats(&scene).found_wrong, 0);
    ck_assert_uint_eq(scene_stats(&scene).repaired, 0);
    ck_assert_str_eq(get(&scene, "user:7").text, "Cleo");
    scene_close(&scene);
}
END_TEST

START_TEST(a_verification_calls_no_refresh_callback)
{
    struct scene scene;
    atomic_int calls = 0;
    struct source source = {.text = "old"};
    struct t87s_query query = query_of("key", &source, NULL);
    query.on_refresh = count_call;
    query.on_refresh_arg = &calls;
    open_scene(&scene);
    ask(&scene, &query);
    source.text = "new";
    ask(&scene, &query);
    scene_await(&scene, "wrong, repaired", 1);
    scene_settle(&scene);
    ck_assert_int_eq(atomic_load(&calls), 0);
    scene_close(&scene);
}
END_TEST

START_TEST(a_fraction_of_the_hits_is_verified)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_query query = query_of("key", &source, NULL);
    scene_init(&scene);
    scene.options.verify_fraction = 0.1;
    scene.options.default_ttl_ms = 3600000;
    scene_open(&scene);
    ask(&scene, &query);
    for (int i = 0; i < 2000; i++) {
        ask(&scene, &query);
        scene_settle(&scene);
        fake_clock_advance(&scene.clock, 100);
    }
    uint64_t verified = scene_stats(&scene).verified; /* 200 expected, deviation 13.4: ten of them either way */
    ck_assert_uint_gt(verified, 66);
    ck_assert_uint_lt(verified, 334);
    scene_close(&scene);
}
END_TEST

START_TEST(a_fraction_outside_of_nought_to_one_is_refused)
{
    static const double fractions[] = {-0.1, 1.1, 0.0 / 0.0};
    for (size_t i = 0; i < 3; i++) {
        struct t87s_options options = {.verify_fraction = fractions[i]};
        struct t87s_cache *cache;
        ck_assert_int_eq(t87s_open(&options, &cache), T87S_E_INVALID);
        ck_assert_ptr_null(cache);
    }
}
END_TEST

int main(void) {
    return run_suites(suite_of("what verification finds", an_answer_that_went_wrong_unnoticed_is_found_and_repaired,
                               an_answer_that_is_right_stays_as_it_is, a_row_that_is_gone_is_removed,
                               a_verification_that_fails_leaves_the_answer,
                               a_verification_repairs_nothing_that_was_invalidated_meanwhile,
                               a_value_set_during_its_verification_was_not_wrong,
                               a_verification_calls_no_refresh_callback, NULL),
                      suite_of("what verification costs", fifty_hits_of_one_key_are_verified_once_at_a_time,
                               a_second_has_a_hundred_verifications_and_no_more, a_fraction_of_the_hits_is_verified,
                               a_fraction_outside_of_nought_to_one_is_refused, NULL),
                      NULL);
}
