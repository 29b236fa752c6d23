/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "model_maker.h"
#include "printer.h"
#include "suites.h"
#include "text.h"

static struct maker maker;
static struct c_names names;
static struct printer printer;
static struct text text;

static void write_text(void *arg, const char *bytes, size_t size) { text_append_bytes(arg, bytes, size); }

static void setup(void) {
    maker_init(&maker, "shop");
    c_names_init(&names, &maker.model);
    text_init(&text);
    printer_init(&printer, &names, write_text, &text);
}

static void expect(const char *expected) {
    printer_flush(&printer);
    ck_assert_str_eq(text_string(&text), expected);
    text_free(&text);
    maker_free(&maker);
}

START_TEST(directives_stand_for_texts_names_and_numbers)
{
    setup();
    struct model_node *node = make_static(&maker, maker_root(&maker), "users");
    say(&printer, "%s|%n|%n|%t|%d|%d|%x|%$cache.", "text", C_QUERY, "q", C_OPEN, NULL, C_NODE, node, -30LL, INT64_MIN,
        UINT64_C(0xAB));
    expect("text|shop_q|shop_open|shop_tag_users|-30|-9223372036854775808|00000000000000ab|cache.");
}
END_TEST

START_TEST(more_than_the_buffer_comes_out_whole)
{
    enum { TIMES = 3000 };
    static const char line[] = "a line of some forty bytes, again and again\n";
    setup();
    for (int i = 0; i < TIMES; i++)
        say(&printer, line);
    char *big = malloc(sizeof printer.buffer + 10);
    memset(big, 'x', sizeof printer.buffer + 9);
    big[sizeof printer.buffer + 9] = '\0';
    say(&printer, "%s", big);
    printer_flush(&printer);
    ck_assert_uint_eq(text.size, TIMES * (sizeof line - 1) + sizeof printer.buffer + 9);
    for (size_t i = 0; i < TIMES; i++)
        ck_assert_mem_eq(text.data + i * (sizeof line - 1), line, sizeof line - 1);
    ck_assert_str_eq(text.data + TIMES * (sizeof line - 1), big);
    free(big);
    text_free(&text);
    maker_free(&maker);
}
END_TEST

START_TEST(a_doc_comment_is_one_c_comment)
{
    setup();
    say_doc(&printer, NULL);
    say_doc(&printer, "One user row.");
    say_doc(&printer, "First.\n\nThird.");
    expect("/* One user row. */\n/* First.\n *\n * Third. */\n");
}
END_TEST

START_TEST(nothing_in_a_doc_comment_ends_or_continues_it)
{
    setup();
    say_doc(&printer, "a */ b /* c **/ d //* e");
    say_doc(&printer, "what?\?/ the?\?\?\nback\\\nslash\\");
    say_doc(&printer, "bell\a");
    say_doc(&printer, "caf\u00e9 \u202Eback \xFF?\xFF?/");
    expect("/* a * / b / * c ** / d // * e */\n/* what? ?/ the? ? ?\n * back\\.\n * slash\\. */\n/* bell  */\n"
           "/* caf\u00e9 \uFFFDback \uFFFD?\uFFFD?/ */\n");
}
END_TEST

int main(void) {
    Suite *suite =
        suite_of("printing C", directives_stand_for_texts_names_and_numbers, more_than_the_buffer_comes_out_whole,
                 a_doc_comment_is_one_c_comment, nothing_in_a_doc_comment_ends_or_continues_it, NULL);
    return run_suites(suite, NULL);
}
