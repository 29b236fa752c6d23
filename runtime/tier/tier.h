/* SPDX-License-Identifier: MIT
 *
 * The cache's end of its store. What fails is counted and told nowhere else but where a rule says so (law 6): a read
 * that fails is a miss, a write that fails is nothing, an invalidation that fails is pending and told (law 7).
 */
#ifndef T87S_TIER_TIER_H
#define T87S_TIER_TIER_H

#include <t87s/store.h>

#include "advice.h"
#include "memory.h"

struct t87s__tier;

/* What it counts; relaxed sums. */
struct t87s__tier_counts {
    uint64_t reads, hits, stale_hits, outdated, absent, read_errors;
    uint64_t writes, write_errors;
    uint64_t mark_errors, pending; /* invalidations, removals and clears that the store did not take at once */
    uint64_t timeouts;             /* calls that failed for want of time */
};

/* `near` is copied: how the near tier hears of what others do. T87S_OK, or what the store says, or T87S_E_NOMEM,
 * T87S_E_INVALID (the store is of another version of the interface). *out is set before anybody is told anything. */
enum t87s_status t87s__tier_open(struct t87s__memory *memory, struct t87s_store *store, const char *prefix,
                                 const struct t87s_store_listener *near, struct t87s__tier **out);
/* First, so that nobody is told anything any more; pending ones are tried once more, for the time of one call
 * altogether. NULL is allowed. */
void t87s__tier_close(struct t87s__tier *tier);

/* What the store has for a query, judged with what is pending here. False: it cannot say (then there is no next birth
 * either, and nothing is to be written). */
bool t87s__tier_read(struct t87s__tier *tier, const void *key, size_t key_size, const struct t87s_store_tag *tags,
                     size_t n_tags, struct t87s_store_answer *answer);
/* The same, and takes the key's lease if nobody else has it (t87s/store.h). False: also where there are none. */
bool t87s__tier_lease(struct t87s__tier *tier, const void *key, size_t key_size, const struct t87s_store_tag *tags,
                      size_t n_tags, struct t87s_store_lease *lease, struct t87s_store_answer *answer);
void t87s__tier_release(struct t87s__tier *tier, const void *key, size_t key_size, uint64_t holder);
/* Hands it what was fetched or set; T87S_OK: it has it. */
enum t87s_status t87s__tier_write(struct t87s__tier *tier, const void *key, size_t key_size,
                                  const struct t87s_store_tag *tags, size_t n_tags,
                                  const struct t87s_store_value *value);
/* False: it cannot say. */
bool t87s__tier_birth(struct t87s__tier *tier, struct t87s_store_birth *birth);

/* T87S_OK, or T87S_PARTIAL: pending. */
enum t87s_status t87s__tier_invalidate(struct t87s__tier *tier, const struct t87s_store_tag *tags, size_t n,
                                       unsigned flags);
enum t87s_status t87s__tier_remove(struct t87s__tier *tier, const void *key, size_t key_size);
enum t87s_status t87s__tier_clear(struct t87s__tier *tier);

void t87s__tier_read_counts(struct t87s__tier *tier, struct t87s__tier_counts *out);
struct t87s__advice *t87s__tier_advice(struct t87s__tier *tier);

void t87s__tier_before_fork(struct t87s__tier *tier);
void t87s__tier_after_fork(struct t87s__tier *tier, bool is_child);

#endif
