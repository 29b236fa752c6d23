/* SPDX-License-Identifier: MIT
 *
 * fork(): the child finds the lists and the lanes whole. Its connections are made anew when they are needed: over those
 * of the parent it says nothing, and it closes them. The thread that listens is not there; the next call on the store
 * starts another, which tells `lost` when it hears again. Until then, and for the bound D at most, what was vouched for
 * in the parent before the fork holds in the child.
 *
 * telling_lock is not taken, because listeners are called under it and may wait for a lock that the cache's own handler
 * holds. The list of scopes is changed under scopes_lock as well, so it is whole.
 */
#include <unistd.h>

#include "redis_store.h"

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct t87s__redis *newest; /* under list_lock */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void each_lane(struct t87s__redis *redis, void (*function)(struct t87s__lane *lane)) {
    for (struct t87s__node *node = redis->topology.nodes; node; node = node->older) {
        for (int i = 0; i < T87S__LANES; i++)
            function(node->lanes[i]);
        if (node->waiting_lane)
            function(node->waiting_lane);
    }
}

static void each_sentinels(struct t87s__redis *redis, void (*function)(struct t87s__sentinels *sentinels)) {
    if (redis->topology.sentinels)
        function(redis->topology.sentinels);
}

static void before_fork(void) {
    pthread_mutex_lock(&list_lock);
    for (struct t87s__redis *redis = newest; redis; redis = redis->older) {
        pthread_mutex_lock(&redis->listening_lock);
        pthread_mutex_lock(&redis->scopes_lock);
        pthread_mutex_lock(&redis->pulse_lock);
        pthread_mutex_lock(&redis->topology.lock);
        each_lane(redis, t87s__lane_before_fork);
        each_sentinels(redis, t87s__sentinels_before_fork);
    }
}

static void after_fork_in_parent(void) {
    for (struct t87s__redis *redis = newest; redis; redis = redis->older) {
        each_sentinels(redis, t87s__sentinels_after_fork_in_parent);
        each_lane(redis, t87s__lane_after_fork_in_parent);
        pthread_mutex_unlock(&redis->topology.lock);
        pthread_mutex_unlock(&redis->pulse_lock);
        pthread_mutex_unlock(&redis->scopes_lock);
        pthread_mutex_unlock(&redis->listening_lock);
    }
    pthread_mutex_unlock(&list_lock);
}

static void forget_listener(struct t87s__redis *redis) {
    if (!atomic_load_explicit(&redis->listening, memory_order_relaxed))
        return;
    for (struct t87s__node *node = redis->topology.nodes; node; node = node->older) {
        const int socket = atomic_load_explicit(&node->ear, memory_order_relaxed);
        if (socket >= 0)
            close(socket);
        atomic_store_explicit(&node->ear, -1, memory_order_relaxed);
    }
    close(redis->wake[0]);
    close(redis->wake[1]);
    atomic_store_explicit(&redis->listening, false, memory_order_relaxed);
    for (struct t87s__scope *scope = redis->scopes; scope; scope = scope->next)
        scope->hearing = HEARING_NOTHING;
}

static void after_fork_in_child(void) {
    for (struct t87s__redis *redis = newest; redis; redis = redis->older) {
        each_sentinels(redis, t87s__sentinels_after_fork_in_child);
        each_lane(redis, t87s__lane_after_fork_in_child);
        t87s__topology_begin(&redis->topology); /* who was asking is not here */
        pthread_mutex_unlock(&redis->topology.lock);
        pthread_mutex_init(&redis->telling_lock, NULL); /* whoever held it is not here */
        forget_listener(redis);
        t87s__redis_pulse_after_fork(redis);
        pthread_mutex_unlock(&redis->scopes_lock);
        pthread_mutex_unlock(&redis->listening_lock);
    }
    pthread_mutex_unlock(&list_lock);
}

static void register_handlers(void) { pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child); }

void t87s__redis_enlist(struct t87s__redis *redis) {
    pthread_once(&once, register_handlers);
    pthread_mutex_lock(&list_lock);
    redis->older = newest;
    if (newest)
        newest->newer = redis;
    newest = redis;
    pthread_mutex_unlock(&list_lock);
}

void t87s__redis_delist(struct t87s__redis *redis) {
    pthread_mutex_lock(&list_lock);
    *(redis->newer ? &redis->newer->older : &newest) = redis->older;
    if (redis->older)
        redis->older->newer = redis->newer;
    pthread_mutex_unlock(&list_lock);
}
