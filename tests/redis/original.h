/* SPDX-License-Identifier: MIT
 *
 * A process of the TypeScript original, as Redis sees one: it keeps entries of its own, and times of invalidations
 * under names of its tags, and reads one after the other. Its clock may be wrong.
 */
#ifndef T87S_TEST_ORIGINAL_H
#define T87S_TEST_ORIGINAL_H

#include <stdbool.h>
#include <stdint.h>

struct redisContext;

struct original {
    struct redisContext *redis;
    const char *p;    /* in front of all its names */
    int64_t ahead_ms; /* its clock, of the right time */
    char value[64];   /* of the tag that original_value read */
};

/* A tag is its segments as texts, then NULL. */
#define SEGMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

void original_open(struct original *original, const char *socket, const char *p);
void original_close(struct original *original);

/* By its own clock, and whatever stands there. */
void original_invalidate(struct original *original, const char *const *tag);
void original_invalidate_exactly(struct original *original, const char *const *tag);

/* An entry of now with one tag; whether it would be served. */
void original_keep(struct original *original, const char *key, const char *const *tag);
bool original_serves(struct original *original, const char *key, const char *const *tag);

/* What stands under a name, behind p:t:; NULL: nothing. */
const char *original_value(struct original *original, const char *name);
/* Writes that; a NUL is its end. */
void original_put(struct original *original, const char *name, const char *value);

#endif
