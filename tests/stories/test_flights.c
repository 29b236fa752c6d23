/* SPDX-License-Identifier: MIT */
/* One fetch for many, and what becomes of the many when it is slow, hangs, dies, or waits for itself. */
#include "scene.h"
#include "suites.h"

#include <string.h>

static void open_scene(struct scene *scene) {
    scene_init(scene);
    scene_open(scene);
}

/* clang takes no null pointer constant for an atomic pointer to a function. */
static enum t87s_status (*const nothing_else)(void *);

START_TEST(two_callers_share_one_fetch)
{
    struct scene scene;
    struct gate gate;
    struct actor a, b;
    struct source source = {.text = "Ada", .gate = &gate};
    struct t87s_query query = query_of("user:7", &source, NULL);
    open_scene(&scene);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &query);
    gate_await(&gate, 1);
    actor_start(&b, "B", &scene, &query);
    scene_await(&scene, "-> join", 1);
    fake_clock_advance(&scene.clock, 40);
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&a), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    struct answer joined = actor_join(&b);
    EXPECT_ANSWER(joined, "Ada", T87S_JOINED, T87S_REASON_ABSENT);
    ck_assert(!joined.entries.before.present);
    ck_assert(joined.entries.after.present);
    ck_assert_int_eq(atomic_load(&source.fetches), 1);
    EXPECT_TRACE(&scene, "[   0] A query user:7: absent -> fetch\n"
                         "[   0] B query user:7: absent -> join\n"
                         "[  40] A query user:7: fetched, fresh until 30040\n");
    scene_close(&scene);
}
END_TEST

START_TEST(a_failure_reaches_those_who_joined_it_and_nobody_else)
{
    struct scene scene;
    struct gate gate;
    struct actor a, b;
    struct source bad = {.text = "", .status = T87S_E_USER + 1, .gate = &gate}, good = {.text = "Ada"};
    struct t87s_query first = query_of("user:7", &bad, NULL), second = query_of("user:7", &good, NULL);
    open_scene(&scene);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &first);
    gate_await(&gate, 1);
    actor_start(&b, "B", &scene, &second);
    scene_await(&scene, "-> join", 1);
    gate_open(&gate);
    ck_assert_int_eq(actor_join(&a).status, T87S_E_USER + 1);
    ck_assert_int_eq(actor_join(&b).status, T87S_E_USER + 1);
    EXPECT_ANSWER(ask(&scene, &second), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    scene_close(&scene);
}
END_TEST

START_TEST(a_slow_fetch_stops_no_other_key)
{
    struct scene scene;
    struct gate gate;
    struct actor a;
    struct source slow = {.text = "slow", .gate = &gate}, quick = {.text = "quick"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query hanging = query_of("slow", &slow, &tag);
    open_scene(&scene);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &hanging);
    gate_await(&gate, 1);
    for (int i = 0; i < 1000; i++) { /* more keys than there are shards of anything */
        char key[8] = {'k', (char)('a' + i % 26), (char)('a' + i / 26 % 26), (char)('a' + i / 676), 0};
        struct t87s_query query = query_of(key, &quick, &tag);
        EXPECT_ANSWER(ask(&scene, &query), "quick", T87S_FETCHED, T87S_REASON_ABSENT);
        EXPECT_ANSWER(ask(&scene, &query), "quick", T87S_FRESH, T87S_REASON_NONE);
    }
    set(&scene, "other", "value", NULL);
    ck_assert_int_eq(t87s_delete(scene.cache, "other", 5), T87S_OK);
    invalidate(&scene, "users/8", 0);
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&a), "slow", T87S_FETCHED, T87S_REASON_ABSENT);
    scene_close(&scene);
}
END_TEST

/* ---- fetches that query ---- */

struct nested {
    struct scene *scene;
    struct t87s_query query;
    struct answer answer;
};

static enum t87s_status ask_nested(void *arg) {
    struct nested *nested = arg;
    nested->answer = ask(nested->scene, &nested->query);
    return nested->answer.status;
}

