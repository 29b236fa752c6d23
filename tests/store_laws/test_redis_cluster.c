/* SPDX-License-Identifier: MIT */
#include <t87s/redis.h>

#include "laws.h"
#include "real_clock.h"
#include "redis_cluster.h"
#include "suites.h"

enum { STALENESS_MS = 2000 };

static struct redis_cluster cluster;

static void open_both(struct t87s_store *stores[2]) {
    for (int i = 0; i < CLUSTER_MASTERS; i++)
        ck_assert_str_eq(redis_server_tell(&cluster.nodes[i], "FLUSHALL").text, "+OK");
    for (int i = 0; i < 2; i++) {
        const struct t87s_redis_options options = {
            .uri = cluster.uri, .timeout_ms = 5000, .near_staleness_ms = STALENESS_MS};
        ck_assert_int_eq(t87s_redis_open(&options, &stores[i]), T87S_OK);
    }
}

static void close_both(struct t87s_store *stores[2]) {
    for (int i = 0; i < 2; i++)
        t87s_store_close(stores[i]);
}

static void start(void) { redis_cluster_start(&cluster, CLUSTER_STAYS_MS); }

static void stop(void) { redis_cluster_stop(&cluster); }

int main(void) {
    static const struct laws_subject subject = {
        "a store in a Redis Cluster", open_both, close_both, sleep_ms, STALENESS_MS, false, start, stop};
    return run_suites(store_laws(&subject), NULL);
}
