/* SPDX-License-Identifier: MIT
 *
 * Which findings are allowed, case by case: "4 T2302 allowed" is a finding in line 4, "(3 old)" behind one is an
 * allowance in line 3 that does not count. test_allowed_worlds.c tries random schemas.
 */
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "files.h"
#include "golden.h"
#include "load_text.h"
#include "suites.h"
#include "text.h"

static char *folder;

static void setup(void) { folder = temp_dir_make(); }

static void teardown(void) { temp_dir_remove(folder); }

static void append_found(struct text *out, const struct diag *diag) {
    text_printf(out, "%s%u %s %s", out->size ? ", " : "", diag->place.line, diag->rule->id,
                diag->allowed ? "allowed" : diag_level_name(diag->level));
    for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next)
        if (remark->kind == DIAG_NOTE && !strncmp(remark->message, "this allowance ", 15))
            text_printf(out, " (%u %s)", remark->place.line, strstr(remark->message, "before") ? "old" : "bare");
}

static void expect_between(struct loaded *old, struct loaded *new, const struct diff_options *options,
                           const char *expected) {
    struct diff diff;
    struct text found;
    size_t n = 0;
    text_init(&found);
    ck_assert(diff_schemas(&diff, old, new, options));
    struct diag **sorted = diag_sort(&diff.diags, &n);
    for (size_t i = 0; i < n; i++)
        append_found(&found, sorted[i]);
    expect_same_text("what diff finds", expected, text_string(&found));
    text_free(&found);
    diff_free(&diff);
    load_free(old);
    load_free(new);
}

static void expect(const char *old_text, const char *new_text, const char *expected) {
    struct loaded old, new;
    ck_assert_msg(load_text(old_text, &old) == LOAD_OK, "%s\n%s", old_text, found_in(&old));
    ck_assert_msg(load_text(new_text, &new) == LOAD_OK, "%s\n%s", new_text, found_in(&new));
    expect_between(&old, &new, &(struct diff_options){0}, expected);
}

/* Below lines 1 and 2: the schema's name and its tags. */
#define TOP "schema s;\nroot { a: Static { b: Static; } c: Static; }\ncached q() -> u64 tagged a.b; "
#define REACHES "mutation m() invalidates a;"
#define SPARES "mutation m() invalidates a exact;"

START_TEST(what_the_new_schema_allows_is_no_error)
{
    expect(TOP "\n" REACHES, TOP "\n" SPARES, "4 T2302 error");
    expect(TOP "\n" REACHES, TOP "\n// t87sc: allow(T2302) meant\n" SPARES, "5 T2302 allowed");
    expect(TOP "\n" REACHES, TOP "\n" SPARES " // t87sc: allow(mutation-narrowed) meant\n", "4 T2302 allowed");
    expect(TOP "\n" REACHES, "// t87sc: allow(T2302) all of them\n" TOP "\n" SPARES, "5 T2302 allowed");
    expect(TOP "\n" REACHES, TOP "// t87sc: allow(T2302) another line\n" SPARES, "3 T2402 note, 4 T2302 error");
    expect(TOP "\n" REACHES, TOP "\n// t87sc: allow(T2301) another code\n" SPARES, "4 T2402 note, 5 T2302 error");
}
END_TEST

START_TEST(what_was_allowed_once_is_not_allowed_again)
{
    static const char *const olds[] = {
        TOP "\n// t87sc: allow(T2302) meant\n" REACHES, TOP "\n" REACHES " // t87sc: allow(T2302) meant",
        TOP "\n// t87sc: allow(T2302)\tmeant  \n/// m.\n  mutation \t m() invalidates a;"};
    for (size_t i = 0; i < sizeof olds / sizeof *olds; i++) {
        expect(olds[i], TOP "\n// t87sc: allow(T2302) meant\n" SPARES, "5 T2302 error (4 old)");
        expect(olds[i], TOP "\n" SPARES " // t87sc: allow(T2302) meant", "4 T2302 error (4 old)");
        expect(olds[i], TOP "\n" REACHES " // t87sc: allow(T2302) meant", "4 T2401 note");
        expect(olds[i], TOP "\n" REACHES, "");
    }
    expect("// t87sc: allow(T2302) meant\n" TOP "\n" REACHES, "// t87sc: allow(T2302) meant\n" TOP "\n" SPARES,
           "5 T2302 error (1 old)");
}
END_TEST

