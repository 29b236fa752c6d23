/* SPDX-License-Identifier: MIT
 *
 * After an error: what is said, what is kept, and that nothing is said twice.
 */
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "parse.h"
#include "suites.h"
#include "syntax_maker.h"

/* The first message of a parse. */
static void expect_message(const char *bytes, const char *message) {
    struct syntax syntax;
    syntax_open(&syntax, bytes, strlen(bytes));
    syntax_parse(&syntax);
    ck_assert_uint_ge(syntax.diags.n_errors, 1);
    expect_same_text(bytes, message, syntax.diags.first->message);
    syntax_free(&syntax);
}

START_TEST(a_message_says_what_could_have_stood_there)
{
    expect_message("root { users: Wild(id: u64) User\nposts: Static; }",
                   "expected ';' after the segment, found 'posts'");
    expect_message("root { users: Static\nposts: Static; }", "expected ';' after the segment, found 'posts'");
    expect_message("schema a\nroot { }", "expected ';' after the schema's name, found 'root'");
    expect_message("default ttl 30 s;", "expected a duration such as 30s after 'ttl', found '30'");
    expect_message("root { a: Stat; }", "expected 'Wild' or 'Static' after ':', found 'Stat'");
    expect_message("root { a: Wild(x u64); }", "expected ':' after 'x', found 'u64'");
    expect_message("root { a: Wild(x: ); }", "expected a type after ':', found ')'");
    expect_message("root { a: Static + }", "the character '+' has no meaning here");
    expect_message("cached f() u64;", "expected '->' after ')', found 'u64'");
    expect_message("cached f() -> ;", "expected a type, 'struct NAME' or 'codec NAME' after '->', found ';'");
    expect_message("cached f() -> u64 tagged a b;", "expected ';', a clause, ',', '.' or '(' after 'a', found 'b'");
    expect_message("cached f() -> u64 tagged ;", "expected a segment after 'tagged', found ';'");
    expect_message("mutation m() invalidates a exact b;",
                   "expected ';', 'invalidates', 'exact', 'soft' or ',' after 'exact', found 'b'");
    expect_message("foo bar;", "expected a declaration, found 'foo'");
    expect_message("root { a: Static;", "expected a segment, 'Wild' or '}' after ';', found the end of the file");
    expect_message("include x;",
                   "expected a file name in quotes or a file name in angle brackets after 'include', found 'x'");
}
END_TEST

START_TEST(a_misspelt_keyword_gets_a_suggestion)
{
    struct syntax syntax;
    const char *bytes = "cached f() -> u64 taged a;";
    syntax_open(&syntax, bytes, strlen(bytes));
    syntax_parse(&syntax);
    ck_assert_str_eq(syntax.diags.first->remarks->message, "did you mean 'tagged'?");
    syntax_free(&syntax);
}
END_TEST

START_TEST(each_declaration_and_each_segment_may_have_its_own_error)
{
    expect_parse("schema ;\ncached f( -> u64 tagged a;\nroot {\n  a Static;\n  b: Static;\n  c: ;\n}\nenum { a }\n",
                 "1:8 T0106, 2:11 T0106, 4:5 T0106, 6:6 T0106, 8:6 T0106");
}
END_TEST

START_TEST(a_missing_semicolon_costs_one_error_and_nothing_else)
{
    expect_parse(
        "schema s\nroot {\n  a: Static\n  b: Wild(x: u64)\n  c: Wild(y: u64) G\n}\ncached f() -> u64\n  tagged a\n"
        "cached g() -> u64 tagged a\n",
        "1:9 T0106, 3:12 T0106, 4:18 T0106, 5:20 T0106, 8:11 T0106, 9:27 T0106");
}
END_TEST

START_TEST(an_open_block_ends_where_the_next_declaration_begins)
{
    struct syntax syntax;
    const char *bytes = "root {\n  a: Static {\n  b: Static;\n\ncached f() -> u64 tagged a;\nroot { }\n";
    syntax_open(&syntax, bytes, strlen(bytes));
    expect_same_text(bytes, "5:1 T0106", syntax_parse(&syntax));
    const struct diag_remark *note = syntax.diags.first->remarks;
    ck_assert_str_eq(note->message, "what is not closed begins here");
    ck_assert_uint_eq(note->place.line, 1);
    ck_assert_int_eq(syntax.file->first->kind, AST_ROOT);
    ck_assert_str_eq(syntax.file->first->block->first->block->first->name, "b");
    ck_assert_int_eq(syntax.file->first->next->kind, AST_CACHED);
    ck_assert_int_eq(syntax.file->first->next->next->kind, AST_ROOT);
    syntax_free(&syntax);
}
END_TEST

START_TEST(a_keyword_inside_brackets_does_not_end_the_block)
{
    expect_parse("root { a: Wild(\ncached f() -> u64 tagged a;\n", "2:8 T0106, 3:1 T0106");
    expect_parse("root {\n a: Wild {\n  b: Wild(\nroot { }\n", "4:6 T0106, 5:1 T0106");
}
END_TEST

