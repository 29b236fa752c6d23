/* SPDX-License-Identifier: MIT */
#include "intern.h"

#include <string.h>

#include "arena.h"

enum { FIRST_CAPACITY = 256 };

void intern_init(struct intern *intern, struct arena *arena) { *intern = (struct intern){.arena = arena}; }

static uint32_t hash_bytes(const char *bytes, size_t size) {
    uint64_t hash = 0x9E3779B97F4A7C15u ^ size;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001B3u;
    hash ^= hash >> 32;
    return (uint32_t)((hash * 0xD6E8FEB86659FD93u) >> 32);
}

static void grow(struct intern *intern) {
    size_t capacity = intern->capacity ? intern->capacity * 2 : FIRST_CAPACITY;
    const char **names = ARENA_ARRAY(intern->arena, const char *, capacity);
    uint32_t *hashes = ARENA_ARRAY(intern->arena, uint32_t, capacity);
    for (size_t i = 0; i < intern->capacity; i++) {
        if (!intern->names[i])
            continue;
        size_t at = intern->hashes[i] & (capacity - 1);
        while (names[at])
            at = (at + 1) & (capacity - 1);
        names[at] = intern->names[i];
        hashes[at] = intern->hashes[i];
    }
    intern->names = names;
    intern->hashes = hashes;
    intern->capacity = capacity;
}

const char *intern_name(struct intern *intern, const char *bytes, size_t size) {
    if (intern->n * 2 >= intern->capacity)
        grow(intern);
    uint32_t hash = hash_bytes(bytes, size);
    size_t at = hash & (intern->capacity - 1);
    for (; intern->names[at]; at = (at + 1) & (intern->capacity - 1))
        if (intern->hashes[at] == hash && !strncmp(intern->names[at], bytes, size) && !intern->names[at][size])
            return intern->names[at];
    intern->names[at] = arena_copy(intern->arena, bytes, size);
    intern->hashes[at] = hash;
    intern->n++;
    return intern->names[at];
}
