/* SPDX-License-Identifier: MIT
 *
 * Every letter that a warning has, as the schemas of tests/checks get it: tests/golden/diagnostics/warnings.txt. Each
 * has a line that says what to do.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "program.h"
#include "suites.h"

static int is_warned_of(const struct dirent *entry) {
    const char *ending = strrchr(entry->d_name, '.');
    return !strncmp(entry->d_name, "T1", 2) && ending && !strcmp(ending, ".tags");
}

static size_t count(const char *text, const char *part) {
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
        n++;
    return n;
}

START_TEST(letters_of_warnings)
{
    const char *arguments[100] = {"check"};
    struct dirent **entries;
    struct program_run run;
    char *root = source_path("."), *folder = source_path("tests/checks");
    int n = scandir(folder, &entries, is_warned_of, alphasort);
    ck_assert(n >= 20 && n < 98);
    for (int i = 0; i < n; i++) {
        arguments[i + 1] = text_of("tests/checks/%s", entries[i]->d_name);
        free(entries[i]);
    }
    t87sc_run(&run, &(struct program_options){.folder = root}, arguments);
    ck_assert_int_eq(run.exit_code, 0);
    expect_golden("tests/golden/diagnostics/warnings.txt", run.err, run.err_size);
    const char *end;
    for (const char *at = run.err; (at = strstr(at, ": warning: ")) != NULL; at = end) {
        const char *next = strstr(at + 1, ": warning: "), *help = strstr(at, ": help: ");
        end = next ? next : run.err + run.err_size;
        ck_assert_msg(help && help < end, "no help: %.200s", at);
    }
    ck_assert_uint_gt(count(run.err, ": note: "), 20);
    for (int i = 0; i < n; i++)
        free((char *)(uintptr_t)arguments[i + 1]);
    free(entries);
    program_run_free(&run);
    free(folder);
    free(root);
}
END_TEST

int main(void) {
    return run_suites(suite_of("letters of warnings are the golden ones", letters_of_warnings, NULL), NULL);
}
