/* SPDX-License-Identifier: MIT
 *
 * What tests/checks cannot say of allowances: several files, and switches.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "linted.h"
#include "load_text.h"
#include "suites.h"

static char *folder;

static void setup(void) { folder = temp_dir_make(); }

static void teardown(void) { temp_dir_remove(folder); }

static void write_here(const char *name, const char *text) {
    char *path = text_of("%s/%s", folder, name);
    write_text(path, text);
    free(path);
}

/* What is told of main.tags and what it imports. */
static void expect_here(const char *told) {
    char *path = text_of("%s/main.tags", folder);
    struct lint_switches switches = {{false}};
    struct loaded loaded;
    ck_assert_int_eq(load_path(path, NULL, &loaded), LOAD_OK);
    ck_assert(lint(&loaded, &switches));
    char *found = found_in(&loaded);
    expect_same_text("main.tags", told, found);
    free(found);
    load_free(&loaded);
    free(path);
}

static const char importing[] = "schema s;\nimport \"part.tags\";\nroot { users: Wild(id: u64) User; }\n"
                                "cached user(id: u64) -> bytes tagged users(id);\n";

START_TEST(an_imported_file_allows_what_is_told_in_it)
{
    write_here("main.tags", importing);
    write_here("part.tags", "tags User { Wild(name: str); profile: Static; }\n");
    expect_here("1:13 T1010");
    write_here("part.tags", "tags User { Wild(name: str); profile: Static; } // t87sc: allow(T1010) on purpose\n");
    expect_here("");
    write_here("part.tags",
               "// t87sc: allow(T1010) on purpose\n\n// Users.\ntags User {\n    Wild;\n    a: Static;\n}\n");
    expect_here("");
}
END_TEST

START_TEST(an_allowance_is_for_its_own_file)
{
    write_here("main.tags", "// t87sc: allow(T1010) here\nschema s;\nimport \"part.tags\";\n"
                            "root { users: Wild(id: u64) User; }\ncached user(id: u64) -> bytes tagged users(id);\n");
    write_here("part.tags", "tags User { Wild(name: str); profile: Static; }\n");
    expect_here("1:17 T1103, 1:13 T1010");
}
END_TEST

START_TEST(in_an_imported_file_an_idle_one_is_for_other_schemas_but_a_bad_one_is_told)
{
    write_here("main.tags", importing);
    write_here("part.tags", "// t87sc: allow(T1013) in other schemas\ntags User { profile: Static; }\n");
    expect_here("");
    write_here("part.tags", "// t87sc: allow(T1013)\ntags User { profile: Static; }\n// t87sc: allow(T9) why\n");
    expect_here("1:11 T1101, 3:17 T1102");
}
END_TEST

START_TEST(an_imported_file_that_is_a_schema_too_allows_in_all_of_itself)
{
    write_here("main.tags", importing);
    write_here("part.tags", "tags User { Wild(name: str); profile: Static; }\n// t87sc: allow(T1010) on purpose\n"
                            "schema part;\n");
    expect_here("");
}
END_TEST

START_TEST(what_is_switched_off_makes_no_allowance_idle)
{
    static const char idle[] = "schema s;\nroot { all: Static; }\n"
                               "cached a() -> u64 tagged all; // t87sc: allow(T1008) there is no ttl\n";
    expect_told(idle, "3:47 T1103");
    char *told = told_of(idle, "no-zero-ttl");
    ck_assert_str_eq(told, "");
    free(told);
    told = told_of(idle, "no-idle-allowance");
    ck_assert_str_eq(told, "");
    free(told);
}
END_TEST

START_TEST(an_allowance_without_a_reason_works_and_is_told)
{
    static const char bare[] =
        "schema s;\nroot { all: Static; }\n// t87sc: allow(T1008)\ncached a() -> u64 tagged all ttl 0s;\n";
    expect_told(bare, "3:11 T1101");
    char *told = told_of(bare, "no-bare-allowance");
    ck_assert_str_eq(told, "");
    free(told);
}
END_TEST

START_TEST(of_two_that_cover_a_place_one_is_of_use)
{
    expect_told(
        "schema s;\nroot { all: Static; }\n// t87sc: allow(T1008) all of it\ncached a() -> u64\n    tagged all\n"
        "    ttl 0s; // t87sc: allow(T1008) all of it, too\n",
        "6:29 T1103");
    /* The one of the line ends with it, that of the declaration goes on. */
    expect_told("schema s;\nroot { all: Static; }\n// t87sc: allow(T1008, T1009) all of it\ncached a() -> u64\n"
                "    tagged all\n    ttl 0s // t87sc: allow(T1008) this line\n    jitter 100%;\n"
                "cached b() -> u64 tagged all ttl 0s;\n",
                "3:17 T1103, 8:30 T1008");
}
END_TEST

START_TEST(behind_an_end_it_covers_all_that_ends_there)
{
    expect_told("schema s;\nroot { all: Static; }\ncached a() -> u64 tagged all ttl 0s;\ncached b() -> u64\n    tagged "
                "all ttl 0s\n"
                "    jitter 100%; // t87sc: allow(T1008, T1009) all of b\ncached c() -> u64 tagged all ttl 0s;\n",
                "3:30 T1008, 7:30 T1008");
    expect_told(
        "schema s;\ntags G {\n    a: Static; b: Static {\n        top: Static; Wild;\n    } // t87sc: allow(T1010) b\n"
        "    c: Static { top: Static; Wild; }\n}\nroot { g: Static G; }\n",
        "6:30 T1010");
    expect_told(
        "schema s;\ntags G {\n    a: Static { top: Static; Wild; } b: Static {\n        top: Static; Wild;\n    }\n"
        "} // t87sc: allow(T1010) all of G\ntags H { a: Static { Wild; b: Static; } }\n"
        "root { g: Static G; h: Static H; }\n",
        "7:22 T1010");
}
END_TEST

