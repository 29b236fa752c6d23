/* SPDX-License-Identifier: MIT
 *
 * Schemas written in other ways, and schemas of no meaning at all, from a seed.
 */
#ifndef T87S_TEST_SPACING_H
#define T87S_TEST_SPACING_H

#include <stddef.h>
#include <stdint.h>

struct dice {
    uint64_t state; /* the seed; not 0 */
};

/* From 0 to n - 1. */
uint32_t roll(struct dice *dice, uint32_t n);

enum spacing {
    SPACING_PLAIN = 0,       /* blanks and single line ends, no comments: those that are there go, too */
    SPACING_EMPTY_LINES = 1, /* empty lines here and there */
    SPACING_COMMENTS = 2     /* comments stay, and others come between any two tokens */
};

/* The same tokens with other blanks between them. The caller frees. */
char *respace(struct dice *dice, const char *bytes, enum spacing spacing);

/* A schema that parses; it seldom makes sense. The caller frees. */
char *random_schema(struct dice *dice);

#endif
