/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_PROGRAM_H
#define T87S_TEST_PROGRAM_H

#include <stddef.h>

/* What one run of a program left behind. The texts are followed by a NUL that the sizes do not count. */
struct program_run {
    int exit_code; /* 128 + the signal's number if it was killed */
    char *out;
    size_t out_size;
    char *err;
    size_t err_size;
};

/* How to run it; all zero is here, with an empty standard input. */
struct program_options {
    const char *folder; /* to run in; NULL: the current one */
    const void *input;  /* its standard input */
    size_t input_size;
};

/* Runs argv (NULL at its end, argv[0] looked up in PATH), waits for it. The test fails if it cannot be started. */
void program_run(struct program_run *run, const struct program_options *options, const char *const argv[]);
void program_run_free(struct program_run *run);

/* The same for t87sc (from the environment variable T87SC, set by meson): `arguments` without argv[0], NULL at the end.
 */
void t87sc_run(struct program_run *run, const struct program_options *options, const char *const arguments[]);

#endif
