/* SPDX-License-Identifier: MIT */
/* Concurrency Kit's ck_ht: one writer, many readers, no eviction. Nothing is ever taken out here, so its readers need
 * no read section, which flatters it. */
#include <ck_ht.h>
#include <stdlib.h>
#include <string.h>

#include "../contender.h"
#include "../key_hash.h"

struct ck_entry {
    struct row_key key;
    struct row row;
};

static void *ck_take(size_t size) { return bench_take(size); }

static void ck_give(void *block, size_t size, bool defer) {
    (void)size, (void)defer;
    free(block);
}

static void ck_hash(ck_ht_hash_t *hash, const void *key, size_t size, uint64_t seed) {
    (void)size, (void)seed;
    hash->value = row_key_hash(key);
}

static void *ck_open(size_t room) {
    static struct ck_malloc memory;
    memory.malloc = ck_take;
    memory.free = ck_give;
    ck_ht_t *table = bench_take(sizeof *table);
    if (!ck_ht_init(table, CK_HT_MODE_BYTESTRING, ck_hash, &memory, room, 1))
        abort();
    return table;
}

static void ck_insert(void *self, uint64_t first, size_t n) {
    for (uint64_t id = first; id < first + n; id++) {
        struct ck_entry *entry = bench_take(sizeof *entry);
        *entry = (struct ck_entry){row_key_of(id), row_of(id)};
        ck_ht_hash_t hash;
        ck_ht_entry_t slot;
        ck_ht_hash(&hash, self, &entry->key, sizeof entry->key);
        ck_ht_entry_set(&slot, hash, &entry->key, sizeof entry->key, entry);
        if (!ck_ht_put_spmc(self, hash, &slot))
            abort();
    }
}

static inline bool ck_get(void *self, uint64_t id, struct row *out) {
    const struct row_key key = row_key_of(id);
    ck_ht_hash_t hash;
    ck_ht_entry_t slot;
    hash.value = row_key_hash(&key);
    ck_ht_entry_key_set(&slot, &key, sizeof key);
    if (!ck_ht_get_spmc(self, hash, &slot))
        return false;
    const struct ck_entry *entry = ck_ht_entry_value(&slot);
    *out = entry->row;
    return true;
}

T87S_BENCH_LOOP(ck_hits, ck_get)

static void ck_close(void *self) {
    ck_ht_iterator_t iterator = CK_HT_ITERATOR_INITIALIZER;
    ck_ht_entry_t *slot;
    while (ck_ht_next(self, &iterator, &slot))
        free(ck_ht_entry_value(slot));
    ck_ht_destroy(self);
    free(self);
}

const struct contender ck_table = {
    .name = "libck ck_ht",
    .open = ck_open,
    .insert = ck_insert,
    .hits = {ck_hits_used, ck_hits_stream},
    .close = ck_close,
};