START_TEST(a_fetch_may_query_other_keys)
{
    struct scene scene;
    open_scene(&scene);
    struct source deep = {.text = "deep"};
    struct nested third = {.scene = &scene, .query = query_of("third", &deep, NULL)};
    struct source middle = {.text = "middle", .inside = ask_nested, .inside_arg = &third};
    struct nested second = {.scene = &scene, .query = query_of("second", &middle, NULL)};
    struct source top = {.text = "top", .inside = ask_nested, .inside_arg = &second};
    struct t87s_query first = query_of("first", &top, NULL);
    EXPECT_ANSWER(ask(&scene, &first), "top", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_TRACE(&scene, "[   0] M query first: absent -> fetch\n"
                         "[   0] M query second: absent -> fetch\n"
                         "[   0] M query third: absent -> fetch\n"
                         "[   0] M query third: fetched, fresh until 30000\n"
                         "[   0] M query second: fetched, fresh until 30000\n"
                         "[   0] M query first: fetched, fresh until 30000\n");
    scene_close(&scene);
}
END_TEST

START_TEST(a_fetch_that_queries_its_own_key_is_refused)
{
    struct scene scene;
    open_scene(&scene);
    struct nested again = {.scene = &scene};
    struct source source = {.text = "value", .inside = ask_nested, .inside_arg = &again};
    struct t87s_query query = query_of("key", &source, NULL);
    again.query = query;
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_DEADLOCK); /* which the fetch handed on */
    ck_assert_int_eq(again.answer.status, T87S_E_DEADLOCK);
    ck_assert_uint_eq(scene_stats(&scene).deadlocks, 1);
    ck_assert_int_eq(atomic_load(&source.fetches), 1);
    source.inside = nothing_else;
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FETCHED, T87S_REASON_ABSENT);
    scene_close(&scene);
}
END_TEST

START_TEST(a_fetch_that_comes_back_to_its_own_key_by_another_is_refused)
{
    struct scene scene;
    open_scene(&scene);
    struct nested back = {.scene = &scene}, out = {.scene = &scene};
    struct source one = {.text = "one", .inside = ask_nested, .inside_arg = &out};
    struct source two = {.text = "two", .inside = ask_nested, .inside_arg = &back};
    back.query = query_of("one", &one, NULL);
    out.query = query_of("two", &two, NULL);
    ck_assert_int_eq(ask(&scene, &back.query).status, T87S_E_DEADLOCK);
    ck_assert_int_eq(back.answer.status, T87S_E_DEADLOCK);
    ck_assert_int_eq(atomic_load(&one.fetches), 1);
    ck_assert_int_eq(atomic_load(&two.fetches), 1);
    scene_close(&scene);
}
END_TEST

/* Its invalidation in between does not open a way round: a new flight of the key would be the same ring again. */
START_TEST(a_fetch_that_invalidates_itself_is_refused_its_own_key_all_the_same)
{
    struct scene scene;
    open_scene(&scene);
    struct t87s_tag tag = tag_of("users/7");
    struct nested again = {.scene = &scene};
    struct gate gate;
    struct source source = {.text = "value", .gate = &gate, .inside = ask_nested, .inside_arg = &again};
    struct t87s_query query = query_of("key", &source, &tag);
    struct actor a;
    again.query = query;
    gate_init(&gate);
    actor_start(&a, "A", &scene, &query);
    gate_await(&gate, 1);
    invalidate(&scene, "users/7", 0);
    gate_open(&gate);
    ck_assert_int_eq(actor_join(&a).status, T87S_E_DEADLOCK);
    ck_assert_int_eq(atomic_load(&source.fetches), 1);
    scene_close(&scene);
}
END_TEST

/* A fetches one and wants two; B fetches two and wants one. Whoever asks second is refused, and then both end. */
START_TEST(a_ring_over_two_threads_is_refused)
{
    struct scene scene;
    struct gate gate_a, gate_b;
    struct actor a, b;
    open_scene(&scene);
    gate_init(&gate_a);
    gate_init(&gate_b);
    struct nested a_wants = {.scene = &scene}, b_wants = {.scene = &scene};
    struct source one = {.text = "one", .gate = &gate_a, .inside = ask_nested, .inside_arg = &a_wants};
    struct source two = {.text = "two", .gate = &gate_b, .inside = ask_nested, .inside_arg = &b_wants};
    struct t87s_query query_one = query_of("one", &one, NULL), query_two = query_of("two", &two, NULL);
    a_wants.query = query_two;
    b_wants.query = query_one;
    actor_start(&a, "A", &scene, &query_one);
    gate_await(&gate_a, 1);
    actor_start(&b, "B", &scene, &query_two);
    gate_await(&gate_b, 1);
    gate_open(&gate_a);
    scene_await(&scene, "A query two: absent -> join", 1);
    gate_open(&gate_b);
    ck_assert_int_eq(actor_join(&b).status, T87S_E_DEADLOCK);
    ck_assert_int_eq(actor_join(&a).status, T87S_E_DEADLOCK); /* it joined B's fetch, and so its failure */
    ck_assert_int_eq(b_wants.answer.status, T87S_E_DEADLOCK);
    ck_assert_uint_eq(scene_stats(&scene).deadlocks, 1);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    scene_close(&scene);
}
END_TEST

