/* SPDX-License-Identifier: MIT
 *
 * What `t87sc explain` shows is true: the wrong example of a rule finds it and nothing else, the right one finds
 * nothing. Examples that are commands ("$ ...") need files or bytes of their own; test_load.c and test_imports.c have
 * their cases.
 */
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "program.h"
#include "suites.h"

static void expect_example(const struct diag_rule *rule, const char *example, bool wrong) {
    struct program_run run;
    if (example[0] == '$')
        return;
    t87sc_run(&run, &(struct program_options){.input = example, .input_size = strlen(example)},
              (const char *const[]){"check", "-", NULL});
    ck_assert_msg(run.exit_code == (wrong ? 1 : 0), "%s: exit %d\n%s%s", rule->id, run.exit_code, example, run.err);
    char code[10];
    snprintf(code, sizeof code, "[%s]\n", rule->id);
    size_t n_errors = 0, n_code = 0;
    for (const char *at = run.err; (at = strstr(at, ": error: ")) != NULL; at++)
        n_errors++;
    for (const char *at = run.err; (at = strstr(at, code)) != NULL; at++)
        n_code++;
    ck_assert_msg(n_errors == n_code, "%s finds more than itself:\n%s", rule->id, run.err);
    ck_assert_msg((n_code > 0) == wrong, "%s:\n%s", rule->id, run.err);
    program_run_free(&run);
}

START_TEST(the_example_of_a_rule_finds_it_and_the_right_one_does_not)
{
    const struct diag_rule *rule = diag_rule((enum diag_code)_i);
    expect_example(rule, rule->wrong, true);
    expect_example(rule, rule->right, false);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("examples of rules");
    TCase *tests = tcase_create("examples of rules");
    suite_add_tcase(suite, tests);
    tcase_add_loop_test(tests, the_example_of_a_rule_finds_it_and_the_right_one_does_not, 0, DIAG_N_CODES);
    return run_suites(suite, NULL);
}
