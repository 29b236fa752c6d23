/* SPDX-License-Identifier: MIT */
#include "retired.h"

#include <limits.h>

#include "clock.h"
#include "read_section.h"
#include "wait.h"

struct list {
    struct t87s__entry *entries;
    struct t87s__retired_block *blocks;
};

struct t87s__retired {
    struct t87s__memory *memory; /* immutable after open */
    struct t87s__tag_tree *tree;
    _Atomic(size_t) bytes; /* relaxed: how much decides when to run a round */
    pthread_mutex_t lock;
    /* under the lock */
    struct list young, waiting, ripe;
    bool running; /* a round */
    pthread_cond_t ended;
    _Atomic(bool) any_ripe; /* relaxed: spares most callers of reap the lock */
};

struct t87s__retired *t87s__retired_open(struct t87s__memory *memory, struct t87s__tag_tree *tree) {
    struct t87s__retired *retired = t87s__memory_take_zeroed(memory, MEMORY_OTHER, sizeof *retired);
    if (!retired)
        return NULL;
    if (!t87s__wait_init(&retired->ended)) {
        t87s__memory_give(memory, MEMORY_OTHER, retired, sizeof *retired);
        return NULL;
    }
    retired->memory = memory;
    retired->tree = tree;
    pthread_mutex_init(&retired->lock, NULL);
    return retired;
}

static void give_back(struct t87s__retired *retired, struct t87s__entry *entry) {
    const size_t cost = t87s__entry_cost(entry);
    t87s__entry_unref_tags(entry, retired->tree);
    /* Nobody can take a reference any more but who holds one. Acquire: pairs with the release of the others. */
    const bool held = atomic_load_explicit(&entry->state, memory_order_acquire) >= 2 * ENTRY_REFERENCE;
    if (held)
        atomic_fetch_or_explicit(&entry->state, ENTRY_SURVIVOR, memory_order_relaxed); /* before our unref */
    t87s__memory_move(retired->memory, MEMORY_RETIRED, held ? MEMORY_PINNED : MEMORY_ENTRIES, cost);
    atomic_fetch_sub_explicit(&retired->bytes, cost, memory_order_relaxed);
    t87s__entry_unref(entry, retired->memory);
}

static void give_back_all(struct t87s__retired *retired, struct list list) {
    for (struct t87s__entry *entry = list.entries, *next; entry; entry = next) {
        next = t87s__retired_next(entry);
        give_back(retired, entry);
    }
    for (struct t87s__retired_block *block = list.blocks, *next; block; block = next) {
        next = block->next;
        atomic_fetch_sub_explicit(&retired->bytes, t87s__memory_cost(block->size), memory_order_relaxed);
        t87s__memory_give(retired->memory, MEMORY_RETIRED, block->block, block->size);
    }
}

static struct list take(struct list *list) {
    struct list all = *list;
    *list = (struct list){NULL, NULL};
    return all;
}

void t87s__retired_drain(struct t87s__retired *retired) {
    give_back_all(retired, take(&retired->young));
    give_back_all(retired, take(&retired->waiting));
    give_back_all(retired, take(&retired->ripe));
}

void t87s__retired_close(struct t87s__retired *retired) {
    if (!retired)
        return;
    t87s__retired_drain(retired);
    pthread_cond_destroy(&retired->ended);
    pthread_mutex_destroy(&retired->lock);
    t87s__memory_give(retired->memory, MEMORY_OTHER, retired, sizeof *retired);
}

void t87s__retired_lock_all(struct t87s__retired *retired) { pthread_mutex_lock(&retired->lock); }

void t87s__retired_unlock_all(struct t87s__retired *retired) { pthread_mutex_unlock(&retired->lock); }

void t87s__retired_after_fork(struct t87s__retired *retired) {
    t87s__wait_init(&retired->ended);
    retired->running = false;
}

void t87s__retired_add(struct t87s__retired *retired, struct t87s__entry *entry) {
    const size_t cost = t87s__entry_cost(entry);
    t87s__memory_move(retired->memory, MEMORY_ENTRIES, MEMORY_RETIRED, cost);
    atomic_fetch_add_explicit(&retired->bytes, cost, memory_order_relaxed);
    pthread_mutex_lock(&retired->lock);
    t87s__retired_link(entry, retired->young.entries);
    retired->young.entries = entry;
    pthread_mutex_unlock(&retired->lock);
}

void t87s__retired_add_block(struct t87s__retired *retired, struct t87s__retired_block *block, void *start,
                             size_t size) {
    block->block = start;
    block->size = size;
    t87s__memory_move(retired->memory, MEMORY_TABLE, MEMORY_RETIRED, t87s__memory_cost(size));
    atomic_fetch_add_explicit(&retired->bytes, t87s__memory_cost(size), memory_order_relaxed);
    pthread_mutex_lock(&retired->lock);
    block->next = retired->young.blocks;
    retired->young.blocks = block;
    pthread_mutex_unlock(&retired->lock);
}

bool t87s__retired_round(struct t87s__retired *retired) {
    pthread_mutex_lock(&retired->lock);
    const bool mine = !retired->running;
    if (mine) {
        retired->running = true;
        retired->waiting = take(&retired->young);
    }
    pthread_mutex_unlock(&retired->lock);
    if (!mine)
        return false;
    t87s__read_wait();
    pthread_mutex_lock(&retired->lock);
    struct list before = take(&retired->ripe);
    retired->ripe = take(&retired->waiting);
    atomic_store_explicit(&retired->any_ripe, true, memory_order_relaxed);
    retired->running = false;
    pthread_cond_broadcast(&retired->ended);
    pthread_mutex_unlock(&retired->lock);
    give_back_all(retired, before); /* nobody came to reap them */
    return true;
}

void t87s__retired_relieve(struct t87s__retired *retired) {
    enum { PATIENCE_MS = 100 };
    if (!t87s__retired_round(retired)) {
        const int64_t until = t87s__clock_now(&t87s__clock_monotonic) + PATIENCE_MS;
        pthread_mutex_lock(&retired->lock);
        if (retired->running)
            t87s__wait_until(&retired->ended, &retired->lock, &t87s__clock_monotonic, until);
        pthread_mutex_unlock(&retired->lock);
    }
    t87s__retired_reap(retired, UINT_MAX);
}

void t87s__retired_reap(struct t87s__retired *retired, unsigned n) {
    struct list few = {NULL, NULL};
    if (!atomic_load_explicit(&retired->any_ripe, memory_order_relaxed))
        return;
    pthread_mutex_lock(&retired->lock);
    few.blocks = retired->ripe.blocks;
    retired->ripe.blocks = NULL;
    for (; n && retired->ripe.entries; n--) {
        struct t87s__entry *entry = retired->ripe.entries;
        retired->ripe.entries = t87s__retired_next(entry);
        t87s__retired_link(entry, few.entries);
        few.entries = entry;
    }
    if (!retired->ripe.entries)
        atomic_store_explicit(&retired->any_ripe, false, memory_order_relaxed);
    pthread_mutex_unlock(&retired->lock);
    give_back_all(retired, few);
}

size_t t87s__retired_bytes(const struct t87s__retired *retired) {
    return atomic_load_explicit(&retired->bytes, memory_order_relaxed);
}
