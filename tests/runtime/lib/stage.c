/* SPDX-License-Identifier: MIT */
#include "stage.h"

#include <check.h>

void stage_init(struct stage *stage) {
    stage->step = 0;
    ck_assert_int_eq(pthread_mutex_init(&stage->lock, NULL), 0);
    ck_assert_int_eq(pthread_cond_init(&stage->moved, NULL), 0);
}

void stage_reach(struct stage *stage, int step) {
    pthread_mutex_lock(&stage->lock);
    if (stage->step < step)
        stage->step = step;
    pthread_cond_broadcast(&stage->moved);
    pthread_mutex_unlock(&stage->lock);
}

void stage_wait(struct stage *stage, int step) {
    pthread_mutex_lock(&stage->lock);
    while (stage->step < step)
        pthread_cond_wait(&stage->moved, &stage->lock);
    pthread_mutex_unlock(&stage->lock);
}

pthread_t thread_start(void *(*body)(void *), void *arg) {
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, body, arg), 0);
    return thread;
}

void thread_join(pthread_t thread) { ck_assert_int_eq(pthread_join(thread, NULL), 0); }
