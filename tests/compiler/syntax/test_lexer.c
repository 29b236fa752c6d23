/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "golden.h"
#include "suites.h"
#include "syntax_maker.h"

static void expect_bytes(const char *bytes, size_t size, const char *tokens, const char *diagnostics) {
    struct syntax syntax;
    syntax_open(&syntax, bytes, size);
    expect_same_text(bytes, tokens, syntax_tokens(&syntax));
    expect_same_text(bytes, diagnostics, syntax_diags(&syntax));
    syntax_free(&syntax);
}

static void expect(const char *bytes, const char *tokens, const char *diagnostics) {
    expect_bytes(bytes, strlen(bytes), tokens, diagnostics);
}

START_TEST(every_keyword_and_mark_is_its_token)
{
    static const struct {
        enum token_kind kind;
        enum token_sort sort;
        const char *text;
    } all[] = {
#define X(kind, text, sort) {TOKEN_##kind, SORT_##sort, text},
        TOKENS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].sort == SORT_OTHER || all[i].sort == SORT_INNER)
            continue;
        struct syntax syntax;
        struct lexer lexer;
        struct token token;
        syntax_open(&syntax, all[i].text, strlen(all[i].text));
        lexer_init(&lexer, &syntax.source, &syntax.diags);
        ck_assert_msg(lexer_next(&lexer, &token) == all[i].kind, "'%s'", all[i].text);
        ck_assert_uint_eq(token.length, strlen(all[i].text));
        ck_assert_int_eq(lexer_next(&lexer, &token), TOKEN_END);
        ck_assert_int_eq(lexer_next(&lexer, &token), TOKEN_END);
        syntax_free(&syntax);
    }
}
END_TEST

START_TEST(reserved_words_are_told_from_names)
{
    expect("record service batch reserved was accept",
           "a reserved word:1:1 a reserved word:1:8 a reserved word:1:16 "
           "a reserved word:1:22 a reserved word:1:31 a reserved word:1:35",
           "");
    expect("records Record wild static", "a name:1:1 a name:1:9 a name:1:16 a name:1:21", "");
}
END_TEST

START_TEST(numbers_durations_and_what_is_neither)
{
    expect("0 12 30s 5ms 1h 2d 3m",
           "a whole number:1:1 a whole number:1:3 a duration such as 30s:1:6 "
           "a duration such as 30s:1:10 a duration such as 30s:1:14 a duration such as 30s:1:17 "
           "a duration such as 30s:1:20",
           "");
    expect("10%", "a whole number:1:1 %:1:3", "");
    expect("30x", "a duration such as 30s:1:1", "1:1 T0110");
    expect("1.5s;", "a duration such as 30s:1:1 ;:1:5", "1:1 T0110");
    expect("1_000", "a duration such as 30s:1:1", "1:1 T0110");
}
END_TEST

START_TEST(comments_and_doc_comments)
{
    expect("a // b ; c\nd", "a name:1:1 a name:2:1", "");
    expect("/// one\n  /// two\na", "a doc comment:1:1 a doc comment:2:3 a name:3:1", "");
    expect("//// a line\n//", "", "");
    expect("a /* b\n */ c", "a name:1:1 a name:2:5", "1:3 T0105");
    expect("/* open", "", "1:1 T0105");
}
END_TEST

START_TEST(who_wants_comments_gets_them_as_tokens)
{
    static const char schema[] = "a // b\n//\n/// doc\n//// no doc\nc//";
    static const struct {
        enum token_kind kind;
        uint32_t offset, length, line, column;
    } expected[] = {
        {TOKEN_NAME, 0, 1, 1, 1},     {TOKEN_COMMENT, 2, 4, 1, 3},   {TOKEN_COMMENT, 7, 2, 2, 1},
        {TOKEN_DOC, 10, 7, 3, 1},     {TOKEN_COMMENT, 18, 11, 4, 1}, {TOKEN_NAME, 30, 1, 5, 1},
        {TOKEN_COMMENT, 31, 2, 5, 2}, {TOKEN_END, 33, 0, 5, 4},
    };
    struct syntax syntax;
    struct lexer lexer;
    struct token token;
    syntax_open(&syntax, schema, sizeof schema - 1);
    lexer_init(&lexer, &syntax.source, &syntax.diags);
    lexer.wants_comments = true;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        ck_assert_int_eq(lexer_next(&lexer, &token), expected[i].kind);
        ck_assert_uint_eq(token.offset, expected[i].offset);
        ck_assert_uint_eq(token.length, expected[i].length);
        ck_assert_uint_eq(token.line, expected[i].line);
        ck_assert_uint_eq(token.column, expected[i].column);
    }
    syntax_free(&syntax);
}
END_TEST

