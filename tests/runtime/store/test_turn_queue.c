/* SPDX-License-Identifier: MIT */
/* Turns come out in the order they went in, and a promised place is there whatever happens to the memory. */
#include "turn_queue.h"

#include "fault_allocator.h"
#include "suites.h"

#include <stdlib.h>

static struct fault_allocator heap;
static struct t87s__memory *memory;
static struct t87s__turn_queue queue;

static void setup(void) {
    fault_allocator_init(&heap, FAULT_NEVER, false);
    memory = t87s__memory_open(&heap.allocator);
    ck_assert_ptr_nonnull(memory);
    queue = (struct t87s__turn_queue){0};
}

static void teardown(void) {
    t87s__turn_queue_close(&queue, memory);
    ck_assert_uint_eq(atomic_load(&memory->bytes[MEMORY_TABLE]), 0);
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}

static struct t87s__turn_of turn(uint32_t i) { return (struct t87s__turn_of){i, (uint16_t)(i * 7)}; }

static bool add(uint32_t i) {
    if (!t87s__turn_queue_reserve(&queue, memory))
        return false;
    t87s__turn_queue_add(&queue, turn(i));
    return true;
}

static void expect_taken(uint32_t i) {
    struct t87s__turn_of taken = {0, 0};
    if (!t87s__turn_queue_take(&queue, memory, &taken) || taken.upper != i || taken.tag != turn(i).tag)
        ck_abort_msg("%u and not %u", taken.upper, i);
}

START_TEST(an_empty_queue_has_no_turn_and_no_memory)
{
    struct t87s__turn_of taken;
    ck_assert(!t87s__turn_queue_take(&queue, memory, &taken));
    ck_assert(!t87s__turn_queue_peek(&queue, 0, &taken));
    ck_assert_uint_eq(atomic_load(&memory->bytes[MEMORY_TABLE]), 0);
}
END_TEST

/* The reference is two counters: what comes next, and what was added last. */
START_TEST(turns_come_in_the_order_they_were_added_however_the_queue_breathes)
{
    uint32_t next = 0, last = 0, reserved = 0;
    srand(87);
    for (int phase = 0; phase < 60; phase++) {
        const int adding = rand() % 100; /* percent of the steps of this phase */
        for (int step = 0; step < 3000; step++) {
            struct t87s__turn_of seen;
            const int what = rand() % 100;
            if (what < adding) {
                ck_assert(add(last));
                last++;
            } else if (what % 10 == 0 && reserved < 1000) {
                ck_assert(t87s__turn_queue_reserve(&queue, memory));
                reserved++;
            } else if (what % 10 == 1 && reserved) {
                if (what % 20 == 1)
                    t87s__turn_queue_add(&queue, turn(last++));
                else
                    t87s__turn_queue_unreserve(&queue);
                reserved--;
            } else if (next < last) {
                expect_taken(next++);
            } else if (t87s__turn_queue_take(&queue, memory, &seen)) {
                ck_abort_msg("a turn of an empty queue");
            }
            if (queue.n != last - next || queue.reserved != reserved || queue.room < reserved)
                ck_abort_msg("%zu turns, %zu reserved, room %zu", queue.n, queue.reserved, queue.room);
            const uint32_t ahead = (uint32_t)(rand() % 20);
            if (t87s__turn_queue_peek(&queue, ahead, &seen) && seen.upper != next + ahead)
                ck_abort_msg("%u ahead is %u and not %u", ahead, seen.upper, next + ahead);
        }
    }
    ck_assert_uint_gt(last, 50000);
    while (next < last)
        expect_taken(next++);
    while (reserved-- > 0)
        t87s__turn_queue_unreserve(&queue);
}
END_TEST

START_TEST(a_queue_that_is_used_for_ever_stays_small)
{
    for (uint32_t i = 0; i < 100; i++)
        ck_assert(add(i));
    for (uint32_t i = 0; i < 100000; i++) {
        if (!add(i + 100))
            ck_abort_msg("no place for %u", i);
        expect_taken(i);
        if (atomic_load(&heap.live_blocks) > 1 + 3)
            ck_abort_msg("%ld chunks", atomic_load(&heap.live_blocks) - 1);
    }
}
END_TEST

START_TEST(without_memory_only_what_was_promised_can_be_added)
{
    uint32_t added = 0, promised = 0;
    while (promised < 2 * TURNS_IN_CHUNK - 5 && t87s__turn_queue_reserve(&queue, memory))
        promised++;
    heap.for_ever = true;
    atomic_store(&heap.until_failure, 0);
    int more = 0;
    while (t87s__turn_queue_reserve(&queue, memory))
        more++;
    ck_assert_int_eq(more, 5); /* to the end of the chunk */
    promised += 5;
    ck_assert_uint_eq(queue.reserved, promised);
    for (; added < promised; added++)
        t87s__turn_queue_add(&queue, turn(added));
    ck_assert(!t87s__turn_queue_reserve(&queue, memory));
    for (uint32_t i = 0; i < promised; i++)
        expect_taken(i);
    ck_assert(add(added)); /* places that have become free serve again */
    expect_taken(added);
}
END_TEST

START_TEST(every_failure_leaves_the_queue_whole)
{
    for (long failing = 0; failing < 8; failing++) {
        uint32_t next = 0, last = 0;
        heap.for_ever = false;
        atomic_store(&heap.failed, 0);
        atomic_store(&heap.until_failure, failing);
        for (int i = 0; i < 5 * TURNS_IN_CHUNK; i++) {
            if (add(last))
                last++;
            if (i % 3 == 0 && next < last)
                expect_taken(next++);
        }
        ck_assert_uint_eq(queue.n, last - next);
        ck_assert_uint_eq(queue.reserved, 0);
        while (next < last)
            expect_taken(next++);
        atomic_store(&heap.until_failure, FAULT_NEVER);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("a queue of turns");
    TCase *tests = tcase_create("a queue of turns");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, an_empty_queue_has_no_turn_and_no_memory);
    tcase_add_test(tests, turns_come_in_the_order_they_were_added_however_the_queue_breathes);
    tcase_add_test(tests, a_queue_that_is_used_for_ever_stays_small);
    tcase_add_test(tests, without_memory_only_what_was_promised_can_be_added);
    tcase_add_test(tests, every_failure_leaves_the_queue_whole);
    return run_suites(suite, NULL);
}
