/* SPDX-License-Identifier: MIT
 *
 * The language server: one session of the Language Server Protocol 3.17 over a pair of streams.
 *
 * It knows a schema as the compiler does: what it publishes is what `t87sc check` says, with the texts that the editor
 * has open in the place of their files. Everything is done in the order in which it is asked for, in one thread; the
 * check of a text that changes waits until nothing more has come in.
 */
#ifndef T87SC_LSP_H
#define T87SC_LSP_H

#include <stdbool.h>
#include <stddef.h>

#include "lint.h"

struct lsp_stream {
    /* Waits for bytes and reads up to `size` of them; 0 at the end, negative when the stream is broken. */
    ptrdiff_t (*read)(void *context, char *bytes, size_t size);
    /* Whether read() would give something at once. */
    bool (*is_ready)(void *context);
    /* All of them; false when the stream is broken. */
    bool (*write)(void *context, const char *bytes, size_t size);
    void *context;
};

struct lsp_options {
    struct lsp_stream stream;
    const char *const *include_dirs;
    size_t n_include_dirs;
    struct lint_switches lints;
    const char *version; /* of t87sc */
};

enum lsp_end {
    LSP_SHUT_DOWN, /* as the protocol asks for */
    LSP_CUT_OFF,   /* the client is gone, or said exit without a shutdown */
    LSP_BROKEN,    /* nothing can be written any more */
    LSP_NO_MEMORY
};

enum lsp_end lsp_serve(const struct lsp_options *options);

#endif
