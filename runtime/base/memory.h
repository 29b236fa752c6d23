/* SPDX-License-Identifier: MIT
 *
 * All memory of one cache: the user's allocator, and how many bytes each kind of thing holds.
 *
 * Every block is taken and given back with its size and kind, so that the capacity counts everything (law 4). The
 * struct itself outlives the cache while a pinned value does: whoever may free a block later holds a reference.
 */
#ifndef T87S_BASE_MEMORY_H
#define T87S_BASE_MEMORY_H

#include <stdatomic.h>

#include <t87s/t87s.h>

enum t87s__memory_kind {
    MEMORY_ENTRIES,
    MEMORY_RETIRED, /* entries out of the table that a reader may still look at */
    MEMORY_PINNED,  /* entries out of the table that a value still holds */
    MEMORY_TABLE,
    MEMORY_TAGS,
    MEMORY_FLIGHTS,
    MEMORY_OTHER,
    MEMORY_KINDS
};

struct t87s__memory {
    struct t87s_allocator allocator;     /* immutable after open */
    _Atomic(size_t) bytes[MEMORY_KINDS]; /* relaxed: sums for the capacity and the stats, no order rests on them */
    _Atomic(size_t) refs;                /* the cache, and each entry that may outlive it */
};

/* A memory with one reference, or NULL. `allocator` NULL: malloc. */
struct t87s__memory *t87s__memory_open(const struct t87s_allocator *allocator);
void t87s__memory_ref(struct t87s__memory *memory);
void t87s__memory_unref(struct t87s__memory *memory);

/* A block of `size` bytes, uninitialised, aligned for any type; NULL when there is none. */
void *t87s__memory_take(struct t87s__memory *memory, enum t87s__memory_kind kind, size_t size);
/* The same, zeroed. */
void *t87s__memory_take_zeroed(struct t87s__memory *memory, enum t87s__memory_kind kind, size_t size);
void t87s__memory_give(struct t87s__memory *memory, enum t87s__memory_kind kind, void *block, size_t size);
/* The same for many blocks: each is given back, and what they all cost is counted at once. */
void t87s__memory_give_uncounted(struct t87s__memory *memory, void *block, size_t size);
void t87s__memory_count_given(struct t87s__memory *memory, enum t87s__memory_kind kind, size_t cost);

/* The pair for structs with members on cache lines of their own, which no allocator promises: zeroed, and it starts a
 * line. Costs up to one line more. */
enum { MEMORY_LINE = 64 };
void *t87s__memory_take_lines(struct t87s__memory *memory, enum t87s__memory_kind kind, size_t size);
void t87s__memory_give_lines(struct t87s__memory *memory, enum t87s__memory_kind kind, void *block, size_t size);

/* Asks the system for huge pages under a block that is large enough for some, before it is first written. Not for the
 * memory of a user's allocator, whose business it is. */
void t87s__memory_advise_huge(struct t87s__memory *memory, void *block, size_t size);

/* What a block of `size` counts as: its own bytes and what an allocator typically adds. */
size_t t87s__memory_cost(size_t size);
/* Counts a block of that cost under another kind from now on. */
void t87s__memory_move(struct t87s__memory *memory, enum t87s__memory_kind from, enum t87s__memory_kind to,
                       size_t cost);
size_t t87s__memory_used(struct t87s__memory *memory);
static inline size_t t87s__memory_of(const struct t87s__memory *memory, enum t87s__memory_kind kind) {
    return atomic_load_explicit(&memory->bytes[kind], memory_order_relaxed);
}

#endif
