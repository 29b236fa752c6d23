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
    else if (tick % 32 == 0)
        sched_yield();
    return (int64_t)tick;
}

void recorder_open(struct recorder *recorder, size_t max_fetches) {
    memset(recorder, 0, sizeof *recorder);
    recorder->clock = (struct t87s_clock){now_ms, recorder};
    recorder->fetches = must(calloc(max_fetches, sizeof *recorder->fetches));
    recorder->max_fetches = max_fetches;
}

void recorder_close(struct recorder *recorder) {
    free(recorder->fetches);
    free(recorder->answers);
    free(recorder->events);
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

static void *at_least(void *array, size_t n, size_t *max, size_t size) {
    if (n < *max)
        return array;
    free(array);
    *max = n + n / 4 + 1;
    return must(malloc(*max * size));
}

void recorder_collect(struct recorder *recorder, struct recorder_pad *const *pads, size_t n, struct history *window) {
    size_t n_answers = 0, n_events = 0;
    for (size_t i = 0; i < n; i++) {
        n_answers += pads[i]->n_answers;
        n_events += pads[i]->n_events;
    }
    recorder->answers = at_least(recorder->answers, n_answers, &recorder->max_answers, sizeof *recorder->answers);
    recorder->events = at_least(recorder->events, n_events, &recorder->max_events, sizeof *recorder->events);
    *window = (struct history){.fetches = recorder->fetches,
                               .answers = recorder->answers,
                               .events = recorder->events,
                               .max_fetches = recorder->max_fetches,
                               .first_fetch = recorder->first_fetch,
                               .n_fetches = atomic_load(&recorder->n_fetches)};
    for (size_t i = 0; i < n; i++) {
        struct recorder_pad *pad = pads[i];
        if (pad->n_answers)
            memcpy(recorder->answers + window->n_answers, pad->answers, pad->n_answers * sizeof *pad->answers);
        if (pad->n_events)
            memcpy(recorder->events + window->n_events, pad->events, pad->n_events * sizeof *pad->events);
        window->n_answers += pad->n_answers;
        window->n_events += pad->n_events;
        pad->n_answers = pad->n_events = 0;
    }
    recorder->first_fetch = window->n_fetches;
}

void recorder_drop(struct recorder_pad *pad) {
    free(pad->answers);
    free(pad->events);
}
