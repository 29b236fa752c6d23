/* SPDX-License-Identifier: MIT
 *
 * A connection that threads share. Who calls puts its commands behind those of others and sends them at once, or, where
 * an answer is awaited that comes at once, leaves that to who reads; one of the callers reads, for all, until it has
 * its own replies, and then hands the reading over to another. So commands of several threads are on their way
 * together, and nobody waits for a thread of the library.
 *
 * A lane that is down is connected by the next caller, but not more often than a back-off allows: until then calls fail
 * at once, and so do those that come while one tries it again. So Redis being away costs a timeout now and then, not
 * one a query (law 6).
 */
#ifndef T87S_REDIS_LANE_H
#define T87S_REDIS_LANE_H

#include <pthread.h>

#include "clock.h"
#include "link.h"

struct t87s__lane;

/* A call under way, on the stack of its caller; once that has given up, malloc's. Under the lane's lock. */
struct t87s__request {
    unsigned n, got;
    redisReply **replies; /* the caller's; NULL: it has gone */
    bool waits, done;
    enum t87s_status status;
    uint64_t history;
    unsigned wake; /* which of the lane's */
    struct t87s__request *next;
};

/* Makes a connection that calls may be sent over, and finds out whose history it leads to (greet.c). Not T87S_OK: there
 * is none, and `link` is down. */
typedef enum t87s_status t87s__lane_dial(void *arg, struct t87s__link *link, int64_t deadline_ms, uint64_t *history);

/* `arg` is borrowed. NULL without memory. */
struct t87s__lane *t87s__lane_open(t87s__lane_dial *dial, void *arg, int64_t timeout_ms);
/* Nobody calls any more. NULL is allowed. */
void t87s__lane_close(struct t87s__lane *lane);

/* Connects, if need be: the history that the next call will most likely meet, and what time it is there, as it was said
 * last (NULL: no matter). */
enum t87s_status t87s__lane_meet(struct t87s__lane *lane, int64_t deadline_ms, uint64_t *history,
                                 struct t87s__clock *clock);
/* What time it is at the server of this history. A new connection begins with none. */
void t87s__lane_set_clock(struct t87s__lane *lane, uint64_t history, const struct t87s__clock *clock);

/* Sends commands, of which it makes a copy, and waits for the replies: as t87s__link_call, from any thread. *history:
 * of the connection that answered. After T87S_E_TIMEOUT it is not known whether they were done. */
enum t87s_status t87s__lane_call(struct t87s__lane *lane, const struct t87s__commands *commands, redisReply **replies,
                                 int64_t deadline_ms, uint64_t *history);

/* The same in two, so that calls over several lanes are on their way together. When begin returns T87S_OK, finish has
 * to follow, with the same deadline, or a call that waits here is kept waiting for who does not. */
enum t87s_status t87s__lane_begin(struct t87s__lane *lane, struct t87s__request *request,
                                  const struct t87s__commands *commands, redisReply **replies, int64_t deadline_ms);
enum t87s_status t87s__lane_finish(struct t87s__lane *lane, struct t87s__request *request, int64_t deadline_ms,
                                   uint64_t *history);

/* Whether a call now would neither connect nor wait for who does. */
bool t87s__lane_is_up(struct t87s__lane *lane);

/* Its connection is not to be trusted any more; the next call makes a new one. */
void t87s__lane_distrust(struct t87s__lane *lane);
/* The same, if it still is one of this history. */
void t87s__lane_leave(struct t87s__lane *lane, uint64_t history);

/* Around a fork: nobody is in the middle of a change. The child gets a lane that is down; the parent's connection is
 * closed there, with nothing said over it. */
void t87s__lane_before_fork(struct t87s__lane *lane);
void t87s__lane_after_fork_in_parent(struct t87s__lane *lane);
void t87s__lane_after_fork_in_child(struct t87s__lane *lane);

#endif
