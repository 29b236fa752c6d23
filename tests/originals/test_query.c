/* SPDX-License-Identifier: MIT */
/* query(), as the originals test it. */
#include "scene.h"
#include "suites.h"

static struct scene scene;
static struct source source;
static struct t87s_tag tag;
static struct t87s_query query;

static void begin(void) {
    source = (struct source){.text = "value"};
    tag = tag_of("posts/=p1");
    query = query_of("post:p1", &source, &tag);
    scene_init(&scene);
    scene_open(&scene);
}

START_TEST(a_miss_calls_the_fetch)
{
    begin();
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_int_eq(atomic_load(&source.fetches), 1);
    scene_close(&scene);
}
END_TEST

START_TEST(a_hit_does_not_call_the_fetch)
{
    begin();
    ask(&scene, &query);
    source.text = "other";
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_int_eq(atomic_load(&source.fetches), 1);
    scene_close(&scene);
}
END_TEST

START_TEST(five_concurrent_callers_share_one_fetch)
{
    static const char *const names[] = {"A", "B", "C", "D", "E"};
    struct actor actors[5];
    struct gate gate;
    begin();
    gate_init(&gate);
    source.gate = &gate;
    for (int i = 0; i < 5; i++)
        actor_start(&actors[i], names[i], &scene, &query);
    scene_await(&scene, "-> join", 4);
    gate_open(&gate);
    for (int i = 0; i < 5; i++) {
        struct answer answer = actor_join(&actors[i]);
        ck_assert_int_eq(answer.status, T87S_OK);
        ck_assert_str_eq(answer.text, "value");
    }
    ck_assert_int_eq(atomic_load(&source.fetches), 1);
    ck_assert_uint_eq(scene_stats(&scene).joins, 4);
    scene_close(&scene);
}
END_TEST

START_TEST(different_keys_are_separate)
{
    begin();
    struct source other = {.text = "other value"};
    struct t87s_query second = query_of("post:p2", &other, &tag);
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&scene, &second), "other value", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FRESH, T87S_REASON_NONE);
    EXPECT_ANSWER(ask(&scene, &second), "other value", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&scene);
}
END_TEST

START_TEST(an_invalidation_triggers_a_refetch)
{
    begin();
    ask(&scene, &query);
    source.text = "new value";
    invalidate(&scene, "posts/=p1", 0);
    EXPECT_ANSWER(ask(&scene, &query), "new value", T87S_FETCHED, T87S_REASON_INVALIDATED);
    ck_assert_int_eq(atomic_load(&source.fetches), 2);
    scene_close(&scene);
}
END_TEST

START_TEST(without_a_ttl_of_its_own_a_query_has_the_default)
{
    begin();
    struct answer answer = ask(&scene, &query);
    ck_assert_int_eq(answer.entries.after.expires_ms, 30000);
    scene_close(&scene);

    scene_init(&scene);
    scene.options.default_ttl_ms = 5000;
    scene_open(&scene);
    ck_assert_int_eq(ask(&scene, &query).entries.after.expires_ms, 5000);
    query.ttl_ms = 7000;
    query.key = "another";
    ck_assert_int_eq(ask(&scene, &query).entries.after.expires_ms, 7000);
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(suite_of("query", a_miss_calls_the_fetch, a_hit_does_not_call_the_fetch,
                               five_concurrent_callers_share_one_fetch, different_keys_are_separate,
                               an_invalidation_triggers_a_refetch, without_a_ttl_of_its_own_a_query_has_the_default,
                               NULL),
                      NULL);
}
