/* SPDX-License-Identifier: MIT
 *
 * Threads that do everything that can be done to a cache, at random, and write down what they saw. They stop between
 * two windows of the history, when no call is under way.
 */
#ifndef T87S_STRESS_LOAD_H
#define T87S_STRESS_LOAD_H

#include <pthread.h>

#include "generated.h"
#include "recorder.h"
#include "settings.h"

enum { LOAD_MOST_THREADS = 16, LOAD_MOST_CACHES = 2, LOAD_PINS = 6 };

struct load {
    const struct setting *setting;
    struct recorder recorder;
    struct t87s_cache *caches[LOAD_MOST_CACHES];
    struct generated *generated; /* by key; all zero for keys that are made by hand */
    _Atomic(unsigned) alien;     /* statuses and values that no call may give */
    /* written between two windows */
    pthread_barrier_t meet; /* all workers, and who judges: at a window's end, and before the next one */
    size_t calls;           /* of each worker in the next window; 0: there is none */
};

struct load_worker {
    struct load *load;
    struct t87s_cache *cache; /* which it asks: one of the load's */
    struct recorder_pad pad;
    pthread_t thread;
    uint64_t random;
    unsigned nested; /* fetches this thread is inside of */
    uint64_t asked;  /* when its last generated query began: that is the one whose fetch begins */
    /* as if the source had been read back then: drawn between two ticks, for the next set with a token */
    struct t87s_token token;
    uint64_t before_token, after_token;
    struct t87s_value pins[LOAD_PINS];
    uint64_t seen[T87S_NEGATIVE + 1]; /* by outcome */
    uint64_t refused, failed;         /* deadlocks, timeouts and sets without room; fetches */
};

/* Opens the caches. False: no memory. */
bool load_open(struct load *load, const struct t87s_options *options);
/* After the end of all threads; what is pinned stays. */
void load_close(struct load *load);
/* The most fetches that so many calls can lead to. */
size_t load_most_fetches(size_t calls);
/* A thread's life: a window, the meeting, and so on until there are no more calls. */
void *load_work(void *worker);
/* After the end: looks at what is still pinned, and releases it. */
void load_release(struct load_worker *worker);

#endif
