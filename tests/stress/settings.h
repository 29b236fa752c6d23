/* SPDX-License-Identifier: MIT */
#ifndef T87S_STRESS_SETTINGS_H
#define T87S_STRESS_SETTINGS_H

#include "world.h"

/* What a round is about. */
struct setting {
    const char *name;
    struct world world;
    size_t capacity;
    int64_t ttl, grace, negative, timeout; /* ticks: a call takes two to ten of them */
    double verify_fraction;
    unsigned refresh_threads;
    unsigned invalidate, write; /* percent of the calls: invalidations; set, delete and now and then clear */
    unsigned climb;             /* one invalidation in so many is of a level higher up, and so on */
    bool calm;                  /* as in history.h */
    unsigned caches;            /* 2: as in two processes, over one store */
    bool near_off;              /* of that store, which then tells nobody of anything */
};

enum { SETTINGS = 9, SETTINGS_SHARED = 3 };

/* A setting of each kind in turn; its world and measures vary with the seed. */
struct setting setting_of_round(unsigned round, uint64_t seed);
/* The same for caches that share a store, which tells of everything before a call on it returns: so the law holds to
 * the letter, as it does without a near tier. */
struct setting shared_setting_of_round(unsigned round, uint64_t seed);

#endif
