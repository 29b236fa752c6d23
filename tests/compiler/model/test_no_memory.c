/* SPDX-License-Identifier: MIT
 *
 * Every allocation of a load fails once. Each time the load ends as out of memory, owns nothing any more after
 * load_free(), and a render of what it has does not crash.
 */
#include <stdint.h>
#include <stdlib.h>

#include "files.h"
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

/* How many allocations a load makes; each of them has failed once. */
static long walk(const char *schema, enum load_status fine) {
    char *path = source_path(schema);
    long n = 0;
    for (;; n++) {
        struct loaded loaded;
        struct text out;
        text_init(&out);
        failed = false;
        until_failure = n;
        enum load_status status = load_path(path, NULL, &loaded);
        until_failure = -1;
        if (failed) {
            ck_assert_int_eq(status, LOAD_NO_MEMORY);
            ck_assert_ptr_null(loaded.model);
            ck_assert(loaded.diags.failed);
        } else {
            ck_assert_int_eq(status, fine);
        }
        until_failure = n % 7;
        diag_render(&loaded.diags, &(struct diag_style){.max_errors = 20}, &out);
        until_failure = -1;
        text_free(&out);
        load_free(&loaded);
        if (status == fine)
            break;
    }
    free(path);
    return n;
}

START_TEST(a_good_schema_walks_every_allocation)
{ ck_assert_int_gt(walk("schemas/kitchen_sink.tags", LOAD_OK), 200); }
END_TEST

START_TEST(a_schema_with_every_kind_of_error_walks_every_allocation)
{ ck_assert_int_gt(walk("tests/golden/diagnostics/wild_counts.tags", LOAD_REFUSED), 200); }
END_TEST

int main(void) {
    return run_suites(suite_of("no memory", a_good_schema_walks_every_allocation,
                               a_schema_with_every_kind_of_error_walks_every_allocation, NULL),
                      NULL);
}
