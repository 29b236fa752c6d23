/* SPDX-License-Identifier: MIT */
#include "eviction.h"

#include <pthread.h>

enum { SMALL_PERCENT = 10, FEWEST_GHOSTS = 1 << 8, MOST_GHOSTS = 1 << 20, BYTES_PER_GHOST = 512 };

struct queue {
    struct t87s__entry *newest, *oldest;
    size_t bytes;
};

struct t87s__eviction {
    struct t87s__memory *memory; /* immutable after open */
    size_t small_bytes;          /* the small queue's share */
    size_t n_ghosts;
    pthread_mutex_t lock;
    /* By hash; the cells are advice only, so relaxed. Made with the first eviction, under the lock; NULL before. */
    _Atomic(_Atomic(uint32_t) *) ghosts;
    struct queue queues[3]; /* under the lock; by enum t87s__queue */
};

struct t87s__eviction *t87s__eviction_open(struct t87s__memory *memory, size_t capacity_bytes) {
    struct t87s__eviction *eviction = t87s__memory_take_zeroed(memory, MEMORY_OTHER, sizeof *eviction);
    if (!eviction)
        return NULL;
    eviction->memory = memory;
    eviction->small_bytes = capacity_bytes / 100 * SMALL_PERCENT;
    eviction->n_ghosts = FEWEST_GHOSTS;
    while (eviction->n_ghosts < MOST_GHOSTS && eviction->n_ghosts * BYTES_PER_GHOST < capacity_bytes)
        eviction->n_ghosts *= 2;
    pthread_mutex_init(&eviction->lock, NULL);
    return eviction;
}

void t87s__eviction_close(struct t87s__eviction *eviction) {
    if (!eviction)
        return;
    pthread_mutex_destroy(&eviction->lock);
    t87s__memory_give(eviction->memory, MEMORY_TABLE, atomic_load(&eviction->ghosts),
                      eviction->n_ghosts * sizeof(_Atomic(uint32_t)));
    t87s__memory_give(eviction->memory, MEMORY_OTHER, eviction, sizeof *eviction);
}

void t87s__eviction_lock_all(struct t87s__eviction *eviction) { pthread_mutex_lock(&eviction->lock); }

void t87s__eviction_unlock_all(struct t87s__eviction *eviction) { pthread_mutex_unlock(&eviction->lock); }

/* ---- ghosts ---- */

static uint32_t fingerprint(uint64_t hash) { return (uint32_t)(hash >> 32) | 1; /* never 0, which is "none" */ }

bool t87s__eviction_remembers(struct t87s__eviction *eviction, uint64_t hash) {
    /* Acquire: pairs with the release in remember(), so the cells are seen zeroed. */
    _Atomic(uint32_t) *ghosts = atomic_load_explicit(&eviction->ghosts, memory_order_acquire);
    return ghosts &&
           atomic_load_explicit(&ghosts[hash & (eviction->n_ghosts - 1)], memory_order_relaxed) == fingerprint(hash);
}

/* The lock is held. */
static void remember(struct t87s__eviction *eviction, uint64_t hash) {
    _Atomic(uint32_t) *ghosts = atomic_load_explicit(&eviction->ghosts, memory_order_relaxed);
    if (!ghosts) {
        ghosts = t87s__memory_take_zeroed(eviction->memory, MEMORY_TABLE, eviction->n_ghosts * sizeof *ghosts);
        if (!ghosts)
            return; /* then nobody is remembered */
        atomic_store_explicit(&eviction->ghosts, ghosts, memory_order_release);
    }
    atomic_store_explicit(&ghosts[hash & (eviction->n_ghosts - 1)], fingerprint(hash), memory_order_relaxed);
}

/* ---- queues; the lock is held ---- */

static void link_newest(struct t87s__eviction *eviction, struct t87s__entry *entry, enum t87s__queue which) {
    struct queue *queue = &eviction->queues[which];
    entry->queue = which;
    entry->newer = NULL;
    entry->older = queue->newest;
    *(queue->newest ? &queue->newest->newer : &queue->oldest) = entry;
    queue->newest = entry;
    queue->bytes += t87s__entry_cost(entry);
}

static void unlink_entry(struct t87s__eviction *eviction, struct t87s__entry *entry) {
    struct queue *queue = &eviction->queues[entry->queue];
    *(entry->newer ? &entry->newer->older : &queue->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &queue->oldest) = entry->newer;
    entry->newer = entry->older = NULL;
    entry->queue = QUEUE_NONE;
    queue->bytes -= t87s__entry_cost(entry);
}

void t87s__eviction_add(struct t87s__eviction *eviction, struct t87s__entry *entry) {
    pthread_mutex_lock(&eviction->lock);
    /* Acquire: pairs with the release where the table takes an entry out. Whoever took it out calls drop after, so
     * either we see that it is gone or drop finds it linked. */
    if (entry->queue == QUEUE_NONE && !atomic_load_explicit(&entry->removed, memory_order_acquire)) {
        t87s__entry_ref(entry);
        link_newest(eviction, entry, t87s__eviction_remembers(eviction, entry->hash) ? QUEUE_MAIN : QUEUE_SMALL);
    }
    pthread_mutex_unlock(&eviction->lock);
}

bool t87s__eviction_drop(struct t87s__eviction *eviction, struct t87s__entry *entry) {
    pthread_mutex_lock(&eviction->lock);
    bool linked = entry->queue != QUEUE_NONE;
    if (linked)
        unlink_entry(eviction, entry);
    pthread_mutex_unlock(&eviction->lock);
    return linked;
}

/* Moves the hand over one entry: the victim, or NULL when it got another round. */
static struct t87s__entry *step(struct t87s__eviction *eviction, struct t87s__tag_tree *tree, int64_t now_ms) {
    struct queue *small = &eviction->queues[QUEUE_SMALL], *main_queue = &eviction->queues[QUEUE_MAIN];
    bool from_small = small->oldest && (small->bytes > eviction->small_bytes || !main_queue->oldest);
    struct t87s__entry *entry = from_small ? small->oldest : main_queue->oldest;
    unlink_entry(eviction, entry);
    if (t87s__entry_judge(entry, tree, now_ms).state == STATE_GONE)
        return entry;
    uint8_t visits = atomic_load_explicit(&entry->visits, memory_order_relaxed);
    if (!visits) {
        if (from_small)
            remember(eviction, entry->hash);
        return entry;
    }
    atomic_store_explicit(&entry->visits, from_small ? 0 : (uint8_t)(visits - 1), memory_order_relaxed);
    link_newest(eviction, entry, QUEUE_MAIN);
    return NULL;
}

struct t87s__entry *t87s__eviction_victim(struct t87s__eviction *eviction, struct t87s__tag_tree *tree,
                                          int64_t now_ms) {
    struct t87s__entry *victim = NULL;
    pthread_mutex_lock(&eviction->lock);
    while (!victim && (eviction->queues[QUEUE_SMALL].oldest || eviction->queues[QUEUE_MAIN].oldest))
        victim = step(eviction, tree, now_ms);
    pthread_mutex_unlock(&eviction->lock);
    return victim;
}
