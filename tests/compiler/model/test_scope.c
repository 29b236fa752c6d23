/* SPDX-License-Identifier: MIT */
#include <stdint.h>

#include "arena.h"
#include "scope.h"
#include "suites.h"

enum { MANY = 5000 };

static void fill(void *argument) {
    static char names[MANY], owners[3];
    struct scope scope;
    scope_init(&scope, argument);
    ck_assert_ptr_null(scope_get(&scope, &owners[0], &names[0]));
    for (size_t i = 0; i < MANY; i++)
        for (size_t owner = 0; owner < 3; owner++)
            ck_assert_ptr_null(scope_put(&scope, &owners[owner], &names[i], &names[(i + owner) % MANY]));
    for (size_t i = 0; i < MANY; i++)
        for (size_t owner = 0; owner < 3; owner++)
            ck_assert_ptr_eq(scope_get(&scope, &owners[owner], &names[i]), &names[(i + owner) % MANY]);
    ck_assert_ptr_eq(scope_put(&scope, &owners[1], &names[7], NULL), &names[8]);
    ck_assert_ptr_eq(scope_get(&scope, &owners[1], &names[7]), &names[8]);
    ck_assert_uint_eq(scope.n, 3 * MANY);
}

START_TEST(each_owner_has_its_own_names_and_the_first_thing_keeps_a_name)
{
    struct arena arena;
    arena_init(&arena);
    ck_assert(arena_run(&arena, fill, &arena));
    arena_free(&arena);
}
END_TEST

int main(void) {
    return run_suites(suite_of("a scope", each_owner_has_its_own_names_and_the_first_thing_keeps_a_name, NULL), NULL);
}
