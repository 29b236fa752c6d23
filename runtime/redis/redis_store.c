/* SPDX-License-Identifier: MIT */
#include "redis_store.h"

#include <stdio.h>
#include <stdlib.h>

enum { DEFAULT_STALENESS_MS = 2000, LEAST_STALENESS_MS = 30, DEFAULT_TIMEOUT_MS = 100 };

struct t87s__lane *t87s__redis_lane(struct t87s__redis *redis) {
    if (atomic_load_explicit(&redis->revives, memory_order_relaxed))
        t87s__redis_pulse_start(redis);
    (void)t87s__redis_listen(redis); /* in a child of a fork it has to be begun again; if it cannot, nobody vouches */
    const unsigned turn = atomic_fetch_add_explicit(&redis->turn, 1, memory_order_relaxed);
    return redis->lanes[turn % T87S__LANES];
}

static enum t87s_status attach(struct t87s_store *store, const char *prefix, const struct t87s_store_listener *listener,
                               void **out) {
    struct t87s__redis *redis = t87s__redis_of(store);
    if (!t87s__layout_prefix_valid(prefix))
        return T87S_E_INVALID;
    struct t87s__scope *scope = calloc(1, sizeof *scope);
    if (!scope)
        return T87S_E_NOMEM;
    scope->listener = *listener;
    t87s__layout_init(&scope->layout, redis->prefix, prefix, 1);
    if (!t87s__redis_listen(redis)) {
        free(scope);
        return T87S_E_STORE;
    }
    pthread_mutex_lock(&redis->telling_lock);
    pthread_mutex_lock(&redis->scopes_lock);
    scope->next = redis->scopes;
    redis->scopes = scope;
    pthread_mutex_unlock(&redis->scopes_lock);
    pthread_mutex_unlock(&redis->telling_lock);
    t87s__redis_listen_again(redis);
    if (listener->advised || listener->report)
        t87s__redis_pulse_start(redis);
    *out = scope;
    return T87S_OK;
}

static void detach(struct t87s_store *store, void *scope) {
    struct t87s__redis *redis = t87s__redis_of(store);
    pthread_mutex_lock(&redis->telling_lock);
    pthread_mutex_lock(&redis->scopes_lock);
    struct t87s__scope **at = &redis->scopes;
    while (*at != scope)
        at = &(*at)->next;
    *at = (*at)->next;
    pthread_mutex_unlock(&redis->scopes_lock);
    pthread_mutex_unlock(&redis->telling_lock);
    t87s__redis_listen_again(redis);
    t87s__redis_pulse_leave(redis, scope);
    free(scope);
}

static void free_store(struct t87s__redis *redis) {
    for (int i = 0; i < T87S__LANES; i++)
        t87s__lane_close(redis->lanes[i]);
    t87s__lane_close(redis->waiting_lane);
    pthread_mutex_destroy(&redis->telling_lock);
    pthread_mutex_destroy(&redis->scopes_lock);
    pthread_mutex_destroy(&redis->listening_lock);
    t87s__redis_pulse_destroy(redis);
    free(redis);
}

static void close_store(struct t87s_store *store) {
    struct t87s__redis *redis = t87s__redis_of(store);
    t87s__redis_delist(redis);
    t87s__redis_stop_listening(redis);
    t87s__redis_pulse_stop(redis);
    free_store(redis);
}

static bool valid(const struct t87s_redis_options *options, struct t87s__redis_uri *uri) {
    return t87s__redis_uri_parse(options->uri, uri) &&
           (!options->prefix || t87s__layout_prefix_valid(options->prefix)) &&
           (options->near_staleness_ms == 0 || options->near_staleness_ms >= LEAST_STALENESS_MS) &&
           options->timeout_ms >= 0 && !options->share_with_typescript;
}

enum t87s_status t87s_redis_open(const struct t87s_redis_options *options, struct t87s_store **out) {
    static const struct t87s_redis_options defaults;
    struct t87s__redis_uri uri;
    if (!out)
        return T87S_E_INVALID;
    *out = NULL;
    if (!options)
        options = &defaults;
    if (!valid(options, &uri))
        return T87S_E_INVALID;
    struct t87s__redis *redis = t87s__link_prepare() ? calloc(1, sizeof *redis) : NULL;
    if (!redis)
        return T87S_E_NOMEM;
    redis->base = (struct t87s_store){
        .version = T87S_STORE_VERSION,
        .attach = attach,
        .detach = detach,
        .read = t87s__redis_read,
        .birth = t87s__redis_birth,
        .write = t87s__redis_write,
        .invalidate = t87s__redis_invalidate,
        .remove = t87s__redis_remove,
        .clear = t87s__redis_clear,
        .timeout_ms = options->timeout_ms ? options->timeout_ms : DEFAULT_TIMEOUT_MS,
        .near_off = options->near_off,
        .close = close_store,
    };
    redis->uri = uri;
    redis->staleness_ms = options->near_staleness_ms ? options->near_staleness_ms : DEFAULT_STALENESS_MS;
    redis->base.bound_ms = redis->staleness_ms;
    redis->wait_replicas = options->wait_replicas;
    snprintf(redis->prefix, sizeof redis->prefix, "%s", options->prefix ? options->prefix : "t87s");
    atomic_init(&redis->socket, -1);
    pthread_mutex_init(&redis->telling_lock, NULL);
    pthread_mutex_init(&redis->scopes_lock, NULL);
    pthread_mutex_init(&redis->listening_lock, NULL);
    t87s__redis_pulse_init(redis);
    bool whole = true;
    for (int i = 0; i < T87S__LANES; i++) {
        redis->lanes[i] = t87s__lane_open(t87s__redis_dial, redis, redis->base.timeout_ms);
        whole = whole && redis->lanes[i];
    }
    if (options->wait_replicas) {
        redis->waiting_lane = t87s__lane_open(t87s__redis_dial, redis, redis->base.timeout_ms);
        whole = whole && redis->waiting_lane;
    }
    if (!whole) {
        free_store(redis);
        return T87S_E_NOMEM;
    }
    t87s__redis_enlist(redis);
    *out = &redis->base;
    return T87S_OK;
}
