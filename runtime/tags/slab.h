/* SPDX-License-Identifier: MIT
 *
 * Many small cells of one size, known by a number. A cell never moves, and its address is found without a lock:
 *
 *     number ─► block of the directory ─► chunk of 64 cells ─► cell
 *
 * Chunks come and go one at a time, so what the slab takes follows what is in it and never doubles the capacity away.
 * They start a cache line, and cells of 32 bytes stand half a line apart: looking at one touches one line.
 */
#ifndef T87S_TAGS_SLAB_H
#define T87S_TAGS_SLAB_H

#include <pthread.h>

#include "memory.h"

enum { SLAB_CELLS = 64, SLAB_CHUNKS_PER_BLOCK = 1024, SLAB_BLOCKS = 512 }; /* 32 million cells */

struct t87s__slab_chunk {
    /* under the slab's lock */
    struct t87s__slab_chunk *next, *before; /* among the roomy ones */
    uint32_t number;
    uint16_t n_used;
    uint16_t n_fresh;   /* cells never used yet: the last ones */
    uint16_t free_cell; /* + 1, linked through the cells' first bytes; 0: none */
    _Alignas(MEMORY_LINE / 2) unsigned char cells[];
};

/* What stands in the directory for a chunk's number: the chunk, or, for a number that is free, the next free one: an
 * odd number, which no address of a chunk is. */
struct t87s__slab_block {
    _Atomic(uintptr_t) chunks[SLAB_CHUNKS_PER_BLOCK];
};

struct t87s__slab {
    struct t87s__memory *memory; /* immutable after init */
    enum t87s__memory_kind kind;
    size_t cell_size;
    _Atomic(struct t87s__slab_block *) blocks[SLAB_BLOCKS]; /* written under the lock */
    pthread_mutex_t lock;
    /* under the lock */
    struct t87s__slab_chunk *roomy; /* chunks with a free cell */
    uint32_t n_chunks;              /* numbers ever given out */
    uint32_t free_numbers;          /* of chunks that went: the first of a list in the directory, + 1; 0: none */
};

/* `slab` is zeroed. */
void t87s__slab_init(struct t87s__slab *slab, struct t87s__memory *memory, enum t87s__memory_kind kind,
                     size_t cell_size);
/* All cells are given up. */
void t87s__slab_close(struct t87s__slab *slab);

/* The number of a cell for the caller, from 1, its bytes undefined; 0: no memory. */
uint32_t t87s__slab_take(struct t87s__slab *slab);
void t87s__slab_give(struct t87s__slab *slab, uint32_t number);

/* Where a chunk of this number stands in the directory; its block is there. */
static inline _Atomic(uintptr_t) *t87s__slab_place(const struct t87s__slab *slab, uint32_t chunk) {
    /* Acquire: pairs with the release in find_number(), so the block is seen zeroed. */
    struct t87s__slab_block *block =
        atomic_load_explicit(&slab->blocks[chunk / SLAB_CHUNKS_PER_BLOCK], memory_order_acquire);
    return &block->chunks[chunk % SLAB_CHUNKS_PER_BLOCK];
}

static inline struct t87s__slab_chunk *t87s__slab_chunk_of(const struct t87s__slab *slab, uint32_t number) {
    /* Acquire: pairs with the release in add_chunk(). */
    return (struct t87s__slab_chunk *)atomic_load_explicit(t87s__slab_place(slab, (number - 1) / SLAB_CELLS),
                                                           memory_order_acquire);
}

/* Where a taken cell is. No lock. */
static inline void *t87s__slab_at(const struct t87s__slab *slab, uint32_t number) {
    return t87s__slab_chunk_of(slab, number)->cells + (number - 1) % SLAB_CELLS * slab->cell_size;
}

/* Has a taken cell brought near, and what giving it will need. */
static inline void t87s__slab_prefetch(const struct t87s__slab *slab, uint32_t number) {
    struct t87s__slab_chunk *chunk = t87s__slab_chunk_of(slab, number);
    __builtin_prefetch(chunk, 1);
    __builtin_prefetch(chunk->cells + (number - 1) % SLAB_CELLS * slab->cell_size, 1);
}

#endif
