/* SPDX-License-Identifier: MIT
 *
 * The diff of --diff: what it looks like, that it turns the old text into the new one, and that no two texts take it
 * long.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "spacing.h"
#include "suites.h"
#include "unified.h"

struct job {
    struct arena arena;
    const char *path, *old, *new;
    size_t old_size, new_size;
    bool colour;
    struct text out;
    size_t n_same;
};

static void work(void *argument) {
    struct job *job = argument;
    struct lines old = lines_of(&job->arena, job->old, job->old_size);
    struct lines new = lines_of(&job->arena, job->new, job->new_size);
    const uint32_t *same = line_diff(&job->arena, &old, &new);
    for (uint32_t i = 0; i < old.n; i++)
        job->n_same += same[i] != LINE_GONE;
    text_init_in(&job->out, &job->arena);
    unified_diff(&job->arena, &job->out, job->path, &old, &new, job->colour);
}

static void run(struct job *job) {
    arena_init(&job->arena);
    ck_assert(arena_run(&job->arena, work, job));
}

/* Gives the number of lines that were found to be the same. */
static size_t expect_diff(const char *old, const char *new, const char *diff) {
    struct job job = {.path = "p", .old = old, .new = new, .old_size = strlen(old), .new_size = strlen(new)};
    run(&job);
    expect_same_text("diff", diff, text_string(&job.out));
    arena_free(&job.arena);
    return job.n_same;
}

#define HEAD "--- p\n+++ p\n"

START_TEST(no_difference_is_no_output)
{
    expect_diff("", "", "");
    expect_diff("a\nb", "a\nb", "");
}
END_TEST

START_TEST(three_lines_around_a_change_are_shown)
{
    expect_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
                HEAD "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
    expect_diff("1\n2\n", "0\n1\n2\n", HEAD "@@ -1,2 +1,3 @@\n+0\n 1\n 2\n");
    expect_diff("1\n2\n", "1\n", HEAD "@@ -1,2 +1 @@\n 1\n-2\n");
}
END_TEST

