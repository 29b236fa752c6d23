/* SPDX-License-Identifier: MIT
 *
 * One connection to Redis, not shared: bytes out, replies in, each with a deadline. A lane shares one between threads.
 */
#ifndef T87S_REDIS_LINK_H
#define T87S_REDIS_LINK_H

#include <stdint.h>
#include <t87s/t87s.h>

#include "commands.h"
#include "reply.h"
#include "uri.h"

enum { T87S__LINK_SLICE_MS = 5 };

struct t87s__link {
    redisContext *context; /* NULL: down */
    char *in;              /* what has come; its replies are taken up to `taken` */
    size_t taken, size, capacity;
};

/* Milliseconds of CLOCK_MONOTONIC: what all deadlines here are on. */
int64_t t87s__link_now_ms(void);
int64_t t87s__link_now_us(void);
/* So long from now on; the end of time is not passed. */
int64_t t87s__link_deadline(int64_t ms);

/* Connects, authenticates, selects. T87S_OK, T87S_E_STORE, T87S_E_TIMEOUT, T87S_E_NOMEM: then it is down. */
enum t87s_status t87s__link_open(struct t87s__link *link, const struct t87s__redis_uri *uri, int64_t deadline_ms);
void t87s__link_close(struct t87s__link *link);
/* The parts of that, with the same statuses: a connection over which nothing has been said, and what is said first. */
enum t87s_status t87s__link_connect(struct t87s__link *link, const struct t87s__redis_uri *uri, int64_t deadline_ms);
enum t87s_status t87s__link_introduce(struct t87s__link *link, const struct t87s__redis_uri *uri, int64_t deadline_ms);
/* The parts of connecting, for who waits for several: they do not wait. The second when it can be written to. */
enum t87s_status t87s__link_start(struct t87s__link *link, const struct t87s__redis_uri *uri);
enum t87s_status t87s__link_started(struct t87s__link *link);

/* Sends what the socket takes now; how much, or -1: the connection is lost. */
long t87s__link_send(struct t87s__link *link, const char *bytes, size_t size);
/* Waits for something to read (or, if asked for, for room to write), until the deadline. */
void t87s__link_wait(struct t87s__link *link, bool writes, int64_t deadline_ms);
/* Reads what is there, or `waits` for it, T87S__LINK_SLICE_MS at most; how much, 0: nothing, or -1: the connection is
 * lost. */
long t87s__link_receive(struct t87s__link *link, bool waits);
/* The next whole reply of what was read, the caller's to free; NULL: none yet, or *lost: what was read is no protocol.
 */
redisReply *t87s__link_reply(struct t87s__link *link, bool *lost);

/* Sends commands and waits for all replies; `replies` has room for so many, each freed by the caller, NULL after a
 * failure, which closes the link. */
enum t87s_status t87s__link_call(struct t87s__link *link, const struct t87s__commands *commands, redisReply **replies,
                                 int64_t deadline_ms);

#endif
