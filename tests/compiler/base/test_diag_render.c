/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "arena.h"
#include "diag.h"
#include "golden.h"
#include "suites.h"

static struct arena arena;
static struct source file;
static struct source_list sources;
static struct diag_list list;

static void setup(const char *bytes) {
    arena_init(&arena);
    file = (struct source){.path = "a.tags", .bytes = bytes, .size = strlen(bytes)};
    sources = (struct source_list){.arena = &arena, .first = &file, .last = &file, .n = 1};
    diag_init(&list, &arena, &sources);
}

static struct diag *add(uint32_t line, uint32_t column, uint32_t span) {
    return diag_add(&list, T0203, (struct place){file.path, line, column}, span, "unknown segment 'post'");
}

static void expect(const char *expected, bool colour, size_t max_errors) {
    struct text out;
    text_init(&out);
    diag_render(&list, &(struct diag_style){.colour = colour, .max_errors = max_errors}, &out);
    expect_same_text("diagnostics", expected, text_string(&out));
    text_free(&out);
    arena_free(&arena);
}

START_TEST(a_letter_has_place_message_code_line_caret_help_and_note)
{
    setup("one\ntwo\n    tagged users(user_id).post(post_id);\nfour\n");
    struct diag *diag = add(3, 27, 4);
    diag_help(&list, diag, "did you mean '%s'?", "posts");
    diag_note(&list, diag, (struct place){file.path, 1, 5}, "declared here");
    expect("a.tags:3:27: error: unknown segment 'post' [T0203]\n"
           "    3 |     tagged users(user_id).post(post_id);\n"
           "      |                           ^~~~\n"
           "a.tags:3:27: help: did you mean 'posts'?\n"
           "a.tags:1:5: note: declared here\n",
           false, 20);
}
END_TEST

START_TEST(columns_are_code_points_and_a_tab_is_one)
{
    setup("\t\xC3\xB6\xE2\x82\xAC post\r\n");
    add(1, 5, 4);
    expect("a.tags:1:5: error: unknown segment 'post' [T0203]\n"
           "    1 |  \xC3\xB6\xE2\x82\xAC post\n"
           "      |     ^~~~\n",
           false, 20);
}
END_TEST

START_TEST(the_caret_stands_where_a_terminal_shows_the_place)
{
    /* two letters in squares, e with an accent of its own, then the place */
    setup("\xE6\x97\xA5\xE6\x9C\xAC"
          "e\xCC\x81 post");
    add(1, 6, 4);
    expect("a.tags:1:6: error: unknown segment 'post' [T0203]\n"
           "    1 | \xE6\x97\xA5\xE6\x9C\xAC"
           "e\xCC\x81 post\n"
           "      |       ^~~~\n",
           false, 20);
    setup("a \xE6\x97\xA5\xE6\x9C\xAC b");
    add(1, 3, 2);
    expect("a.tags:1:3: error: unknown segment 'post' [T0203]\n"
           "    1 | a \xE6\x97\xA5\xE6\x9C\xAC b\n"
           "      |   ^~~~\n",
           false, 20);
}
END_TEST

START_TEST(what_is_not_text_is_shown_as_one_replacement_each)
{
    setup("a\x01\xFF\xE2\x80\xAE\x7F post");
    add(1, 7, 4);
    expect("a.tags:1:7: error: unknown segment 'post' [T0203]\n"
           "    1 | a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD post\n"
           "      |       ^~~~\n",
           false, 20);
}
END_TEST

START_TEST(tildes_end_with_the_line_and_a_caret_may_stand_after_it)
{
    setup("ab\ncd");
    add(1, 2, 100);
    add(2, 3, 1);
    expect("a.tags:1:2: error: unknown segment 'post' [T0203]\n"
           "    1 | ab\n"
           "      |  ^\n"
           "a.tags:2:3: error: unknown segment 'post' [T0203]\n"
           "    2 | cd\n"
           "      |   ^\n",
           false, 20);
}
END_TEST

