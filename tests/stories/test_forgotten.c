/* SPDX-License-Identifier: MIT */
/* What the cache forgets about tags and entries may cost a fetch; it never brings an old answer back, and its memory
 * comes back. */
#include "scene.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static struct source source = {.text = "value"};

static void open_scene(struct scene *scene) {
    scene_init(scene);
    scene_open(scene);
}

START_TEST(a_set_with_a_token_from_before_an_invalidation_is_not_kept)
{
    struct scene scene;
    struct t87s_tag tag = tag_of("users/7");
    open_scene(&scene);
    struct t87s_set_options options = {.tags = &tag, .n_tags = 1, .token = t87s_token(scene.cache)};
    invalidate(&scene, "users/7", 0); /* a tag that nobody has carried yet */
    set(&scene, "user:7", "read before", &options);
    ck_assert_int_eq(get(&scene, "user:7").status, T87S_MISS);
    options.token = t87s_token(scene.cache);
    set(&scene, "user:7", "read after", &options);
    EXPECT_ANSWER(get(&scene, "user:7"), "read after", 0, 0);
    EXPECT_TRACE(&scene, "[   0] M invalidate users/7: nobody carries it\n"
                         "[   0] M set user:7: not kept, out of date\n"
                         "[   0] M set user:7: kept\n");
    scene_close(&scene);
}
END_TEST

START_TEST(an_invalidation_above_a_tag_nobody_carries_reaches_an_old_token)
{
    static const char *const ancestors[] = {"users", "users/7", "users/7/posts"};
    for (size_t i = 0; i < 3; i++) {
        for (int known = 0; known < 2; known++) {
            struct scene scene;
            struct t87s_tag tag = tag_of("users/7/posts"), other = tag_of("users/8");
            open_scene(&scene);
            if (known) { /* then `users` has a node, and what is below it has none */
                struct t87s_query query = query_of("user:8", &source, &other);
                ask(&scene, &query);
            }
            struct t87s_set_options options = {.tags = &tag, .n_tags = 1, .token = t87s_token(scene.cache)};
            invalidate(&scene, ancestors[i], 0);
            set(&scene, "posts", "read before", &options);
            ck_assert_int_eq(get(&scene, "posts").status, T87S_MISS);
            scene_close(&scene);
        }
    }
}
END_TEST

/* The entry carried the tag, the tag was invalidated, the entry went and its node with it. */
START_TEST(what_a_forgotten_tag_knew_still_holds_against_an_old_token)
{
    static const unsigned flags[] = {0, T87S_EXACT, T87S_SOFT, T87S_SOFT | T87S_EXACT};
    for (size_t i = 0; i < 4; i++) {
        struct scene scene;
        struct t87s_tag tag = tag_of("users/7");
        struct t87s_query query = query_of("user:7", &source, &tag);
        open_scene(&scene);
        ask(&scene, &query);
        struct t87s_set_options options = {.tags = &tag, .n_tags = 1, .token = t87s_token(scene.cache)};
        invalidate(&scene, "users/7", flags[i]);
        ck_assert_int_eq(t87s_delete(scene.cache, "user:7", 6), T87S_OK);
        ck_assert_uint_eq(scene_stats(&scene).tag_nodes, 0);
        set(&scene, "another key", "read before", &options);
        ck_assert_int_eq(get(&scene, "another key").status, T87S_MISS);
        scene_close(&scene);
    }
}
END_TEST

START_TEST(a_token_older_than_another_set_or_a_delete_is_out_of_date)
{
    struct scene scene;
    open_scene(&scene);
    struct t87s_set_options old = {.token = t87s_token(scene.cache)};
    set(&scene, "user:7", "newer", NULL);
    set(&scene, "user:7", "older", &old);
    EXPECT_ANSWER(get(&scene, "user:7"), "newer", 0, 0);
    old.token = t87s_token(scene.cache);
    ck_assert_int_eq(t87s_delete(scene.cache, "user:7", 6), T87S_OK);
    set(&scene, "user:7", "older", &old);
    ck_assert_int_eq(get(&scene, "user:7").status, T87S_MISS);
    old.token = t87s_token(scene.cache);
    ck_assert_int_eq(t87s_clear(scene.cache), T87S_OK);
    set(&scene, "user:7", "older", &old);
    ck_assert_int_eq(get(&scene, "user:7").status, T87S_MISS);
    scene_close(&scene);
}
END_TEST

