/* SPDX-License-Identifier: MIT
 *
 * A master, a replica and three sentinels of the test's own, on ports of loopback. Two sentinels have to agree on a
 * failover. They look after their servers more often than they would by default, so that it takes about a second.
 */
#ifndef T87S_TEST_REDIS_SENTINEL_H
#define T87S_TEST_REDIS_SENTINEL_H

#include "redis_server.h"

enum { SENTINELS = 3 };

struct redis_sentinel {
    struct redis_server servers[2]; /* the first begins as the master */
    struct redis_server sentinels[SENTINELS];
    int ports[2], sentinel_ports[SENTINELS];
    char configs[SENTINELS][128];
    char uri[256]; /* of the sentinels */
};

/* Returns when all know of each other. */
void redis_sentinel_start(struct redis_sentinel *set);
void redis_sentinel_stop(struct redis_sentinel *set);

/* kill -9; a server can be started again, as what it was. */
void redis_sentinel_kill(struct redis_server *server);
void redis_sentinel_revive(struct redis_sentinel *set, int server);

/* No sentinel can talk to it any more, and it goes on for others: for a user "app" with the password "app". */
void redis_sentinel_isolate(struct redis_sentinel *set, int server);

/* What a sentinel that is alive says is the master: 0 or 1; -1: nothing, or something else. */
int redis_sentinel_master(struct redis_sentinel *set, int sentinel);
/* Waits until all that are alive say so, for some seconds. */
void redis_sentinel_await(struct redis_sentinel *set, int server);
/* Asks for a failover to this server, and waits for it. */
void redis_sentinel_failover(struct redis_sentinel *set, int server);
/* How often sentinels tell each other, in ms. The old master of a failover goes on as one for four times that. A
 * failover on demand takes 500: sentinels that are not told of it in time undo it. */
void redis_sentinel_pace(struct redis_sentinel *set, int ms);

/* Waits until the server has its replica, and that all that was written. */
void redis_sentinel_await_replica(struct redis_sentinel *set, int master);

#endif
