/* SPDX-License-Identifier: MIT
 *
 * A server, and the lanes that lead to it.
 */
#ifndef T87S_REDIS_NODE_H
#define T87S_REDIS_NODE_H

#include <stdatomic.h>

#include "lane.h"

enum { T87S__LANES = 2 };

struct t87s__redis;

struct t87s__node {
    /* immutable */
    struct t87s__redis *redis;
    struct t87s__redis_uri uri; /* where sentinels name the master: no matter */
    struct t87s__lane *lanes[T87S__LANES];
    struct t87s__lane *waiting_lane; /* where WAIT keeps nobody else waiting; NULL: no WAIT */
    struct t87s__node *older;        /* of all there have been */

    atomic_uint turn; /* relaxed: it only spreads calls over lanes */
    atomic_int ear;   /* the listener's socket, to be closed in a child; -1: none */
};

/* NULL without memory. */
struct t87s__node *t87s__node_open(struct t87s__redis *redis, const struct t87s__redis_uri *uri);
void t87s__node_close(struct t87s__node *node);

/* The lane of the next call. */
struct t87s__lane *t87s__node_lane(struct t87s__node *node, bool waits);
/* One over which calls can go at once; NULL: none. */
struct t87s__lane *t87s__node_lane_up(struct t87s__node *node);
/* As of each of its lanes (lane.h). */
void t87s__node_distrust(struct t87s__node *node);
void t87s__node_leave(struct t87s__node *node, uint64_t history);

#endif
