/* SPDX-License-Identifier: MIT
 *
 * What time it is at a server, which says how old an entry is, and whether something is outdated never (law 2). To ask
 * it in each read would cost more than it is worth: what it said within the last second goes on with the clock here,
 * from when it was asked. So it is never earlier than it is there, and nothing looks younger than it is; it may be late
 * by as long as the answer took, and what took long is not kept. Only a step of the server's clock is not noticed at
 * once: for a second what was there before a step forth looks younger by it, and what was written after one back older.
 * What is from after a step forth looks as if it came from the future: it is not there for who has the time from
 * before, but then that one asks again.
 */
#ifndef T87S_REDIS_CLOCK_H
#define T87S_REDIS_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "reply.h"

enum { T87S__CLOCK_KEPT_US = 1000000, T87S__CLOCK_LATEST_US = 100000 };

struct t87s__clock {
    int64_t asked_us; /* by the clock here */
    int64_t said_us;  /* microseconds since 1970; 0: it has not said yet */
};

/* The clock here: it goes on while the machine sleeps, as the server's does. */
int64_t t87s__clock_here_us(void);

/* The answer to TIME; 0: it is none. */
int64_t t87s__clock_take(const redisReply *reply);

/* Whether it was asked less than a second before. */
static inline bool t87s__clock_is_recent(const struct t87s__clock *clock, int64_t here_us) {
    return clock->said_us && here_us - clock->asked_us < T87S__CLOCK_KEPT_US;
}
/* Whether it is worth being kept: it was answered at once. */
static inline bool t87s__clock_is_exact(const struct t87s__clock *clock, int64_t here_us) {
    return clock->said_us && here_us - clock->asked_us <= T87S__CLOCK_LATEST_US;
}
static inline int64_t t87s__clock_at(const struct t87s__clock *clock, int64_t here_us) {
    return clock->said_us + (here_us - clock->asked_us);
}

#endif
