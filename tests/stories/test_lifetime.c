/* SPDX-License-Identifier: MIT */
/* The end of a cache, and threads it cannot have. */
#include "fault_allocator.h"
#include "scene.h"
#include "suites.h"
#include "thread.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- close ---- */

struct closer {
    pthread_t thread;
    struct scene *scene;
    atomic_bool closed;
};

static void *close_cache(void *arg) {
    struct closer *closer = arg;
    t87s_close(closer->scene->cache);
    atomic_store(&closer->closed, true);
    return NULL;
}

/* Returns once the cache lets nobody in any more. */
static void begin_close(struct closer *closer, struct scene *scene) {
    static struct source source = {.text = "value"};
    struct t87s_query query = query_of("may I?", &source, NULL);
    query.ttl_ms = T87S_NONE;
    closer->scene = scene;
    atomic_init(&closer->closed, false);
    ck_assert_int_eq(pthread_create(&closer->thread, NULL, close_cache, closer), 0);
    enum t87s_status status;
    while ((status = ask(scene, &query).status) != T87S_E_CLOSED)
        ck_assert_int_eq(status, T87S_OK);
}

static void end_close(struct closer *closer) {
    ck_assert_int_eq(pthread_join(closer->thread, NULL), 0);
    closer->scene->cache = NULL;
}

START_TEST(close_waits_for_a_fetch_under_way_and_lets_no_other_in)
{
    struct scene scene;
    struct gate gate;
    struct actor a;
    struct closer closer;
    struct source slow = {.text = "value", .gate = &gate};
    struct t87s_query query = query_of("key", &slow, NULL);
    scene_init(&scene);
    scene_open(&scene);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &query);
    gate_await(&gate, 1);
    begin_close(&closer, &scene);
    ck_assert(!atomic_load(&closer.closed));
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&a), "value", T87S_FETCHED, T87S_REASON_ABSENT);
    end_close(&closer);
    scene_close(&scene);
}
END_TEST

struct nested {
    struct scene *scene;
    struct t87s_query query;
};

static enum t87s_status ask_nested(void *arg) {
    struct nested *nested = arg;
    return ask(nested->scene, &nested->query).status;
}

START_TEST(a_fetch_under_way_may_still_query_while_the_cache_closes)
{
    struct scene scene;
    struct gate gate;
    struct actor a;
    struct closer closer;
    struct source inner = {.text = "inner"};
    struct nested nested = {.scene = &scene, .query = query_of("inner", &inner, NULL)};
    struct source outer = {.text = "outer", .gate = &gate, .inside = ask_nested, .inside_arg = &nested};
    struct t87s_query query = query_of("outer", &outer, NULL);
    scene_init(&scene);
    scene_open(&scene);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &query);
    gate_await(&gate, 1);
    begin_close(&closer, &scene);
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&a), "outer", T87S_FETCHED, T87S_REASON_ABSENT);
    end_close(&closer);
    scene_close(&scene);
}
END_TEST

START_TEST(close_waits_for_a_refresh_under_way)
{
    struct scene scene;
    struct gate gate;
    struct closer closer;
    struct source source = {.text = "old"};
    struct t87s_query query = query_of("key", &source, NULL);
    scene_init(&scene);
    scene_open(&scene);
    gate_init(&gate);
    query.grace_ms = 60000;
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 30000);
    source.gate = &gate;
    EXPECT_ANSWER(ask(&scene, &query), "old", T87S_STALE, T87S_REASON_EXPIRED);
    gate_await(&gate, 1);
    begin_close(&closer, &scene);
    ck_assert(!atomic_load(&closer.closed));
    gate_open(&gate);
    end_close(&closer);
    ck_assert_uint_eq(trace_count(&scene.trace, "refresh key: unchanged, fresh until 60000"), 1);
    scene_close(&scene);
}
END_TEST

