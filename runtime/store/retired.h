/* SPDX-License-Identifier: MIT
 *
 * Entries on their way out. What left the table may still be looked at by readers that found it before, so its tags
 * and its block stay until a grace period has passed: until every read section that was open then has ended.
 *
 *     retire ──> young ──round──> waiting ──grace period──> ripe ──> tags and reference given back
 *
 * A round takes what is young and waits for a grace period; one runs at a time, in the service thread or in who needs
 * the memory now. The lists run through the entries themselves, so retiring needs no memory, and no lock. What is
 * retired counts (MEMORY_RETIRED) until it is given back.
 */
#ifndef T87S_STORE_RETIRED_H
#define T87S_STORE_RETIRED_H

#include <pthread.h>

#include "entry.h"

/* In front of other blocks that readers may look at. */
struct t87s__retired_block {
    struct t87s__retired_block *next;
    void *block;
    size_t size;
};

struct t87s__retired;

struct t87s__retired *t87s__retired_open(struct t87s__memory *memory, struct t87s__tag_tree *tree);
/* Gives everything back; there are no readers any more. NULL is allowed. */
void t87s__retired_close(struct t87s__retired *retired);
/* The same, and it stays open: in the child of a fork, or while nobody else uses the cache. */
void t87s__retired_drain(struct t87s__retired *retired);
void t87s__retired_lock_all(struct t87s__retired *retired);
void t87s__retired_unlock_all(struct t87s__retired *retired);
/* In the child: the thread that ran a round is not there. */
void t87s__retired_after_fork(struct t87s__retired *retired);

/* Lists of entries that are out of the table; readers may still see them. */
static inline struct t87s__entry *t87s__retired_next(const struct t87s__entry *entry) {
    const uint64_t link = atomic_load_explicit(&entry->validated, memory_order_relaxed) & ~T87S__ENTRY_RETIRED;
    return (struct t87s__entry *)(uintptr_t)link;
}
static inline void t87s__retired_link(struct t87s__entry *entry, struct t87s__entry *next) {
    /* Relaxed: a reader only sees that it is none of its business (t87s__entry_revalidate); the lists have a lock. */
    atomic_store_explicit(&entry->validated, T87S__ENTRY_RETIRED | (uintptr_t)next, memory_order_relaxed);
}

/* Takes over the table's references to an entry that was taken out. */
void t87s__retired_add(struct t87s__retired *retired, struct t87s__entry *entry);
/* The same for a list of them; returns how many. */
size_t t87s__retired_add_all(struct t87s__retired *retired, struct t87s__entry *list);
void t87s__retired_add_block(struct t87s__retired *retired, struct t87s__retired_block *block, void *start,
                             size_t size);

/* Runs a round unless one runs; false then. Waits for readers: not inside a read section, and with no lock held. */
bool t87s__retired_round(struct t87s__retired *retired);
/* For who needs the memory now: runs a round, or waits a moment for the end of those that others run, and gives back
 * what is ripe. Where it is called is as for a round. */
void t87s__retired_relieve(struct t87s__retired *retired);
/* Gives back a few of those that are ripe; cheap. */
void t87s__retired_reap(struct t87s__retired *retired, unsigned n);
/* What has not been given back yet. */
size_t t87s__retired_bytes(const struct t87s__retired *retired);

#endif
