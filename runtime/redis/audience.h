/* SPDX-License-Identifier: MIT
 *
 * The listener's connections, one to each master, and what is heard over them: the thread's alone (listen.c), but for
 * the scopes, which are told under telling_lock. They are made together and lost together.
 *
 * The channels of the scopes are subscribed to in the same order everywhere, and each server confirms them in that
 * order. So numbers do to tell which scopes are heard: those whose channel every server has confirmed.
 */
#ifndef T87S_REDIS_AUDIENCE_H
#define T87S_REDIS_AUDIENCE_H

#include "redis_store.h"

struct t87s__ear {
    struct t87s__node *node;
    struct t87s__link link;
    uint64_t history;
    unsigned confirmed; /* channels */
    int64_t ponged_ms;  /* when the PING that was answered last was sent */
    int64_t heard_ms;   /* when something was last understood */

    /* What its server is asked over a lane. */
    struct t87s__request request;
    redisReply *replies[3];
    enum t87s_status status;
};

struct t87s__audience {
    struct t87s__redis *redis;
    struct t87s__ear *ears;     /* malloc's */
    unsigned n;                 /* 0: it is down */
    unsigned changes;           /* of the topology: what it was then */
    unsigned asked;             /* for so many channels */
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
