/* SPDX-License-Identifier: MIT
 *
 * What is known by the 16 bytes that stand for it in the buckets: tags with their prefixes, and keys. Names come from
 * entries that were seen, from the schema, and from what was heard; of all else only the number is known.
 */
#ifndef T87S_INSPECT_TAGS_H
#define T87S_INSPECT_TAGS_H

#include <t87s/store.h>

#include "arena.h"

struct known {
    unsigned char hash[16];
    const char *name; /* NULL: of a key that was only counted */
    bool is_key;
    size_t n_entries;           /* that have it as a tag or above one of theirs */
    size_t last_entry;          /* that was counted, from 1 */
    uint64_t hard, exact, soft; /* stamps, 0: none that is known of */
};

struct known_table {
    struct arena *arena;
    struct known **slots;
    size_t n, n_slots; /* a power of two, or 0 */
};

/* Under arena_run(). Adds it, if it is not there. */
struct known *known_tag(struct known_table *table, const unsigned char *path, size_t size);
/* A new one without a name; NULL: it was there already. */
struct known *known_key(struct known_table *table, const void *key, size_t size);
/* The tag and all above it. */
void known_tag_and_prefixes(struct known_table *table, struct t87s_store_tag tag, size_t entry);
/* NULL: nobody knows. */
struct known *known_find(const struct known_table *table, const unsigned char *hash);

#endif
