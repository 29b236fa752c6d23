/* SPDX-License-Identifier: MIT
 *
 * What a process says of itself in Redis now and then, under P:hb:<id>, for who looks at all of them (t87s-inspect).
 * Lines of text, each a word and what it is about; a reader skips words that it does not know:
 *
 *     t87s 1                       the format
 *     host web1
 *     pid 4711
 *     version 0.1.0
 *     schema blog                  missing: by hand only
 *     fresh_hits 12                and the other counters, as in t87s_stats; missing: 0
 *     query 12 0 3 get_user        of a query: hits, stale answers, fetches; missing: it was not asked
 *
 * It has an expiry, so who is gone is forgotten; how long it has been there says how old it is.
 */
#ifndef T87S_REDIS_HEARTBEAT_H
#define T87S_REDIS_HEARTBEAT_H

#include <t87s/t87s.h>

enum { T87S__BEAT_MS = 2000, T87S__BEAT_LIVES_MS = 10000 };
enum { T87S__BEAT_ROWS = 256, T87S__BEAT_WORD = 65, T87S__BEAT_HOST = 65, T87S__BEAT_ID = 17 };

/* The name is the field of struct t87s_stats. */
/* clang-format off */
#define T87S__BEAT_COUNTERS(X)                                                                                         \
    X(fresh_hits) X(negative_hits) X(stale_serves) X(joins) X(fetches) X(fetch_errors) X(invalidations)                \
    X(entries) X(bytes_used) X(store_reads) X(store_hits) X(store_stale_hits) X(store_read_errors)                     \
    X(store_write_errors) X(store_timeouts) X(store_mark_errors) X(store_pending) X(store_heard) X(store_losses)       \
    X(store_bound_ms) X(store_vouched_ms) X(store_advice)
/* clang-format on */

struct t87s__beat_query {
    char name[T87S__BEAT_WORD];
    uint64_t hits, stale, fetches; /* fresh and negative ones */
};

struct t87s__beat {
    char host[T87S__BEAT_HOST], version[T87S__BEAT_WORD], schema[T87S__BEAT_WORD]; /* "": none */
    uint64_t pid;
    struct t87s_stats stats; /* of its counters those above */
    size_t n_queries;
    struct t87s__beat_query queries[T87S__BEAT_ROWS];
};

/* Those of `rows` that were asked. T87S_E_NOMEM: the buffer holds what it held. */
enum t87s_status t87s__beat_write(const struct t87s__beat *beat, const struct t87s_query_stats *rows, size_t n_rows,
                                  struct t87s_buffer *out);
/* False: that is none, or of another format. Bytes that are not printable become `?`. */
bool t87s__beat_read(const char *text, size_t size, struct t87s__beat *beat);

#endif
