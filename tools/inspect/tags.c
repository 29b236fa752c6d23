/* SPDX-License-Identifier: MIT */
#include "tags.h"

#include <string.h>

#include "names.h"

enum { FIRST_SLOTS = 256 };

static size_t slot_of(const struct known_table *table, const unsigned char *hash) {
    size_t at;
    memcpy(&at, hash, sizeof at);
    for (at &= table->n_slots - 1; table->slots[at] && memcmp(table->slots[at]->hash, hash, 16) != 0;)
        at = (at + 1) & (table->n_slots - 1);
    return at;
}

struct known *known_find(const struct known_table *table, const unsigned char *hash) {
    return table->n_slots ? table->slots[slot_of(table, hash)] : NULL;
}

static void grow(struct known_table *table) {
    struct known_table old = *table;
    table->n_slots = old.n_slots ? old.n_slots * 2 : FIRST_SLOTS;
    table->slots = ARENA_ARRAY(table->arena, struct known *, table->n_slots);
    for (size_t i = 0; i < old.n_slots; i++)
        if (old.slots[i])
            table->slots[slot_of(table, old.slots[i]->hash)] = old.slots[i];
}

static struct known *add(struct known_table *table, const unsigned char *hash) {
    if (2 * (table->n + 1) > table->n_slots)
        grow(table);
    struct known *known = ARENA_NEW(table->arena, struct known);
    memcpy(known->hash, hash, sizeof known->hash);
    table->slots[slot_of(table, hash)] = known;
    table->n++;
    return known;
}

struct known *known_tag(struct known_table *table, const unsigned char *path, size_t size) {
    unsigned char hash[16];
    t87s_store_hash(path, size, hash);
    struct known *known = known_find(table, hash);
    if (known)
        return known;
    known = add(table, hash);
    known->name = names_of_tag(table->arena, (struct t87s_store_tag){path, size});
    return known;
}

struct known *known_key(struct known_table *table, const void *key, size_t size) {
    unsigned char hash[16];
    t87s_store_hash(key, size, hash);
    if (known_find(table, hash))
        return NULL;
    struct known *known = add(table, hash);
    known->is_key = true;
    return known;
}

void known_tag_and_prefixes(struct known_table *table, struct t87s_store_tag tag, size_t entry) {
    size_t ends[T87S_MAX_SEGMENTS];
    const size_t n = t87s_store_prefixes(tag, ends);
    for (size_t i = 0; i < n; i++) {
        struct known *known = known_tag(table, tag.path, ends[i]);
        if (entry && known->last_entry != entry) {
            known->last_entry = entry;
            known->n_entries++;
        }
    }
}
