/* SPDX-License-Identifier: MIT */
/* S3-FIFO beside two plain arrays that do the same, and the turns that nobody waits for any more. */
#include "eviction.h"

#include "rooms.h"
#include "suites.h"
#include "turn_queue.h"

#include <stdio.h>
#include <stdlib.h>

enum { KEYS = 400, LONGEST = 2000 };

static struct rooms rooms;
static struct t87s__eviction *eviction;

/* Each queue, the oldest first. */
static struct line {
    int keys[LONGEST];
    int n;
} lines[2];
static struct {
    char text[24];
    uint64_t hash;
    struct t87s__entry *entry; /* NULL: not in the table */
    int visits;
} model[KEYS];

static void setup(void) {
    rooms_open(&rooms);
    eviction = t87s__eviction_open(rooms.memory, rooms.table, 1 << 30);
    ck_assert_ptr_nonnull(eviction);
    for (int i = 0; i < KEYS; i++) {
        snprintf(model[i].text, sizeof model[i].text, "%06d", i);
        model[i].hash = key_of(model[i].text).hash;
    }
}

static void teardown(void) {
    t87s__eviction_close(eviction);
    rooms_close(&rooms);
}

static void push(enum t87s__queue queue, int key) {
    struct line *line = &lines[queue];
    ck_assert_int_lt(line->n, LONGEST);
    line->keys[line->n++] = key;
}

static int shift(enum t87s__queue queue) {
    struct line *line = &lines[queue];
    const int key = line->keys[0];
    for (int i = 1; i < line->n; i++)
        line->keys[i - 1] = line->keys[i];
    line->n--;
    return key;
}

/* All entries cost the same, so bytes are numbers here. Returns the key that goes, -1: there is none. */
static int model_victim(enum t87s__queue *left) {
    while (lines[QUEUE_SMALL].n + lines[QUEUE_MAIN].n > 0) {
        const int n = lines[QUEUE_SMALL].n + lines[QUEUE_MAIN].n;
        const bool small = lines[QUEUE_SMALL].n && (lines[QUEUE_SMALL].n * 10 > n || !lines[QUEUE_MAIN].n);
        const int key = shift(small ? QUEUE_SMALL : QUEUE_MAIN);
        *left = small ? QUEUE_SMALL : QUEUE_MAIN;
        if (!model[key].visits)
            return key;
        model[key].visits = small ? 0 : model[key].visits - 1;
        push(QUEUE_MAIN, key);
    }
    return -1;
}

static bool add(int key) {
    struct t87s__entry *entry = entry_of(&rooms, model[key].text, NULL, 1, INT64_MAX, 0), *displaced;
    enum t87s__queue queue;
    if (!t87s__eviction_reserve(eviction, model[key].hash, &queue)) {
        unref(&rooms, entry);
        return false;
    }
    ck_assert_int_eq(queue, t87s__eviction_remembers(eviction, model[key].hash) ? QUEUE_MAIN : QUEUE_SMALL);
    ck_assert_int_eq(put_as(&rooms, entry, model[key].hash, queue, &displaced), PUT_KEPT);
    ck_assert_ptr_null(displaced);
    t87s__eviction_settle(eviction, model[key].hash, queue, entry);
    unref(&rooms, entry);
    model[key].entry = entry;
    model[key].visits = 0;
    push(queue, key);
    return true;
}

START_TEST(who_goes_is_who_goes_by_the_book)
{
    srand(87);
    size_t gone = 0, from_main = 0;
    for (int step = 0; step < 30000; step++) {
        const int key = rand() % 3 ? rand() % (KEYS / 4) : rand() % KEYS;
        if (model[key].entry) {
            t87s__entry_visit(model[key].entry);
            model[key].visits += model[key].visits < 3;
            continue;
        }
        ck_assert(add(key));
        if (t87s__entry_table_count(rooms.table) < 120)
            continue;
        enum t87s__queue left;
        const int expected = model_victim(&left);
        struct t87s__entry *victim = t87s__eviction_victims(eviction, 1, 0);
        if (victim != model[expected].entry)
            ck_abort_msg("step %d: %.6s goes, not %s", step, (const char *)t87s__entry_key(victim),
                         model[expected].text);
        model[expected].entry = NULL;
        if (left == QUEUE_MAIN)
            from_main++;
        else
            ck_assert(t87s__eviction_remembers(eviction, model[expected].hash));
        discard(&rooms, victim);
        t87s__retired_relieve(rooms.retired);
        gone++;
    }
    ck_assert_uint_gt(gone, 3000);
    ck_assert_uint_gt(from_main, 100);
    enum t87s__queue left;
    for (int expected; (expected = model_victim(&left)) >= 0;) {
        struct t87s__entry *victim = t87s__eviction_victims(eviction, 1, 0);
        ck_assert_ptr_eq(victim, model[expected].entry);
        discard(&rooms, victim);
    }
    ck_assert_ptr_null(t87s__eviction_victims(eviction, 1, 0));
}
END_TEST

