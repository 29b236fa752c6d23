/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "linted.h"
#include "load_text.h"
#include "suites.h"

static const char schema[] =
    "schema s;\nroot { all: Static; }\ncached a() -> u64 tagged all, all ttl 0s jitter 100%;\n";

static void expect_with(const char *words, const char *told) {
    char *found = told_of(schema, words);
    expect_same_text(words, told, found);
    free(found);
}

START_TEST(all_is_told_unless_it_is_switched_off)
{
    expect_with("", "3:31 T1005, 3:35 T1008, 3:42 T1009");
    expect_with("no-zero-ttl", "3:31 T1005, 3:42 T1009");
    expect_with("none", "");
    expect_with("none full-jitter", "3:42 T1009");
    expect_with("none T1005 t1008", "3:31 T1005, 3:35 T1008");
}
END_TEST

START_TEST(a_later_word_is_over_an_earlier_one)
{
    expect_with("no-zero-ttl zero-ttl", "3:31 T1005, 3:35 T1008, 3:42 T1009");
    expect_with("zero-ttl none", "");
    expect_with("none all no-full-jitter", "3:31 T1005, 3:35 T1008");
}
END_TEST

START_TEST(what_is_no_warning_cannot_be_switched)
{
    static const char *const words[] = {"",      "no-",       "no-all", "zero_ttl",      "unknown-segment",
                                        "T0203", "no-schema", "T1",     "no-no-zero-ttl"};
    struct lint_switches switches = {{false}}, untouched = switches;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        ck_assert_msg(!lint_switch(&switches, words[i]), "%s", words[i]);
    ck_assert(!memcmp(&switches, &untouched, sizeof switches));
}
END_TEST

START_TEST(every_warning_has_a_switch_and_every_switch_works_alone)
{
    for (size_t i = 0; i < DIAG_N_CODES; i++) {
        const struct diag_rule *rule = diag_rule((enum diag_code)i);
        struct lint_switches switches = {{false}};
        char *off = text_of("no-%s", rule->name);
        ck_assert_int_eq(lint_switch(&switches, off), diag_is_switchable(rule));
        for (size_t j = 0; j < DIAG_N_CODES; j++)
            ck_assert_int_eq(switches.off[j], i == j && diag_is_switchable(rule));
        free(off);
    }
}
END_TEST

START_TEST(a_schema_with_errors_has_no_warnings)
{
    struct lint_switches switches = {{false}};
    struct loaded loaded;
    ck_assert_int_eq(load_text("schema s;\nroot { all: Static; }\ncached a() -> u64 tagged al ttl 0s;\n", &loaded),
                     LOAD_REFUSED);
    ck_assert(lint(&loaded, &switches));
    ck_assert_uint_eq(loaded.diags.n_warnings, 0);
    ck_assert_uint_eq(loaded.diags.n_errors, 1);
    load_free(&loaded);
}
END_TEST

START_TEST(the_outermost_of_several_mistakes_that_are_one_is_told)
{
    static const char missed[] = "schema s;\nroot { posts: Wild(id: u64); }\ncached list() -> bytes tagged posts;\n"
                                 "mutation edit(id: u64) invalidates posts(id);\n";
    expect_told(missed, "3:31 T1004");
    char *without = told_of(missed, "no-invalidated-below");
    ck_assert_str_eq(without, "3:8 T1002, 4:36 T1003");
    free(without);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("switches of warnings", all_is_told_unless_it_is_switched_off, a_later_word_is_over_an_earlier_one,
                 what_is_no_warning_cannot_be_switched, every_warning_has_a_switch_and_every_switch_works_alone,
                 a_schema_with_errors_has_no_warnings, the_outermost_of_several_mistakes_that_are_one_is_told, NULL),
        NULL);
}
