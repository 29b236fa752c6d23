/* SPDX-License-Identifier: MIT
 *
 * Every allocation of the lints fails once. Each time they end as out of memory, and a render of what was found does
 * not crash.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "lint.h"
#include "load_text.h"
#include "suites.h"

/* The linker gives the callers of arena.c these instead of its own. */
void *__real_arena_try(struct arena *arena, size_t size);
void *__real_arena_alloc(struct arena *arena, size_t size);
void *__real_arena_alloc_array(struct arena *arena, size_t n, size_t size);
char *__real_arena_copy(struct arena *arena, const char *bytes, size_t size);
void *__wrap_arena_try(struct arena *arena, size_t size);
void *__wrap_arena_alloc(struct arena *arena, size_t size);
void *__wrap_arena_alloc_array(struct arena *arena, size_t n, size_t size);
char *__wrap_arena_copy(struct arena *arena, const char *bytes, size_t size);

static long until_failure = -1; /* so many succeed first; below 0: none fails */
static bool failed;

static bool fails(void) {
    if (until_failure < 0 || until_failure-- > 0)
        return false;
    failed = true;
    return true;
}

void *__wrap_arena_try(struct arena *arena, size_t size) { return fails() ? NULL : __real_arena_try(arena, size); }

void *__wrap_arena_alloc(struct arena *arena, size_t size) {
    return __real_arena_alloc(arena, fails() ? SIZE_MAX : size);
}

void *__wrap_arena_alloc_array(struct arena *arena, size_t n, size_t size) {
    return __real_arena_alloc_array(arena, fails() ? SIZE_MAX : n, size);
}

char *__wrap_arena_copy(struct arena *arena, const char *bytes, size_t size) {
    return fails() ? __real_arena_alloc(arena, SIZE_MAX) : __real_arena_copy(arena, bytes, size);
}

static const char *const schemas[] = {
    "schemas/kitchen_sink.tags",
    "tests/checks/T1003_idle_path.tags",
    "tests/checks/T1004_invalidated_below.tags",
    "tests/checks/T1006_redundant_path.tags",
    "tests/checks/T1011_whole_segment.tags",
    "tests/checks/T1013_similar_names.tags",
    "tests/checks/T1014_ignored_declarations.tags",
    "tests/checks/T1017_unused_import.tags",
    "tests/checks/T1102_bad_allowance.tags",
};
enum { N_SCHEMAS = sizeof schemas / sizeof *schemas };

START_TEST(lints_walk_every_allocation)
{
    char *path = source_path(schemas[_i]);
    const struct lint_switches switches = {{false}};
    bool done = false;
    long n = 0;
    for (; !done; n++) {
        struct loaded loaded;
        struct text out;
        text_init(&out);
        ck_assert_int_eq(load_path(path, NULL, &loaded), LOAD_OK);
        failed = false;
        until_failure = n;
        done = lint(&loaded, &switches);
        until_failure = -1;
        ck_assert_int_ne(done, failed);
        diag_render(&loaded.diags, &(struct diag_style){.max_errors = 20}, &out);
        text_free(&out);
        load_free(&loaded);
    }
    ck_assert_int_gt(n, 15);
    free(path);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("lints without memory");
    TCase *tests = tcase_create("each allocation");
    tcase_add_loop_test(tests, lints_walk_every_allocation, 0, N_SCHEMAS);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
