/* SPDX-License-Identifier: MIT
 *
 * fork(): all locks are held while the process is copied, so the child finds every structure whole. There its caches
 * are empty and usable: other threads' fetches are abandoned, background threads start anew when they are needed.
 *
 * Lock order of the library, from the outside in: read sections (the wait for them, and the first of a thread), list
 * of caches, life, callbacks, sweep, service, executor, flights, entry_table, eviction, retired, tag_tree, tokens,
 * outbox, wait graph. Read sections come first, because an application's own may last until one of its queries gets the
 * other locks. Outside of this file only flights -> entry_table, flights -> eviction, flights -> tag_tree, flights ->
 * wait graph, entry_table -> retired, retired -> tag_tree and tag_tree -> its slab are ever held together.
 */
#include "cache.h"
#include "read_section.h"
#include "shared.h"
#include "wait_graph.h"

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct t87s_cache *newest; /* under list_lock */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void before_fork(void) {
    t87s__read_before_fork();
    pthread_mutex_lock(&list_lock);
    for (struct t87s_cache *cache = newest; cache; cache = cache->older) {
        pthread_mutex_lock(&cache->life_lock);
        pthread_mutex_lock(&cache->callbacks_lock);
        pthread_mutex_lock(&cache->sweep_lock);
        t87s__service_lock_all(cache->service);
        t87s__executor_lock_all(cache->executor);
        t87s__flights_lock_all(cache->flights);
        t87s__entry_table_lock_all(cache->table);
        t87s__eviction_lock_all(cache->eviction);
        t87s__retired_lock_all(cache->retired);
        t87s__tag_tree_lock_all(cache->tree);
        t87s__shared_before_fork(cache);
    }
    t87s__wait_graph_lock();
}

static void unlock_all(bool is_child) {
    t87s__wait_graph_unlock();
    for (struct t87s_cache *cache = newest; cache; cache = cache->older) {
        t87s__shared_after_fork(cache, is_child);
        t87s__tag_tree_unlock_all(cache->tree);
        t87s__retired_unlock_all(cache->retired);
        t87s__eviction_unlock_all(cache->eviction);
        t87s__entry_table_unlock_all(cache->table);
        t87s__flights_unlock_all(cache->flights);
        t87s__executor_unlock_all(cache->executor);
        t87s__service_unlock_all(cache->service);
        pthread_mutex_unlock(&cache->sweep_lock);
        pthread_mutex_unlock(&cache->callbacks_lock);
        pthread_mutex_unlock(&cache->life_lock);
    }
}

static void after_fork_in_parent(void) {
    t87s__read_after_fork_in_parent();
    unlock_all(false);
    pthread_mutex_unlock(&list_lock);
}

static void after_fork_in_child(void) {
    t87s__read_after_fork_in_child();
    t87s__thread_numbers_after_fork_in_child();
    unlock_all(true);
    for (struct t87s_cache *cache = newest; cache; cache = cache->older) {
        t87s__flights_abandon_others(cache->flights);
        const size_t closing = atomic_load_explicit(&cache->inside, memory_order_relaxed) & T87S__CLOSING;
        atomic_store_explicit(&cache->inside, closing | t87s__thread_leads_in(cache->flights), /* this thread's alone */
                              memory_order_relaxed);
        pthread_cond_init(&cache->idle, NULL);
        t87s__service_after_fork(cache->service);
        t87s__executor_after_fork(cache->executor);
        t87s__retired_after_fork(cache->retired);
        uint64_t stamp = t87s__stamp_next(&cache->stamps); /* as t87s_clear, which would tell the tracer */
        t87s__stamp_raise(&cache->floors.all, stamp);
        t87s__entry_table_retire_all(cache->table); /* past the service, which would start a thread here */
        t87s__retired_drain(cache->retired);        /* nobody reads but this thread, and it forks */
    }
    pthread_mutex_unlock(&list_lock);
}

static void register_handlers(void) { pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child); }

void t87s__fork_enlist(struct t87s_cache *cache) {
    pthread_once(&once, register_handlers);
    pthread_mutex_lock(&list_lock);
    cache->older = newest;
    if (newest)
        newest->newer = cache;
    newest = cache;
    pthread_mutex_unlock(&list_lock);
}

void t87s__fork_delist(struct t87s_cache *cache) {
    pthread_mutex_lock(&list_lock);
    *(cache->newer ? &cache->newer->older : &newest) = cache->older;
    if (cache->older)
        cache->older->newer = cache->newer;
    pthread_mutex_unlock(&list_lock);
}
