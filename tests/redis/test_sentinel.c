/* SPDX-License-Identifier: MIT */
#include "client.h"
#include "redis_sentinel.h"
#include "suites.h"

static struct redis_sentinel set;
static struct client client;

static void start(void) {
    redis_sentinel_start(&set);
    client_open(&client, (struct t87s_redis_options){.uri = set.uri});
    await_vouch(&client);
}

static void stop(void) {
    client_close(&client);
    redis_sentinel_stop(&set);
}

START_TEST(works)
{
    await_answer(&client);
    must_write(&client, "k", "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    must_invalidate(&client, "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write(&client, "k", "users/7");
    redis_sentinel_await_replica(&set, 0);
    redis_sentinel_kill(&set.servers[0]);
    redis_sentinel_await(&set, 1);
    await_answer(&client);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    redis_sentinel_revive(&set, 0);
    redis_sentinel_await_replica(&set, 1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("sentinels");
    TCase *tests = tcase_create("any");
    tcase_add_checked_fixture(tests, start, stop);
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, works);
    return run_suites(suite, NULL);
}
