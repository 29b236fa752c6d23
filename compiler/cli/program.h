/* SPDX-License-Identifier: MIT
 *
 * Starting another program, without a shell: what it is given are its arguments, whatever is in them.
 */
#ifndef T87SC_PROGRAM_H
#define T87SC_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

#include "text.h"

struct program {
    pid_t pid;
    int in, out; /* its standard input, or -1, and its standard output */
};

/* Where its standard error goes. */
enum program_errors { PROGRAM_ERRORS_OURS, PROGRAM_ERRORS_TO_OUT, PROGRAM_ERRORS_NOWHERE };

/* 0, or the errno that says why it does not run. Without `with_input` it reads nothing. */
int program_start(struct program *program, const char *const argv[], bool with_input, enum program_errors errors);

/* Its exit code; -1 if something else ended it. Both ends must be closed before. */
int program_wait(const struct program *program);

/* Runs it to its end: its exit code or -1, and what it wrote, up to a few kilobytes, without the last newline. An errno
 * in *error if it does not run at all. */
int program_output(const char *const argv[], enum program_errors errors, struct text *out, int *error);

#endif
