/* SPDX-License-Identifier: MIT */
#include "patience.h"

enum { FIRST_BACK_OFF_MS = 20 };

int64_t t87s__back_off(int64_t before_ms, int64_t most_ms) {
    const int64_t doubled = before_ms * 2;
    if (!before_ms)
        return FIRST_BACK_OFF_MS;
    return doubled < most_ms ? doubled : most_ms;
}

void t87s__cond_init(pthread_cond_t *cond) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

struct timespec t87s__until(int64_t ms) {
    return (struct timespec){.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
}