START_TEST(another_reason_is_for_another_change)
{
    static const char old[] = TOP "\n// t87sc: allow(T2302) meant\n" REACHES;
    expect(old, TOP "\n// t87sc: allow(T2302) meant again\n" SPARES, "5 T2302 allowed");
    expect(old, TOP "\n// t87sc: allow(T2302) meant\n// t87sc: allow(T2302) meant again\n" SPARES,
           "4 T2401 note, 6 T2302 allowed");
    expect(old, TOP "\n// t87sc: allow(T2302) meant again\n// t87sc: allow(T2302) meant\n" SPARES,
           "5 T2401 note, 6 T2302 allowed");
}
END_TEST

START_TEST(the_same_reason_holds_for_another_declaration)
{
    expect(TOP "\n// t87sc: allow(T2302) all stop\n" REACHES "\nmutation n() invalidates a;",
           TOP "\n" REACHES "\n// t87sc: allow(T2302) all stop\nmutation n() invalidates a exact;", "6 T2302 allowed");
}
END_TEST

/* What is renamed or moved takes no allowance along, and moves into none. */
START_TEST(an_old_allowance_stays_old_wherever_it_comes_to_stand)
{
    expect(TOP "\n// t87sc: allow(T2103) renamed\n" REACHES,
           TOP "\n// t87sc: allow(T2103) renamed\nmutation m2() invalidates a;", "5 T2103 error (4 old)");
    expect("// t87sc: allow(T2101) renamed\nschema r;\nroot { }", "// t87sc: allow(T2101) renamed\nschema s;\nroot { }",
           "2 T2101 error (1 old)");
    expect("schema s;\n// t87sc: allow(T2105) by text\ntags A { Wild(i: u64); }\nroot { a: Static A; }",
           "schema s;\n// t87sc: allow(T2105) by text\ntags B { Wild(i: str); }\nroot { a: Static B; }",
           "3 T2105 error (2 old)");
    expect("schema s;\ntags A { Wild(i: u64); }\n// t87sc: allow(T2105) by text\ntags B { c: Static; }\n"
           "root { a: Static A; b: Static B; }",
           "schema s;\n// t87sc: allow(T2105) by text\ntags B { Wild(i: str); }\nroot { a: Static B; }",
           "3 T2105 error (2 old), 5 T2104 error");
    expect("// t87sc: allow(T2313) later\n" TOP "\nmutation m() invalidates a;",
           "// t87sc: allow(T2313) later\n" TOP "\ncached r() -> u64 tagged c; mutation m() invalidates a, c;\n",
           "5 T2313 warning (1 old)");
}
END_TEST

/* One comment for all, where there was one for m: m had it, n not. */
START_TEST(what_a_finding_had_is_old_for_that_finding)
{
    static const char old[] = TOP "\n// t87sc: allow(T2302) meant\n" REACHES "\nmutation l() invalidates a;\n"
                                  "mutation n() invalidates a;";
    expect(old,
           "// t87sc: allow(T2302) meant\n" TOP "\nmutation l() invalidates a exact;\n" SPARES
           "\nmutation n() invalidates a exact;",
           "5 T2302 allowed, 6 T2302 error (1 old), 7 T2302 allowed");
}
END_TEST

