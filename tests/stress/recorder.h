/* SPDX-License-Identifier: MIT */
#ifndef T87S_STRESS_RECORDER_H
#define T87S_STRESS_RECORDER_H

#include <stdatomic.h>

#include "history.h"

/* Writes a history down while it happens. Fetches are numbered across threads, and the newest of them remembered in one
 * array; answers and events are each thread's own and are put together at the end of a window. Running out of memory
 * ends the program: half a history proves nothing. */
struct recorder {
    _Atomic(uint64_t) ticks;
    struct t87s_clock clock; /* the same ticks, for the cache */
    struct history_fetch *fetches;
    size_t max_fetches;
    _Atomic(size_t) n_fetches;
    /* the window put together last */
    struct history_answer *answers;
    struct history_event *events;
    size_t max_answers, max_events, first_fetch;
};

struct recorder_pad { /* of one thread */
    struct history_answer *answers;
    struct history_event *events;
    size_t n_answers, n_events, max_answers, max_events;
};

void recorder_open(struct recorder *recorder, size_t max_fetches);
void recorder_close(struct recorder *recorder);

/* Draws the next tick. seq_cst: the ticks of two calls that do not overlap are in the order of the calls. */
static inline uint64_t recorder_tick(struct recorder *recorder) { return atomic_fetch_add(&recorder->ticks, 1) + 1; }

/* The number of a new fetch, and the place for what is known of it. */
static inline uint32_t recorder_fetch(struct recorder *recorder) {
    return (uint32_t)atomic_fetch_add(&recorder->n_fetches, 1);
}
static inline struct history_fetch *recorder_fetch_at(struct recorder *recorder, uint32_t number) {
    return &recorder->fetches[number % recorder->max_fetches];
}

struct history_answer *recorder_answer(struct recorder_pad *pad);
struct history_event *recorder_event(struct recorder_pad *pad);

/* Puts the pads together and empties them; the window is the recorder's, until the next one. */
void recorder_collect(struct recorder *recorder, struct recorder_pad *const *pads, size_t n, struct history *window);
void recorder_drop(struct recorder_pad *pad);

#endif
