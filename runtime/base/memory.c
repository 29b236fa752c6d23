/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static void *malloc_allocate(void *arg, size_t size) {
    (void)arg;
    return malloc(size);
}

static void malloc_release(void *arg, void *memory, size_t size) {
    (void)arg;
    (void)size;
    free(memory);
}

static const struct t87s_allocator malloc_allocator = {malloc_allocate, malloc_release, NULL};

struct t87s__memory *t87s__memory_open(const struct t87s_allocator *allocator) {
    if (!allocator)
        allocator = &malloc_allocator;
    struct t87s__memory *memory = allocator->allocate(allocator->arg, sizeof *memory);
    if (!memory)
        return NULL;
    memory->allocator = *allocator;
    for (int kind = 0; kind < MEMORY_KINDS; kind++)
        atomic_init(&memory->bytes[kind], 0);
    atomic_init(&memory->bytes[MEMORY_OTHER], t87s__memory_cost(sizeof *memory));
    atomic_init(&memory->refs, 1);
    return memory;
}

void t87s__memory_ref(struct t87s__memory *memory) {
    atomic_fetch_add_explicit(&memory->refs, 1, memory_order_relaxed); /* the caller holds one already */
}

void t87s__memory_unref(struct t87s__memory *memory) {
    /* Release: what the others did to the memory happens before the last one frees it (the acquire of the same RMW). */
    if (atomic_fetch_sub_explicit(&memory->refs, 1, memory_order_acq_rel) != 1)
        return;
    struct t87s_allocator allocator = memory->allocator;
    allocator.release(allocator.arg, memory, sizeof *memory);
}

void t87s__memory_advise_huge(struct t87s__memory *memory, void *block, size_t size) {
    static const size_t HUGE_PAGE = 2 << 20;
    if (memory->allocator.allocate != malloc_allocate || size < 2 * HUGE_PAGE)
        return;
    const uintptr_t begin = ((uintptr_t)block + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1),
                    end = ((uintptr_t)block + size) & ~(HUGE_PAGE - 1);
    const int error = errno;
    if (begin < end)
        madvise((void *)begin, end - begin, MADV_HUGEPAGE); /* advice: no harm if there are none */
    errno = error;
}

size_t t87s__memory_cost(size_t size) {
    return (size + 8 + 15) & ~(size_t)15; /* malloc's header and rounding on 64-bit systems */
}

void *t87s__memory_take(struct t87s__memory *memory, enum t87s__memory_kind kind, size_t size) {
    void *block = memory->allocator.allocate(memory->allocator.arg, size);
    if (block)
        atomic_fetch_add_explicit(&memory->bytes[kind], t87s__memory_cost(size), memory_order_relaxed);
    return block;
}

void *t87s__memory_take_zeroed(struct t87s__memory *memory, enum t87s__memory_kind kind, size_t size) {
    void *block = t87s__memory_take(memory, kind, size);
    if (block)
        memset(block, 0, size);
    return block;
}

void t87s__memory_give(struct t87s__memory *memory, enum t87s__memory_kind kind, void *block, size_t size) {
    if (!block)
        return;
    t87s__memory_count_given(memory, kind, t87s__memory_cost(size));
    t87s__memory_give_uncounted(memory, block, size);
}

void t87s__memory_give_uncounted(struct t87s__memory *memory, void *block, size_t size) {
    memory->allocator.release(memory->allocator.arg, block, size);
}

void t87s__memory_count_given(struct t87s__memory *memory, enum t87s__memory_kind kind, size_t cost) {
    atomic_fetch_sub_explicit(&memory->bytes[kind], cost, memory_order_relaxed);
}

/* The byte before the block says how far it stands from what was taken: 1 to 64. */
void *t87s__memory_take_lines(struct t87s__memory *memory, enum t87s__memory_kind kind, size_t size) {
    unsigned char *taken = t87s__memory_take_zeroed(memory, kind, size + MEMORY_LINE);
    if (!taken)
        return NULL;
    size_t shift = MEMORY_LINE - (uintptr_t)taken % MEMORY_LINE;
    taken[shift - 1] = (unsigned char)shift;
    return taken + shift;
}

void t87s__memory_give_lines(struct t87s__memory *memory, enum t87s__memory_kind kind, void *block, size_t size) {
    if (!block)
        return;
    unsigned char *at = block;
    t87s__memory_give(memory, kind, at - at[-1], size + MEMORY_LINE);
}

void t87s__memory_move(struct t87s__memory *memory, enum t87s__memory_kind from, enum t87s__memory_kind to,
                       size_t cost) {
    atomic_fetch_sub_explicit(&memory->bytes[from], cost, memory_order_relaxed);
    atomic_fetch_add_explicit(&memory->bytes[to], cost, memory_order_relaxed);
}

size_t t87s__memory_used(struct t87s__memory *memory) {
    size_t sum = 0;
    for (int kind = 0; kind < MEMORY_KINDS; kind++)
        sum += atomic_load_explicit(&memory->bytes[kind], memory_order_relaxed);
    return sum;
}
