/* SPDX-License-Identifier: MIT */
#include "cache.h"
#include "clock.h"
#include "left.h"
#include "random.h"
#include "shared.h"
#include "wait.h"

enum { DEFAULT_CAPACITY = 64 << 20, DEFAULT_TTL_MS = 30 * 1000, MOST_REFRESH_THREADS = 64 };

#define DEFAULT_PREFIX "t87s"

static bool valid(const struct t87s_options *options) {
    if (options->default_ttl_ms < 0 && options->default_ttl_ms != T87S_NONE)
        return false;
    if (options->default_grace_ms < 0 && options->default_grace_ms != T87S_NONE)
        return false;
    if (!(options->verify_fraction >= 0 && options->verify_fraction <= 1))
        return false; /* NaN is neither */
    if (options->clock && !options->clock->now_ms)
        return false;
    if (options->tracer && !options->tracer->event)
        return false;
    return !options->allocator || (options->allocator->allocate && options->allocator->release);
}

static void close_rooms(struct t87s_cache *cache) {
    struct t87s__memory *memory = cache->memory;
    t87s__service_close(cache->service);
    t87s__executor_close(cache->executor);
    if (cache->table)
        t87s__entry_table_retire_all(cache->table);
    t87s__flights_close(cache->flights);
    t87s__eviction_close(cache->eviction);
    t87s__entry_table_close(cache->table);
    t87s__retired_close(cache->retired); /* nobody reads any more */
    t87s__tag_tree_close(cache->tree);
    t87s__counters_close(&cache->counters);
    t87s__query_counters_close(&cache->queries);
    if (cache->prefix)
        t87s__memory_give(memory, MEMORY_OTHER, cache->prefix, strlen(cache->prefix) + 1);
    t87s__memory_give(memory, MEMORY_OTHER, cache->callbacks, cache->n_queries * sizeof *cache->callbacks);
    t87s__memory_give_lines(memory, MEMORY_OTHER, cache, sizeof *cache);
    t87s__memory_unref(memory);
}

static void destroy_locks(struct t87s_cache *cache) {
    pthread_cond_destroy(&cache->idle);
    pthread_mutex_destroy(&cache->life_lock);
    pthread_mutex_destroy(&cache->sweep_lock);
    pthread_mutex_destroy(&cache->callbacks_lock);
}

static char *copy_text(struct t87s__memory *memory, const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = t87s__memory_take(memory, MEMORY_OTHER, size);
    return copy ? memcpy(copy, text, size) : NULL;
}

static bool open_rooms(struct t87s_cache *cache, const char *prefix, unsigned refresh_threads) {
    if (refresh_threads > MOST_REFRESH_THREADS)
        refresh_threads = MOST_REFRESH_THREADS;
    cache->seed = t87s__random_seed();
    cache->tree = t87s__tag_tree_open(cache->memory, t87s__random_seed());
    if (cache->tree)
        cache->retired = t87s__retired_open(cache->memory, cache->tree);
    if (cache->retired)
        cache->table = t87s__entry_table_open(cache->memory, cache->tree, cache->retired, cache->seed);
    if (cache->table)
        cache->eviction = t87s__eviction_open(cache->memory, cache->table, cache->capacity_bytes);
    cache->executor = t87s__executor_open(cache->memory, refresh_threads ? refresh_threads : 1);
    if (cache->tree) {
        cache->epochs = t87s__tag_tree_epochs(cache->tree);
        cache->flights = t87s__flights_open(cache->memory, cache->tree);
    }
    cache->service = t87s__service_open(cache->memory, cache);
    if (cache->n_queries)
        cache->callbacks =
            t87s__memory_take_zeroed(cache->memory, MEMORY_OTHER, cache->n_queries * sizeof *cache->callbacks);
    cache->prefix = copy_text(cache->memory, prefix ? prefix : DEFAULT_PREFIX);
    bool counted = t87s__counters_open(&cache->counters, cache->memory) &&
                   t87s__query_counters_open(&cache->queries, cache->memory, (size_t)cache->n_queries + 1);
    return counted && cache->prefix && cache->eviction && cache->executor && cache->flights && cache->service &&
           (cache->callbacks || !cache->n_queries);
}

