/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_FAKE_CLOCK_H
#define T87S_TEST_FAKE_CLOCK_H

#include <stdatomic.h>

#include <t87s/t87s.h>

/* Time that moves only when the test says so. Hand &fake.clock to the cache; the struct must outlive it. */
struct fake_clock {
    struct t87s_clock clock;
    _Atomic int64_t now_ms; /* atomic: background threads read it while the test moves it */
};

void fake_clock_init(struct fake_clock *fake, int64_t now_ms);
void fake_clock_advance(struct fake_clock *fake, int64_t ms);

#endif
