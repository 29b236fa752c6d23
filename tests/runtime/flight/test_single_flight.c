/* SPDX-License-Identifier: MIT */
/* Fetches under way: who may join, who is told what, what is given back. */
#include "single_flight.h"

#include "fake_clock.h"
#include "rooms.h"
#include "stage.h"
#include "suites.h"

static struct rooms rooms;
static struct t87s__flights *flights;
static struct fake_clock fake;

static void setup(void) {
    rooms_open(&rooms);
    fake_clock_init(&fake, 0);
    flights = t87s__flights_open(rooms.memory, rooms.tree);
    ck_assert_ptr_nonnull(flights);
}

static void teardown(void) {
    ck_assert_uint_eq(t87s__flights_count(flights), 0);
    ck_assert_uint_eq(atomic_load(&rooms.memory->bytes[MEMORY_FLIGHTS]), 0);
    t87s__flights_close(flights);
    rooms_close(&rooms);
}

static struct t87s__flight *make_for(const struct t87s__key *key, const char *tag) {
    t87s__node node = tag ? intern(&rooms, tag) : 0;
    struct t87s__flight *flight = t87s__flight_make(flights, key, &node, tag ? 1 : 0, 0);
    ck_assert_ptr_nonnull(flight);
    return flight;
}

static struct t87s__flight *start(const char *text, const char *tag, uint64_t birth, int64_t deadline_ms) {
    struct t87s__key key = key_of(text);
    struct t87s__flight *flight = make_for(&key, tag);
    t87s__flights_lock(flights, key.hash);
    t87s__flight_start(flight, birth, deadline_ms);
    t87s__flights_unlock(flights, key.hash);
    return flight;
}

static void end(struct t87s__flight *flight, enum t87s__flight_state state, enum t87s_status status,
                struct t87s__entry *entry) {
    t87s__flights_lock(flights, flight->key.hash);
    t87s__flight_end(flight, state, status, entry);
    t87s__flights_unlock(flights, flight->key.hash);
}

static void finish(struct t87s__flight *flight) {
    end(flight, FLIGHT_DONE, T87S_OK, NULL);
    t87s__flight_unref(flight);
}

static struct t87s__flights_found found(const char *text, int64_t now_ms) {
    struct t87s__key key = key_of(text);
    t87s__flights_lock(flights, key.hash);
    struct t87s__flights_found all = t87s__flights_find(flights, &key, 0, &rooms.floors, now_ms);
    t87s__flights_unlock(flights, key.hash);
    return all;
}

START_TEST(a_flight_is_seen_from_its_start_to_its_end)
{
    setup();
    struct t87s__key key = key_of("k");
    struct t87s__flight *flight = make_for(&key, "a/1");
    ck_assert_int_eq(flight->state, FLIGHT_MADE);
    ck_assert_ptr_null(found("k", 0).newest);
    ck_assert_uint_eq(t87s__flights_count(flights), 0);
    t87s__flights_lock(flights, key.hash);
    t87s__flight_start(flight, 7, 1000);
    t87s__flights_unlock(flights, key.hash);
    struct t87s__flights_found all = found("k", 0);
    ck_assert_ptr_eq(all.valid, flight);
    ck_assert_ptr_eq(all.newest, flight);
    ck_assert_uint_eq(all.running, 1);
    ck_assert(!all.overdue);
    ck_assert_uint_eq(flight->birth, 7);
    ck_assert_uint_eq(t87s__flights_count(flights), 1);
    end(flight, FLIGHT_DONE, T87S_E_FETCH, NULL);
    ck_assert_int_eq(flight->state, FLIGHT_DONE);
    ck_assert_int_eq(flight->status, T87S_E_FETCH);
    all = found("k", 0);
    ck_assert(!all.valid && !all.newest && all.running == 0);
    t87s__flight_unref(flight);
    teardown();
}
END_TEST

START_TEST(a_flight_that_never_started_gives_everything_back)
{
    setup();
    struct t87s__key key = key_of("k");
    t87s__flight_unref(make_for(&key, "a/1"));
    t87s__flight_unref(NULL);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0);
    teardown();
}
END_TEST

START_TEST(a_flight_has_a_copy_of_its_key)
{
    setup();
    char bytes[] = "key";
    struct t87s__key key = key_of(bytes);
    struct t87s__flight *flight = make_for(&key, NULL);
    bytes[0] = 'x';
    ck_assert_mem_eq(flight->key.bytes, "key", 3);
    t87s__flight_unref(flight);
    teardown();
}
END_TEST

