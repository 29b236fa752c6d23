/* SPDX-License-Identifier: MIT */
#include "table_inside.h"

/* The allocator promises 16 bytes; cells begin a line, so that a look-up rarely touches two. */
struct t87s__generation *t87s__generation_make(struct t87s__memory *memory, uint32_t shard_cells) {
    const uint32_t n_cells = TABLE_SHARDS * shard_cells;
    const size_t size = sizeof(struct t87s__generation) + n_cells * sizeof(uint64_t) + MEMORY_LINE;
    unsigned char *block = t87s__memory_take(memory, MEMORY_TABLE, size);
    if (!block)
        return NULL;
    t87s__memory_advise_huge(memory, block, size);
    memset(block, 0, size);
    struct t87s__generation *generation =
        (void *)(block + (MEMORY_LINE - (uintptr_t)block % MEMORY_LINE) % MEMORY_LINE);
    generation->n_cells = n_cells;
    generation->shard_cells = shard_cells;
    generation->block = block;
    generation->block_size = size;
    return generation;
}

void t87s__generation_give(struct t87s__memory *memory, struct t87s__generation *generation) {
    if (generation)
        t87s__memory_give(memory, MEMORY_TABLE, generation->block, generation->block_size);
}

static uint64_t hash_of(const struct t87s__entry_table *table, const struct t87s__entry *entry) {
    return t87s__entry_key_of(entry, table->seed).hash;
}

/* Fills one cell more of a generation that only we write to. False: its chain is too long. */
static bool fill(struct t87s__generation *generation, uint64_t hash, struct t87s__entry *entry) {
    const uint32_t end = t87s__cells_end(generation, t87s__cell_shard(hash));
    uint32_t at = t87s__cell_home(generation, hash);
    uint64_t label = t87s__cell_label(hash);
    for (int i = 0; i < LONGEST_CHAIN; i++, label += T87S__CELL_DISTANCE, at = t87s__cell_after(generation, at, end)) {
        if (t87s__cell_at(generation, at) != T87S__CELL_EMPTY)
            continue;
        t87s__cell_set(generation, at, label | (uintptr_t)entry >> 4);
        return true;
    }
    return false;
}

/* Copies a shard into the next generation and sends the readers after it. What finds no place there (a chain of one
 * hash) leaves the table, and is retired only when readers do not find it in the old cells either. Both locks are held.
 */
static void move_shard(struct t87s__entry_table *table, unsigned which) {
    enum { AHEAD = 8 }; /* keys that are brought near while others are hashed */
    struct t87s__table_shard *shard = &table->shards[which];
    struct t87s__generation *from = shard->generation, *to = atomic_load_explicit(&from->next, memory_order_relaxed);
    struct t87s__entry *surplus = NULL;
    const uint32_t begin = which * from->shard_cells, end = begin + from->shard_cells;
    t87s__cells_change(shard);
    for (uint32_t at = begin; at < end; at++) {
        if (at + AHEAD < end)
            __builtin_prefetch(t87s__cell_entry(t87s__cell_at(from, at + AHEAD)));
        const uint64_t cell = t87s__cell_at(from, at);
        if (cell == T87S__CELL_EMPTY)
            continue;
        struct t87s__entry *entry = t87s__cell_entry(cell);
        if (T87S__MUTANT(MOVED_BEFORE_COPY))
            t87s__cell_set(from, at, T87S__CELL_MOVED);
        T87S__YIELD("grow: cell read, not copied");
        if (fill(to, hash_of(table, entry), entry))
            continue;
        t87s__table_unlist(table, entry);
        t87s__table_count_out(table, shard);
        t87s__retired_link(entry, surplus);
        surplus = entry;
    }
    /* After all copies: who reads a mark finds them (release in t87s__cell_set). */
    T87S__YIELD("grow: all copied, nothing marked");
    for (uint32_t at = begin; at < end && !T87S__MUTANT(NEVER_MOVED); at++) {
        t87s__cell_set(from, at, T87S__CELL_MOVED);
        T87S__YIELD("grow: some cells marked");
    }
    shard->generation = to;
    t87s__cells_changed(shard);
    t87s__retired_add_all(table->retired, surplus);
}

/* Moves this shard of a table that grows, or, if that is done, the next one; the last makes the next generation the
 * one where readers begin. */
void t87s__table_move_on(struct t87s__entry_table *table, unsigned which) {
    pthread_mutex_lock(&table->grow_lock);
    struct t87s__generation *from = atomic_load_explicit(&table->generation, memory_order_relaxed),
                            *to = atomic_load_explicit(&from->next, memory_order_relaxed);
    if (to) {
        if (table->moved >> which & 1)
            which = (unsigned)__builtin_ctzll(~table->moved);
        struct t87s__table_shard *shard = &table->shards[which];
        pthread_mutex_lock(&shard->lock);
        move_shard(table, which);
        pthread_mutex_unlock(&shard->lock);
        table->moved |= UINT64_C(1) << which;
        if (table->moved == UINT64_MAX) {
            table->moved = 0;
            atomic_store_explicit(&table->growing, false, memory_order_relaxed);
            atomic_store_explicit(&table->generation, to, memory_order_release); /* pairs in t87s__entry_table_read() */
            if (T87S__MUTANT(GENERATION_FREED_EARLY))
                t87s__generation_give(table->memory, from);
            else
                t87s__retired_add_block(table->retired, &from->retired, from->block, from->block_size);
        }
    }
    pthread_mutex_unlock(&table->grow_lock);
}
_Static_assert(TABLE_SHARDS == 64, "a bit a shard");

/* Begins to grow if all shards are in `from`. False: no memory. */
bool t87s__table_grow(struct t87s__entry_table *table, const struct t87s__generation *from) {
    pthread_mutex_lock(&table->grow_lock);
    struct t87s__generation *now = atomic_load_explicit(&table->generation, memory_order_relaxed);
    bool ok = true;
    if (from == now && !atomic_load_explicit(&now->next, memory_order_relaxed)) {
        const uint32_t cells = now->shard_cells;
        struct t87s__generation *to = NULL;
        if (cells < MOST_SHARD_CELLS)
            to = t87s__generation_make(table->memory, cells < SMALL_SHARD_CELLS ? cells * 2 : cells + cells / 3);
        ok = to != NULL;
        atomic_store_explicit(&table->growing, ok, memory_order_relaxed);
        atomic_store_explicit(&now->next, to, memory_order_release); /* pairs in t87s__entry_table_read() */
    }
    pthread_mutex_unlock(&table->grow_lock);
    return ok;
}
