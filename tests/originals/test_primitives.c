/* SPDX-License-Identifier: MIT */
/* get, set, delete, clear, open and close, and the primitives without any schema. */
#include "scene.h"
#include "suites.h"

START_TEST(a_get_of_a_missing_key_is_a_miss)
{
    struct scene scene;
    scene_init(&scene);
    scene_open(&scene);
    ck_assert_int_eq(get(&scene, "missing").status, T87S_MISS);
    scene_close(&scene);
}
END_TEST

START_TEST(what_was_set_can_be_got)
{
    struct scene scene;
    struct t87s_tag tag = tag_of("posts/1");
    struct t87s_set_options options = {.tags = &tag, .n_tags = 1, .ttl_ms = 60000};
    scene_init(&scene);
    scene_open(&scene);
    set(&scene, "key", "value", &options);
    EXPECT_ANSWER(get(&scene, "key"), "value", 0, 0);
    set(&scene, "key", "another", &options);
    EXPECT_ANSWER(get(&scene, "key"), "another", 0, 0);
    fake_clock_advance(&scene.clock, 60000);
    ck_assert_int_eq(get(&scene, "key").status, T87S_MISS);
    scene_close(&scene);
}
END_TEST

START_TEST(a_delete_removes_a_key)
{
    struct scene scene;
    scene_init(&scene);
    scene_open(&scene);
    set(&scene, "one", "1", NULL);
    set(&scene, "two", "2", NULL);
    ck_assert_int_eq(t87s_delete(scene.cache, "one", 3), T87S_OK);
    ck_assert_int_eq(get(&scene, "one").status, T87S_MISS);
    EXPECT_ANSWER(get(&scene, "two"), "2", 0, 0);
    ck_assert_int_eq(t87s_delete(scene.cache, "never there", 11), T87S_OK);
    scene_close(&scene);
}
END_TEST

START_TEST(a_clear_removes_everything)
{
    struct scene scene;
    struct source source = {.text = "fetched"};
    struct t87s_tag tag = tag_of("posts/1");
    struct t87s_query query = query_of("three", &source, &tag);
    scene_init(&scene);
    scene_open(&scene);
    set(&scene, "one", "1", NULL);
    set(&scene, "two", "2", NULL);
    ask(&scene, &query);
    ck_assert_int_eq(t87s_clear(scene.cache), T87S_OK);
    ck_assert_int_eq(get(&scene, "one").status, T87S_MISS);
    ck_assert_int_eq(get(&scene, "two").status, T87S_MISS);
    ck_assert_int_eq(get(&scene, "three").status, T87S_MISS);
    ck_assert_uint_eq(scene_stats(&scene).entries, 0);
    ck_assert_uint_eq(scene_stats(&scene).tag_nodes, 0);
    scene_close(&scene);
}
END_TEST

START_TEST(a_cache_is_opened_used_and_closed)
{
    struct t87s_cache *cache;
    struct t87s_value value;
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(t87s_open(NULL, &cache), T87S_OK);
        ck_assert_int_eq(t87s_get(cache, "key", 3, &value), T87S_MISS); /* nothing is left of the one before */
        ck_assert_int_eq(t87s_set(cache, "key", 3, "value", 5, NULL), T87S_OK);
        ck_assert_int_eq(t87s_get(cache, "key", 3, &value), T87S_OK);
        ck_assert_mem_eq(value.data, "value", 6);
        t87s_value_release(&value);
        t87s_close(cache);
    }
}
END_TEST

START_TEST(a_custom_prefix_keeps_two_caches_apart)
{
    struct scene one, two;
    scene_init(&one);
    scene_init(&two);
    one.options.prefix = "app-one";
    two.options.prefix = "app-two";
    scene_open(&one);
    scene_open(&two);
    set(&one, "key", "one's", NULL);
    ck_assert_int_eq(get(&two, "key").status, T87S_MISS);
    set(&two, "key", "two's", NULL);
    EXPECT_ANSWER(get(&one, "key"), "one's", 0, 0);
    ck_assert_int_eq(t87s_clear(one.cache), T87S_OK);
    EXPECT_ANSWER(get(&two, "key"), "two's", 0, 0);
    scene_close(&one);
    scene_close(&two);
}
END_TEST

START_TEST(the_primitives_need_no_schema)
{
    struct scene scene;
    struct source source = {.text = "first"};
    struct t87s_tag tag = tag_of("anything/7/at/=all");
    struct t87s_query query = query_of("hand made", &source, &tag);
    scene_init(&scene);
    scene_open(&scene);
    EXPECT_ANSWER(ask(&scene, &query), "first", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&scene, &query), "first", T87S_FRESH, T87S_REASON_NONE);
    source.text = "second";
    ck_assert_int_eq(t87s_invalidate(scene.cache, &tag, 1, 0), T87S_OK);
    EXPECT_ANSWER(ask(&scene, &query), "second", T87S_FETCHED, T87S_REASON_INVALIDATED);
    scene_close(&scene);
}
END_TEST

START_TEST(arguments_that_break_a_rule_are_refused)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_tag none = {.size = 0}, tag = tag_of("a");
    struct t87s_value value;
    static char long_key[T87S_MAX_KEY + 1];
    scene_init(&scene);
    scene_open(&scene);
    ck_assert_int_eq(t87s_get(scene.cache, "", 0, &value), T87S_E_INVALID);
    ck_assert_int_eq(t87s_get(scene.cache, long_key, sizeof long_key, &value), T87S_E_INVALID);
    ck_assert_int_eq(t87s_get(scene.cache, long_key, T87S_MAX_KEY, &value), T87S_MISS);
    ck_assert_int_eq(t87s_delete(scene.cache, NULL, 1), T87S_E_INVALID);
    ck_assert_int_eq(t87s_invalidate(scene.cache, &none, 1, 0), T87S_E_INVALID);
    ck_assert_int_eq(t87s_invalidate(scene.cache, &tag, 1, 4), T87S_E_INVALID);
    ck_assert_int_eq(t87s_invalidate(scene.cache, NULL, 0, 0), T87S_OK);

    struct t87s_query query = query_of("key", &source, &none), good = query_of("key", &source, &tag);
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_INVALID);
    query = good;
    query.n_tags = T87S_MAX_TAGS + 1;
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_INVALID);
    query = good;
    query.ttl_ms = -5;
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_INVALID);
    query = good;
    query.fetch = NULL;
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_INVALID);
    ck_assert_int_eq(atomic_load(&source.fetches), 0);
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(suite_of("primitives", a_get_of_a_missing_key_is_a_miss, what_was_set_can_be_got,
                               a_delete_removes_a_key, a_clear_removes_everything, a_cache_is_opened_used_and_closed,
                               a_custom_prefix_keeps_two_caches_apart, the_primitives_need_no_schema,
                               arguments_that_break_a_rule_are_refused, NULL),
                      NULL);
}
