/* SPDX-License-Identifier: MIT */
/* Threads that make the same number of hits on one contender at the same time. */
#ifndef T87S_BENCH_CREW_H
#define T87S_BENCH_CREW_H

#include "contender.h"

enum { CREW_MAX = 2 };

struct crew_result {
    double ns;    /* of a hit, as a thread sees it: the mean of the threads */
    size_t wrong; /* hits that were none */
};

/* Each thread first makes `warm` hits that are not timed, then `calls`; it takes them from its own part of `ids`, of
 * which there are at least threads * (warm + calls). */
struct crew_result crew_run(const struct contender *contender, void *self, enum hit_order order, int threads,
                            const uint32_t *ids, size_t warm, size_t calls);

#endif
