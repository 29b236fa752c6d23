/* SPDX-License-Identifier: MIT */
#include "redis_store.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { DEFAULT_STALENESS_MS = 2000, LEAST_STALENESS_MS = 30, DEFAULT_TIMEOUT_MS = 100 };

const struct t87s__layout *t87s__scope_layout(struct t87s__redis *redis, const struct t87s__scope *scope) {
    return t87s__topology_is_cluster(&redis->topology) ? &scope->spread : &scope->layout;
}

bool t87s__redis_start_thread(pthread_t *thread, void *(*body)(void *), void *redis) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = pthread_create(thread, NULL, body, redis) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

/* What TypeScript's names begin with, behind the store's prefix. */
static bool is_theirs(const char *prefix) { return !strcmp(prefix, "t") || !strcmp(prefix, "c"); }

static enum t87s_status attach(struct t87s_store *store, const char *prefix, const struct t87s_store_listener *listener,
                               void **out) {
    struct t87s__redis *redis = t87s__redis_of(store);
    if (!t87s__layout_prefix_valid(prefix) || (redis->with_typescript && is_theirs(prefix)))
        return T87S_E_INVALID;
    struct t87s__scope *scope = calloc(1, sizeof *scope);
    if (!scope)
        return T87S_E_NOMEM;
    scope->listener = *listener;
    t87s__layout_init(&scope->layout, redis->prefix, prefix, 1);
    scope->layout.with_typescript = redis->with_typescript;
    t87s__layout_init(&scope->spread, redis->prefix, prefix, T87S__MOST_BUCKETS);
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
    t87s__topology_close(&redis->topology);
    free_store(redis);
}

static bool valid(const struct t87s_redis_options *options) {
    return (!options->prefix || t87s__layout_prefix_valid(options->prefix)) &&
           (options->near_staleness_ms == 0 || options->near_staleness_ms >= LEAST_STALENESS_MS) &&
           options->timeout_ms >= 0;
}

enum t87s_status t87s_redis_open(const struct t87s_redis_options *options, struct t87s_store **out) {
    static const struct t87s_redis_options defaults;
    struct t87s__seeds seeds;
    if (!out)
        return T87S_E_INVALID;
    *out = NULL;
    if (!options)
        options = &defaults;
    enum t87s_status status = valid(options) ? t87s__seeds_parse(options->uri, &seeds) : T87S_E_INVALID;
    if (status != T87S_OK)
        return status;
    if (options->share_with_typescript && seeds.n > 1 && !*seeds.uris->master) { /* of a cluster */
        t87s__seeds_free(&seeds);
        return T87S_E_INVALID;
    }
    struct t87s__redis *redis = calloc(1, sizeof *redis);
    if (!redis) {
        t87s__seeds_free(&seeds);
        return T87S_E_NOMEM;
    }
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
        .lease = t87s__redis_lease,
        .release = t87s__redis_release,
        .timeout_ms = options->timeout_ms ? options->timeout_ms : DEFAULT_TIMEOUT_MS,
        .near_off = options->near_off,
        .close = close_store,
    };
    redis->staleness_ms = options->near_staleness_ms ? options->near_staleness_ms : DEFAULT_STALENESS_MS;
    redis->base.bound_ms = redis->staleness_ms;
    redis->wait_replicas = options->wait_replicas;
    redis->with_typescript = options->share_with_typescript;
    snprintf(redis->prefix, sizeof redis->prefix, "%s", options->prefix ? options->prefix : "t87s");
    pthread_mutex_init(&redis->telling_lock, NULL);
    pthread_mutex_init(&redis->scopes_lock, NULL);
    pthread_mutex_init(&redis->listening_lock, NULL);
    t87s__redis_pulse_init(redis);
    status = t87s__topology_open(redis, &seeds);
    if (status != T87S_OK) {
        free_store(redis);
        return status;
    }
    t87s__redis_enlist(redis);
    *out = &redis->base;
    return T87S_OK;
}
