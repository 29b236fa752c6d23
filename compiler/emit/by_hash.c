/* SPDX-License-Identifier: MIT */
#include "by_hash.h"

#include <assert.h>
#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 6, BUCKETS = 1 << DIGIT_BITS };

bool by_hash_init(struct by_hash *by_hash, size_t capacity, struct arena *arena) {
    size_t bytes = (capacity + 1) * sizeof *by_hash->items;
    *by_hash = (struct by_hash){arena_try(arena, bytes), arena_try(arena, bytes), 0, capacity};
    return by_hash->items && by_hash->spare;
}

void by_hash_drop(struct by_hash *by_hash, struct arena *arena) {
    arena_drop(arena, by_hash->items);
    arena_drop(arena, by_hash->spare);
}

void by_hash_add(struct by_hash *by_hash, uint64_t hash, uint64_t payload) {
    assert(by_hash->n < by_hash->capacity);
    by_hash->items[by_hash->n++] = (struct by_hash_item){hash, payload};
}

static size_t digit_of(struct by_hash_item item, unsigned digit) {
    return item.hash >> (digit * DIGIT_BITS) & (BUCKETS - 1);
}

static void sort_by_digit(struct by_hash *by_hash, unsigned digit) {
    size_t starts[BUCKETS + 1] = {0};
    for (size_t i = 0; i < by_hash->n; i++)
        starts[digit_of(by_hash->items[i], digit) + 1]++;
    for (size_t i = 0; i < BUCKETS; i++)
        starts[i + 1] += starts[i];
    for (size_t i = 0; i < by_hash->n; i++)
        by_hash->spare[starts[digit_of(by_hash->items[i], digit)]++] = by_hash->items[i];
    struct by_hash_item *sorted = by_hash->spare;
    by_hash->spare = by_hash->items;
    by_hash->items = sorted;
}

/* By the low digits, one more than tell so many things apart; the few that agree in these by the others. */
void by_hash_sort(struct by_hash *by_hash) {
    unsigned n_digits = 2;
    while (n_digits < DIGITS && by_hash->n >> ((n_digits - 1) * DIGIT_BITS))
        n_digits++;
    for (unsigned digit = 0; digit < n_digits; digit++)
        sort_by_digit(by_hash, digit);
    const uint64_t low = n_digits < DIGITS ? (UINT64_C(1) << (n_digits * DIGIT_BITS)) - 1 : UINT64_MAX;
    for (size_t i = 1; i < by_hash->n; i++) {
        const struct by_hash_item item = by_hash->items[i];
        size_t at = i;
        for (; at && !((by_hash->items[at - 1].hash ^ item.hash) & low) && by_hash->items[at - 1].hash > item.hash;
             at--)
            by_hash->items[at] = by_hash->items[at - 1];
        by_hash->items[at] = item;
    }
}

size_t by_hash_run(const struct by_hash *by_hash, size_t first) {
    size_t end = first + 1;
    while (end < by_hash->n && by_hash->items[end].hash == by_hash->items[first].hash)
        end++;
    return end - first;
}
