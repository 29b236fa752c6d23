/* SPDX-License-Identifier: MIT */
/* What the memory of a cache counts, and how long it lives. */
#include "memory.h"

#include "fault_allocator.h"
#include "stage.h"
#include "suites.h"

#include <string.h>

static size_t counted(struct t87s__memory *memory, enum t87s__memory_kind kind) {
    return atomic_load(&memory->bytes[kind]);
}

START_TEST(a_block_counts_its_bytes_and_what_malloc_adds)
{
    static const struct {
        size_t size, cost;
    } rows[] = {{0, 16}, {1, 16}, {8, 16}, {9, 32}, {24, 32}, {25, 48}, {40, 48}, {1000, 1008}, {1001, 1024}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_uint_eq(t87s__memory_cost(rows[i].size), rows[i].cost);
}
END_TEST

START_TEST(a_block_counts_under_its_kind_until_it_is_given_back)
{
    struct fault_allocator heap;
    fault_allocator_init(&heap, FAULT_NEVER, false);
    struct t87s__memory *memory = t87s__memory_open(&heap.allocator);
    size_t empty = t87s__memory_used(memory);
    ck_assert_uint_eq(empty, t87s__memory_cost(sizeof *memory)); /* it counts itself */
    ck_assert_uint_eq(counted(memory, MEMORY_OTHER), empty);

    for (int kind = 0; kind < MEMORY_KINDS; kind++) {
        size_t before = counted(memory, (enum t87s__memory_kind)kind);
        void *block = t87s__memory_take(memory, (enum t87s__memory_kind)kind, 100);
        ck_assert_uint_eq(counted(memory, (enum t87s__memory_kind)kind), before + 112);
        ck_assert_uint_eq(t87s__memory_used(memory), empty + 112);
        t87s__memory_give(memory, (enum t87s__memory_kind)kind, block, 100);
        ck_assert_uint_eq(counted(memory, (enum t87s__memory_kind)kind), before);
    }
    ck_assert_uint_eq(t87s__memory_used(memory), empty);
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}
END_TEST

START_TEST(a_moved_block_counts_under_the_other_kind)
{
    struct t87s__memory *memory = t87s__memory_open(NULL);
    size_t empty = t87s__memory_used(memory);
    void *block = t87s__memory_take(memory, MEMORY_ENTRIES, 100);
    t87s__memory_move(memory, MEMORY_ENTRIES, MEMORY_PINNED, t87s__memory_cost(100));
    ck_assert_uint_eq(counted(memory, MEMORY_ENTRIES), 0);
    ck_assert_uint_eq(counted(memory, MEMORY_PINNED), 112);
    ck_assert_uint_eq(t87s__memory_used(memory), empty + 112);
    t87s__memory_give(memory, MEMORY_PINNED, block, 100);
    ck_assert_uint_eq(t87s__memory_used(memory), empty);
    t87s__memory_unref(memory);
}
END_TEST

START_TEST(a_zeroed_block_is_all_zeroes_whatever_the_allocator_left_in_it)
{
    struct fault_allocator heap; /* fills with 0xa5 */
    fault_allocator_init(&heap, FAULT_NEVER, false);
    struct t87s__memory *memory = t87s__memory_open(&heap.allocator);
    unsigned char *block = t87s__memory_take_zeroed(memory, MEMORY_TAGS, 333);
    for (size_t i = 0; i < 333; i++)
        ck_assert_uint_eq(block[i], 0);
    t87s__memory_give(memory, MEMORY_TAGS, block, 333);
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_bytes), 0);
}
END_TEST

START_TEST(a_block_of_lines_starts_one_wherever_the_allocators_block_does)
{
    struct fault_allocator heap;
    fault_allocator_init(&heap, FAULT_NEVER, false);
    struct t87s__memory *memory = t87s__memory_open(&heap.allocator);
    size_t empty = t87s__memory_used(memory);
    void *blocks[20];
    for (size_t i = 0; i < 20; i++) { /* of sizes that leave the heap's next block anywhere */
        blocks[i] = t87s__memory_take_lines(memory, MEMORY_TABLE, 16 * i + 1);
        ck_assert_uint_eq((uintptr_t)blocks[i] % MEMORY_LINE, 0);
        for (size_t at = 0; at <= 16 * i; at++)
            ck_assert_uint_eq(((unsigned char *)blocks[i])[at], 0);
        memset(blocks[i], 0xff, 16 * i + 1);
    }
    ck_assert_uint_gt(t87s__memory_used(memory), empty);
    for (size_t i = 0; i < 20; i++)
        t87s__memory_give_lines(memory, MEMORY_TABLE, blocks[i], 16 * i + 1);
    t87s__memory_give_lines(memory, MEMORY_TABLE, NULL, 1);
    ck_assert_uint_eq(t87s__memory_used(memory), empty);
    atomic_store(&heap.until_failure, 0);
    ck_assert_ptr_null(t87s__memory_take_lines(memory, MEMORY_TABLE, 1));
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}
END_TEST

