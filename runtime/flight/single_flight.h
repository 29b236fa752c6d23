/* SPDX-License-Identifier: MIT
 *
 * Fetches under way, by key.
 *
 *     made ──start──> running ──finish──> done        wakes the waiters with status and entry
 *                        └─────abandon──> abandoned   the leader will not bring anything: waiters ask again
 *
 * A flight is joined only while it is valid: judged like an entry, by its birth against its tags, its key's floor and
 * its deadline (the invalidation law for joiners). One that is out of date is superseded: it still answers those who
 * joined it before, but a newer flight of the same key starts beside it. At most three run for one key.
 *
 * Locks: a flight belongs to a shard by its key's hash. t87s__flights_lock() is held from the look for a flight to its
 * start, and from the end of a fetch until its entry is in the table; so whoever holds it and finds neither an entry
 * nor a flight is the first. Order: flights, then entry_table.
 */
#ifndef T87S_FLIGHT_SINGLE_FLIGHT_H
#define T87S_FLIGHT_SINGLE_FLIGHT_H

#include <pthread.h>

#include "entry.h"
#include "key_floor.h"

enum { MOST_FLIGHTS_PER_KEY = 3, FLIGHT_HELD = 256 };

enum t87s__flight_state { FLIGHT_MADE, FLIGHT_RUNNING, FLIGHT_DONE, FLIGHT_ABANDONED };

struct t87s__flights;
struct t87s__thread;

struct t87s__shared;
struct t87s__flight {
    /* immutable once running */
    struct t87s__flights *flights;
    struct t87s__key key; /* bytes: a copy at the end of the block */
    uint64_t tags_hash;   /* as an entry's */
    uint64_t birth;
    int64_t deadline_ms;
    bool loose;                     /* from malloc, and seen by its leader alone */
    t87s__node tags[T87S_MAX_TAGS]; /* n_tags, referenced */

    /* under the shard's lock */
    uint8_t n_tags; /* 0 once its entry, in the table, has their references */
    enum t87s__flight_state state;
    const struct t87s__shared *shared; /* what the leader had asked the shared tier before it began; NULL: nothing */
    unsigned waiters;
    struct t87s__flight *next;
    enum t87s_status status;   /* once done */
    bool stale;                /* once done: what it brought is past its ttl already */
    struct t87s__entry *entry; /* once done with T87S_OK: referenced; NULL: there was no memory for it */

    _Atomic(uint32_t) refs;

    /* under the wait graph's lock; the leader alone reads below_in_stack */
    struct t87s__thread *leader; /* NULL once it cannot be waited for any more */
    struct t87s__flight *below_in_stack;

    /* of the leader alone; see left.h */
    struct t87s__flight *volatile *mark; /* NULL: not watched */
    void (*leave)(struct t87s__flight *flight);
    _Alignas(max_align_t) unsigned char held[FLIGHT_HELD]; /* for the room that leads; zeroed */
};

struct t87s__flights *t87s__flights_open(struct t87s__memory *memory, struct t87s__tag_tree *tree);
void t87s__flights_close(struct t87s__flights *flights);
/* Around a fork; in the child, the flights of other threads are abandoned and those of this one go on. */
void t87s__flights_lock_all(struct t87s__flights *flights);
void t87s__flights_unlock_all(struct t87s__flights *flights);
void t87s__flights_abandon_others(struct t87s__flights *flights);

/* A flight that is not yet to be seen by others, with one reference; takes over the references of `tags`, of which
 * there are n_tags. NULL: no memory, and the references stay the caller's. */
struct t87s__flight *t87s__flight_make(struct t87s__flights *flights, const struct t87s__key *key,
                                       const t87s__node *tags, uint8_t n_tags, uint64_t tags_hash);
/* One from malloc, without tags, that is never started: for a leader whom the cache's memory has nothing for. NULL: not
 * even malloc had. */
struct t87s__flight *t87s__flight_make_loose(struct t87s__flights *flights, const struct t87s__key *key);
/* With no lock held. NULL is allowed. */
void t87s__flight_unref(struct t87s__flight *flight);

void t87s__flights_lock(struct t87s__flights *flights, uint64_t hash);
void t87s__flights_unlock(struct t87s__flights *flights, uint64_t hash);

/* With the lock held: what runs for a key. */
struct t87s__flights_found {
    struct t87s__flight *valid;  /* may be joined by who has the same tags; NULL: none */
    struct t87s__flight *newest; /* of all that run; NULL: none */
    unsigned running;
    bool overdue; /* the newest outlived its deadline */
};
struct t87s__flights_found t87s__flights_find(struct t87s__flights *flights, const struct t87s__key *key,
                                              uint64_t tags_hash, struct t87s__key_floors *floors, int64_t now_ms);
/* With the lock held: the flight runs from now on, led by this thread, whose reference keeps it until it has ended. */
void t87s__flight_start(struct t87s__flight *flight, uint64_t birth, int64_t deadline_ms);
/* With the lock held: it ended. `entry` (may be NULL) gets a reference of its own; state is DONE or ABANDONED. The
 * caller keeps the reference it had from t87s__flight_make. */
void t87s__flight_end(struct t87s__flight *flight, enum t87s__flight_state state, enum t87s_status status,
                      struct t87s__entry *entry);

/* With the lock held: adds a waiter, with a reference. */
void t87s__flight_join(struct t87s__flight *flight);
/* With the lock held, which is given up while it sleeps: true when the flight ended, false at `until_ms`. */
bool t87s__flight_wait(struct t87s__flight *flight, const struct t87s_clock *clock, int64_t until_ms);
/* With the lock held: the waiter goes. Its reference stays the caller's. */
void t87s__flight_leave(struct t87s__flight *flight);

size_t t87s__flights_count(struct t87s__flights *flights);
/* Whether none of this key, nor of its neighbours, was under way a moment ago. A hint. */
bool t87s__flights_quiet(struct t87s__flights *flights, uint64_t hash);

#endif