START_TEST(file_names_end_with_their_line)
{
    expect("\"a.h\" <b/c.h>;", "a file name in quotes:1:1 a file name in angle brackets:1:7 ;:1:14", "");
    expect("\"a.h;\nx", "a file name in quotes:1:1 a name:2:1", "1:1 T0104");
    expect("<a", "a file name in angle brackets:1:1", "1:1 T0104");
    expect("\"\xC3\xB6.h\" x", "a file name in quotes:1:1 a name:1:7", "");
}
END_TEST

START_TEST(columns_count_code_points_and_a_tab_is_one)
{
    expect("// \xC3\xB6\n\t\ta", "a name:2:3", "");
    expect("\"\xE2\x82\xAC\xF0\x9F\x98\x80\" a", "a file name in quotes:1:1 a name:1:6", "");
    expect("a\r\n b\r\n", "a name:1:1 a name:2:2", "");
}
END_TEST

START_TEST(a_byte_order_mark_is_dropped_at_the_start_only)
{
    expect("\xEF\xBB\xBFschema", "schema:1:1", "");
    expect("a \xEF\xBB\xBF", "a name:1:1 a name:1:3", "1:3 T0101");
}
END_TEST

START_TEST(a_bad_character_is_reported_once_as_one_code_point)
{
    expect("a @ b", "a name:1:1 a name:1:5", "1:3 T0101");
    expect("@@@@ b $", "a name:1:6", "1:1 T0101, 1:8 T0101");
    expect("gr\xC3\xB6\xC3\x9F"
           "e: x",
           "a name:1:1 ::1:6 a name:1:8", "1:3 T0101");
    expect("\xE2\x82\xAC b", "a name:1:1 a name:1:3", "1:1 T0101");
}
END_TEST

START_TEST(bytes_that_are_no_text_are_reported_wherever_they_stand)
{
    expect("a \xFF\xFE b", "a name:1:1 a name:1:3 a name:1:6", "1:3 T0102");
    expect("// \xFF ok \xC3", "", "1:4 T0102, 1:9 T0102");
    expect("\"\xFF\" a", "a file name in quotes:1:1 a name:1:5", "1:2 T0102");
    expect("// a\xE2\x80\xAE"
           "b",
           "", "1:5 T0103");
    expect("a \xE2\x81\xA6 b", "a name:1:1 a name:1:3 a name:1:5", "1:3 T0103");
    expect("// a\rb\n", "", "1:5 T0101");
    expect("a\rb", "a name:1:1 a name:1:3", "1:2 T0101");
}
END_TEST

START_TEST(a_nul_is_an_ordinary_bad_byte)
{
    expect_bytes("a\0\0b", 4, "a name:1:1 a name:1:4", "1:2 T0101");
    expect_bytes("// \0\nb", 6, "a name:2:1", "1:4 T0101");
    expect_bytes("\"a\0\"", 4, "a file name in quotes:1:1", "1:3 T0101");
    expect_bytes("ab\0", 3, "a name:1:1", "1:3 T0101");
}
END_TEST

START_TEST(a_name_has_at_most_64_bytes)
{
    char name[66] = "";
    memset(name, 'n', 65);
    expect(name, "a name:1:1", "1:1 T0109");
    name[64] = '\0';
    expect(name, "a name:1:1", "");
}
END_TEST

START_TEST(every_two_bytes_make_tokens_or_a_diagnostic)
{
    for (unsigned i = 0; i < 65536; i++) {
        char bytes[3] = {(char)(i >> 8), (char)(i & 0xFF), '\0'};
        struct syntax syntax;
        syntax_open(&syntax, bytes, 2);
        bool nothing = !syntax_tokens(&syntax)[0] && !syntax.diags.n_errors;
        bool blank = strspn(bytes, " \t\r\n") == 2 || !memcmp(bytes, "//", 2);
        ck_assert_msg(!nothing || blank, "%02X %02X", i >> 8, i & 0xFF);
        syntax_free(&syntax);
    }
}
END_TEST

int main(void) {
    return run_suites(suite_of("tokens", every_keyword_and_mark_is_its_token, reserved_words_are_told_from_names,
                               numbers_durations_and_what_is_neither, comments_and_doc_comments,
                               who_wants_comments_gets_them_as_tokens, file_names_end_with_their_line,
                               columns_count_code_points_and_a_tab_is_one, a_name_has_at_most_64_bytes, NULL),
                      suite_of("bad bytes", a_byte_order_mark_is_dropped_at_the_start_only,
                               a_bad_character_is_reported_once_as_one_code_point,
                               bytes_that_are_no_text_are_reported_wherever_they_stand, a_nul_is_an_ordinary_bad_byte,
                               every_two_bytes_make_tokens_or_a_diagnostic, NULL),
                      NULL);
}
