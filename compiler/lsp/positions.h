/* SPDX-License-Identifier: MIT
 *
 * Between bytes of a text and positions as the protocol counts them: lines, which end with \n, \r\n or \r, and code
 * units in them, from 0. It stays where it was asked for last, so that what is asked for in order costs one walk.
 */
#ifndef T87SC_POSITIONS_H
#define T87SC_POSITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct position {
    uint32_t line, character;
};

enum position_unit { UNIT_UTF16 /* what every client can */, UNIT_UTF8 };

struct positions {
    const unsigned char *bytes;
    size_t size;
    enum position_unit unit;
    /* where it is */
    size_t line_start, at;
    struct position here; /* of at */
};

void positions_init(struct positions *positions, const char *bytes, size_t size, enum position_unit unit);

struct position position_at(struct positions *positions, size_t offset);

/* A position beyond its line is the end of the line, one beyond the text the end of the text; one inside of a code
 * point is before it. */
size_t position_offset(struct positions *positions, struct position position);

#endif
