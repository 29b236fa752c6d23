/* SPDX-License-Identifier: MIT */
#include "eviction.h"

#include <pthread.h>

#include "read_section.h"
#include "retired.h"
#include "turn_queue.h"

enum { SMALL_PERCENT = 10, LEAST_GHOST_BITS = 6, MOST_GHOST_BITS = 20, BYTES_PER_GHOST = 1024 };
/* How many turns ahead a cell, and then its entry, are brought near. */
enum { CELL_AHEAD = 16, ENTRY_AHEAD = 6 };
/* So many turns are taken under one lock, and judged one after the other. */
enum { MOST_TURNS = 8 };
enum { FEW_TURNS = 1024, TIDIED_PER_TURN = 4 };

struct t87s__eviction {
    struct t87s__memory *memory; /* immutable after open */
    struct t87s__entry_table *table;
    unsigned ghost_bits;
    pthread_mutex_t lock;
    /* By hash; the cells are advice only, so relaxed. Made with the first eviction, under the lock; NULL before. */
    _Atomic(_Atomic(uint32_t) *) ghosts;
    struct t87s__turn_queue queues[2]; /* under the lock; by enum t87s__queue */
    /* By enum t87s__queue: places that are reserved there and nobody has a turn for yet. Atomic, relaxed: whoever
     * counts one down may add a turn, under the lock. */
    _Atomic(uint32_t) spare[2];
};

static size_t ghosts_size(const struct t87s__eviction *eviction) {
    return sizeof(_Atomic(uint32_t)) << eviction->ghost_bits;
}

struct t87s__eviction *t87s__eviction_open(struct t87s__memory *memory, struct t87s__entry_table *table,
                                           size_t capacity_bytes) {
    struct t87s__eviction *eviction = t87s__memory_take_zeroed(memory, MEMORY_OTHER, sizeof *eviction);
    if (!eviction)
        return NULL;
    eviction->memory = memory;
    eviction->table = table;
    /* Of what is left for entries: a small cache needs much for other things. To remember too many is as bad for it as
     * to remember too few. */
    const size_t used = t87s__memory_used(memory), left = capacity_bytes > used ? capacity_bytes - used : 0;
    eviction->ghost_bits = LEAST_GHOST_BITS;
    while (eviction->ghost_bits < MOST_GHOST_BITS && ((size_t)BYTES_PER_GHOST << eviction->ghost_bits) < left)
        eviction->ghost_bits++;
    pthread_mutex_init(&eviction->lock, NULL);
    return eviction;
}

void t87s__eviction_close(struct t87s__eviction *eviction) {
    if (!eviction)
        return;
    pthread_mutex_destroy(&eviction->lock);
    for (int i = 0; i < 2; i++)
        t87s__turn_queue_close(&eviction->queues[i], eviction->memory);
    t87s__memory_give(eviction->memory, MEMORY_TABLE, atomic_load(&eviction->ghosts), ghosts_size(eviction));
    t87s__memory_give(eviction->memory, MEMORY_OTHER, eviction, sizeof *eviction);
}

void t87s__eviction_lock_all(struct t87s__eviction *eviction) { pthread_mutex_lock(&eviction->lock); }

void t87s__eviction_unlock_all(struct t87s__eviction *eviction) { pthread_mutex_unlock(&eviction->lock); }

/* ---- ghosts ---- */

struct ghost {
    size_t at;
    uint32_t fingerprint; /* never 0, which is "none" */
};

static struct ghost ghost_of(const struct t87s__eviction *eviction, uint32_t upper, uint16_t tag) {
    const uint64_t mixed = t87s__hash_parts(upper, tag) * UINT64_C(0x9e3779b97f4a7c15);
    return (struct ghost){(size_t)(mixed >> (64 - eviction->ghost_bits)), (uint32_t)(mixed >> 8) | 1};
}

bool t87s__eviction_remembers(struct t87s__eviction *eviction, uint64_t hash) {
    /* Acquire: pairs with the release in remember(), so the cells are seen zeroed. */
    _Atomic(uint32_t) *ghosts = atomic_load_explicit(&eviction->ghosts, memory_order_acquire);
    if (!ghosts)
        return false;
    const struct ghost ghost = ghost_of(eviction, t87s__hash_upper(hash), t87s__hash_tag(hash));
    return atomic_load_explicit(&ghosts[ghost.at], memory_order_relaxed) == ghost.fingerprint;
}

static void prefetch_ghost(const struct t87s__eviction *eviction, uint32_t upper, uint16_t tag) {
    _Atomic(uint32_t) *ghosts = atomic_load_explicit(&eviction->ghosts, memory_order_relaxed); /* not followed */
    if (ghosts)
        __builtin_prefetch(&ghosts[ghost_of(eviction, upper, tag).at], 1);
}

void t87s__eviction_prefetch(struct t87s__eviction *eviction, uint64_t hash) {
    prefetch_ghost(eviction, t87s__hash_upper(hash), t87s__hash_tag(hash));
}

