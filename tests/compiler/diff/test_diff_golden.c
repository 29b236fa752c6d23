/* SPDX-License-Identifier: MIT
 *
 * What is said of each kind of change: tests/golden/diff/NAME.old.tags and NAME.new.tags give NAME.txt, the exit code
 * in its last line. The rows of the table of changes, one each, and what they leave open.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "program.h"
#include "suites.h"

static const char *const names[] = {
    /* nobody is concerned */
    "safe",
    /* segments */
    "segment_renamed", "segment_deleted", "wild_dropped", "nested_wild_renamed", "group_changed", "segment_moved",
    "static_to_wild", "wild_type", "wild_width",
    /* queries */
    "query_parameters", "parameters_swapped", "query_value", "query_version", "tag_added", "tag_deeper", "tag_removed",
    "tag_shallower", "other_parameter",
    /* mutations */
    "path_added", "path_shallower", "exact_dropped", "made_hard", "path_removed", "path_deeper", "exact_added",
    "made_soft", "mutation_deleted",
    /* more at once */
    "functions_renamed", "replaced", "schema_renamed", "enum_items", "moved_together", "came_together", "went_together",
    "first_step", "second_step",
    /* what is meant */
    "allowed"};

START_TEST(a_change_gives_these_findings)
{
    char *folder = source_path("tests/golden/diff"), *golden = text_of("tests/golden/diff/%s.txt", names[_i]);
    char *old = text_of("%s.old.tags", names[_i]), *new = text_of("%s.new.tags", names[_i]);
    struct program_run run;
    t87sc_run(&run, &(struct program_options){.folder = folder},
              (const char *const[]){"diff", "--max-errors", "0", "--against", old, new, NULL});
    ck_assert_uint_eq(run.out_size, 0);
    char *whole = text_of("%sexit %d\n", run.err, run.exit_code);
    expect_golden(golden, whole, strlen(whole));
    program_run_free(&run);
    free(whole);
    free(old);
    free(new);
    free(golden);
    free(folder);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("changes and their findings");
    TCase *tests = tcase_create("changes and their findings");
    tcase_add_loop_test(tests, a_change_gives_these_findings, 0, sizeof names / sizeof *names);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