START_TEST(what_is_gone_is_allowed_by_its_name)
{
    expect(TOP "\n" REACHES, TOP, "4 T2103 error, 4 T2302 error");
    expect(TOP "\n" REACHES, TOP "\n// t87sc: allow(T2103 m, T2302 m) nobody does\n",
           "4 T2103 allowed, 4 T2302 allowed");
    expect(TOP "\n" REACHES, "// t87sc: allow(T2302 m) nobody does\n" TOP, "4 T2103 error, 4 T2302 allowed");
    expect(TOP "\n" REACHES,
           "schema s;\nroot { // t87sc: allow(T2103  m ,T2302 m) nobody does\n"
           "a: Static { b: Static; } c: Static; }\ncached q() -> u64 tagged a.b;",
           "4 T2103 allowed, 4 T2302 allowed");
    /* Not without it, nor by another, nor what is there. */
    expect(TOP "\n" REACHES, "// t87sc: allow(T2302, T2103 n) nobody does\n" TOP,
           "1 T2402 note, 1 T2402 note, 4 T2103 error, 4 T2302 error");
    expect(TOP "\n" REACHES, TOP "\n// t87sc: allow(T2302 m) nobody does\n" SPARES, "4 T2402 note, 5 T2302 error");
}
END_TEST

START_TEST(every_kind_of_thing_that_is_gone_has_a_name)
{
    expect("schema s;\nenum e { x }\nenum f { x }\nroot { a: Wild(i: u64) { b: Static; } p: Wild(i: u64) { Wild(j: "
           "u64); } }",
           "schema s;\nenum e { y } // t87sc: allow(T2109 e) it is there\n"
           "// t87sc: allow(T2109 f, T2104 a.b, T2104 p) gone\nroot { a: Wild(i: u64); p: Wild(i: u64); }",
           "2 T2109 error, 2 T2402 note, 3 T2109 allowed, 4 T2104 allowed, 4 T2104 allowed");
    expect("schema s;\nroot { a: Static; }\ncached q() -> u64 tagged a;\nmutation m() invalidates a exact;",
           "schema s;\nroot { a: Static; } // t87sc: allow(T2102 q, T2313 q) gone\nmutation m() invalidates a soft;",
           "3 T2102 allowed, 3 T2313 allowed");
}
END_TEST

START_TEST(a_name_that_was_allowed_once_is_not_allowed_again)
{
    expect("// t87sc: allow(T2103 m, T2302 m) gone\n" TOP "\n" REACHES,
           TOP "\n// t87sc: allow(T2103 m, T2302 m) gone\n// t87sc: allow(T2302 m) once more\n",
           "4 T2401 note, 5 T2103 error (4 old), 5 T2302 allowed");
}
END_TEST

START_TEST(without_a_reason_nothing_is_allowed)
{
    expect(TOP "\n" REACHES, TOP "\n// t87sc: allow(T2302)\n" SPARES, "5 T2302 error (4 bare)");
    expect(TOP "\n" REACHES, TOP "\n// t87sc: allow(T2302) ...\n" SPARES, "5 T2302 error (4 bare)");
    expect(TOP "\n" REACHES, TOP "\n// t87sc: allow(T2302) yes\n" SPARES " // t87sc: allow(T2302)\n",
           "5 T2302 allowed, 5 T2402 note");
    expect(TOP "\n" REACHES, TOP "\n// t87sc: allow(T2302 m, T2103 m)\n",
           "4 T2103 error (4 bare), 4 T2302 error (4 bare)");
}
END_TEST

START_TEST(warnings_are_allowed_too)
{
    expect("schema s;\nroot { a: Static; }\ncached q() -> u64 tagged a;",
           "schema s;\nroot { a: Static; }\ncached q() -> u64 tagged a version 2; // t87sc: allow(T2201) it is rare",
           "3 T2201 allowed");
}
END_TEST

START_TEST(what_is_left_out_is_nothing_to_allow)
{
    struct loaded old, new;
    ck_assert_int_eq(load_text("// t87sc: allow(T2103 m) gone\n// t87sc: allow(T2302) old\n" TOP, &old), LOAD_OK);
    ck_assert_int_eq(
        load_text("// t87sc: allow(T2103 m) gone\n// t87sc: allow(T2302) old\n// t87sc: allow(T2301) new\n" TOP, &new),
        LOAD_OK);
    expect_between(&old, &new, &(struct diff_options){.left_out = {[DIFF_INVALIDATION] = true}}, "1 T2401 note");
}
END_TEST

