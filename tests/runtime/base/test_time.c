/* SPDX-License-Identifier: MIT */
/* Times that saturate, a clock that does not go back, numbers that are spread. */
#include "clock.h"
#include "hash.h"
#include "random.h"
#include "suites.h"

START_TEST(a_sum_of_times_stays_at_the_ends_of_the_range)
{
    static const struct {
        int64_t a, b, sum;
    } rows[] = {
        {0, 0, 0},
        {1, 2, 3},
        {5, -7, -2},
        {INT64_MAX, 0, INT64_MAX},
        {INT64_MAX - 1, 1, INT64_MAX},
        {INT64_MAX, 1, INT64_MAX},
        {INT64_MAX, INT64_MAX, INT64_MAX},
        {1, INT64_MAX, INT64_MAX},
        {INT64_MIN, 0, INT64_MIN},
        {INT64_MIN, -1, INT64_MIN},
        {INT64_MIN, INT64_MIN, INT64_MIN},
        {-1, INT64_MIN, INT64_MIN},
        {INT64_MIN, INT64_MAX, -1},
        {INT64_MAX, INT64_MIN, -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_int_eq(t87s__time_add(rows[i].a, rows[i].b), rows[i].sum);
}
END_TEST

START_TEST(the_monotonic_clock_does_not_go_back)
{
    int64_t before = t87s__clock_now(&t87s__clock_monotonic);
    for (int i = 0; i < 1000; i++) {
        int64_t now = t87s__clock_now(&t87s__clock_monotonic);
        ck_assert_int_ge(now, before);
        before = now;
    }
}
END_TEST

START_TEST(a_random_number_stays_below_its_bound_and_meets_every_value)
{
    ck_assert_uint_eq(t87s__random_below(0), 0);
    ck_assert_uint_eq(t87s__random_below(1), 0);
    unsigned met[10] = {0};
    for (int i = 0; i < 10000; i++) {
        uint64_t number = t87s__random_below(10);
        ck_assert_uint_lt(number, 10);
        met[number]++;
    }
    for (int i = 0; i < 10; i++)
        ck_assert_uint_ge(met[i], 700); /* 1000 expected: ten standard deviations */
}
END_TEST

START_TEST(two_seeds_differ)
{ ck_assert_uint_ne(t87s__random_seed(), t87s__random_seed()); }
END_TEST

START_TEST(a_hash_depends_on_its_seed_and_every_byte)
{
    ck_assert_uint_eq(t87s__hash("abc", 3, 7), t87s__hash("abc", 3, 7));
    ck_assert_uint_ne(t87s__hash("abc", 3, 7), t87s__hash("abc", 3, 8));
    ck_assert_uint_ne(t87s__hash("abc", 3, 7), t87s__hash("abd", 3, 7));
    ck_assert_uint_ne(t87s__hash("abc", 3, 7), t87s__hash("abc", 2, 7));
}
END_TEST

int main(void) {
    return run_suites(suite_of("times and numbers", a_sum_of_times_stays_at_the_ends_of_the_range,
                               the_monotonic_clock_does_not_go_back,
                               a_random_number_stays_below_its_bound_and_meets_every_value, two_seeds_differ,
                               a_hash_depends_on_its_seed_and_every_byte, NULL),
                      NULL);
}
