/* SPDX-License-Identifier: MIT
 *
 * A store over a cluster that is well: who leads to it, how many trips a call takes, and slots that move while they are
 * in use.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "cluster_places.h"
#include "redis_cluster.h"
#include "redis_store.h"
#include "suites.h"

static struct redis_cluster cluster;
static struct client client, other;

static void begin(void) { redis_cluster_start(&cluster, CLUSTER_STAYS_MS); }

static void end(void) { redis_cluster_stop(&cluster); }

static void start(void) {
    for (int i = 0; i < CLUSTER_MASTERS; i++)
        ck_assert_str_eq(redis_server_tell(&cluster.nodes[i], "FLUSHALL").text, "+OK");
    /* A bound that is not over because the machine stands still for a moment: what is told then would be missed. */
    client_open(&client,
                (struct t87s_redis_options){.uri = cluster.uri, .timeout_ms = 5000, .near_staleness_ms = 1000});
    client_open(&other, (struct t87s_redis_options){.uri = cluster.uri, .timeout_ms = 5000, .near_off = true});
    await_vouch(&client);
}

static void stop(void) {
    client_close(&other);
    client_close(&client);
}

static void expect_law(const char *key, const char *tag) {
    must_write(&client, key, tag);
    ck_assert_int_eq(must_read(&other, key, tag), T87S_STORE_VALID);
    must_invalidate(&other, tag);
    ck_assert_int_eq(must_read(&client, key, tag), T87S_STORE_OUTDATED);
    must_write(&other, key, tag);
    ck_assert_int_eq(must_read(&client, key, tag), T87S_STORE_VALID);
}

/* ---- finding it ---- */

/* Returns when it reaches all: until then a birth may lack a server's part, and what is written with it is outdated. */
static void reopen(const char *uri) {
    client_close(&client);
    client_open(&client, (struct t87s_redis_options){.uri = uri, .timeout_ms = 5000});
    for (int master = 0; master < CLUSTER_MASTERS; master++)
        await_answer_about(&client, key_at(master, 0).name, tag_at(master, 0).name);
}

START_TEST(any_node_leads_to_all_and_so_does_one_of_several_seeds)
{
    char uri[512];
    const char *const formats[] = {"redis://127.0.0.1:%d", "redis://127.0.0.1:1,redis://127.0.0.1:%d",
                                   "unix:///nobody,unix:///nowhere,redis://127.0.0.1:%d"};
    for (int node = 0; node < CLUSTER_NODES; node++) { /* replicas as well */
        snprintf(uri, sizeof uri, formats[node % 3], cluster.ports[node]);
        reopen(uri);
        for (int master = 0; master < CLUSTER_MASTERS; master++)
            expect_law(key_at(master, 0).name, tag_at((master + node) % CLUSTER_MASTERS, 0).name);
        await_vouch(&client);
    }
    reopen(cluster.nodes[1].uri);
    expect_law(key_at(0, 0).name, tag_at(2, 0).name);
    await_vouch(&client);
}
END_TEST

START_TEST(without_a_node_that_answers_calls_fail_and_without_slots_there_is_no_typescript)
{
    struct t87s_redis_options options = {
        .uri = "redis://127.0.0.1:1,redis://127.0.0.1:2", .timeout_ms = 100, .near_off = true};
    client_close(&client);
    client_open(&client, options);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(client_read(&client, "k", "users/7", NULL, NULL), T87S_E_STORE);
    client_close(&client);
    options.uri = cluster.nodes[0].uri;
    options.share_with_typescript = true;
    client_open(&client, options);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(client_read(&client, "k", "users/7", NULL, NULL), T87S_E_STORE);
}
END_TEST

/* ---- trips ---- */

/* Each read ends its trip to a server with one WAIT, as nothing else does. */
static long trips(void) {
    long n = 0;
    for (int i = 0; i < CLUSTER_MASTERS; i++)
        n += redis_cluster_calls(&cluster, i, "wait");
    return n;
}

static void expect_trips(const char *key, const char *tag, long expected) {
    must_write(&client, key, tag);
    const long before = trips();
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(must_read(&client, key, tag), T87S_STORE_VALID);
    ck_assert_int_eq(trips() - before, 10 * expected);
}

START_TEST(a_hit_is_one_trip_to_each_server_that_has_something_of_it)
{
    for (int master = 0; master < CLUSTER_MASTERS; master++) {
        expect_trips(key_at(master, 0).name, tag_at(master, 0).name, 1);
        expect_trips(key_at(master, 1).name, tag_at((master + 1) % CLUSTER_MASTERS, 1).name, 2);
    }
    const struct place between = key_between();
    const int owner = redis_cluster_owner(between.slot);
    expect_trips(between.name, tag_at(owner, 0).name, 2);
}
END_TEST