START_TEST(what_was_skipped_leaves_a_mark)
{
    struct syntax syntax;
    const char *bytes =
        "tags Good {\n  a Static { x: Static; }\n  b: Static;\n}\ntags Bad [\n  c: Static;\n}\nenum e { a }\n";
    syntax_open(&syntax, bytes, strlen(bytes));
    syntax_parse(&syntax);
    const struct ast_declaration *good = syntax.file->first, *bad = good->next;
    ck_assert(good->kind == AST_TAGS && good->block->broken && !strcmp(good->block->first->name, "b"));
    ck_assert(bad->kind == AST_SKIPPED && bad->skipped_kind == AST_TAGS && !strcmp(bad->name.text, "Bad"));
    syntax_free(&syntax);
}
END_TEST

START_TEST(a_block_that_was_skipped_with_what_has_none_may_have_been_any)
{
    struct syntax syntax;
    const char *bytes = "schema s root { a: Static; }\nschema t root;\n";
    syntax_open(&syntax, bytes, strlen(bytes));
    syntax_parse(&syntax);
    const struct ast_declaration *block = syntax.file->first, *none = block->next;
    ck_assert(block->kind == AST_SKIPPED && block->skipped_kind == AST_SKIPPED);
    ck_assert(none->kind == AST_SKIPPED && none->skipped_kind == AST_SCHEMA);
    syntax_free(&syntax);
}
END_TEST

START_TEST(nothing_follows_from_what_the_lexer_refused)
{
    expect_parse("root { a: Wild(gr\xC3\xB6\xC3\x9F"
                 "e: u64); }",
                 "1:18 T0101");
    expect_parse("include \"a.h;\nroot { }", "1:9 T0104");
    expect_parse("default ttl 30sec;\nroot { }", "1:13 T0110");
    expect_parse("default ttl 30 \x01 s;\nroot { }", "1:13 T0106, 1:16 T0101");
}
END_TEST

START_TEST(stray_marks_are_said_and_dropped)
{
    expect_parse("};\nroot { a: Static; };\n}\n", "1:1 T0106, 1:2 T0106, 2:20 T0106, 3:1 T0106");
    expect_parse("root { ; a: Static;; }", "1:8 T0106, 1:20 T0106");
    struct syntax syntax;
    const char *bytes = "root { ; a: Static;; }";
    syntax_open(&syntax, bytes, strlen(bytes));
    syntax_parse(&syntax);
    ck_assert(!syntax.file->first->block->broken);
    syntax_free(&syntax);
}
END_TEST

static char *nested(size_t depth) {
    char *bytes = malloc(depth * 13 + 100);
    strcpy(bytes, "root {");
    for (size_t i = 1; i < depth; i++)
        strcat(bytes, " a: Static {");
    for (size_t i = 0; i < depth; i++)
        strcat(bytes, "}");
    strcat(bytes, "\nroot { }");
    return bytes;
}

START_TEST(blocks_nest_32_deep_and_no_deeper)
{
    char *fine = nested(32), *deep = nested(33), *very_deep = nested(500);
    expect_parse(fine, "");
    expect_parse(deep, "1:390 T0107");
    expect_parse(very_deep, "1:390 T0107");
    free(fine);
    free(deep);
    free(very_deep);
}
END_TEST

/* A small generator, so that a failure is found again. */
static unsigned next_random(unsigned *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

START_TEST(any_row_of_tokens_is_read_to_its_end)
{
    static const char *const pieces[] = {"schema ", "root ",   "tags ",   "cached ", "mutation ", "enum ", "tagged ",
                                         "ttl ",    "{",       "}",       "(",       ")",         ";",     ":",
                                         ",",       ".",       "->",      "a ",      "b ",        "Wild ", "Static ",
                                         "30s ",    "1 ",      "%",       "\n",      "\n",        "key ",  "was ",
                                         "\"x\"",   "import ", "/// d\n", "@"};
    unsigned state = 87;
    for (int round = 0; round < 3000; round++) {
        char bytes[1000] = "";
        size_t n = next_random(&state) % 80;
        for (size_t i = 0; i < n; i++)
            strcat(bytes, pieces[next_random(&state) % (sizeof pieces / sizeof pieces[0])]);
        struct syntax syntax;
        syntax_open(&syntax, bytes, strlen(bytes));
        syntax_parse(&syntax);
        ck_assert_ptr_nonnull(syntax.file);
        ck_assert(!syntax.diags.failed);
        syntax_free(&syntax);
    }
}
END_TEST

int main(void) {
    return run_suites(suite_of("messages of the parser", a_message_says_what_could_have_stood_there,
                               a_misspelt_keyword_gets_a_suggestion, NULL),
                      suite_of("getting over errors", each_declaration_and_each_segment_may_have_its_own_error,
                               a_missing_semicolon_costs_one_error_and_nothing_else,
                               an_open_block_ends_where_the_next_declaration_begins,
                               a_keyword_inside_brackets_does_not_end_the_block, what_was_skipped_leaves_a_mark,
                               a_block_that_was_skipped_with_what_has_none_may_have_been_any,
                               nothing_follows_from_what_the_lexer_refused, stray_marks_are_said_and_dropped,
                               blocks_nest_32_deep_and_no_deeper, any_row_of_tokens_is_read_to_its_end, NULL),
                      NULL);
}
