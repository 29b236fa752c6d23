/* SPDX-License-Identifier: MIT */
#include "arena.h"
#include "by_hash.h"
#include "suites.h"

enum { MANY = 5000 };

/* Sorted, things of each hash are one run, in the order they were added. */
static void check_sorted(uint64_t (*hash_of)(size_t i)) {
    struct arena arena;
    struct by_hash by_hash;
    size_t n_runs = 0;
    arena_init(&arena);
    ck_assert(by_hash_init(&by_hash, 2 * MANY, &arena));
    for (size_t i = 0; i < 2 * MANY; i++)
        by_hash_add(&by_hash, hash_of(i % MANY), i);
    by_hash_sort(&by_hash);
    for (size_t i = 0; i < by_hash.n; i += by_hash_run(&by_hash, i), n_runs++) {
        const struct by_hash_item *first = &by_hash.items[i];
        ck_assert_uint_eq(by_hash_run(&by_hash, i), 2);
        ck_assert_uint_eq(first->hash, hash_of(first->payload));
        ck_assert_uint_lt(first->payload, MANY);
        ck_assert_uint_eq(first[1].payload, first->payload + MANY);
    }
    ck_assert_uint_eq(n_runs, MANY);
    by_hash_drop(&by_hash, &arena);
    arena_free(&arena);
}

static uint64_t scattered(size_t i) { return (i + 1) * UINT64_C(0x9E3779B97F4A7C15); }
static uint64_t counted(size_t i) { return MANY - i; }
static uint64_t counted_above(size_t i) { return (uint64_t)(MANY - i) << 50; }
static uint64_t alike_in_pairs(size_t i) { return (uint64_t)(i / 2) << 11 | (uint64_t)(i % 2 ^ 1) << 63; }

START_TEST(equal_hashes_stand_together_in_the_order_they_came)
{ check_sorted(scattered); }
END_TEST

START_TEST(hashes_that_differ_in_a_few_bits_are_told_apart)
{
    check_sorted(counted);
    check_sorted(counted_above);
    check_sorted(alike_in_pairs);
}
END_TEST

int main(void) {
    return run_suites(suite_of("things by their hashes", equal_hashes_stand_together_in_the_order_they_came,
                               hashes_that_differ_in_a_few_bits_are_told_apart, NULL),
                      NULL);
}
