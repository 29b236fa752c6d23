/* SPDX-License-Identifier: MIT
 *
 * The wild-count check: each letter shows the path with its wilds, the count, and what to write instead.
 */
#include <string.h>

#include "golden.h"
#include "load_text.h"
#include "suites.h"

#define HEAD                                                                              \
    "schema s;\nenum region { eu, us }\n"                                                 \
    "tags User { posts: Wild(post_id: u64); profile: Static; }\n"                         \
    "root { users: Wild(user_id: u64) User; config: Static; posts: Wild(post_id: u64);\n" \
    "prices: Wild(zone: region) { Wild(sku: str) { x: Static; } }\n"                      \
    "full: Static { here: Static; Wild(full_id: u32) { below: Static; } } }\n"

static void expect(const char *rest, const char *code, const char *message, const char *help) {
    char text[2000];
    snprintf(text, sizeof text, "%s%s", HEAD, rest);
    expect_letter(text, code, message, help);
}

static void fine(const char *rest) {
    char text[2000];
    snprintf(text, sizeof text, "%s%s", HEAD, rest);
    expect_fine(text);
}

START_TEST(every_prefix_of_a_path_is_a_tag)
{
    fine("cached q(a: u64, b: u64) -> u64 tagged users, users(a), users(a).posts, users(a).posts(b), config;");
    fine("cached q(z: region, s: str) -> u64 tagged prices, prices(z), prices(z, s), prices(z, s).x;");
    fine("cached q(n: u32) -> u64 tagged full, full.here, full(n), full(n).below, full().below;");
}
END_TEST

START_TEST(a_parameter_may_fill_several_wilds_and_stand_in_any_order)
{
    fine("cached q(a: u64) -> u64 tagged users(a).posts(a);");
    fine("cached q(b: u64, a: u64) -> u64 tagged users(a).posts(b), users().posts();");
}
END_TEST

START_TEST(empty_brackets_pass_over_key_parameters)
{
    fine("cached q(key k: u64, a: u64, key l: str, b: u64) -> u64 tagged users().posts();");
    fine("mutation m(a: u64, b: str) invalidates users();");
}
END_TEST

START_TEST(a_mutation_may_have_idle_parameters)
{ fine("mutation m(x: str, y: bool) invalidates config;"); }
END_TEST

START_TEST(a_wild_that_was_skipped)
{
    expect("cached q(post_id: u64, user_id: u64) -> u64 tagged users.posts(post_id);", "T0301",
           "nothing fills the wild 'user_id': 'users(user_id: u64).posts(post_id: u64)' has 2 wilds, and "
           "'users.posts(post_id)' fills 1",
           "write 'users(user_id).posts(post_id)'");
    expect("cached q(post_id: u64) -> u64 tagged users.posts(post_id);", "T0301",
           "nothing fills the wild 'user_id': 'users(user_id: u64).posts(post_id: u64)' has 2 wilds, and "
           "'users.posts(post_id)' fills 1",
           "declare 'user_id: u64' in 'q' and write 'users(user_id).posts(post_id)'");
    expect("cached a(user_id: u64, post_id: u64) -> u64 tagged users.posts(user_id, post_id);", "T0301",
           "nothing fills the wild 'user_id': 'users(user_id: u64).posts(post_id: u64)' has 2 wilds, and "
           "'users.posts(user_id, post_id)' fills 2",
           "write 'users(user_id).posts(post_id)'");
    expect("cached a(user_id: u64) -> u64 tagged users.posts(user_id);", "T0301",
           "nothing fills the wild 'user_id': 'users(user_id: u64).posts(post_id: u64)' has 2 wilds, and "
           "'users.posts(user_id)' fills 1",
           "declare 'post_id: u64' in 'a' and write 'users(user_id).posts(post_id)'");
    expect("cached q(z: region) -> u64 tagged prices(z).x;", "T0301",
           "nothing fills the wild 'sku': 'prices(zone: region, sku: str).x' has 2 wilds, and 'prices(z).x' fills 1",
           "declare 'sku: str' in 'q' and write 'prices(z, sku).x'");
}
END_TEST

START_TEST(more_arguments_than_wilds)
{
    expect("cached q(a: u64, b: u64) -> u64 tagged posts(a, b);", "T0302",
           "too many arguments for 'posts': 'posts(post_id: u64)' has 1 wild, and 'posts(a, b)' gives 2",
           "write 'posts(a)'");
    expect(
        "mutation m(z: region, s: str, t: str) invalidates prices(z, s, t);", "T0302",
        "too many arguments for 'prices': 'prices(zone: region, sku: str)' has 2 wilds, and 'prices(z, s, t)' gives 3",
        "write 'prices(z, s)'");
}
END_TEST

