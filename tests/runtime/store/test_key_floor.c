/* SPDX-License-Identifier: MIT */
/* What deletes, sets and clears leave behind for answers that are under way. */
#include "key_floor.h"

#include "suites.h"

static struct t87s__key_floors floors;

START_TEST(below_the_floor_of_its_key_nothing_is_admitted)
{
    ck_assert(t87s__key_floor_admits(&floors, 5, 0));
    t87s__key_floor_raise(&floors, 5, 100);
    ck_assert(!t87s__key_floor_admits(&floors, 5, 99));
    ck_assert(t87s__key_floor_admits(&floors, 5, 100)); /* the set itself */
    ck_assert(t87s__key_floor_admits(&floors, 5, 101));
    ck_assert(t87s__key_floor_admits(&floors, 6, 0));                /* another key */
    ck_assert(!t87s__key_floor_admits(&floors, 5 + KEY_FLOORS, 99)); /* one that shares the floor: costs a fetch */
}
END_TEST

START_TEST(below_the_floor_of_all_nothing_is_admitted)
{
    t87s__stamp_raise(&floors.all, 50);
    for (uint64_t hash = 0; hash < 3000; hash += 7) {
        ck_assert(!t87s__key_floor_admits(&floors, hash, 49));
        ck_assert(t87s__key_floor_admits(&floors, hash, 50));
    }
}
END_TEST

START_TEST(a_floor_is_never_lowered)
{
    t87s__key_floor_raise(&floors, 5, 100);
    t87s__key_floor_raise(&floors, 5, 10);
    ck_assert(!t87s__key_floor_admits(&floors, 5, 99));
}
END_TEST

START_TEST(stamps_are_handed_out_once_and_in_order)
{
    struct t87s__stamps stamps = {0};
    for (uint64_t i = 1; i <= 100; i++)
        ck_assert_uint_eq(t87s__stamp_next(&stamps), i);
}
END_TEST

int main(void) {
    return run_suites(suite_of("floors of keys", below_the_floor_of_its_key_nothing_is_admitted,
                               below_the_floor_of_all_nothing_is_admitted, a_floor_is_never_lowered,
                               stamps_are_handed_out_once_and_in_order, NULL),
                      NULL);
}
