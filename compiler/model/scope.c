/* SPDX-License-Identifier: MIT */
#include "scope.h"

#include <stdint.h>

#include "arena.h"

enum { FIRST_CAPACITY = 256 };

void scope_init(struct scope *scope, struct arena *arena) { *scope = (struct scope){.arena = arena}; }

/* Where the name is, or the free entry where it would be. */
static struct scope_entry *find(const struct scope *scope, const void *owner, const char *name) {
    uint64_t hash = (uint64_t)(uintptr_t)owner * 0x9E3779B97F4A7C15u ^ (uint64_t)(uintptr_t)name;
    hash = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u;
    size_t at = (size_t)(hash >> 32) & (scope->capacity - 1);
    while (scope->entries[at].name && (scope->entries[at].name != name || scope->entries[at].owner != owner))
        at = (at + 1) & (scope->capacity - 1);
    return &scope->entries[at];
}

void *scope_get(const struct scope *scope, const void *owner, const char *name) {
    return scope->capacity ? find(scope, owner, name)->thing : NULL;
}

static void grow(struct scope *scope) {
    struct scope old = *scope;
    scope->capacity = old.capacity ? old.capacity * 2 : FIRST_CAPACITY;
    scope->entries = ARENA_ARRAY(scope->arena, struct scope_entry, scope->capacity);
    for (size_t i = 0; i < old.capacity; i++)
        if (old.entries[i].name)
            *find(scope, old.entries[i].owner, old.entries[i].name) = old.entries[i];
    arena_drop(scope->arena, old.entries);
}

void *scope_put(struct scope *scope, const void *owner, const char *name, void *thing) {
    if (scope->n * 4 >= scope->capacity * 3)
        grow(scope);
    struct scope_entry *entry = find(scope, owner, name);
    if (entry->name)
        return entry->thing;
    *entry = (struct scope_entry){owner, name, thing};
    scope->n++;
    return NULL;
}
