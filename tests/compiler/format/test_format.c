/* SPDX-License-Identifier: MIT
 *
 * What the layout is made from, and what is refused. The goldens beside this show the layout itself.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "layouts.h"
#include "suites.h"

START_TEST(line_ends_and_the_byte_order_mark_go)
{
    expect_layout("\xEF\xBB\xBFschema s;\r\n\r\n// a\t \r\nroot{\r\n}\r\n", "schema s;\n\n// a\nroot { }\n");
    expect_layout("schema s; // \xC3\xB6 \t\r\n\t", "schema s;                                  // \xC3\xB6\n");
    expect_layout("schema s;//", "schema s;                                  //\n");
}
END_TEST

START_TEST(what_holds_nothing_becomes_empty)
{
    expect_layout("", "");
    expect_layout(" \t\n\r\n", "");
    expect_layout("\xEF\xBB\xBF", "");
    expect_layout("\n\n// only\n\n\n\n// comments\n\n", "// only\n\n// comments\n");
    expect_layout("///", "///\n");
}
END_TEST

START_TEST(the_old_line_breaks_do_not_count)
{
    expect_layout("cached\nq(\na:\nu64,\nkey\nb:\nstr\n)\n->\nu64\ntagged\na\n(\na\n)\nttl\n1s\n;",
                  "cached q(a: u64, key b: str) -> u64 tagged a(a) ttl 1s;\n");
    expect_layout("cached q(a:u64,key b:str)->u64 tagged a(a)ttl 1s;",
                  "cached q(a: u64, key b: str) -> u64 tagged a(a) ttl 1s;\n");
    expect_layout("root{a:Wild{b:Static;}}", "root {\n    a: Wild { b: Static; }\n}\n");
    expect_layout("root\n{\na\n:\nWild\n{\nb\n:\nStatic\n;\n}\n}", "root {\n    a: Wild { b: Static; }\n}\n");
}
END_TEST

START_TEST(one_empty_line_stays_where_it_divides)
{
    expect_layout("schema s;\n\n\n\nroot { }\nroot { }", "schema s;\n\nroot { }\nroot { }\n");
    expect_layout("root {\n\n\n a: Static;\n\n\n\n b: Static;\n\n}", "root {\n    a: Static;\n\n    b: Static;\n}\n");
    expect_layout("root {\n\n}", "root { }\n");
    expect_layout("enum e { a,\n\n b }", "enum e { a, b }\n");
    expect_layout("enum e { a, // x\n\n\n b }",
                  "enum e {\n    a,                                     // x\n    b\n}\n");
    expect_layout("cached q()\n\n-> u64\n\ntagged a\n\nttl 1s;", "cached q() -> u64 tagged a ttl 1s;\n");
}
END_TEST

START_TEST(a_doc_comment_is_close_to_what_it_documents)
{
    expect_layout("/// a\n\n/// b\n\nroot { }", "/// a\n\n/// b\nroot { }\n");
    expect_layout("/// a\n\n// b\n\nroot { }", "/// a\n\n// b\n\nroot { }\n");
    expect_layout("schema s; /// of the root\nroot { /// of a\n a: Static; /// of b\n\n b: Static; /// of nothing\n}",
                  "schema s;\n/// of the root\nroot {\n    /// of a\n    a: Static;\n    /// of b\n    b: Static;"
                  "                             /// of nothing\n}\n");
    expect_layout("schema s /// not of the root\n; root { }",
                  "schema s                                   /// not of the root\n    ;\nroot { }\n");
    expect_layout("root /// not of a\n { a: Static; }",
                  "root                                       /// not of a\n    {\n    a: Static;\n}\n");
}
END_TEST

START_TEST(what_does_not_parse_is_refused)
{
    static const struct {
        const char *schema, *found;
    } all[] = {
        {"schema", "1:7 T0106"},
        {"schema s; root { a: }\nroot }", "1:21 T0106, 2:6 T0106"},
        {"schema s; /* no */", "1:11 T0105"},
        {"schema s;\n@", "2:1 T0101"},
        {"schema s; root { a: Static }", "1:27 T0106"},
        {"include \"a.h;", "1:9 T0104"},
        {"schema batch;", "1:8 T0108"},
        {"default ttl 1.5s;", "1:13 T0110"},
        {"// \xE2\x80\xAE", "1:4 T0103"},
        {"schema s;\n// \xFF", "2:4 T0102"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char *found = refusal_of(all[i].schema, strlen(all[i].schema));
        ck_assert_str_eq(found, all[i].found);
        ck_assert_ptr_null(lay_out(all[i].schema, strlen(all[i].schema)));
        free(found);
    }
}
END_TEST

START_TEST(what_parses_is_laid_out_whatever_is_wrong_with_it)
{
    expect_layout("cached q(a:x)->y tagged z(a)ttl 1s ttl 2s tagged a;",
                  "cached q(a: x) -> y tagged z(a) ttl 1s ttl 2s tagged a;\n");
    expect_layout("mutation m() invalidates a exact soft;mutation m();",
                  "mutation m() invalidates a exact soft;\nmutation m();\n");
    expect_layout("root{Wild;}root{a:Static;a:Static;}",
                  "root {\n    Wild;\n}\nroot {\n    a: Static;\n    a: Static;\n}\n");
}
END_TEST

/* More errors than are kept come before the one that matters. */
START_TEST(a_syntax_error_behind_many_others_is_not_overlooked)
{
    enum { N = 20000 };
    static const char clause[] = "ttl 1s ", end[] = "; root {";
    char *schema = text_of("%*s", (int)(N * (sizeof clause - 1) + 64), ""), *at = schema;
    at += sprintf(at, "cached q() -> u64 ");
    for (int i = 0; i < N; i++)
        at += sprintf(at, "%s", clause);
    sprintf(at, "%s", end);
    ck_assert_ptr_null(lay_out(schema, strlen(schema)));
    sprintf(at, ";");
    char *laid_out = lay_out(schema, strlen(schema));
    ck_assert_ptr_nonnull(laid_out);
    free(laid_out);
    free(schema);
}
END_TEST

START_TEST(every_word_may_be_a_name)
{
    expect_layout("cached tagged(ttl:u64,key key:str)->ttl ttl 1s tagged tagged,ttl(ttl).tagged tagged ttl;",
                  "cached tagged(ttl: u64, key key: str) -> ttl\n    ttl 1s\n    tagged tagged, ttl(ttl).tagged\n"
                  "    tagged ttl;\n");
    expect_layout("cached struct()->struct codec version 1 tagged struct . struct , codec grace 1s;",
                  "cached struct() -> struct codec\n    version 1\n    tagged struct.struct, codec\n    grace 1s;\n");
    expect_layout("mutation invalidates()invalidates invalidates,exact exact soft,soft invalidates soft.exact exact;",
                  "mutation invalidates()\n    invalidates invalidates, exact exact soft, soft\n"
                  "    invalidates soft.exact exact;\n");
    expect_layout("tags tags{tags:Static tags;root:Wild(key:key)root;}",
                  "tags tags {\n    tags: Static tags;\n    root: Wild(key: key) root;\n}\n");
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("what the layout is made from", line_ends_and_the_byte_order_mark_go, what_holds_nothing_becomes_empty,
                 the_old_line_breaks_do_not_count, one_empty_line_stays_where_it_divides,
                 a_doc_comment_is_close_to_what_it_documents, every_word_may_be_a_name, NULL),
        suite_of("what is refused", what_does_not_parse_is_refused, what_parses_is_laid_out_whatever_is_wrong_with_it,
                 a_syntax_error_behind_many_others_is_not_overlooked, NULL),
        NULL);
}