START_TEST(turns_that_wait_for_nobody_do_not_pile_up)
{
    struct t87s__entry *stays[10];
    size_t most = 0;
    for (int i = 0; i < 10; i++) {
        ck_assert(add(i));
        stays[i] = model[i].entry;
    }
    const size_t before = counted(&rooms, MEMORY_TABLE);
    for (int i = 0; i < 50000; i++) { /* came and was deleted, without any eviction: now a new key, now the same */
        char text[24];
        snprintf(text, sizeof text, "passing %d", i % 2 ? i : 0);
        struct t87s__entry *entry = entry_of(&rooms, text, NULL, (uint64_t)i + 1, INT64_MAX, 0), *displaced;
        const struct t87s__key key = key_of(text);
        enum t87s__queue queue;
        ck_assert(t87s__eviction_reserve(eviction, key.hash, &queue));
        ck_assert_int_eq(put_as(&rooms, entry, key.hash, queue, &displaced), PUT_KEPT);
        t87s__eviction_settle(eviction, key.hash, queue, entry);
        unref(&rooms, entry);
        discard(&rooms, t87s__entry_table_remove(rooms.table, &key, UINT64_MAX));
        if (i % 100 == 0)
            t87s__retired_relieve(rooms.retired);
        const size_t now = counted(&rooms, MEMORY_TABLE);
        most = now > most ? now : most;
    }
    ck_assert_uint_le(most - before, 8 * t87s__memory_cost(sizeof(struct t87s__turn_chunk)));
    bool went[10] = {false};
    for (int i = 0; i < 10; i++) { /* those who stay still have a turn each */
        struct t87s__entry *victim = t87s__eviction_victims(eviction, 1, 0);
        for (int k = 0; k < 10; k++)
            went[k] = went[k] || victim == stays[k];
        discard(&rooms, victim);
    }
    for (int k = 0; k < 10; k++)
        ck_assert(went[k]);
    ck_assert_ptr_null(t87s__eviction_victims(eviction, 1, 0));
}
END_TEST

START_TEST(who_has_no_place_in_main_goes_although_it_was_visited)
{
    ck_assert(add(0));
    t87s__entry_visit(model[0].entry);
    rooms.heap.for_ever = true;
    atomic_store(&rooms.heap.until_failure, 0);
    struct t87s__entry *victim = t87s__eviction_victims(eviction, 1, 0); /* main has no chunk yet, and gets none */
    ck_assert_ptr_eq(victim, model[0].entry);
    atomic_store(&rooms.heap.until_failure, FAULT_NEVER);
    discard(&rooms, victim);
    ck_assert_ptr_null(t87s__eviction_victims(eviction, 1, 0));
}
END_TEST

START_TEST(without_memory_for_a_place_nothing_is_promised)
{
    rooms.heap.for_ever = true;
    atomic_store(&rooms.heap.until_failure, 0);
    enum t87s__queue queue;
    ck_assert(!t87s__eviction_reserve(eviction, model[0].hash, &queue));
    atomic_store(&rooms.heap.until_failure, FAULT_NEVER);
    ck_assert(add(0));
    struct t87s__entry *victim = t87s__eviction_victims(eviction, 1, 0);
    ck_assert_ptr_eq(victim, model[0].entry);
    discard(&rooms, victim);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("eviction by the book");
    TCase *tests = tcase_create("eviction by the book");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, who_goes_is_who_goes_by_the_book);
    tcase_add_test(tests, turns_that_wait_for_nobody_do_not_pile_up);
    tcase_add_test(tests, who_has_no_place_in_main_goes_although_it_was_visited);
    tcase_add_test(tests, without_memory_for_a_place_nothing_is_promised);
    return run_suites(suite, NULL);
}
