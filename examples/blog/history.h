/* SPDX-License-Identifier: MIT */
#ifndef BLOG_HISTORY_H
#define BLOG_HISTORY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "db.h"

/* The check of the invalidation law, from outside. Each row has a floor: the version that was committed before the last
 * invalidation that has returned. A reader takes the floor before it asks; an answer below it is older than an
 * invalidation before the query, and so breaks the law, unless it is marked stale.
 *
 * The writer: commit, invalidate, raise the floor.   The reader: take the floor, ask, compare. */
struct history {
    _Atomic uint64_t user[DB_USERS + 1]; /* by id; acquire and release pair up writer and reader */
    _Atomic uint64_t post[DB_POSTS + 1];
};

/* What one reader found; `first` tells of the first answer that was too old. */
struct verdict {
    uint64_t checked, too_old;
    char first[128];
};

static inline uint64_t history_floor(const _Atomic uint64_t *row) {
    return atomic_load_explicit(row, memory_order_acquire);
}

static inline void history_raise(_Atomic uint64_t *row, uint64_t version) {
    atomic_store_explicit(row, version, memory_order_release);
}

void verdict_check(struct verdict *verdict, const char *what, uint64_t id, uint64_t floor, uint64_t version);
void verdict_merge(struct verdict *into, const struct verdict *from);

#endif
