/* SPDX-License-Identifier: MIT */
/* Which flights a thread has left, told from where their marks are and where it stands. */
#include "left.h"

#include <stdlib.h>

#include "rooms.h"
#include "suites.h"
#include "wait_graph.h"

static struct rooms rooms;
static struct t87s__flights *flights, *others;
static _Atomic(int) left;

static void setup(void) {
    rooms_open(&rooms);
    flights = t87s__flights_open(rooms.memory, rooms.tree);
    others = t87s__flights_open(rooms.memory, rooms.tree);
    atomic_store(&left, 0);
}

static void teardown(void) {
    ck_assert_uint_eq(t87s__flights_count(flights) + t87s__flights_count(others), 0);
    t87s__flights_close(flights);
    t87s__flights_close(others);
    rooms_close(&rooms);
}

static void end(struct t87s__flight *flight) {
    t87s__flights_lock(flight->flights, flight->key.hash);
    t87s__flight_end(flight, FLIGHT_ABANDONED, T87S_E_FETCH, NULL);
    t87s__flights_unlock(flight->flights, flight->key.hash);
    t87s__flight_unref(flight);
}

static void leave(struct t87s__flight *flight) {
    atomic_fetch_add(&left, 1);
    end(flight);
}

static struct t87s__flight *lead(struct t87s__flights *where, const char *text) {
    struct t87s__key key = key_of(text);
    struct t87s__flight *flight = t87s__flight_make(where, &key, NULL, 0, 0);
    t87s__flights_lock(where, key.hash);
    t87s__flight_start(flight, 1, 1000);
    t87s__flights_unlock(where, key.hash);
    return flight;
}

/* Leads a flight whose mark is gone when it returns. */
static T87S__HAS_MARK void jump_out_of(const char *text) {
    struct t87s__flight *volatile mark = lead(flights, text);
    t87s__left_watch(mark, &mark, leave);
}

/* What a nested query does. */
static __attribute__((noinline)) void look_from_inside(void) { t87s__left_end(__builtin_frame_address(0)); }

static T87S__HAS_MARK void fetch_once(const char *text, bool write_over) {
    struct t87s__flight *volatile mark = lead(flights, text);
    struct t87s__flight *flight = mark;
    t87s__left_watch(flight, &mark, leave);
    look_from_inside();
    ck_assert_int_eq(atomic_load(&left), 0);
    if (write_over) {
        mark = NULL;
        look_from_inside();
        ck_assert_int_eq(atomic_load(&left), 1);
    } else {
        end(flight);
    }
}

START_TEST(a_fetch_under_way_is_not_left)
{
    setup();
    fetch_once("a", false);
    teardown();
}
END_TEST

START_TEST(a_fetch_whose_mark_is_written_over_is_left)
{
    setup();
    fetch_once("a", true);
    teardown();
}
END_TEST

START_TEST(a_fetch_is_left_by_a_thread_that_stands_further_out)
{
    setup();
    jump_out_of("a");
    t87s__left_end(__builtin_frame_address(0));
    ck_assert_int_eq(atomic_load(&left), 1);
    ck_assert(!t87s__thread_leads_any());
    teardown();
}
END_TEST

/* On the stack of a coroutine, or from one: it may go on. */
START_TEST(of_two_stacks_nothing_can_be_said)
{
    setup();
    struct t87s__flight *volatile *mark = malloc(sizeof *mark); /* as if it were there */
    struct t87s__flight *flight = lead(flights, "a");
    *mark = flight;
    t87s__left_watch(flight, mark, leave);
    t87s__left_end(__builtin_frame_address(0));
    *mark = NULL;
    t87s__left_end(__builtin_frame_address(0));
    ck_assert_int_eq(atomic_load(&left), 0);
    end(flight);
    jump_out_of("b");
    t87s__left_end((const void *)mark);
    t87s__left_end((const void *)UINTPTR_MAX);
    ck_assert_int_eq(atomic_load(&left), 0);
    t87s__left_end(__builtin_frame_address(0));
    ck_assert_int_eq(atomic_load(&left), 1);
    free((void *)mark);
    teardown();
}
END_TEST

/* As the fetches of the background, which nobody may jump out of. */
START_TEST(a_flight_that_is_not_watched_is_never_left)
{
    setup();
    struct t87s__flight *flight = lead(flights, "a");
    t87s__left_end(__builtin_frame_address(0));
    t87s__left_end_all(NULL);
    ck_assert_int_eq(atomic_load(&left), 0);
    end(flight);
    teardown();
}
END_TEST

START_TEST(all_of_one_cache_are_left_on_whatever_stack)
{
    setup();
    struct t87s__flight *volatile other, *volatile *coroutine = malloc(sizeof *coroutine);
    *coroutine = lead(flights, "a");
    t87s__left_watch(*coroutine, coroutine, leave);
    jump_out_of("b");
    other = lead(others, "a");
    struct t87s__flight *flight = other;
    t87s__left_watch(flight, &other, leave);
    t87s__left_end_all(flights);
    ck_assert_int_eq(atomic_load(&left), 2);
    ck_assert(t87s__thread_leads_any());
    end(flight);
    free((void *)coroutine);
    teardown();
}
END_TEST

static pthread_key_t key_of_others;

static void look_at_the_end(void *text) { jump_out_of(text); }

static void *jump_and_end(void *text) {
    jump_out_of(text);
    ck_assert_int_eq(pthread_setspecific(key_of_others, text), 0);
    return NULL;
}

/* Another destructor leads once more, before or after ours. */
START_TEST(a_thread_that_ends_leaves_all)
{
    setup();
    pthread_t thread;
    char text[] = "a";
    ck_assert_int_eq(pthread_key_create(&key_of_others, look_at_the_end), 0);
    for (int i = 1; i <= 2; i++) {
        ck_assert_int_eq(pthread_create(&thread, NULL, jump_and_end, text), 0);
        ck_assert_int_eq(pthread_join(thread, NULL), 0);
        ck_assert_int_eq(atomic_load(&left), 2 * i);
    }
    ck_assert_int_eq(pthread_key_delete(key_of_others), 0);
    teardown();
}
END_TEST

int main(void) {
    return run_suites(suite_of("a thread that looks back", a_fetch_under_way_is_not_left,
                               a_fetch_whose_mark_is_written_over_is_left,
                               a_fetch_is_left_by_a_thread_that_stands_further_out, of_two_stacks_nothing_can_be_said,
                               a_flight_that_is_not_watched_is_never_left, NULL),
                      suite_of("a thread that goes", all_of_one_cache_are_left_on_whatever_stack,
                               a_thread_that_ends_leaves_all, NULL),
                      NULL);
}
