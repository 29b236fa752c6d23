/* SPDX-License-Identifier: MIT */
/* usage: bench-runtime [tiny|quick|normal|full] [--no-peers] [SCENARIO] */
#include <stdio.h>
#include <string.h>

#include "scenarios.h"

static const struct {
    const char *name;
    struct plan plan;
} plans[] = {
    {"tiny",
     {.rounds = 2,
      .small = 100,
      .large = 1000,
      .calls_small = 1000,
      .calls_large = 1000,
      .disturbed = {100, 1000},
      .below = {10, 100},
      .invalidations = 100,
      .memory_entries = 1000,
      .evicting_entries = 2000,
      .evicting_inserts = 500,
      .objects = 5000,
      .requests = 20000,
      .opens = 3}},
    {"quick",
     {.rounds = 5,
      .small = 10000,
      .large = 1000000,
      .calls_small = 200000,
      .calls_large = 50000,
      .disturbed = {10000},
      .below = {10000, 100000},
      .invalidations = 100000,
      .memory_entries = 200000,
      .evicting_entries = 200000,
      .evicting_inserts = 20000,
      .objects = 200000,
      .requests = 300000,
      .opens = 50}},
    {"normal",
     {.rounds = 11,
      .small = 10000,
      .large = 1000000,
      .calls_small = 500000,
      .calls_large = 200000,
      .disturbed = {10000, 1000000},
      .below = {10000, 100000, 1000000},
      .invalidations = 500000,
      .memory_entries = 1000000,
      .evicting_entries = 1000000,
      .evicting_inserts = 100000,
      .objects = 200000,
      .requests = 3000000,
      .opens = 200}},
    {"full",
     {.rounds = 11,
      .small = 10000,
      .large = 1000000,
      .calls_small = 500000,
      .calls_large = 200000,
      .disturbed = {10000, 1000000},
      .below = {10000, 100000, 1000000, 10000000},
      .invalidations = 500000,
      .memory_entries = 1000000,
      .evicting_entries = 1000000,
      .evicting_inserts = 100000,
      .objects = 200000,
      .requests = 3000000,
      .opens = 200}},
};

static const struct {
    const char *name;
    void (*run)(const struct plan *plan);
} scenarios[] = {
    {"hit", scenario_hits},      {"disturbed", scenario_disturbed}, {"invalidate", scenario_invalidate},
    {"memory", scenario_memory}, {"evict", scenario_evict},         {"misses", scenario_misses},
    {"open", scenario_open},
};

size_t contenders_for(const struct plan *plan, const struct contender **out) {
    size_t n = 0;
    out[n++] = &bare_table;
    out[n++] = &ours;
    if (!plan->peers)
        return n;
#ifdef BENCH_CK
    out[n++] = &ck_table;
#endif
#ifdef BENCH_URCU
    out[n++] = &urcu_table;
#endif
#ifdef BENCH_ROCKSDB
    out[n++] = &rocksdb_clock;
    out[n++] = &rocksdb_lru;
#endif
#ifdef BENCH_GLIB
    out[n++] = &glib_lru;
#endif
    return n;
}

int main(int argc, char **argv) {
    struct plan plan = plans[2].plan;
    const char *only = NULL;
    plan.peers = true;
    for (int i = 1; i < argc; i++) {
        const bool peers = plan.peers;
        bool known = false;
        for (size_t k = 0; k < sizeof plans / sizeof plans[0]; k++)
            if (strcmp(argv[i], plans[k].name) == 0) {
                plan = plans[k].plan;
                plan.peers = peers;
                known = true;
            }
        if (strcmp(argv[i], "--no-peers") == 0)
            plan.peers = false;
        else if (!known)
            only = argv[i];
    }
    bool ran = false;
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++)
        if (!only || strcmp(only, scenarios[i].name) == 0) {
            scenarios[i].run(&plan);
            ran = true;
        }
    if (!ran)
        fprintf(stderr, "bench-runtime: no scenario %s\n", only);
    return ran ? 0 : 2;
}
