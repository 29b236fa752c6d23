/* SPDX-License-Identifier: MIT
 *
 * Every golden header through a compiler without a warning. usage: test_headers c|c++ COMPILER FLAG...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "program.h"
#include "suites.h"

enum { MAX_FLAGS = 24 };

static const char *const headers[] = {"blog", "kitchen_sink", "odd", "empty", "roots", "mixed"};

/* Some of them in one program: nothing of a header may be in the way of another, or of itself. */
static const char *const together[] = {"blog", "mixed", "blog", "kitchen_sink", "odd"};

static const char *language, *const *command;

static void expect_compiles(const char *const *names, size_t n) {
    char *folder = temp_dir_make(), *source = text_of("%s/use.%s", folder, strcmp(language, "c") ? "cpp" : "c");
    FILE *file = fopen(source, "w");
    ck_assert_ptr_nonnull(file);
    for (size_t i = 0; i < n; i++)
        fprintf(file, "#include \"%s.tags.h\"\n", names[i]);
    fputs("int main(void);\nint main(void) { return 0; }\n", file);
    ck_assert_int_eq(fclose(file), 0);

    char *root = source_path(""), *object = text_of("%s/use.o", folder);
    char *include = text_of("-I%s/runtime/include", root), *expected = text_of("-I%s/tests/golden/expected", root);
    char *schemas = text_of("-I%s/schemas", root), *shapes = text_of("-I%s/tests/golden/shapes", root);
    const char *argv[MAX_FLAGS] = {NULL};
    size_t n_argv = 0;
    while (command[n_argv]) {
        ck_assert_uint_lt(n_argv, MAX_FLAGS - 10);
        argv[n_argv] = command[n_argv];
        n_argv++;
    }
    const char *const rest[] = {"-Werror", include, expected, schemas, shapes, "-c", source, "-o", object};
    memcpy(argv + n_argv, rest, sizeof rest);
    struct program_run run;
    program_run(&run, NULL, argv);
    ck_assert_msg(run.exit_code == 0 && run.err_size == 0, "%s", run.err);
    program_run_free(&run);
    free(shapes);
    free(schemas);
    free(expected);
    free(include);
    free(object);
    free(root);
    free(source);
    temp_dir_remove(folder);
}

START_TEST(a_header_compiles_alone)
{ expect_compiles(&headers[_i], 1); }
END_TEST

START_TEST(headers_compile_together)
{ expect_compiles(together, sizeof together / sizeof *together); }
END_TEST

int main(int argc, char *argv[]) {
    if (argc < 3)
        return 2;
    language = argv[1];
    command = (const char *const *)argv + 2;
    Suite *suite = suite_create("generated headers");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, a_header_compiles_alone, 0, sizeof headers / sizeof *headers);
    tcase_add_test(all, headers_compile_together);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
