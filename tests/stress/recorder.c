/* SPDX-License-Identifier: MIT */
#include "recorder.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void *must(void *memory) {
    if (!memory) {
        fputs("no memory for the history\n", stderr);
        exit(EXIT_FAILURE);
    }
    return memory;
}

/* The cache looks at its clock between the steps that matter: after an invalidation drew its stamp and before it marks,
 * after a fetch and before its answer is kept. So this is the place to let others in. */
static int64_t now_ms(void *arg) {
    uint64_t tick = recorder_tick(arg);
    if (tick % 256 == 0)
        nanosleep(&(struct timespec){0, 1000}, NULL);
    else if (tick % 16 == 0)
        sched_yield();
    return (int64_t)tick;
}

void recorder_open(struct recorder *recorder, size_t max_fetches) {
    memset(recorder, 0, sizeof *recorder);
    recorder->clock = (struct t87s_clock){now_ms, recorder};
    recorder->fetches = must(calloc(max_fetches, sizeof *recorder->fetches));
    recorder->max_fetches = max_fetches;
}

void recorder_close(struct recorder *recorder) { free(recorder->fetches); }

uint32_t recorder_fetch(struct recorder *recorder) {
    size_t number = atomic_fetch_add(&recorder->n_fetches, 1);
    if (number >= recorder->max_fetches) {
        fputs("more fetches than the calls can account for\n", stderr);
        exit(EXIT_FAILURE);
    }
    return (uint32_t)number;
}

/* Room for one more at the end of an array. */
static void *grow(void *array, size_t n, size_t *max, size_t size) {
    if (n < *max)
        return array;
    *max = *max ? *max * 2 : 1024;
    return must(realloc(array, *max * size));
}

struct history_answer *recorder_answer(struct recorder_pad *pad) {
    pad->answers = grow(pad->answers, pad->n_answers, &pad->max_answers, sizeof *pad->answers);
    return &pad->answers[pad->n_answers++];
}

struct history_event *recorder_event(struct recorder_pad *pad) {
    pad->events = grow(pad->events, pad->n_events, &pad->max_events, sizeof *pad->events);
    return &pad->events[pad->n_events++];
}

void recorder_collect(struct recorder *recorder, struct recorder_pad *const *pads, size_t n, struct history *history) {
    size_t n_answers = 0, n_events = 0;
    for (size_t i = 0; i < n; i++) {
        n_answers += pads[i]->n_answers;
        n_events += pads[i]->n_events;
    }
    history->answers = must(malloc((n_answers + 1) * sizeof *history->answers));
    history->events = must(malloc((n_events + 1) * sizeof *history->events));
    history->n_answers = history->n_events = 0;
    for (size_t i = 0; i < n; i++) {
        struct recorder_pad *pad = pads[i];
        if (pad->n_answers)
            memcpy(history->answers + history->n_answers, pad->answers, pad->n_answers * sizeof *pad->answers);
        if (pad->n_events)
            memcpy(history->events + history->n_events, pad->events, pad->n_events * sizeof *pad->events);
        history->n_answers += pad->n_answers;
        history->n_events += pad->n_events;
        free(pad->answers);
        free(pad->events);
        memset(pad, 0, sizeof *pad);
    }
    history->fetches = recorder->fetches;
    history->n_fetches = atomic_load(&recorder->n_fetches);
    recorder->fetches = NULL;
}

void recorder_free_history(struct history *history) {
    free(history->fetches);
    free(history->answers);
    free(history->events);
}
