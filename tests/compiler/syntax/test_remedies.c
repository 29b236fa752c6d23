/* SPDX-License-Identifier: MIT
 *
 * What people write who know C, .proto files or globs: one error each, and what it says to write instead. Where that is
 * a change of the text, the changed text has no error.
 */
#include <stdio.h>
#include <string.h>

#include "golden.h"
#include "parse.h"
#include "suites.h"
#include "syntax_maker.h"

/* The text with the fix made. All is on the first line, in ASCII. */
static void mend(char *out, size_t size, const char *bytes, const struct diag_fix *fix) {
    size_t at = fix->place.column - 1;
    ck_assert_uint_eq(fix->place.line, 1);
    snprintf(out, size, "%.*s%s%s", (int)at, bytes, fix->text, bytes + at + fix->span);
}

static void expect_remedy(const char *bytes, const char *place, const char *remedy, bool has_fix) {
    struct syntax syntax;
    char mended[200] = "";
    syntax_open(&syntax, bytes, strlen(bytes));
    expect_same_text(bytes, place, syntax_parse(&syntax));
    ck_assert_msg(syntax.diags.first->remarks != NULL, "no help for %s", bytes);
    expect_same_text(bytes, remedy, syntax.diags.first->remarks->message);
    ck_assert_msg((syntax.diags.first->fix != NULL) == has_fix, "%s", bytes);
    if (has_fix)
        mend(mended, sizeof mended, bytes, syntax.diags.first->fix);
    syntax_free(&syntax);
    if (has_fix)
        expect_parse(mended, "");
}

START_TEST(a_word_of_another_language)
{
    expect_remedy("query f() -> u64 tagged a;", "1:1 T0106", "did you mean 'cached'?", true);
    expect_remedy("package s;", "1:1 T0106", "did you mean 'schema'?", true);
    expect_remedy("group G { a: Static; }", "1:1 T0106", "did you mean 'tags'?", true);
    expect_remedy("cached f() -> u64 tags a;", "1:19 T0106", "did you mean 'tagged'?", true);
    expect_remedy("mutation m() tagged a;", "1:14 T0106", "did you mean 'invalidates'?", true);
    expect_remedy("cached f() -> u64 invalidates a;", "1:19 T0106", "did you mean 'tagged'?", true);
    expect_remedy("cached f() -> u64 tagged f() expires 30s;", "1:30 T0106", "did you mean 'ttl'?", true);
}
END_TEST

START_TEST(an_order_of_another_language)
{
    expect_remedy("cached f(u64 id) -> u64 tagged a(id);", "1:14 T0106", "a name goes before its type: write 'id: u64'",
                  false);
    expect_remedy("cached f(a: u64, u64 id) -> u64 tagged a(id);", "1:22 T0106",
                  "a name goes before its type: write 'id: u64'", false);
    expect_remedy("root { a: Wild(u64 id); }", "1:20 T0106", "a name goes before its type: write 'id: u64'", false);
    expect_remedy("cached f(page: u32 key) -> u64 tagged a;", "1:20 T0106", "'key' stands before the parameter's name",
                  false);
    expect_remedy("mutation m() invalidates exact a;", "1:32 T0106",
                  "'exact' and 'soft' stand behind the tag that they are about", false);
}
END_TEST

START_TEST(a_mark_of_another_language)
{
    expect_remedy("cached f() : u64 tagged a;", "1:12 T0106", "did you mean '->'?", true);
    expect_remedy("cached f -> u64 tagged a;", "1:10 T0106", "without parameters the brackets are empty: write 'f()'",
                  false);
    expect_remedy("mutation m() -> u64 invalidates a;", "1:14 T0106",
                  "a mutation gives nothing back; declare a query with 'cached'", false);
    expect_remedy("root { a: Static { }; b: Static; }", "1:21 T0106", "take it away: a '}' ends what it closes", true);
    expect_remedy("root { a: Static; };", "1:20 T0106", "take it away: a '}' ends what it closes", true);
    expect_remedy("enum e { a, b, }", "1:16 T0106", "take the ',' before it away", true);
    expect_remedy("root { a: Wild(id: u64): G; }", "1:24 T0106", "take it away: a group follows without it", true);
    expect_remedy("root { a: Wild(id: u64, x: u64); }", "1:23 T0106",
                  "a Wild has one parameter; for another one write '{ Wild(NAME: TYPE); }' behind it", false);
    expect_remedy("cached f() -> u64 tagged a, ttl 3s;", "1:33 T0106", "take the ',' before the clause away", true);
    expect_remedy("cached f() -> u64 ttl 3s, tagged a;", "1:25 T0106", "take it away: clauses stand side by side",
                  true);
    expect_remedy("mutation m() invalidates a, invalidates b;", "1:41 T0106",
                  "one stands before all of the tags: take the second one away", true);
    expect_remedy("cached f() -> u64 tagged a, tagged b;", "1:36 T0106",
                  "one stands before all of the tags: take the second one away", true);
}
END_TEST

