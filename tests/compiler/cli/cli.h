/* SPDX-License-Identifier: MIT
 *
 * What tests of t87sc as a program share: a folder of their own with a small schema in it.
 */
#ifndef T87S_TEST_CLI_H
#define T87S_TEST_CLI_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "program.h"
#include "suites.h"

static char *folder;

static const char small_schema[] = "schema small;\nroot { users: Wild(id: u64); }\n"
                                   "cached user(id: u64) -> bytes tagged users(id);\n";

static inline void write_here(const char *name, const char *text) {
    char *path = text_of("%s/%s", folder, name);
    write_text(path, text);
    free(path);
}

static inline char *read_here(const char *name) {
    char *path = text_of("%s/%s", folder, name), *text = read_file(path, NULL);
    free(path);
    return text;
}

static inline bool is_here(const char *name) {
    char *path = text_of("%s/%s", folder, name);
    bool exists = file_exists(path);
    free(path);
    return exists;
}

static inline void setup(void) {
    folder = temp_dir_make();
    write_here("small.tags", small_schema);
}

static inline void teardown(void) { temp_dir_remove(folder); }

/* Runs `t87sc WORDS` in the folder, with `input`; the words are split at blanks. The caller frees the run. */
static inline struct program_run t87sc(const char *words, const char *input) {
    const char *arguments[32] = {NULL};
    char *copy = text_of("%s", words);
    size_t n = 0;
    for (char *word = strtok(copy, " "); word && n < 31; word = strtok(NULL, " "))
        arguments[n++] = word;
    struct program_options options = {.folder = folder, .input = input, .input_size = input ? strlen(input) : 0};
    struct program_run run;
    t87sc_run(&run, &options, arguments);
    free(copy);
    return run;
}

/* Runs a shell line in the folder; $T87SC is t87sc. */
static inline struct program_run shell(const char *line) {
    const char *const argv[] = {"sh", "-c", line, NULL};
    struct program_options options = {.folder = folder};
    struct program_run run;
    program_run(&run, &options, argv);
    return run;
}

/* Ends a run: its exit code, and a part of what it said on standard error ("": nothing at all). */
static inline void expect_run(struct program_run run, int exit_code, const char *said) {
    ck_assert_msg(run.exit_code == exit_code, "exit code %d\n%s%s", run.exit_code, run.out, run.err);
    ck_assert_msg(*said ? strstr(run.err, said) != NULL : run.err_size == 0, "not '%s' but '%s'", said, run.err);
    program_run_free(&run);
}

/* The folder holds these files, in the order of the alphabet, and no others, whatever begins with a dot included. */
static inline void expect_files(const char *names) {
    struct program_run run = shell("ls -A | tr '\\n' ' '");
    ck_assert_str_eq(run.out, names);
    expect_run(run, 0, "");
}

/* big.tags: a schema whose header does not fit into small limits, nor into a moment. */
static inline void write_big_schema(size_t n_queries) {
    char *path = text_of("%s/big.tags", folder);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("schema big;\nroot { users: Wild(id: u64); }\n", file);
    for (size_t i = 0; i < n_queries; i++)
        fprintf(file, "cached user_%zu(id: u64) -> bytes tagged users(id);\n", i);
    ck_assert_int_eq(fclose(file), 0);
    free(path);
}

static const char old_header[] = "from before\n";

/* A header that was old_header, and was to be written. */
static inline void expect_old_or_whole(const char *name) {
    char *text = read_here(name);
    size_t size = strlen(text);
    ck_assert(!strcmp(text, old_header) || !strcmp(text + size - 7, "#endif\n"));
    free(text);
}

#endif
