/* SPDX-License-Identifier: MIT */
#include "lateness.h"

#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "real_clock.h"

enum { PERIOD_MS = 1, USUAL_MS = 2 /* of a wake-up in time */ };

/* The moment of the last wake-up and what was late until then, each in 32 bits, so that both are read at once. */
static _Atomic(uint64_t) seen_and_late;
/* The most that anybody was told: the watch may itself be late to write down a moment that somebody has seen pass. */
static _Atomic(uint32_t) told;
static _Atomic(pid_t) watched;

static uint32_t late_until(uint64_t both, uint32_t now) {
    const uint32_t since = now - (uint32_t)(both >> 32);
    return (uint32_t)both + (since > PERIOD_MS + USUAL_MS ? since - PERIOD_MS - USUAL_MS : 0);
}

static void see(uint32_t now, uint32_t late) { atomic_store(&seen_and_late, (uint64_t)now << 32 | late); }

static void *watch(void *unused) {
    for (;;) {
        sleep_ms(PERIOD_MS);
        const uint32_t now = (uint32_t)now_ms();
        see(now, late_until(atomic_load(&seen_and_late), now));
    }
    return unused;
}

/* Each test of a suite is a process of its own, and a fork takes no threads with it. */
void lateness_watch(void) {
    pthread_t thread;
    if (atomic_exchange(&watched, getpid()) == getpid())
        return;
    see((uint32_t)now_ms(), 0);
    atomic_store(&told, 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, watch, NULL), 0);
    pthread_detach(thread);
}

int64_t lateness_ms(void) {
    const uint64_t both = atomic_load(&seen_and_late);
    if (atomic_load(&watched) != getpid())
        return 0;
    const uint32_t late = late_until(both, (uint32_t)now_ms());
    uint32_t most = atomic_load(&told);
    while (most < late && !atomic_compare_exchange_weak(&told, &most, late)) {
    }
    return most < late ? late : most;
}
