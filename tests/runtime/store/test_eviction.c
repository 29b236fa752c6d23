/* SPDX-License-Identifier: MIT */
/* Who goes when it gets tight. */
#include "eviction.h"

#include "rooms.h"
#include "suites.h"

#include <stdio.h>

static struct rooms rooms;
static struct t87s__eviction *eviction;

/* `capacity` decides how many of those that went are remembered. */
static void setup(size_t capacity) {
    rooms_open(&rooms);
    eviction = t87s__eviction_open(rooms.memory, rooms.table, capacity);
    ck_assert_ptr_nonnull(eviction);
}

static struct t87s__entry *next_victim(void) { return t87s__eviction_victims(eviction, 1, 0); }

/* Takes the next victim, expects it to be that one, lets it go. */
static void expect_victim(const struct t87s__entry *expected) {
    struct t87s__entry *victim = next_victim();
    ck_assert_ptr_eq(victim, expected);
    ck_assert(!t87s__entry_listed(victim));
    discard(&rooms, victim);
}

static void teardown(void) {
    for (struct t87s__entry *victim; (victim = next_victim()) != NULL;)
        discard(&rooms, victim);
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 0); /* each had its turn */
    t87s__eviction_close(eviction);
    rooms_close(&rooms);
}

/* As the cache puts an entry in; gives up the caller's reference. Returns what stood there before. */
static struct t87s__entry *put(struct t87s__entry *entry) {
    const uint64_t hash = t87s__entry_key_of(entry, ROOMS_SEED).hash;
    enum t87s__queue queue;
    struct t87s__entry *displaced;
    ck_assert(t87s__eviction_reserve(eviction, hash, &queue));
    ck_assert_int_eq(put_as(&rooms, entry, hash, queue, &displaced), PUT_KEPT);
    t87s__eviction_settle(eviction, hash, queue, displaced ? NULL : entry);
    unref(&rooms, entry);
    return displaced;
}

/* A new entry that only the table holds. */
static struct t87s__entry *add(const char *key) {
    struct t87s__entry *entry = entry_of_size(&rooms, key, 100);
    ck_assert_ptr_null(put(entry));
    return entry;
}

static enum t87s__queue queue_of(const struct t87s__entry *entry) {
    ck_assert(t87s__entry_listed(entry));
    return atomic_load(&entry->state) & ENTRY_MAIN ? QUEUE_MAIN : QUEUE_SMALL;
}

static struct t87s__entry *remove_key(const char *text) {
    const struct t87s__key key = key_of(text);
    return t87s__entry_table_remove(rooms.table, &key, UINT64_MAX);
}

static void visit(struct t87s__entry *entry, int times) {
    while (times-- > 0)
        t87s__entry_visit(entry);
}

/* Evicted once, the next one of this key goes to the main queue. Nothing may stand there yet. */
static void make_ghost(const char *key) { expect_victim(add(key)); }

START_TEST(what_nobody_visits_goes_in_the_order_it_came)
{
    setup(100);
    ck_assert_ptr_null(next_victim());
    struct t87s__entry *a = add("a"), *b = add("b"), *c = add("c");
    expect_victim(a);
    expect_victim(b);
    expect_victim(c);
    ck_assert_ptr_null(next_victim());
    teardown();
}
END_TEST

START_TEST(a_visited_entry_goes_to_main_instead)
{
    setup(100);
    struct t87s__entry *a = add("a"), *b = add("b"), *c = add("c");
    ck_assert_int_eq(queue_of(a), QUEUE_SMALL);
    visit(a, 1);
    expect_victim(b);
    ck_assert_int_eq(queue_of(a), QUEUE_MAIN);
    expect_victim(c);
    expect_victim(a); /* its visit was used up on the way */
    teardown();
}
END_TEST

START_TEST(visited_entries_survive_a_scan)
{
    enum { HOT = 10, SCANNED = 500, AT_ONCE = 5 };
    setup(100);
    struct t87s__entry *hot[HOT], *scanned[SCANNED];
    char key[16];
    for (int i = 0; i < HOT; i++) {
        snprintf(key, sizeof key, "hot %d", i);
        hot[i] = add(key);
        visit(hot[i], 1);
    }
    for (int i = 0; i < SCANNED; i++) {
        snprintf(key, sizeof key, "scan %d", i);
        scanned[i] = add(key);
        if (i >= AT_ONCE)
            expect_victim(scanned[i - AT_ONCE]);
    }
    for (int i = 0; i < HOT; i++)
        ck_assert_int_eq(queue_of(hot[i]), QUEUE_MAIN);
    teardown();
}
END_TEST

