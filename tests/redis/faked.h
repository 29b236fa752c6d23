/* SPDX-License-Identifier: MIT
 *
 * A server, a fake that stands before it, and two clients: one that knows the fake alone, and one that goes straight to
 * the server.
 */
#ifndef T87S_TEST_FAKED_H
#define T87S_TEST_FAKED_H

#include "client.h"
#include "fake_redis.h"
#include "redis_server.h"

extern struct redis_server server;
extern struct fake_redis fake;
extern struct client client, direct;

/* A client over the fake that keeps nothing near. */
void faked_open(struct client *opened, int64_t timeout_ms);

/* With such a client, whose calls have been answered. */
void faked_start(int64_t timeout_ms);
void faked_stop(void);

#endif
