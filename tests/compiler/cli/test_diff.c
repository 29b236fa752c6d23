/* SPDX-License-Identifier: MIT */
#include "cli.h"

static const char with_key[] = "schema small;\nroot { users: Wild(id: u64); }\n"
                               "cached user(id: u64, key page: u32) -> bytes tagged users(id);\n";
static const char with_version[] = "schema small;\nroot { users: Wild(id: u64); }\n"
                                   "cached user(id: u64) -> bytes tagged users(id) version 1;\n";

START_TEST(a_schema_is_compared_with_what_it_was)
{
    write_here("new.tags", small_schema);
    expect_run(t87sc("diff --against small.tags new.tags", NULL), 0,
               "new.tags against small.tags: no breaking changes, no warnings\n");
    write_here("new.tags", with_key);
    expect_run(t87sc("diff --against small.tags new.tags", NULL), 1,
               "new.tags:3:8: error: 'user' takes other parameters");
    expect_run(t87sc("diff --against small.tags new.tags", NULL), 1,
               "new.tags against small.tags: 1 breaking change (SOURCE 1), 1 warning (KEY 1)\n");
    expect_run(t87sc("diff --against=- new.tags", small_schema), 1, "\n<stdin>:3:8: note: it was declared here\n");
    expect_run(t87sc("diff --against small.tags -", with_key), 1, "<stdin> against small.tags: 1 breaking change");
}
END_TEST

START_TEST(warnings_are_no_findings_unless_asked_for)
{
    write_here("new.tags", with_version);
    expect_run(t87sc("diff --against small.tags new.tags", NULL), 0, "new.tags:3:8: warning: 'user' starts with");
    expect_run(t87sc("diff --werror --against small.tags new.tags", NULL), 1, "1 warning (KEY 1)\n");
    expect_run(t87sc("diff --werror --against new.tags new.tags", NULL), 0, "no warnings\n");
}
END_TEST

START_TEST(a_category_leaves_out_the_others)
{
    write_here("new.tags", with_key);
    struct program_run run = t87sc("diff --category KEY --against small.tags new.tags", NULL);
    ck_assert(!strstr(run.err, "error"));
    expect_run(run, 0, "new.tags against small.tags: no breaking changes, 1 warning (KEY 1)\n");
    run = t87sc("diff --category SOURCE --against small.tags new.tags", NULL);
    ck_assert(!strstr(run.err, "warning: "));
    expect_run(run, 1, "1 breaking change (SOURCE 1), no warnings\n");
    expect_run(t87sc("diff --category INVALIDATION --against small.tags new.tags", NULL), 0, "no warnings\n");
    expect_run(t87sc("diff --category KEY --category SOURCE --against small.tags new.tags", NULL), 1,
               "1 breaking change (SOURCE 1), 1 warning (KEY 1)\n");
    expect_run(t87sc("diff --category source --against small.tags new.tags", NULL), 2, "did you mean 'SOURCE'?");
}
END_TEST

START_TEST(of_each_code_so_many_are_told_and_the_rest_counted)
{
    write_here("old.tags", "schema s;\nroot { a: Static; }\ncached q() -> u32 tagged a;\ncached r() -> u32 tagged a;\n"
                           "cached s() -> u32 tagged a;\n");
    write_here("new.tags", "schema s;\nroot { a: Static; }\ncached q() -> u64 tagged a;\ncached r() -> u64 tagged a;\n"
                           "cached s() -> u64 tagged a;\n");
    struct program_run run = t87sc("diff --max-errors 1 --against old.tags new.tags", NULL);
    ck_assert(strstr(run.err, "new.tags:3:8: warning: ") && !strstr(run.err, "new.tags:4:"));
    expect_run(run, 1, "3 breaking changes (SOURCE 3), 3 warnings (KEY 3); 4 of them not shown\n");
    run = t87sc("diff --max-errors 0 --against old.tags new.tags", NULL);
    ck_assert(!strstr(run.err, "not shown"));
    expect_run(run, 1, "new.tags:5:15: error: 's' gives u64 now, was u32 [T2108]");
}
END_TEST

START_TEST(programs_get_findings_of_both_schemas_and_no_summary)
{
    write_here("new.tags", "schema small;\nroot { users: Wild(id: u64); }\n");
    struct program_run run = t87sc("diff --format json --against small.tags new.tags", NULL);
    ck_assert(strstr(run.out, "{\"file\": \"small.tags\", \"line\": 3, \"column\": 8") == run.out);
    ck_assert(strstr(run.out, "\"code\": \"T2102\""));
    expect_run(run, 1, "");
    run = t87sc("diff --format sarif --against small.tags new.tags", NULL);
    ck_assert(strstr(run.out, "\"ruleId\": \"T2102\""));
    expect_run(run, 1, "");
}
END_TEST

