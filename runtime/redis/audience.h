/* SPDX-License-Identifier: MIT
 *
 * The listener's connections, one to each server that has a bucket, and what is heard over them: the thread's alone
 * (listen.c), but for the scopes, which are told under telling_lock. They are made together and lost together.
 *
 * On each the channels of its buckets are subscribed to, for all scopes in the same order, and confirmed in that order.
 * So numbers do to tell which scopes are heard: those whose channels every server has confirmed.
 */
#ifndef T87S_REDIS_AUDIENCE_H
#define T87S_REDIS_AUDIENCE_H

#include "redis_store.h"

/* Whose history it is; in a cluster the epoch, and who has each bucket. */
enum { T87S__MOST_CONFIRMS = 2 + 1 + T87S__MOST_BUCKETS };

struct t87s__ear {
    struct t87s__node *node;
    struct t87s__link link;
    uint64_t history;
    unsigned buckets[T87S__MOST_BUCKETS], n_buckets;
    unsigned confirmed; /* channels */
    int64_t ponged_ms;  /* when the PING that was answered last was sent */
    int64_t heard_ms;   /* when something was last understood */

    /* What its server is asked over a lane. */
    struct t87s__request request;
    redisReply *replies[T87S__MOST_CONFIRMS];
    enum t87s_status status;
};

struct t87s__audience {
    struct t87s__redis *redis;
    struct t87s__ear *ears;     /* malloc's */
    unsigned n;                 /* 0: it is down */
    unsigned n_ears;            /* what n will be, or is */
    unsigned n_asked;           /* with more masters behind them that are only asked: most of all */
    uint64_t epoch;             /* that they know of */
    unsigned changes;           /* of the topology: what it was then */
    unsigned asked;             /* for the channels of so many scopes */
    int64_t subscribed_ms;      /* when it was last asked for one */
    int64_t pinged_ms, ping_ms; /* when the last PING was sent, and when the next one is due */
    int64_t true_ms;            /* up to when the servers were those they were */
    int64_t vouched_ms;         /* the PING that all have answered */
    int64_t back_off_ms, retry_ms;
};

/* Everybody is told that something may be missed from now on. */
void t87s__audience_lose(struct t87s__audience *audience);
void t87s__audience_hang_up(struct t87s__audience *audience);
/* To the channels of all scopes that are new; *n: how many scopes there are. False: a connection is lost. */
bool t87s__audience_subscribe(struct t87s__audience *audience, unsigned *n);
bool t87s__audience_ping(struct t87s__audience *audience);
/* Takes what has come; false: a connection is lost, or nothing was heard for too long. */
bool t87s__audience_read(struct t87s__audience *audience, int64_t patience_ms);

#endif