START_TEST(a_pinned_value_outlives_everything)
{
    struct scene scene;
    struct fault_allocator memory;
    struct source source = {.text = "value"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("key", &source, &tag);
    struct t87s_value first, second;
    fault_allocator_init(&memory, FAULT_NEVER, false);
    scene_init(&scene);
    scene.options.allocator = &memory.allocator;
    scene_open(&scene);
    ck_assert_int_eq(t87s_query(scene.cache, &query, &first, NULL), T87S_OK);
    ck_assert_int_eq(t87s_get(scene.cache, "key", 3, &second), T87S_OK);
    ck_assert_ptr_eq(first.data, second.data); /* no copies */
    invalidate(&scene, "users/7", 0);
    ck_assert_int_eq(t87s_delete(scene.cache, "key", 3), T87S_OK);
    ck_assert_uint_gt(scene_stats(&scene).bytes_pinned, 0);
    ck_assert_uint_eq(scene_stats(&scene).tag_nodes, 0); /* it keeps its bytes, not its tags */
    scene_close(&scene);
    ck_assert_str_eq(first.data, "value"); /* followed by a NUL */
    ck_assert_uint_eq(first.size, 5);
    t87s_value_release(&first);
    t87s_value_release(&first);
    ck_assert_ptr_null(first.data);
    ck_assert_int_gt(atomic_load(&memory.live_blocks), 0);
    ck_assert_str_eq(second.data, "value");
    t87s_value_release(&second);
    ck_assert_int_eq(atomic_load(&memory.live_blocks), 0);
}
END_TEST

START_TEST(a_cache_gives_all_its_memory_back)
{
    struct scene scene;
    struct fault_allocator memory;
    struct source source = {.text = "value"};
    fault_allocator_init(&memory, FAULT_NEVER, false);
    scene_init(&scene);
    scene.options.allocator = &memory.allocator;
    scene.options.capacity_bytes = 300 * 1024;
    scene_open(&scene);
    for (int i = 0; i < 2000; i++) {
        char key[16], path[32];
        snprintf(key, sizeof key, "key:%d", i);
        snprintf(path, sizeof path, "users/%d/posts/%d", i % 7, i);
        struct t87s_tag tag = tag_of(path);
        struct t87s_query query = query_of(key, &source, &tag);
        ask(&scene, &query);
        ck_assert_uint_le((uint64_t)atomic_load(&memory.live_bytes), 300 * 1024);
    }
    scene_close(&scene);
    ck_assert_int_eq(atomic_load(&memory.live_blocks), 0);
    ck_assert_int_eq(atomic_load(&memory.live_bytes), 0);
}
END_TEST

START_TEST(nothing_may_be_closed)
{
    t87s_close(NULL);
    struct t87s_value value = {0};
    t87s_value_release(&value);
    t87s_value_release(NULL);
}
END_TEST

/* ---- threads ---- */

static int no_thread(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *arg) {
    (void)thread, (void)attributes, (void)start, (void)arg;
    return EAGAIN;
}

START_TEST(without_a_thread_to_refresh_on_the_query_answers_from_its_fetch)
{
    struct scene scene;
    struct source source = {.text = "old"};
    struct t87s_query query = query_of("key", &source, NULL);
    t87s__thread_spawn = no_thread;
    scene_init(&scene);
    scene_open(&scene);
    query.grace_ms = 60000;
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 30000);
    source.text = "new";
    EXPECT_ANSWER(ask(&scene, &query), "new", T87S_FETCHED, T87S_REASON_EXPIRED);
    EXPECT_ANSWER(ask(&scene, &query), "new", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_uint_eq(scene_stats(&scene).thread_failures, 1);
    ck_assert_uint_eq(scene_stats(&scene).refreshes_inline, 1);
    EXPECT_TRACE(&scene, "[   0] M query key: absent -> fetch\n"
                         "[   0] M query key: fetched, fresh until 30000\n"
                         "[30000] M query key: expired -> fetch\n"
                         "[30000] M query key: fetched, fresh until 60000\n"
                         "[30000] M query key: fresh\n");
    scene_close(&scene);
}
END_TEST

START_TEST(without_a_thread_and_with_a_dead_source_the_old_answer_stands_in)
{
    struct scene scene;
    struct source source = {.text = "old"};
    struct t87s_query query = query_of("key", &source, NULL);
    t87s__thread_spawn = no_thread;
    scene_init(&scene);
    scene_open(&scene);
    query.grace_ms = 60000;
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 30000);
    atomic_store(&source.status, T87S_E_FETCH);
    for (int i = 0; i < 10; i++)
        EXPECT_ANSWER(ask(&scene, &query), "old", T87S_STALE, T87S_REASON_EXPIRED);
    ck_assert_int_eq(atomic_load(&source.fetches), 2); /* and then it backed off */
    scene_close(&scene);
}
END_TEST

START_TEST(a_cache_without_grace_starts_no_thread)
{
    struct scene scene;
    struct source source = {.text = "value"};
    struct t87s_query query = query_of("key", &source, NULL);
    t87s__thread_spawn = no_thread;
    scene_init(&scene);
    scene_open(&scene);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(ask(&scene, &query).status, T87S_OK);
        fake_clock_advance(&scene.clock, 30000);
    }
    ck_assert_uint_eq(scene_stats(&scene).thread_failures, 0);
    scene_close(&scene);
}
END_TEST

/* One thread hangs in a refresh, the queue behind it fills up. */
START_TEST(a_full_queue_drops_refreshes_until_the_grace_runs_out)
{
    enum { KEYS = 1100, QUEUE = 1024 };
    struct scene scene;
    struct gate gate;
    struct source source = {.text = "value"};
    char key[16];
    scene_init(&scene);
    scene_open(&scene);
    gate_init(&gate);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < KEYS; i++) {
            snprintf(key, sizeof key, "key:%d", i);
            struct t87s_query query = query_of(key, &source, NULL);
            query.grace_ms = 10000;
            ck_assert_int_eq(ask(&scene, &query).status, T87S_OK);
            if (round == 1 && i == 0)
                gate_await(&gate, 1); /* the thread has taken its first; from now on they queue */
        }
        if (round == 0) {
            fake_clock_advance(&scene.clock, 31000);
            source.gate = &gate;
        }
    }
    ck_assert_uint_eq(scene_stats(&scene).stale_serves, KEYS);
    ck_assert_uint_eq(scene_stats(&scene).refreshes_dropped, KEYS - 1 - QUEUE);

    struct source quick = {.text = "inline"}; /* in the last tenth of the grace the reader does it himself */
    struct t87s_query last = query_of(key, &quick, NULL);
    last.grace_ms = 10000;
    fake_clock_advance(&scene.clock, 8000);
    EXPECT_ANSWER(ask(&scene, &last), "inline", T87S_FETCHED, T87S_REASON_EXPIRED);
    ck_assert_uint_eq(scene_stats(&scene).refreshes_inline, 1);
    gate_open(&gate);
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("the end of a cache", close_waits_for_a_fetch_under_way_and_lets_no_other_in,
                 a_fetch_under_way_may_still_query_while_the_cache_closes, close_waits_for_a_refresh_under_way,
                 a_pinned_value_outlives_everything, a_cache_gives_all_its_memory_back, nothing_may_be_closed, NULL),
        suite_of("threads", without_a_thread_to_refresh_on_the_query_answers_from_its_fetch,
                 without_a_thread_and_with_a_dead_source_the_old_answer_stands_in,
                 a_cache_without_grace_starts_no_thread, a_full_queue_drops_refreshes_until_the_grace_runs_out, NULL),
        NULL);
}
