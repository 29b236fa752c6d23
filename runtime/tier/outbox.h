/* SPDX-License-Identifier: MIT
 *
 * Invalidations that a store has not acknowledged yet (law 7): they are tried again until it does, and until then they
 * stand between this process and what the store still believes.
 *
 * Bounded: what does not fit any more, or finds no memory, becomes one clear of everything (law 4).
 */
#ifndef T87S_TIER_OUTBOX_H
#define T87S_TIER_OUTBOX_H

#include <t87s/store.h>

#include "memory.h"

struct t87s__outbox;

enum t87s__pending_kind { PENDING_TAG, PENDING_KEY, PENDING_CLEAR };

/* Does it at the store: T87S_OK takes it out. Called without a lock. */
typedef enum t87s_status t87s__outbox_deliver(void *arg, enum t87s__pending_kind kind, const unsigned char *bytes,
                                              size_t size, unsigned flags);

struct t87s__outbox *t87s__outbox_open(struct t87s__memory *memory, t87s__outbox_deliver *deliver, void *arg);
/* Tries what is left once more, until one fails or `most_ms` have passed for all of them, then stops. */
void t87s__outbox_end(struct t87s__outbox *outbox, int64_t most_ms);
/* After its end, if anything was ever added. NULL is allowed. */
void t87s__outbox_close(struct t87s__outbox *outbox);

/* From now on it is pending, and tried again. `bytes`: the path of a tag, or a key. */
void t87s__outbox_add(struct t87s__outbox *outbox, enum t87s__pending_kind kind, const unsigned char *bytes,
                      size_t size, unsigned flags);

/* What the pending ones mean for a query; T87S_STORE_VALID: nothing. Costs one load when there are none. */
enum t87s_store_state t87s__outbox_judge(struct t87s__outbox *outbox, const struct t87s_store_query *query);

size_t t87s__outbox_pending(struct t87s__outbox *outbox);

/* Around a fork. In the child the thread is gone; what is pending stays so, and gets a thread when it is judged. */
void t87s__outbox_lock(struct t87s__outbox *outbox);
void t87s__outbox_unlock(struct t87s__outbox *outbox);
void t87s__outbox_after_fork(struct t87s__outbox *outbox);

#endif
