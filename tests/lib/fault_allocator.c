/* SPDX-License-Identifier: MIT */
#include "fault_allocator.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* In front of each block; keeps the block as aligned as malloc's. */
union header {
    struct {
        size_t size;
        size_t seal;
    } block;
    max_align_t align;
};

static const size_t alive = 0x5ea1ed, dead = 0xdead;

static bool refuse(struct fault_allocator *memory) {
    if (atomic_load(&memory->until_failure) < 0)
        return false;
    long left = atomic_fetch_sub(&memory->until_failure, 1);
    if (left > 0)
        return false;
    /* Counted below zero, nothing fails any more. */
    if (memory->for_ever)
        atomic_store(&memory->until_failure, 0);
    else if (left == 0)
        atomic_store(&memory->until_failure, atomic_exchange(&memory->then, FAULT_NEVER));
    return left == 0;
}

static void *allocate(void *arg, size_t size) {
    struct fault_allocator *memory = arg;
    atomic_fetch_add(&memory->allocations, 1);
    if (refuse(memory)) {
        atomic_fetch_add(&memory->failed, 1);
        return NULL;
    }
    union header *header = malloc(sizeof *header + size);
    if (header == NULL)
        abort();
    header->block.size = size;
    header->block.seal = alive;
    memset(header + 1, 0xa5, size); /* what is not initialised shows */
    atomic_fetch_add(&memory->live_blocks, 1);
    atomic_fetch_add(&memory->live_bytes, (long)size);
    return header + 1;
}

static void release(void *arg, void *block, size_t size) {
    struct fault_allocator *memory = arg;
    if (block == NULL)
        return;
    union header *header = (union header *)block - 1;
    if (header->block.seal != alive || header->block.size != size)
        abort();
    header->block.seal = dead;
    atomic_fetch_sub(&memory->live_blocks, 1);
    atomic_fetch_sub(&memory->live_bytes, (long)size);
    free(header);
}

void fault_allocator_init(struct fault_allocator *memory, long until_failure, bool for_ever) {
    memory->allocator = (struct t87s_allocator){.allocate = allocate, .release = release, .arg = memory};
    memory->for_ever = for_ever;
    atomic_init(&memory->until_failure, until_failure);
    atomic_init(&memory->then, FAULT_NEVER);
    atomic_init(&memory->failed, 0);
    atomic_init(&memory->live_blocks, 0);
    atomic_init(&memory->live_bytes, 0);
    atomic_init(&memory->allocations, 0);
}

void fault_allocator_init_pair(struct fault_allocator *memory, long first, long distance) {
    fault_allocator_init(memory, first, false);
    atomic_init(&memory->then, distance);
}
