/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "suites.h"

START_TEST(blocks_are_zeroed_aligned_and_apart)
{
    struct arena arena;
    arena_init(&arena);
    unsigned char *last = NULL;
    for (size_t size = 1; size < 3000; size += 7) {
        unsigned char *block = arena_try(&arena, size);
        ck_assert_ptr_nonnull(block);
        ck_assert_uint_eq((uintptr_t)block % _Alignof(union arena_unit), 0);
        for (size_t i = 0; i < size; i++)
            ck_assert_uint_eq(block[i], 0);
        memset(block, 0xA5, size);
        ck_assert(!last || last[0] == 0xA5);
        last = block;
    }
    arena_free(&arena);
}
END_TEST

START_TEST(a_block_larger_than_any_chunk_fits)
{
    struct arena arena;
    arena_init(&arena);
    char *small = arena_try(&arena, 10), *big = arena_try(&arena, 8 << 20), *after = arena_try(&arena, 10);
    ck_assert_ptr_nonnull(big);
    big[(8 << 20) - 1] = 'x';
    ck_assert_int_lt(after - small, 100); /* the big one did not throw away the small ones' chunk */
    arena_free(&arena);
}
END_TEST

START_TEST(only_a_block_with_a_chunk_of_its_own_is_given_back)
{
    struct arena arena;
    arena_init(&arena);
    char *small = arena_try(&arena, 10);
    struct arena_chunk *const before = arena.chunks;
    char *big = arena_try(&arena, 1 << 20), *bigger = arena_try(&arena, 2 << 20);
    ck_assert_ptr_ne(arena.chunks, before);
    arena_drop(&arena, big);
    bigger[0] = 'x';
    arena_drop(&arena, bigger);
    ck_assert_ptr_eq(arena.chunks, before);
    arena_drop(&arena, small); /* at the start of its chunk, which others use */
    arena_drop(&arena, NULL);
    ck_assert_ptr_eq(arena.chunks, before);
    arena_free(&arena);
}
END_TEST

struct steps {
    struct arena *arena;
    int reached;
};

static void ask_for_too_much(void *argument) {
    struct steps *steps = argument;
    steps->reached = 1;
    arena_alloc(steps->arena, SIZE_MAX);
    steps->reached = 2;
}

static void nest(void *argument) {
    struct steps *steps = argument;
    ck_assert(!arena_run(steps->arena, ask_for_too_much, steps));
    ck_assert_int_eq(steps->reached, 1);
    ck_assert_ptr_nonnull(arena_alloc(steps->arena, 100)); /* the outer run is still a guard */
    steps->reached = 3;
}

START_TEST(running_out_of_memory_leaves_through_the_innermost_run)
{
    struct arena arena;
    arena_init(&arena);
    struct steps steps = {.arena = &arena};
    ck_assert(arena_run(&arena, nest, &steps));
    ck_assert_int_eq(steps.reached, 3);
    ck_assert_ptr_null(arena.guard);
    arena_free(&arena);
}
END_TEST

static void overflow(void *argument) {
    struct steps *steps = argument;
    arena_alloc_array(steps->arena, SIZE_MAX / 4, 16);
    steps->reached = 1;
}

START_TEST(an_array_whose_size_overflows_is_no_memory)
{
    struct arena arena;
    arena_init(&arena);
    struct steps steps = {.arena = &arena};
    ck_assert(!arena_run(&arena, overflow, &steps));
    ck_assert_int_eq(steps.reached, 0);
    arena_free(&arena);
}
END_TEST

int main(void) {
    return run_suites(suite_of("an arena", blocks_are_zeroed_aligned_and_apart, a_block_larger_than_any_chunk_fits,
                               only_a_block_with_a_chunk_of_its_own_is_given_back,
                               running_out_of_memory_leaves_through_the_innermost_run,
                               an_array_whose_size_overflows_is_no_memory, NULL),
                      NULL);
}
