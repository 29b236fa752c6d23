/* SPDX-License-Identifier: MIT
 *
 * Messages in a stream: headers, an empty line, and as many bytes as Content-Length says.
 *
 * What cannot be one is told and stepped over: a header that makes no sense up to the next empty line, a message that
 * is too long with all its bytes. So there is no input after which nothing is understood any more.
 */
#ifndef T87SC_FRAMES_H
#define T87SC_FRAMES_H

#include <stdint.h>

#include "lsp.h"

/* A schema has at most 16 MiB, each byte of which may be six in JSON; nobody has such a one. */
enum { FRAME_MAX_HEADER = 4 << 10, FRAME_MAX_BYTES = 64 << 20 };

enum frame_status { FRAME_MESSAGE, FRAME_MALFORMED, FRAME_END, FRAME_NO_MEMORY };

struct frames {
    const struct lsp_stream *stream;
    char *bytes; /* what has come in and was not taken */
    size_t size, capacity;
    size_t taken;  /* of them by the message that was given out last */
    uint64_t skip; /* bytes still to come of a message that is too long */
};

void frames_init(struct frames *frames, const struct lsp_stream *stream);
void frames_free(struct frames *frames);

/* The next message; its bytes stay until the next call. FRAME_MALFORMED gives the reason in *body, as a string. */
enum frame_status frames_next(struct frames *frames, const char **body, size_t *size);

/* Whether there is something to read at once. */
bool frames_are_waiting(const struct frames *frames);

bool frame_write(const struct lsp_stream *stream, const char *body, size_t size);

#endif
