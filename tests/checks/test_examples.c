/* SPDX-License-Identifier: MIT
 *
 * What `t87sc explain` shows is true: the wrong example of a rule finds it and nothing else, the right one finds
 * nothing. Each is tried in a folder of its own, where the schemas of the house lie in schemas/, and blog.tags beside
 * it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "files.h"
#include "program.h"
#include "suites.h"

static char *folder;

static void setup(void) { folder = temp_dir_make(); }

static void teardown(void) { temp_dir_remove(folder); }

static struct program_run shell(const char *line) {
    struct program_run run;
    program_run(&run, &(struct program_options){.folder = folder}, (const char *const[]){"sh", "-c", line, NULL});
    return run;
}

/* A command: "$ ... t87sc ...", in a shell that finds t87sc. */
static struct program_run run_command(const char *command) {
    char *schemas = source_path("schemas");
    char *line = text_of(
        "cp -R '%s' schemas && cp schemas/blog.tags . && chmod u+w . blog.tags && PATH=\"${T87SC%%/*}:$PATH\" && %s",
        schemas, command);
    struct program_run run = shell(line);
    free(line);
    free(schemas);
    return run;
}

/* Is it about a change? Then an example's last file is compared with its first. */
static bool is_of_diff(const struct diag_rule *rule) { return !strncmp(rule->id, "T2", 2); }

static const char *category_of(const struct diag_rule *rule) {
    return rule->id[2] == '1' ? "SOURCE" : rule->id[2] == '2' ? "KEY" : "INVALIDATION";
}

/* Several files: each after a line "// NAME:"; the last one is checked. */
static struct program_run run_files(const struct diag_rule *rule, const char *example) {
    struct program_run run;
    char name[64] = "";
    while (*example) {
        int used = 0;
        ck_assert_msg(sscanf(example, "// %60[^:\n]:\n%n", name, &used) == 1 && used, "%s", example);
        const char *text = example + used, *next = strstr(text, "\n// ");
        size_t size = next ? (size_t)(next - text) + 1 : strlen(text);
        char *path = text_of("%s/%s", folder, name);
        write_file(path, text, size);
        free(path);
        example = text + size;
    }
    const char *const check[] = {"check", "--werror", name, NULL};
    const char *const diff[] = {"diff",      "--werror", "--category", category_of(rule),
                                "--against", "old.tags", name,         NULL};
    t87sc_run(&run, &(struct program_options){.folder = folder}, is_of_diff(rule) ? diff : check);
    return run;
}

static struct program_run run_example(const struct diag_rule *rule, const char *example) {
    struct program_run run;
    if (!strncmp(example, "$ ", 2))
        return run_command(example + 2);
    if (!strncmp(example, "// ", 3))
        return run_files(rule, example);
    t87sc_run(&run, &(struct program_options){.input = example, .input_size = strlen(example)},
              (const char *const[]){"check", "--werror", "-", NULL});
    return run;
}

static size_t count(const char *text, const char *part) {
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        n++;
    return n;
}

START_TEST(the_wrong_example_of_a_rule_finds_it_and_nothing_else)
{
    const struct diag_rule *rule = diag_rule((enum diag_code)_i);
    if (strstr(rule->wrong, "chmod") && geteuid() == 0)
        return; /* who may read everything cannot be refused */
    struct program_run run = run_example(rule, rule->wrong);
    char *code = text_of("[%s]\n", rule->id), *said = text_of(": %s: ", diag_level_name(rule->level));
    size_t n_code = count(run.err, code);
    size_t n_findings = count(run.err, ": error: ") + count(run.err, ": warning: ");
    bool is_notice = rule->level == DIAG_NOTICE;
    ck_assert_msg(n_code > 0 && n_findings == (is_notice ? 0 : n_code), "%s finds\n%s", rule->id, run.err);
    ck_assert_uint_eq(count(run.err, said), n_code);
    ck_assert_int_eq(run.exit_code == 0, is_notice);
    program_run_free(&run);
    free(said);
    free(code);
}
END_TEST

START_TEST(the_right_example_of_a_rule_finds_nothing)
{
    const struct diag_rule *rule = diag_rule((enum diag_code)_i);
    struct program_run run = run_example(rule, rule->right);
    bool quiet = is_of_diff(rule)
                     ? strstr(run.err, ": no breaking changes, no warnings\n") && !strstr(run.err, ": note: ")
                     : run.err_size == 0;
    ck_assert_msg(run.exit_code == 0 && quiet, "%s: exit %d\n%s\n%s", rule->id, run.exit_code, rule->right, run.err);
    program_run_free(&run);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("examples of rules");
    TCase *tests = tcase_create("examples of rules");
    tcase_set_timeout(tests, 30);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, the_wrong_example_of_a_rule_finds_it_and_nothing_else, 0, DIAG_N_CODES);
    tcase_add_loop_test(tests, the_right_example_of_a_rule_finds_nothing, 0, DIAG_N_CODES);
    return run_suites(suite, NULL);
}
