/* SPDX-License-Identifier: MIT
 *
 * Many small cells of one size, known by a number. A cell never moves, and its address is found without a lock:
 *
 *     number ─► block of the directory ─► chunk of 64 cells ─► cell
 *
 * Chunks come and go one at a time, so what the slab takes follows what is in it and never doubles the capacity away.
 */
#ifndef T87S_TAGS_SLAB_H
#define T87S_TAGS_SLAB_H

#include <pthread.h>

#include "memory.h"

enum { SLAB_CELLS = 64, SLAB_CHUNKS_PER_BLOCK = 1024, SLAB_BLOCKS = 256 }; /* 16 million cells */

struct t87s__slab_chunk;
struct t87s__slab_block;

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
/* Where a taken cell is. No lock. */
void *t87s__slab_at(struct t87s__slab *slab, uint32_t number);

#endif
