/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "suites.h"
#include "syntax_maker.h"

static const char *const words[] = {
    "schema", "include",  "import", "default", "tags",  "root",   "enum",    "cached",      "mutation", "tagged", "ttl",
    "grace",  "negative", "jitter", "timeout", "fleet", "verify", "version", "invalidates", "exact",    "soft",   "key",
    "struct", "codec",    "str",    "u32",     "u64",   "i32",    "i64",     "uuid",        "bool",     "bytes"};

START_TEST(every_word_but_wild_and_static_is_a_name_of_anything)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        char bytes[600];
        const char *w = words[i];
        snprintf(bytes, sizeof bytes,
                 "schema %s;\nenum e { %s, other }\ntags %s { %s: Static; }\nroot { %s: Wild(%s: u64) %s; }\n"
                 "cached %s(%s: u64, key key: u32) -> struct %s tagged %s(%s), %s().%s ttl 1s;\n"
                 "mutation %s(%s: u64) invalidates %s exact, %s.%s soft;\n",
                 w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w, w);
        expect_parse(bytes, "");
    }
}
END_TEST

START_TEST(wild_and_static_are_no_names)
{
    expect_parse("root { Static: Static; }", "1:8 T0106");
    expect_parse("root { Wild: Static; }", "1:12 T0106");
    expect_parse("tags Wild { }", "1:6 T0106");
}
END_TEST

START_TEST(a_key_mark_is_told_from_a_parameter_called_key)
{
    struct syntax syntax;
    const char *bytes = "cached f(key: u32, key key: u64, key b: str) -> u64 tagged a;";
    syntax_open(&syntax, bytes, strlen(bytes));
    ck_assert_str_eq(syntax_parse(&syntax), "");
    const struct ast_param *param = syntax.file->first->function->first_param;
    ck_assert(!param->is_key && !strcmp(param->name.text, "key"));
    param = param->next;
    ck_assert(param->is_key && !strcmp(param->name.text, "key"));
    ck_assert(param->next->is_key && !strcmp(param->next->name.text, "b"));
    syntax_free(&syntax);
}
END_TEST

static int64_t ttl_of(const char *duration) {
    char bytes[120];
    struct syntax syntax;
    int size = snprintf(bytes, sizeof bytes, "default ttl %s;", duration);
    syntax_open(&syntax, bytes, (size_t)size);
    bool fine = !syntax_parse(&syntax)[0];
    int64_t value = fine ? syntax.file->first->duration_ms : -1;
    ck_assert(fine || !strcmp(syntax_diags(&syntax), "1:13 T0111"));
    syntax_free(&syntax);
    return value;
}

START_TEST(durations_are_milliseconds_and_their_overflow_is_an_error)
{
    ck_assert_int_eq(ttl_of("7ms"), 7);
    ck_assert_int_eq(ttl_of("7s"), 7000);
    ck_assert_int_eq(ttl_of("7m"), 420000);
    ck_assert_int_eq(ttl_of("7h"), 25200000);
    ck_assert_int_eq(ttl_of("7d"), 604800000);
    ck_assert_int_eq(ttl_of("0007s"), 7000);
    ck_assert_int_eq(ttl_of("9223372036854775807ms"), INT64_MAX);
    ck_assert_int_eq(ttl_of("9223372036854775808ms"), -1);
    ck_assert_int_eq(ttl_of("9223372036854775s"), 9223372036854775000);
    ck_assert_int_eq(ttl_of("9223372036854776s"), -1);
    ck_assert_int_eq(ttl_of("106751991167d"), 106751991167 * 86400000);
    ck_assert_int_eq(ttl_of("106751991168d"), -1);
    ck_assert_int_eq(ttl_of("99999999999999999999999999999999999999d"), -1);
}
END_TEST

