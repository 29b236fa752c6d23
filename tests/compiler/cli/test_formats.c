/* SPDX-License-Identifier: MIT
 *
 * --format of diagnostics: what stands where, and the whole of it as golden files.
 */
#include "cli.h"
#include "golden.h"

static const char bad_schema[] = "schema bad;\nroot { users: Wild(id: u64); }\ncached a() -> bytes tagged user;\n"
                                 "cached b() -> bytes tagged user;\ncached c() -> bytes tagged user;\n";

static const char *const formats[] = {"json", "sarif", "github"};

START_TEST(the_findings_of_several_schemas_are_one_golden_report)
{
    char *diagnostics = source_path("tests/golden/diagnostics");
    char *golden = text_of("tests/golden/diagnostics/all.%s", formats[_i]);
    const char *arguments[] = {"check",       "--format",         formats[_i], "--max-errors", "9", "names.tags",
                               "syntax.tags", "wild_counts.tags", NULL};
    struct program_options options = {.folder = diagnostics};
    struct program_run run, again;
    t87sc_run(&run, &options, arguments);
    t87sc_run(&again, &options, arguments);
    expect_golden(golden, run.out, run.out_size);
    expect_same_text("the same again", run.out, again.out);
    ck_assert_str_eq(run.err, again.err);
    expect_run(again, 1, "not shown");
    program_run_free(&run);
    free(golden);
    free(diagnostics);
}
END_TEST

START_TEST(findings_for_programs_are_on_standard_output_and_exit_codes_stay)
{
    write_here("bad.tags", bad_schema);
    for (size_t i = 0; i < 3; i++) {
        char *words = text_of("check --format=%s small.tags", formats[i]);
        struct program_run run = t87sc(words, NULL);
        ck_assert_int_eq(run.out_size > 0, !strcmp(formats[i], "sarif"));
        expect_run(run, 0, "");
        free(words);
        words = text_of("check --format %s bad.tags", formats[i]);
        run = t87sc(words, NULL);
        ck_assert(strstr(run.out, "unknown segment 'user'") != NULL);
        expect_run(run, 1, "");
        free(words);
        words = text_of("gen --format %s -o bad.h bad.tags", formats[i]);
        run = t87sc(words, NULL);
        ck_assert(strstr(run.out, "unknown segment 'user'") != NULL);
        expect_run(run, 1, "");
        free(words);
        words = text_of("check --format %s missing.tags", formats[i]);
        run = t87sc(words, NULL);
        ck_assert(strstr(run.out, "T0120") != NULL);
        expect_run(run, 3, "");
        free(words);
    }
    expect_run(t87sc("gen --format json -o ok.h small.tags", NULL), 0, "");
    ck_assert(is_here("ok.h") && !is_here("bad.h"));
    expect_run(t87sc("check --format text bad.tags", NULL), 1, "bad.tags:3:");
    expect_run(t87sc("gen --format json -o - small.tags", NULL), 2, "cannot both go to standard output");
    expect_run(t87sc("check --format jsn small.tags", NULL), 2, "did you mean 'json'?");
}
END_TEST

START_TEST(hidden_errors_are_told_on_standard_error)
{
    write_here("bad.tags", bad_schema);
    struct program_run run = t87sc("check --format json --max-errors 1 bad.tags bad.tags", NULL);
    ck_assert_str_eq(run.err, "2 more errors not shown (--max-errors 0 shows all)\n"
                              "2 more errors not shown (--max-errors 0 shows all)\n");
    size_t n = 0;
    for (const char *at = run.out; *at; at++)
        n += *at == '\n';
    ck_assert_uint_eq(n, 2);
    program_run_free(&run);
}
END_TEST

START_TEST(a_report_that_cannot_be_written_is_told)
{
    write_here("bad.tags", bad_schema);
    expect_run(shell("$T87SC check --format json bad.tags >/dev/full"), 3, "standard output: cannot be written");
    expect_run(shell("$T87SC check --format sarif small.tags >/dev/full"), 3, "standard output: cannot be written");
    expect_run(shell("$T87SC check --format sarif small.tags >&-"), 3, "standard output: cannot be written");
}
END_TEST

START_TEST(any_bytes_give_whole_reports)
{
    struct program_run run =
        shell("printf 'schema s;\\nroot { a\\377b: Static; \"\\376 }\\n' >\"$(printf 'b\\375.tags')\";"
              "$T87SC check --format json b*.tags");
    ck_assert(strstr(run.out, "{\"file\": \"b\xEF\xBF\xBD.tags\", \"line\": 2, \"column\": 9,") != NULL);
    expect_run(run, 1, "");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("diagnostics for programs");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_loop_test(all, the_findings_of_several_schemas_are_one_golden_report, 0, 3);
    tcase_add_test(all, findings_for_programs_are_on_standard_output_and_exit_codes_stay);
    tcase_add_test(all, hidden_errors_are_told_on_standard_error);
    tcase_add_test(all, a_report_that_cannot_be_written_is_told);
    tcase_add_test(all, any_bytes_give_whole_reports);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
