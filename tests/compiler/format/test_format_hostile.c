/* SPDX-License-Identifier: MIT
 *
 * Schemas of many megabytes that are one kind of thing: laid out, or refused for what they would become, in time and
 * memory that follow their size. Each test is a process of its own, with Check's time limit.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "format.h"
#include "suites.h"

enum { MOST_KIB = 512 << 10 };

#if defined(__SANITIZE_ADDRESS__)
static const bool memory_counts = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
static const bool memory_counts = false;
#else
static const bool memory_counts = true;
#endif
#else
static const bool memory_counts = true;
#endif

#define NESTED(part) part part part part part part part part part part part part part part part part part part part part

static const struct {
    const char *head, *again, *tail;
    size_t size;
    bool is_refused; /* since it would be too big */
} all[] = {
    {"mutation m()invalidates ", "a.", "a;", 8 << 20, false},
    {"mutation m()invalidates a(", "a,", "a);", 4 << 20, false},
    {"mutation m()invalidates ", "a,", "a;", 2 << 20, false},
    {"cached f(", "a:b,", "a:b)->u64;", 3 << 20, false},
    {"cached f()->u64 ", "ttl 1s ", "version 1;", 11 << 20, false},
    {"enum e{", "a,", "a}", 3 << 20, false},
    {"root{", "a:Wild;", "}", 8 << 20, false},
    {"root{", "a:Wild;\n\n", "}", 8 << 20, false},
    {"", "cached f(a:u64)->u64 tagged a(a);\n\n", "", 13 << 20, false},
    {"", "// a\n", "", 15 << 20, false},
    {"", "\n", "schema s;", 16 << 20, false},
    {"root{", "a//\n:/// b\nWild//\n;", "}", 2 << 20, false},
    {"root{", "a:Wild;", "}", 16 << 20, true},
    {"root{" NESTED("a:Wild{"), "a:Wild;", "}" NESTED("}"), 16 << 20, true},
    {"enum e{", "a,", "a}", 16 << 20, true},
    {"", "root{a:Wild{a:Wild{a:Wild{a:Wild{a:Wild{a:Wild{a:Wild{b:Static;}}}}}}}}", "", 4 << 20, true},
};

struct job {
    struct arena arena;
    struct source source;
    struct source_list sources;
    struct diag_list diags;
    struct text out;
    bool done;
};

static void work(void *argument) {
    struct job *job = argument;
    job->done = format_source(&job->arena, &job->diags, &job->source, &job->out);
}

START_TEST(a_schema_that_repeats_one_thing)
{
    size_t n_head = strlen(all[_i].head), n_again = strlen(all[_i].again), n_tail = strlen(all[_i].tail);
    char *bytes = calloc(all[_i].size + 1, 1), *at = bytes + n_head;
    ck_assert_ptr_nonnull(bytes);
    memcpy(bytes, all[_i].head, n_head);
    for (; at + n_again + n_tail <= bytes + all[_i].size; at += n_again)
        memcpy(at, all[_i].again, n_again);
    memcpy(at, all[_i].tail, n_tail);
    struct job job = {.source = {.path = "t", .bytes = bytes, .size = (size_t)(at - bytes) + n_tail}};
    arena_init(&job.arena);
    diag_init(&job.diags, &job.arena, &job.sources);
    ck_assert(arena_run(&job.arena, work, &job));
    ck_assert(job.done == !all[_i].is_refused);
    ck_assert(job.done ? job.diags.n_errors == 0 : job.diags.n_errors == 1 && job.diags.first->rule->code == T0122);
    ck_assert(!job.done || (job.out.size <= SOURCE_MAX_BYTES && job.out.data[job.out.size - 1] == '\n'));
    arena_free(&job.arena);
    free(bytes);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    ck_assert_msg(!memory_counts || usage.ru_maxrss < MOST_KIB, "%ld KiB", usage.ru_maxrss);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("big schemas");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 30);
    tcase_add_loop_test(tests, a_schema_that_repeats_one_thing, 0, sizeof all / sizeof *all);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
