/* SPDX-License-Identifier: MIT */
#include "positions.h"

#include <string.h>

#include "text.h"

void positions_init(struct positions *positions, const char *bytes, size_t size, enum position_unit unit) {
    *positions = (struct positions){.bytes = (const unsigned char *)bytes, .size = size, .unit = unit};
}

static void restart_text(struct positions *p) {
    p->line_start = p->at = 0;
    p->here = (struct position){0};
}

static void restart_line(struct positions *p) {
    p->at = p->line_start;
    p->here.character = 0;
}

/* Where the line ends that it is on, and by how many bytes: 0 at the end of the text. */
static size_t end_of_line(const struct positions *p, size_t *ending) {
    const unsigned char *start = p->bytes + p->at, *limit = p->bytes + p->size;
    const unsigned char *newline = start < limit ? memchr(start, '\n', (size_t)(limit - start)) : NULL;
    const unsigned char *end = newline ? newline : limit;
    const unsigned char *carriage = start < end ? memchr(start, '\r', (size_t)(end - start)) : NULL;
    end = carriage ? carriage : end;
    *ending = end == limit ? 0 : carriage && carriage + 1 == newline ? 2 : 1;
    return (size_t)(end - p->bytes);
}

static void begin_line(struct positions *p, size_t start) {
    p->at = p->line_start = start;
    p->here.line++;
    p->here.character = 0;
}

/* How long the code point here is, in units and in bytes. */
static uint32_t units_here(const struct positions *p, size_t *n_bytes) {
    long code;
    const unsigned char *cursor = p->bytes + p->at;
    *n_bytes = (size_t)(text_next_code_point(cursor, p->bytes + p->size, &code) - cursor);
    return p->unit == UNIT_UTF8 ? (uint32_t)*n_bytes : code > 0xFFFF ? 2 : 1;
}

static void step(struct positions *p) {
    size_t n_bytes;
    p->here.character += units_here(p, &n_bytes);
    p->at += n_bytes;
}

struct position position_at(struct positions *p, size_t offset) {
    if (offset < p->line_start)
        restart_text(p);
    else if (offset < p->at)
        restart_line(p);
    size_t ending, end = end_of_line(p, &ending);
    while (ending && end + ending <= offset) {
        begin_line(p, end + ending);
        end = end_of_line(p, &ending);
    }
    while (p->at < offset && p->at < end) /* not between \r and \n */
        step(p);
    return p->here;
}

size_t position_offset(struct positions *p, struct position position) {
    if (position.line < p->here.line)
        restart_text(p);
    else if (position.line == p->here.line && position.character < p->here.character)
        restart_line(p);
    size_t ending, end = end_of_line(p, &ending);
    while (ending && p->here.line < position.line) {
        begin_line(p, end + ending);
        end = end_of_line(p, &ending);
    }
    if (p->here.line < position.line)
        return p->size;
    while (p->at < end) {
        size_t n_bytes;
        if (p->here.character + units_here(p, &n_bytes) > position.character)
            break;
        step(p);
    }
    return p->at;
}
