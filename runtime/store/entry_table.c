/* SPDX-License-Identifier: MIT */
#include "entry_table.h"

#include <pthread.h>

#include "mutants.h"

enum { SHARDS = 64, FIRST_SLOTS = 8 };

struct shard {
    _Alignas(64) pthread_mutex_t lock;
    struct t87s__entry **slots; /* power of two of them; NULL until the first entry */
    size_t n_slots, n_entries, n_tombs;
    uint64_t rebuilds; /* how often the entries were moved */
};

struct t87s__entry_table {
    struct t87s__memory *memory; /* immutable after open */
    _Atomic(size_t) n_entries;   /* relaxed: a gauge */
    struct shard shards[SHARDS];
};

static struct t87s__entry tomb; /* where an entry was taken out: a search goes on, an insert may use the place */

static struct shard *shard_of(struct t87s__entry_table *table, uint64_t hash) { return &table->shards[hash >> 58]; }
_Static_assert(SHARDS == 1 << 6, "the shard is the top six bits");

struct t87s__entry_table *t87s__entry_table_open(struct t87s__memory *memory) {
    struct t87s__entry_table *table = t87s__memory_take_lines(memory, MEMORY_TABLE, sizeof *table);
    if (!table)
        return NULL;
    table->memory = memory;
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_init(&table->shards[i].lock, NULL);
    return table;
}

void t87s__entry_table_close(struct t87s__entry_table *table) {
    if (!table)
        return;
    for (int i = 0; i < SHARDS; i++) {
        struct shard *shard = &table->shards[i];
        t87s__memory_give(table->memory, MEMORY_TABLE, shard->slots, shard->n_slots * sizeof *shard->slots);
        pthread_mutex_destroy(&shard->lock);
    }
    t87s__memory_give_lines(table->memory, MEMORY_TABLE, table, sizeof *table);
}

void t87s__entry_table_lock_all(struct t87s__entry_table *table) {
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_lock(&table->shards[i].lock);
}

void t87s__entry_table_unlock_all(struct t87s__entry_table *table) {
    for (int i = SHARDS; i-- > 0;)
        pthread_mutex_unlock(&table->shards[i].lock);
}

/* The slot of a key, or where a search for it ends (NULL or, if `insert`, the first tomb on the way). */
static struct t87s__entry **probe(struct shard *shard, const struct t87s__key *key, bool insert) {
    struct t87s__entry **free_slot = NULL;
    for (size_t i = (size_t)key->hash;; i++) {
        struct t87s__entry **slot = &shard->slots[i & (shard->n_slots - 1)];
        if (!*slot)
            return insert && free_slot ? free_slot : slot;
        if (*slot == &tomb) {
            if (!free_slot)
                free_slot = slot;
        } else if (t87s__entry_has_key(*slot, key)) {
            return slot;
        }
    }
}

struct t87s__entry *t87s__entry_table_find(struct t87s__entry_table *table, const struct t87s__key *key) {
    struct shard *shard = shard_of(table, key->hash);
    pthread_mutex_lock(&shard->lock);
    struct t87s__entry *entry = shard->slots ? *probe(shard, key, false) : NULL;
    if (entry)
        t87s__entry_ref(entry);
    pthread_mutex_unlock(&shard->lock);
    return entry;
}

/* Sees to it that a free slot stays after one more entry; the tombs go with a rebuild. */
static bool make_room(struct t87s__entry_table *table, struct shard *shard) {
    if (shard->slots && (shard->n_entries + shard->n_tombs + 1) * 4 <= shard->n_slots * 3)
        return true;
    size_t n_slots = FIRST_SLOTS;
    while (n_slots < (shard->n_entries + 1) * 2)
        n_slots *= 2;
    struct t87s__entry **slots = t87s__memory_take_zeroed(table->memory, MEMORY_TABLE, n_slots * sizeof *slots);
    if (!slots)
        return shard->slots && shard->n_entries + shard->n_tombs + 1 < shard->n_slots; /* crowded, but works */
    for (size_t i = 0; i < shard->n_slots; i++) {
        struct t87s__entry *entry = shard->slots[i];
        if (!entry || entry == &tomb)
            continue;
        size_t at = (size_t)entry->hash;
        while (slots[at & (n_slots - 1)])
            at++;
        slots[at & (n_slots - 1)] = entry;
    }
    t87s__memory_give(table->memory, MEMORY_TABLE, shard->slots, shard->n_slots * sizeof *shard->slots);
    shard->slots = slots;
    shard->n_slots = n_slots;
    shard->n_tombs = 0;
    shard->rebuilds++;
    return true;
}