START_TEST(a_token_younger_than_all_of_it_is_kept)
{
    struct scene scene;
    struct t87s_tag tag = tag_of("users/7");
    open_scene(&scene);
    invalidate(&scene, "users/7", 0);
    ck_assert_int_eq(t87s_delete(scene.cache, "user:7", 6), T87S_OK);
    ck_assert_int_eq(t87s_clear(scene.cache), T87S_OK);
    struct t87s_set_options options = {.tags = &tag, .n_tags = 1, .token = t87s_token(scene.cache)};
    set(&scene, "user:7", "value", &options);
    EXPECT_ANSWER(get(&scene, "user:7"), "value", 0, 0);
    scene_close(&scene);
}
END_TEST

/* A capacity that holds a few hundred entries, and thousands of ids with a tag of their own each. */
START_TEST(endless_ids_stay_within_the_capacity_and_are_never_answered_late)
{
    struct scene scene;
    scene_init(&scene);
    scene.options.tracer = NULL;
    scene.options.capacity_bytes = 512 * 1024;
    scene_open(&scene);
    for (int id = 0; id < 20000; id++) {
        char key[32], path[32];
        snprintf(key, sizeof key, "user:%d", id);
        snprintf(path, sizeof path, "users/%d/posts/%d", id, id);
        struct t87s_tag tag = tag_of(path);
        struct t87s_query query = query_of(key, &source, &tag);
        ck_assert_int_eq(ask(&scene, &query).status, T87S_OK);
        invalidate(&scene, path, 0);
        ck_assert_int_eq(get(&scene, key).status, T87S_MISS);
        struct t87s_stats stats = scene_stats(&scene);
        ck_assert_uint_le(stats.bytes_used, stats.capacity_bytes);
    }
    struct t87s_stats stats = scene_stats(&scene);
    ck_assert_uint_gt(stats.evictions, 0);
    ck_assert_uint_le(stats.tag_nodes, 1 + 3 * stats.entries);
    scene_close(&scene);
}
END_TEST

START_TEST(invalidating_what_nobody_carries_takes_no_memory)
{
    struct scene scene;
    scene_init(&scene);
    scene.options.tracer = NULL;
    scene_open(&scene);
    uint64_t before = scene_stats(&scene).bytes_used;
    for (int id = 0; id < 10000; id++) {
        char path[32];
        snprintf(path, sizeof path, "users/%d", id);
        invalidate(&scene, path, 0);
    }
    ck_assert_uint_eq(scene_stats(&scene).bytes_used, before);
    ck_assert_uint_eq(scene_stats(&scene).tag_nodes, 0);
    ck_assert_uint_eq(scene_stats(&scene).invalidations_unknown, 10000);
    scene_close(&scene);
}
END_TEST

START_TEST(tag_nodes_go_with_their_last_entry)
{
    struct scene scene;
    struct t87s_tag one = tag_of("users/7/posts/1"), two = tag_of("users/7/posts/2");
    open_scene(&scene);
    struct t87s_query first = query_of("1", &source, &one), second = query_of("2", &source, &two);
    ask(&scene, &first);
    ck_assert_uint_eq(scene_stats(&scene).tag_nodes, 4);
    ask(&scene, &second);
    ck_assert_uint_eq(scene_stats(&scene).tag_nodes, 5);
    ck_assert_int_eq(t87s_delete(scene.cache, "1", 1), T87S_OK);
    ck_assert_uint_eq(scene_stats(&scene).tag_nodes, 4);
    ck_assert_int_eq(t87s_delete(scene.cache, "2", 1), T87S_OK);
    ck_assert_uint_eq(scene_stats(&scene).tag_nodes, 0);
    scene_close(&scene);
}
END_TEST

