/* SPDX-License-Identifier: MIT
 *
 * How everybody here waits: for a condition on CLOCK_MONOTONIC, in milliseconds; and for what failed, longer each time.
 */
#ifndef T87S_REDIS_PATIENCE_H
#define T87S_REDIS_PATIENCE_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

enum { T87S__MOST_BACK_OFF_MS = 1000 };

/* The pause after one more failure, when the last one was `before_ms`; 0: there was none. */
int64_t t87s__back_off(int64_t before_ms, int64_t most_ms);

/* A condition whose waits end by t87s__until(). */
void t87s__cond_init(pthread_cond_t *cond);
struct timespec t87s__until(int64_t ms);

#endif
