/* SPDX-License-Identifier: MIT */
/* Hits: all contenders hold the same rows and take turns, so that a noisy minute meets all of them. The turn moves on
 * by one each round, so that nobody always comes after the same neighbour. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "crew.h"
#include "ours.h"
#include "scenarios.h"
#include "work.h"

enum { OTHERS = 1024, INVALIDATIONS_A_SECOND = 10000 };

struct field {
    size_t n;
    const struct contender *contenders[MAX_CONTENDERS];
    void *selves[MAX_CONTENDERS];
};

static void field_open(struct field *field, size_t entries) {
    for (size_t i = 0; i < field->n; i++) {
        /* Room for more than go in: caches in shards would evict from the full ones. */
        field->selves[i] = field->contenders[i]->open(entries + entries / 2);
        field->contenders[i]->insert(field->selves[i], 0, entries);
    }
}

static void field_close(struct field *field) {
    for (size_t i = 0; i < field->n; i++)
        field->contenders[i]->close(field->selves[i]);
}

static void report(const char *scenario, size_t entries, const char *keys, int threads, const char *contender,
                   int round, struct crew_result result) {
    printf("{\"scenario\": \"%s\", \"entries\": %zu, \"keys\": \"%s\", \"threads\": %d, \"contender\": \"%s\", "
           "\"round\": %d, \"ns\": %.3f, \"wrong\": %zu}\n",
           scenario, entries, keys, threads, contender, round, result.ns, result.wrong);
    fflush(stdout);
}

static const struct {
    const char *name;
    double exponent;
} keys[] = {{"uniform", 0.0}, {"zipf", 1.0}};

/* All contenders in turn, `rounds` times. */
static void rounds_of(const struct plan *plan, const struct field *field, enum hit_order order, size_t entries,
                      const char *keys_name, int threads, const uint32_t *ids, size_t warm, size_t calls) {
    for (int round = 0; round < plan->rounds; round++, ids += CREW_MAX * (warm + calls))
        for (size_t turn = 0; turn < field->n; turn++) {
            const size_t i = (turn + (size_t)round) % field->n;
            report(order == HITS_USED ? "hit" : "stream", entries, keys_name, threads, field->contenders[i]->name,
                   round, crew_run(field->contenders[i], field->selves[i], order, threads, ids, warm, calls));
        }
}

static void hits_of(const struct plan *plan, size_t entries, size_t calls) {
    struct field field;
    field.n = contenders_for(plan, field.contenders);
    field_open(&field, entries);
    const size_t warm = calls / 4;
    for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
        uint32_t *ids = work_ids(entries, keys[k].exponent, CREW_MAX * (warm + calls) * (size_t)plan->rounds, k + 1);
        for (int threads = 1; threads <= CREW_MAX; threads++)
            for (enum hit_order order = HITS_USED; order < HIT_ORDERS; order++)
                rounds_of(plan, &field, order, entries, keys[k].name, threads, ids, warm, calls);
        free(ids);
    }
    field_close(&field);
}

void scenario_hits(const struct plan *plan) {
    hits_of(plan, plan->small, plan->calls_small);
    hits_of(plan, plan->large, plan->calls_large);
}

/* ---- hits while somebody invalidates what nobody asks for ---- */

struct disturber {
    struct bench_cache *cache;
    atomic_bool stop; /* relaxed: it need not be at once */
    uint64_t done, from_ns, to_ns;
};

static void *disturb(void *arg) {
    struct disturber *disturber = arg;
    const uint64_t step = 1000000000u / INVALIDATIONS_A_SECOND;
    uint64_t next = disturber->from_ns = work_now_ns();
    while (!atomic_load_explicit(&disturber->stop, memory_order_relaxed)) {
        ours_require(bench_invalidate(disturber->cache, bench_tag_others(disturber->done++ % OTHERS)));
        next += step;
        const struct timespec until = {(time_t)(next / 1000000000u), (long)(next % 1000000000u)};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    }
    disturber->to_ns = work_now_ns();
    return NULL;
}

static void disturbed_of(const struct plan *plan, size_t entries, size_t calls) {
    struct field field = {.n = 2, .contenders = {&bare_table, &ours}};
    field_open(&field, entries);
    struct bench_cache *cache = field.selves[1];
    struct row row;
    for (uint64_t other = 0; other < OTHERS; other++)
        ours_require(bench_get_other(cache, other, &row));

    const size_t warm = calls / 4;
    uint32_t *ids = work_ids(entries, 0.0, (warm + calls) * (size_t)plan->rounds, 1);
    for (int round = 0; round < plan->rounds; round++) {
        const uint32_t *round_ids = ids + (size_t)round * (warm + calls);
        /* The bare table is disturbed as well: what the processors cost each other is not the cache's. */
        struct disturber disturber = {.cache = cache};
        pthread_t thread;
        if (pthread_create(&thread, NULL, disturb, &disturber) != 0)
            exit(1);
        for (size_t turn = 0; turn < field.n; turn++) {
            const size_t i = (turn + (size_t)round) % field.n;
            report("disturbed", entries, "uniform", 1, field.contenders[i]->name, round,
                   crew_run(field.contenders[i], field.selves[i], HITS_USED, 1, round_ids, warm, calls));
        }
        atomic_store_explicit(&disturber.stop, true, memory_order_relaxed);
        pthread_join(thread, NULL);
        printf("{\"scenario\": \"disturbed rate\", \"entries\": %zu, \"contender\": \"t87s\", \"round\": %d, "
               "\"invalidations_a_second\": %.0f}\n",
               entries, round, (double)disturber.done * 1e9 / (double)(disturber.to_ns - disturber.from_ns));
    }
    free(ids);
    field_close(&field);
}

void scenario_disturbed(const struct plan *plan) {
    for (size_t k = 0; k < sizeof plan->disturbed / sizeof plan->disturbed[0] && plan->disturbed[k]; k++)
        disturbed_of(plan, plan->disturbed[k],
                     plan->disturbed[k] > plan->small ? plan->calls_large : plan->calls_small);
}
