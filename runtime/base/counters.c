/* SPDX-License-Identifier: MIT */
#include "counters.h"

unsigned t87s__counters_stripe(void) {
    static _Atomic(unsigned) next = 0;
    static _Thread_local unsigned mine = 0; /* 0: none yet, else the stripe + 1 */
    if (!mine)
        mine = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed) % COUNTER_STRIPES + 1;
    return mine - 1;
}

void t87s__counters_read(struct t87s__counters *counters, struct t87s_stats *out) {
    uint64_t sums[COUNTERS] = {0};
    for (int stripe = 0; stripe < COUNTER_STRIPES; stripe++)
        for (int i = 0; i < COUNTERS; i++)
            sums[i] += atomic_load_explicit(&counters->stripes[stripe].count[i], memory_order_relaxed);
#define X(name) out->name = sums[COUNT_##name];
    T87S__COUNTERS(X)
#undef X
}
