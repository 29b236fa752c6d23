/* SPDX-License-Identifier: MIT
 *
 * What a store advises now, kept for who asks, and traced when it changes.
 */
#ifndef T87S_TIER_ADVICE_H
#define T87S_TIER_ADVICE_H

#include <pthread.h>
#include <t87s/store.h>

struct t87s__trace;

enum { T87S__MOST_ADVICE = 16 };

struct t87s__advice {
    pthread_mutex_t lock;
    /* under lock */
    size_t n;
    struct t87s_advice rows[T87S__MOST_ADVICE];
};

/* Into a zeroed struct. */
void t87s__advice_init(struct t87s__advice *kept);
void t87s__advice_destroy(struct t87s__advice *kept);

/* Takes the place of what was there; more than fit are dropped, what is too long is cut. No lock is held. */
void t87s__advice_replace(struct t87s__advice *kept, const struct t87s_store_advice *advice, size_t n,
                          const struct t87s__trace *trace);

/* Fills in the first `room` rows; how many there are. */
size_t t87s__advice_read(struct t87s__advice *kept, struct t87s_advice *out, size_t room);

#endif
