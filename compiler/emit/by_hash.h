/* SPDX-License-Identifier: MIT
 *
 * Finding equal things among millions: their hashes are collected and sorted, equal ones then stand together. Linear,
 * and 16 bytes a thing, twice; a hash table of the names themselves took several times both.
 */
#ifndef T87SC_BY_HASH_H
#define T87SC_BY_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct by_hash_item {
    uint64_t hash, payload;
};

struct by_hash {
    struct by_hash_item *items, *spare;
    size_t n, capacity;
};

/* Room for `capacity` things; false when there is no memory. */
bool by_hash_init(struct by_hash *by_hash, size_t capacity, struct arena *arena);
void by_hash_drop(struct by_hash *by_hash, struct arena *arena); /* gives back what is big */
void by_hash_add(struct by_hash *by_hash, uint64_t hash, uint64_t payload);

/* Things of equal hash stand together afterwards, in the order they were added. */
void by_hash_sort(struct by_hash *by_hash);

/* How many things from `first` on have its hash; at least 1. */
size_t by_hash_run(const struct by_hash *by_hash, size_t first);

#endif
