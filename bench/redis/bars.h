/* SPDX-License-Identifier: MIT
 *
 * What the rows of this bench have in common. Two things are done in turns, many short rounds of each, so that both
 * have the same luck with the machine; a row is the medians, the median of the rounds' ratios and their middle half. It
 * is one line of JSON; bars.py makes the table.
 */
#ifndef T87S_BENCH_REDIS_BARS_H
#define T87S_BENCH_REDIS_BARS_H

#include <stddef.h>

enum { MOST_ROUNDS = 201 };

struct scale {
    int rounds, calls; /* of each in a round */
};

/* Microseconds of a clock that only goes on. */
double now_us(void);

enum bar { BAR_NONE, BAR_AT_MOST, BAR_AT_LEAST };
struct bar_row {
    const char *name, *beside, *unit;
    enum bar kind; /* on the ratio */
    double bar;
};

/* What `ours` and `theirs` measured in each round. */
void say_row(const struct bar_row *row, const double *ours, const double *theirs, int rounds);
/* One number beside another, with a bar on the first. */
void say_number(const struct bar_row *row, double ours, double theirs);

/* The time of a call of each: `call` is called `calls` times a round with the number of the call. */
void beside(const struct scale *scale, const struct bar_row *row, void (*ours)(int i), void (*theirs)(int i));

#endif
