/* SPDX-License-Identifier: MIT
 *
 * Races, staged: threads agree on the order of their steps instead of hoping for it.
 *
 *     A: stage_wait(&stage, 1); ...; stage_reach(&stage, 2);
 *     B: stage_reach(&stage, 1); stage_wait(&stage, 2);
 */
#ifndef T87S_TEST_STAGE_H
#define T87S_TEST_STAGE_H

#include <pthread.h>

struct stage {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    int step; /* under lock: the highest one that was reached */
};

void stage_init(struct stage *stage);
/* The play is at least at `step` from now on. */
void stage_reach(struct stage *stage, int step);
/* Waits until it is. */
void stage_wait(struct stage *stage, int step);

pthread_t thread_start(void *(*body)(void *), void *arg);
void thread_join(pthread_t thread);

#endif
