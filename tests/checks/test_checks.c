/* SPDX-License-Identifier: MIT
 *
 * In each schema of this folder is found exactly what it says, and nothing else.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "program.h"
#include "suites.h"
#include "text.h"

/* The "LINE:COLUMN CODE" of every line of the schema that begins with "// expect: ". */
static void list_expected(const char *schema, struct text *out) {
    static const char mark[] = "// expect: ";
    for (const char *line = schema; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (!strncmp(line, mark, strlen(mark)))
            text_printf(out, "%.*s\n", (int)strcspn(line + strlen(mark), "\n"), line + strlen(mark));
    }
}

/* The same of every line "PATH:LINE:COLUMN: error: MESSAGE [CODE]", and of warnings. */
static void list_found(const char *diagnostics, const char *path, struct text *out) {
    size_t n_path = strlen(path);
    for (const char *line = diagnostics; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        size_t size = strcspn(line, "\n");
        const char *word = strstr(line, ": error: ");
        if (!word || word >= line + size)
            word = strstr(line, ": warning: ");
        if (!strncmp(line, path, n_path) && word && word < line + size && size > 7)
            text_printf(out, "%.*s %.5s\n", (int)((size_t)(word - line) - n_path - 1), line + n_path + 1,
                        line + size - 6);
    }
}

static void check_schema(const char *path) {
    struct program_run run;
    struct text expected, found;
    text_init(&expected);
    text_init(&found);
    char *schema = read_file(path, NULL);
    list_expected(schema, &expected);
    t87sc_run(&run, NULL, (const char *const[]){"check", "--werror", "--max-errors", "0", path, NULL});
    list_found(run.err, path, &found);
    expect_same_text(path, text_string(&expected), text_string(&found));
    ck_assert_msg(run.exit_code == (expected.size ? 1 : 0), "%s: exit %d", path, run.exit_code);
    program_run_free(&run);
    free(schema);
    text_free(&expected);
    text_free(&found);
}

START_TEST(in_each_schema_is_found_exactly_what_it_says)
{
    char *folder = source_path("tests/checks");
    DIR *entries = opendir(folder);
    ck_assert_ptr_nonnull(entries);
    size_t n = 0;
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        size_t size = strlen(entry->d_name);
        if (size < 5 || strcmp(entry->d_name + size - 5, ".tags") != 0)
            continue;
        char *path = text_of("%s/%s", folder, entry->d_name);
        check_schema(path);
        free(path);
        n++;
    }
    ck_assert_uint_gt(n, 90);
    closedir(entries);
    free(folder);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("bad schemas");
    TCase *tests = tcase_create("bad schemas");
    tcase_set_timeout(tests, 60); /* a process for each */
    tcase_add_test(tests, in_each_schema_is_found_exactly_what_it_says);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
