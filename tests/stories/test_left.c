/* SPDX-License-Identifier: MIT */
/* A fetch that jumps over the library's frames: what it held is given back, and nobody waits for it for ever. */
#include "fault_allocator.h"
#include "scene.h"
#include "suites.h"

#include <setjmp.h>
#include <string.h>

static struct fault_allocator memory;

static void open_scene(struct scene *scene) {
    scene_init(scene);
    fault_allocator_init(&memory, FAULT_NEVER, false);
    scene->options.allocator = &memory.allocator;
    scene_open(scene);
}

static void close_scene(struct scene *scene) {
    scene_close(scene);
    ck_assert_int_eq(atomic_load(&memory.live_blocks), 0);
}

/* A fetch that has written half of its answer when it jumps. */
struct leap {
    jmp_buf back;
    struct gate *gate; /* NULL: does not stop before it jumps */
};

static enum t87s_status write_and_jump(void *arg, struct t87s_buffer *out) {
    struct leap *leap = arg;
    char half[1000];
    memset(half, 'x', sizeof half);
    ck_assert_int_eq(t87s_buffer_append(out, half, sizeof half), T87S_OK);
    if (leap->gate)
        gate_pass(leap->gate);
    longjmp(leap->back, 1);
}

static struct t87s_query jumping(const char *key, struct leap *leap, const struct t87s_tag *tag) {
    struct t87s_query query = query_of(key, NULL, tag);
    query.fetch = write_and_jump;
    query.fetch_arg = leap;
    return query;
}

/* Asks, and comes back by a jump. */
static void jump_out(struct scene *scene, const char *key, const struct t87s_tag *tag, struct gate *gate) {
    struct leap leap = {.gate = gate};
    struct t87s_query query = jumping(key, &leap, tag);
    if (!setjmp(leap.back)) {
        ask(scene, &query);
        ck_abort_msg("the fetch came back");
    }
}

START_TEST(the_thread_that_jumped_may_ask_again)
{
    struct scene scene;
    struct t87s_tag tag = tag_of("users/7");
    struct source good = {.text = "Ada"};
    struct t87s_query query = query_of("user:7", &good, &tag);
    open_scene(&scene);
    for (int i = 0; i < 5; i++)
        jump_out(&scene, "user:7", &tag, NULL);
    ck_assert_uint_eq(scene_stats(&scene).flights, 1); /* the last; the next call of the thread notices */
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_int_eq(t87s_delete(scene.cache, "user:7", 6), T87S_OK);
    struct t87s_stats stats = scene_stats(&scene);
    ck_assert_uint_eq(stats.deadlocks, 0);
    ck_assert_uint_eq(stats.flights, 0);
    ck_assert_uint_eq(stats.bytes_flights, 0);
    ck_assert_uint_eq(stats.tag_nodes, 0);
    ck_assert_uint_eq(stats.bytes_other, scene.idle_bytes);
    close_scene(&scene);
}
END_TEST

START_TEST(the_entry_that_was_too_old_is_not_held_any_longer)
{
    struct scene scene;
    struct source good = {.text = "Ada"};
    struct t87s_query query = query_of("user:7", &good, NULL);
    open_scene(&scene);
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 30000);
    jump_out(&scene, "user:7", NULL, NULL);
    ck_assert_int_eq(t87s_delete(scene.cache, "user:7", 6), T87S_OK);
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_int_eq(t87s_delete(scene.cache, "user:7", 6), T87S_OK);
    ck_assert_uint_eq(scene_stats(&scene).bytes_entries, 0);
    ck_assert_uint_eq(scene_stats(&scene).bytes_pinned, 0);
    close_scene(&scene);
}
END_TEST

/* ---- those who wait ---- */

struct jumper {
    pthread_t thread;
    struct scene *scene;
    struct gate *before, *after; /* stops before the jump, and when it has landed (NULL: ends at once) */
    const struct t87s_query *next;
    struct answer answer; /* of the next query; NULL: there is none */
};

static void *jump_and_go_on(void *arg) {
    struct jumper *jumper = arg;
    trace_name_thread("A");
    jump_out(jumper->scene, "user:7", NULL, jumper->before);
    if (jumper->after)
        gate_pass(jumper->after);
    if (jumper->next)
        jumper->answer = ask(jumper->scene, jumper->next);
    return NULL;
}

