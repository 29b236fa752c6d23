/* SPDX-License-Identifier: MIT
 *
 * Where the compiler's memory comes from, and what happens when there is none.
 *
 * An arena is freed as a whole. The law of memory: inside arena_run() an allocation never returns NULL; when the memory
 * runs out, arena_alloc() leaves through that arena_run(), which returns false, and the caller frees the arena. So code
 * that runs under it needs no branches for memory, and must hold nothing that the arena does not own (no FILE, no
 * malloc). What may be used outside of arena_run() takes arena_try() and remembers a failure instead: struct text and
 * struct diag_list have a `failed` flag, asked once at the end.
 */
#ifndef T87SC_ARENA_H
#define T87SC_ARENA_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena_chunk;

/* What the strictest of the compiler's own types is aligned for. */
union arena_unit {
    uint64_t number;
    void *pointer;
};

struct arena {
    struct arena_chunk *chunks;
    char *cursor, *limit; /* the free part of the newest chunk */
    size_t next_chunk;    /* doubles up to a megabyte */
    jmp_buf *guard;       /* of the innermost arena_run(), or NULL */
};

void arena_init(struct arena *arena);
void arena_free(struct arena *arena);

/* Zeroed and aligned for a union arena_unit. NULL when there is no memory; may be called anywhere. */
void *arena_try(struct arena *arena, size_t size);

/* Nobody will use the block again. A big one is given back at once, as tables must be that have grown; another stays
 * with the arena. */
void arena_drop(struct arena *arena, void *block);

/* The same, never NULL; only under arena_run(). */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_alloc_array(struct arena *arena, size_t n, size_t size);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, n) ((type *)arena_alloc_array((arena), (n), sizeof(type)))

/* A NUL-terminated copy. */
char *arena_copy(struct arena *arena, const char *bytes, size_t size);

/* Calls work(argument); false if the memory ran out under it. May be nested. */
bool arena_run(struct arena *arena, void (*work)(void *argument), void *argument);

#endif
