/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "suites.h"

static struct arena arena;
static struct source_list sources;
static struct source first_file = {.path = "first"}, second_file = {.path = "second"};
static struct diag_list list;

static void setup(void) {
    arena_init(&arena);
    first_file.next = &second_file;
    sources = (struct source_list){.arena = &arena, .first = &first_file, .last = &second_file, .n = 2};
    diag_init(&list, &arena, &sources);
}

static void teardown(void) { arena_free(&arena); }

static struct place at(const struct source *file, uint32_t line, uint32_t column) {
    return (struct place){file->path, line, column};
}

START_TEST(diagnostics_are_sorted_by_file_line_column_and_age)
{
    setup();
    diag_add(&list, T0203, at(&second_file, 1, 1), 1, "e");
    diag_add(&list, T0203, at(&first_file, 10, 2), 1, "c");
    diag_add(&list, T0203, at(&first_file, 10, 10), 1, "d");
    diag_add(&list, T0203, at(&first_file, 9, 50), 1, "a");
    diag_add(&list, T0106, at(&first_file, 9, 50), 1, "b");
    size_t n = 0;
    struct diag **sorted = diag_sort(&list, &n);
    ck_assert_uint_eq(n, 5);
    for (size_t i = 0; i < n; i++)
        ck_assert_int_eq(sorted[i]->message[0], "abcde"[i]);
    teardown();
}
END_TEST

START_TEST(the_same_message_at_the_same_place_is_kept_once)
{
    setup();
    for (int i = 0; i < 3; i++) {
        diag_add(&list, T0203, at(&first_file, 1, 1), 1, "same");
        diag_add(&list, T0204, at(&first_file, 1, 1), 1, "same");
        diag_add(&list, T0203, at(&first_file, 1, 1), 1, "other");
        diag_add(&list, T0203, at(&first_file, 1, 2), 1, "same");
    }
    size_t n = 0;
    diag_sort(&list, &n);
    ck_assert_uint_eq(n, 4);
    teardown();
}
END_TEST

START_TEST(a_million_are_counted_and_the_first_ten_thousand_kept)
{
    setup();
    for (uint32_t i = 0; i < 1000000; i++) {
        struct diag *diag = diag_add(&list, T0106, at(&first_file, i + 1, 1), 1, "number %u", i);
        diag_help(&list, diag, "help");
        diag_note(&list, diag, at(&second_file, 1, 1), "note");
    }
    ck_assert_uint_eq(list.n_errors, 1000000);
    ck_assert_uint_eq(list.n_kept, DIAG_MAX_KEPT);
    ck_assert_uint_eq(list.n_dropped, 1000000 - DIAG_MAX_KEPT);
    ck_assert(!list.failed);
    teardown();
}
END_TEST

START_TEST(every_rule_has_its_number_once_a_name_and_a_page)
{
    for (int i = 0; i < DIAG_N_CODES; i++) {
        const struct diag_rule *rule = diag_rule((enum diag_code)i);
        ck_assert_int_eq(rule->code, i);
        ck_assert_uint_eq(strlen(rule->id), 5);
        ck_assert(i == 0 || strcmp(diag_rule((enum diag_code)(i - 1))->id, rule->id) < 0);
        ck_assert_ptr_eq(diag_find_rule(rule->id), rule);
        ck_assert_ptr_eq(diag_find_rule(rule->name), rule); /* so no two have one name */
        for (const char *c = rule->name; *c; c++)
            ck_assert_msg(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '-', "%s", rule->name);
        ck_assert(rule->title[0] && rule->text[0] && rule->wrong[0] && rule->right[0]);
    }
    ck_assert_ptr_eq(diag_find_rule("t0203"), diag_rule(T0203));
    ck_assert_ptr_null(diag_find_rule("T9999"));
}
END_TEST

START_TEST(a_page_shows_the_text_and_both_examples)
{
    struct text page;
    text_init(&page);
    diag_explain(diag_rule(T0309), &page);
    ck_assert_ptr_nonnull(strstr(text_string(&page), "T0309 (key-in-tag): a `key` parameter in a tag\n\n"));
    ck_assert_ptr_nonnull(strstr(text_string(&page), "\n\nWrong:\n\n    schema s;\n"));
    ck_assert_ptr_nonnull(strstr(text_string(&page), "\n\nRight:\n\n    schema s;\n"));
    text_free(&page);
}
END_TEST

START_TEST(the_list_of_rules_has_one_line_each)
{
    struct text lines;
    text_init(&lines);
    diag_print_rules(&lines);
    size_t n = 0;
    for (const char *c = text_string(&lines); *c; c++)
        n += *c == '\n';
    ck_assert_uint_eq(n, DIAG_N_CODES);
    ck_assert_ptr_nonnull(strstr(text_string(&lines), "T0203 error   unknown-segment "));
    text_free(&lines);
}
END_TEST

int main(void) {
    return run_suites(suite_of("a list of diagnostics", diagnostics_are_sorted_by_file_line_column_and_age,
                               the_same_message_at_the_same_place_is_kept_once,
                               a_million_are_counted_and_the_first_ten_thousand_kept, NULL),
                      suite_of("the table of rules", every_rule_has_its_number_once_a_name_and_a_page,
                               a_page_shows_the_text_and_both_examples, the_list_of_rules_has_one_line_each, NULL),
                      NULL);
}
