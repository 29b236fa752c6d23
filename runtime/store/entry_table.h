/* SPDX-License-Identifier: MIT
 *
 * Where an entry is found by its key: open addressing in shards, each with a mutex. At most one entry a key, the one of
 * the youngest birth. The table holds one reference to each of its entries.
 */
#ifndef T87S_STORE_ENTRY_TABLE_H
#define T87S_STORE_ENTRY_TABLE_H

#include "entry.h"
#include "key_floor.h"

struct t87s__entry_table;

struct t87s__entry_table *t87s__entry_table_open(struct t87s__memory *memory);
/* The table must be empty of entries by then. */
void t87s__entry_table_close(struct t87s__entry_table *table);
/* Around a fork. */
void t87s__entry_table_lock_all(struct t87s__entry_table *table);
void t87s__entry_table_unlock_all(struct t87s__entry_table *table);

/* The entry of a key, with a reference for the caller; NULL: none. */
struct t87s__entry *t87s__entry_table_find(struct t87s__entry_table *table, const struct t87s__key *key);

enum t87s__put { PUT_KEPT, PUT_OUTDATED, PUT_NO_MEMORY };

/* Puts an entry in, unless the key's floor or a younger entry stands against it. Takes a reference of its own if kept;
 * *displaced gets the table's reference to what stood there before, or NULL. The floor is read under the shard's lock:
 * who raises it and then removes the key can miss no older entry. */
enum t87s__put t87s__entry_table_put(struct t87s__entry_table *table, struct t87s__entry *entry,
                                     struct t87s__key_floors *floors, struct t87s__entry **displaced);

/* Takes a key's entry out if it was born before `before`; the table's reference goes to the caller. NULL: none. */
struct t87s__entry *t87s__entry_table_remove(struct t87s__entry_table *table, const struct t87s__key *key,
                                             uint64_t before);
/* Takes out this very entry; false if it is not in the table (any more). The table's reference goes to the caller. */
bool t87s__entry_table_remove_entry(struct t87s__entry_table *table, struct t87s__entry *entry);

/* A place in the table, for going through it piece by piece. */
struct t87s__entry_cursor {
    uint32_t shard;
    size_t slot;
    uint64_t rebuilds; /* of the shard when the cursor came to it */
};

/* Looks at the next `n` slots and takes out those entries that `test` picks; their references go to the caller in
 * `out` (room for n), their number is returned. *wrapped is set when the end was passed and the cursor is at the start
 * again. A shard that is rebuilt meanwhile moves its entries and so is begun again: a round misses none that was there
 * all the time. */
size_t t87s__entry_table_take(struct t87s__entry_table *table, struct t87s__entry_cursor *cursor, size_t n,
                              bool (*test)(struct t87s__entry *entry, void *arg), void *arg, struct t87s__entry **out,
                              bool *wrapped);

size_t t87s__entry_table_count(struct t87s__entry_table *table);

#endif
