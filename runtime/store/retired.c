/* SPDX-License-Identifier: MIT */
#include "retired.h"

#include <limits.h>

#include "clock.h"
#include "mutants.h"
#include "read_section.h"
#include "wait.h"
#include "yield.h"

struct list {
    struct t87s__entry *entries;
    struct t87s__retired_block *blocks;
};

struct t87s__retired {
    struct t87s__memory *memory; /* immutable after open */
    struct t87s__tag_tree *tree;
    _Atomic(struct t87s__entry *) young; /* only ever added to, or taken as a whole */
    pthread_mutex_t lock;
    /* under the lock */
    struct t87s__retired_block *young_blocks;
    struct list waiting; /* of the round alone while one runs */
    bool running;        /* a round */
    pthread_cond_t ended;
    pthread_mutex_t ripe_lock;
    struct list ripe;       /* under ripe_lock */
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
    pthread_mutex_init(&retired->ripe_lock, NULL);
    return retired;
}

/* Returns what is not counted as retired any more and still has to be taken off. */
static size_t give_back(struct t87s__retired *retired, struct t87s__entry *entry) {
    if (!T87S__MUTANT(TAGS_LET_GO_EARLY))
        t87s__entry_unref_tags(entry, retired->tree);
    /* Nobody can take a reference any more but who holds one. Acquire: pairs with the release of the others. */
    if (atomic_load_explicit(&entry->state, memory_order_acquire) < 2 * ENTRY_REFERENCE)
        return t87s__entry_end(entry, retired->memory);
    t87s__entry_survive(entry, retired->memory, MEMORY_RETIRED);
    t87s__entry_unref(entry, retired->memory);
    return 0;
}

/* Gives back the first n of a list; returns the rest. All of it is far from the processor: while one goes, the nodes of
 * the next ones' tags, and what leads to these, are on their way. */
static struct t87s__entry *give_back_some(struct t87s__retired *retired, struct t87s__entry *list, unsigned n) {
    enum { WINDOW = 4, COUNTED_LATE = 1 << 10 };
    struct t87s__entry *window[WINDOW] = {NULL};
    size_t given = 0; /* and still counted */
    for (unsigned i = 0, last = UINT_MAX; i != last; i++) {
        struct t87s__entry *entry = n ? list : NULL;
        if (entry) {
            n--;
            list = t87s__retired_next(entry);
            __builtin_prefetch(list, 1);
            t87s__entry_near_tags(entry, retired->tree, NEAR_NODE);
        } else if (last == UINT_MAX) {
            last = i + WINDOW - 1;
        }
        window[i % WINDOW] = entry;
        if (window[(i + WINDOW - 1) % WINDOW])
            t87s__entry_near_tags(window[(i + WINDOW - 1) % WINDOW], retired->tree, NEAR_PLACE);
        if (window[(i + 1) % WINDOW])
            given += give_back(retired, window[(i + 1) % WINDOW]);
        window[(i + 1) % WINDOW] = NULL;
        if (given < COUNTED_LATE)
            continue;
        t87s__memory_count_given(retired->memory, MEMORY_RETIRED, given);
        given = 0;
    }
    if (given)
        t87s__memory_count_given(retired->memory, MEMORY_RETIRED, given);
    return list;
}

static void give_back_all(struct t87s__retired *retired, struct list list) {
    while (list.entries)
        list.entries = give_back_some(retired, list.entries, INT_MAX);
    for (struct t87s__retired_block *block = list.blocks, *next; block; block = next) {
        next = block->next;
        t87s__memory_give(retired->memory, MEMORY_RETIRED, block->block, block->size);
    }
}

static struct list take(struct list *list) {
    struct list all = *list;
    *list = (struct list){NULL, NULL};
    return all;
}

/* The lock is held. Acquire: pairs with the release in add(). */
static struct list take_young(struct t87s__retired *retired) {
    const struct list young = {atomic_exchange_explicit(&retired->young, NULL, memory_order_acquire),
                               retired->young_blocks};
    retired->young_blocks = NULL;
    return young;
}

void t87s__retired_drain(struct t87s__retired *retired) {
    give_back_all(retired, take_young(retired));
    give_back_all(retired, take(&retired->waiting));
    give_back_all(retired, take(&retired->ripe));
}

void t87s__retired_close(struct t87s__retired *retired) {
    if (!retired)
        return;
    t87s__retired_drain(retired);
    pthread_cond_destroy(&retired->ended);
    pthread_mutex_destroy(&retired->ripe_lock);
    pthread_mutex_destroy(&retired->lock);
    t87s__memory_give(retired->memory, MEMORY_OTHER, retired, sizeof *retired);
}

void t87s__retired_lock_all(struct t87s__retired *retired) {
    pthread_mutex_lock(&retired->lock);
    pthread_mutex_lock(&retired->ripe_lock);
}

void t87s__retired_unlock_all(struct t87s__retired *retired) {
    pthread_mutex_unlock(&retired->ripe_lock);
    pthread_mutex_unlock(&retired->lock);
}

