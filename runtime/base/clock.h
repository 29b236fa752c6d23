/* SPDX-License-Identifier: MIT
 *
 * Time decides expiry, never order (law 2). Nothing below cache/ reads a clock: it is handed the time.
 */
#ifndef T87S_BASE_CLOCK_H
#define T87S_BASE_CLOCK_H

#include <t87s/t87s.h>

extern const struct t87s_clock t87s__clock_monotonic;

/* Nanoseconds of CLOCK_MONOTONIC, for statistics. */
uint64_t t87s__clock_ns(void);

static inline int64_t t87s__clock_now(const struct t87s_clock *clock) { return clock->now_ms(clock->arg); }

/* a + b, staying at the ends of the range: a ttl of a million years is for ever, not the past. */
static inline int64_t t87s__time_add(int64_t a, int64_t b) {
    int64_t sum;
    if (!__builtin_add_overflow(a, b, &sum))
        return sum;
    return b > 0 ? INT64_MAX : INT64_MIN;
}

#endif
