/* SPDX-License-Identifier: MIT
 *
 * A master, its replica and three sentinels: the master dies, is replaced on demand, is cut off; what it acknowledged
 * is lost with it. The store follows, the law holds, no call takes longer than its deadline.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "lateness.h"
#include "redis_sentinel.h"
#include "scene.h"
#include "suites.h"

enum { TIMEOUT_MS = 300, BOUND_MS = 300, LEEWAY_MS = 700 };

static struct redis_sentinel staff;
static struct client client;

static void open_with(struct client *opened, const char *uri, bool near_off) {
    client_open(opened, (struct t87s_redis_options){
                            .uri = uri, .near_off = near_off, .timeout_ms = TIMEOUT_MS, .near_staleness_ms = BOUND_MS});
    await_answer(opened);
}

static void start(void) {
    redis_sentinel_start(&staff);
    open_with(&client, staff.uri, false);
    await_vouch(&client);
}

static void stop(void) {
    ck_assert_int_le(client.longest_ms, TIMEOUT_MS + LEEWAY_MS);
    client_close(&client);
    redis_sentinel_stop(&staff);
}

static void await_invalidation(struct client *of, const char *tag) {
    for (int i = 0; client_invalidate(of, tag, 0) != T87S_OK; i++) {
        ck_assert_int_lt(i, 3000);
        sleep_ms(10);
    }
}

/* Written before the change of master, and at both. */
static void write_early(struct t87s_store_birth *early) {
    *early = must_bear(&client);
    must_write(&client, "k", "users/7");
    redis_sentinel_await_replica(&staff, 0);
}

