/* SPDX-License-Identifier: MIT */
#include "near.h"

#include <stdbool.h>
#include <stddef.h>
#include <t87s/redis.h>

#include "bench.tags.h"

enum { IDS = 100 };

static struct bench_cache *near, *alone;
static unsigned long fetches;
static bool failed;

enum t87s_status bench_fetch_get_user(void *app, uint64_t user_id, struct row *out) {
    (void)app;
    *out = (struct row){{user_id}};
    fetches++;
    return T87S_OK;
}

enum t87s_status bench_fetch_get_member(void *app, uint64_t member_id, struct row *out) {
    return bench_fetch_get_user(app, member_id, out);
}

enum t87s_status bench_fetch_get_other(void *app, uint64_t other_id, struct row *out) {
    return bench_fetch_get_user(app, other_id, out);
}

static void query(struct bench_cache *cache, int i) {
    struct row row;
    failed |= bench_get_user(cache, (uint64_t)(i % IDS), &row) != T87S_OK || row.words[0] != (uint64_t)(i % IDS);
}
static void query_near(int i) { query(near, i); }
static void query_alone(int i) { query(alone, i); }

static bool open_over(struct t87s_store *store, struct bench_cache **out) {
    const struct t87s_options options = {.store = store};
    return bench_open(&options, NULL, out) == T87S_OK;
}

/* Until all are there, and what is near is vouched for. */
static bool warm_up(struct bench_cache *cache) {
    const double begun = now_us();
    unsigned long before;
    do {
        before = fetches;
        for (int i = 0; i < IDS; i++)
            query(cache, i);
    } while (fetches != before && now_us() < begun + 5e6);
    return fetches == before && !failed;
}

const char *near_hits(const struct scale *scale, const char *uri) {
    static const struct bar_row bars = {"near hit", "hit without a store", "us", BAR_AT_MOST, 1.1};
    const struct scale more = {scale->rounds, scale->calls * 50};
    struct t87s_store *store;
    const struct t87s_redis_options options = {.uri = uri, .timeout_ms = 1000, .near_staleness_ms = 60000};
    struct t87s_stats stats = {0};
    if (t87s_redis_open(&options, &store) != T87S_OK || !open_over(store, &near) || !open_over(NULL, &alone))
        return "no cache";
    const double begun = now_us();
    do {
        query(near, 0);
        t87s_stats(bench_primitives(near), &stats);
    } while (stats.store_vouched_ms <= 0 && now_us() < begun + 5e6);
    const bool warm = warm_up(near) && warm_up(alone);
    t87s_stats(bench_primitives(near), &stats);
    const uint64_t reads = stats.store_reads;
    if (warm)
        beside(&more, &bars, query_near, query_alone);
    t87s_stats(bench_primitives(near), &stats);
    bench_close(near);
    bench_close(alone);
    t87s_store_close(store);
    return !warm || failed ? "a near hit was none" : stats.store_reads != reads ? "a near hit asked Redis" : NULL;
}

const char *whole_queries(const struct scale *scale, const char *uri, void (*get)(int i)) {
    static const struct bar_row bars = {"a whole query, near tier off", "GET", "us", BAR_NONE, 0};
    struct t87s_store *store;
    const struct t87s_redis_options options = {.uri = uri, .timeout_ms = 1000, .near_off = true};
    if (t87s_redis_open(&options, &store) != T87S_OK || !open_over(store, &near))
        return "no cache";
    const bool warm = warm_up(near);
    const unsigned long before = fetches;
    if (warm)
        beside(scale, &bars, query_near, get);
    bench_close(near);
    t87s_store_close(store);
    return !warm || failed || fetches != before ? "a hit in Redis was none" : NULL;
}
