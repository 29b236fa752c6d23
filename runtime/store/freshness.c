/* SPDX-License-Identifier: MIT */
#include "freshness.h"

#include "clock.h"

struct t87s__verdict t87s__freshness_decide(int64_t expires_ms, int64_t grace_ms, struct t87s__cover cover,
                                            int64_t now_ms) {
    if (cover.hard)
        return (struct t87s__verdict){STATE_GONE, T87S_REASON_INVALIDATED, 0};
    if (!cover.soft && now_ms < expires_ms)
        return (struct t87s__verdict){STATE_FRESH, T87S_REASON_NONE, expires_ms};
    enum t87s_reason reason = cover.soft ? T87S_REASON_INVALIDATED : T87S_REASON_EXPIRED;
    int64_t stale_since = cover.soft && cover.soft_ms < expires_ms ? cover.soft_ms : expires_ms;
    int64_t until = t87s__time_add(stale_since, grace_ms);
    /* `now` may have been read before a soft invalidation that is seen already; that makes no grace where none is. */
    bool servable = grace_ms > 0 && now_ms < until;
    return (struct t87s__verdict){servable ? STATE_STALE : STATE_GONE, reason, until};
}