/* The master is another one now: nothing from before is believed, and all works. */
static void expect_new_life(const struct t87s_store_birth *early) {
    await_answer(&client);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write_born(&client, "k", "users/7", early);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write(&client, "k", "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    must_invalidate(&client, "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
}

START_TEST(a_master_that_is_killed_is_followed_by_another)
{
    struct t87s_store_birth early;
    write_early(&early);
    const unsigned before = lost_so_far(&client);
    redis_sentinel_kill(&staff.servers[0]);
    ck_assert_int_ne(client_invalidate(&client, "users/7", 0), T87S_OK);
    ck_assert_int_ne(client_read(&client, "k", "users/7", NULL, NULL), T87S_OK);
    redis_sentinel_await(&staff, 1);
    await_lost(&client, before);
    expect_new_life(&early);
    await_vouch(&client);
}
END_TEST

/* Nothing was invalidated, so the old master may be believed for D. */
static void await_no_belief(void) {
    const int64_t until = now_ms() - lateness_ms() + BOUND_MS + LEEWAY_MS;
    enum t87s_store_state state = T87S_STORE_VALID;
    while (client_read(&client, "k", "users/7", &state, NULL) != T87S_OK || state == T87S_STORE_VALID) {
        ck_assert_int_lt(now_ms() - lateness_ms(), until);
        sleep_ms(2);
    }
}

START_TEST(a_failover_on_demand_is_followed_there_and_back)
{
    redis_sentinel_pace(&staff, 500);
    for (int master = 0; master < 2; master++) {
        const struct t87s_store_birth early = must_bear(&client);
        must_write(&client, "k", "users/7");
        redis_sentinel_await_replica(&staff, master);
        const unsigned before = lost_so_far(&client);
        redis_sentinel_failover(&staff, !master);
        await_lost(&client, before);
        await_no_belief();
        expect_new_life(&early);
        await_vouch(&client);
        redis_sentinel_await_replica(&staff, !master);
    }
}
END_TEST

/* The replica is led astray before, so that it never hears of it. */
START_TEST(an_invalidation_that_was_acknowledged_and_lost_has_outdated_all_the_same)
{
    struct t87s_store_birth early;
    write_early(&early);
    ck_assert_str_eq(redis_server_tell(&staff.servers[1], "REPLICAOF 127.0.0.1 1").text, "+OK");
    must_invalidate(&client, "users/7");
    redis_sentinel_kill(&staff.servers[0]);
    redis_sentinel_await(&staff, 1);
    expect_new_life(&early);
}
END_TEST

/* ---- two masters at a time ---- */

/* As a partition does it, or as a failover on demand does for some seconds. */
static void make_two_masters(int by_isolation) {
    redis_sentinel_pace(&staff, by_isolation ? 100 : 5000);
    if (!by_isolation) {
        redis_sentinel_failover(&staff, 1);
        return;
    }
    redis_sentinel_isolate(&staff, 0);
    redis_sentinel_await(&staff, 1);
}

START_TEST(no_invalidation_is_lost_at_a_master_that_was_replaced)
{
    struct client late, direct;
    char with_account[300], uri[64];
    snprintf(with_account, sizeof with_account, "redis://app:app@%s", staff.uri + strlen("redis://"));
    snprintf(uri, sizeof uri, "redis://app:app@127.0.0.1:%d", staff.ports[0]);
    open_with(&late, with_account, true);
    open_with(&direct, uri, true);
    must_write(&direct, "k", "users/7");
    make_two_masters(_i);
    client_close(&client);
    open_with(&client, with_account, false);
    must_write(&client, "k", "users/7");
    must_invalidate(&direct, "users/8");
    must_write(&direct, "l", "users/8");
    ck_assert_int_eq(must_read(&direct, "l", "users/8"), T87S_STORE_VALID); /* there are two */
    ck_assert_int_ne(client_invalidate(&late, "users/7", 0), T87S_OK);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    await_invalidation(&late, "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    await_answer(&late);
    ck_assert_int_ne(must_read(&late, "l", "users/8"), T87S_STORE_VALID);
    ck_assert_int_le(late.longest_ms, TIMEOUT_MS + LEEWAY_MS);
    client_close(&direct);
    client_close(&late);
}
END_TEST

/* ---- a cache ---- */

START_TEST(what_a_cache_could_not_say_during_a_failover_is_made_good_after_it)
{
    struct scene scene;
    scene_init(&scene);
    scene.options.store = client.store;
    scene.options.prefix = "test";
    scene_open(&scene);
    struct source source = {.text = "Ada"};
    const struct t87s_tag user = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &source, &user);
    query.ttl_ms = 600000;
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    redis_sentinel_await_replica(&staff, 0);
    redis_sentinel_kill(&staff.servers[0]);
    ck_assert_int_eq(t87s_invalidate(scene.cache, &user, 1, 0), T87S_PARTIAL);
    source.text = "Eve";
    ck_assert_str_eq(ask(&scene, &query).text, "Eve"); /* by itself meanwhile */
    while (scene_stats(&scene).store_pending)
        sleep_ms(5);
    ck_assert_int_eq(redis_sentinel_master(&staff, 0), 1);
    await_answer(&client);
    while (t87s_invalidate(scene.cache, &user, 1, 0) != T87S_OK)
        sleep_ms(5);
    source.text = "Bob";
    ck_assert_str_eq(ask(&scene, &query).text, "Bob");
    scene_close(&scene);
}
END_TEST

/* ---- replicas that are waited for ---- */

enum { WAITS_MS = 2000 };

static void open_waiting(struct client *opened, unsigned replicas) {
    client_open(opened, (struct t87s_redis_options){
                            .uri = staff.uri, .near_off = true, .timeout_ms = WAITS_MS, .wait_replicas = replicas});
}

START_TEST(an_invalidation_waits_for_as_many_replicas_as_are_asked_for)
{
    struct client one, two;
    open_waiting(&one, 1);
    open_waiting(&two, 2);
    must_write(&client, "k", "users/7");
    must_invalidate(&one, "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write(&client, "k", "users/7");
    ck_assert_int_eq(client_invalidate(&two, "users/7", 0), T87S_E_STORE); /* there is one: done at the master */
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    kill(staff.servers[1].process, SIGSTOP);
    must_write(&client, "k", "users/7");
    const enum t87s_status status = client_invalidate(&one, "users/7", 0);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    kill(staff.servers[1].process, SIGCONT);
    ck_assert_int_eq(status, T87S_E_STORE);
    await_invalidation(&one, "users/7");
    ck_assert_int_le(one.longest_ms, WAITS_MS + LEEWAY_MS);
    ck_assert_int_le(two.longest_ms, WAITS_MS + LEEWAY_MS);
    client_close(&two);
    client_close(&one);
}
END_TEST

/* ---- sentinels ---- */

START_TEST(without_sentinels_or_a_master_of_that_name_there_is_no_store)
{
    struct client other;
    char wrong[300];
    snprintf(wrong, sizeof wrong, "redis://127.0.0.1:%d?master=shop", staff.sentinel_ports[0]);
    client_open(&other, (struct t87s_redis_options){.uri = wrong, .near_off = true, .timeout_ms = TIMEOUT_MS});
    for (int i = 0; i < 10; i++)
        ck_assert_int_ne(client_read(&other, "k", "users/7", NULL, NULL), T87S_OK);
    ck_assert_int_le(other.longest_ms, TIMEOUT_MS + LEEWAY_MS);
    client_close(&other);
    snprintf(wrong, sizeof wrong, "redis://127.0.0.1:%d?master=blog", staff.sentinel_ports[0]);
    open_with(&other, wrong, true); /* one of them will do, if no other is listed */
    must_invalidate(&other, "users/7");
    redis_sentinel_kill(&staff.sentinels[0]);
    ck_assert_int_ne(client_invalidate(&other, "users/7", 0), T87S_OK);
    client_close(&other);
    must_invalidate(&client, "users/7"); /* two are left */
    redis_sentinel_kill(&staff.sentinels[1]);
    const int64_t killed = now_ms();
    ck_assert_int_ne(client_invalidate(&client, "users/7", 0), T87S_OK);
    await_no_vouch(&client);
    for (int64_t begun = now_ms(); client_read(&client, "k", "users/7", NULL, NULL) == T87S_OK; begun = now_ms())
        ck_assert_int_le(begun, killed + BOUND_MS);
    for (int i = 0; i < 10; i++)
        ck_assert_int_ne(client_read(&client, "k", "users/7", NULL, NULL), T87S_OK);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("failovers");
    TCase *tests = case_of(suite, "masters", start, stop, 90);
    tcase_add_test(tests, a_master_that_is_killed_is_followed_by_another);
    tcase_add_test(tests, a_failover_on_demand_is_followed_there_and_back);
    tcase_add_test(tests, an_invalidation_that_was_acknowledged_and_lost_has_outdated_all_the_same);
    tcase_add_loop_test(tests, no_invalidation_is_lost_at_a_master_that_was_replaced, 0, 2);
    tests = case_of(suite, "a cache", start, stop, 90);
    tcase_add_test(tests, what_a_cache_could_not_say_during_a_failover_is_made_good_after_it);
    tests = case_of(suite, "others", start, stop, 90);
    tcase_add_test(tests, an_invalidation_waits_for_as_many_replicas_as_are_asked_for);
    tcase_add_test(tests, without_sentinels_or_a_master_of_that_name_there_is_no_store);
    return run_suites(suite, NULL);
}
