/* SPDX-License-Identifier: MIT */
#include "frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { CHUNK = 64 << 10 };

void frames_init(struct frames *frames, const struct lsp_stream *stream) {
    *frames = (struct frames){.stream = stream};
}

void frames_free(struct frames *frames) {
    free(frames->bytes);
    frames_init(frames, frames->stream);
}

static void drop(struct frames *frames, size_t n) {
    frames->size -= n;
    if (frames->size)
        memmove(frames->bytes, frames->bytes + n, frames->size);
}

/* Reads some more. FRAME_MESSAGE: there is more now. */
static enum frame_status fill(struct frames *frames) {
    if (frames->capacity - frames->size < CHUNK) {
        size_t capacity = frames->capacity + frames->capacity / 2 + CHUNK;
        char *bytes = realloc(frames->bytes, capacity);
        if (!bytes)
            return FRAME_NO_MEMORY;
        frames->bytes = bytes;
        frames->capacity = capacity;
    }
    ptrdiff_t n =
        frames->stream->read(frames->stream->context, frames->bytes + frames->size, frames->capacity - frames->size);
    if (n <= 0)
        return FRAME_END;
    frames->size += (size_t)n;
    return FRAME_MESSAGE;
}

/* The size of the header with its empty line, or 0 when that has not come in. */
static size_t header_size(const struct frames *frames) {
    if (!frames->size)
        return 0;
    const char *cursor = frames->bytes, *limit = frames->bytes + frames->size;
    while (cursor < limit && (cursor = memchr(cursor, '\n', (size_t)(limit - cursor)))) {
        cursor++;
        if (cursor < limit && *cursor == '\n')
            return (size_t)(cursor + 1 - frames->bytes);
        if (limit - cursor > 1 && cursor[0] == '\r' && cursor[1] == '\n')
            return (size_t)(cursor + 2 - frames->bytes);
    }
    return 0;
}

/* The number after the colon; false when it is none. */
static bool parse_length(const char *cursor, const char *limit, uint64_t *length) {
    const char *start;
    while (cursor < limit && (*cursor == ' ' || *cursor == '\t'))
        cursor++;
    start = cursor;
    *length = 0;
    for (; cursor < limit && *cursor >= '0' && *cursor <= '9'; cursor++) {
        if (*length > UINT64_MAX / 100)
            return false;
        *length = *length * 10 + (uint64_t)(*cursor - '0');
    }
    bool any = cursor > start;
    while (cursor < limit && (*cursor == ' ' || *cursor == '\r'))
        cursor++;
    return any && cursor == limit;
}

/* The last Content-Length of the header; false when there is none, or a wrong one. */
static bool find_length(const char *header, size_t size, uint64_t *length) {
    static const char name[] = "Content-Length:";
    const char *line = header, *limit = header + size;
    bool found = false;
    while (line < limit) {
        const char *end = memchr(line, '\n', (size_t)(limit - line));
        if (!end)
            end = limit;
        if ((size_t)(end - line) >= sizeof name - 1 && !strncasecmp(line, name, sizeof name - 1)) {
            found = parse_length(line + sizeof name - 1, end, length);
            if (!found)
                return false;
        }
        line = end + 1;
    }
    return found;
}

/* Until the header is whole. One that is too long is dropped on the way, and *fits says so. */
static enum frame_status read_header(struct frames *frames, size_t *size, bool *fits) {
    *fits = true;
    for (;;) {
        *size = header_size(frames);
        if (*size)
            break;
        if (frames->size > FRAME_MAX_HEADER) {
            *fits = false;
            drop(frames, frames->size - 3); /* the empty line may have begun */
        }
        enum frame_status status = fill(frames);
        if (status != FRAME_MESSAGE)
            return status;
    }
    *fits &= *size <= FRAME_MAX_HEADER;
    return FRAME_MESSAGE;
}

static enum frame_status skip_rest(struct frames *frames) {
    while (frames->skip) {
        size_t n = frames->skip < frames->size ? (size_t)frames->skip : frames->size;
        drop(frames, n);
        frames->skip -= n;
        enum frame_status status = frames->skip ? fill(frames) : FRAME_MESSAGE;
        if (status != FRAME_MESSAGE)
            return status;
    }
    return FRAME_MESSAGE;
}

static enum frame_status malformed(const char **body, const char *reason) {
    *body = reason;
    return FRAME_MALFORMED;
}

enum frame_status frames_next(struct frames *frames, const char **body, size_t *size) {
    drop(frames, frames->taken);
    frames->taken = 0;
    enum frame_status status = skip_rest(frames);
    size_t header = 0;
    bool fits = true;
    if (status == FRAME_MESSAGE)
        status = read_header(frames, &header, &fits);
    if (status != FRAME_MESSAGE)
        return status;
    uint64_t length = 0;
    bool understood = fits && find_length(frames->bytes, header, &length);
    frames->taken = header;
    if (!understood)
        return malformed(body, fits ? "a header without a Content-Length" : "a header that is too long");
    if (length > FRAME_MAX_BYTES) {
        frames->skip = length;
        return malformed(body, "a message of more than 64 MiB");
    }
    while (frames->size - header < length) {
        status = fill(frames);
        if (status != FRAME_MESSAGE)
            return status;
    }
    frames->taken = header + (size_t)length;
    *body = frames->bytes + header;
    *size = (size_t)length;
    return FRAME_MESSAGE;
}

/* Whether what has come in is a message, or something that cannot become one. */
static bool has_message(const struct frames *frames) {
    struct frames rest = *frames;
    uint64_t length = 0;
    if (rest.size == rest.taken)
        return false;
    rest.bytes += rest.taken;
    rest.size -= rest.taken;
    size_t header = header_size(&rest);
    return header && (!find_length(rest.bytes, header, &length) || length <= rest.size - header);
}

bool frames_are_waiting(const struct frames *frames) {
    return has_message(frames) || frames->stream->is_ready(frames->stream->context);
}

bool frame_write(const struct lsp_stream *stream, const char *body, size_t size) {
    char header[64];
    int n = snprintf(header, sizeof header, "Content-Length: %zu\r\n\r\n", size);
    return stream->write(stream->context, header, (size_t)n) && stream->write(stream->context, body, size);
}
