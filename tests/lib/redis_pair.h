/* SPDX-License-Identifier: MIT
 *
 * A master and its replica behind one address, at which the one can be put in place of the other.
 */
#ifndef T87S_TEST_REDIS_PAIR_H
#define T87S_TEST_REDIS_PAIR_H

#include "redis_server.h"

struct redis_pair {
    struct redis_server master, replica;
    char link[96], uri[128];
};

/* Returns when the replica has what the master has: the first replica of a master gives its history a new name. The
 * address leads to the master. */
void redis_pair_start(struct redis_pair *pair);
/* Waits until the replica answers this. */
void redis_pair_await(const struct redis_pair *pair, const char *command, const char *answer);
/* The replica follows no longer: it misses what the master is told from now on. */
void redis_pair_part(const struct redis_pair *pair);
/* The address leads to the replica, and the master ends. */
void redis_pair_replace(struct redis_pair *pair);
/* After redis_pair_replace(). */
void redis_pair_stop(struct redis_pair *pair);

#endif