START_TEST(only_flights_of_this_very_key_are_found)
{
    setup();
    struct t87s__flight *flight = start("k", NULL, 1, 1000);
    ck_assert_ptr_null(found("l", 0).newest);
    struct t87s__key keys[] = {key_of("k"), key_of("k"), key_of("k")};
    keys[1].generated = true; /* the other world, even if the hashes fell together */
    keys[2].bytes = "l";
    for (int i = 0; i < 3; i++) {
        t87s__flights_lock(flights, keys[i].hash);
        ck_assert_ptr_eq(t87s__flights_find(flights, &keys[i], 0, &rooms.floors, 0).newest, i ? NULL : flight);
        t87s__flights_unlock(flights, keys[i].hash);
    }
    finish(flight);
    teardown();
}
END_TEST

START_TEST(a_flight_that_an_invalidation_covers_may_not_be_joined)
{
    static const struct {
        const char *tag;
        unsigned flags;
        uint64_t stamp;
        bool joinable;
    } rows[] = {
        {"users/42", 0, 11, false},
        {"users/42", T87S_EXACT, 11, false},
        {"users/42", T87S_SOFT, 11, false},
        {"users/42", T87S_SOFT | T87S_EXACT, 11, false},
        {"users", 0, 11, false},
        {"users", T87S_SOFT, 11, false},
        {"users", T87S_EXACT, 11, true},
        {"users/42", 0, 10, true}, /* as old as its birth: it began after */
        {"users/42", 0, 9, true},
        {"users/43", 0, 11, true},
        {"users/42/posts", 0, 11, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        setup();
        struct t87s__flight *flight = start("k", "users/42", 10, 1000);
        invalidate(&rooms, rows[i].tag, rows[i].flags, rows[i].stamp, 0);
        struct t87s__flights_found all = found("k", 0);
        ck_assert_msg((all.valid == flight) == rows[i].joinable, "row %zu", i);
        ck_assert_ptr_eq(all.newest, flight); /* it still runs, for those who joined before */
        ck_assert_uint_eq(all.running, 1);
        finish(flight);
        teardown();
    }
}
END_TEST

START_TEST(a_flight_below_the_floor_of_its_key_may_not_be_joined)
{
    for (int all_keys = 0; all_keys < 2; all_keys++) {
        setup();
        struct t87s__flight *flight = start("k", NULL, 10, 1000);
        if (all_keys)
            t87s__stamp_raise(&rooms.floors.all, 10);
        else
            t87s__key_floor_raise(&rooms.floors, flight->key.hash, 10);
        ck_assert_ptr_eq(found("k", 0).valid, flight);
        if (all_keys)
            t87s__stamp_raise(&rooms.floors.all, 11);
        else
            t87s__key_floor_raise(&rooms.floors, flight->key.hash, 11);
        ck_assert_ptr_null(found("k", 0).valid);
        finish(flight);
        teardown();
    }
}
END_TEST

START_TEST(a_flight_may_be_joined_until_its_deadline)
{
    setup();
    struct t87s__flight *flight = start("k", NULL, 1, 1000);
    ck_assert_ptr_eq(found("k", 999).valid, flight);
    ck_assert(!found("k", 999).overdue);
    ck_assert_ptr_null(found("k", 1000).valid);
    ck_assert(found("k", 1000).overdue);
    finish(flight);
    teardown();
}
END_TEST

START_TEST(a_superseded_flight_runs_beside_the_newer_one)
{
    setup();
    struct t87s__flight *first = start("k", "a/1", 1, 1000);
    invalidate(&rooms, "a", 0, 2, 0);
    struct t87s__flight *second = start("k", "a/1", 3, 2000), *third = start("k", "a/1", 4, 3000);
    struct t87s__flights_found all = found("k", 1500);
    ck_assert_uint_eq(all.running, 3);
    ck_assert_ptr_eq(all.newest, third);
    ck_assert_ptr_eq(all.valid, third);
    ck_assert(!all.overdue); /* the newest decides */
    finish(third);
    all = found("k", 1500);
    ck_assert_ptr_eq(all.valid, second);
    finish(second);
    all = found("k", 0);
    ck_assert_ptr_null(all.valid);
    ck_assert_ptr_eq(all.newest, first);
    finish(first);
    teardown();
}
END_TEST

START_TEST(without_memory_there_is_no_flight_and_the_tags_stay_the_callers)
{
    setup();
    struct t87s__key key = key_of("k");
    t87s__node node = intern(&rooms, "a/1");
    atomic_store(&rooms.heap.until_failure, 0);
    ck_assert_ptr_null(t87s__flight_make(flights, &key, &node, 1, 0));
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 2);
    t87s__tag_tree_unref(rooms.tree, node);
    teardown();
}
END_TEST

/* ---- waiters ---- */

struct waiter {
    struct t87s__flight *flight;
    int64_t until_ms;
    struct stage stage;
    /* the waiter's, for the test after it was joined */
    bool ended;
    enum t87s__flight_state state;
    enum t87s_status status;
    const char *value;
};

