/* SPDX-License-Identifier: MIT
 *
 * A history: who asked and was answered what, when fetches began, when invalidations were under way. All times are
 * ticks of one counter (seq_cst), drawn around each call, so of two calls that did not overlap it says which was first.
 * The cache has the same counter as its clock: what it says about expiry can be compared, too.
 */
#ifndef T87S_STRESS_HISTORY_H
#define T87S_STRESS_HISTORY_H

#include <stdio.h>

#include "world.h"

/* Something that brought a value: a fetch, or a set. Its number is written into the value. */
struct history_fetch {
    uint64_t asked; /* not after its birth: when the query that led to it, or the set, began; 0: in the background */
    uint64_t begin; /* not before its birth */
    uint32_t key;
    bool is_set;
};

struct history_answer {
    uint64_t begin, end;
    uint64_t created; /* what the cache says about the entry it came from; 0: it came from a fetch or a get */
    uint32_t fetch;
    uint32_t key;
    enum t87s_outcome outcome; /* negative: no value, so `created` stands for the fetch */
    enum t87s_reason reason;
};

enum history_scope { HISTORY_TAG, HISTORY_KEY, HISTORY_ALL };

/* An invalidation, a delete, a set or a clear. */
struct history_event {
    uint64_t begin, end;
    enum history_scope scope;
    uint32_t target; /* the tag or the key */
    unsigned flags;  /* of a tag: T87S_SOFT, T87S_EXACT */
};

struct history {
    struct world world;
    int64_t ttl, grace, negative;
    bool calm; /* nothing was evicted, expired, failed or deleted: then each fetch after a key's first needs a reason */
    struct history_fetch *fetches;
    struct history_answer *answers;
    struct history_event *events;
    size_t n_fetches, n_answers, n_events;
};

/* How often a law was broken; the first few are told to `out`. Sorts the events. */
size_t history_check(struct history *history, FILE *out);

#endif
