/* SPDX-License-Identifier: MIT */
#include "yield.h"

#ifdef T87S_YIELDS

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

/* ---- now and then ---- */

static _Atomic(uint64_t) n_threads; /* relaxed: any two threads get different seeds, the same ones in each run */
static _Thread_local uint64_t state;

static uint64_t next_random(void) {
    if (!state)
        state = (atomic_fetch_add_explicit(&n_threads, 1, memory_order_relaxed) + 1) * UINT64_C(0x9e3779b97f4a7c15);
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state >> 20;
}

static void spin(unsigned turns) {
    for (volatile unsigned i = 0; i < turns; i++)
        ;
}

/* ---- staged ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static const char *held; /* under lock; NULL: none, or a thread has come to it */
static bool stopped;     /* under lock: a thread stands there */
static atomic_bool staged;

static void stop_if_held(const char *label) {
    pthread_mutex_lock(&lock);
    if (held && !strcmp(held, label)) {
        held = NULL;
        stopped = true;
        pthread_cond_broadcast(&changed);
        while (stopped)
            pthread_cond_wait(&changed, &lock);
    }
    pthread_mutex_unlock(&lock);
}

void t87s__yield_hold(const char *label) {
    pthread_mutex_lock(&lock);
    held = label;
    atomic_store(&staged, true);
    pthread_mutex_unlock(&lock);
}

void t87s__yield_await(void) {
    pthread_mutex_lock(&lock);
    while (!stopped)
        pthread_cond_wait(&changed, &lock);
    pthread_mutex_unlock(&lock);
}

void t87s__yield_release_to(const char *label) {
    pthread_mutex_lock(&lock);
    held = label;
    stopped = false;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

void t87s__yield_release(void) { t87s__yield_release_to(NULL); }

/* ---- */

void t87s__yield(const char *label) {
    if (atomic_load_explicit(&staged, memory_order_relaxed)) /* relaxed: who is not staged yet may pass */
        stop_if_held(label);
    uint64_t random = next_random();
    if (random % 16 == 0)
        sched_yield();
    else if (random % 16 == 1)
        spin(random / 16 % 512);
    else if (random % 1024 == 2)
        nanosleep(&(struct timespec){0, 1000}, NULL);
}

#else

typedef int t87s__yield_is_empty; /* a translation unit needs something in it */

#endif
