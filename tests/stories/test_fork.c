/* SPDX-License-Identifier: MIT */
/* fork(): the child's caches are empty and usable, whatever other threads were doing; the parent notices nothing. */
#include "read_section.h"
#include "scene.h"
#include "simple_store.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static atomic_bool inside;

static void expect_child_ends_well(pid_t child) {
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child's step %d failed", WEXITSTATUS(status));
}

/* In the child Check's own means are the parent's: a step that fails is its exit code. */
#define STEP(number, condition) \
    do {                        \
        if (!(condition))       \
            _exit(number);      \
    } while (0)

static bool says(struct answer answer, const char *text, enum t87s_outcome outcome) {
    return answer.status == T87S_OK && strcmp(answer.text, text) == 0 && answer.entries.before.outcome == outcome;
}

START_TEST(a_child_begins_with_an_empty_cache_that_works)
{
    struct scene scene;
    struct source source = {.text = "parent's"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("key", &source, &tag);
    scene_init(&scene);
    scene_open(&scene);
    ask(&scene, &query);
    pid_t child = fork();
    if (child == 0) {
        STEP(1, get(&scene, "key").status == T87S_MISS);
        source.text = "child's";
        STEP(2, says(ask(&scene, &query), "child's", T87S_FETCHED));
        STEP(3, says(ask(&scene, &query), "child's", T87S_FRESH));
        STEP(4, t87s_invalidate(scene.cache, &tag, 1, 0) == T87S_OK);
        STEP(5, get(&scene, "key").status == T87S_MISS);
        STEP(6, t87s_set(scene.cache, "set", 3, "value", 5, NULL) == T87S_OK);
        STEP(7, says(get(&scene, "set"), "value", T87S_FRESH));
        t87s_close(scene.cache);
        _exit(0);
    }
    expect_child_ends_well(child);
    EXPECT_ANSWER(get(&scene, "key"), "parent's", 0, 0);
    ck_assert_int_eq(get(&scene, "set").status, T87S_MISS);
    scene_close(&scene);
}
END_TEST

/* Three threads of the parent are in the middle of something: a fetch, a join, a background refresh. */
START_TEST(a_child_does_not_wait_for_threads_that_stayed_behind)
{
    struct scene scene;
    struct gate gate;
    struct actor a, b;
    struct source slow = {.text = "late", .gate = &gate}, quick = {.text = "child's"}, stale = {.text = "old"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query hanging = query_of("key", &slow, &tag), query = query_of("key", &quick, &tag),
                      graced = query_of("graced", &stale, &tag);
    scene_init(&scene);
    scene_open(&scene);
    gate_init(&gate);
    graced.grace_ms = 60000;
    ask(&scene, &graced);
    fake_clock_advance(&scene.clock, 31000);
    stale.gate = &gate;
    EXPECT_ANSWER(ask(&scene, &graced), "old", T87S_STALE, T87S_REASON_EXPIRED);
    gate_await(&gate, 1);
    actor_start(&a, "A", &scene, &hanging);
    gate_await(&gate, 2);
    actor_start(&b, "B", &scene, &query);
    scene_await(&scene, "-> join", 1);
    pid_t child = fork();
    if (child == 0) {
        struct source fresh = {.text = "first"};
        struct t87s_query again = query_of("graced", &fresh, &tag);
        again.grace_ms = 60000;
        STEP(1, says(ask(&scene, &query), "child's", T87S_FETCHED));
        STEP(2, says(ask(&scene, &query), "child's", T87S_FRESH));
        STEP(3, says(ask(&scene, &again), "first", T87S_FETCHED));
        fake_clock_advance(&scene.clock, 31000);
        fresh.text = "second";
        STEP(4, says(ask(&scene, &again), "first", T87S_STALE)); /* a background thread of the child's own */
        scene_await(&scene, "refresh graced: changed", 1);
        STEP(5, says(ask(&scene, &again), "second", T87S_FRESH));
        STEP(6, scene_stats(&scene).flights == 0);
        t87s_close(scene.cache);
        _exit(0);
    }
    expect_child_ends_well(child);
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&a), "late", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(actor_join(&b), "late", T87S_JOINED, T87S_REASON_ABSENT);
    ck_assert_int_eq(atomic_load(&quick.fetches), 0);
    scene_close(&scene);
}
END_TEST

static enum t87s_status fork_here(void *arg) {
    struct scene *scene = arg;
    struct source other = {.text = "other"};
    struct t87s_query query = query_of("other", &other, NULL), own = query_of("key", &other, NULL);
    pid_t child = fork();
    if (child == 0) {
        STEP(1, says(ask(scene, &query), "other", T87S_FETCHED));
        STEP(2, ask(scene, &own).status == T87S_E_DEADLOCK); /* it is still that fetch */
        return T87S_OK;
    }
    expect_child_ends_well(child);
    return T87S_OK;
}

START_TEST(a_fetch_that_forks_ends_in_both)
{
    struct scene scene;
    pid_t parent = getpid();
    struct source source = {.text = "value", .inside = fork_here, .inside_arg = &scene};
    struct t87s_query query = query_of("key", &source, NULL);
    scene_init(&scene);
    scene_open(&scene);
    struct answer answer = ask(&scene, &query);
    if (getpid() != parent) {
        STEP(3, says(answer, "value", T87S_FETCHED));
        STEP(4, scene_stats(&scene).flights == 0);
        t87s_close(scene.cache);
        _exit(0);
    }
    EXPECT_ANSWER(answer, "value", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&scene, &query), "value", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&scene);
}
END_TEST

