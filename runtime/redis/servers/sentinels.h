/* SPDX-License-Identifier: MIT
 *
 * Who is the master: what the majority of the sentinels says.
 *
 * They are asked all at once, in rounds; threads that want to know at the same time share one. A round ends when more
 * than half of all that were listed have named the same address, however slow the others are.
 *
 * Why that suffices, though two servers may take themselves for the master for a while. Sentinels go from the old one
 * to the new one, never back, and two majorities have one sentinel in common. Let an invalidation be done at A, and
 * then a majority name A. Whoever trusts another master B has heard a majority name B, and so, by the sentinel in
 * common, later than the invalidation was done. With that trust everything in B begins anew (greet.c): nothing born
 * before can be read there. The other way round: let an invalidation have returned, confirmed at B. Who has heard a
 * majority name the old A did so before that. So where what is read at A counts for D after a round began that named A,
 * it lacks no invalidation that returned more than D ago.
 *
 * It takes that all processes list the same sentinels, all of them.
 */
#ifndef T87S_REDIS_SENTINELS_H
#define T87S_REDIS_SENTINELS_H

#include "seeds.h"
#include "sentinel.h"

struct t87s__sentinels;

/* The seeds are borrowed. Their account, database and master's name are those of the master. NULL without memory. */
struct t87s__sentinels *t87s__sentinels_open(const struct t87s__seeds *seeds, int64_t timeout_ms);
/* Nobody calls any more. NULL is allowed. */
void t87s__sentinels_close(struct t87s__sentinels *sentinels);

/* The master by a round that began after this call. `term` stands for it having been the master without a break, as
 * far as was seen here. T87S_E_STORE: there is no majority. T87S_E_TIMEOUT. */
enum t87s_status t87s__sentinels_find(struct t87s__sentinels *sentinels, int64_t deadline_ms,
                                      struct t87s__redis_uri *master, uint64_t *term);
/* It was connected to, and had this history. */
void t87s__sentinels_met(struct t87s__sentinels *sentinels, uint64_t term, uint64_t history);

/* T87S_OK: a round that began after `since_ms` (T87S__FROM_NOW_ON: after this call) named the server with this history.
 * *moved: another one was named, so connections to that one are of no use; else there was no majority. */
#define T87S__FROM_NOW_ON INT64_MAX
#define T87S__NO_MATTER INT64_MIN /* for callers: need not be asked */
enum t87s_status t87s__sentinels_confirm(struct t87s__sentinels *sentinels, uint64_t history, int64_t since_ms,
                                         int64_t deadline_ms, bool *moved);

/* What hinders a majority: what one says, to be told to a user; NULL: nothing did in the last round. */
const char *t87s__sentinels_trouble(struct t87s__sentinels *sentinels);

/* As those of a lane. */
void t87s__sentinels_before_fork(struct t87s__sentinels *sentinels);
void t87s__sentinels_after_fork_in_parent(struct t87s__sentinels *sentinels);
void t87s__sentinels_after_fork_in_child(struct t87s__sentinels *sentinels);

#endif