/* The lock is held and the slots are there. */
static enum t87s__put put_into(struct t87s__entry_table *table, struct shard *shard, struct t87s__entry **slot,
                               struct t87s__entry *entry, struct t87s__entry **displaced) {
    struct t87s__entry *old = *slot;
    if (old && old != &tomb) {
        if (old->birth > entry->birth && !T87S__MUTANT(SUPERSEDED_INSTALLED))
            return PUT_OUTDATED;
        *displaced = old;
        atomic_store_explicit(&old->removed, true, memory_order_release); /* pairs in t87s__eviction_add() */
    } else {
        shard->n_tombs -= old == &tomb;
        shard->n_entries++;
        atomic_fetch_add_explicit(&table->n_entries, 1, memory_order_relaxed);
    }
    t87s__entry_ref(entry);
    *slot = entry;
    return PUT_KEPT;
}

enum t87s__put t87s__entry_table_put(struct t87s__entry_table *table, struct t87s__entry *entry,
                                     struct t87s__key_floors *floors, struct t87s__entry **displaced) {
    struct t87s__key key = t87s__entry_key_of(entry);
    struct shard *shard = shard_of(table, entry->hash);
    enum t87s__put put;
    *displaced = NULL;
    pthread_mutex_lock(&shard->lock);
    struct t87s__entry **there = shard->slots ? probe(shard, &key, false) : NULL;
    if (!t87s__key_floor_admits(floors, entry->hash, entry->birth))
        put = PUT_OUTDATED;
    else if (there && *there) /* takes its place, for which no room need be made */
        put = put_into(table, shard, there, entry, displaced);
    else if (!make_room(table, shard))
        put = PUT_NO_MEMORY;
    else
        put = put_into(table, shard, probe(shard, &key, true), entry, displaced);
    pthread_mutex_unlock(&shard->lock);
    return put;
}

/* Takes out what is in a slot; the lock is held. */
static struct t87s__entry *take(struct t87s__entry_table *table, struct shard *shard, struct t87s__entry **slot) {
    struct t87s__entry *entry = *slot;
    atomic_store_explicit(&entry->removed, true,
                          memory_order_release); /* pairs with the acquire in t87s__eviction_add() */
    *slot = &tomb;
    shard->n_tombs++;
    shard->n_entries--;
    atomic_fetch_sub_explicit(&table->n_entries, 1, memory_order_relaxed);
    return entry;
}

struct t87s__entry *t87s__entry_table_remove(struct t87s__entry_table *table, const struct t87s__key *key,
                                             uint64_t before) {
    struct shard *shard = shard_of(table, key->hash);
    pthread_mutex_lock(&shard->lock);
    struct t87s__entry **slot = shard->slots ? probe(shard, key, false) : NULL, *entry = NULL;
    if (slot && *slot && (*slot)->birth < before)
        entry = take(table, shard, slot);
    pthread_mutex_unlock(&shard->lock);
    return entry;
}

bool t87s__entry_table_remove_entry(struct t87s__entry_table *table, struct t87s__entry *entry) {
    struct t87s__key key = t87s__entry_key_of(entry);
    struct shard *shard = shard_of(table, entry->hash);
    pthread_mutex_lock(&shard->lock);
    struct t87s__entry **slot = shard->slots ? probe(shard, &key, false) : NULL;
    bool found = slot && *slot == entry;
    if (found)
        take(table, shard, slot);
    pthread_mutex_unlock(&shard->lock);
    return found;
}

size_t t87s__entry_table_take(struct t87s__entry_table *table, struct t87s__entry_cursor *cursor, size_t n,
                              bool (*test)(struct t87s__entry *entry, void *arg), void *arg, struct t87s__entry **out,
                              bool *wrapped) {
    size_t taken = 0;
    *wrapped = false;
    while (n > 0 && !*wrapped) {
        struct shard *shard = &table->shards[cursor->shard];
        pthread_mutex_lock(&shard->lock);
        if (cursor->rebuilds != shard->rebuilds)
            cursor->slot = 0;
        cursor->rebuilds = shard->rebuilds;
        for (; n > 0 && cursor->slot < shard->n_slots; cursor->slot++, n--) {
            struct t87s__entry **slot = &shard->slots[cursor->slot];
            if (*slot && *slot != &tomb && test(*slot, arg))
                out[taken++] = take(table, shard, slot);
        }
        bool done = cursor->slot >= shard->n_slots;
        pthread_mutex_unlock(&shard->lock);
        if (!done)
            break;
        cursor->slot = 0;
        cursor->shard = (cursor->shard + 1) % SHARDS;
        *wrapped = cursor->shard == 0;
    }
    return taken;
}

size_t t87s__entry_table_count(struct t87s__entry_table *table) {
    return atomic_load_explicit(&table->n_entries, memory_order_relaxed);
}
