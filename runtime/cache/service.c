/* SPDX-License-Identifier: MIT */
#include "service.h"

#include "cache.h"
#include "clock.h"
#include "thread.h"
#include "wait.h"

enum {
    TICK_MS = 4,
    ROUND_MS = 100,       /* while something is retired */
    SWEEP_MS = 1000,      /* while there are entries */
    IDLE_MS = 5000,       /* else, unless it is woken */
    SWEEPS_PER_ROUND = 4, /* so many go once through the table */
    SWEPT_AT_ONCE = 512,  /* cells, under one lock */
    RETIRED_SHARE = 128,  /* of the capacity: so much is worth a round at once */
    MOST_QUIET = 500      /* ticks without traffic, then the time word is parked */
};

enum state { SERVICE_NONE, SERVICE_RUNS, SERVICE_IMPOSSIBLE };

struct t87s__service {
    struct t87s__memory *memory; /* immutable after open */
    struct t87s_cache *cache;
    size_t much_retired;
    bool own_clock; /* the system's, not one that was plugged in */
    /* relaxed: hints for those who pass by. A wrong one costs a wake-up, or a wait of IDLE_MS */
    _Atomic(int) state;    /* enum state; written under the lock */
    _Atomic(bool) awake;   /* it looks at everything soon, without being woken */
    _Atomic(bool) hurried; /* it was told that much is retired */
    pthread_mutex_t lock;
    pthread_cond_t work;
    pthread_t thread; /* under the lock */
    bool stopping, nudged;
    /* the thread's own */
    int64_t swept_ms;
    unsigned quiet; /* ticks since somebody read the time; MOST_QUIET: it does not tick */
};

struct t87s__service *t87s__service_open(struct t87s__memory *memory, struct t87s_cache *cache) {
    struct t87s__service *service = t87s__memory_take_zeroed(memory, MEMORY_OTHER, sizeof *service);
    if (!service)
        return NULL;
    if (!t87s__wait_init(&service->work)) {
        t87s__memory_give(memory, MEMORY_OTHER, service, sizeof *service);
        return NULL;
    }
    service->memory = memory;
    service->cache = cache;
    service->much_retired = cache->capacity_bytes / RETIRED_SHARE;
    service->own_clock = cache->clock == &t87s__clock_monotonic;
    service->quiet = MOST_QUIET;
    pthread_mutex_init(&service->lock, NULL);
    return service;
}

/* ---- what it does ---- */

static void sweep(struct t87s__service *service, int64_t now_ms) {
    struct t87s_cache *cache = service->cache;
    if (now_ms - service->swept_ms < SWEEP_MS)
        return;
    service->swept_ms = now_ms;
    const uint32_t cells = t87s__entry_table_cells(cache->table) / SWEEPS_PER_ROUND;
    for (uint32_t swept = 0; swept < cells; swept += SWEPT_AT_ONCE)
        if (t87s__keep_sweep(cache, SWEPT_AT_ONCE, now_ms))
            return;
}

/* Keeps the time word while somebody reads it. */
static bool tick(struct t87s__service *service) {
    struct t87s__time_word *time = &service->cache->time;
    if (service->quiet == MOST_QUIET && !t87s__time_wanted(time))
        return false;
    const bool traffic = t87s__time_tick(time);
    service->quiet = traffic || service->quiet == MOST_QUIET ? 0 : service->quiet + 1;
    if (service->quiet == MOST_QUIET)
        t87s__time_park(time);
    return service->quiet < MOST_QUIET;
}

/* Does what there is to do; returns how long it may sleep. */
static int64_t serve_once(struct t87s__service *service) {
    struct t87s_cache *cache = service->cache;
    int64_t sleep_ms = IDLE_MS;
    atomic_store_explicit(&service->hurried, false, memory_order_relaxed);
    if (t87s__retired_bytes(cache->retired))
        t87s__retired_round(cache->retired);
    if (t87s__retired_bytes(cache->retired))
        sleep_ms = ROUND_MS;
    if (!service->own_clock)
        return sleep_ms;
    if (tick(service))
        sleep_ms = TICK_MS;
    if (t87s__entry_table_count(cache->table)) {
        sweep(service, t87s__time_exact(&cache->time));
        if (sleep_ms > SWEEP_MS)
            sleep_ms = SWEEP_MS;
    }
    return sleep_ms;
}

