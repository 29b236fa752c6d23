/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <t87s/redis.h>

#include "laws.h"
#include "real_clock.h"
#include "redis_server.h"
#include "suites.h"

enum { STALENESS_MS = 2000 };

static struct redis_server server;
static bool with_typescript;

static void open_both(struct t87s_store *stores[2]) {
    redis_server_start(&server, NULL);
    for (int i = 0; i < 2; i++) {
        const struct t87s_redis_options options = {.uri = server.uri,
                                                   .timeout_ms = 5000,
                                                   .near_staleness_ms = STALENESS_MS,
                                                   .share_with_typescript = with_typescript};
        ck_assert_int_eq(t87s_redis_open(&options, &stores[i]), T87S_OK);
    }
}

static void close_both(struct t87s_store *stores[2]) {
    for (int i = 0; i < 2; i++)
        t87s_store_close(stores[i]);
    redis_server_stop(&server);
}

/* typescript: what is done is told twice, by us and as TypeScript would do it. */
int main(int argc, char **argv) {
    with_typescript = argc > 1 && !strcmp(argv[1], "typescript");
    const struct laws_subject subject = {"a store in Redis", open_both,       close_both, sleep_ms,
                                         STALENESS_MS,       with_typescript, NULL,       NULL};
    return run_suites(store_laws(&subject), NULL);
}