static void *join_and_wait(void *arg) {
    struct waiter *waiter = arg;
    struct t87s__flight *flight = waiter->flight;
    t87s__flights_lock(flights, flight->key.hash);
    t87s__flight_join(flight);
    stage_reach(&waiter->stage, 1);
    waiter->ended = t87s__flight_wait(flight, &fake.clock, waiter->until_ms);
    waiter->state = flight->state;
    waiter->status = flight->status;
    waiter->value = flight->entry ? t87s__entry_value(flight->entry) : NULL;
    t87s__flight_leave(flight);
    t87s__flights_unlock(flights, flight->key.hash);
    return NULL;
}

static pthread_t wait_in_a_thread(struct waiter *waiter, struct t87s__flight *flight, int64_t until_ms) {
    waiter->flight = flight;
    waiter->until_ms = until_ms;
    stage_init(&waiter->stage);
    pthread_t thread = thread_start(join_and_wait, waiter);
    stage_wait(&waiter->stage, 1);
    return thread;
}

START_TEST(all_waiters_wake_with_the_status_and_the_entry)
{
    setup();
    enum { WAITERS = 3 };
    struct t87s__flight *flight = start("k", "a/1", 1, 1000);
    static struct waiter waiters[WAITERS];
    pthread_t threads[WAITERS];
    for (int i = 0; i < WAITERS; i++)
        threads[i] = wait_in_a_thread(&waiters[i], flight, 1000);
    struct t87s__entry *entry = entry_of(&rooms, "value", "a/1", 1, 1000, 0);
    end(flight, FLIGHT_DONE, T87S_OK, entry);
    unref(&rooms, entry); /* the flight holds it for the waiters */
    t87s__flight_unref(flight);
    for (int i = 0; i < WAITERS; i++) {
        thread_join(threads[i]);
        ck_assert(waiters[i].ended);
        ck_assert_int_eq(waiters[i].state, FLIGHT_DONE);
        ck_assert_int_eq(waiters[i].status, T87S_OK);
        ck_assert_str_eq(waiters[i].value, "value");
        t87s__flight_unref(flight);
    }
    teardown();
}
END_TEST

START_TEST(without_waiters_the_flight_keeps_no_entry)
{
    setup();
    struct t87s__flight *flight = start("k", NULL, 1, 1000);
    struct t87s__entry *entry = entry_of(&rooms, "value", NULL, 1, 1000, 0);
    end(flight, FLIGHT_DONE, T87S_OK, entry);
    ck_assert_ptr_null(flight->entry);
    ck_assert_uint_eq(references(entry), 1);
    unref(&rooms, entry);
    t87s__flight_unref(flight);
    teardown();
}
END_TEST

START_TEST(an_abandoned_flight_wakes_its_waiters_with_nothing)
{
    setup();
    struct t87s__flight *flight = start("k", NULL, 1, 1000);
    static struct waiter waiter;
    pthread_t thread = wait_in_a_thread(&waiter, flight, 1000);
    end(flight, FLIGHT_ABANDONED, T87S_E_FETCH, NULL);
    thread_join(thread);
    ck_assert(waiter.ended);
    ck_assert_int_eq(waiter.state, FLIGHT_ABANDONED);
    ck_assert_ptr_null(waiter.value);
    t87s__flight_unref(flight);
    t87s__flight_unref(flight);
    teardown();
}
END_TEST

START_TEST(a_waiter_gives_up_at_its_time_and_the_flight_goes_on)
{
    setup();
    struct t87s__flight *flight = start("k", NULL, 1, 1000);
    static struct waiter waiter;
    pthread_t thread = wait_in_a_thread(&waiter, flight, 500);
    fake_clock_advance(&fake, 500);
    thread_join(thread);
    ck_assert(!waiter.ended);
    ck_assert_int_eq(waiter.state, FLIGHT_RUNNING);
    ck_assert_uint_eq(flight->waiters, 0);
    ck_assert_ptr_eq(found("k", 500).valid, flight);
    t87s__flight_unref(flight);
    finish(flight);
    teardown();
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("fetches under way", a_flight_is_seen_from_its_start_to_its_end,
                 a_flight_that_never_started_gives_everything_back, a_flight_has_a_copy_of_its_key,
                 only_flights_of_this_very_key_are_found, a_flight_that_an_invalidation_covers_may_not_be_joined,
                 a_flight_below_the_floor_of_its_key_may_not_be_joined, a_flight_may_be_joined_until_its_deadline,
                 a_superseded_flight_runs_beside_the_newer_one,
                 without_memory_there_is_no_flight_and_the_tags_stay_the_callers, NULL),
        suite_of("waiting for a fetch", all_waiters_wake_with_the_status_and_the_entry,
                 without_waiters_the_flight_keeps_no_entry, an_abandoned_flight_wakes_its_waiters_with_nothing,
                 a_waiter_gives_up_at_its_time_and_the_flight_goes_on, NULL),
        NULL);
}
