/* SPDX-License-Identifier: MIT */
#include "bars.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
    const double *one = a, *two = b;
    return (*one > *two) - (*one < *two);
}

struct spread {
    double low, middle, high;
};

static struct spread spread_of(const double *numbers, int n) {
    double sorted[MOST_ROUNDS];
    memcpy(sorted, numbers, (size_t)n * sizeof *numbers);
    qsort(sorted, (size_t)n, sizeof *sorted, compare);
    return (struct spread){sorted[n / 4], sorted[n / 2], sorted[n - 1 - n / 4]};
}

static void say(const struct bar_row *row, double ours, double theirs, struct spread value, const char *of) {
    static const char *const kinds[] = {"", "at most", "at least"};
    printf(
        "{\"name\": \"%s\", \"beside\": \"%s\", \"unit\": \"%s\", \"ours\": %.3f, \"theirs\": %.3f, \"value\": %.4f, "
        "\"low\": %.4f, \"high\": %.4f, \"of\": \"%s\", \"kind\": \"%s\", \"bar\": %.2f}\n",
        row->name, row->beside, row->unit, ours, theirs, value.middle, value.low, value.high, of, kinds[row->kind],
        row->bar);
    fflush(stdout);
}

void say_row(const struct bar_row *row, const double *ours, const double *theirs, int rounds) {
    double ratios[MOST_ROUNDS];
    for (int i = 0; i < rounds; i++)
        ratios[i] = ours[i] / theirs[i];
    say(row, spread_of(ours, rounds).middle, spread_of(theirs, rounds).middle, spread_of(ratios, rounds), "ratio");
}

void say_number(const struct bar_row *row, double ours, double theirs) {
    say(row, ours, theirs, (struct spread){ours, ours, ours}, "number");
}

static double round_of(int calls, void (*call)(int i)) {
    const double begun = now_us();
    for (int i = 0; i < calls; i++)
        call(i);
    return (now_us() - begun) / calls;
}

void beside(const struct scale *scale, const struct bar_row *row, void (*ours)(int i), void (*theirs)(int i)) {
    double our_us[MOST_ROUNDS], their_us[MOST_ROUNDS];
    for (int i = 0; i < scale->rounds; i++) {
        our_us[i] = round_of(scale->calls, ours);
        their_us[i] = round_of(scale->calls, theirs);
    }
    say_row(row, our_us, their_us, scale->rounds);
}