static _Atomic(uint32_t) *make_ghosts(const struct t87s__eviction *eviction) {
    const size_t size = ghosts_size(eviction);
    void *ghosts = t87s__memory_take(eviction->memory, MEMORY_TABLE, size);
    if (!ghosts)
        return NULL;
    t87s__memory_advise_huge(eviction->memory, ghosts, size);
    return memset(ghosts, 0, size);
}

static void remember(struct t87s__eviction *eviction, struct t87s__turn_of turn) {
    _Atomic(uint32_t) *ghosts = atomic_load_explicit(&eviction->ghosts, memory_order_acquire);
    if (!ghosts) {
        pthread_mutex_lock(&eviction->lock);
        ghosts = atomic_load_explicit(&eviction->ghosts, memory_order_relaxed);
        if (!ghosts) {
            ghosts = make_ghosts(eviction);
            atomic_store_explicit(&eviction->ghosts, ghosts, memory_order_release);
        }
        pthread_mutex_unlock(&eviction->lock);
        if (!ghosts)
            return; /* then nobody is remembered */
    }
    const struct ghost ghost = ghost_of(eviction, turn.upper, turn.tag);
    atomic_store_explicit(&ghosts[ghost.at], ghost.fingerprint, memory_order_relaxed);
}

/* ---- queues ---- */

/* Up to n places; returns how many. */
static uint32_t take_spare(struct t87s__eviction *eviction, enum t87s__queue queue, uint32_t n) {
    uint32_t spare = atomic_load_explicit(&eviction->spare[queue], memory_order_relaxed), taken;
    do
        taken = spare < n ? spare : n;
    while (taken && !atomic_compare_exchange_weak_explicit(&eviction->spare[queue], &spare, spare - taken,
                                                           memory_order_relaxed, memory_order_relaxed));
    return taken;
}

static void give_spare(struct t87s__eviction *eviction, enum t87s__queue queue, uint32_t n) {
    atomic_fetch_add_explicit(&eviction->spare[queue], n, memory_order_relaxed);
}

bool t87s__eviction_reserve(struct t87s__eviction *eviction, uint64_t hash, enum t87s__queue *queue) {
    *queue = t87s__eviction_remembers(eviction, hash) ? QUEUE_MAIN : QUEUE_SMALL;
    if (take_spare(eviction, *queue, 1))
        return true;
    pthread_mutex_lock(&eviction->lock);
    const bool ok = t87s__turn_queue_reserve(&eviction->queues[*queue], eviction->memory);
    pthread_mutex_unlock(&eviction->lock);
    return ok;
}

static bool overfull(const struct t87s__eviction *eviction, const struct t87s__turn_queue *queue) {
    return queue->n > 2 * t87s__entry_table_count(eviction->table) + FEW_TURNS;
}

/* Turns of keys that left and came again pile up where nobody is evicted: then a few are looked at for each that is
 * added, and those that find nobody are dropped. The others go to the end: some order is lost where none is needed yet.
 */
static void tidy(struct t87s__eviction *eviction, enum t87s__queue which) {
    struct t87s__turn_queue *queue = &eviction->queues[which];
    for (int i = 0; i < TIDIED_PER_TURN; i++) {
        struct t87s__turn_of turn;
        pthread_mutex_lock(&eviction->lock);
        const bool any = overfull(eviction, queue) && t87s__turn_queue_reserve(queue, eviction->memory) &&
                         t87s__turn_queue_take(queue, eviction->memory, &turn);
        pthread_mutex_unlock(&eviction->lock);
        if (!any)
            return;
        const bool awaits = t87s__entry_table_awaits(eviction->table, turn.upper, turn.tag, which);
        pthread_mutex_lock(&eviction->lock);
        if (awaits)
            t87s__turn_queue_add(queue, turn);
        else
            t87s__turn_queue_unreserve(queue);
        pthread_mutex_unlock(&eviction->lock);
    }
}

void t87s__eviction_settle(struct t87s__eviction *eviction, uint64_t hash, enum t87s__queue which,
                           const struct t87s__entry *came) {
    struct t87s__turn_queue *queue = &eviction->queues[which];
    if (!came) {
        give_spare(eviction, which, 1);
        return;
    }
    pthread_mutex_lock(&eviction->lock);
    t87s__turn_queue_add(queue, (struct t87s__turn_of){t87s__hash_upper(hash), t87s__turn_tag(came, hash)});
    /* A place for the next one, who then need not lock. */
    if (!atomic_load_explicit(&eviction->spare[which], memory_order_relaxed) &&
        t87s__turn_queue_reserve(queue, eviction->memory))
        give_spare(eviction, which, 1);
    const bool many = overfull(eviction, queue);
    pthread_mutex_unlock(&eviction->lock);
    if (many)
        tidy(eviction, which);
}

/* Turns that were taken together, and later ones of their queue. */
struct turns {
    enum t87s__queue queue;
    uint32_t n, n_cells, n_entries;
    uint32_t places; /* in the main queue, ours */
    struct t87s__turn_of turns[MOST_TURNS], cells[MOST_TURNS], entries[MOST_TURNS];
};

