/* SPDX-License-Identifier: MIT */
/* The baseline: what the memory itself costs. Open addressing over a power of two of 8-byte slots, {16 bits of the hash
 * | pointer}, at most half full; rows in blocks of their own. Filled once, then only read: no stamp, no expiry, no
 * reclamation, nothing that a cache needs. */
#include <stdlib.h>
#include <string.h>

#include "../contender.h"
#include "../key_hash.h"

struct bare_entry {
    struct row_key key;
    struct row row;
};

struct bare {
    uint64_t mask;
    uint64_t *slots;
};

static const uint64_t POINTER = (UINT64_C(1) << 48) - 1;

static void *bare_open(size_t room) {
    struct bare *bare = bench_take(sizeof *bare);
    size_t slots = 16;
    while (slots < room * 2)
        slots *= 2;
    bare->mask = slots - 1;
    bare->slots = bench_take(slots * sizeof *bare->slots);
    memset(bare->slots, 0, slots * sizeof *bare->slots);
    return bare;
}

static void bare_insert(void *self, uint64_t first, size_t n) {
    struct bare *bare = self;
    for (uint64_t id = first; id < first + n; id++) {
        struct bare_entry *entry = bench_take(sizeof *entry);
        *entry = (struct bare_entry){row_key_of(id), row_of(id)};
        const uint64_t hash = row_key_hash(&entry->key);
        uint64_t at = hash & bare->mask;
        while (bare->slots[at])
            at = (at + 1) & bare->mask;
        bare->slots[at] = (hash & ~POINTER) | (uint64_t)(uintptr_t)entry;
    }
}

static inline bool bare_get(void *self, uint64_t id, struct row *out) {
    const struct bare *bare = self;
    const struct row_key key = row_key_of(id);
    const uint64_t hash = row_key_hash(&key);
    for (uint64_t at = hash & bare->mask;; at = (at + 1) & bare->mask) {
        const uint64_t slot = bare->slots[at];
        if (!slot)
            return false;
        if ((slot ^ hash) & ~POINTER)
            continue;
        const struct bare_entry *entry = (const struct bare_entry *)(uintptr_t)(slot & POINTER);
        if (memcmp(&entry->key, &key, sizeof key) != 0)
            continue;
        *out = entry->row;
        return true;
    }
}

T87S_BENCH_LOOP(bare_hits, bare_get)

static void bare_close(void *self) {
    struct bare *bare = self;
    for (uint64_t at = 0; at <= bare->mask; at++)
        free((void *)(uintptr_t)(bare->slots[at] & POINTER));
    free(bare->slots);
    free(bare);
}

const struct contender bare_table = {
    .name = "bare table",
    .open = bare_open,
    .insert = bare_insert,
    .hits = {bare_hits_used, bare_hits_stream},
    .close = bare_close,
};
