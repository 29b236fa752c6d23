/* SPDX-License-Identifier: MIT
 *
 * Large schemas, each of a shape that would take hours by pairs. Check's time limit is the judge.
 */
#include "linted.h"
#include "load_text.h"
#include "suites.h"

enum { MANY = 100000 };

/* Loads and lints; how many warnings there are. */
static size_t count_warnings(struct text *text) {
    struct lint_switches switches = {{false}};
    struct loaded loaded;
    struct text out;
    text_init(&out);
    ck_assert(!text->failed);
    ck_assert_int_eq(load_bytes(text->data, text->size, &loaded), LOAD_OK);
    ck_assert(lint(&loaded, &switches));
    diag_render(&loaded.diags, &(struct diag_style){.max_errors = 20}, &out);
    ck_assert(!out.failed && !loaded.diags.failed);
    size_t n = loaded.diags.n_warnings;
    text_free(&out);
    load_free(&loaded);
    text_free(text);
    return n;
}

START_TEST(a_hundred_thousand_queries_and_mutations_of_one_tag)
{
    struct text text;
    text_init(&text);
    text_append(&text, "schema s;\nroot { posts: Wild(id: u64) { comments: Static; } }\n");
    for (int i = 0; i < MANY; i++)
        text_printf(&text, "cached q%x(id: u64) -> u64 tagged posts(id).comments;\n", i);
    for (int i = 0; i < MANY; i++)
        text_printf(&text, "mutation m%x(id: u64) invalidates posts(id);\n", i);
    ck_assert_uint_eq(count_warnings(&text), 0);
}
END_TEST

START_TEST(a_hundred_thousand_queries_above_as_many_mutations)
{
    struct text text;
    text_init(&text);
    text_append(&text, "schema s;\nroot { posts: Wild(id: u64) { comments: Static; } }\n");
    for (int i = 0; i < MANY; i++)
        text_printf(&text, "cached q%x() -> u64 tagged posts;\n", i);
    for (int i = 0; i < MANY; i++)
        text_printf(&text, "mutation m%x(id: u64) invalidates posts(id).comments;\n", i);
    ck_assert_uint_eq(count_warnings(&text), MANY);
}
END_TEST

START_TEST(as_many_tags_that_nothing_uses)
{
    struct text text;
    text_init(&text);
    text_append(&text, "schema s;\nroot { used: Static;\n");
    for (int i = 0; i < MANY; i++)
        text_printf(&text, "n%x: Static { a: Static; }\n", i);
    text_append(&text, "}\ncached q() -> u64 tagged used;\n");
    ck_assert_uint_eq(count_warnings(&text), MANY);
}
END_TEST

/* 26 segments that nothing uses, and each of them in 17 576 places, are 26 warnings. */
START_TEST(groups_that_multiply)
{
    struct text text;
    text_init(&text);
    text_append(&text, "schema s;\ntags G0 {");
    for (int c = 'a'; c <= 'z'; c++)
        text_printf(&text, " %c: Static;", c);
    for (int i = 1; i <= 3; i++) {
        text_printf(&text, " }\ntags G%d {", i);
        for (int c = 'a'; c <= 'z'; c++)
            text_printf(&text, " %c: Static G%d;", c, i - 1);
    }
    text_append(&text, " }\nroot { a: Static G3; }\n");
    for (int one = 'a'; one <= 'z'; one++)
        for (int two = 'a'; two <= 'z'; two++)
            for (int three = 'a'; three <= 'z'; three++)
                text_printf(&text, "cached q_%c%c%c() -> u64 tagged a.%c.%c.%c;\n", one, two, three, one, two, three);
    ck_assert_uint_eq(count_warnings(&text), 26);
}
END_TEST

START_TEST(mutations_with_as_many_paths_as_there_may_be)
{
    struct text text;
    text_init(&text);
    text_append(&text, "schema s;\nroot { a: Wild(x: u64) { Wild(y: u64) { Wild(z: u64); } } }\n");
    text_append(&text, "cached q(x: u64, y: u64, z: u64) -> u64 tagged a(x, y, z);\n");
    for (int i = 0; i < 500; i++) {
        text_printf(&text, "mutation m%d(", i);
        for (int j = 0; j < 16; j++)
            text_printf(&text, "%s%c: u64", j ? ", " : "", 'a' + j);
        text_append(&text, ") invalidates");
        for (int j = 0; j < 1024; j++)
            text_printf(&text, "%s a(%c, %c, %c)", j ? "," : "", 'a' + j % 16, 'a' + j / 16 % 16, 'a' + j / 256);
        text_append(&text, ";\n");
    }
    ck_assert_uint_eq(count_warnings(&text), 0);
}
END_TEST

START_TEST(a_chain_of_groups_of_which_none_is_used)
{
    struct text text;
    text_init(&text);
    text_append(&text, "schema s;\nroot { }\n");
    for (int i = 0; i < MANY; i++)
        text_printf(&text, "tags G%d { a: Static G%d; }\n", i, i + 1);
    text_printf(&text, "tags G%d { a: Static; }\n", MANY);
    ck_assert_uint_eq(count_warnings(&text), 1);
}
END_TEST

START_TEST(as_many_queries_with_a_lease_and_no_ttl)
{
    struct text text;
    text_init(&text);
    text_append(&text, "schema s;\nroot { posts: Static; }\ncached none() -> u64 tagged posts ttl 0s fleet;\n");
    for (int i = 0; i < MANY; i++)
        text_printf(&text, "cached q%x() -> u64 tagged posts fleet;\n", i);
    ck_assert_uint_eq(count_warnings(&text), 2);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("lints of large schemas");
    TCase *tests = tcase_create("large");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_hundred_thousand_queries_and_mutations_of_one_tag);
    tcase_add_test(tests, a_hundred_thousand_queries_above_as_many_mutations);
    tcase_add_test(tests, as_many_tags_that_nothing_uses);
    tcase_add_test(tests, groups_that_multiply);
    tcase_add_test(tests, mutations_with_as_many_paths_as_there_may_be);
    tcase_add_test(tests, a_chain_of_groups_of_which_none_is_used);
    tcase_add_test(tests, as_many_queries_with_a_lease_and_no_ttl);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
