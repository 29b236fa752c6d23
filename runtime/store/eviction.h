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
 *
 * The queues hold no entries, only so much of each one's hash as the table needs to find it again: 6 bytes. Nothing
 * need be done here when an entry leaves by another door; its turn finds nobody.
 *
 * One lock, for a moment, taken by inserts and turns, never by hits. It is never held together with another.
 */
#ifndef T87S_STORE_EVICTION_H
#define T87S_STORE_EVICTION_H

#include "entry_table.h"

struct t87s__eviction;

struct t87s__eviction *t87s__eviction_open(struct t87s__memory *memory, struct t87s__entry_table *table,
                                           size_t capacity_bytes);
/* NULL is allowed. */
void t87s__eviction_close(struct t87s__eviction *eviction);
/* Around a fork. */
void t87s__eviction_lock_all(struct t87s__eviction *eviction);
void t87s__eviction_unlock_all(struct t87s__eviction *eviction);

/* Before an entry is put: the queue it belongs to, with a place kept free in it. False: no memory for one. */
bool t87s__eviction_reserve(struct t87s__eviction *eviction, uint64_t hash, enum t87s__queue *queue);
/* After: the entry came in as a new one and gets its turn; NULL: it did not, and the place is free again. */
void t87s__eviction_settle(struct t87s__eviction *eviction, uint64_t hash, enum t87s__queue queue,
                           const struct t87s__entry *came);

/* Takes those that go next out of the table, with the table's references, until they cost `bytes` or a few more: a list
 * linked as in retired.h, the last one first. NULL: there is none. */
struct t87s__entry *t87s__eviction_victims(struct t87s__eviction *eviction, size_t bytes, int64_t now_ms);

/* Whether an entry of this hash was evicted lately. May be wrong by a collision. */
bool t87s__eviction_remembers(struct t87s__eviction *eviction, uint64_t hash);
/* Has what that looks at brought near. */
void t87s__eviction_prefetch(struct t87s__eviction *eviction, uint64_t hash);

#endif
