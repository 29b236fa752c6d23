/* SPDX-License-Identifier: MIT
 *
 * What the files of the table share, and nobody else: cells, and what is counted when an entry comes or goes. The lock
 * of the shard is held.
 *
 *     entry_table.c   look, put, remove
 *     table_growth.c  generations, and the way from one to the next
 *     table_turns.c   turns and sweeps: entries that are looked at because their time has come
 */
#ifndef T87S_STORE_TABLE_INSIDE_H
#define T87S_STORE_TABLE_INSIDE_H

#include "entry_table.h"
#include "mutants.h"
#include "yield.h"

enum { FIRST_SHARD_CELLS = 4, SMALL_SHARD_CELLS = 64, MIDDLE_SHARD_CELLS = 2048, MOST_SHARD_CELLS = 1 << 22 };

static inline struct t87s__table_shard *t87s__table_lock(struct t87s__entry_table *table, uint64_t hash) {
    struct t87s__table_shard *shard = &table->shards[t87s__cell_shard(hash)];
    pthread_mutex_lock(&shard->lock);
    return shard;
}

/* Only writers of the shard change its cells, and we are the one: relaxed. */
static inline uint64_t t87s__cell_at(const struct t87s__generation *generation, uint32_t at) {
    return atomic_load_explicit(&generation->cells[at], memory_order_relaxed);
}

/* Release: pairs with the acquire in t87s__entry_table_read(). */
static inline void t87s__cell_set(struct t87s__generation *generation, uint32_t at, uint64_t cell) {
    atomic_store_explicit(&generation->cells[at], cell, memory_order_release);
}

/* Where the cells of a shard end. */
static inline uint32_t t87s__cells_end(const struct t87s__generation *generation, unsigned shard) {
    return (shard + 1) * generation->shard_cells;
}

/* The cell after this one in its shard, whose cells end there. */
static inline uint32_t t87s__cell_after(const struct t87s__generation *generation, uint32_t at, uint32_t end) {
    return at + 1 < end ? at + 1 : end - generation->shard_cells;
}

/* Around a change of cells. The first store comes before those to the cells, which are releases; the second one, a
 * release as well, after them. */
static inline void t87s__cells_change(struct t87s__table_shard *shard) {
    const uint64_t changes = atomic_load_explicit(&shard->changes, memory_order_relaxed);
    if (!T87S__MUTANT(CHANGE_TOLD_LATE))
        atomic_store_explicit(&shard->changes, changes + 1, memory_order_relaxed);
}
static inline void t87s__cells_changed(struct t87s__table_shard *shard) {
    const uint64_t changes = atomic_load_explicit(&shard->changes, memory_order_relaxed);
    atomic_store_explicit(&shard->changes, changes + (T87S__MUTANT(CHANGE_TOLD_LATE) ? 2 : 1), memory_order_release);
}

static inline unsigned t87s__cell_distance(uint64_t cell) {
    return (unsigned)(cell >> CELL_POINTER_BITS) & ((1u << CELL_DISTANCE_BITS) - 1);
}

/* Where a key stands, or would. */
struct t87s__place {
    uint32_t at;
    uint64_t cell;  /* what is there */
    uint64_t label; /* what a cell of this key holds there, without the pointer */
};

/* Walks the chain of a key from home: to its cell, or to the empty one at the end. False: the chain is too long. */
static inline bool t87s__cells_find(const struct t87s__generation *generation, const struct t87s__key *key,
                                    struct t87s__place *place) {
    const uint32_t end = t87s__cells_end(generation, t87s__cell_shard(key->hash));
    *place = (struct t87s__place){t87s__cell_home(generation, key->hash), 0, t87s__cell_label(key->hash)};
    for (int i = 0; i < LONGEST_CHAIN; i++, place->label += T87S__CELL_DISTANCE) {
        place->cell = t87s__cell_at(generation, place->at);
        if (place->cell == T87S__CELL_EMPTY)
            return true;
        if ((place->cell ^ place->label) >> CELL_POINTER_BITS == 0 &&
            t87s__entry_has_key(t87s__cell_entry(place->cell), key))
            return true;
        place->at = t87s__cell_after(generation, place->at, end);
    }
    return false;
}

/* Empties a cell and closes the gap: each later cell of the chain that may stand further ahead is copied there before
 * its own place is changed, so a reader finds it twice or, if it is between the two, not at all. The other order would
 * only make more of them miss. */
static inline void t87s__cell_empty(struct t87s__generation *generation, uint32_t at, uint32_t end) {
    uint32_t gap = at, next = at;
    for (unsigned distance = 1;; distance++) {
        next = t87s__cell_after(generation, next, end);
        const uint64_t cell = t87s__cell_at(generation, next);
        if (cell == T87S__CELL_EMPTY)
            break;
        if (t87s__cell_distance(cell) < distance)
            continue; /* its home is behind the gap */
        t87s__cell_set(generation, gap, cell - distance * T87S__CELL_DISTANCE);
        T87S__YIELD("take: a cell stands in two places");
        gap = next;
        distance = 0;
    }
    t87s__cell_set(generation, gap, T87S__CELL_EMPTY);
}

static inline void t87s__table_count_in(struct t87s__entry_table *table, struct t87s__entry *entry, uint32_t state) {
    atomic_fetch_add_explicit(&table->queue_bytes[state & ENTRY_MAIN ? QUEUE_MAIN : QUEUE_SMALL],
                              t87s__entry_cost(entry), memory_order_relaxed);
}

/* Returns what the state was. Release: pairs with the acquire in t87s__entry_listed(). */
static inline uint32_t t87s__table_unlist(struct t87s__entry_table *table, struct t87s__entry *entry) {
    const uint32_t state =
        atomic_fetch_and_explicit(&entry->state, ~(uint32_t)(ENTRY_LISTED | ENTRY_MAIN), memory_order_release);
    if (!T87S__MUTANT(EVICTED_COUNTS))
        atomic_fetch_sub_explicit(&table->queue_bytes[state & ENTRY_MAIN ? QUEUE_MAIN : QUEUE_SMALL],
                                  t87s__entry_cost(entry), memory_order_relaxed);
    return state;
}

static inline void t87s__table_count_out(struct t87s__entry_table *table, struct t87s__table_shard *shard) {
    shard->n_entries--;
    atomic_fetch_sub_explicit(&table->n_entries, 1, memory_order_relaxed);
}

/* What is in a place leaves the table. */
static inline struct t87s__entry *t87s__table_take(struct t87s__entry_table *table, struct t87s__table_shard *shard,
                                                   uint32_t at) {
    struct t87s__entry *entry = t87s__cell_entry(t87s__cell_at(shard->generation, at));
    t87s__table_unlist(table, entry);
    t87s__cells_change(shard);
    t87s__cell_empty(shard->generation, at, t87s__cells_end(shard->generation, (unsigned)(shard - table->shards)));
    t87s__cells_changed(shard);
    t87s__table_count_out(table, shard);
    return entry;
}

/* ---- table_growth.c ---- */

struct t87s__generation *t87s__generation_make(struct t87s__memory *memory, uint32_t shard_cells);
/* NULL is allowed. */
void t87s__generation_give(struct t87s__memory *memory, struct t87s__generation *generation);
/* No shard's lock is held: begins to grow if all shards are in `from`. False: no memory. */
bool t87s__table_grow(struct t87s__entry_table *table, const struct t87s__generation *from);
/* Likewise: moves this shard of a table that grows, or, if that is done, the next one. */
void t87s__table_move_on(struct t87s__entry_table *table, unsigned which);

#endif
