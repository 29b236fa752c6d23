/* SPDX-License-Identifier: MIT
 *
 * One mistake, one error: nothing is said of what follows from it.
 */
#include "load_text.h"
#include "suites.h"

#define HEAD "schema s;\n"

START_TEST(below_an_unknown_group_nothing_is_unknown)
{
    expect_found(HEAD "root { a: Wild(id: u64) Nope; }\ncached q(id: u64, x: str) -> u64 tagged a(id).b(x).c;\n",
                 "2:25 T0201");
}
END_TEST

START_TEST(a_wild_of_an_unknown_type_takes_any_parameter)
{
    expect_found(
        HEAD
        "root { a: Wild(id: u65); }\ncached q(id: u64) -> u64 tagged a(id);\ncached r(id: str) -> u64 tagged a();\n",
        "2:20 T0202");
}
END_TEST

START_TEST(a_parameter_of_an_unknown_type_fits_any_wild_and_need_fill_none)
{
    expect_found(HEAD "root { a: Wild(id: u64); }\ncached q(id: u65, z: zzz) -> u64 tagged a(id);\n",
                 "3:14 T0202, 3:22 T0202");
}
END_TEST

START_TEST(a_segment_that_was_not_understood_may_be_any)
{
    expect_found(HEAD
                 "root { a: Static; b Static; }\ncached q() -> u64 tagged b, c.d;\ncached r() -> u64 tagged a.e;\n",
                 "2:21 T0106, 4:28 T0203");
}
END_TEST

START_TEST(a_declaration_that_was_not_understood_may_be_any)
{
    expect_found(HEAD "tags G [ }\nroot { a: Static G; }\ncached q() -> u64 tagged a.b;\n", "2:8 T0101");
    expect_found(HEAD "enum e a, b }\nroot { a: Wild(x: e); }\ncached q(x: e) -> e tagged a(x);\n", "2:8 T0106");
    expect_found(HEAD "tag G { x: Static; }\nroot { a: Wild(x: e) G; }\n", "2:1 T0106");
    expect_found("schema 5;\nroot { }\n", "1:8 T0106");
    expect_found(HEAD "root a: Static; }\ncached q() -> u64 tagged a;\n", "2:6 T0106");
}
END_TEST

START_TEST(a_ring_hides_nothing_that_is_clear_of_it)
{
    expect_found(HEAD "tags G { g: Static G; }\nroot { a: Static G; }\ncached q(x: u65) -> u64 tagged nope;\n",
                 "2:20 T0209, 4:13 T0202, 4:32 T0203");
    expect_found(HEAD "tags G { g: Static G; }\nroot { a: Static G; }\ncached q() -> u64 tagged a.g.g.h, a.h;\n",
                 "2:20 T0209, 4:37 T0203");
}
END_TEST

START_TEST(a_wrong_tag_silences_the_parameters_it_might_have_used)
{
    expect_found(HEAD "root { a: Wild(id: u64); }\ncached q(id: u64) -> u64 tagged b(id);\n", "3:33 T0203");
    expect_found(HEAD "root { a: Wild(id: u64); }\ncached q(id: u64) -> u64 tagged a(ident);\n", "3:35 T0204");
}
END_TEST

START_TEST(duplicates_are_said_once_and_the_first_counts)
{
    expect_found(HEAD "root { a: Static; a: Wild; }\ncached q() -> u64 tagged a;\n", "2:19 T0206");
    expect_found(HEAD "enum e { x }\nenum e { y }\nroot { a: Wild(i: e); }\ncached q(i: e) -> u64 tagged a(i);\n",
                 "3:6 T0205");
    expect_found(
        HEAD
        "root { a: Static; }\ncached q() -> u64 tagged a;\nmutation q() invalidates a;\ncached q() -> u64 tagged a;\n",
        "4:10 T0205, 5:8 T0205");
    expect_found(HEAD "root { a: Wild(i: u64); }\ncached q(i: u64, i: str) -> u64 tagged a(i);\n", "3:18 T0207");
}
END_TEST

START_TEST(a_tag_over_a_second_wild_or_segment_may_be_for_either)
{
    expect_found(HEAD "root { a: Wild(n: u32) { Wild(x: u64); Wild(y: str) { s: Static; } } }\n"
                      "cached q(n: u32, x: u64) -> u64 tagged a(n, x);\n"
                      "cached r(n: u32, y: str) -> u64 tagged a(n, y), a(n, y).s;\n"
                      "cached t(n: str) -> u64 tagged a(n);\n",
                 "2:40 T0210, 5:34 T0303");
    expect_found(HEAD "root { s: Static; s: Wild(x: u64) { t: Static; } }\n"
                      "cached q() -> u64 tagged s;\ncached r(x: u64) -> u64 tagged s(x), s(x).t, s();\n",
                 "2:19 T0206");
    expect_found(HEAD
                 "root { s: Wild(x: u64) { t: Static; Wild(z: u32); } s: Static { t: Static; } s: Wild(y: str); }\n"
                 "cached q() -> u64 tagged s.t;\ncached r(y: str) -> u64 tagged s(y), s();\n",
                 "2:53 T0206, 2:78 T0206");
}
END_TEST

START_TEST(what_a_missing_semicolon_swallowed_may_be_any)
{
    expect_found("schema s root { a: Static; }\ncached q() -> u64 tagged a;\n", "1:10 T0106");
    expect_found("schema s enum e { a }\nroot { a: Wild(x: e); }\ncached q(x: e) -> e tagged a(x);\n", "1:10 T0106");
    expect_found("schema s\ncached q() -> u64 tagged a;\n", "1:1 T0216, 1:9 T0106");
}
END_TEST

START_TEST(too_many_parameters_are_one_error)
{
    expect_found(
        HEAD "root { a: Wild(z: u64); }\ncached q(a: u8, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64, "
             "i: u64, j: u64, k: u64, l: u64, m: u64, n: u64, o: u64, p: u64, z: u64, y: u64) -> u64 tagged a(z);\n",
        "3:13 T0202, 3:137 T0403");
}
END_TEST

START_TEST(several_errors_come_in_one_run_in_their_order)
{
    expect_found(
        HEAD "root { a: Wild(id: u64) G; a: Static; b: Wild(x: bool); }\nenum e { x, x }\ncached q(n: u64) -> zone\n"
             "  tagged a(n), a(n, n), c timeout 0s;\nmutation m(key k: u64);\n",
        "2:25 T0201, 2:28 T0206, 2:50 T0221, 3:13 T0208, 4:21 T0202, 5:25 T0203, 5:27 T0405, 6:10 T0408, 6:16 T0407");
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("poison", below_an_unknown_group_nothing_is_unknown, a_wild_of_an_unknown_type_takes_any_parameter,
                 a_parameter_of_an_unknown_type_fits_any_wild_and_need_fill_none,
                 a_segment_that_was_not_understood_may_be_any, a_declaration_that_was_not_understood_may_be_any,
                 a_ring_hides_nothing_that_is_clear_of_it, a_wrong_tag_silences_the_parameters_it_might_have_used,
                 duplicates_are_said_once_and_the_first_counts, a_tag_over_a_second_wild_or_segment_may_be_for_either,
                 what_a_missing_semicolon_swallowed_may_be_any, too_many_parameters_are_one_error,
                 several_errors_come_in_one_run_in_their_order, NULL),
        NULL);
}
