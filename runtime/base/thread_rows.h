/* SPDX-License-Identifier: MIT
 *
 * Counts that a thread adds to with a plain load and store.
 *
 *     number    1 to 63 belong to one thread each, from its first count to its end, lowest first; 0 to all others
 *     rows      [0] shared  [1] of number 1  ...  [n] of number n        each begins a cache line
 *
 * Those without a number, or with one beyond the rows there are, add to the shared ones by fetch_add. A count is the
 * sum over all rows. The number's way from thread to thread orders its rows: it is given back with release and taken
 * with acquire, so the next thread goes on from where the counts stand. Otherwise all is relaxed: a count orders
 * nothing. All memory is taken at open: a hit takes none.
 */
#ifndef T87S_BASE_THREAD_ROWS_H
#define T87S_BASE_THREAD_ROWS_H

#include <stdatomic.h>

#include "memory.h"

enum { THREAD_NUMBERS = 64 };

/* Of the calling thread. */
extern _Thread_local unsigned t87s__thread_number __attribute__((visibility("hidden")));

struct t87s__thread_rows {
    /* immutable after open */
    struct t87s__memory *memory;
    size_t stride;                         /* counts from one row to the next */
    unsigned own;                          /* how many rows there are beside the shared one */
    _Atomic(uint64_t) *rows;               /* the shared one, and its successors */
    _Atomic(uint64_t) *of[THREAD_NUMBERS]; /* of[n]: the row of number n; NULL: it has none */
};

/* Into a zeroed struct; false: no memory. As many rows of threads as fit into `budget` bytes. */
bool t87s__thread_rows_open(struct t87s__thread_rows *rows, struct t87s__memory *memory, size_t counts, size_t budget);
/* Harmless on one that was not opened. */
void t87s__thread_rows_close(struct t87s__thread_rows *rows);

/* For the first count of a thread, and those without rows of their own. */
void t87s__thread_rows_add_slowly(struct t87s__thread_rows *rows, size_t count, uint64_t n);

static inline void t87s__thread_rows_add(struct t87s__thread_rows *rows, size_t count, uint64_t n) {
    _Atomic(uint64_t) *own = rows->of[t87s__thread_number];
    if (__builtin_expect(!own, 0)) {
        t87s__thread_rows_add_slowly(rows, count, n);
        return;
    }
    uint64_t sum = atomic_load_explicit(&own[count], memory_order_relaxed) + n; /* no other thread stores there */
    atomic_store_explicit(&own[count], sum, memory_order_relaxed);
}

/* Adds the counts from `first` on to sums[0..n-1]. */
void t87s__thread_rows_sum(const struct t87s__thread_rows *rows, size_t first, size_t n, uint64_t *sums);

/* In a child the numbers of the threads it does not have are free again; the calling one keeps its own. */
void t87s__thread_numbers_after_fork_in_child(void);

#endif