START_TEST(what_the_allocator_refuses_counts_nothing)
{
    struct fault_allocator heap;
    fault_allocator_init(&heap, 1, true);
    struct t87s__memory *memory = t87s__memory_open(&heap.allocator);
    size_t empty = t87s__memory_used(memory);
    ck_assert_ptr_null(t87s__memory_take(memory, MEMORY_ENTRIES, 10));
    ck_assert_ptr_null(t87s__memory_take_zeroed(memory, MEMORY_ENTRIES, 10));
    ck_assert_uint_eq(t87s__memory_used(memory), empty);
    t87s__memory_give(memory, MEMORY_ENTRIES, NULL, 10); /* nothing to give back, nothing to count */
    ck_assert_uint_eq(t87s__memory_used(memory), empty);
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}
END_TEST

START_TEST(without_memory_there_is_no_memory)
{
    struct fault_allocator heap;
    fault_allocator_init(&heap, 0, true);
    ck_assert_ptr_null(t87s__memory_open(&heap.allocator));
    ck_assert_int_eq(atomic_load(&heap.failed), 1);
}
END_TEST

START_TEST(it_lives_until_the_last_reference_goes)
{
    struct fault_allocator heap;
    fault_allocator_init(&heap, FAULT_NEVER, false);
    struct t87s__memory *memory = t87s__memory_open(&heap.allocator);
    t87s__memory_ref(memory);
    t87s__memory_ref(memory);
    t87s__memory_unref(memory);
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 1);
    void *block = t87s__memory_take(memory, MEMORY_OTHER, 1); /* still usable */
    t87s__memory_give(memory, MEMORY_OTHER, block, 1);
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}
END_TEST

START_TEST(the_allocator_is_copied_so_the_struct_may_go)
{
    struct fault_allocator heap;
    fault_allocator_init(&heap, FAULT_NEVER, false);
    struct t87s_allocator mine = heap.allocator;
    struct t87s__memory *memory = t87s__memory_open(&mine);
    memset(&mine, 0, sizeof mine);
    t87s__memory_give(memory, MEMORY_OTHER, t87s__memory_take(memory, MEMORY_OTHER, 5), 5);
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}
END_TEST

static void *take_and_give(void *arg) {
    struct t87s__memory *memory = arg;
    for (size_t i = 1; i <= 2000; i++) {
        t87s__memory_ref(memory);
        void *block = t87s__memory_take(memory, MEMORY_FLIGHTS, i);
        t87s__memory_move(memory, MEMORY_FLIGHTS, MEMORY_PINNED, t87s__memory_cost(i));
        t87s__memory_give(memory, MEMORY_PINNED, block, i);
        t87s__memory_unref(memory);
    }
    return NULL;
}

START_TEST(threads_lose_no_byte_of_the_count)
{
    struct fault_allocator heap;
    fault_allocator_init(&heap, FAULT_NEVER, false);
    struct t87s__memory *memory = t87s__memory_open(&heap.allocator);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = thread_start(take_and_give, memory);
    for (int i = 0; i < 3; i++)
        thread_join(threads[i]);
    ck_assert_uint_eq(counted(memory, MEMORY_FLIGHTS), 0);
    ck_assert_uint_eq(counted(memory, MEMORY_PINNED), 0);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 1);
    t87s__memory_unref(memory);
}
END_TEST

int main(void) {
    return run_suites(suite_of("memory is counted by kind", a_block_counts_its_bytes_and_what_malloc_adds,
                               a_block_counts_under_its_kind_until_it_is_given_back,
                               a_moved_block_counts_under_the_other_kind,
                               a_zeroed_block_is_all_zeroes_whatever_the_allocator_left_in_it,
                               a_block_of_lines_starts_one_wherever_the_allocators_block_does,
                               what_the_allocator_refuses_counts_nothing, without_memory_there_is_no_memory,
                               it_lives_until_the_last_reference_goes, the_allocator_is_copied_so_the_struct_may_go,
                               threads_lose_no_byte_of_the_count, NULL),
                      NULL);
}
