/* SPDX-License-Identifier: MIT */
#ifndef T87S_STRESS_RECORDER_H
#define T87S_STRESS_RECORDER_H

#include <stdatomic.h>

#include "history.h"

/* Writes a history down while it happens. Fetches are numbered across threads, in one array; answers and events are
 * each thread's own and are put together at the end. Running out of memory ends the program: half a history proves
 * nothing. */
struct recorder {
    _Atomic(uint64_t) ticks;
    struct t87s_clock clock; /* the same ticks, for the cache */
    struct history_fetch *fetches;
    size_t max_fetches;
    _Atomic(size_t) n_fetches;
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

/* A new fetch, which is the caller's to fill; its number. */
uint32_t recorder_fetch(struct recorder *recorder);

struct history_answer *recorder_answer(struct recorder_pad *pad);
struct history_event *recorder_event(struct recorder_pad *pad);

/* Moves what the pads hold into the history, which is freed with recorder_free_history; its world is not touched. */
void recorder_collect(struct recorder *recorder, struct recorder_pad *const *pads, size_t n, struct history *history);
void recorder_free_history(struct history *history);

#endif
