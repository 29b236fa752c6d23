/* SPDX-License-Identifier: MIT */
#include "table_inside.h"

struct t87s__entry_table *t87s__entry_table_open(struct t87s__memory *memory, struct t87s__tag_tree *tree,
                                                 struct t87s__retired *retired, uint64_t seed) {
    struct t87s__entry_table *table = t87s__memory_take_lines(memory, MEMORY_TABLE, sizeof *table);
    if (!table)
        return NULL;
    struct t87s__generation *first = t87s__generation_make(memory, FIRST_SHARD_CELLS);
    if (!first) {
        t87s__memory_give_lines(memory, MEMORY_TABLE, table, sizeof *table);
        return NULL;
    }
    table->memory = memory;
    table->tree = tree;
    table->retired = retired;
    table->seed = seed;
    atomic_init(&table->generation, first);
    pthread_mutex_init(&table->grow_lock, NULL);
    for (int i = 0; i < TABLE_SHARDS; i++) {
        pthread_mutex_init(&table->shards[i].lock, NULL);
        table->shards[i].generation = first;
    }
    return table;
}

void t87s__entry_table_close(struct t87s__entry_table *table) {
    if (!table)
        return;
    for (int i = 0; i < TABLE_SHARDS; i++)
        pthread_mutex_destroy(&table->shards[i].lock);
    pthread_mutex_destroy(&table->grow_lock);
    struct t87s__generation *generation = atomic_load_explicit(&table->generation, memory_order_relaxed);
    t87s__generation_give(table->memory, atomic_load_explicit(&generation->next, memory_order_relaxed));
    t87s__generation_give(table->memory, generation);
    t87s__memory_give_lines(table->memory, MEMORY_TABLE, table, sizeof *table);
}

void t87s__entry_table_lock_all(struct t87s__entry_table *table) {
    pthread_mutex_lock(&table->grow_lock);
    for (int i = 0; i < TABLE_SHARDS; i++)
        pthread_mutex_lock(&table->shards[i].lock);
}

void t87s__entry_table_unlock_all(struct t87s__entry_table *table) {
    for (int i = TABLE_SHARDS; i-- > 0;)
        pthread_mutex_unlock(&table->shards[i].lock);
    pthread_mutex_unlock(&table->grow_lock);
}

/* Three quarters full, or half, where that costs little: then most keys are found at home. A small shard up to one cell
 * that stays empty, or searches would not end. */
static bool crowded(const struct t87s__generation *generation, uint32_t n_entries) {
    const uint32_t cells = generation->shard_cells;
    const uint32_t most = cells <= SMALL_SHARD_CELLS    ? cells
                          : cells <= MIDDLE_SHARD_CELLS ? cells / 2
                                                        : cells - cells / 4;
    return n_entries + 1 >= most;
}

struct t87s__entry *t87s__entry_table_look(struct t87s__entry_table *table, const struct t87s__key *key) {
    struct t87s__table_shard *shard = t87s__table_lock(table, key->hash);
    struct t87s__place place;
    struct t87s__entry *entry = NULL;
    if (t87s__cells_find(shard->generation, key, &place) && place.cell != T87S__CELL_EMPTY) {
        entry = t87s__cell_entry(place.cell);
        t87s__entry_ref(entry);
    }
    pthread_mutex_unlock(&shard->lock);
    return entry;
}

enum attempt { ATTEMPT_DONE, ATTEMPT_GROW, ATTEMPT_HOPELESS };