/* ---- leaders that do not come back ---- */

START_TEST(a_fetch_that_never_ends_is_taken_over)
{
    struct scene scene;
    struct gate gate;
    struct actor a, b;
    struct source stuck = {.text = "late", .gate = &gate}, good = {.text = "Ada"};
    struct t87s_query first = query_of("user:7", &stuck, NULL), second = query_of("user:7", &good, NULL);
    open_scene(&scene);
    gate_init(&gate);
    first.timeout_ms = 1000;
    actor_start(&a, "A", &scene, &first);
    gate_await(&gate, 1);
    actor_start(&b, "B", &scene, &second);
    scene_await(&scene, "-> join", 1);
    fake_clock_advance(&scene.clock, 1000);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(scene_stats(&scene).takeovers, 1);
    EXPECT_ANSWER(ask(&scene, &second), "Ada", T87S_FRESH, T87S_REASON_NONE);
    EXPECT_TRACE(&scene, "[   0] A query user:7: absent -> fetch\n"
                         "[   0] B query user:7: absent -> join\n"
                         "[1000] B query user:7: absent -> fetch\n"
                         "[1000] B query user:7: fetched, fresh until 31000\n"
                         "[1000] M query user:7: fresh\n");
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&a), "late", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&scene, &second), "Ada", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&scene);
}
END_TEST

START_TEST(without_a_timeout_of_its_own_a_fetch_has_thirty_seconds)
{
    struct scene scene;
    struct gate gate;
    struct actor a;
    struct source stuck = {.text = "late", .gate = &gate}, good = {.text = "Ada"};
    struct t87s_query first = query_of("user:7", &stuck, NULL), second = query_of("user:7", &good, NULL);
    open_scene(&scene);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &first);
    gate_await(&gate, 1);
    fake_clock_advance(&scene.clock, 30000);
    EXPECT_ANSWER(ask(&scene, &second), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    gate_open(&gate);
    actor_join(&a);
    scene_close(&scene);
}
END_TEST

/* Three fetches hang beyond their time: a fourth caller is told instead of being hung as well. */
START_TEST(when_three_fetches_hang_the_next_caller_gets_a_timeout)
{
    struct scene scene;
    struct gate gate;
    struct actor actors[3];
    struct source stuck = {.text = "late", .gate = &gate};
    struct t87s_query query = query_of("user:7", &stuck, NULL);
    open_scene(&scene);
    gate_init(&gate);
    query.timeout_ms = 1000;
    for (int i = 0; i < 3; i++) {
        actor_start(&actors[i], "A", &scene, &query);
        gate_await(&gate, i + 1);
        fake_clock_advance(&scene.clock, 1000);
    }
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_TIMEOUT);
    ck_assert_uint_eq(scene_stats(&scene).timeouts, 1);
    gate_open(&gate);
    for (int i = 0; i < 3; i++)
        EXPECT_ANSWER(actor_join(&actors[i]), "late", T87S_FETCHED, T87S_REASON_ABSENT);
    scene_close(&scene);
}
END_TEST

static enum t87s_status exit_thread(void *arg) { pthread_exit(arg); }

START_TEST(a_leader_that_is_cancelled_leaves_its_followers_going)
{
    struct scene scene;
    struct gate gate;
    struct actor a, b, c;
    struct t87s_tag tag = tag_of("users/7");
    struct source hung = {.text = "late", .gate = &gate}, good = {.text = "Ada"};
    struct t87s_query first = query_of("user:7", &hung, &tag), second = query_of("user:7", &good, &tag);
    open_scene(&scene);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &first);
    gate_await(&gate, 1);
    actor_start(&b, "B", &scene, &second);
    scene_await(&scene, "-> join", 1);
    actor_start(&c, "C", &scene, &second);
    scene_await(&scene, "-> join", 2);
    ck_assert_int_eq(pthread_cancel(a.thread), 0);
    actor_join(&a);
    ck_assert_str_eq(actor_join(&b).text, "Ada");
    ck_assert_str_eq(actor_join(&c).text, "Ada");
    ck_assert_int_eq(atomic_load(&good.fetches), 1);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    ck_assert_int_eq(t87s_delete(scene.cache, "user:7", 6), T87S_OK);
    ck_assert_uint_eq(scene_stats(&scene).tag_nodes, 0); /* nothing of the dead flight is left */
    scene_close(&scene);
}
END_TEST