START_TEST(percentages_and_versions_have_their_bounds)
{
    expect_parse("cached f() -> u64 tagged a jitter 0% verify 100% version 4294967295;", "");
    expect_parse("cached f() -> u64 tagged a jitter 101%;", "1:35 T0112");
    expect_parse("cached f() -> u64 tagged a verify 99999999999999999999%;", "1:35 T0112");
    expect_parse("cached f() -> u64 tagged a version 4294967296;", "1:36 T0113");
}
END_TEST

START_TEST(clauses_come_in_any_order_and_once_each)
{
    expect_parse(
        "cached f() -> u64 version 1 verify 1% fleet timeout 1s jitter 1% negative 1s grace 1s ttl 1s tagged a;", "");
    expect_parse("cached f() -> u64 tagged a ttl 1s tagged b ttl 2s;", "1:35 T0404, 1:44 T0404");
    expect_parse("cached f() -> u64 tagged a fleet ttl 1s fleet 2s;", "1:41 T0404");
    expect_parse("mutation f() invalidates a invalidates b;", "1:28 T0404");
}
END_TEST

START_TEST(fleet_stands_alone_or_before_a_duration)
{
    expect_parse("cached fleet(fleet: fleet) -> struct fleet tagged fleet, fleet.fleet(fleet) fleet;", "");
    expect_parse("cached fleet() -> fleet fleet 5s tagged fleet;", "");
    expect_parse("cached f() -> u64 fleet tagged a ttl 1s;", "");
    expect_parse("cached f() -> u64 tagged a fleet 5;", "1:34 T0106");
    expect_parse("cached f() -> u64 tagged a fleet a;", "1:34 T0106");
    expect_parse("mutation f() invalidates a fleet;", "1:28 T0106");
    expect_parse("default fleet 5s;", "1:9 T0106");
}
END_TEST

START_TEST(an_invalidated_tag_is_exact_or_soft_or_neither)
{
    expect_parse("mutation f() invalidates a exact, b soft, c;", "");
    expect_parse("mutation f() invalidates a exact soft;", "1:34 T0406");
    expect_parse("mutation f() invalidates a soft soft;", "1:33 T0406");
    expect_parse("cached f() -> u64 tagged a exact;", "1:28 T0106");
}
END_TEST

START_TEST(a_reserved_word_is_refused_wherever_it_stands)
{
    static const char *const reserved[] = {"record", "service", "batch", "reserved", "was", "accept"};
    for (size_t i = 0; i < 6; i++) {
        char bytes[200];
        snprintf(bytes, sizeof bytes, "root { a: Static; }\n%s x { y: Static; }\nroot { %s: Static; }\n", reserved[i],
                 reserved[i]);
        expect_parse(bytes, "2:1 T0108, 3:8 T0108");
        snprintf(bytes, sizeof bytes, "cached f(%s: u64) -> u64 tagged a;", reserved[i]);
        expect_parse(bytes, "1:10 T0108");
        snprintf(bytes, sizeof bytes, "cached f() -> u64 tagged a %s 5;", reserved[i]);
        expect_parse(bytes, "1:28 T0108");
    }
}
END_TEST

START_TEST(file_names_are_checked)
{
    expect_parse("include \"a.h\"; include <a.h>; import \"a.tags\";", "");
    expect_parse("include \"\";", "1:9 T0114");
    expect_parse("import \"a\\\\b.tags\";", "1:8 T0114");
    expect_parse("import <a.tags>;", "1:8 T0106");
}
END_TEST

int main(void) {
    return run_suites(suite_of("names", every_word_but_wild_and_static_is_a_name_of_anything,
                               wild_and_static_are_no_names, a_key_mark_is_told_from_a_parameter_called_key,
                               a_reserved_word_is_refused_wherever_it_stands, NULL),
                      suite_of("numbers and clauses", durations_are_milliseconds_and_their_overflow_is_an_error,
                               percentages_and_versions_have_their_bounds, clauses_come_in_any_order_and_once_each,
                               fleet_stands_alone_or_before_a_duration, an_invalidated_tag_is_exact_or_soft_or_neither,
                               file_names_are_checked, NULL),
                      NULL);
}
