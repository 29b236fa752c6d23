/* SPDX-License-Identifier: MIT */
#include "slab.h"

#include <assert.h>
#include <string.h>

static size_t chunk_size(const struct t87s__slab *slab) {
    return offsetof(struct t87s__slab_chunk, cells) + SLAB_CELLS * slab->cell_size;
}

void t87s__slab_init(struct t87s__slab *slab, struct t87s__memory *memory, enum t87s__memory_kind kind,
                     size_t cell_size) {
    assert(cell_size >= sizeof(uint16_t));
    slab->memory = memory;
    slab->kind = kind;
    slab->cell_size = cell_size;
    pthread_mutex_init(&slab->lock, NULL);
}

void t87s__slab_close(struct t87s__slab *slab) {
    for (uint32_t chunk = 0; chunk < slab->n_chunks; chunk++) {
        uintptr_t at =
            atomic_load_explicit(t87s__slab_place(slab, chunk), memory_order_relaxed); /* nobody else is left */
        if (!(at & 1))
            t87s__memory_give_lines(slab->memory, slab->kind, (void *)at, chunk_size(slab));
    }
    for (int i = 0; i < SLAB_BLOCKS; i++)
        t87s__memory_give(slab->memory, slab->kind, atomic_load_explicit(&slab->blocks[i], memory_order_relaxed),
                          sizeof(struct t87s__slab_block));
    pthread_mutex_destroy(&slab->lock);
}

/* ---- the lock is held from here on ---- */

static void link_roomy(struct t87s__slab *slab, struct t87s__slab_chunk *chunk) {
    chunk->before = NULL;
    chunk->next = slab->roomy;
    if (slab->roomy)
        slab->roomy->before = chunk;
    slab->roomy = chunk;
}

static void unlink_roomy(struct t87s__slab *slab, struct t87s__slab_chunk *chunk) {
    *(chunk->before ? &chunk->before->next : &slab->roomy) = chunk->next;
    if (chunk->next)
        chunk->next->before = chunk->before;
}

/* A number for a new chunk, with its block: false when there is no memory or the slab is full. */
static bool find_number(struct t87s__slab *slab, uint32_t *chunk) {
    if (slab->free_numbers) {
        *chunk = slab->free_numbers - 1;
        slab->free_numbers =
            (uint32_t)(atomic_load_explicit(t87s__slab_place(slab, *chunk), memory_order_relaxed) >> 1);
        return true;
    }
    *chunk = slab->n_chunks;
    uint32_t at = *chunk / SLAB_CHUNKS_PER_BLOCK;
    if (at >= SLAB_BLOCKS)
        return false;
    if (!atomic_load_explicit(&slab->blocks[at], memory_order_relaxed)) {
        struct t87s__slab_block *block = t87s__memory_take_zeroed(slab->memory, slab->kind, sizeof *block);
        if (!block)
            return false;
        atomic_store_explicit(&slab->blocks[at], block, memory_order_release);
    }
    slab->n_chunks++;
    return true;
}

static void free_number(struct t87s__slab *slab, uint32_t chunk) {
    atomic_store_explicit(t87s__slab_place(slab, chunk), (uintptr_t)slab->free_numbers << 1 | 1, memory_order_relaxed);
    slab->free_numbers = chunk + 1;
}

static bool add_chunk(struct t87s__slab *slab) {
    uint32_t number;
    if (!find_number(slab, &number))
        return false;
    struct t87s__slab_chunk *chunk = t87s__memory_take_lines(slab->memory, slab->kind, chunk_size(slab));
    if (!chunk) {
        free_number(slab, number);
        return false;
    }
    *chunk = (struct t87s__slab_chunk){.number = number, .n_fresh = SLAB_CELLS};
    link_roomy(slab, chunk);
    atomic_store_explicit(t87s__slab_place(slab, number), (uintptr_t)chunk, memory_order_release);
    return true;
}

static unsigned char *cell(const struct t87s__slab *slab, struct t87s__slab_chunk *chunk, uint32_t at) {
    return chunk->cells + at * slab->cell_size;
}

uint32_t t87s__slab_take(struct t87s__slab *slab) {
    uint32_t number = 0;
    pthread_mutex_lock(&slab->lock);
    if (slab->roomy || add_chunk(slab)) {
        struct t87s__slab_chunk *chunk = slab->roomy;
        uint32_t at;
        if (chunk->free_cell) {
            at = chunk->free_cell - 1u;
            memcpy(&chunk->free_cell, cell(slab, chunk, at), sizeof chunk->free_cell);
        } else {
            at = SLAB_CELLS - (uint32_t)chunk->n_fresh--;
        }
        if (++chunk->n_used == SLAB_CELLS)
            unlink_roomy(slab, chunk);
        number = chunk->number * SLAB_CELLS + at + 1;
    }
    pthread_mutex_unlock(&slab->lock);
    return number;
}

void t87s__slab_give(struct t87s__slab *slab, uint32_t number) {
    pthread_mutex_lock(&slab->lock);
    struct t87s__slab_chunk *chunk = t87s__slab_chunk_of(slab, number), *empty = NULL;
    uint32_t at = (number - 1) % SLAB_CELLS;
    memcpy(cell(slab, chunk, at), &chunk->free_cell, sizeof chunk->free_cell);
    chunk->free_cell = (uint16_t)(at + 1);
    if (chunk->n_used-- == SLAB_CELLS)
        link_roomy(slab, chunk);
    bool another = chunk->next || chunk->before;
    if (!chunk->n_used && another) { /* one is left for the next to come */
        unlink_roomy(slab, chunk);
        free_number(slab, chunk->number);
        empty = chunk;
    }
    pthread_mutex_unlock(&slab->lock);
    t87s__memory_give_lines(slab->memory, slab->kind, empty, chunk_size(slab));
}
