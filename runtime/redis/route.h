/* SPDX-License-Identifier: MIT
 *
 * A call on the store, as parts: each is about one name in Redis, so one server does it. The parts of one server go
 * there in one trip, in their order, and the trips to several servers are on their way together.
 *
 * In which order servers answer does not matter. A query that begins after an invalidation has returned finds its
 * stamp, whenever it reads the bucket. One that is on its way while an invalidation is done may answer with what was
 * there before; also with an entry that is read after the bucket was: either the entry was born before the
 * invalidation, which the query need not see, or after it, and is valid. What is kept nearby of it is judged again by
 * the message. A birth is taken of each bucket before the fetch begins, and what is done to a bucket after that is
 * newer than it.
 *
 * Where sentinels name the master, one that was replaced by another goes on answering who can reach it. What outdates
 * is lost there, so it counts only if the sentinels, asked after it was done, still name that master; and what is read
 * only for the time D after they did (sentinels.h says why that does).
 *
 * A part whose slot has moved goes to where the server says it is, and so does one whose name is just being moved; what
 * the server has forgotten of scripts goes as text. All that within the deadline of the call. What else a server
 * answers is the caller's matter.
 */
#ifndef T87S_REDIS_ROUTE_H
#define T87S_REDIS_ROUTE_H

#include "layout.h"
#include "topology.h"

struct t87s__scope;

enum {
    T87S__MOST_PARTS = T87S__MOST_BUCKETS + 3, /* and a removal, an entry, a lease */
    T87S__ROUNDS = 5,                          /* that a part may take */
    T87S__MOST_REPLIES = 2 * (3 * T87S__MOST_PARTS) + (T87S__ROUNDS - 1) * 4 * T87S__MOST_PARTS
};

struct t87s__part {
    unsigned slot; /* of its name; of no matter where there is no cluster */
    bool spare;    /* the call does not fail with it */

    /* after the call */
    enum t87s_status status;
    unsigned n;           /* commands */
    redisReply **replies; /* where the status is T87S_OK: so many */
    redisReply **end;     /* to what ends its trip */
    uint64_t history;     /* of the server that answered */
    int64_t now_us;       /* by the clock of that one, where the call needs it; 0: it does not say */
    struct t87s__lane *lane;

    /* route.c's */
    struct t87s__node *node; /* where it goes in the next round; NULL: to the slot's */
    unsigned trip;
    bool pending, asking, by_text;
};

struct t87s__call;
/* Adds the commands of a part for a server of that history. */
typedef void t87s__add_part(const struct t87s__call *call, unsigned part, uint64_t history, bool by_text,
                            struct t87s__commands *commands);
/* What ends each trip. */
typedef void t87s__add_end(const struct t87s__call *call, struct t87s__commands *commands);

struct t87s__call {
    struct t87s__redis *redis;
    struct t87s__scope *scope;
    const struct t87s__layout *layout; /* of the scope, as the servers are now */
    t87s__add_part *add;
    t87s__add_end *add_end; /* NULL: nothing */
    const void *what;       /* for these two */
    bool waits;             /* over lanes where WAIT is no matter */
    bool needs_history;     /* `add` does */
    bool needs_time;        /* and history */
    int64_t since_ms;       /* who answers has to be the master by what sentinels said since then, if there are any;
                               or T87S__FROM_NOW_ON: by what they say when it has answered; or T87S__NO_MATTER */
    int64_t deadline_ms;
    unsigned n_parts;
    struct t87s__part parts[T87S__MOST_PARTS];

    /* route.c's */
    unsigned n_replies;
    redisReply *replies[T87S__MOST_REPLIES];
};

/* Sets what a call has in common with others: finds out what the servers are, if need be. Not T87S_OK: no call. */
enum t87s_status t87s__call_begin(struct t87s__call *call, struct t87s__redis *redis, struct t87s__scope *scope,
                                  int64_t deadline_ms);
/* The next part. */
void t87s__call_part(struct t87s__call *call, unsigned slot);
/* The worst status of its parts. The replies are the call's until it is ended, which has to follow. */
enum t87s_status t87s__call_run(struct t87s__call *call);
void t87s__call_end(struct t87s__call *call);

/* An answer that is not of its kind, and no error either, answers something else: nobody knows what the next one will
 * be to, so the connection goes. */
void t87s__part_is_strange(const struct t87s__part *part, const redisReply *reply);

#endif