START_TEST(a_parameter_of_another_type)
{
    expect("cached q(user_id: str, id: u64) -> u64 tagged users(user_id), posts(id);", "T0303",
           "parameter 'user_id: str' cannot fill the wild 'user_id: u64': 'users(user_id: u64)' has 1 wild",
           "write 'user_id: u64' in place of 'user_id: str' and write 'users(user_id)'");
    expect("cached q(a: u32) -> u64 tagged users();", "T0303",
           "parameter 'a: u32' cannot fill the wild 'user_id: u64': 'users(user_id: u64)' has 1 wild",
           "declare 'user_id: u64' in 'q' and write 'users(user_id)'");
    expect("enum other { eu, us }\ncached q(z: other) -> u64 tagged prices(z);", "T0303",
           "parameter 'z: other' cannot fill the wild 'zone: region': 'prices(zone: region)' has 1 wild",
           "write 'z: region' in place of 'z: other' and write 'prices(z)'");
}
END_TEST

START_TEST(a_parameter_that_fills_nothing)
{
    expect("cached q(page: u32) -> u64 tagged posts;", "T0304",
           "parameter 'page: u32' of 'q' fills no wild and is not marked 'key'",
           "write 'key page: u32' if it only tells answers apart");
    expect("cached q(id: u64, on: bool) -> u64 tagged posts(id);", "T0304",
           "parameter 'on: bool' of 'q' fills no wild and is not marked 'key'",
           "write 'key on: bool' if it only tells answers apart");
    expect("cached q(a: u64, b: u64) -> u64 tagged posts();", "T0304",
           "parameter 'b: u64' of 'q' fills no wild and is not marked 'key'",
           "write 'key b: u64' if it only tells answers apart");
}
END_TEST

START_TEST(brackets_after_a_static)
{
    expect("cached q(id: u64) -> u64 tagged config(id), posts(id);", "T0305",
           "'config' is Static and takes no brackets: 'config' has no wilds", "write 'config'");
    expect("cached q() -> u64 tagged config();", "T0305",
           "'config' is Static and takes no brackets: 'config' has no wilds", "write 'config'");
    expect("cached q(a: u64) -> u64 tagged users(a).profile(a);", "T0305",
           "'profile' is Static and takes no brackets: 'users(user_id: u64).profile' has 1 wild",
           "write 'users(a).profile'");
}
END_TEST

START_TEST(empty_brackets_and_too_few_parameters)
{
    expect("cached q(user_id: u64) -> u64 tagged users().posts();", "T0306",
           "empty brackets need 2 parameters and 'q' has 1 that may fill one: "
           "'users(user_id: u64).posts(post_id: u64)' has 2 wilds",
           "declare 'post_id: u64' in 'q' and write 'users(user_id).posts(post_id)'");
    expect("cached q(key user_id: u64) -> u64 tagged users();", "T0306",
           "empty brackets need 1 parameter and 'q' has 0 that may fill one: 'users(user_id: u64)' has 1 wild",
           "write 'user_id: u64' without 'key' and write 'users(user_id)'");
}
END_TEST

START_TEST(empty_brackets_where_a_wild_is_in_a_wild)
{
    expect("cached q(zone: region, sku: str) -> u64 tagged prices();", "T0307",
           "empty brackets do not say which wilds of 'prices(zone: region, sku: str)' they fill: "
           "'prices(zone: region, sku: str)' has 2 wilds",
           "write 'prices(zone, sku)'");
}
END_TEST

START_TEST(empty_and_filled_brackets_together)
{
    expect("cached q(a: u64, post_id: u64) -> u64 tagged users(a).posts();", "T0308",
           "'users(a).posts()' mixes empty and filled brackets: 'users(user_id: u64).posts(post_id: u64)' has 2 wilds",
           "write 'users(a).posts(post_id)'");
}
END_TEST

START_TEST(a_key_parameter_in_a_tag)
{
    expect("cached q(key id: u64) -> u64 tagged posts(id);", "T0309",
           "parameter 'id' is marked 'key' and cannot fill the wild 'post_id': 'posts(post_id: u64)' has 1 wild",
           "write 'id: u64' without 'key'");
    expect("cached q(key id: str) -> u64 tagged posts(id);", "T0309",
           "parameter 'id' is marked 'key' and cannot fill the wild 'post_id': 'posts(post_id: u64)' has 1 wild",
           "declare 'post_id: u64' in 'q' and write 'posts(post_id)'");
}
END_TEST