static void *serve(void *arg) {
    struct t87s__service *service = arg;
    pthread_mutex_lock(&service->lock);
    while (!service->stopping) {
        service->nudged = false;
        pthread_mutex_unlock(&service->lock);
        const int64_t sleep_ms = serve_once(service);
        pthread_mutex_lock(&service->lock);
        atomic_store_explicit(&service->awake, sleep_ms <= SWEEP_MS, memory_order_relaxed);
        if (!service->nudged && !service->stopping)
            t87s__wait_until(&service->work, &service->lock, &t87s__clock_monotonic,
                             t87s__clock_now(&t87s__clock_monotonic) + sleep_ms);
        atomic_store_explicit(&service->awake, true, memory_order_relaxed);
    }
    pthread_mutex_unlock(&service->lock);
    return NULL;
}

/* ---- how it is called ---- */

/* The lock is held. */
static void start(struct t87s__service *service) {
    const bool started = t87s__thread_start(&service->thread, serve, service);
    atomic_store_explicit(&service->awake, started, memory_order_relaxed);
    atomic_store_explicit(&service->state, started ? SERVICE_RUNS : SERVICE_IMPOSSIBLE, memory_order_relaxed);
    if (!started)
        t87s__count(&service->cache->counters, COUNT_thread_failures);
}

static void nudge(struct t87s__service *service) {
    pthread_mutex_lock(&service->lock);
    if (atomic_load_explicit(&service->state, memory_order_relaxed) == SERVICE_NONE && !service->stopping)
        start(service);
    service->nudged = true;
    pthread_cond_signal(&service->work);
    pthread_mutex_unlock(&service->lock);
}

void t87s__service_kept(struct t87s__service *service) {
    if (service->own_clock && !atomic_load_explicit(&service->awake, memory_order_relaxed) &&
        atomic_load_explicit(&service->state, memory_order_relaxed) != SERVICE_IMPOSSIBLE)
        nudge(service);
}

void t87s__service_retired(struct t87s__service *service) {
    if (t87s__retired_bytes(service->cache->retired) > service->much_retired &&
        atomic_load_explicit(&service->state, memory_order_relaxed) != SERVICE_IMPOSSIBLE &&
        !atomic_exchange_explicit(&service->hurried, true, memory_order_relaxed))
        nudge(service);
}

bool t87s__service_sweeps(const struct t87s__service *service) {
    return service->own_clock && atomic_load_explicit(&service->state, memory_order_relaxed) == SERVICE_RUNS;
}

static void stop(struct t87s__service *service) {
    pthread_mutex_lock(&service->lock);
    service->stopping = true;
    const bool runs = atomic_load_explicit(&service->state, memory_order_relaxed) == SERVICE_RUNS;
    pthread_cond_signal(&service->work);
    pthread_mutex_unlock(&service->lock);
    if (runs)
        pthread_join(service->thread, NULL);
}

void t87s__service_close(struct t87s__service *service) {
    if (!service)
        return;
    stop(service);
    pthread_cond_destroy(&service->work);
    pthread_mutex_destroy(&service->lock);
    t87s__memory_give(service->memory, MEMORY_OTHER, service, sizeof *service);
}

void t87s__service_lock_all(struct t87s__service *service) { pthread_mutex_lock(&service->lock); }

void t87s__service_unlock_all(struct t87s__service *service) { pthread_mutex_unlock(&service->lock); }

void t87s__service_after_fork(struct t87s__service *service) {
    t87s__wait_init(&service->work); /* the parent's thread waited on it */
    atomic_store_explicit(&service->state, SERVICE_NONE, memory_order_relaxed);
    atomic_store_explicit(&service->awake, false, memory_order_relaxed);
    atomic_store_explicit(&service->hurried, false, memory_order_relaxed);
    service->nudged = false;
    service->quiet = MOST_QUIET;
    t87s__time_park(&service->cache->time);
}