START_TEST(each_visit_up_to_three_is_a_round_in_main)
{
    setup(100);
    make_ghost("hot");
    make_ghost("warm");
    make_ghost("cold");
    struct t87s__entry *hot = add("hot"), *warm = add("warm"), *cold = add("cold");
    ck_assert_int_eq(queue_of(hot), QUEUE_MAIN);
    visit(hot, 9);
    ck_assert_uint_eq(t87s__entry_visits(hot), 3);
    visit(warm, 1);
    expect_victim(cold);
    ck_assert_uint_eq(t87s__entry_visits(hot), 2);
    expect_victim(warm);
    expect_victim(hot);
    teardown();
}
END_TEST

START_TEST(one_that_comes_back_soon_goes_straight_to_main)
{
    setup(100);
    uint64_t hash = key_of("a").hash;
    ck_assert(!t87s__eviction_remembers(eviction, hash));
    expect_victim(add("a"));
    ck_assert(t87s__eviction_remembers(eviction, hash));
    ck_assert(!t87s__eviction_remembers(eviction, hash + (UINT64_C(1) << 40)));
    struct t87s__entry *again = add("a"), *fresh = add("b");
    ck_assert_int_eq(queue_of(again), QUEUE_MAIN);
    ck_assert_int_eq(queue_of(fresh), QUEUE_SMALL);
    expect_victim(fresh);
    expect_victim(again);
    teardown();
}
END_TEST

START_TEST(the_small_queue_keeps_its_tenth_of_the_entries_bytes)
{
    enum { MAIN = 20 };
    setup(1 << 20);
    struct t87s__entry *in_main[MAIN];
    char key[16];
    for (int i = 0; i < MAIN; i++) {
        snprintf(key, sizeof key, "m%02d", i);
        make_ghost(key);
    }
    for (int i = 0; i < MAIN; i++) {
        snprintf(key, sizeof key, "m%02d", i);
        in_main[i] = add(key);
        ck_assert_int_eq(queue_of(in_main[i]), QUEUE_MAIN);
    }
    struct t87s__entry *first = add("s00"), *second = add("s01");
    ck_assert_uint_eq(t87s__entry_cost(first), t87s__entry_cost(in_main[0]));
    expect_victim(in_main[0]); /* 2 of 22: the small queue has no more than its share */
    add("s02");
    expect_victim(first);      /* 3 of 22: now it has */
    expect_victim(in_main[1]); /* 2 of 21 */
    struct t87s__entry *large = entry_of_size(&rooms, "s03", 1000);
    put(large);
    expect_victim(second); /* 3 of 22, and more by bytes */
    ck_assert_int_eq(queue_of(large), QUEUE_SMALL);
    teardown();
}
END_TEST

START_TEST(what_is_out_of_date_goes_however_often_it_was_visited)
{
    setup(100);
    struct t87s__entry *gone = entry_of(&rooms, "gone", "users/1", 1, INT64_MAX, 0);
    struct t87s__entry *expired = entry_of(&rooms, "expired", NULL, 1, 0, 0);
    struct t87s__entry *in_grace = entry_of(&rooms, "grace", NULL, 1, 0, 1000);
    struct t87s__entry *fresh = entry_of(&rooms, "fresh", NULL, 1, INT64_MAX, 0);
    struct t87s__entry *all[] = {fresh, in_grace, gone, expired};
    for (int i = 0; i < 4; i++) {
        visit(all[i], 3);
        ck_assert_ptr_null(put(all[i]));
    }
    ck_assert(invalidate(&rooms, "users/1", 0, 2, 0));
    const uint64_t hashes[] = {key_of("gone").hash, key_of("expired").hash};
    expect_victim(gone);
    expect_victim(expired);
    for (int i = 0; i < 2; i++)
        ck_assert(!t87s__eviction_remembers(eviction, hashes[i])); /* it was not the capacity that took it */
    ck_assert_int_eq(queue_of(fresh), QUEUE_MAIN);
    ck_assert_int_eq(queue_of(in_grace), QUEUE_MAIN);
    teardown();
}
END_TEST

