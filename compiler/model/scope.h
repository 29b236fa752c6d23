/* SPDX-License-Identifier: MIT
 *
 * Who has which name: a hash map from (owner, interned name) to a thing. The owner is any address that stands for the
 * space of names: a block for its segments, a node for its children, a constant for all groups.
 */
#ifndef T87SC_SCOPE_H
#define T87SC_SCOPE_H

#include <stddef.h>

struct arena;

struct scope_entry {
    const void *owner;
    const char *name; /* NULL: free */
    void *thing;
};

struct scope {
    struct arena *arena;
    struct scope_entry *entries; /* open addressing; the capacity is a power of two */
    size_t n, capacity;
};

void scope_init(struct scope *scope, struct arena *arena);

/* NULL when the owner has no such name. */
void *scope_get(const struct scope *scope, const void *owner, const char *name);

/* What has the name already, or NULL: then `thing` has it now. Only under arena_run(). */
void *scope_put(struct scope *scope, const void *owner, const char *name, void *thing);

#endif
