/* SPDX-License-Identifier: MIT
 *
 * Who goes when the capacity is reached: S3-FIFO by bytes.
 *
 *     new ──> small (10 %) ──visited──> main ──visited──┐
 *               │                        │ ^────────────┘
 *               v                        v
 *           gone, but its fingerprint stays: one that comes back soon goes straight to main
 *
 * A hit only counts in the entry (visits), no queue is touched. What is out of date goes first when the hand meets it.
 * The queues hold one reference to each of their entries. One lock, taken by inserts and removals, never by hits.
 */
#ifndef T87S_STORE_EVICTION_H
#define T87S_STORE_EVICTION_H

#include "entry.h"

struct t87s__eviction;

struct t87s__eviction *t87s__eviction_open(struct t87s__memory *memory, size_t capacity_bytes);
/* The queues must be empty by then. */
void t87s__eviction_close(struct t87s__eviction *eviction);
/* Around a fork. */
void t87s__eviction_lock_all(struct t87s__eviction *eviction);
void t87s__eviction_unlock_all(struct t87s__eviction *eviction);

static inline void t87s__eviction_visit(struct t87s__entry *entry) {
    /* Relaxed and not exact: a lost visit of a hot entry is soon made up for. */
    uint8_t visits = atomic_load_explicit(&entry->visits, memory_order_relaxed);
    if (visits < 3)
        atomic_store_explicit(&entry->visits, (uint8_t)(visits + 1), memory_order_relaxed);
}

/* An entry that was put into the table. */
void t87s__eviction_add(struct t87s__eviction *eviction, struct t87s__entry *entry);
/* An entry that left the table. The queue's reference, if there is one, goes to the caller (true). */
bool t87s__eviction_drop(struct t87s__eviction *eviction, struct t87s__entry *entry);
/* Takes the next one to go out of its queue, with the queue's reference; NULL: there is none. */
struct t87s__entry *t87s__eviction_victim(struct t87s__eviction *eviction, struct t87s__tag_tree *tree, int64_t now_ms);

/* Whether an entry of this hash was evicted lately. May be wrong by a collision. */
bool t87s__eviction_remembers(struct t87s__eviction *eviction, uint64_t hash);

#endif
