/* SPDX-License-Identifier: MIT */
#include <t87s/redis.h>

#include "laws.h"
#include "real_clock.h"
#include "redis_sentinel.h"
#include "suites.h"

enum { STALENESS_MS = 2000 };

static struct redis_sentinel set;

static void open_both(struct t87s_store *stores[2]) {
    ck_assert_str_eq(redis_server_tell(&set.servers[0], "FLUSHALL").text, "+OK");
    for (int i = 0; i < 2; i++) {
        const struct t87s_redis_options options = {
            .uri = set.uri, .timeout_ms = 5000, .near_staleness_ms = STALENESS_MS};
        ck_assert_int_eq(t87s_redis_open(&options, &stores[i]), T87S_OK);
    }
}

static void close_both(struct t87s_store *stores[2]) {
    for (int i = 0; i < 2; i++)
        t87s_store_close(stores[i]);
}

/* Nobody takes the master for dead, however late the machine is. */
static void start(void) {
    redis_sentinel_start(&set);
    for (int i = 0; i < SENTINELS; i++)
        ck_assert_str_eq(redis_server_tell(&set.sentinels[i], "SENTINEL SET blog down-after-milliseconds 600000").text,
                         "+OK");
}

static void stop(void) { redis_sentinel_stop(&set); }

int main(void) {
    static const struct laws_subject subject = {
        "a store behind sentinels", open_both, close_both, sleep_ms, STALENESS_MS, false, start, stop};
    return run_suites(store_laws(&subject), NULL);
}
