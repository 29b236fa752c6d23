/* SPDX-License-Identifier: MIT */
/* What is measured. Each scenario prints one JSON object a measurement to the standard output; medians, ratios and
 * verdicts are made of them by ../report.py. */
#ifndef T87S_BENCH_SCENARIOS_H
#define T87S_BENCH_SCENARIOS_H

#include "contender.h"

struct plan {
    int rounds;
    size_t small, large;             /* entries of the hits */
    size_t calls_small, calls_large; /* hits a thread, a round */
    size_t disturbed[2];             /* entries of the hits beside invalidations; 0 ends the row */
    size_t below[4];                 /* entries below the tag that is invalidated; 0 ends the row */
    size_t invalidations;            /* a round */
    size_t memory_entries;
    size_t evicting_entries, evicting_inserts;
    size_t objects, requests; /* of the miss ratios */
    size_t opens;
    bool peers;
};

enum { MAX_CONTENDERS = 12 };
/* Those built in: bare_table first, ours second; returns how many. */
size_t contenders_for(const struct plan *plan, const struct contender **out);

void scenario_hits(const struct plan *plan);       /* "hit": the first figures of the issue */
void scenario_disturbed(const struct plan *plan);  /* "disturbed": hits while others are invalidated */
void scenario_invalidate(const struct plan *plan); /* "invalidate" */
void scenario_memory(const struct plan *plan);     /* "memory" */
void scenario_evict(const struct plan *plan);      /* "evict": inserts into a full cache */
void scenario_misses(const struct plan *plan);     /* "misses" */
void scenario_open(const struct plan *plan);       /* "open": and close */

#endif
