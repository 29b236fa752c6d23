/* SPDX-License-Identifier: MIT */
/* Miss ratios, through the public API: the cache is given bytes for a share of all objects, the share it really holds
 * in the end is reported, and the simulated S3-FIFO gets just as many objects and the same requests. With scans a fifth
 * of the requests is for ids that are asked for once, a thousand in a row. */
#include <stdio.h>
#include <stdlib.h>

#include "ours.h"
#include "s3_fifo.h"
#include "scenarios.h"
#include "work.h"

enum { SCAN = 1000 };

struct requests {
    uint32_t *ids;
    size_t n, universe;
};

static struct requests requests_make(const struct plan *plan, double exponent, bool scans) {
    struct requests requests = {work_ids(plan->objects, exponent, plan->requests, 7), plan->requests, plan->objects};
    if (scans)
        for (size_t at = SCAN * 4; at < requests.n; at += (size_t)SCAN * 5)
            for (size_t i = at; i < at + SCAN && i < requests.n; i++)
                requests.ids[i] = (uint32_t)requests.universe++;
    return requests;
}

static void misses_of(const struct plan *plan, const struct requests *requests, double exponent, bool scans,
                      double share) {
    struct bench_cache *cache = ours_open_bytes(ours_capacity_for((size_t)((double)plan->objects * share)));
    struct row row;
    double held = 0;
    size_t samples = 0;
    for (size_t i = 0; i < requests->n; i++) {
        ours_require(bench_get_user(cache, requests->ids[i], &row));
        if (i >= requests->n / 2 && i % 1024 == 0) {
            held += (double)ours_stats(cache).entries;
            samples++;
        }
    }
    const double objects = samples ? held / (double)samples : 2;
    const double missed = (double)ours_stats(cache).fetches / (double)requests->n;
    bench_close(cache);

    size_t reference = 0;
    struct s3_fifo *fifo = s3_fifo_open(requests->universe, objects < 2 ? 2 : (size_t)(objects + 0.5));
    for (size_t i = 0; i < requests->n; i++)
        reference += !s3_fifo_request(fifo, requests->ids[i]);
    s3_fifo_close(fifo);

    printf("{\"scenario\": \"misses\", \"zipf\": %.1f, \"scans\": %s, \"asked_share\": %.4f, \"share\": %.5f, "
           "\"contender\": \"t87s\", \"round\": 0, \"misses\": %.5f, \"reference\": %.5f}\n",
           exponent, scans ? "true" : "false", share, objects / (double)plan->objects, missed,
           (double)reference / (double)requests->n);
    fflush(stdout);
}

void scenario_misses(const struct plan *plan) {
    static const double exponents[] = {0.8, 1.0}, shares[] = {0.001, 0.01, 0.1};
    for (size_t e = 0; e < 2; e++)
        for (int scans = 0; scans < 2; scans++) {
            struct requests requests = requests_make(plan, exponents[e], scans);
            for (size_t s = 0; s < 3; s++)
                misses_of(plan, &requests, exponents[e], scans, shares[s]);
            free(requests.ids);
        }
}