void t87s__retired_after_fork(struct t87s__retired *retired) {
    t87s__wait_init(&retired->ended);
    retired->running = false;
}

size_t t87s__retired_add_all(struct t87s__retired *retired, struct t87s__entry *list) {
    struct t87s__entry *last = NULL;
    size_t n = 0, cost = 0;
    for (struct t87s__entry *entry = list; entry; entry = t87s__retired_next(entry), n++) {
        cost += t87s__entry_cost(entry);
        if (T87S__MUTANT(TAGS_LET_GO_EARLY))
            t87s__entry_unref_tags(entry, retired->tree);
        last = entry;
    }
    if (!n)
        return 0;
    t87s__memory_move(retired->memory, MEMORY_ENTRIES, MEMORY_RETIRED, cost);
    if (T87S__MUTANT(TABLE_LETS_GO_EARLY)) {
        give_back_some(retired, list, UINT_MAX);
        return n;
    }
    struct t87s__entry *first = atomic_load_explicit(&retired->young, memory_order_relaxed);
    do {
        t87s__retired_link(last, first); /* release: pairs with the acquire in take_young() */
        T87S__YIELD("retired: linked, not in the list");
    } while (!atomic_compare_exchange_weak_explicit(&retired->young, &first, list, memory_order_release,
                                                    memory_order_relaxed));
    return n;
}

void t87s__retired_add(struct t87s__retired *retired, struct t87s__entry *entry) {
    t87s__retired_link(entry, NULL);
    t87s__retired_add_all(retired, entry);
}

void t87s__retired_add_block(struct t87s__retired *retired, struct t87s__retired_block *block, void *start,
                             size_t size) {
    block->block = start;
    block->size = size;
    t87s__memory_move(retired->memory, MEMORY_TABLE, MEMORY_RETIRED, t87s__memory_cost(size));
    pthread_mutex_lock(&retired->lock);
    block->next = retired->young_blocks;
    retired->young_blocks = block;
    pthread_mutex_unlock(&retired->lock);
}

bool t87s__retired_round(struct t87s__retired *retired) {
    pthread_mutex_lock(&retired->lock);
    const bool mine = !retired->running;
    if (mine) {
        retired->running = true;
        if (!T87S__MUTANT(YOUNG_RIPENS))
            retired->waiting = take_young(retired);
    }
    pthread_mutex_unlock(&retired->lock);
    if (!mine)
        return false;
    T87S__YIELD("retired: taken, readers not waited for");
    if (!T87S__MUTANT(NO_GRACE_PERIOD))
        t87s__read_wait();
    T87S__YIELD("retired: readers waited for");
    pthread_mutex_lock(&retired->lock);
    if (T87S__MUTANT(YOUNG_RIPENS))
        retired->waiting = take_young(retired);
    pthread_mutex_lock(&retired->ripe_lock);
    struct list before = take(&retired->ripe);
    retired->ripe = take(&retired->waiting);
    atomic_store_explicit(&retired->any_ripe, true, memory_order_relaxed);
    pthread_mutex_unlock(&retired->ripe_lock);
    pthread_mutex_unlock(&retired->lock);
    give_back_all(retired, before); /* nobody came to reap them */
    pthread_mutex_lock(&retired->lock);
    retired->running = false; /* not before: who waits for the memory waits for that, too */
    pthread_cond_broadcast(&retired->ended);
    pthread_mutex_unlock(&retired->lock);
    return true;
}

/* ripe_lock is held, and given up. */
static void reap(struct t87s__retired *retired, unsigned n) {
    const struct list blocks = {NULL, retired->ripe.blocks};
    retired->ripe.blocks = NULL;
    retired->ripe.entries = give_back_some(retired, retired->ripe.entries, n);
    if (!retired->ripe.entries)
        atomic_store_explicit(&retired->any_ripe, false, memory_order_relaxed);
    pthread_mutex_unlock(&retired->ripe_lock);
    give_back_all(retired, blocks);
}

void t87s__retired_reap(struct t87s__retired *retired, unsigned n) {
    if (atomic_load_explicit(&retired->any_ripe, memory_order_relaxed) && !pthread_mutex_trylock(&retired->ripe_lock))
        reap(retired, n);
}

static void await_end(struct t87s__retired *retired) {
    enum { PATIENCE_MS = 100 };
    const int64_t until = t87s__clock_now(&t87s__clock_monotonic) + PATIENCE_MS;
    pthread_mutex_lock(&retired->lock);
    if (retired->running)
        t87s__wait_until(&retired->ended, &retired->lock, &t87s__clock_monotonic, until);
    pthread_mutex_unlock(&retired->lock);
}

void t87s__retired_relieve(struct t87s__retired *retired) {
    /* A round that runs may have begun before the last was retired; one that begins after its end has not. */
    for (int i = 0; i < 2 && !t87s__retired_round(retired); i++)
        await_end(retired);
    pthread_mutex_lock(&retired->ripe_lock);
    reap(retired, INT_MAX);
}

size_t t87s__retired_bytes(const struct t87s__retired *retired) {
    return t87s__memory_of(retired->memory, MEMORY_RETIRED);
}