START_TEST(of_a_long_line_only_the_part_around_the_caret_is_shown)
{
    char line[2001];
    memset(line, 'x', 2000);
    memcpy(line + 1000, "post", 4);
    line[2000] = '\0';
    setup(line);
    add(1, 1001, 4);
    char expected[1024], shown[161], blanks[64];
    memset(shown, 'x', 160);
    memcpy(shown + 60, "post", 4);
    shown[160] = '\0';
    memset(blanks, ' ', 63);
    blanks[63] = '\0';
    snprintf(expected, sizeof expected,
             "a.tags:1:1001: error: unknown segment 'post' [T0203]\n    1 | ...%s...\n      | %s^~~~\n", shown, blanks);
    expect(expected, false, 20);
}
END_TEST

START_TEST(a_byte_order_mark_is_no_column)
{
    setup("\xEF\xBB\xBFpost");
    add(1, 1, 4);
    expect("a.tags:1:1: error: unknown segment 'post' [T0203]\n"
           "    1 | post\n"
           "      | ^~~~\n",
           false, 20);
}
END_TEST

START_TEST(what_exceeds_the_maximum_is_counted)
{
    setup("a\nb\nc\nd\n");
    for (uint32_t line = 1; line <= 4; line++)
        add(line, 1, 1);
    expect("a.tags:1:1: error: unknown segment 'post' [T0203]\n"
           "    1 | a\n"
           "      | ^\n"
           "3 more errors not shown (--max-errors 0 shows all)\n",
           false, 1);
}
END_TEST

START_TEST(a_place_in_no_known_file_has_no_source_line)
{
    setup("a\n");
    diag_add(&list, T0120, (struct place){"no.tags", 1, 1}, 1, "there is no file 'no.tags'");
    expect("no.tags:1:1: error: there is no file 'no.tags' [T0120]\n", false, 0);
}
END_TEST

START_TEST(colour_marks_place_severity_and_caret)
{
    setup("post\n");
    diag_help(&list, add(1, 1, 4), "x");
    expect("\033[1ma.tags:1:1: \033[31merror:\033[0m unknown segment 'post' [T0203]\n"
           "    1 | post\n"
           "      | \033[1;32m^~~~\033[0m\n"
           "\033[1ma.tags:1:1: \033[32mhelp:\033[0m x\n",
           true, 0);
}
END_TEST

START_TEST(what_is_allowed_is_two_lines_without_the_source)
{
    setup("post\n// t87sc: allow(T0203) it is \033[31mmeant\n");
    struct diag *diag = add(1, 1, 4);
    diag_help(&list, diag, "x");
    diag_allow(&list, diag, (struct place){file.path, 2, 17}, "it is \033[31mmeant\xFF \342\200\256\303\266");
    expect("a.tags:1:1: note: unknown segment 'post' [T0203]\n"
           "a.tags:2:17: note: allowed here: it is \xEF\xBF\xBD[31mmeant\xEF\xBF\xBD \xEF\xBF\xBD\303\266\n",
           false, 0);
}
END_TEST

START_TEST(warnings_that_are_too_many_are_called_so)
{
    setup("a");
    for (uint32_t i = 0; i <= DIAG_MAX_KEPT; i++)
        diag_add(&list, T1001, (struct place){file.path, 1, 1}, 1, "the same");
    expect("a.tags:1:1: warning: the same [T1001]\n"
           "    1 | a\n"
           "      | ^\n"
           "1 more warning not shown\n",
           false, 20);
}
END_TEST

int main(void) {
    return run_suites(suite_of("a rendered diagnostic", a_letter_has_place_message_code_line_caret_help_and_note,
                               columns_are_code_points_and_a_tab_is_one,
                               the_caret_stands_where_a_terminal_shows_the_place,
                               what_is_not_text_is_shown_as_one_replacement_each,
                               tildes_end_with_the_line_and_a_caret_may_stand_after_it,
                               of_a_long_line_only_the_part_around_the_caret_is_shown, a_byte_order_mark_is_no_column,
                               what_exceeds_the_maximum_is_counted, a_place_in_no_known_file_has_no_source_line,
                               colour_marks_place_severity_and_caret, what_is_allowed_is_two_lines_without_the_source,
                               warnings_that_are_too_many_are_called_so, NULL),
                      NULL);
}
