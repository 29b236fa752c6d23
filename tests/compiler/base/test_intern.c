/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "intern.h"
#include "suites.h"

enum { MANY = 20000 };

static void equal_names_are_one(void *argument) {
    struct intern intern;
    intern_init(&intern, argument);
    const char *users = intern_name(&intern, "users(", 5);
    ck_assert_str_eq(users, "users");
    ck_assert_ptr_eq(intern_name(&intern, "users", 5), users);
    ck_assert_ptr_ne(intern_name(&intern, "user", 4), users);
    ck_assert_ptr_ne(intern_name(&intern, "users2", 6), users);
    ck_assert_str_eq(intern_name(&intern, "", 0), "");
}

static void names_survive_growth(void *argument) {
    static const char *names[MANY];
    char name[32];
    struct intern intern;
    intern_init(&intern, argument);
    for (int i = 0; i < MANY; i++)
        names[i] = intern_name(&intern, name, (size_t)snprintf(name, sizeof name, "name_%d", i));
    for (int i = 0; i < MANY; i++) {
        size_t size = (size_t)snprintf(name, sizeof name, "name_%d", i);
        ck_assert_str_eq(names[i], name);
        ck_assert_ptr_eq(intern_name(&intern, name, size), names[i]);
    }
    ck_assert_uint_eq(intern.n, MANY);
}

static void long_names_fit(void *argument) {
    static char name[3][10000];
    struct intern intern;
    intern_init(&intern, argument);
    for (size_t size = 1; size < sizeof name[0]; size += 97) {
        for (int i = 0; i < 3; i++)
            memset(name[i], 'a' + i, size);
        const char *first = intern_name(&intern, name[0], size), *second = intern_name(&intern, name[1], size);
        ck_assert_ptr_eq(intern_name(&intern, name[0], size), first);
        ck_assert_uint_eq(strlen(first), size);
        ck_assert_uint_eq(strlen(second), size);
        ck_assert_int_eq(memcmp(second, name[1], size), 0);
        ck_assert_ptr_ne(intern_name(&intern, name[2], size), second);
    }
}

static void run(void (*work)(void *)) {
    struct arena arena;
    arena_init(&arena);
    ck_assert(arena_run(&arena, work, &arena));
    arena_free(&arena);
}

START_TEST(equal_names_are_equal_pointers)
{ run(equal_names_are_one); }
END_TEST

START_TEST(the_table_grows_without_losing_a_name)
{ run(names_survive_growth); }
END_TEST

START_TEST(names_of_any_length_are_kept_whole)
{ run(long_names_fit); }
END_TEST

int main(void) {
    return run_suites(suite_of("interned names", equal_names_are_equal_pointers, the_table_grows_without_losing_a_name,
                               names_of_any_length_are_kept_whole, NULL),
                      NULL);
}