START_TEST(changes_share_a_hunk_when_their_surroundings_touch)
{
    expect_diff("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
                HEAD "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
    expect_diff("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
                HEAD "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}
END_TEST

START_TEST(nothing_on_one_side_is_said_so)
{
    expect_diff("", "a\nb\n", HEAD "@@ -0,0 +1,2 @@\n+a\n+b\n");
    expect_diff("a\nb\n", "", HEAD "@@ -1,2 +0,0 @@\n-a\n-b\n");
}
END_TEST

START_TEST(a_last_line_without_its_end_is_said_so)
{
    expect_diff("a\nb", "a\nb\n", HEAD "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n");
    expect_diff("x\nb", "b", HEAD "@@ -1,2 +1 @@\n-x\n b\n\\ No newline at end of file\n");
    expect_diff("a\r\n", "a\n", HEAD "@@ -1 +1 @@\n-a\r\n+a\n");
}
END_TEST

START_TEST(lines_that_stand_once_hold_the_others_in_place)
{
    ck_assert_uint_eq(expect_diff("{\n}\nfoo\n{\n}\n", "{\n}\n{\n}\nfoo\n{\n}\n",
                                  HEAD "@@ -1,5 +1,7 @@\n {\n }\n+{\n+}\n foo\n {\n }\n"),
                      5);
    /* Of lines that moved past each other, the longest row stays. */
    ck_assert_uint_eq(
        expect_diff("a\nb\nc\nd\ne\n", "e\na\nb\nd\nc\n", HEAD "@@ -1,5 +1,5 @@\n+e\n a\n b\n-c\n d\n-e\n+c\n"), 3);
}
END_TEST

START_TEST(colour_is_put_around_lines_without_their_ends)
{
    struct job job = {.path = "p", .old = "a\nb\n", .new = "a\nc\n", .old_size = 4, .new_size = 4, .colour = true};
    run(&job);
    expect_same_text("diff",
                     "\033[1m--- p\033[m\n\033[1m+++ p\033[m\n\033[36m@@ -1,2 +1,2 @@\033[m\n a\n\033[31m-b\033[m\n"
                     "\033[32m+c\033[m\n",
                     text_string(&job.out));
    arena_free(&job.arena);
}
END_TEST

START_TEST(a_name_with_a_blank_ends_with_a_tab)
{
    struct job job = {.path = "a b", .old = "a\n", .new = "b\n", .old_size = 2, .new_size = 2};
    run(&job);
    expect_same_text("diff", "--- a b\t\n+++ a b\t\n@@ -1 +1 @@\n-a\n+b\n", text_string(&job.out));
    arena_free(&job.arena);
}
END_TEST

static size_t line_size(const char *at, const char *limit) {
    const char *end = memchr(at, '\n', (size_t)(limit - at));
    return (size_t)((end ? end + 1 : limit) - at);
}

/* What patch(1) would do: copies, and puts in and leaves out what the hunks say, whose every context must be there. The
 * caller frees. By sizes, not by strings: sanitizers measure a string each time it is looked at. */
static char *patched(const char *old, size_t old_size, const char *diff, size_t diff_size) {
    const char *at = old, *limit = old + old_size, *diff_limit = diff + diff_size;
    unsigned long line = 1;
    size_t size = 0;
    struct text out;
    text_init(&out);
    for (const char *row = diff; row < diff_limit; row += size) {
        size = line_size(row, diff_limit);
        const char *next = row + size;
        size_t length = size - 1 - (next < diff_limit && *next == '\\'); /* behind the mark */
        if (size > 4 && !memcmp(row, "@@ -", 4)) {
            char head[64] = "", *end = head;
            memcpy(head, row + 4, size - 4 < sizeof head ? size - 4 : sizeof head - 1);
            unsigned long from = strtoul(head, &end, 10);
            if (*end == ',' && strtoul(end + 1, NULL, 10) == 0)
                from++; /* of none: behind that line */
            for (; line < from; line++) {
                text_append_bytes(&out, at, line_size(at, limit));
                at += line_size(at, limit);
            }
        } else if (row - diff < (ptrdiff_t)(sizeof HEAD - 1)) {
            ck_assert(*row == '-' || *row == '+');
        } else {
            if (*row != '-' && *row != '\\')
                text_append_bytes(&out, row + 1, length);
            if (*row == ' ' || *row == '-') {
                ck_assert((size_t)(limit - at) >= length && !memcmp(at, row + 1, length));
                at += length;
                line++;
            }
        }
    }
    text_append_bytes(&out, at, (size_t)(limit - at));
    char *text = strdup(text_string(&out));
    text_free(&out);
    return text;
}

static char *random_lines(struct dice *dice, uint32_t most, uint32_t n_kinds, const char *end) {
    struct text out;
    text_init(&out);
    for (uint32_t n = roll(dice, most); n; n--)
        text_printf(&out, "%u\n", roll(dice, n_kinds));
    if (roll(dice, 4) == 0)
        text_append(&out, end);
    char *text = strdup(text_string(&out));
    text_free(&out);
    return text;
}

/* The old text with some lines changed. */
static char *edited_lines(struct dice *dice, const char *old, uint32_t n_kinds) {
    struct text out;
    text_init(&out);
    for (const char *at = old; *at;) {
        size_t length = strcspn(at, "\n") + (strchr(at, '\n') != NULL);
        uint32_t what = roll(dice, 12);
        if (what == 0)
            text_printf(&out, "%u\n", roll(dice, n_kinds));
        if (what != 1)
            text_append_bytes(&out, at, length);
        at += length;
    }
    char *text = strdup(text_string(&out));
    text_free(&out);
    return text;
}

START_TEST(a_diff_turns_the_old_text_into_the_new_one)
{
    for (uint64_t seed = 1; seed <= 4000; seed++) {
        struct dice dice = {seed * 0x9E3779B97F4A7C15u};
        uint32_t n_kinds = 1 + roll(&dice, seed % 3 ? 20 : 2000), most = seed % 50 ? 60 : 3000;
        char *old = random_lines(&dice, most, n_kinds, "without an end");
        char *new = seed % 4 ? edited_lines(&dice, old, n_kinds) : random_lines(&dice, most, n_kinds, "");
        struct job job = {.path = "p", .old = old, .new = new, .old_size = strlen(old), .new_size = strlen(new)};
        run(&job);
        char *result = patched(old, job.old_size, text_string(&job.out), job.out.size);
        expect_same_text("patched", new, result);
        arena_free(&job.arena);
        free(result);
        free(old);
        free(new);
    }
}
END_TEST

/* So many lines from a format with one number; the caller frees. */
static char *numbered(const char *format, unsigned from, unsigned n, unsigned step, unsigned modulus) {
    char *text = calloc(n, 16), *at = text;
    ck_assert_ptr_nonnull(text);
    for (unsigned i = 0; i < n; i++)
        at += sprintf(at, format, (from + i * step) % modulus);
    return text;
}

/* Check's time limit is the assertion: anything quadratic in these takes minutes. */
static void expect_patch(char *old, char *new) {
    struct job job = {.path = "p", .old = old, .new = new, .old_size = strlen(old), .new_size = strlen(new)};
    run(&job);
    char *result = patched(old, job.old_size, text_string(&job.out), job.out.size);
    ck_assert(!strcmp(new, result));
    arena_free(&job.arena);
    free(result);
    free(old);
    free(new);
}

/* How many lines of both could stay, at most; small texts of lines of one byte. */
static size_t most_same(const char *old, const char *new) {
    enum { MOST = 80 };
    size_t table[MOST + 1][MOST + 1] = {{0}}, n_old = strlen(old) / 2, n_new = strlen(new) / 2;
    ck_assert(n_old <= MOST && n_new <= MOST);
    for (size_t i = 0; i < n_old; i++)
        for (size_t j = 0; j < n_new; j++) {
            size_t skip = table[i][j + 1] > table[i + 1][j] ? table[i][j + 1] : table[i + 1][j];
            table[i + 1][j + 1] = old[2 * i] == new[2 * j] ? table[i][j] + 1 : skip;
        }
    return table[n_old][n_new];
}

START_TEST(hardly_a_line_is_replaced_that_could_have_stayed)
{
    size_t n_same = 0, most = 0;
    for (uint64_t seed = 1; seed <= 4000; seed++) {
        struct dice dice = {seed * 0x9E3779B97F4A7C15u};
        uint32_t n_kinds = 2 + roll(&dice, 8);
        char *old = random_lines(&dice, 50, n_kinds, ""), *new = edited_lines(&dice, old, n_kinds);
        struct job job = {.path = "p", .old = old, .new = new, .old_size = strlen(old), .new_size = strlen(new)};
        run(&job);
        n_same += job.n_same;
        most += most_same(old, new);
        ck_assert(job.n_same <= most_same(old, new));
        arena_free(&job.arena);
        free(old);
        free(new);
    }
    ck_assert_msg(most > 50000 && n_same * 1000 >= most * 995, "%zu of %zu", n_same, most);
}
END_TEST

START_TEST(many_changes_are_told_apart_by_the_lines_between)
{
    enum { N = 20000 };
    struct text old, new;
    text_init(&old);
    text_init(&new);
    for (int i = 0; i < N; i++) {
        text_printf(&old, "  %d\n%d\n}\n", i, i);
        text_printf(&new, "    %d\n%d\n}\n", i, i);
    }
    struct job job = {.path = "p", .old = old.data, .new = new.data, .old_size = old.size, .new_size = new.size};
    run(&job);
    ck_assert_uint_eq(job.n_same, 2 * N);
    arena_free(&job.arena);
    text_free(&old);
    text_free(&new);
}
END_TEST

START_TEST(texts_that_have_little_in_common_take_no_longer)
{
    enum { N = 300000 };
    expect_patch(numbered("%u\n", 0, N, 1, 9999999), numbered("x %u\n", 0, N, 1, 9999999));
    expect_patch(numbered("%u\n", 0, N, 1, 9999999), numbered("%u\n", N, N, 9999998, 9999999)); /* backwards */
    expect_patch(numbered("%u\n", 0, N, 7, 10), numbered("%u\n", 5, N, 3, 10));
    expect_patch(numbered("%u\n", 0, N, 1, 2), numbered("%u\n", 0, N / 2, 0, 2));
    expect_patch(numbered("%u\n", 0, N, 1, 1000), numbered("%u\n", 500, N, 1, 999));
}
END_TEST

START_TEST(more_lines_than_are_compared_are_one_hunk)
{
    char *old = numbered("\n", 0, LINE_DIFF_MOST + 1, 0, 1), *new = text_of("a\nu\na\n");
    old[LINE_DIFF_MOST / 2] = 'u'; /* it stands once in each, and is not looked for */
    struct job job = {.path = "p", .old = old, .new = new, .old_size = strlen(old), .new_size = strlen(new)};
    run(&job);
    ck_assert(strstr(text_string(&job.out), "@@ -1,1048576 +1,3 @@\n"));
    ck_assert_uint_eq(job.n_same, 0);
    arena_free(&job.arena);
    free(old);
    free(new);
}
END_TEST

int main(void) {
    Suite *suite = suite_of("a unified diff", no_difference_is_no_output, three_lines_around_a_change_are_shown,
                            changes_share_a_hunk_when_their_surroundings_touch, nothing_on_one_side_is_said_so,
                            a_last_line_without_its_end_is_said_so, lines_that_stand_once_hold_the_others_in_place,
                            colour_is_put_around_lines_without_their_ends, a_name_with_a_blank_ends_with_a_tab, NULL);
    Suite *any = suite_create("any two texts");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 30);
    tcase_add_test(all, a_diff_turns_the_old_text_into_the_new_one);
    tcase_add_test(all, hardly_a_line_is_replaced_that_could_have_stayed);
    tcase_add_test(all, many_changes_are_told_apart_by_the_lines_between);
    tcase_add_test(all, texts_that_have_little_in_common_take_no_longer);
    tcase_add_test(all, more_lines_than_are_compared_are_one_hunk);
    suite_add_tcase(any, all);
    return run_suites(suite, any, NULL);
}
