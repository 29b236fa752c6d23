/* SPDX-License-Identifier: MIT */
/* Who waits for whom: rings are refused, chains are not. */
#include "wait_graph.h"

#include "rooms.h"
#include "stage.h"
#include "suites.h"

enum { ACTORS = 3 };

static struct rooms rooms;
static struct t87s__flights *flights, *others;

static void setup(void) {
    rooms_open(&rooms);
    flights = t87s__flights_open(rooms.memory, rooms.tree);
    others = t87s__flights_open(rooms.memory, rooms.tree); /* a second cache: the graph is the process's */
}

static void teardown(void) {
    t87s__flights_close(flights);
    t87s__flights_close(others);
    rooms_close(&rooms);
}

static struct t87s__flight *lead(struct t87s__flights *where, const char *text) {
    struct t87s__key key = key_of(text);
    struct t87s__flight *flight = t87s__flight_make(where, &key, NULL, 0, 0);
    t87s__flights_lock(where, key.hash);
    t87s__flight_start(flight, 1, 1000);
    t87s__flights_unlock(where, key.hash);
    return flight;
}

static void end(struct t87s__flight *flight) {
    t87s__flights_lock(flight->flights, flight->key.hash);
    t87s__flight_end(flight, FLIGHT_DONE, T87S_OK, NULL);
    t87s__flights_unlock(flight->flights, flight->key.hash);
    t87s__flight_unref(flight);
}

START_TEST(a_thread_knows_what_it_leads)
{
    setup();
    struct t87s__key a = key_of("a"), b = key_of("b");
    struct t87s__key generated = t87s__key_make("a", 1, true, 1);
    ck_assert(!t87s__thread_leads_any());
    struct t87s__flight *outer = lead(flights, "a");
    ck_assert(t87s__thread_leads_any());
    ck_assert(t87s__thread_leads_key(flights, &a));
    ck_assert(!t87s__thread_leads_key(flights, &b));
    ck_assert(!t87s__thread_leads_key(flights, &generated));
    ck_assert(!t87s__thread_leads_key(others, &a)); /* the same key of another cache */
    struct t87s__flight *inner = lead(flights, "b"), *elsewhere = lead(others, "a");
    ck_assert(t87s__thread_leads_key(flights, &a)); /* not only the innermost */
    ck_assert(t87s__thread_leads_key(flights, &b));
    ck_assert_uint_eq(t87s__thread_leads_in(flights), 2);
    ck_assert_uint_eq(t87s__thread_leads_in(others), 1);
    end(inner); /* out of order, as an unwinding fetch may */
    ck_assert(t87s__thread_leads_key(flights, &a));
    ck_assert(!t87s__thread_leads_key(flights, &b));
    end(elsewhere);
    end(outer);
    ck_assert(!t87s__thread_leads_any());
    teardown();
}
END_TEST

START_TEST(waiting_for_a_flight_of_ones_own_is_a_ring)
{
    setup();
    struct t87s__flight *outer = lead(flights, "a"), *inner = lead(flights, "b");
    ck_assert(!t87s__wait_graph_enter(outer));
    ck_assert(!t87s__wait_graph_enter(inner));
    end(inner);
    end(outer);
    teardown();
}
END_TEST

/* ---- several threads: each leads one flight, then waits for another's in an order that the stage keeps ---- */

static struct stage stage;
static struct t87s__flight *led[ACTORS];

struct actor {
    int number;
    int waits_for; /* whose flight; -1: nobody's */
    bool entered;  /* the graph's answer */
};

enum { ALL_LEAD = ACTORS, ALL_ENTERED = 2 * ACTORS };

static void *act(void *arg) {
    struct actor *actor = arg;
    static const char *const keys[ACTORS] = {"a", "b", "c"};
    stage_wait(&stage, actor->number);
    led[actor->number] = lead(actor->number % 2 ? others : flights, keys[actor->number]);
    stage_reach(&stage, actor->number + 1);

    stage_wait(&stage, ALL_LEAD + actor->number);
    if (actor->waits_for >= 0)
        actor->entered = t87s__wait_graph_enter(led[actor->waits_for]);
    stage_reach(&stage, ALL_LEAD + actor->number + 1);

    stage_wait(&stage, ALL_ENTERED);
    if (actor->entered)
        t87s__wait_graph_leave();
    stage_wait(&stage, ALL_ENTERED + 1 + actor->number);
    end(led[actor->number]);
    stage_reach(&stage, ALL_ENTERED + 2 + actor->number);
    return NULL;
}