/* ---- a server that becomes one ---- */

static void add_time(const struct t87s__call *call, unsigned part, uint64_t history, bool by_text,
                     struct t87s__commands *commands) {
    (void)call, (void)part, (void)history, (void)by_text;
    T87S__COMMAND(commands, T87S__WORD("TIME"));
}

/* What a call says that takes the servers for this as it begins. */
static enum t87s_status status_of_call(enum t87s__kind kind) {
    struct t87s__redis *redis = t87s__redis_of(other.store);
    struct t87s__call call;
    atomic_store(&redis->topology.kind, kind);
    ck_assert_int_eq(t87s__call_begin(&call, redis, other.scope, t87s__link_deadline(5000)), T87S_OK);
    atomic_store(&redis->topology.kind, T87S__CLUSTER);
    call.add = add_time;
    t87s__call_part(&call, t87s__layout_slot_of_bucket(0));
    const enum t87s_status status = t87s__call_run(&call);
    ck_assert_int_eq(call.parts[0].status, status);
    t87s__call_end(&call);
    return status;
}

START_TEST(a_call_under_the_names_of_one_server_does_not_count_once_there_is_a_cluster)
{
    must_read(&other, "k", "users/7");
    ck_assert_int_eq(status_of_call(T87S__SERVER), T87S_E_STORE);
    ck_assert_int_eq(status_of_call(T87S__CLUSTER), T87S_OK);
}
END_TEST

/* ---- slots that move ---- */

START_TEST(a_bucket_that_moves_loses_no_invalidation)
{
    const struct place key = key_at(0, 0), tag = tag_at(1, 0);
    must_write(&client, key.name, tag.name);
    redis_cluster_open_slot(&cluster, tag.slot, 1, 2);
    ck_assert_int_eq(must_read(&client, key.name, tag.name), T87S_STORE_VALID); /* it still is where it was */
    must_invalidate(&other, tag.name);
    ck_assert_int_eq(must_read(&client, key.name, tag.name), T87S_STORE_OUTDATED);
    must_write(&client, key.name, tag.name);
    redis_cluster_move_names(&cluster, tag.slot, 1, 2);
    /* Whose history it has is not there: it begins a new life. */
    ck_assert_int_eq(must_read(&client, key.name, tag.name), T87S_STORE_OUTDATED);
    expect_law(key.name, tag.name);
    redis_cluster_close_slot(&cluster, tag.slot, 1, 2);
    ck_assert_int_eq(must_read(&client, key.name, tag.name), T87S_STORE_VALID);
    expect_law(key.name, tag.name);
    redis_cluster_open_slot(&cluster, tag.slot, 2, 1); /* and back, with nobody looking */
    redis_cluster_move_names(&cluster, tag.slot, 2, 1);
    redis_cluster_close_slot(&cluster, tag.slot, 2, 1);
    ck_assert_int_eq(must_read(&client, key.name, tag.name), T87S_STORE_OUTDATED);
    expect_law(key.name, tag.name);
}
END_TEST

START_TEST(an_entry_that_moves_is_found_where_it_went)
{
    const struct place key = key_at(0, 0), tag = tag_at(1, 0);
    must_write(&client, key.name, tag.name);
    redis_cluster_open_slot(&cluster, key.slot, 0, 2);
    ck_assert_int_eq(must_read(&client, key.name, tag.name), T87S_STORE_VALID);
    redis_cluster_move_names(&cluster, key.slot, 0, 2);
    ck_assert_int_eq(must_read(&client, key.name, tag.name), T87S_STORE_VALID);
    expect_law(key.name, tag.name);
    ck_assert_int_eq(client.store->remove(client.store, client.scope, key.name, strlen(key.name), 5000), T87S_OK);
    ck_assert_int_ne(must_read(&other, key.name, tag.name), T87S_STORE_VALID);
    must_write(&client, key.name, tag.name);
    redis_cluster_close_slot(&cluster, key.slot, 0, 2);
    ck_assert_int_eq(must_read(&client, key.name, tag.name), T87S_STORE_VALID);
    expect_law(key.name, tag.name);
    redis_cluster_open_slot(&cluster, key.slot, 2, 0);
    redis_cluster_move_names(&cluster, key.slot, 2, 0);
    redis_cluster_close_slot(&cluster, key.slot, 2, 0);
    ck_assert_int_eq(must_read(&other, key.name, tag.name), T87S_STORE_VALID);
}
END_TEST

