/* SPDX-License-Identifier: MIT
 *
 * Mistakes that must be errors of the C compiler. Each file of cases/ compiles with -DRIGHT and without it does not;
 * its first line says which words the error must have:   // error: incompatible type
 * usage: test_misuse COMPILER CASE...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "program.h"
#include "suites.h"

static const char *compiler, *const *cases;

static void compile(struct program_run *run, const char *file, const char *define) {
    char *root = source_path("");
    char *include = text_of("-I%s/runtime/include", root), *expected = text_of("-I%s/tests/golden/expected", root);
    char *schemas = text_of("-I%s/schemas", root);
    const char *const argv[] = {compiler, "-std=c11", "-fsyntax-only", define, include, expected, schemas, file, NULL};
    program_run(run, NULL, argv);
    free(schemas);
    free(expected);
    free(include);
    free(root);
}

START_TEST(a_mistake_is_an_error_that_says_so)
{
    static const char mark[] = "// error: ";
    char *text = read_file(cases[_i], NULL), *end = strchr(text, '\n');
    ck_assert_msg(!strncmp(text, mark, sizeof mark - 1) && end, "%s: no '%s' in its first line", cases[_i], mark);
    *end = '\0';
    struct program_run run;
    compile(&run, cases[_i], "-DWRONG");
    ck_assert_msg(run.exit_code == 1, "%s: exit code %d\n%s", cases[_i], run.exit_code, run.err);
    ck_assert_msg(strstr(run.err, "error:") && strstr(run.err, text + sizeof mark - 1), "%s: not '%s', but\n%s",
                  cases[_i], text + sizeof mark - 1, run.err);
    program_run_free(&run);
    free(text);
}
END_TEST

START_TEST(done_right_it_compiles)
{
    struct program_run run;
    compile(&run, cases[_i], "-DRIGHT");
    ck_assert_msg(run.exit_code == 0 && run.err_size == 0, "%s: %s", cases[_i], run.err);
    program_run_free(&run);
}
END_TEST

int main(int argc, char *argv[]) {
    if (argc < 3)
        return 2;
    compiler = argv[1];
    cases = (const char *const *)argv + 2;
    Suite *suite = suite_create("misuse");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, a_mistake_is_an_error_that_says_so, 0, argc - 2);
    tcase_add_loop_test(all, done_right_it_compiles, 0, argc - 2);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
