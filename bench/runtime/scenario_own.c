/* SPDX-License-Identifier: MIT */
/* What only libt87s does, or what only it says of itself: invalidation, open and close. */
#include <stdio.h>

#include "ours.h"
#include "scenarios.h"
#include "work.h"

void scenario_invalidate(const struct plan *plan) {
    for (size_t k = 0; k < sizeof plan->below / sizeof plan->below[0] && plan->below[k]; k++) {
        const size_t entries = plan->below[k];
        struct bench_cache *cache = ours_open_bytes((size_t)1 << 40);
        ours.insert(cache, 0, entries);
        for (int round = 0; round < plan->rounds; round++) {
            const uint64_t waited = work_waited_ns(), began = work_now_ns();
            for (size_t i = 0; i < plan->invalidations; i++)
                ours_require(bench_invalidate(cache, bench_tag_users_all()));
            const uint64_t took = work_now_ns() - began, delayed = work_waited_ns() - waited;
            printf("{\"scenario\": \"invalidate\", \"entries\": %zu, \"contender\": \"t87s\", \"round\": %d, "
                   "\"ns\": %.3f}\n",
                   entries, round, (double)(took - (delayed < took ? delayed : 0)) / (double)plan->invalidations);
        }
        fflush(stdout);
        bench_close(cache);
    }
}

void scenario_open(const struct plan *plan) {
    for (size_t i = 0; i < plan->opens; i++) {
        const uint64_t waited = work_waited_ns(), began = work_now_ns();
        bench_close(ours_open_bytes(0));
        const uint64_t took = work_now_ns() - began, delayed = work_waited_ns() - waited;
        printf("{\"scenario\": \"open\", \"contender\": \"t87s\", \"round\": %zu, \"ns\": %.0f}\n", i,
               (double)(took - (delayed < took ? delayed : 0)));
    }
    fflush(stdout);
}
