/* SPDX-License-Identifier: MIT */
#include "wait.h"

#include <time.h>

#include "clock.h"

enum { PLUGGED_CLOCK_POLL_MS = 2, LONGEST_SLEEP_MS = 3600 * 1000 };

bool t87s__wait_init(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes))
        return false;
    bool ok = !pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) && !pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
    return ok;
}

/* How long to sleep before the clock is looked at again; 0: it is over. */
static int64_t sleep_of(const struct t87s_clock *clock, int64_t until_ms) {
    const int64_t now = t87s__clock_now(clock);
    if (now >= until_ms)
        return 0;
    const int64_t longest = clock->now_ms == t87s__clock_monotonic.now_ms ? LONGEST_SLEEP_MS : PLUGGED_CLOCK_POLL_MS;
    return until_ms - now < longest ? until_ms - now : longest;
}

void t87s__wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct t87s_clock *clock,
                      int64_t until_ms) {
    const int64_t sleep_ms = sleep_of(clock, until_ms);
    if (!sleep_ms)
        return;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(sleep_ms / 1000);
    until.tv_nsec += (long)(sleep_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    int cancel_state; /* a cancelled waiter leaves later, without our mutex */
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    pthread_cond_timedwait(condition, mutex, &until);
    pthread_setcancelstate(cancel_state, NULL);
}

void t87s__wait_pause(const struct t87s_clock *clock, int64_t until_ms) {
    for (int64_t sleep_ms; (sleep_ms = sleep_of(clock, until_ms));)
        nanosleep(&(struct timespec){sleep_ms / 1000, (long)(sleep_ms % 1000) * 1000000}, NULL);
}