START_TEST(of_many_that_are_allowed_some_are_told_and_no_other_is_forgotten)
{
    struct loaded old, new;
    ck_assert_int_eq(
        load_text("schema s;\nroot { a: Static; }\ncached p() -> u32 tagged a;\ncached q() -> u32 tagged a;\n"
                  "cached r() -> u32 tagged a;\ncached t() -> u32 tagged a;",
                  &old),
        LOAD_OK);
    ck_assert_int_eq(load_text("schema s; // t87sc: allow(T2101) x\nroot { a: Static; } // t87sc: allow(T2102) x\n"
                               "cached p() -> u64 tagged a; // t87sc: allow(T2108) wider\n"
                               "cached q() -> u64 tagged a; // t87sc: allow(T2108) wider\ncached r() -> u64 tagged a;\n"
                               "cached t() -> u64 tagged a; // t87sc: allow(T2108) wider",
                               &new),
                     LOAD_OK);
    expect_between(&old, &new, &(struct diff_options){.left_out = {[DIFF_KEY] = true}, .max_each = 1},
                   "1 T2402 note, 3 T2108 allowed, 5 T2108 error");
}
END_TEST

/* ---- imports ---- */

static void load_here(struct loaded *loaded, const char *main_text, const char *part_text) {
    char *main_path = text_of("%s/main.tags", folder), *part_path = text_of("%s/part.tags", folder);
    write_text(main_path, main_text);
    write_text(part_path, part_text);
    ck_assert_int_eq(load_path(main_path, NULL, loaded), LOAD_OK);
    free(main_path);
    free(part_path);
}

START_TEST(an_imported_file_allows_what_is_told_of_it_and_may_allow_more)
{
    static const char top[] = "schema s; import \"part.tags\";\nroot { a: Static A; }\n";
    static const char part[] = "// t87sc: allow(T2104 x) for other schemas\n// t87sc: allow(T2101) too\n"
                               "// t87sc: allow(T2105) by text\n\ntags A { Wild(i: str); }";
    struct loaded old, new;
    load_here(&old, top, "tags A { Wild(i: u64); }");
    load_here(&new, top, part);
    expect_between(&old, &new, &(struct diff_options){0}, "5 T2105 allowed");
    load_here(&old, top, part);
    load_here(&new, top, part);
    expect_between(&old, &new, &(struct diff_options){0}, "1 T2401 note, 2 T2401 note, 3 T2401 note");
    /* Into the schema itself, and back: the same comment at the same group. */
    load_here(&old, top, part);
    load_here(&new, "schema s;\nroot { a: Static A; }\n// t87sc: allow(T2105) by text\ntags A { Wild(i: u64); }", "");
    expect_between(&old, &new, &(struct diff_options){0}, "4 T2105 error (3 old)");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("findings that are allowed");
    TCase *tests = case_of(suite, "findings that are allowed", setup, teardown, 30);
    tcase_add_test(tests, what_the_new_schema_allows_is_no_error);
    tcase_add_test(tests, what_was_allowed_once_is_not_allowed_again);
    tcase_add_test(tests, another_reason_is_for_another_change);
    tcase_add_test(tests, the_same_reason_holds_for_another_declaration);
    tcase_add_test(tests, an_old_allowance_stays_old_wherever_it_comes_to_stand);
    tcase_add_test(tests, what_a_finding_had_is_old_for_that_finding);
    tcase_add_test(tests, what_is_gone_is_allowed_by_its_name);
    tcase_add_test(tests, every_kind_of_thing_that_is_gone_has_a_name);
    tcase_add_test(tests, a_name_that_was_allowed_once_is_not_allowed_again);
    tcase_add_test(tests, without_a_reason_nothing_is_allowed);
    tcase_add_test(tests, warnings_are_allowed_too);
    tcase_add_test(tests, what_is_left_out_is_nothing_to_allow);
    tcase_add_test(tests, of_many_that_are_allowed_some_are_told_and_no_other_is_forgotten);
    tcase_add_test(tests, an_imported_file_allows_what_is_told_of_it_and_may_allow_more);
    return run_suites(suite, NULL);
}
