/* SPDX-License-Identifier: MIT */
#include "cli.h"

static void setup_warned(void) {
    setup();
    write_here("warned.tags", "schema warned;\nroot { all: Static; }\ncached a() -> u64 tagged all ttl 0s;\n"
                              "cached b() -> u64 tagged all jitter 100%;\n");
    write_here("wrong.tags", "schema wrong;\nroot { all: Static; }\ncached a() -> u64 tagged al ttl 0s;\n");
}

START_TEST(check_tells_warnings_and_exits_with_0)
{
    struct program_run run = t87sc("check warned.tags", NULL);
    ck_assert_uint_eq(run.out_size, 0);
    ck_assert_ptr_nonnull(strstr(run.err, "warned.tags:4:30: warning: "));
    ck_assert_ptr_null(strstr(run.err, "--werror"));
    expect_run(run, 0,
               "warned.tags:3:30: warning: with a ttl of 0 no answer of 'a' is ever fresh [T1008]\n"
               "    3 | cached a() -> u64 tagged all ttl 0s;\n"
               "      |                              ^~~\n"
               "warned.tags:3:30: help: ");
}
END_TEST

START_TEST(other_commands_say_nothing_of_them)
{
    expect_run(t87sc("gen warned.tags", NULL), 0, "");
    expect_run(t87sc("gen --check warned.tags", NULL), 0, "");
    expect_run(t87sc("dump warned.tags", NULL), 0, "");
    expect_run(t87sc("gen -W none warned.tags", NULL), 2, "'-W' is not an option of this command");
    expect_run(t87sc("gen --werror warned.tags", NULL), 2, "'--werror' is not an option of this command");
}
END_TEST

START_TEST(werror_makes_them_findings_and_calls_them_warnings_still)
{
    static const char end[] = "t87sc: 2 warnings in 1 of 2 schemas; warnings are treated as errors (--werror)\n";
    struct program_run run = t87sc("check --werror warned.tags small.tags", NULL);
    ck_assert(run.err_size > sizeof end && !strcmp(run.err + run.err_size - sizeof end + 1, end));
    ck_assert_ptr_null(strstr(run.err, ": error: "));
    expect_run(run, 1, "warned.tags:3:30: warning: ");
    expect_run(t87sc("check --werror small.tags", NULL), 0, "");
    expect_run(t87sc("check --werror warned.tags -W no-zero-ttl -W no-full-jitter", NULL), 0, "");
}
END_TEST

START_TEST(names_switch_them_in_their_order)
{
    struct program_run run = t87sc("check -W no-zero-ttl warned.tags", NULL);
    ck_assert_ptr_null(strstr(run.err, "T1008"));
    expect_run(run, 0, "[T1009]");
    expect_run(t87sc("check -W none warned.tags", NULL), 0, "");
    run = t87sc("check -Wnone -Wzero-ttl warned.tags", NULL);
    ck_assert_ptr_null(strstr(run.err, "T1009"));
    expect_run(run, 0, "[T1008]");
    expect_run(t87sc("check -W all -W none warned.tags", NULL), 0, "");
    expect_run(t87sc("check -W none -W all warned.tags", NULL), 0, "[T1009]");
    expect_run(t87sc("check -W no-T1008 -W no-t1009 warned.tags", NULL), 0, "");
}
END_TEST

START_TEST(a_name_of_no_warning_is_wrong_usage)
{
    expect_run(t87sc("check -W zero-tll warned.tags", NULL), 2,
               "there is no warning 'zero-tll'; did you mean 'zero-ttl'?");
    expect_run(t87sc("check -W no-ful-jitter warned.tags", NULL), 2, "did you mean 'full-jitter'?");
    expect_run(t87sc("check -W al warned.tags", NULL), 2, "did you mean 'all'?");
    expect_run(t87sc("check -W unknown-segment warned.tags", NULL), 2, "'unknown-segment' is no warning");
    expect_run(t87sc("check -W no-T0203 warned.tags", NULL), 2, "'T0203' is no warning");
    expect_run(t87sc("check warned.tags -W", NULL), 2, "option '-W' needs a value");
}
END_TEST

