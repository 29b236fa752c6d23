/* SPDX-License-Identifier: MIT
 *
 * Where an entry is found by its key. Readers take no lock: they look through atomic cells inside a read section.
 *
 *     generation   n cells: 64 shards side by side, each linear probing within itself
 *     cell         tag : 13 | distance from home : 7 | pointer / 16 : 44       0: empty   ~0: MOVED
 *
 * Writers hold the mutex of the key's shard. What they change is seen cell by cell:
 *
 *     put       fills an empty cell, or exchanges the pointer of one
 *     take      moves later cells of the chain back, each copied before its old place is changed, so there are no
 *               tombs. A reader on its way may miss an entry that moves, never find a wrong one; unless nothing
 *               changed meanwhile, a miss looks once more under the lock (t87s__entry_table_look)
 *     grow      a bigger generation; shard by shard the cells are copied, then marked MOVED: go to the next one.
 *               Every put moves a shard, the last mover publishes. The old generation goes after a grace period
 *
 * A chain that gets too long makes the table grow; where that does not help, the entry is not kept. The hash is keyed,
 * so nobody outside can arrange that.
 *
 * The table holds one reference to each of its entries, and one to each node of their tags. Whoever takes an entry out
 * gets these references, and gives them back after a grace period (retired.h).
 */
#ifndef T87S_STORE_ENTRY_TABLE_H
#define T87S_STORE_ENTRY_TABLE_H

#include <pthread.h>

#include "entry.h"
#include "key_floor.h"
#include "retired.h"
#include "yield.h"

enum { TABLE_SHARDS = 64, LONGEST_CHAIN = 120 };

struct t87s__generation {
    /* immutable, but for next */
    uint32_t n_cells, shard_cells; /* n_cells = TABLE_SHARDS * shard_cells */
    void *block;                   /* what was allocated for it */
    size_t block_size;
    _Atomic(struct t87s__generation *) next; /* being filled */
    struct t87s__retired_block retired;
    _Alignas(MEMORY_LINE) _Atomic(uint64_t) cells[];
};

struct t87s__table_shard {
    _Alignas(MEMORY_LINE) pthread_mutex_t lock;
    /* under the lock */
    struct t87s__generation *generation; /* where the shard is now */
    uint32_t n_entries;
    /* Atomic, written under the lock: odd while cells change; see t87s__entry_table_changes. */
    _Atomic(uint64_t) changes;
};

struct t87s__entry_table {
    _Atomic(struct t87s__generation *) generation; /* where readers begin */
    /* immutable after open */
    struct t87s__memory *memory;
    struct t87s__tag_tree *tree;
    struct t87s__retired *retired;
    uint64_t seed;
    /* atomic, relaxed */
    _Atomic(size_t) n_entries;      /* a gauge */
    _Atomic(size_t) queue_bytes[2]; /* what the entries of a queue count as (eviction.h) */
    _Atomic(bool) growing;          /* a hint: whoever helps looks again under the lock */
    pthread_mutex_t grow_lock;      /* before the shards' */
    uint64_t moved;                 /* a bit for each shard that is in the next generation; under grow_lock */
    struct t87s__table_shard shards[TABLE_SHARDS];
};

struct t87s__entry_table *t87s__entry_table_open(struct t87s__memory *memory, struct t87s__tag_tree *tree,
                                                 struct t87s__retired *retired, uint64_t seed);
/* The table must be empty of entries by then. */
void t87s__entry_table_close(struct t87s__entry_table *table);
/* Around a fork. */
void t87s__entry_table_lock_all(struct t87s__entry_table *table);
void t87s__entry_table_unlock_all(struct t87s__entry_table *table);

/* ---- cells ---- */

/* The pointer: addresses have 48 bits on arm64, and most there have the topmost set; 47 on x86-64. */
enum { CELL_POINTER_BITS = 44, CELL_DISTANCE_BITS = 7, CELL_TAG_BITS = 13 };
#define T87S__CELL_EMPTY UINT64_C(0)
#define T87S__CELL_MOVED UINT64_MAX
#define T87S__CELL_DISTANCE (UINT64_C(1) << CELL_POINTER_BITS) /* one step further from home */
#define T87S__CELL_POINTER (T87S__CELL_DISTANCE - 1)

_Static_assert(CELL_POINTER_BITS + CELL_DISTANCE_BITS + CELL_TAG_BITS == 64, "a cell is full");
_Static_assert(LONGEST_CHAIN < (1 << CELL_DISTANCE_BITS) - 1, "no cell looks like MOVED");

