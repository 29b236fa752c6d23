/* SPDX-License-Identifier: MIT */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

/* The events of one process, as it has to know of them. */
struct view {
    struct history_checker *checker;
    uint64_t later; /* what others did, in ticks */
    struct history_event *waiting;
    size_t n_waiting, max_waiting; /* events that do not count before a later window */
};

struct judge {
    struct board *board;
    FILE *nowhere;
    struct view views[MOST_PROCESSES], strict[MOST_PROCESSES];
    struct judge_sums sums;
    struct history_answer *answers;
    struct history_event *events;
};

static bool view_open(struct view *view, const struct board *board, uint64_t later, FILE *out) {
    const struct history_rules rules = {.world = board->scenery.world,
                                        .grace = board->scenery.grace_ms > 0 ? board->scenery.grace_ms : 0,
                                        .negative = INT64_MAX};
    view->later = later;
    view->checker = history_checker_open(&rules, out);
    return view->checker;
}

struct judge *judge_open(struct board *board, FILE *out) {
    struct judge *judge = calloc(1, sizeof *judge);
    if (!judge)
        return NULL;
    judge->board = board;
    judge->answers = malloc(MOST_THREADS * MOST_CALLS * sizeof *judge->answers);
    judge->nowhere = fopen("/dev/null", "w");
    bool able = judge->answers && judge->nowhere;
    const uint64_t bound = board->scenery.near_off ? 0 : (uint64_t)board->staleness_ms * 1000000;
    for (unsigned i = 0; able && i < board->scenery.processes; i++)
        able = view_open(&judge->views[i], board, bound, out) &&
               (!bound || view_open(&judge->strict[i], board, 0, judge->nowhere));
    if (able)
        return judge;
    judge_close(judge);
    return NULL;
}

void judge_close(struct judge *judge) {
    for (unsigned i = 0; i < MOST_PROCESSES; i++) {
        history_checker_close(judge->views[i].checker);
        history_checker_close(judge->strict[i].checker);
        free(judge->views[i].waiting);
        free(judge->strict[i].waiting);
    }
    if (judge->nowhere)
        fclose(judge->nowhere);
    free(judge->answers);
    free(judge->events);
    free(judge);
}

struct judge_sums judge_sums(const struct judge *judge) {
    return judge->sums;
}

static bool wait_for_its_end(struct view *view, const struct history_event *event) {
    if (view->n_waiting == view->max_waiting) {
        const size_t max = view->max_waiting * 2 + 1024;
        struct history_event *grown = realloc(view->waiting, max * sizeof *grown);
        if (!grown)
            return false;
        view->waiting = grown;
        view->max_waiting = max;
    }
    view->waiting[view->n_waiting++] = *event;
    return true;
}

/* The new events of the window, behind those that have waited; then those of all that end by now are in judge->events:
 * nothing in this window was asked after the end of the others. False: no memory. */
static bool gather_events(struct judge *judge, struct view *view, unsigned number, uint64_t now, size_t *n) {
    const struct scenery *scenery = &judge->board->scenery;
    for (unsigned process = 0; process < scenery->processes; process++) {
        for (unsigned thread = 0; thread < scenery->threads; thread++) {
            const struct board_pad *pad = &judge->board->pads[process][thread];
            for (size_t i = 0; i < pad->n_events; i++) {
                struct history_event event = pad->events[i].event;
                if (process != number && pad->events[i].partial)
                    continue;
                event.end += process == number ? 0 : view->later;
                if (!wait_for_its_end(view, &event))
                    return false;
            }
        }
    }
    struct history_event *room = realloc(judge->events, (view->n_waiting + 1) * sizeof *room);
    if (!room)
        return false;
    judge->events = room;
    size_t left = 0;
    *n = 0;
    for (size_t i = 0; i < view->n_waiting; i++) {
        if (view->waiting[i].end <= now)
            judge->events[(*n)++] = view->waiting[i];
        else
            view->waiting[left++] = view->waiting[i];
    }
    view->n_waiting = left;
    return true;
}

static size_t gather_answers(struct judge *judge, unsigned number) {
    size_t n = 0;
    for (unsigned thread = 0; thread < judge->board->scenery.threads; thread++) {
        const struct board_pad *pad = &judge->board->pads[number][thread];
        memcpy(judge->answers + n, pad->answers, pad->n_answers * sizeof *pad->answers);
        n += pad->n_answers;
    }
    return n;
}

static size_t check(struct judge *judge, struct view *view, unsigned number, uint64_t now, size_t n_answers) {
    struct history window = {.fetches = judge->board->fetches,
                             .answers = judge->answers,
                             .max_fetches = REMEMBERED,
                             .n_fetches = atomic_load(&judge->board->n_fetches),
                             .n_answers = n_answers};
    if (!gather_events(judge, view, number, now, &window.n_events)) {
        fputs("no memory to judge a window\n", stderr);
        return 1;
    }
    window.events = judge->events;
    return history_check(view->checker, &window);
}

static void sum_up_and_empty(struct judge *judge) {
    const struct scenery *scenery = &judge->board->scenery;
    for (unsigned process = 0; process < scenery->processes; process++) {
        for (unsigned thread = 0; thread < scenery->threads; thread++) {
            struct board_pad *pad = &judge->board->pads[process][thread];
            for (size_t i = 0; i < pad->n_events; i++)
                judge->sums.partial += pad->events[i].partial;
            judge->sums.events += pad->n_events;
            judge->sums.answers += pad->n_answers;
            pad->n_events = pad->n_answers = 0;
        }
    }
}

size_t judge_window(struct judge *judge) {
    const uint64_t now = board_tick(judge->board);
    size_t broken = 0;
    for (unsigned i = 0; i < judge->board->scenery.processes; i++) {
        const size_t n_answers = gather_answers(judge, i);
        broken += check(judge, &judge->views[i], i, now, n_answers);
        if (judge->strict[i].checker)
            judge->sums.late += check(judge, &judge->strict[i], i, now, n_answers);
    }
    sum_up_and_empty(judge);
    return broken;
}
