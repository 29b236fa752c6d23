/* SPDX-License-Identifier: MIT */
#include "thread_rows.h"

#include <pthread.h>

#include "mutants.h"

#define BIT(number) ((uint64_t)1 << (number))

_Thread_local unsigned t87s__thread_number = 0;

static _Thread_local bool ending = false; /* gave its number back, takes no other */
static _Atomic(uint64_t) taken = BIT(0);
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t at_end; /* its destructor gives the number back */
static bool have_key;

static void give_number(void *arg) {
    (void)arg;
    uint64_t bit = BIT(t87s__thread_number);
    ending = true;
    t87s__thread_number = 0;
    /* Release: pairs with the acquire in take_number(). */
    atomic_fetch_and_explicit(&taken, ~bit, memory_order_release);
}

static void make_key(void) { have_key = pthread_key_create(&at_end, give_number) == 0; }

/* The library may be unloaded before its threads end. */
__attribute__((destructor)) static void delete_key(void) {
    if (have_key)
        pthread_key_delete(at_end);
}

static void take_number(void) {
    static const char not_null;
    uint64_t seen = atomic_load_explicit(&taken, memory_order_relaxed);
    while (~seen) {
        unsigned number = (unsigned)__builtin_ctzll(~seen);
        const uint64_t with_ours = T87S__MUTANT(ROWS_SHARED) ? seen : seen | BIT(number);
        if (!atomic_compare_exchange_weak_explicit(&taken, &seen, with_ours, memory_order_acquire,
                                                   memory_order_relaxed))
            continue;
        pthread_once(&once, make_key);
        t87s__thread_number = number;
        if (!have_key || pthread_setspecific(at_end, &not_null) != 0)
            give_number(NULL); /* nobody would */
        return;
    }
}

void t87s__thread_numbers_after_fork_in_child(void) {
    atomic_store_explicit(&taken, BIT(0) | BIT(t87s__thread_number), memory_order_relaxed); /* one thread is left */
}

static size_t size_of(const struct t87s__thread_rows *rows) {
    return (rows->own + 1) * rows->stride * sizeof *rows->rows;
}

bool t87s__thread_rows_open(struct t87s__thread_rows *rows, struct t87s__memory *memory, size_t counts, size_t budget) {
    const size_t in_line = MEMORY_LINE / sizeof *rows->rows;
    rows->memory = memory;
    rows->stride = (counts + in_line - 1) / in_line * in_line;
    size_t own = budget / (rows->stride * sizeof *rows->rows);
    rows->own = own < THREAD_NUMBERS - 1 ? (unsigned)own : THREAD_NUMBERS - 1;
    rows->rows = t87s__memory_take_lines(memory, MEMORY_OTHER, size_of(rows));
    for (unsigned number = 1; rows->rows && number <= rows->own; number++)
        rows->of[number] = rows->rows + number * rows->stride;
    return rows->rows;
}

void t87s__thread_rows_close(struct t87s__thread_rows *rows) {
    t87s__memory_give_lines(rows->memory, MEMORY_OTHER, rows->rows, size_of(rows));
}

void t87s__thread_rows_add_slowly(struct t87s__thread_rows *rows, size_t count, uint64_t n) {
    if (!t87s__thread_number && !ending)
        take_number();
    if (rows->of[t87s__thread_number])
        t87s__thread_rows_add(rows, count, n);
    else
        atomic_fetch_add_explicit(&rows->rows[count], n, memory_order_relaxed);
}

void t87s__thread_rows_sum(const struct t87s__thread_rows *rows, size_t first, size_t n, uint64_t *sums) {
    const _Atomic(uint64_t) *row = rows->rows + first;
    for (unsigned number = 0; number <= rows->own; number++, row += rows->stride)
        for (size_t i = 0; i < n; i++)
            sums[i] += atomic_load_explicit(&row[i], memory_order_relaxed);
}
