/* SPDX-License-Identifier: MIT
 *
 * Judges a history of several processes by the law of one (tests/stress/checker.c), once for each process: what the
 * process did itself counts when it has returned; what another did, D later, which is 0 where nothing is near. What
 * was only partly done counts for who did it and for nobody else.
 */
#ifndef T87S_PROCESSES_JUDGE_H
#define T87S_PROCESSES_JUDGE_H

#include "board.h"

struct judge;

/* NULL: no memory. Broken laws are told to `out`. */
struct judge *judge_open(struct board *board, FILE *out);
/* After a window, while all wait: how often the law was broken in it. */
size_t judge_window(struct judge *judge);
void judge_close(struct judge *judge);

struct judge_sums {
    size_t answers, events, partial;
    size_t late; /* answers within D that would have been wrong in the process of the event */
};
struct judge_sums judge_sums(const struct judge *judge);

#endif