START_TEST(what_cannot_stand_there_at_all)
{
    expect_remedy("default ttl 30s grace 5m;", "1:17 T0106",
                  "each default is a declaration of its own: write '; default grace'", false);
    expect_remedy("cached f() -> u64 tagged a(7);", "1:28 T0106",
                  "a wild is filled by a parameter, which stands there by its name", false);
    expect_remedy("cached f(a: struct user) -> u64 tagged a;", "1:20 T0106",
                  "only a query gives a struct; a parameter is of type str, u32, u64, i32, i64, uuid, bool or an enum",
                  false);
}
END_TEST

START_TEST(a_group_alone)
{
    expect_remedy("root { a: Post; }", "1:11 T0106", "if it is a group, write 'Static Post' or 'Wild(NAME: TYPE) Post'",
                  false);
    expect_remedy("root { a: wild(id: u64); }", "1:11 T0106", "did you mean 'Wild'?", true);
}
END_TEST

START_TEST(a_character_of_another_language)
{
    static const struct {
        const char *bytes, *place, *remedy;
    } all[] = {
        {"# c\nschema s;\n", "1:1 T0101", "a comment begins with //"},
        {"#include \"a.h\";\n", "1:1 T0101", "write 'include' without the '#', and a ';' behind the file name"},
        {"cached f() -> u64 tagged a/b;", "1:27 T0101",
         "segments are joined with '.', such as posts(post_id).comments"},
        {"cached f() -> u64 tagged a(x)/b;", "1:30 T0101",
         "segments are joined with '.', such as posts(post_id).comments"},
        {"cached f() -> u64 tagged a[x];", "1:27 T0101", "what fills a wild stands in '(' and ')'"},
        {"import 'x.tags';", "1:8 T0101", "a file name stands in double quotes, and nothing else is quoted"},
        {"cached f() -> u64 tagged a ttl=30s;", "1:31 T0101",
         "a clause and its value stand side by side, such as ttl 30s"},
        {"schema my-blog;", "1:10 T0101", "names are of letters, digits and _"},
        {"cached f() -> u64 tagged a(*);", "1:28 T0101",
         "a tag stands for all that is below it: leave off its last wild to mean every value"},
        {"cached f() -> u64 tagged a.*;", "1:28 T0101",
         "a tag stands for all that is below it: leave off its last wild to mean every value"},
        {"cached f() -> struct user* tagged a;", "1:26 T0101",
         "a struct is copied; for a C type with pointers write 'codec NAME'"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        expect_remedy(all[i].bytes, all[i].place, all[i].remedy, false);
}
END_TEST

START_TEST(what_is_not_known_gets_no_remedy)
{
    static const char *const all[] = {"cached -> u64 tagged a;",
                                      "root { a, b: Static; }",
                                      "cached f(,) -> u64 tagged a;",
                                      "schema -1;",
                                      "cached f(user_id u64) -> u64 tagged a;",
                                      "cached f() -> u64 tagged + a;",
                                      "root { a: Static; } }"};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct syntax syntax;
        syntax_open(&syntax, all[i], strlen(all[i]));
        syntax_parse(&syntax);
        ck_assert_msg(syntax.diags.first && !syntax.diags.first->remarks, "%s", all[i]);
        syntax_free(&syntax);
    }
}
END_TEST

START_TEST(one_mistake_is_one_error)
{
    expect_parse("cached f(a: u64;) -> u64 tagged a;\nschema s;", "1:16 T0106");
    expect_parse("root {\n  o: {};\n  p: Static;\n}", "2:6 T0106");
    expect_parse("enum e { a; b; }\nschema s;", "1:11 T0106");
    expect_parse("syntax = \"proto3\";\nschema s;", "1:1 T0106");
    expect_parse("cached f() -> u64 tagged a(*) ttl 30;\nschema s;", "1:28 T0101");
}
END_TEST

START_TEST(the_next_mistake_is_told_too)
{
    expect_parse("# c\n#include \"a.h\"\nschema s;", "1:1 T0101, 2:1 T0101, 2:15 T0106");
    expect_parse("foo bar; # c\nschema s;", "1:1 T0106, 1:10 T0101");
    expect_parse("cached f() -> u64 tagged a[x];\nschema b-c;", "1:27 T0101, 2:9 T0101");
    expect_parse("enum e { a, b, };\nschema ;", "1:16 T0106, 1:17 T0106, 2:8 T0106");
}
END_TEST

START_TEST(what_is_mended_is_whole)
{
    struct syntax syntax;
    const char *bytes = "enum e { a, b, }\nroot { a: Static { }; b: Static; }\n";
    syntax_open(&syntax, bytes, strlen(bytes));
    syntax_parse(&syntax);
    ck_assert_int_eq(syntax.file->first->kind, AST_ENUM);
    ck_assert_int_eq(syntax.file->first->next->kind, AST_ROOT);
    ck_assert(!syntax.file->first->next->block->broken);
    syntax_free(&syntax);
}
END_TEST

int main(void) {
    return run_suites(suite_of("remedies", a_word_of_another_language, an_order_of_another_language,
                               a_mark_of_another_language, what_cannot_stand_there_at_all, a_group_alone,
                               a_character_of_another_language, what_is_not_known_gets_no_remedy,
                               one_mistake_is_one_error, the_next_mistake_is_told_too, what_is_mended_is_whole, NULL),
                      NULL);
}
