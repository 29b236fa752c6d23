/* SPDX-License-Identifier: MIT */
#include "settings.h"

static const struct setting settings[SETTINGS] = {
    {"hot", {{2, 3, 2, 3}, 24}, 1 << 20, 20000, 10000, 5000, 4000, 0.02, 2, 20, 10, 4, false, 1, false},
    {"wide", {{4, 32, 2, 16}, 1500}, 280 << 10, 40000, 20000, 5000, 20000, 0, 1, 15, 20, 4, false, 1, false},
    {"calm", {{3, 8, 2, 8}, 200}, 64 << 20, INT64_MAX / 4, T87S_NONE, 0, INT64_MAX / 4, 0, 1, 4, 0, 4, true, 1, false},
    {"slow source", {{2, 6, 2, 6}, 60}, 400 << 10, 2000, 1000, 1000, 600, 0.1, 3, 10, 10, 4, false, 1, false},
    {"writers", {{3, 8, 2, 16}, 40}, 1 << 20, 50000, 10000, 5000, 5000, 0, 1, 25, 50, 4, false, 1, false},
    /* where hits are the rule, and what comes between them is the exception */
    {"hits", {{3, 4, 3, 4}, 120}, 16 << 20, INT64_MAX / 4, T87S_NONE, 5000, 20000, 0, 1, 2, 1, 8, false, 1, false},
    {"large", {{4, 16, 4, 8}, 8000}, 64 << 20, 2000000, 100000, 5000, 20000, 0.001, 2, 1, 1, 64, false, 1, false},
    {"evicting", {{4, 8, 4, 4}, 3000}, 600 << 10, INT64_MAX / 4, 20000, 5000, 20000, 0, 1, 1, 1, 64, false, 1, false},
    {"calm, large",
     {{4, 16, 4, 8}, 3000},
     256 << 20,
     INT64_MAX / 4,
     T87S_NONE,
     0,
     INT64_MAX / 4,
     0,
     1,
     1,
     0,
     64,
     true,
     1,
     false},
};

/* Without grace: the ages a store tells are a few ticks from those that the checker knows. */
static const struct setting shared[SETTINGS_SHARED] = {
    {"shared, near",
     {{2, 3, 2, 3}, 24},
     1 << 20,
     INT64_MAX / 4,
     T87S_NONE,
     0,
     4000,
     0.02,
     2,
     20,
     10,
     4,
     false,
     2,
     false},
    {"shared, off", {{2, 3, 2, 3}, 24}, 1 << 20, INT64_MAX / 4, T87S_NONE, 0, 4000, 0, 1, 20, 10, 4, false, 2, true},
    {"shared, hits", {{3, 4, 3, 4}, 60}, 1 << 20, INT64_MAX / 4, T87S_NONE, 0, 20000, 0, 1, 3, 2, 8, false, 2, false},
};

static uint64_t next(uint64_t *random) {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random >> 16;
}

/* Between three quarters of a number and half as much again. */
static uint64_t about(uint64_t *random, uint64_t number) {
    uint64_t most = number / 4 * 3 + (number > 3 ? 0 : 1);
    return number - number / 4 + next(random) % (most + 1);
}

static struct setting vary(struct setting setting, uint64_t seed) {
    uint64_t random = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) | 1;
    for (int level = 0; level < WORLD_LEVELS; level++)
        setting.world.fan_out[level] = (unsigned)about(&random, setting.world.fan_out[level]);
    setting.world.n_keys = (unsigned)about(&random, setting.world.n_keys);
    if (setting.calm)
        return setting; /* nothing shall expire or leave */
    setting.capacity = about(&random, setting.capacity);
    setting.ttl = (int64_t)about(&random, (uint64_t)setting.ttl);
    setting.grace = setting.grace > 0 ? (int64_t)about(&random, (uint64_t)setting.grace) : setting.grace;
    setting.refresh_threads = 1 + (unsigned)(next(&random) % 3);
    return setting;
}

struct setting setting_of_round(unsigned round, uint64_t seed) {
    return vary(settings[round % SETTINGS], seed);
}

struct setting shared_setting_of_round(unsigned round, uint64_t seed) {
    return vary(shared[round % SETTINGS_SHARED], seed);
}
