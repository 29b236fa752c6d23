/* SPDX-License-Identifier: MIT
 *
 * What a cache may answer, from the full history of what was done to it; says nothing about how.
 *
 * For each key the reference knows the possible entries. Mostly that is one, and then it knows the exact answer,
 * outcome and reason. There are more where the cache may do less than it could (law 3): it may evict; floors that keys
 * and tags share by their hash may keep out what comes with a birth older than an event that has nothing to do with it;
 * expired entries are swept away. An answer is judged against each, and those that do not explain it are dropped. If
 * none is left, the cache is wrong.
 */
#ifndef T87S_MODEL_REFERENCE_H
#define T87S_MODEL_REFERENCE_H

#include "operation.h"

enum { MOST_EVENTS = 2 * MOST_OPERATIONS, MOST_POSSIBLE = 8 };

struct possible {
    bool present; /* all else is 0 if not */
    uint64_t birth, serial;
    int64_t created, expires, grace; /* grace 0: none */
    unsigned tags;                   /* whose */
    bool negative, failed;           /* not found; a refresh of it has failed, so the next may be put off */
    bool old;                        /* set with a token: its birth is older than its making */
    bool vague;                      /* when it became stale is not known to the millisecond */
    int64_t soft;                    /* since when it is known to be stale; INT64_MAX: it is not */
};

/* How an entry looks to a query; a set of these. */
enum look {
    LOOK_FRESH = 1,
    LOOK_STALE_EXPIRED = 2,
    LOOK_STALE_INVALIDATED = 4,
    LOOK_GONE_EXPIRED = 8,
    LOOK_GONE_INVALIDATED = 16,
    LOOK_ABSENT = 32,
};

struct view {
    struct possible entry;
    unsigned looks;
    int64_t since_first, since_last; /* when it became stale: between these */
};

struct views {
    unsigned n;
    struct view at[MOST_POSSIBLE];
};

struct event {
    enum { EVENT_TAG, EVENT_KEY, EVENT_ALL } scope;
    unsigned target, flags;
    uint64_t stamp;
    int64_t ms;
};

struct reference {
    bool evicts;
    int64_t now;
    uint64_t stamp; /* the last one drawn */
    unsigned n_events;
    struct event events[MOST_EVENTS];
    struct views keys[KEYS]; /* only `entry` of each */
};

void reference_init(struct reference *reference, bool evicts);

uint64_t reference_stamp(struct reference *reference);
void reference_invalidate(struct reference *reference, unsigned tag, unsigned flags);
void reference_delete(struct reference *reference, unsigned key);
void reference_clear(struct reference *reference);
/* `entry` as it would be if it were kept. */
void reference_set(struct reference *reference, unsigned key, const struct possible *entry);

/* What a query with the tags of `tags` may find now; KEYS: a get, which has none. */
void reference_look(struct reference *reference, unsigned key, unsigned tags, struct views *views);
/* From now on the key has one of these. */
void reference_settle(struct reference *reference, unsigned key, const struct views *views);

/* A fetch that began at entry->birth is over. Whether its answer is kept, said by the cache, or NULL: it may not be. */
enum keeping { KEEP_MUST, KEEP_MAY, KEEP_MUST_NOT };
enum keeping reference_keeping(struct reference *reference, unsigned key, const struct possible *entry);
void reference_fetched(struct reference *reference, unsigned key, const struct possible *entry, bool kept);
/* The source says that there is nothing, and that is not kept. */
void reference_emptied(struct reference *reference, unsigned key, uint64_t birth);

#endif
