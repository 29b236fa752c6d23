/* SPDX-License-Identifier: MIT
 *
 * What a sequence is made of: operations that are plain data, so that one can be left out, run again and printed.
 *
 * A world of a few keys and a small tree of tags. Each key has a set of tags of its own; an operation may name that of
 * another key instead.
 */
#ifndef T87S_MODEL_OPERATION_H
#define T87S_MODEL_OPERATION_H

#include <stdio.h>

#include <t87s/t87s.h>

enum { KEYS = 6, TAGS = 13, TAGS_OF_KEY = 2, TOKENS = 2, MOST_OPERATIONS = 64, DEFAULT_TTL = 700 };

/* What a cache of the sequence is like. */
enum mode {
    MODE_PLAIN,    /* no grace: every answer is exact, nothing happens in the background */
    MODE_GRACE,    /* grace and refreshes, after each of which the driver waits until the background is idle */
    MODE_EVICTING, /* the same with a capacity of a few entries */
    MODES
};

enum operation_kind {
    OP_QUERY,
    OP_GET,
    OP_SET,
    OP_DELETE,
    OP_CLEAR,
    OP_INVALIDATE,
    OP_ADVANCE,
    OP_EDGE, /* to the millisecond at which something about a key's entry changes, or the one before it */
    OP_TOKEN,
    OP_RELEASE,
    OPERATION_KINDS
};

struct operation {
    enum operation_kind kind;
    unsigned key, tags;     /* whose tags */
    enum t87s_status fetch; /* what the fetch will say */
    unsigned nested;        /* so many of the next operations are done inside the fetch, if there is one */
    int64_t ttl, grace, negative;
    unsigned jitter;
    int64_t ms;
    unsigned tag, flags;
    int token; /* of TOKENS; -1: none */
    size_t size;
    bool pin; /* the value is held for a while */
    unsigned edge;
};

/* The tag above a tag; -1: none. */
int tag_parent(unsigned tag);
const char *tag_name(unsigned tag);
void tag_make(unsigned tag, struct t87s_tag *out);
/* The tags of a key: how many, at most TAGS_OF_KEY. */
unsigned tags_of_key(unsigned key, unsigned *tags);

uint64_t random_next(uint64_t *state);
void operation_random(struct operation *operation, enum mode mode, uint64_t *state);
void operation_print(const struct operation *operation, FILE *out);
const char *mode_name(enum mode mode);

#endif