/* Home comes from the hash's upper half, and with it the shard from its top bits; the tag from the low bits. */
static inline uint32_t t87s__cell_home(const struct t87s__generation *generation, uint64_t hash) {
    return (uint32_t)((hash >> 32) * generation->n_cells >> 32);
}
static inline unsigned t87s__cell_shard(uint64_t hash) { return (unsigned)(hash >> 58); }
_Static_assert(TABLE_SHARDS == 1 << 6, "the shard is the top six bits");

/* What a cell of this hash holds at home, without the pointer: never what an empty one does. Home and label know the
 * hash by its upper half and its tag. */
static inline uint64_t t87s__cell_label(uint64_t hash) { return (hash | 1) << (64 - CELL_TAG_BITS); }
static inline uint32_t t87s__hash_upper(uint64_t hash) { return (uint32_t)(hash >> 32); }
static inline uint16_t t87s__hash_tag(uint64_t hash) { return (uint16_t)(hash & ((1u << CELL_TAG_BITS) - 1)); }
static inline uint64_t t87s__hash_parts(uint32_t upper, uint16_t tag) {
    return (uint64_t)upper << 32 | (tag & ((1u << CELL_TAG_BITS) - 1));
}
_Static_assert(CELL_TAG_BITS + 2 <= 16, "a turn's tag holds the life as well");
/* The tag with the life of an entry that was put: what a turn is known by, with the hash's upper half. */
static inline uint16_t t87s__turn_tag(const struct t87s__entry *entry, uint64_t hash) {
    const uint32_t state = atomic_load_explicit(&entry->state, memory_order_relaxed); /* life stays as put() set it */
    return (uint16_t)(t87s__hash_tag(hash) | (state & ENTRY_LIFE) >> ENTRY_LIFE_SHIFT << CELL_TAG_BITS);
}

static inline struct t87s__entry *t87s__cell_entry(uint64_t cell) {
    return (struct t87s__entry *)(uintptr_t)((cell & T87S__CELL_POINTER) << 4);
}

/* ---- reading ---- */

/* The cell after this one in the shard of the hash. */
static inline uint32_t t87s__cell_next(const struct t87s__generation *generation, uint32_t at, uint64_t hash) {
    return at + 1 == (t87s__cell_shard(hash) + 1) * generation->shard_cells ? at + 1 - generation->shard_cells : at + 1;
}

/* The entry of a key, without a lock and without a reference, inside a read section. NULL: none, or it is moving. */
static inline struct t87s__entry *t87s__entry_table_read(const struct t87s__entry_table *table,
                                                         const struct t87s__key *key) {
    /* Acquire, here and for each cell: pairs with the release that published what it leads to. */
    const struct t87s__generation *generation = atomic_load_explicit(&table->generation, memory_order_acquire);
    for (;;) {
        uint32_t at = t87s__cell_home(generation, key->hash);
        uint64_t label = t87s__cell_label(key->hash), cell = T87S__CELL_EMPTY;
        for (int i = 0; i < LONGEST_CHAIN; i++, label += T87S__CELL_DISTANCE) {
            cell = atomic_load_explicit(&generation->cells[at], memory_order_acquire);
            if ((cell ^ label) >> CELL_POINTER_BITS == 0) {
                struct t87s__entry *entry = t87s__cell_entry(cell);
                T87S__YIELD("read: cell read, its entry not looked at");
                if (t87s__entry_has_key(entry, key))
                    return entry;
            }
            if (cell == T87S__CELL_EMPTY || cell == T87S__CELL_MOVED)
                break;
            at = t87s__cell_next(generation, at, key->hash);
        }
        if (cell != T87S__CELL_MOVED)
            return NULL;
        generation = atomic_load_explicit(&generation->next, memory_order_acquire);
    }
}

/* The same, for hits: only an entry whose value has that fixed size, and none whose shard has moved on. */
static inline __attribute__((always_inline)) struct t87s__entry *
t87s__entry_table_read_fixed(const struct t87s__entry_table *table, const struct t87s__key *key, uint32_t value_size) {
    const struct t87s__generation *generation = atomic_load_explicit(&table->generation, memory_order_acquire);
    uint32_t at = t87s__cell_home(generation, key->hash);
    uint64_t label = t87s__cell_label(key->hash);
    for (int i = 0; i < LONGEST_CHAIN; i++, label += T87S__CELL_DISTANCE) {
        const uint64_t cell = atomic_load_explicit(&generation->cells[at], memory_order_acquire);
        if ((cell ^ label) >> CELL_POINTER_BITS == 0) {
            struct t87s__entry *entry = t87s__cell_entry(cell);
            T87S__YIELD("read: cell read, its entry not looked at");
            if (__builtin_expect(t87s__entry_has_key_and_fixed(entry, key, value_size), 1))
                return entry;
        }
        if (cell == T87S__CELL_EMPTY || cell == T87S__CELL_MOVED)
            return NULL;
        at = t87s__cell_next(generation, at, key->hash);
    }
    return NULL;
}