/* How many turns bring about so many bytes, at least 1, if all of them go. */
static uint32_t turns_for(const struct t87s__eviction *eviction, size_t bytes, size_t queued_bytes) {
    const size_t each = queued_bytes / (t87s__entry_table_count(eviction->table) + 1) + 1;
    return bytes / each >= MOST_TURNS ? MOST_TURNS : (uint32_t)((bytes - 1) / each + 1);
}

static uint32_t peek(const struct t87s__turn_queue *queue, uint32_t ahead, uint32_t n, struct t87s__turn_of *turns) {
    uint32_t seen = 0;
    while (seen < n && t87s__turn_queue_peek(queue, ahead + seen, &turns[seen]))
        seen++;
    return seen;
}

/* Whose turn is next; none: n is 0. */
static void take_turns(struct t87s__eviction *eviction, size_t bytes, struct turns *turns) {
    const size_t small_bytes = t87s__entry_table_queue_bytes(eviction->table, QUEUE_SMALL),
                 main_bytes = t87s__entry_table_queue_bytes(eviction->table, QUEUE_MAIN);
    const uint32_t most = turns_for(eviction, bytes, small_bytes + main_bytes);
    turns->n = turns->places = 0;
    pthread_mutex_lock(&eviction->lock);
    struct t87s__turn_queue *small = &eviction->queues[QUEUE_SMALL], *main_queue = &eviction->queues[QUEUE_MAIN];
    /* Its share of what the entries take, not of the capacity, of which a small cache needs much for other things. */
    turns->queue = small->n && (small_bytes / SMALL_PERCENT > (small_bytes + main_bytes) / 100 || !main_queue->n)
                       ? QUEUE_SMALL
                       : QUEUE_MAIN;
    struct t87s__turn_queue *queue = &eviction->queues[turns->queue];
    while (turns->n < most && t87s__turn_queue_take(queue, eviction->memory, &turns->turns[turns->n]))
        turns->n++;
    turns->n_cells = peek(queue, CELL_AHEAD, turns->n, turns->cells);
    turns->n_entries = peek(queue, ENTRY_AHEAD, turns->n, turns->entries);
    turns->places = take_spare(eviction, QUEUE_MAIN, turns->n);
    while (turns->places < turns->n && t87s__turn_queue_reserve(main_queue, eviction->memory))
        turns->places++;
    pthread_mutex_unlock(&eviction->lock);
}

static void look_ahead(struct t87s__eviction *eviction, const struct turns *turns) {
    t87s__read_begin();
    for (uint32_t i = 0; i < turns->n_entries; i++)
        t87s__entry_table_prefetch(eviction->table, turns->entries[i].upper, turns->entries[i].tag, NEAR_ENTRY);
    for (uint32_t i = 0; i < turns->n_cells; i++)
        t87s__entry_table_prefetch(eviction->table, turns->cells[i].upper, turns->cells[i].tag, NEAR_CELL);
    t87s__read_end();
    for (uint32_t i = 0; i < turns->n_entries && turns->queue == QUEUE_SMALL; i++)
        prefetch_ghost(eviction, turns->entries[i].upper, turns->entries[i].tag);
}

/* The first n of the turns, in the main queue; the other places there are free again. */
static void add_again(struct t87s__eviction *eviction, const struct turns *turns, uint32_t n) {
    if (n) {
        pthread_mutex_lock(&eviction->lock);
        for (uint32_t i = 0; i < n; i++)
            t87s__turn_queue_add(&eviction->queues[QUEUE_MAIN], turns->turns[i]);
        pthread_mutex_unlock(&eviction->lock);
    }
    if (n < turns->places)
        give_spare(eviction, QUEUE_MAIN, turns->places - n);
}

struct t87s__entry *t87s__eviction_victims(struct t87s__eviction *eviction, size_t bytes, int64_t now_ms) {
    struct t87s__entry *list = NULL;
    for (size_t found = 0; found < bytes;) {
        struct turns turns;
        take_turns(eviction, bytes - found, &turns);
        if (!turns.n)
            break;
        look_ahead(eviction, &turns);
        uint32_t again = 0;
        for (uint32_t i = 0; i < turns.n; i++) {
            const struct t87s__turn_of of = turns.turns[i];
            struct t87s__entry *entry = NULL;
            const enum t87s__turn turn = t87s__entry_table_turn(eviction->table, of.upper, of.tag, turns.queue, now_ms,
                                                                again < turns.places, &entry);
            if (turn == TURN_AGAIN)
                turns.turns[again++] = of;
            if (turn == TURN_OUT && turns.queue == QUEUE_SMALL)
                remember(eviction, of); /* what is gone was not the capacity's to take */
            if (!entry)
                continue;
            found += t87s__entry_cost(entry);
            t87s__retired_link(entry, list);
            list = entry;
        }
        add_again(eviction, &turns, again);
    }
    return list;
}