static void play(struct actor *actors) {
    setup();
    stage_init(&stage);
    pthread_t threads[ACTORS];
    for (int i = 0; i < ACTORS; i++) {
        actors[i].number = i;
        threads[i] = thread_start(act, &actors[i]);
    }
    stage_wait(&stage, ALL_ENTERED);
    stage_reach(&stage, ALL_ENTERED + 1);
    for (int i = 0; i < ACTORS; i++)
        thread_join(threads[i]);
    teardown();
}

START_TEST(whoever_closes_a_ring_is_refused_and_nobody_else)
{
    static const struct {
        int waits_for[ACTORS];
        bool entered[ACTORS];
    } rows[] = {
        {{1, 0, -1}, {true, false, false}}, /* two */
        {{1, 2, 0}, {true, true, false}},   /* three */
        {{2, 0, 1}, {true, true, false}},   /* three, the other way round */
        {{2, 2, -1}, {true, true, false}},  /* two wait for a third: no ring */
        {{1, 2, -1}, {true, true, false}},  /* a chain: no ring */
        {{-1, 0, 1}, {false, true, true}},  /* a chain, built from its end */
        {{-1, 0, 0}, {false, true, true}},  {{1, -1, 1}, {true, false, true}},
        {{2, -1, 0}, {true, false, false}}, /* two, with somebody between them who only works */
    };
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        struct actor actors[ACTORS];
        for (int i = 0; i < ACTORS; i++)
            actors[i] = (struct actor){0, rows[row].waits_for[i], false};
        play(actors);
        for (int i = 0; i < ACTORS; i++)
            ck_assert_msg(actors[i].entered == rows[row].entered[i], "row %zu, thread %d", row, i);
    }
}
END_TEST

/* ---- what is over is no link of a ring ---- */

static void *lead_then_wait_then_ask(void *arg) {
    bool *entered = arg;
    struct t87s__flight *mine = lead(flights, "b");
    led[1] = mine;
    stage_reach(&stage, 1);
    stage_wait(&stage, 2); /* the other waited for us and gave up */
    *entered = t87s__wait_graph_enter(led[0]);
    if (*entered)
        t87s__wait_graph_leave();
    end(mine);
    return NULL;
}

START_TEST(a_wait_that_was_given_up_closes_no_ring)
{
    setup();
    stage_init(&stage);
    bool entered = false;
    led[0] = lead(flights, "a");
    pthread_t other = thread_start(lead_then_wait_then_ask, &entered);
    stage_wait(&stage, 1);
    ck_assert(t87s__wait_graph_enter(led[1]));
    t87s__wait_graph_leave();
    stage_reach(&stage, 2);
    thread_join(other);
    ck_assert(entered);
    end(led[0]);
    teardown();
}
END_TEST

static void *lead_end_then_lead_again(void *arg) {
    bool *entered = arg;
    struct t87s__flight *first = led[1] = lead(flights, "b");
    t87s__flights_lock(flights, first->key.hash);
    t87s__flight_join(first); /* the other's, so that the flight stays to be walked over */
    t87s__flights_unlock(flights, first->key.hash);
    stage_reach(&stage, 1);
    stage_wait(&stage, 2); /* the other is about to wait for it, and has not woken yet when it ends */
    end(first);
    struct t87s__flight *second = lead(flights, "c");
    *entered = t87s__wait_graph_enter(led[0]);
    if (*entered)
        t87s__wait_graph_leave();
    end(second);
    return NULL;
}

START_TEST(a_waiter_that_is_about_to_wake_closes_no_ring)
{
    setup();
    stage_init(&stage);
    bool entered = false;
    led[0] = lead(flights, "a");
    pthread_t other = thread_start(lead_end_then_lead_again, &entered);
    stage_wait(&stage, 1);
    ck_assert(t87s__wait_graph_enter(led[1]));
    stage_reach(&stage, 2);
    thread_join(other);
    ck_assert(entered); /* we wait for what has ended: it waits for us without harm */
    t87s__wait_graph_leave();
    t87s__flights_lock(flights, led[1]->key.hash);
    t87s__flight_leave(led[1]);
    t87s__flights_unlock(flights, led[1]->key.hash);
    t87s__flight_unref(led[1]);
    end(led[0]);
    teardown();
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("rings of fetches are refused", a_thread_knows_what_it_leads,
                 waiting_for_a_flight_of_ones_own_is_a_ring, whoever_closes_a_ring_is_refused_and_nobody_else,
                 a_wait_that_was_given_up_closes_no_ring, a_waiter_that_is_about_to_wake_closes_no_ring, NULL),
        NULL);
}