START_TEST(expired_entries_leave_with_the_traffic)
{
    struct scene scene;
    scene_init(&scene);
    scene.options.tracer = NULL;
    scene_open(&scene);
    struct t87s_set_options options = {.ttl_ms = 1000};
    char key[32];
    for (int i = 0; i < 500; i++) {
        snprintf(key, sizeof key, "short:%d", i);
        set(&scene, key, "value", &options);
    }
    uint64_t full = scene_stats(&scene).bytes_entries;
    ck_assert_uint_eq(scene_stats(&scene).entries, 500);
    fake_clock_advance(&scene.clock, 60000);
    options.ttl_ms = 3600000;
    for (int i = 0; i < 200; i++) { /* far below the capacity: only the sweep takes them */
        snprintf(key, sizeof key, "long:%d", i);
        set(&scene, key, "value", &options);
    }
    struct t87s_stats stats = scene_stats(&scene);
    ck_assert_uint_eq(stats.entries, 200);
    ck_assert_uint_eq(stats.expirations, 500);
    ck_assert_uint_eq(stats.evictions, 0);
    ck_assert_uint_lt(stats.bytes_entries, full);
    scene_close(&scene);
}
END_TEST

START_TEST(an_evicted_entry_is_a_miss_that_says_so)
{
    struct scene scene;
    scene_init(&scene);
    scene.options.tracer = NULL;
    scene.options.capacity_bytes = 256 * 1024;
    scene_open(&scene);
    char key[32];
    static const char value[1000];
    struct t87s_set_options options = {.ttl_ms = 3600000};
    for (int i = 0; i < 300; i++) {
        snprintf(key, sizeof key, "key:%d", i);
        ck_assert_int_eq(t87s_set(scene.cache, key, strlen(key), value, sizeof value, &options), T87S_OK);
    }
    ck_assert_uint_gt(scene_stats(&scene).evictions, 100);
    ck_assert_int_eq(get(&scene, "key:0").status, T87S_MISS);
    struct t87s_query query = query_of("key:150", &source, NULL);
    int evicted = 0;
    for (int i = 0; i < 300; i++) {
        snprintf(key, sizeof key, "key:%d", i);
        query.key = key;
        query.key_len = strlen(key);
        struct t87s_entries entries;
        struct t87s_value out;
        ck_assert_int_eq(t87s_query(scene.cache, &query, &out, &entries), T87S_OK);
        t87s_value_release(&out);
        evicted += entries.before.reason == T87S_REASON_EVICTED;
    }
    ck_assert_int_gt(evicted, 0);
    scene_close(&scene);
}
END_TEST

START_TEST(an_entry_too_large_for_the_capacity_is_answered_and_not_kept)
{
    struct scene scene;
    scene_init(&scene);
    scene.options.capacity_bytes = 256 * 1024;
    scene_open(&scene);
    static char large[128 * 1024];
    ck_assert_int_eq(t87s_set(scene.cache, "large", 5, large, sizeof large, NULL), T87S_OK);
    ck_assert_int_eq(get(&scene, "large").status, T87S_MISS);
    ck_assert_uint_eq(scene_stats(&scene).not_kept_too_large, 1);
    EXPECT_TRACE(&scene, "[   0] M set large: not kept, too large\n");
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(suite_of("what is forgotten about a tag does not revive an answer",
                               a_set_with_a_token_from_before_an_invalidation_is_not_kept,
                               an_invalidation_above_a_tag_nobody_carries_reaches_an_old_token,
                               what_a_forgotten_tag_knew_still_holds_against_an_old_token,
                               a_token_older_than_another_set_or_a_delete_is_out_of_date,
                               a_token_younger_than_all_of_it_is_kept, NULL),
                      suite_of("memory comes back", endless_ids_stay_within_the_capacity_and_are_never_answered_late,
                               invalidating_what_nobody_carries_takes_no_memory, tag_nodes_go_with_their_last_entry,
                               expired_entries_leave_with_the_traffic, an_evicted_entry_is_a_miss_that_says_so,
                               an_entry_too_large_for_the_capacity_is_answered_and_not_kept, NULL),
                      NULL);
}