static enum t87s_status open_cache(const struct t87s_options *options, const struct t87s_gen_schema *schema, void *app,
                                   struct t87s_cache **out) {
    static const struct t87s_options defaults;
    if (!out)
        return T87S_E_INVALID;
    *out = NULL;
    if (schema && schema->abi != T87S_CODEGEN_ABI)
        return T87S_E_ABI;
    if (!options)
        options = &defaults;
    if (!valid(options))
        return T87S_E_INVALID;
    struct t87s__memory *memory = t87s__memory_open(options->allocator);
    struct t87s_cache *cache = memory ? t87s__memory_take_lines(memory, MEMORY_OTHER, sizeof *cache) : NULL;
    if (!cache) {
        if (memory)
            t87s__memory_unref(memory);
        return T87S_E_NOMEM;
    }
    cache->memory = memory;
    cache->capacity_bytes = options->capacity_bytes ? options->capacity_bytes : DEFAULT_CAPACITY;
    cache->default_ttl_ms = options->default_ttl_ms ? options->default_ttl_ms : DEFAULT_TTL_MS;
    cache->default_grace_ms = options->default_grace_ms ? options->default_grace_ms : T87S_NONE;
    cache->verify_fraction = options->verify_fraction;
    cache->clock = options->clock ? options->clock : &t87s__clock_monotonic;
    if (options->tracer)
        cache->trace.tracer = *options->tracer;
    cache->trace.clock = cache->clock;
    cache->plain = !options->tracer && !(options->verify_fraction > 0);
    cache->app = app;
    cache->n_queries = schema ? schema->n_queries : 0;
    cache->schema_name = schema ? schema->name : NULL;
    cache->query_names = schema ? schema->query_names : NULL;
    if (!open_rooms(cache, options->prefix, options->refresh_threads) || !t87s__wait_init(&cache->idle)) {
        close_rooms(cache);
        return T87S_E_NOMEM;
    }
    t87s__time_open(&cache->time, cache->clock, NULL);
    atomic_store_explicit(&cache->near_until_ms, INT64_MAX, memory_order_relaxed);
    pthread_mutex_init(&cache->callbacks_lock, NULL);
    pthread_mutex_init(&cache->sweep_lock, NULL);
    pthread_mutex_init(&cache->life_lock, NULL);
    const enum t87s_status status = t87s__shared_open(cache, options->store); /* last: from now on it hears */
    if (status != T87S_OK) {
        t87s__shared_close(cache);
        destroy_locks(cache);
        close_rooms(cache);
        return status;
    }
    t87s__fork_enlist(cache);
    *out = cache;
    return T87S_OK;
}

enum t87s_status t87s_open(const struct t87s_options *options, struct t87s_cache **out) {
    return open_cache(options, NULL, NULL, out);
}

enum t87s_status t87s_gen_open(const struct t87s_options *options, const struct t87s_gen_schema *schema, void *app,
                               struct t87s_cache **out) {
    return open_cache(options, schema, app, out);
}

void t87s_close(struct t87s_cache *cache) {
    if (!cache)
        return;
    t87s__left_end_all(cache->flights); /* nobody closes from inside a fetch: they are over */
    atomic_fetch_or_explicit(&cache->inside, T87S__CLOSING, memory_order_acq_rel);
    t87s__executor_stop(cache->executor); /* its fetches may query, too */
    pthread_mutex_lock(&cache->life_lock);
    /* Acquire: pairs with the release in go_outside(), for those who left without the lock. */
    while (atomic_load_explicit(&cache->inside, memory_order_acquire) & ~T87S__CLOSING)
        pthread_cond_wait(&cache->idle, &cache->life_lock);
    pthread_mutex_unlock(&cache->life_lock);
    t87s__fork_delist(cache);
    t87s__shared_close(cache); /* from now on it hears nothing */
    t87s__service_close(cache->service);
    cache->service = NULL;
    destroy_locks(cache);
    close_rooms(cache);
}
