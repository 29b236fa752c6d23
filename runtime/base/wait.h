/* SPDX-License-Identifier: MIT
 *
 * Waiting until a time of the cache's clock, for a condition or for nothing else. The kernel knows only its own clock,
 * so with a clock that was plugged in a wait looks at it every few milliseconds.
 */
#ifndef T87S_BASE_WAIT_H
#define T87S_BASE_WAIT_H

#include <pthread.h>

#include <t87s/t87s.h>

/* A condition on CLOCK_MONOTONIC; false when the system has none left. */
bool t87s__wait_init(pthread_cond_t *condition);

/* Sleeps until signalled, until `until_ms`, or spuriously; the caller checks again. `mutex` is held. */
void t87s__wait_until(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct t87s_clock *clock,
                      int64_t until_ms);

/* Sleeps until then; a cancellation point. */
void t87s__wait_pause(const struct t87s_clock *clock, int64_t until_ms);

#endif