START_TEST(other_comments_are_nothing_to_the_lints)
{
    expect_told("// about t87sc: allow(T1008)\nschema s; // allow(T1008)\n//// t87sc allow\n/// t87sc: x\nroot { }\n"
                "// T87SC: allow\n",
                "");
}
END_TEST

/* Whether it counts is diff's to say. */
START_TEST(of_what_diff_finds_nothing_is_idle_here)
{
    expect_told("// t87sc: allow(T2302, T2201) all\nschema s; // t87sc: allow(query-gone q) nobody\nroot { }\n"
                "// t87sc: allow(T2104 users.posts,\tT2103  m ) nobody\n// t87sc: allow(T2302 m, T2302 n) nobody\n",
                "");
    expect_told("schema s;\nroot { }\n// t87sc: allow(T2302 m)\n// t87sc: allow(T2302)\n", "3:11 T1101, 4:11 T1101");
    expect_told("schema s;\nroot { }\n// t87sc: allow(T2399) no such\n// t87sc: allow(T2401) of allowances\n"
                "// t87sc: allow(T2302, T2302) twice\n// t87sc: allow(T2302 users(id)) no path\n"
                "// t87sc: allow(T2104 .a, T2104 a., T2104 a..b, T2104 a b) no path\n"
                "// t87sc: allow(T2301 q) never gone\n// t87sc: allow(T1008 q) here\n",
                "3:17 T1102, 4:17 T1102, 5:24 T1102, 6:23 T1102, 7:23 T1102, 7:33 T1102, 7:43 T1102, 7:55 T1102, "
                "8:23 T1102, 9:23 T1102");
}
END_TEST

START_TEST(a_windows_file_has_the_same_allowances)
{
    expect_told("schema s;\r\nroot { all: Static; }\r\n// t87sc: allow(T1008) reason\r\n"
                "cached a() -> u64\r\n    tagged all ttl 0s;\r\n// t87sc: allow(T1008)\r\n"
                "cached b() -> u64 tagged all ttl 0s;\r\n",
                "6:11 T1101");
}
END_TEST

START_TEST(thousands_in_a_row_and_inside_of_each_other_are_one_pass)
{
    enum { N = 20000 };
    struct text text;
    text_init(&text);
    text_append(&text, "schema s;\nroot { all: Static; }\n");
    for (int i = 0; i < N; i++)
        text_append(&text, "// t87sc: allow(T1008) reason\n");
    for (int i = 0; i < N; i++)
        text_printf(&text, "cached a%d() -> u64 // t87sc: allow(T1008) reason\n tagged all ttl 0s;\n", i);
    text_append(&text, "mutation m() invalidates all");
    for (int i = 0; i < 1000; i++)
        text_append(&text, ",\n// t87sc: allow(T1006) reason\nall");
    text_append(&text, ";\n");
    char *told = told_of(text_string(&text), "no-idle-allowance");
    ck_assert_ptr_nonnull(strstr(told, "20006:13 T1008, 20008:13 T1008"));
    ck_assert_ptr_null(strstr(told, "T1006"));
    free(told);
    text_free(&text);
}
END_TEST

/* A list of 200 000 words as one allowance, and how often that is told of. */
static size_t count_told(const char *word) {
    struct lint_switches switches = {{false}};
    struct loaded loaded;
    struct text text;
    text_init(&text);
    text_append(&text, "schema s;\nroot { all: Static; }\n// t87sc: allow(zero-ttl");
    for (int i = 0; i < 200000; i++)
        text_append(&text, word);
    text_append(&text, ") reason\ncached a() -> u64 tagged all ttl 0s;\n");
    ck_assert_int_eq(load_bytes(text.data, text.size, &loaded), LOAD_OK);
    ck_assert(lint(&loaded, &switches));
    size_t n = loaded.diags.n_warnings;
    load_free(&loaded);
    text_free(&text);
    return n;
}

START_TEST(a_list_may_be_long)
{
    ck_assert_uint_eq(count_told(", T1008"), 200000);
    ck_assert_uint_eq(count_told(",none_such"), 200000);
    ck_assert_uint_eq(count_told(",\t "), 1);
    ck_assert_uint_eq(count_told(",gr\303\266\303\237e"), 200000);
}
END_TEST

START_TEST(columns_in_a_comment_are_code_points)
{ expect_told("schema s;\nroot { }\n// t87sc: allow(gr\303\266\303\237e, T1008) reason\n", "3:17 T1102, 3:24 T1103"); }
END_TEST

int main(void) {
    Suite *suite = suite_of("allowances", what_is_switched_off_makes_no_allowance_idle,
                            an_allowance_without_a_reason_works_and_is_told, of_two_that_cover_a_place_one_is_of_use,
                            behind_an_end_it_covers_all_that_ends_there, other_comments_are_nothing_to_the_lints,
                            of_what_diff_finds_nothing_is_idle_here, a_windows_file_has_the_same_allowances,
                            thousands_in_a_row_and_inside_of_each_other_are_one_pass, a_list_may_be_long,
                            columns_in_a_comment_are_code_points, NULL);
    TCase *files = tcase_create("of several files");
    tcase_add_checked_fixture(files, setup, teardown);
    tcase_add_test(files, an_imported_file_allows_what_is_told_in_it);
    tcase_add_test(files, an_allowance_is_for_its_own_file);
    tcase_add_test(files, in_an_imported_file_an_idle_one_is_for_other_schemas_but_a_bad_one_is_told);
    tcase_add_test(files, an_imported_file_that_is_a_schema_too_allows_in_all_of_itself);
    suite_add_tcase(suite, files);
    return run_suites(suite, NULL);
}
