/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pipe2 */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { MOST_OUTPUT = 8192 };

static void close_both(const int ends[2]) {
    if (ends[0] >= 0)
        close(ends[0]);
    if (ends[1] >= 0)
        close(ends[1]);
}

/* in: the end that it reads, or -1; out: the end that it writes. */
static int add_actions(posix_spawn_file_actions_t *actions, int in, int out, enum program_errors errors) {
    int error = in >= 0 ? posix_spawn_file_actions_adddup2(actions, in, STDIN_FILENO)
                        : posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
    if (!error && errors == PROGRAM_ERRORS_TO_OUT)
        error = posix_spawn_file_actions_adddup2(actions, out, STDERR_FILENO);
    if (!error && errors == PROGRAM_ERRORS_NOWHERE)
        error = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    return error;
}

/* Signals that are ignored here are not there. */
static int set_signals(posix_spawnattr_t *attributes) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    sigaddset(&signals, SIGXFSZ);
    int error = posix_spawnattr_setsigdefault(attributes, &signals);
    return error ? error : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF);
}

static int spawn(struct program *program, const char *const argv[], int in, int out, enum program_errors errors) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    error = add_actions(&actions, in, out, errors);
    if (!error)
        error = set_signals(&attributes);
    if (!error)
        error = posix_spawnp(&program->pid, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int program_start(struct program *program, const char *const argv[], bool with_input, enum program_errors errors) {
    int in[2] = {-1, -1}, out[2] = {-1, -1}, error = 0;
    if ((with_input && pipe2(in, O_CLOEXEC) != 0) || pipe2(out, O_CLOEXEC) != 0)
        error = errno;
    if (!error)
        error = spawn(program, argv, in[0], out[1], errors);
    if (error) {
        close_both(in);
        close_both(out);
        return error;
    }
    if (in[0] >= 0)
        close(in[0]);
    close(out[1]);
    program->in = in[1];
    program->out = out[0];
    return 0;
}

int program_wait(const struct program *program) {
    int status;
    while (waitpid(program->pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int program_output(const char *const argv[], enum program_errors errors, struct text *out, int *error) {
    struct program program;
    char bytes[1024];
    *error = program_start(&program, argv, false, errors);
    if (*error)
        return -1;
    for (;;) {
        ssize_t n = read(program.out, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        if (out->size < MOST_OUTPUT)
            text_append_bytes(out, bytes, (size_t)n);
    }
    close(program.out);
    if (out->size && out->data[out->size - 1] == '\n')
        out->data[--out->size] = '\0';
    return program_wait(&program);
}
