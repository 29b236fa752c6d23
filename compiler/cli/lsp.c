/* SPDX-License-Identifier: MIT */
#include "lsp.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands.h"

static ptrdiff_t read_input(void *context, char *bytes, size_t size) {
    (void)context;
    ssize_t n;
    do
        n = read(STDIN_FILENO, bytes, size);
    while (n < 0 && errno == EINTR);
    return n;
}

static bool is_input_ready(void *context) {
    (void)context;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) > 0;
}

static bool write_output(void *context, const char *bytes, size_t size) {
    (void)context;
    while (size) {
        ssize_t n = write(STDOUT_FILENO, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

/* jansson's parser aborts at some lacks of memory, and takes others for a mistake in its input. */
static void *allocate_or_exit(size_t size) {
    void *block = malloc(size);
    if (block)
        return block;
    static const char said[] = "t87sc: error: out of memory\n";
    ssize_t written = write(STDERR_FILENO, said, sizeof said - 1);
    (void)written;
    _exit(EXIT_INTERNAL);
}

enum exit_code run_lsp(const struct options *options) {
    struct lsp_options lsp = {
        .stream = {read_input, is_input_ready, write_output, NULL},
        .include_dirs = options->include_dirs,
        .n_include_dirs = options->n_include_dirs,
        .lints = options->lints,
        .version = T87SC_VERSION,
    };
    json_set_alloc_funcs(allocate_or_exit, free);
    switch (lsp_serve(&lsp)) {
    case LSP_SHUT_DOWN:
        return EXIT_FINE;
    case LSP_CUT_OFF:
        return EXIT_FINDINGS;
    case LSP_BROKEN:
        fputs("t87sc: error: standard output: cannot be written\n", stderr);
        break;
    case LSP_NO_MEMORY:
        fputs("t87sc: error: out of memory\n", stderr);
        break;
    }
    return EXIT_INTERNAL;
}
