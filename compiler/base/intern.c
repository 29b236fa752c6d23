/* SPDX-License-Identifier: MIT */
#include "intern.h"

#include <string.h>

#include "arena.h"

enum { FIRST_CAPACITY = 256, PAGE = 4096 };

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
    struct interned *entries = ARENA_ARRAY(intern->arena, struct interned, capacity);
    for (size_t i = 0; i < intern->capacity; i++) {
        if (!intern->entries[i].name)
            continue;
        size_t at = intern->entries[i].hash & (capacity - 1);
        while (entries[at].name)
            at = (at + 1) & (capacity - 1);
        entries[at] = intern->entries[i];
    }
    arena_drop(intern->arena, intern->entries);
    intern->entries = entries;
    intern->capacity = capacity;
}

static const char *copy(struct intern *intern, const char *bytes, size_t size) {
    if (size >= PAGE / 4)
        return arena_copy(intern->arena, bytes, size);
    if (size >= (size_t)(intern->limit - intern->cursor)) {
        intern->cursor = ARENA_ARRAY(intern->arena, char, PAGE);
        intern->limit = intern->cursor + PAGE;
    }
    char *name = intern->cursor;
    memcpy(name, bytes, size); /* the memory is zeroed, so a NUL follows */
    intern->cursor += size + 1;
    return name;
}

const char *intern_name(struct intern *intern, const char *bytes, size_t size) {
    if (intern->n * 2 >= intern->capacity)
        grow(intern);
    uint32_t hash = hash_bytes(bytes, size);
    size_t at = hash & (intern->capacity - 1);
    for (; intern->entries[at].name; at = (at + 1) & (intern->capacity - 1)) {
        const struct interned *entry = &intern->entries[at];
        if (entry->hash == hash && entry->size == size && !memcmp(entry->name, bytes, size))
            return entry->name;
    }
    intern->entries[at] = (struct interned){copy(intern, bytes, size), hash, (uint32_t)size};
    intern->n++;
    return intern->entries[at].name;
}
