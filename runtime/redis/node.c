/* SPDX-License-Identifier: MIT */
#include "node.h"

#include <stdlib.h>

#include "redis_store.h"

struct t87s__node *t87s__node_open(struct t87s__redis *redis, const struct t87s__redis_uri *uri) {
    struct t87s__node *node = calloc(1, sizeof *node);
    if (!node)
        return NULL;
    node->redis = redis;
    node->uri = *uri;
    atomic_init(&node->ear, -1);
    bool whole = true;
    for (int i = 0; i < T87S__LANES; i++) {
        node->lanes[i] = t87s__lane_open(t87s__redis_dial, node, redis->base.timeout_ms);
        whole = whole && node->lanes[i];
    }
    if (redis->wait_replicas) {
        node->waiting_lane = t87s__lane_open(t87s__redis_dial, node, redis->base.timeout_ms);
        whole = whole && node->waiting_lane;
    }
    if (whole)
        return node;
    t87s__node_close(node);
    return NULL;
}

void t87s__node_close(struct t87s__node *node) {
    for (int i = 0; i < T87S__LANES; i++)
        t87s__lane_close(node->lanes[i]);
    t87s__lane_close(node->waiting_lane);
    free(node);
}

struct t87s__lane *t87s__node_lane(struct t87s__node *node, bool waits) {
    if (waits && node->waiting_lane)
        return node->waiting_lane;
    return node->lanes[atomic_fetch_add_explicit(&node->turn, 1, memory_order_relaxed) % T87S__LANES];
}

struct t87s__lane *t87s__node_lane_up(struct t87s__node *node) {
    for (int i = 0; i < T87S__LANES; i++)
        if (t87s__lane_is_up(node->lanes[i]))
            return node->lanes[i];
    return NULL;
}

void t87s__node_distrust(struct t87s__node *node) {
    for (int i = 0; i < T87S__LANES; i++)
        t87s__lane_distrust(node->lanes[i]);
    if (node->waiting_lane)
        t87s__lane_distrust(node->waiting_lane);
}

void t87s__node_leave(struct t87s__node *node, uint64_t history) {
    for (int i = 0; i < T87S__LANES; i++)
        t87s__lane_leave(node->lanes[i], history);
    if (node->waiting_lane)
        t87s__lane_leave(node->waiting_lane, history);
}