/* Where the listener has not heard that its bucket is somebody else's, nobody vouches. */
START_TEST(who_has_a_bucket_now_is_listened_to_before_anybody_vouches)
{
    const struct place tag = tag_at(1, 0);
    const unsigned lost = lost_so_far(&client);
    redis_cluster_open_slot(&cluster, tag.slot, 1, 2);
    redis_cluster_move_names(&cluster, tag.slot, 1, 2);
    await_no_vouch(&client);
    redis_cluster_close_slot(&cluster, tag.slot, 1, 2);
    await_lost(&client, lost);
    await_vouch(&client);
    const unsigned lost_again = lost_so_far(&client);
    must_invalidate(&other, tag.name);
    await_heard(&client, 1);
    redis_cluster_open_slot(&cluster, tag.slot, 2, 1);
    redis_cluster_move_names(&cluster, tag.slot, 2, 1);
    redis_cluster_close_slot(&cluster, tag.slot, 2, 1);
    await_lost(&client, lost_again);
    await_vouch(&client);
    must_invalidate(&other, tag.name);
    await_heard(&client, 2);
}
END_TEST

/* ---- and all else as with one server ---- */

START_TEST(what_is_done_at_any_of_the_servers_is_heard_once)
{
    for (int master = 0; master < CLUSTER_MASTERS; master++)
        for (unsigned number = 0; number < 3; number++)
            must_invalidate(&other, tag_at(master, number).name);
    await_heard(&client, 9);
    await_next_vouch(&client);
    ck_assert_uint_eq(heard_so_far(&client), 9);
}
END_TEST

START_TEST(replicas_are_waited_for_at_each_server)
{
    char tag[32];
    client_close(&client);
    client_open(&client, (struct t87s_redis_options){.uri = cluster.uri, .timeout_ms = 5000, .wait_replicas = 1});
    for (int master = 0; master < CLUSTER_MASTERS; master++)
        must_invalidate(&client, tag_at(master, 0).name);
    client_close(&client);
    client_open(&client, (struct t87s_redis_options){.uri = cluster.uri, .timeout_ms = 200, .wait_replicas = 2});
    snprintf(tag, sizeof tag, "%s", tag_at(0, 0).name);
    must_write(&other, "k", tag);
    ck_assert_int_ne(client_invalidate(&client, tag, 0), T87S_OK); /* each has one */
    ck_assert_int_eq(must_read(&other, "k", tag), T87S_STORE_OUTDATED);
}
END_TEST

START_TEST(a_slot_that_nobody_has_fails_the_calls_that_need_it_and_comes_back)
{
    const struct place key = key_at(0, 0), tag = tag_at(1, 0);
    char command[64];
    must_write(&client, key.name, tag.name);
    for (int i = 0; i < CLUSTER_NODES; i++) {
        snprintf(command, sizeof command, "CLUSTER DELSLOTS %u", tag.slot);
        ck_assert_str_eq(redis_server_tell(&cluster.nodes[i], command).text, "+OK");
    }
    const int64_t begun = now_ms();
    ck_assert_int_eq(client_read(&client, key.name, tag.name, NULL, NULL), T87S_E_STORE);
    ck_assert_int_eq(client_invalidate(&client, tag.name, 0), T87S_E_STORE);
    ck_assert_int_lt(now_ms() - begun, client.deadline_ms);
    snprintf(command, sizeof command, "CLUSTER ADDSLOTS %u", tag.slot);
    ck_assert_str_eq(redis_server_tell(&cluster.nodes[1], command).text, "+OK");
    redis_cluster_await(&cluster, -1);
    await_answer_about(&client, key.name, tag.name);
    await_answer_about(&other, key.name, tag.name);
    expect_law(key.name, tag.name);
    await_vouch(&client);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("a store over a cluster");
    TCase *tests = case_of(suite, "well", start, stop, 60);
    tcase_add_unchecked_fixture(tests, begin, end);
    tcase_add_test(tests, any_node_leads_to_all_and_so_does_one_of_several_seeds);
    tcase_add_test(tests, without_a_node_that_answers_calls_fail_and_without_slots_there_is_no_typescript);
    tcase_add_test(tests, a_hit_is_one_trip_to_each_server_that_has_something_of_it);
    tcase_add_test(tests, a_call_under_the_names_of_one_server_does_not_count_once_there_is_a_cluster);
    tcase_add_test(tests, a_bucket_that_moves_loses_no_invalidation);
    tcase_add_test(tests, an_entry_that_moves_is_found_where_it_went);
    tcase_add_test(tests, who_has_a_bucket_now_is_listened_to_before_anybody_vouches);
    tcase_add_test(tests, what_is_done_at_any_of_the_servers_is_heard_once);
    tcase_add_test(tests, replicas_are_waited_for_at_each_server);
    tcase_add_test(tests, a_slot_that_nobody_has_fails_the_calls_that_need_it_and_comes_back);
    return run_suites(suite, NULL);
}