/* The application's own section, and its own wait for it. */
static void *ask_inside(void *arg) {
    struct scene *scene = arg;
    struct source source = {.text = "value"};
    struct t87s_query query = query_of("key", &source, NULL);
    t87s__read_begin();
    atomic_store(&inside, true);
    usleep(200 * 1000); /* by then one waits and another forks */
    const bool right = says(ask(scene, &query), "value", T87S_FETCHED);
    t87s__read_end();
    return right ? arg : NULL;
}

static void *wait_for_sections(void *arg) {
    t87s__read_wait();
    return arg;
}

START_TEST(a_fork_does_not_keep_a_query_from_ending_a_section)
{
    struct scene scene;
    pthread_t reader, waiter;
    void *right;
    scene_init(&scene);
    scene_open(&scene);
    ck_assert_int_eq(pthread_create(&reader, NULL, ask_inside, &scene), 0);
    while (!atomic_load(&inside))
        usleep(1000);
    ck_assert_int_eq(pthread_create(&waiter, NULL, wait_for_sections, NULL), 0);
    usleep(50 * 1000);
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    expect_child_ends_well(child);
    pthread_join(reader, &right);
    pthread_join(waiter, NULL);
    ck_assert_ptr_nonnull(right);
    scene_close(&scene);
}
END_TEST

/* Other threads take and give the cache's locks all the time while children are made. Not under AddressSanitizer, which
 * (as of clang 14) does not do with the locks of its own malloc what the cache does with its locks: the child hangs
 * there. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SKIP_TRAFFIC
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SKIP_TRAFFIC
#endif

#ifndef SKIP_TRAFFIC
struct traffic {
    struct scene *scene;
    atomic_bool stop;
};

static void *make_traffic(void *arg) {
    struct traffic *traffic = arg;
    struct source source = {.text = "value"};
    struct t87s_tag tag = tag_of("users/7");
    static const char *const keys[] = {"a", "b", "c", "d"};
    for (unsigned i = 0; !atomic_load(&traffic->stop); i++) {
        struct t87s_query query = query_of(keys[i % 4], &source, &tag);
        ask(traffic->scene, &query);
        if (i % 8 == 0)
            t87s_invalidate(traffic->scene->cache, &tag, 1, 0);
    }
    return NULL;
}

START_TEST(no_lock_is_held_in_a_child)
{
    struct scene scene;
    struct traffic traffic = {.scene = &scene};
    pthread_t thread;
    struct source source = {.text = "child's"};
    struct t87s_tag tag = tag_of("users/7");
    scene_init(&scene);
    scene.options.tracer = NULL; /* its lock is the test's own */
    scene_open(&scene);
    atomic_init(&traffic.stop, false);
    ck_assert_int_eq(pthread_create(&thread, NULL, make_traffic, &traffic), 0);
    for (int i = 0; i < 50; i++) {
        pid_t child = fork();
        if (child == 0) {
            static const char *const keys[] = {"a", "b", "c", "d", "e"};
            for (int k = 0; k < 5; k++) {
                struct t87s_query query = query_of(keys[k], &source, &tag);
                STEP(1 + k, says(ask(&scene, &query), "child's", T87S_FETCHED));
            }
            STEP(6, t87s_clear(scene.cache) == T87S_OK);
            t87s_close(scene.cache);
            _exit(0);
        }
        expect_child_ends_well(child);
    }
    atomic_store(&traffic.stop, true);
    pthread_join(thread, NULL);
    scene_close(&scene);
}
END_TEST
#endif

/* The thread that delivers what a store did not take sleeps in the parent, and is not there in the child. */
START_TEST(a_child_over_a_store_has_nothing_near_and_can_close)
{
    struct scene scene;
    struct source source = {.text = "parent's"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("key", &source, &tag);
    struct simple_store *store = simple_store_open(NULL);
    scene_init(&scene);
    scene.options.store = simple_store_base(store);
    scene_open(&scene);
    simple_store_fail_marks(store, true);
    ck_assert_int_eq(t87s_invalidate(scene.cache, &tag, 1, 0), T87S_PARTIAL);
    simple_store_fail_marks(store, false);
    while (scene_stats(&scene).store_pending)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); /* it is tried again by the real clock */
    ask(&scene, &query);
    const unsigned long reads = simple_store_calls(store).reads;
    pid_t child = fork();
    if (child == 0) {
        STEP(1, says(ask(&scene, &query), "parent's", T87S_FRESH));
        STEP(2, simple_store_calls(store).reads == reads + 1);
        STEP(3, t87s_set(scene.cache, "set", 3, "value", 5,
                         &(struct t87s_set_options){.token = t87s_token(scene.cache)}) == T87S_OK);
        t87s_close(scene.cache);
        _exit(0);
    }
    expect_child_ends_well(child);
    EXPECT_ANSWER(ask(&scene, &query), "parent's", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&scene);
    t87s_store_close(simple_store_base(store));
}
END_TEST

int main(void) {
    return run_suites(suite_of("fork", a_child_begins_with_an_empty_cache_that_works,
                               a_child_does_not_wait_for_threads_that_stayed_behind, a_fetch_that_forks_ends_in_both,
                               a_fork_does_not_keep_a_query_from_ending_a_section,
                               a_child_over_a_store_has_nothing_near_and_can_close, NULL),
#ifndef SKIP_TRAFFIC
                      suite_of("fork under traffic", no_lock_is_held_in_a_child, NULL),
#endif
                      NULL);
}
