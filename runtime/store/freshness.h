/* SPDX-License-Identifier: MIT
 *
 * The verdict on an entry: a pure function of its times, what invalidations cover it, and now.
 */
#ifndef T87S_STORE_FRESHNESS_H
#define T87S_STORE_FRESHNESS_H

#include "tag_tree.h"

enum t87s__state {
    STATE_FRESH,
    STATE_STALE, /* may be served, marked stale, until `until_ms` */
    STATE_GONE   /* must never be served again */
};

struct t87s__verdict {
    enum t87s__state state;
    enum t87s_reason reason; /* why it is not fresh */
    int64_t until_ms;        /* fresh or stale until then */
};

/* A hard invalidation ends everything at once. A soft one starts the grace early: it counts from the invalidation, not
 * from the ttl that would have come later. */
struct t87s__verdict t87s__freshness_decide(int64_t expires_ms, int64_t grace_ms, struct t87s__cover cover,
                                            int64_t now_ms);

#endif
