/* SPDX-License-Identifier: MIT
 *
 * A source of truth to query, and short ways to ask a cache about it.
 */
#ifndef T87S_TEST_SOURCE_H
#define T87S_TEST_SOURCE_H

#include <stdatomic.h>

#include <t87s/t87s.h>

struct source {
    atomic_int fetches;        /* how often it was asked */
    enum t87s_status status;   /* what it answers with */
    const char *text;          /* if that is T87S_OK; NULL: `size` bytes of 'x' */
    size_t size;               /* without a text */
    void (*during)(void *arg); /* called inside each fetch, before it answers; NULL: nothing */
    void *during_arg;
};

enum t87s_status source_fetch(void *source, struct t87s_buffer *out);

/* A query of that key with a ttl of 1000, nothing else. */
struct t87s_query query_of(const char *key, struct source *source);

/* Asks, expects the answer, gives it back. `text` NULL: T87S_NOT_FOUND. */
void expect_answer(struct t87s_cache *cache, const struct t87s_query *query, const char *text,
                   enum t87s_outcome outcome);
/* t87s_get: `text` NULL: T87S_MISS. */
void expect_get(struct t87s_cache *cache, const char *key, const char *text);

enum t87s_status set_text(struct t87s_cache *cache, const char *key, const char *text,
                          const struct t87s_set_options *options);
struct t87s_stats stats_of(struct t87s_cache *cache);

#endif