START_TEST(what_is_meant_is_allowed_in_the_new_schema)
{
    static const char allowed[] = "schema small; root { users: Wild(id: u64); } // t87sc: allow(T2102 user) not used\n"
                                  "/// Of a page.\n"
                                  "cached user_page(id: u64, key page: u32) -> bytes tagged users(id) ttl 1h grace 1h; "
                                  "// t87sc: allow(T2106) it is for the new pages\n";
    write_here("old.tags",
               "schema small;\nroot { users: Wild(id: u64); }\ncached user(id: u64) -> bytes tagged users(id);\n"
               "cached user_page(id: u64) -> bytes tagged users(id);\n");
    write_here("new.tags", allowed);
    for (int formatted = 0; formatted < 2; formatted++) {
        struct program_run run = t87sc("diff --against old.tags new.tags", NULL);
        ck_assert(!strstr(run.err, "error") && strstr(run.err, "note: allowed here: it is for the new pages\n"));
        expect_run(run, 0, "new.tags against old.tags: no breaking changes, 1 warning (KEY 1), 2 allowed (SOURCE 2)\n");
        expect_run(t87sc("diff --werror --against old.tags new.tags", NULL), 1,
                   "help: if it is meant, write on a line above it: // t87sc: allow(T2201) reason\n");
        expect_run(t87sc("check --werror -W no-unreached-query new.tags", NULL), 0, "");
        run = t87sc("diff --format json --against old.tags new.tags", NULL);
        ck_assert(strstr(run.out, "\"severity\": \"note\"") && !strstr(run.out, "\"severity\": \"error\""));
        expect_run(run, 0, "");
        expect_run(t87sc("diff --against new.tags new.tags", NULL), 0, "[T2401]");
        expect_run(t87sc("fmt -w new.tags", NULL), 0, "");
    }
}
END_TEST

START_TEST(schemas_that_are_none_are_not_compared)
{
    write_here("bad.tags", "schema bad;\n");
    write_here("clash.tags", "schema s;\nroot { a: Static { b: Static; } a_b: Static; }\n");
    struct program_run run = t87sc("diff --against bad.tags small.tags", NULL);
    ck_assert(!strstr(run.err, " against "));
    expect_run(run, 1, "bad.tags:1:1: error: the schema has no root [T0216]");
    expect_run(t87sc("diff --against small.tags bad.tags", NULL), 1, "bad.tags:1:1: error: the schema has no root");
    expect_run(t87sc("diff --against small.tags clash.tags", NULL), 1, "[T0502]");
    expect_run(t87sc("diff --against missing.tags small.tags", NULL), 3, "there is no file 'missing.tags'");
    expect_run(t87sc("diff --against missing.tags bad.tags", NULL), 3, "bad.tags:1:1: error: ");
    expect_run(t87sc("diff --against . small.tags", NULL), 3, "'.' is a folder");
}
END_TEST

START_TEST(wrong_usage_says_what_is_missing)
{
    expect_run(t87sc("diff small.tags", NULL), 2, "--against is missing");
    expect_run(t87sc("diff --against small.tags", NULL), 2, "nothing given for SCHEMA");
    expect_run(t87sc("diff --against small.tags small.tags small.tags", NULL), 2, "one argument too many");
    expect_run(t87sc("diff --against - -", small_schema), 2, "only one of two schemas can come from standard input");
    expect_run(t87sc("check --against small.tags small.tags", NULL), 2, "'--against' is not an option of this command");
    static const char git[] = "help: the schema of a commit is 'git:REF' or 'git:REF:PATH'";
    expect_run(t87sc("diff --against HEAD small.tags", NULL), 3, git);
    expect_run(t87sc("diff --against main:small.tags small.tags", NULL), 3, git);
    expect_run(t87sc("diff --against .git#branch=main small.tags", NULL), 3, git);
    struct program_run run = t87sc("diff --against missing.tags small.tags", NULL);
    ck_assert_ptr_null(strstr(run.err, "git:"));
    expect_run(run, 3, "there is no file 'missing.tags'");
    expect_run(t87sc("diff --against git: small.tags", NULL), 2, "'git:' names no commit");
    expect_run(t87sc("diff --against git::small.tags small.tags", NULL), 2, "names no commit");
    expect_run(t87sc("diff --against git:--output=x small.tags", NULL), 2, "a REF does not begin with '-'");
    expect_run(t87sc("diff --against git:HEAD -", small_schema), 2, "write git:REF:PATH");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("t87sc diff");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, a_schema_is_compared_with_what_it_was);
    tcase_add_test(all, warnings_are_no_findings_unless_asked_for);
    tcase_add_test(all, a_category_leaves_out_the_others);
    tcase_add_test(all, of_each_code_so_many_are_told_and_the_rest_counted);
    tcase_add_test(all, programs_get_findings_of_both_schemas_and_no_summary);
    tcase_add_test(all, what_is_meant_is_allowed_in_the_new_schema);
    tcase_add_test(all, schemas_that_are_none_are_not_compared);
    tcase_add_test(all, wrong_usage_says_what_is_missing);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