/* How often the cells of the key's shard have changed; odd: they do so now. What was not found is not there if this is
 * even before the look and the same after it. Acquire: pairs with the release at the end of a change, and keeps the
 * look behind it; whoever meets a cell of a later change (acquire there) reads another number afterwards. */
static inline uint64_t t87s__entry_table_changes(const struct t87s__entry_table *table, uint64_t hash) {
    return atomic_load_explicit(&table->shards[t87s__cell_shard(hash)].changes, memory_order_acquire);
}
/* Whether the look that came after that number was read missed nothing, up to now. */
static inline bool t87s__entry_table_unchanged(const struct t87s__entry_table *table, uint64_t hash, uint64_t changes) {
    return !(changes & 1) && t87s__entry_table_changes(table, hash) == changes;
}

/* The same for certain, under the lock, with a reference for the caller. */
struct t87s__entry *t87s__entry_table_look(struct t87s__entry_table *table, const struct t87s__key *key);

/* ---- writing ---- */

enum t87s__put { PUT_KEPT, PUT_OUTDATED, PUT_NO_MEMORY };

/* Puts an entry in, unless the key's floor or a younger entry stands against it. If kept, takes a reference of its own
 * to the entry, and takes over the caller's to the nodes of its tags; *displaced gets the table's to what stood there
 * before, or NULL. `queue`: where the entry counts if it displaces none. The floor is read under the shard's lock: who
 * raises it and then removes the key can miss no older entry. */
enum t87s__put t87s__entry_table_put(struct t87s__entry_table *table, struct t87s__entry *entry, uint64_t hash,
                                     enum t87s__queue queue, struct t87s__key_floors *floors,
                                     struct t87s__entry **displaced);

/* Takes a key's entry out if it was born before `before`; the table's references go to the caller. NULL: none. */
struct t87s__entry *t87s__entry_table_remove(struct t87s__entry_table *table, const struct t87s__key *key,
                                             uint64_t before);

/* The turn of the entry with the hash's upper half and turn tag (eviction.h), if it counts in `queue`. Takes it out
 * (*entry with the table's references) if nobody may be answered with it any more (TURN_GONE), or if it was not visited
 * or may not stay (TURN_OUT); else it counts in the main queue from now on (TURN_AGAIN). */
enum t87s__turn { TURN_NOBODY, TURN_GONE, TURN_OUT, TURN_AGAIN };
enum t87s__turn t87s__entry_table_turn(struct t87s__entry_table *table, uint32_t upper, uint16_t tag,
                                       enum t87s__queue queue, int64_t now_ms, bool may_stay,
                                       struct t87s__entry **entry);
/* Whether somebody's turn it still is. */
bool t87s__entry_table_awaits(struct t87s__entry_table *table, uint32_t upper, uint16_t tag, enum t87s__queue queue);
/* Has the cell of a later turn brought near, or, once that is near, the entry. */
enum t87s__nearness { NEAR_CELL, NEAR_ENTRY };
void t87s__entry_table_prefetch(struct t87s__entry_table *table, uint32_t upper, uint16_t tag,
                                enum t87s__nearness what);

/* A place in the table, for going through it piece by piece. */
struct t87s__entry_cursor {
    uint32_t shard, at;
};
typedef bool t87s__entry_test(struct t87s__entry *entry, void *arg);
/* Looks at about the next n cells and takes out those entries that `test` picks, with the table's references: a list
 * linked as in retired.h. *wrapped is set when the cursor is at the start again. An entry that moves meanwhile may be
 * missed this time. */
struct t87s__entry *t87s__entry_table_sweep(struct t87s__entry_table *table, struct t87s__entry_cursor *cursor,
                                            uint32_t n, t87s__entry_test *test, void *arg, bool *wrapped);
/* All that `test` picks and that are there all the time. */
struct t87s__entry *t87s__entry_table_take_all(struct t87s__entry_table *table, t87s__entry_test *test, void *arg);

/* Everything, at the end. */
void t87s__entry_table_retire_all(struct t87s__entry_table *table);

size_t t87s__entry_table_count(struct t87s__entry_table *table);
uint32_t t87s__entry_table_cells(struct t87s__entry_table *table);
size_t t87s__entry_table_queue_bytes(const struct t87s__entry_table *table, enum t87s__queue queue);

#endif
