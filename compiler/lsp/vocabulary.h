/* SPDX-License-Identifier: MIT
 *
 * The words of the language and what they mean, in a sentence each: for hovering over them and for completion.
 */
#ifndef T87SC_VOCABULARY_H
#define T87SC_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>

/* Where a word stands. */
enum word_use {
    WORD_DECLARATION, /* at the beginning of one */
    WORD_DEFAULT,     /* after default */
    WORD_SEGMENT,     /* after the name of a segment */
    WORD_PARAM,       /* before a parameter */
    WORD_TYPE,        /* of a wild, a parameter or a value */
    WORD_TYPE_PARAM,  /* of a parameter or a value */
    WORD_VALUE,       /* of a value only */
    WORD_CLAUSE,      /* of a query */
    WORD_EFFECT,      /* of a mutation */
    WORD_MARK         /* of a tag that a mutation invalidates */
};

struct vocabulary_word {
    const char *word;
    enum word_use use;
    const char *meaning; /* Markdown */
};

/* Ends with a word of NULL. */
extern const struct vocabulary_word vocabulary[];

/* The word in one of the uses; NULL when it is none. */
const struct vocabulary_word *vocabulary_find(const char *word, size_t size, enum word_use first, enum word_use last);

#endif
