/* SPDX-License-Identifier: MIT */
#ifndef T87S_MODEL_RUN_H
#define T87S_MODEL_RUN_H

#include "operation.h"

struct sequence {
    enum mode mode;
    unsigned n;
    struct operation operations[MOST_OPERATIONS];
};

struct complaint {
    unsigned operation; /* which one was answered wrongly */
    char text[400];
};

/* How often each kind of answer was seen, so that a run can show that it tried them all. */
struct tally {
    uint64_t answers[T87S_NEGATIVE + 1], failed, deadlocks, gets, refreshes, kept, not_kept, evictions, unsure;
};

/* Measures what an empty cache needs. Call it first. */
void run_prepare(void);
/* Does the operations to a new cache and to the reference. False: they disagree, and the complaint says where. */
bool run_sequence(const struct sequence *sequence, struct tally *tally, struct complaint *complaint);

#endif
