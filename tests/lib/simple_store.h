/* SPDX-License-Identifier: MIT
 *
 * A shared tier in the memory of this process: plainly right and slow, for tests. It remembers every invalidation ever
 * made, compares whole paths, and does everything under one lock. Several caches may be opened over it, as if they were
 * several processes. A test can let it fail, stop it at a gate, or keep what happens from the listeners.
 */
#ifndef T87S_TEST_SIMPLE_STORE_H
#define T87S_TEST_SIMPLE_STORE_H

#include <stdatomic.h>
#include <t87s/store.h>

struct simple_store;

/* `clock`: what its ages are by; NULL: CLOCK_MONOTONIC. Closed by t87s_store_close. */
struct simple_store *simple_store_open(const struct t87s_clock *clock);
struct t87s_store *simple_store_base(struct simple_store *store);

/* There are no leases, as in a store that knows of none. */
void simple_store_without_leases(struct simple_store *store);

/* From now on each call fails with this status and does nothing (T87S_OK: works again), and nobody hears of anything. A
 * store that fails vouches for nothing. */
void simple_store_fail(struct simple_store *store, enum t87s_status status);
/* The same for invalidations, removals and clears alone. */
void simple_store_fail_marks(struct simple_store *store, bool fail);
/* Listeners are told at once (true, as it begins), or not before this is called with true again: what happened
 * meanwhile is told then. Vouched is only while they are told. */
void simple_store_tell(struct simple_store *store, bool told);
/* Vouches are told although changes are not: as from a server whose messages are late. */
void simple_store_tell_vouches(struct simple_store *store);
/* Vouches until then, on the clock of vouched(); a new store vouches for ever. */
void simple_store_vouch(struct simple_store *store, int64_t until_ms);
/* Forgets entries and invalidations alike, as a server does that is emptied; what was born before is outdated. */
void simple_store_flush(struct simple_store *store);

/* What is still to be told is never told, as on a connection that was lost. */
void simple_store_miss(struct simple_store *store);

/* Tells every listener; no cache is opened or closed meanwhile. */
void simple_store_advise(struct simple_store *store, const struct t87s_store_advice *advice, size_t n);
/* What the cache that was opened last reports; none is opened or closed meanwhile. */
const char *simple_store_report(struct simple_store *store, struct t87s_stats *stats, struct t87s_query_stats *queries,
                                size_t room, size_t *n);

/* What the cache that was closed last reported when it was detached. */
struct t87s_stats simple_store_last(const struct simple_store *store);

enum simple_store_call { STORE_READ, STORE_LEASE, STORE_WRITE };
/* The next call of this kind calls `stop` before it does anything. */
void simple_store_stop(struct simple_store *store, enum simple_store_call call, void (*stop)(void *arg), void *arg);

struct simple_store_calls {
    unsigned long reads, births, writes, invalidations, removals, clears, leases, releases;
};
struct simple_store_calls simple_store_calls(struct simple_store *store);

#endif