static void start(struct jumper *jumper) {
    ck_assert_int_eq(pthread_create(&jumper->thread, NULL, jump_and_go_on, jumper), 0);
    gate_await(jumper->before, 1);
}

START_TEST(who_waits_asks_again_when_the_leader_calls_in_the_next_time)
{
    struct scene scene;
    struct gate before, after;
    struct actor b;
    struct source good = {.text = "Ada"}, other = {.text = "other"};
    struct t87s_query query = query_of("user:7", &good, NULL), next = query_of("other", &other, NULL);
    struct jumper jumper = {.scene = &scene, .before = &before, .after = &after, .next = &next};
    open_scene(&scene);
    gate_init(&before);
    gate_init(&after);
    start(&jumper);
    actor_start(&b, "B", &scene, &query);
    scene_await(&scene, "-> join", 1);
    gate_open(&before);
    gate_await(&after, 1); /* nobody can know yet */
    ck_assert_uint_eq(scene_stats(&scene).flights, 1);
    gate_open(&after);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_int_eq(pthread_join(jumper.thread, NULL), 0);
    EXPECT_ANSWER(jumper.answer, "other", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(scene_stats(&scene).takeovers, 0);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    close_scene(&scene);
}
END_TEST

START_TEST(who_waits_asks_again_when_the_leaders_thread_ends)
{
    struct scene scene;
    struct gate before;
    struct actor b;
    struct source good = {.text = "Ada"};
    struct t87s_query query = query_of("user:7", &good, NULL);
    struct jumper jumper = {.scene = &scene, .before = &before};
    open_scene(&scene);
    gate_init(&before);
    start(&jumper);
    actor_start(&b, "B", &scene, &query);
    scene_await(&scene, "-> join", 1);
    gate_open(&before);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_int_eq(pthread_join(jumper.thread, NULL), 0);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    close_scene(&scene);
}
END_TEST

START_TEST(until_then_the_deadline_takes_over)
{
    struct scene scene;
    struct gate before, after;
    struct actor b;
    struct source good = {.text = "Ada"};
    struct t87s_query query = query_of("user:7", &good, NULL);
    struct jumper jumper = {.scene = &scene, .before = &before, .after = &after, .next = &query};
    open_scene(&scene);
    gate_init(&before);
    gate_init(&after);
    start(&jumper);
    actor_start(&b, "B", &scene, &query);
    scene_await(&scene, "-> join", 1);
    gate_open(&before);
    gate_await(&after, 1);
    fake_clock_advance(&scene.clock, 30000);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(scene_stats(&scene).takeovers, 1);
    gate_open(&after);
    ck_assert_int_eq(pthread_join(jumper.thread, NULL), 0);
    EXPECT_ANSWER(jumper.answer, "Ada", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0); /* a hit looks for nothing: the thread's end did */
    close_scene(&scene);
}
END_TEST

START_TEST(a_close_does_not_wait_for_what_its_own_thread_has_left)
{
    struct scene scene;
    open_scene(&scene);
    jump_out(&scene, "user:7", NULL, NULL);
    jump_out(&scene, "user:8", NULL, NULL);
    close_scene(&scene);
}
END_TEST

/* ---- where the thread stands when it asks again ---- */

/* Much deeper than the frames that were jumped over, which are written over. */
static __attribute__((noinline, no_sanitize("address"))) struct answer
ask_from_further_in(struct scene *scene, const struct t87s_query *query) {
    volatile char stack[16384];
    for (size_t i = 0; i < sizeof stack; i++)
        stack[i] = 1;
    return ask(scene, query);
}

START_TEST(it_is_noticed_from_a_frame_further_in_too)
{
    struct scene scene;
    struct source good = {.text = "Ada"};
    struct t87s_query query = query_of("user:7", &good, NULL);
    open_scene(&scene);
    jump_out(&scene, "user:7", NULL, NULL);
    EXPECT_ANSWER(ask_from_further_in(&scene, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    close_scene(&scene);
}
END_TEST

/* ---- fetches that query ---- */

struct outer {
    struct scene *scene;
    const struct t87s_query *inner; /* asked for after the jump; NULL: nothing is */
    struct leap *through;           /* the inner fetch jumps out of the outer one as well; NULL: it does not */
    struct answer answer;
};

static enum t87s_status jump_out_of_inner(void *arg) {
    struct outer *outer = arg;
    if (outer->through) {
        struct t87s_query query = jumping("inner", outer->through, NULL);
        ask(outer->scene, &query);
        ck_abort_msg("the fetch came back");
    }
    jump_out(outer->scene, "inner", NULL, NULL);
    if (outer->inner)
        outer->answer = ask(outer->scene, outer->inner);
    return T87S_OK;
}

START_TEST(a_jump_over_the_inner_fetch_leaves_the_outer_one_going)
{
    struct scene scene;
    struct source inner = {.text = "inner"};
    struct t87s_query query_inner = query_of("inner", &inner, NULL);
    struct outer outer = {.scene = &scene, .inner = &query_inner};
    struct source source = {.text = "outer", .inside = jump_out_of_inner, .inside_arg = &outer};
    struct t87s_query query = query_of("outer", &source, NULL);
    open_scene(&scene);
    EXPECT_ANSWER(ask(&scene, &query), "outer", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(outer.answer, "inner", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&scene, &query), "outer", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    close_scene(&scene);
}
END_TEST

START_TEST(what_the_outer_fetch_has_jumped_out_of_ends_with_it)
{
    struct scene scene;
    struct outer outer = {.scene = &scene};
    struct source source = {.text = "outer", .inside = jump_out_of_inner, .inside_arg = &outer};
    struct t87s_query query = query_of("outer", &source, NULL);
    open_scene(&scene);
    EXPECT_ANSWER(ask(&scene, &query), "outer", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    close_scene(&scene);
}
END_TEST

START_TEST(a_jump_over_both_fetches_ends_both)
{
    struct scene scene;
    struct leap through = {.gate = NULL};
    struct outer outer = {.scene = &scene, .through = &through};
    struct source source = {.text = "outer", .inside = jump_out_of_inner, .inside_arg = &outer};
    struct source good = {.text = "Ada"};
    struct t87s_query query = query_of("outer", &source, NULL);
    struct t87s_query again = query_of("outer", &good, NULL), inner = query_of("inner", &good, NULL);
    open_scene(&scene);
    if (!setjmp(through.back)) {
        ask(&scene, &query);
        ck_abort_msg("the fetch came back");
    }
    ck_assert_uint_eq(scene_stats(&scene).flights, 2);
    EXPECT_ANSWER(ask(&scene, &again), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&scene, &inner), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    close_scene(&scene);
}
END_TEST

START_TEST(a_refresh_may_jump_out_of_a_query_of_its_own)
{
    struct scene scene;
    struct outer outer = {.scene = &scene};
    struct source source = {.text = "outer"};
    struct t87s_query query = query_of("outer", &source, NULL);
    query.ttl_ms = 100;
    query.grace_ms = 10000;
    open_scene(&scene);
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 200);
    source.inside_arg = &outer;
    source.inside = jump_out_of_inner;
    EXPECT_ANSWER(ask(&scene, &query), "outer", T87S_STALE, T87S_REASON_EXPIRED);
    scene_settle(&scene);
    EXPECT_ANSWER(ask(&scene, &query), "outer", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    close_scene(&scene);
}
END_TEST

/* ---- without memory ---- */

START_TEST(without_memory_for_a_flight_nothing_is_lost_either)
{
    struct scene scene;
    struct source good = {.text = "Ada"};
    struct t87s_query query = query_of("user:7", &good, NULL);
    open_scene(&scene);
    atomic_store(&memory.until_failure, 0);
    memory.for_ever = true;
    for (int i = 0; i < 3; i++)
        jump_out(&scene, "user:7", NULL, NULL);
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_int_gt(atomic_load(&memory.failed), 0);
    jump_out(&scene, "user:7", NULL, NULL);
    close_scene(&scene);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("the thread that jumped", the_thread_that_jumped_may_ask_again,
                 the_entry_that_was_too_old_is_not_held_any_longer, it_is_noticed_from_a_frame_further_in_too,
                 without_memory_for_a_flight_nothing_is_lost_either,
                 a_close_does_not_wait_for_what_its_own_thread_has_left, NULL),
        suite_of("those who wait", who_waits_asks_again_when_the_leader_calls_in_the_next_time,
                 who_waits_asks_again_when_the_leaders_thread_ends, until_then_the_deadline_takes_over, NULL),
        suite_of("fetches that query", a_jump_over_the_inner_fetch_leaves_the_outer_one_going,
                 what_the_outer_fetch_has_jumped_out_of_ends_with_it, a_jump_over_both_fetches_ends_both,
                 a_refresh_may_jump_out_of_a_query_of_its_own, NULL),
        NULL);
}
