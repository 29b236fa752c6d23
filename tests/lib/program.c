/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CANNOT_START = 127, MAX_ARGUMENTS = 64 };

/* Files instead of pipes: no order of reading can block the program. */
static FILE *scratch_file(const void *data, size_t size) {
    FILE *file = tmpfile();
    ck_assert_msg(file != NULL, "tmpfile: %s", strerror(errno));
    if (size > 0)
        ck_assert_uint_eq(fwrite(data, 1, size, file), size);
    rewind(file);
    return file;
}

static char *drain(FILE *file, size_t *size) {
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    long end = ftell(file);
    ck_assert_int_ge(end, 0);
    rewind(file);
    *size = (size_t)end;
    char *text = malloc(*size + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(fread(text, 1, *size, file), *size);
    text[*size] = '\0';
    fclose(file);
    return text;
}

void program_run(struct program_run *run, const struct program_options *options, const char *const argv[]) {
    static const struct program_options here = {0};
    if (options == NULL)
        options = &here;
    FILE *in = scratch_file(options->input, options->input_size);
    FILE *out = scratch_file(NULL, 0);
    FILE *err = scratch_file(NULL, 0);

    pid_t child = fork();
    ck_assert_msg(child >= 0, "fork: %s", strerror(errno));
    if (child == 0) {
        char *arguments[MAX_ARGUMENTS + 1] = {NULL}; /* execvp wants them writable */
        for (size_t i = 0; i < MAX_ARGUMENTS && argv[i] != NULL; i++)
            arguments[i] = strdup(argv[i]);
        if (dup2(fileno(in), 0) < 0 || dup2(fileno(out), 1) < 0 || dup2(fileno(err), 2) < 0)
            _exit(CANNOT_START);
        if (options->folder != NULL && chdir(options->folder) != 0)
            _exit(CANNOT_START);
        execvp(arguments[0], arguments);
        _exit(CANNOT_START);
    }

    int status;
    while (waitpid(child, &status, 0) < 0)
        ck_assert_int_eq(errno, EINTR);
    run->exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    ck_assert_msg(run->exit_code != CANNOT_START, "%s: cannot be started", argv[0]);
    fclose(in);
    run->out = drain(out, &run->out_size);
    run->err = drain(err, &run->err_size);
}

void program_run_free(struct program_run *run) {
    free(run->out);
    free(run->err);
    *run = (struct program_run){0};
}

void t87sc_run(struct program_run *run, const struct program_options *options, const char *const arguments[]) {
    const char *argv[MAX_ARGUMENTS + 1] = {getenv("T87SC")};
    ck_assert_msg(argv[0] != NULL, "T87SC is not set: run this through `meson test`");
    size_t n = 0;
    for (; arguments[n] != NULL; n++) {
        ck_assert_uint_lt(n + 1, MAX_ARGUMENTS);
        argv[n + 1] = arguments[n];
    }
    argv[n + 1] = NULL;
    program_run(run, options, argv);
}