START_TEST(a_schema_with_errors_is_told_those_alone_and_the_others_theirs)
{
    struct program_run run = t87sc("check --max-errors 1 wrong.tags warned.tags", NULL);
    ck_assert_ptr_null(strstr(run.err, "wrong.tags:3:30: warning"));
    ck_assert_ptr_nonnull(strstr(run.err, "warned.tags:3:30: warning: "));
    ck_assert_ptr_nonnull(strstr(run.err, "warned.tags:4:30: warning: "));
    expect_run(run, 1, "wrong.tags:3:26: error: ");
    write_here("names.tags", "schema names;\nroot { class: Wild(int: u64); a: Static { Wild; b: Static; } }\n");
    run = t87sc("check names.tags", NULL);
    ck_assert_ptr_null(strstr(run.err, "warning"));
    expect_run(run, 1, "[T0501]");
}
END_TEST

START_TEST(programs_are_told_the_same_level)
{
    struct program_run run = t87sc("check --werror --format json warned.tags", NULL);
    ck_assert_ptr_nonnull(strstr(run.out, "\"severity\": \"warning\""));
    ck_assert_ptr_nonnull(strstr(run.out, "\"name\": \"zero-ttl\""));
    expect_run(run, 1, "(--werror)");
    run = t87sc("check --format sarif warned.tags", NULL);
    ck_assert_ptr_nonnull(strstr(run.out, "\"level\": \"warning\""));
    expect_run(run, 0, "");
    run = t87sc("check --format github warned.tags", NULL);
    ck_assert_ptr_nonnull(strstr(run.out, "::warning file=warned.tags,line=3,"));
    expect_run(run, 0, "");
}
END_TEST

START_TEST(explain_says_how_to_be_rid_of_a_warning)
{
    struct program_run run = t87sc("explain T1008", NULL);
    ck_assert_ptr_nonnull(strstr(run.out, "t87sc check -W no-zero-ttl\n"));
    ck_assert_ptr_nonnull(strstr(run.out, "// t87sc: allow(T1008) reason\n"));
    expect_run(run, 0, "");
    run = t87sc("explain bare-allowance", NULL);
    ck_assert(strstr(run.out, "-W no-bare-allowance\n") && !strstr(run.out, "allow(T1101)"));
    expect_run(run, 0, "");
    run = t87sc("explain T0203", NULL);
    ck_assert(!strstr(run.out, "-W") && !strstr(run.out, "allow("));
    expect_run(run, 0, "");
    run = t87sc("explain T2302", NULL);
    ck_assert(strstr(run.out, "// t87sc: allow(T2302) reason\n") && !strstr(run.out, "-W"));
    ck_assert_ptr_nonnull(strstr(run.out, "// t87sc: allow(T2302 NAME) reason\n"));
    expect_run(run, 0, "");
    run = t87sc("explain T2301", NULL);
    ck_assert(strstr(run.out, "// t87sc: allow(T2301) reason\n") && !strstr(run.out, "NAME"));
    expect_run(run, 0, "");
    run = t87sc("explain T2401", NULL);
    ck_assert(!strstr(run.out, "allow(T2401"));
    expect_run(run, 0, "");
}
END_TEST

START_TEST(another_layout_makes_no_other_warnings)
{
    expect_run(
        shell("mkdir tests && cp -R \"$T87S_SOURCE_ROOT/schemas\" . && "
              "cp -R \"$T87S_SOURCE_ROOT/tests/checks\" tests && chmod -R u+w . && "
              "$T87SC check --werror schemas/*.tags tests/checks/fine_*.tags && "
              "$T87SC fmt -w schemas/*.tags tests/checks/fine_*.tags && "
              "! cmp -s tests/checks/fine_allowances.tags \"$T87S_SOURCE_ROOT/tests/checks/fine_allowances.tags\" && "
              "$T87SC check --werror schemas/*.tags tests/checks/fine_*.tags"),
        0, "");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("warnings");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup_warned, teardown);
    tcase_add_test(all, check_tells_warnings_and_exits_with_0);
    tcase_add_test(all, other_commands_say_nothing_of_them);
    tcase_add_test(all, werror_makes_them_findings_and_calls_them_warnings_still);
    tcase_add_test(all, names_switch_them_in_their_order);
    tcase_add_test(all, a_name_of_no_warning_is_wrong_usage);
    tcase_add_test(all, a_schema_with_errors_is_told_those_alone_and_the_others_theirs);
    tcase_add_test(all, programs_are_told_the_same_level);
    tcase_add_test(all, explain_says_how_to_be_rid_of_a_warning);
    tcase_add_test(all, another_layout_makes_no_other_warnings);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