START_TEST(names_that_are_not_there)
{
    expect("cached q(user_id: u64) -> u64 tagged users(user_id).post(user_id);", "T0203",
           "unknown segment 'post' in 'users(user_id).post'", "did you mean 'posts'?");
    expect("cached q(user_id: u64) -> u64 tagged users.post(user_id);", "T0203",
           "unknown segment 'post' in 'users.post'", "did you mean 'posts'?");
    expect("cached q() -> u64 tagged confg;", "T0203", "unknown segment 'confg'", "did you mean 'config'?");
    expect("cached q(user_id: u64) -> u64 tagged users(usr_id);", "T0204",
           "unknown parameter 'usr_id' in 'users(usr_id)': 'users(user_id: u64)' has 1 wild",
           "did you mean 'user_id'?");
}
END_TEST

/* The first remark of the only error. */
static void expect_first_remark(const char *bytes, const char *message) {
    struct loaded loaded;
    load_text(bytes, &loaded);
    ck_assert_uint_eq(loaded.diags.n_errors, 1);
    expect_same_text(bytes, message, loaded.diags.first->remarks->message);
    load_free(&loaded);
}

START_TEST(where_nothing_is_near_all_that_could_stand_there_is_listed_if_it_is_little)
{
    expect_first_remark("schema s;\nroot { a: Static; bcd: Static; efg: Wild(x: u64); }\n"
                        "cached q() -> u64 tagged nothing;",
                        "there are 'a', 'bcd' and 'efg'");
    expect_first_remark("schema s;\nroot { a: Wild(x: u64) { b: Static; Wild(y: u64); } }\n"
                        "cached q(x: u64) -> u64 tagged a(x).nothing;",
                        "there is only 'b'");
    expect_first_remark("schema s;\nroot { a: Static { b: Static; Wild(y: u64); c: Static; } }\n"
                        "cached q() -> u64 tagged a.nothing;",
                        "there are 'b' and 'c'");
    expect_first_remark("schema s;\nroot { a: Wild(x: u64); }\ncached q(x: u64) -> u64 tagged a(x).nothing;",
                        "'a(x)' has no children; it is declared here");
    expect_first_remark(
        "schema s;\nroot { a: Static; b: Static; c: Static; d: Static; e: Static; f: Static; g: Static; "
        "h: Static; i: Static; }\ncached q() -> u64 tagged nothing;",
        "the first segments are declared here");
}
END_TEST

START_TEST(a_parameter_that_fills_another_wild_is_not_suggested)
{
    struct loaded loaded;
    load_text(HEAD "cached q(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(usr_id);", &loaded);
    ck_assert_str_eq(loaded.diags.first->rule->id, "T0204");
    ck_assert_int_eq(loaded.diags.first->remarks->kind, DIAG_NOTE);
    load_free(&loaded);
    expect(
        "cached q(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(pst_id);", "T0204",
        "unknown parameter 'pst_id' in 'users(user_id).posts(pst_id)': 'users(user_id: u64).posts(post_id: u64)' has "
        "2 wilds",
        "did you mean 'post_id'?");
}
END_TEST

START_TEST(the_notes_show_the_parameters_and_the_declaration)
{
    struct loaded loaded;
    load_text(HEAD "cached q(a: u64, key b: str) -> u64 tagged users.posts(a);", &loaded);
    const struct diag_remark *note = loaded.diags.first->remarks->next;
    ck_assert_int_eq(note->kind, DIAG_NOTE);
    ck_assert_str_eq(note->message, "'q' has the parameters (a: u64, key b: str)");
    ck_assert_uint_eq(note->place.line, 7);
    ck_assert_str_eq(note->next->message, "'users(user_id: u64).posts(post_id: u64)' is declared here");
    ck_assert_uint_eq(note->next->place.line, 3);
    load_free(&loaded);
}
END_TEST

int main(void) {
    return run_suites(suite_of("tags that are right", every_prefix_of_a_path_is_a_tag,
                               a_parameter_may_fill_several_wilds_and_stand_in_any_order,
                               empty_brackets_pass_over_key_parameters, a_mutation_may_have_idle_parameters, NULL),
                      suite_of("tags that are wrong", a_wild_that_was_skipped, more_arguments_than_wilds,
                               a_parameter_of_another_type, a_parameter_that_fills_nothing, brackets_after_a_static,
                               empty_brackets_and_too_few_parameters, empty_brackets_where_a_wild_is_in_a_wild,
                               empty_and_filled_brackets_together, a_key_parameter_in_a_tag, names_that_are_not_there,
                               where_nothing_is_near_all_that_could_stand_there_is_listed_if_it_is_little,
                               a_parameter_that_fills_another_wild_is_not_suggested,
                               the_notes_show_the_parameters_and_the_declaration, NULL),
                      NULL);
}
