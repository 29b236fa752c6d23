/* SPDX-License-Identifier: MIT
 *
 * A Redis Cluster of the test's own on loopback: three masters, each with a third of the slots and a replica (three
 * places further in the list). Its servers die with the test.
 */
#ifndef T87S_TEST_REDIS_CLUSTER_H
#define T87S_TEST_REDIS_CLUSTER_H

#include "redis_server.h"

enum { CLUSTER_MASTERS = 3, CLUSTER_NODES = 2 * CLUSTER_MASTERS };
/* When a node takes another one for dead: at once, or never. */
enum { CLUSTER_FAILS_OVER_MS = 500, CLUSTER_STAYS_MS = 60000 };

struct redis_cluster {
    struct redis_server nodes[CLUSTER_NODES];
    int ports[CLUSTER_NODES];
    char ids[CLUSTER_NODES][41];
    char uri[128]; /* the masters as seeds */
};

/* Returns when every node says that all is well, and every replica has caught up: after some seconds. */
void redis_cluster_start(struct redis_cluster *cluster, int timeout_ms);
void redis_cluster_stop(struct redis_cluster *cluster);

/* Waits until all nodes but `dead` (-1: none) agree that all is well, each slot has a master, and who is dead none. */
void redis_cluster_await(const struct redis_cluster *cluster, int dead);

/* Makes a replica the master, in good order; returns when it is one. */
void redis_cluster_promote(const struct redis_cluster *cluster, int replica);

/* How often the node has done this command so far. */
long redis_cluster_calls(const struct redis_cluster *cluster, int node, const char *command);

/* The master of a slot at first. */
int redis_cluster_owner(unsigned slot);

/* The three steps in which a slot goes from one master to another: from the first on some names are here and some
 * there; with the second all are there; with the third everybody is told. */
void redis_cluster_open_slot(struct redis_cluster *cluster, unsigned slot, int from, int to);
void redis_cluster_move_names(struct redis_cluster *cluster, unsigned slot, int from, int to);
void redis_cluster_close_slot(struct redis_cluster *cluster, unsigned slot, int from, int to);

#endif
