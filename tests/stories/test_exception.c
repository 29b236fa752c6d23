/* SPDX-License-Identifier: MIT */
/* A fetch written in C++ that throws: the exception passes through the library to whoever asked. */
#include "scene.h"
#include "suites.h"
#include "throwing.h"

/* The source stops at a gate, as in C, and then throws. */
static enum t87s_status stop_and_throw(void *arg, struct t87s_buffer *out) {
    (void)out;
    gate_pass(arg);
    return throw_trouble(arg);
}

struct thrower {
    struct scene *scene;
    const struct t87s_query *query;
    bool threw;
};

static void *query_and_catch(void *arg) {
    struct thrower *thrower = arg;
    struct t87s_value value;
    trace_name_thread("A");
    thrower->threw = query_throws(thrower->scene->cache, thrower->query, &value);
    return NULL;
}

START_TEST(an_exception_out_of_a_fetch_reaches_its_caller_and_leaves_the_followers_going)
{
    struct scene scene;
    struct gate gate;
    struct actor b;
    pthread_t a;
    struct t87s_tag tag = tag_of("users/7");
    struct source good = {.text = "Ada"};
    struct t87s_query query = query_of("user:7", &good, &tag), throwing = query;
    struct thrower thrower = {.scene = &scene, .query = &throwing};
    throwing.fetch = stop_and_throw;
    throwing.fetch_arg = &gate;
    scene_init(&scene);
    scene_open(&scene);
    gate_init(&gate);
    ck_assert_int_eq(pthread_create(&a, NULL, query_and_catch, &thrower), 0);
    gate_await(&gate, 1);
    actor_start(&b, "B", &scene, &query);
    scene_await(&scene, "-> join", 1);
    gate_open(&gate);
    ck_assert_int_eq(pthread_join(a, NULL), 0);
    ck_assert(thrower.threw);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_TRACE(&scene, "[   0] A query user:7: absent -> fetch\n"
                         "[   0] B query user:7: absent -> join\n"
                         "[   0] B query user:7: absent -> fetch\n"
                         "[   0] B query user:7: fetched, fresh until 30000\n");
    ck_assert_uint_eq(scene_stats(&scene).flights, 0);
    ck_assert_int_eq(t87s_delete(scene.cache, "user:7", 6), T87S_OK);
    ck_assert_uint_eq(scene_stats(&scene).tag_nodes, 0);
    scene_close(&scene);
}
END_TEST

START_TEST(the_thread_that_caught_it_may_ask_again)
{
    struct scene scene;
    struct gate gate;
    struct source good = {.text = "Ada"};
    struct t87s_query query = query_of("user:7", &good, NULL), throwing = query;
    struct t87s_value value;
    throwing.fetch = stop_and_throw;
    throwing.fetch_arg = &gate;
    scene_init(&scene);
    scene_open(&scene);
    gate_init(&gate);
    gate_open(&gate);
    for (int i = 0; i < 5; i++)
        ck_assert(query_throws(scene.cache, &throwing, &value));
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(suite_of("a fetch that throws",
                               an_exception_out_of_a_fetch_reaches_its_caller_and_leaves_the_followers_going,
                               the_thread_that_caught_it_may_ask_again, NULL),
                      NULL);
}
