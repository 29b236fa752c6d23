/* SPDX-License-Identifier: MIT
 *
 * One copy of every name: equal names are equal pointers, so that scopes and checks compare pointers.
 */
#ifndef T87SC_INTERN_H
#define T87SC_INTERN_H

#include <stddef.h>
#include <stdint.h>

struct arena;

struct interned {
    const char *name; /* NULL: free */
    uint32_t hash, size;
};

struct intern {
    struct arena *arena;
    struct interned *entries; /* open addressing; the capacity is a power of two */
    size_t n, capacity;
    char *cursor, *limit; /* room for the next names: they are packed, since passes walk over them in their order */
};

void intern_init(struct intern *intern, struct arena *arena);

/* The one NUL-terminated copy of these bytes. Only under arena_run(). */
const char *intern_name(struct intern *intern, const char *bytes, size_t size);

#endif