/* The lock is held. */
static enum attempt try_put(struct t87s__entry_table *table, struct t87s__table_shard *shard, struct t87s__entry *entry,
                            const struct t87s__key *key, enum t87s__queue queue, enum t87s__put *put,
                            struct t87s__entry **displaced) {
    struct t87s__place place;
    if (!t87s__cells_find(shard->generation, key, &place)) /* where there is room enough, it is one of equal hashes */
        return shard->n_entries < shard->generation->shard_cells / 2 ? ATTEMPT_HOPELESS : ATTEMPT_GROW;
    struct t87s__entry *old = place.cell != T87S__CELL_EMPTY ? t87s__cell_entry(place.cell) : NULL;
    if (old && t87s__entry_birth(old) > t87s__entry_birth(entry) && !T87S__MUTANT(SUPERSEDED_INSTALLED) &&
        !T87S__MUTANT(OLDER_DISPLACES)) {
        *put = PUT_OUTDATED;
        return ATTEMPT_DONE;
    }
    if (!old && crowded(shard->generation, shard->n_entries))
        return ATTEMPT_GROW;
    uint32_t state = ENTRY_LISTED;
    if (old) {
        state |= t87s__table_unlist(table, old) & (ENTRY_MAIN | ENTRY_LIFE); /* takes its turn, too */
        *displaced = old;
    } else {
        state |= queue == QUEUE_MAIN ? ENTRY_MAIN : 0;
        state |= (uint32_t)(t87s__entry_birth(entry) << ENTRY_LIFE_SHIFT) & ENTRY_LIFE;
        shard->n_entries++;
        atomic_fetch_add_explicit(&table->n_entries, 1, memory_order_relaxed);
    }
    t87s__table_count_in(table, entry, state);
    /* No RMW: nobody else knows the entry yet. Released with the cell. */
    state += atomic_load_explicit(&entry->state, memory_order_relaxed) + ENTRY_REFERENCE;
    atomic_store_explicit(&entry->state, state, memory_order_relaxed);
    t87s__cells_change(shard);
    if (!old || !T87S__MUTANT(DISPLACED_STAYS))
        t87s__cell_set(shard->generation, place.at, place.label | (uintptr_t)entry >> 4);
    t87s__cells_changed(shard);
    *put = PUT_KEPT;
    return ATTEMPT_DONE;
}

enum t87s__put t87s__entry_table_put(struct t87s__entry_table *table, struct t87s__entry *entry, uint64_t hash,
                                     enum t87s__queue queue, struct t87s__key_floors *floors,
                                     struct t87s__entry **displaced) {
    /* The growth under way, the one we begin, and what others do meanwhile. */
    enum { MOST_ATTEMPTS = 3 * TABLE_SHARDS };
    const struct t87s__key key = {t87s__entry_key(entry), t87s__entry_key_size(entry), t87s__entry_generated(entry),
                                  hash};
    const unsigned which = t87s__cell_shard(hash);
    enum t87s__put put = PUT_OUTDATED;
    *displaced = NULL;
    if ((uintptr_t)entry >> (CELL_POINTER_BITS + 4) || (uintptr_t)entry & 15)
        return PUT_NO_MEMORY; /* an address that no cell can hold: five levels of pages, tagged pointers */
    for (int i = 0; i < MOST_ATTEMPTS; i++) {
        struct t87s__table_shard *shard = t87s__table_lock(table, hash);
        const struct t87s__generation *generation = shard->generation;
        enum attempt attempt = ATTEMPT_DONE;
        if (t87s__key_floor_admits(floors, hash, t87s__entry_birth(entry)) || T87S__MUTANT(FLOOR_NOT_ASKED))
            attempt = try_put(table, shard, entry, &key, queue, &put, displaced);
        pthread_mutex_unlock(&shard->lock);
        if (attempt != ATTEMPT_GROW || !t87s__table_grow(table, generation)) {
            if (atomic_load_explicit(&table->growing, memory_order_relaxed))
                t87s__table_move_on(table, which);
            return attempt == ATTEMPT_DONE ? put : PUT_NO_MEMORY;
        }
        t87s__table_move_on(table, which);
    }
    return PUT_NO_MEMORY;
}

struct t87s__entry *t87s__entry_table_remove(struct t87s__entry_table *table, const struct t87s__key *key,
                                             uint64_t before) {
    struct t87s__table_shard *shard = t87s__table_lock(table, key->hash);
    struct t87s__place place;
    struct t87s__entry *entry = NULL;
    if (t87s__cells_find(shard->generation, key, &place) && place.cell != T87S__CELL_EMPTY &&
        t87s__entry_birth(t87s__cell_entry(place.cell)) < before)
        entry = t87s__table_take(table, shard, place.at);
    pthread_mutex_unlock(&shard->lock);
    return entry;
}

uint32_t t87s__entry_table_cells(struct t87s__entry_table *table) {
    struct t87s__table_shard *shard = &table->shards[0];
    pthread_mutex_lock(&shard->lock);
    const uint32_t cells = shard->generation->n_cells;
    pthread_mutex_unlock(&shard->lock);
    return cells;
}

size_t t87s__entry_table_count(struct t87s__entry_table *table) {
    return atomic_load_explicit(&table->n_entries, memory_order_relaxed);
}

size_t t87s__entry_table_queue_bytes(const struct t87s__entry_table *table, enum t87s__queue queue) {
    return atomic_load_explicit(&table->queue_bytes[queue], memory_order_relaxed);
}
