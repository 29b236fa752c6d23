/* SPDX-License-Identifier: MIT
 *
 * A list of chunks, the newest one being filled. What is larger than a quarter of a chunk gets a chunk of its own, so
 * that a big array does not throw away the free part of the current one, and can be given back. Chunks come zeroed:
 * what of them is never used costs nothing.
 */
#include "arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CHUNK = 16 << 10, LAST_CHUNK = 1 << 20 };

struct arena_chunk {
    struct arena_chunk *next;
    bool has_one_block;
    alignas(union arena_unit) char bytes[];
};

void arena_init(struct arena *arena) { *arena = (struct arena){.next_chunk = FIRST_CHUNK}; }

void arena_free(struct arena *arena) {
    struct arena_chunk *chunk = arena->chunks;
    while (chunk) {
        struct arena_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    arena_init(arena);
}

static struct arena_chunk *new_chunk(struct arena *arena, size_t size, bool has_one_block) {
    struct arena_chunk *chunk = calloc(1, sizeof *chunk + size);
    if (!chunk)
        return NULL;
    chunk->has_one_block = has_one_block;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return chunk;
}

void *arena_try(struct arena *arena, size_t size) {
    const size_t align = alignof(union arena_unit);
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + align - 1) / align * align;
    if (size > (size_t)(arena->limit - arena->cursor)) {
        bool own = size > arena->next_chunk / 4;
        struct arena_chunk *chunk = new_chunk(arena, own ? size : arena->next_chunk, own);
        if (!chunk)
            return NULL;
        if (own)
            return chunk->bytes;
        arena->cursor = chunk->bytes;
        arena->limit = chunk->bytes + arena->next_chunk;
        if (arena->next_chunk < LAST_CHUNK)
            arena->next_chunk *= 2;
    }
    void *block = arena->cursor;
    arena->cursor += size;
    return block;
}

void arena_drop(struct arena *arena, void *block) {
    struct arena_chunk **link = &arena->chunks;
    while (*link && (*link)->bytes != block)
        link = &(*link)->next;
    struct arena_chunk *chunk = *link;
    if (!chunk || !chunk->has_one_block)
        return;
    *link = chunk->next;
    free(chunk);
}

void *arena_alloc(struct arena *arena, size_t size) {
    assert(arena->guard && "arena_alloc() outside of arena_run()");
    void *block = arena_try(arena, size);
    if (!block)
        longjmp(*arena->guard, 1);
    return block;
}

void *arena_alloc_array(struct arena *arena, size_t n, size_t size) {
    return arena_alloc(arena, n > SIZE_MAX / 2 / size ? SIZE_MAX : n * size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t size) {
    char *copy = arena_alloc(arena, size + 1);
    memcpy(copy, bytes, size);
    return copy;
}

bool arena_run(struct arena *arena, void (*work)(void *argument), void *argument) {
    jmp_buf *const outer = arena->guard;
    jmp_buf here;
    if (setjmp(here)) {
        arena->guard = outer;
        return false;
    }
    arena->guard = &here;
    work(argument);
    arena->guard = outer;
    return true;
}
