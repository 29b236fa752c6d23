/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <time.h>

static int64_t monotonic_ms(void *arg) {
    (void)arg;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint64_t t87s__clock_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

const struct t87s_clock t87s__clock_monotonic = {monotonic_ms, NULL};