START_TEST(a_leader_whose_fetch_ends_its_thread_leaves_its_followers_going)
{
    struct scene scene;
    struct gate gate;
    struct actor a, b;
    struct t87s_tag tag = tag_of("users/7");
    struct source dying = {.text = "late", .gate = &gate, .inside = exit_thread}, good = {.text = "Ada"};
    struct t87s_query first = query_of("user:7", &dying, &tag), second = query_of("user:7", &good, &tag);
    open_scene(&scene);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &first);
    gate_await(&gate, 1);
    actor_start(&b, "B", &scene, &second);
    scene_await(&scene, "-> join", 1);
    gate_open(&gate);
    actor_join(&a);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_TRACE(&scene, "[   0] A query user:7: absent -> fetch\n"
                         "[   0] B query user:7: absent -> join\n"
                         "[   0] B query user:7: absent -> fetch\n"
                         "[   0] B query user:7: fetched, fresh until 30000\n");
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    scene_close(&scene);
}
END_TEST

START_TEST(a_follower_that_is_cancelled_takes_nobody_along)
{
    struct scene scene;
    struct gate gate;
    struct actor a, b, c;
    struct source source = {.text = "Ada", .gate = &gate};
    struct t87s_query query = query_of("user:7", &source, NULL);
    open_scene(&scene);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &query);
    gate_await(&gate, 1);
    actor_start(&b, "B", &scene, &query);
    scene_await(&scene, "-> join", 1);
    actor_start(&c, "C", &scene, &query);
    scene_await(&scene, "-> join", 2);
    ck_assert_int_eq(pthread_cancel(b.thread), 0);
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&a), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(actor_join(&c), "Ada", T87S_JOINED, T87S_REASON_ABSENT);
    actor_join(&b);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    scene_close(&scene);
}
END_TEST

static enum t87s_status end_the_thread(void *arg) {
    (void)arg;
    pthread_exit(NULL);
}

/* The only background thread is gone; its fetch counts as failed, and the next refresh has a thread of its own. */
START_TEST(a_refresh_whose_fetch_ends_its_thread_does_not_end_refreshing)
{
    struct scene scene;
    struct source user = {.text = "Ada"};
    struct t87s_query query = query_of("user:7", &user, NULL);
    query.ttl_ms = 100;
    query.grace_ms = 10000;
    scene_init(&scene);
    scene_open(&scene);
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 200);
    user.inside = end_the_thread;
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_STALE, T87S_REASON_EXPIRED);
    scene_settle(&scene);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    ck_assert_uint_eq(scene_stats(&scene).refresh_errors, 1);
    user.inside = nothing_else;
    user.text = "Bea";
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_STALE, T87S_REASON_EXPIRED); /* backed off */
    fake_clock_advance(&scene.clock, 1000);
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_STALE, T87S_REASON_EXPIRED);
    scene_settle(&scene);
    EXPECT_ANSWER(ask(&scene, &query), "Bea", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("one fetch for many", two_callers_share_one_fetch,
                 a_failure_reaches_those_who_joined_it_and_nobody_else, a_slow_fetch_stops_no_other_key, NULL),
        suite_of("fetches that query", a_fetch_may_query_other_keys, a_fetch_that_queries_its_own_key_is_refused,
                 a_fetch_that_comes_back_to_its_own_key_by_another_is_refused,
                 a_fetch_that_invalidates_itself_is_refused_its_own_key_all_the_same,
                 a_ring_over_two_threads_is_refused, NULL),
        suite_of("leaders that do not come back", a_fetch_that_never_ends_is_taken_over,
                 without_a_timeout_of_its_own_a_fetch_has_thirty_seconds,
                 when_three_fetches_hang_the_next_caller_gets_a_timeout,
                 a_leader_that_is_cancelled_leaves_its_followers_going,
                 a_leader_whose_fetch_ends_its_thread_leaves_its_followers_going,
                 a_refresh_whose_fetch_ends_its_thread_does_not_end_refreshing,
                 a_follower_that_is_cancelled_takes_nobody_along, NULL),
        NULL);
}
