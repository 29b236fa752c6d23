/* SPDX-License-Identifier: MIT
 *
 * A history: who asked and was answered what, when fetches began, when invalidations were under way. All times are
 * ticks of one counter (seq_cst), drawn around each call, so of two calls that did not overlap it says which was first.
 * The cache has the same counter as its clock: what it says about expiry can be compared, too.
 *
 * It is judged window by window, so that a log of any length needs the memory of one. No call is under way where two
 * windows meet; hence of the events before a window only the last ones count, and these are carried over as sums.
 */
#ifndef T87S_STRESS_HISTORY_H
#define T87S_STRESS_HISTORY_H

#include <stdio.h>

#include "world.h"

/* Something that brought a value: a fetch, or a set. Its number is written into the value. */
struct history_fetch {
    uint64_t asked; /* not after its birth: when the query that led to it, or the set, began; 0: in the background */
    uint64_t begin; /* not before its birth */
    uint32_t number, key;
};

struct history_answer {
    uint64_t begin, end;
    uint64_t created; /* what the cache says about the entry it came from; 0: it came from a fetch or a get */
    uint32_t fetch;
    uint32_t key;
    enum t87s_outcome outcome; /* negative: no value, so `created` stands for the fetch */
    enum t87s_reason reason;
    bool missed; /* a get that found nothing: no outcome, no fetch */
};

enum history_scope { HISTORY_TAG, HISTORY_KEY, HISTORY_ALL };

/* An invalidation, a delete, a set or a clear. */
struct history_event {
    uint64_t begin, end;
    enum history_scope scope;
    uint32_t target; /* the tag or the key */
    unsigned flags;  /* of a tag: T87S_SOFT, T87S_EXACT */
};

struct history_rules {
    struct world world;
    int64_t ttl, grace, negative;
    bool calm; /* nothing was evicted, expired, failed, set or deleted: then what is known is never fetched again */
};

/* A window. Fetch number f stands in fetches[f % max_fetches] until a later one takes its place. */
struct history {
    const struct history_fetch *fetches;
    const struct history_answer *answers;
    struct history_event *events;
    size_t max_fetches, first_fetch, n_fetches; /* numbered in this window: first_fetch to n_fetches - 1 */
    size_t n_answers, n_events;
};

struct history_checker;

/* NULL: no memory. The rules are copied; the first few laws broken are told to `out`. */
struct history_checker *history_checker_open(const struct history_rules *rules, FILE *out);
/* How often a law was broken in the next window. Sorts its events. */
size_t history_check(struct history_checker *checker, struct history *window);
void history_checker_close(struct history_checker *checker);

#endif
