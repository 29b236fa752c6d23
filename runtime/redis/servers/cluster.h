/* SPDX-License-Identifier: MIT
 *
 * What a node of a cluster says of all nodes: which are masters, and which has which slot.
 */
#ifndef T87S_REDIS_CLUSTER_H
#define T87S_REDIS_CLUSTER_H

#include "link.h"
#include "slots.h"

enum { T87S__MOST_MASTERS = 1024 };

/* host:port, the host of which may be an IPv6 address or be missing; false: something else. */
bool t87s__address_parse(const char *text, size_t size, struct t87s__address *out);

struct t87s__map {
    uint64_t epoch;
    unsigned n; /* masters that have slots */
    struct t87s__address masters[T87S__MOST_MASTERS];
    uint16_t owners[T87S__SLOTS]; /* a master's index, and one; 0: nobody's */
};

/* The answer to CLUSTER INFO: the cluster's epoch, which grows when a master is elected, and is known to most masters
 * before it is one. False: this is no node of a cluster. */
bool t87s__cluster_take_epoch(const redisReply *info, uint64_t *epoch);
/* The answer to CLUSTER NODES. */
bool t87s__cluster_take_nodes(const redisReply *nodes, struct t87s__map *map);

enum t87s_status t87s__cluster_ask(struct t87s__link *link, int64_t deadline_ms, struct t87s__map *map);

#endif
