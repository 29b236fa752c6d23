/* SPDX-License-Identifier: MIT
 *
 * Any layout of a schema has the same one in the end, and the schema means the same before and after. lay_out() holds
 * each step against the law of the formatter: tokens, comments, idempotence.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "layouts.h"
#include "spacing.h"
#include "suites.h"
#include "world.h"

static const char *const folders[] = {"schemas",         "schemas/shared", "tests/golden/shapes", "tests/golden/format",
                                      "tests/originals", "tests/checks",   "bench/runtime"};

static void expect_same_meaning(const char *before, const char *after, const char *folder) {
    char *old = resolved(before, strlen(before), folder), *new = resolved(after, strlen(after), folder);
    ck_assert(!old == !new);
    if (old)
        expect_same_text(folder, old, new);
    free(old);
    free(new);
}

/* Calls try with each schema of a folder that parses; gives their number. */
static int for_each_schema(const char *folder, void (*try)(const char *schema, const char *folder)) {
    char *path = source_path(folder);
    DIR *opened = opendir(path);
    ck_assert_ptr_nonnull(opened);
    int n = 0;
    for (struct dirent *entry; (entry = readdir(opened)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 5, ".tags") != 0)
            continue;
        char *file = text_of("%s/%s", path, entry->d_name), *schema = read_file(file, NULL);
        char *laid_out = lay_out(schema, strlen(schema));
        if (laid_out) {
            expect_same_meaning(schema, laid_out, path);
            try(schema, path);
            n++;
        }
        free(laid_out);
        free(schema);
        free(file);
    }
    closedir(opened);
    free(path);
    return n;
}

static void respace_with_comments(const char *schema, const char *folder) {
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct dice dice = {seed * 0x9E3779B97F4A7C15u};
        char *ugly = respace(&dice, schema, SPACING_EMPTY_LINES | SPACING_COMMENTS);
        char *laid_out = lay_out(ugly, strlen(ugly));
        ck_assert_ptr_nonnull(laid_out);
        expect_same_meaning(ugly, laid_out, folder);
        free(laid_out);
        free(ugly);
    }
}

START_TEST(comments_and_blanks_anywhere_change_no_meaning)
{ ck_assert_int_gt(for_each_schema(folders[_i], respace_with_comments), 0); }
END_TEST

static void respace_plainly(const char *schema, const char *folder) {
    (void)folder;
    char *first = NULL;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct dice dice = {seed * 0x9E3779B97F4A7C15u};
        char *ugly = respace(&dice, schema, SPACING_PLAIN), *laid_out = lay_out(ugly, strlen(ugly));
        ck_assert_ptr_nonnull(laid_out);
        if (first)
            expect_same_text(ugly, first, laid_out);
        else
            first = strdup(laid_out);
        free(laid_out);
        free(ugly);
    }
    free(first);
}

START_TEST(a_layout_does_not_depend_on_the_blanks_before)
{ ck_assert_int_gt(for_each_schema(folders[_i], respace_plainly), 0); }
END_TEST

START_TEST(random_schemas_mean_the_same_before_and_after)
{
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct dice dice = {seed * 0x9E3779B97F4A7C15u};
        struct world world;
        struct text schema;
        text_init(&schema);
        world_make(&world, seed);
        world_print(&world, &schema);
        char *ugly = respace(&dice, schema.data, SPACING_EMPTY_LINES | SPACING_COMMENTS);
        char *laid_out = lay_out(ugly, strlen(ugly)), *before = resolved(ugly, strlen(ugly), ".");
        ck_assert(laid_out && before);
        char *after = resolved(laid_out, strlen(laid_out), ".");
        ck_assert_ptr_nonnull(after);
        expect_same_text("resolved", before, after);
        free(after);
        free(before);
        free(laid_out);
        free(ugly);
        text_free(&schema);
    }
}
END_TEST

START_TEST(schemas_of_no_meaning_are_laid_out_like_others)
{
    for (uint64_t seed = 1; seed <= 1500; seed++) {
        struct dice dice = {seed * 0x9E3779B97F4A7C15u};
        char *schema = random_schema(&dice), *laid_out = lay_out(schema, strlen(schema));
        ck_assert_msg(laid_out != NULL, "%s", schema);
        respace_plainly(schema, NULL);
        char *ugly = respace(&dice, schema, SPACING_EMPTY_LINES | SPACING_COMMENTS);
        char *from_ugly = lay_out(ugly, strlen(ugly));
        ck_assert_msg(from_ugly != NULL, "%s", ugly);
        free(from_ugly);
        free(ugly);
        free(laid_out);
        free(schema);
    }
}
END_TEST

int main(void) {
    enum { N = sizeof folders / sizeof *folders };
    Suite *suite = suite_create("any layout of a schema");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, comments_and_blanks_anywhere_change_no_meaning, 0, N);
    tcase_add_loop_test(all, a_layout_does_not_depend_on_the_blanks_before, 0, N);
    tcase_add_test(all, random_schemas_mean_the_same_before_and_after);
    tcase_add_test(all, schemas_of_no_meaning_are_laid_out_like_others);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