START_TEST(what_is_out_of_date_and_unvisited_is_not_remembered_either)
{
    setup(100);
    struct t87s__entry *gone = entry_of(&rooms, "gone", "users/1", 1, INT64_MAX, 0);
    put(gone);
    ck_assert(invalidate(&rooms, "users/1", 0, 2, 0));
    expect_victim(gone);
    ck_assert(!t87s__eviction_remembers(eviction, key_of("gone").hash));
    teardown();
}
END_TEST

START_TEST(an_entry_that_left_by_another_door_is_no_victim)
{
    setup(100);
    struct t87s__entry *a = add("a"), *b = add("b"), *c = add("c");
    ck_assert_ptr_eq(remove_key("b"), b);
    discard(&rooms, b);
    expect_victim(a);
    expect_victim(c);
    ck_assert_ptr_null(next_victim());
    teardown();
}
END_TEST

START_TEST(an_entry_that_left_the_table_before_it_got_its_turn_leaves_one_that_finds_nobody)
{
    setup(100);
    struct t87s__entry *entry = entry_of_size(&rooms, "a", 10), *displaced;
    const uint64_t hash = key_of("a").hash;
    enum t87s__queue queue;
    ck_assert(t87s__eviction_reserve(eviction, hash, &queue));
    ck_assert_int_eq(put_as(&rooms, entry, hash, queue, &displaced), PUT_KEPT);
    ck_assert_ptr_eq(remove_key("a"), entry); /* another thread was quicker */
    t87s__eviction_settle(eviction, hash, queue, entry);
    ck_assert_ptr_null(next_victim());
    discard(&rooms, entry);
    unref(&rooms, entry);
    teardown();
}
END_TEST

START_TEST(a_successor_takes_over_the_place_in_the_queue)
{
    setup(100);
    make_ghost("a");
    struct t87s__entry *a = add("a"), *b = add("b"), *c = add("c");
    struct t87s__entry *next_a = entry_of_size(&rooms, "a", 10), *next_b = entry_of_size(&rooms, "b", 10);
    ck_assert_ptr_eq(put(next_a), a);
    ck_assert_ptr_eq(put(next_b), b);
    ck_assert_int_eq(queue_of(next_a), QUEUE_MAIN);
    ck_assert_int_eq(queue_of(next_b), QUEUE_SMALL);
    discard(&rooms, a);
    discard(&rooms, b);
    expect_victim(next_b);
    expect_victim(c);
    expect_victim(next_a);
    ck_assert_ptr_null(next_victim()); /* each had one turn */
    teardown();
}
END_TEST

START_TEST(without_memory_for_ghosts_nobody_is_remembered_but_all_still_go)
{
    setup(100);
    struct t87s__entry *a = add("a"), *b = add("b");
    uint64_t hash = key_of("a").hash;
    rooms.heap.for_ever = true;
    atomic_store(&rooms.heap.until_failure, 0);
    expect_victim(a);
    ck_assert(!t87s__eviction_remembers(eviction, hash));
    atomic_store(&rooms.heap.until_failure, FAULT_NEVER);
    hash = key_of("b").hash;
    expect_victim(b);
    ck_assert(t87s__eviction_remembers(eviction, hash));
    teardown();
}
END_TEST

int main(void) {
    return run_suites(
        suite_of(
            "who goes when it gets tight", what_nobody_visits_goes_in_the_order_it_came,
            a_visited_entry_goes_to_main_instead, visited_entries_survive_a_scan,
            each_visit_up_to_three_is_a_round_in_main, one_that_comes_back_soon_goes_straight_to_main,
            the_small_queue_keeps_its_tenth_of_the_entries_bytes, what_is_out_of_date_goes_however_often_it_was_visited,
            what_is_out_of_date_and_unvisited_is_not_remembered_either, an_entry_that_left_by_another_door_is_no_victim,
            an_entry_that_left_the_table_before_it_got_its_turn_leaves_one_that_finds_nobody,
            a_successor_takes_over_the_place_in_the_queue,
            without_memory_for_ghosts_nobody_is_remembered_but_all_still_go, NULL),
        NULL);
}
