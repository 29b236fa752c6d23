/* SPDX-License-Identifier: MIT */
#include "fake_clock.h"

#include <check.h>

static int64_t read_now(void *arg) {
    struct fake_clock *fake = arg;
    return atomic_load(&fake->now_ms);
}

void fake_clock_init(struct fake_clock *fake, int64_t now_ms) {
    fake->clock = (struct t87s_clock){.now_ms = read_now, .arg = fake};
    atomic_init(&fake->now_ms, now_ms);
}

void fake_clock_advance(struct fake_clock *fake, int64_t ms) {
    ck_assert_int_ge(ms, 0);
    atomic_fetch_add(&fake->now_ms, ms);
}
