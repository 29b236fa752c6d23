/* SPDX-License-Identifier: MIT */
#include "random.h"

#include <sys/random.h>
#include <time.h>

uint64_t t87s__random_seed(void) {
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) == (ssize_t)sizeof seed)
        return seed;
    struct timespec now; /* before the kernel's pool is ready: better than a constant */
    clock_gettime(CLOCK_REALTIME, &now);
    return ((uint64_t)now.tv_sec << 30) ^ (uint64_t)now.tv_nsec ^ (uint64_t)(uintptr_t)&now;
}

uint64_t t87s__random_below(uint64_t bound) {
    static _Thread_local uint64_t state = 0;
    if (!state)
        state = t87s__random_seed() | 1;
    state ^= state << 13; /* xorshift64 */
    state ^= state >> 7;
    state ^= state << 17;
    return bound ? state % bound : 0;
}
