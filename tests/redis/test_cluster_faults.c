/* SPDX-License-Identifier: MIT
 *
 * What goes wrong with a cluster: a master is replaced, dies, stands still. The law holds, calls keep their deadlines,
 * what is another server's goes on, and nobody vouches for more than D.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "client.h"
#include "cluster_places.h"
#include "redis_cluster.h"
#include "suites.h"

enum {
    BOUND_MS = 300,
    LEEWAY_MS = 1000 /* of a busy machine; a call that hung would take more */
};

static struct redis_cluster cluster;
static struct client client, other;
static struct place keys[CLUSTER_MASTERS], tags[CLUSTER_MASTERS];

static void start(int timeout_ms) {
    redis_cluster_start(&cluster, timeout_ms);
    client_open(&client, (struct t87s_redis_options){.uri = cluster.uri, .timeout_ms = 200});
    client_open(&other, (struct t87s_redis_options){.uri = cluster.uri, .timeout_ms = 5000, .near_off = true});
    for (int i = 0; i < CLUSTER_MASTERS; i++) {
        keys[i] = key_at(i, 0);
        tags[i] = tag_at(i, 0);
        await_answer_about(&client, keys[i].name, tags[i].name);
        must_write(&other, keys[i].name, tags[i].name);
        ck_assert_int_eq(must_read(&client, keys[i].name, tags[i].name), T87S_STORE_VALID);
    }
    await_vouch(&client);
    atomic_store(&client.longest_ms, 0);
}

static void start_lively(void) { start(CLUSTER_FAILS_OVER_MS); }

static void start_patient(void) { start(CLUSTER_STAYS_MS); }

static void stop(void) {
    client_close(&other);
    client_close(&client);
    redis_cluster_stop(&cluster);
}

/* Nothing that was there before counts any more, and all goes on. */
static void expect_law(int master) {
    const char *key = keys[master].name, *tag = tags[master].name;
    await_answer_about(&client, key, tag);
    await_answer_about(&other, key, tag);
    ck_assert_int_eq(must_read(&other, key, tag), T87S_STORE_OUTDATED);
    ck_assert_int_eq(must_read(&client, key, tag), T87S_STORE_OUTDATED);
    must_write(&other, key, tag);
    ck_assert_int_eq(must_read(&client, key, tag), T87S_STORE_VALID);
    must_invalidate(&other, tag);
    ck_assert_int_eq(must_read(&client, key, tag), T87S_STORE_OUTDATED);
}

/* Unless it was told twice that it may have missed something, when it heard no more and when it hears the new master:
 * that may be before the calls get there. */
static void expect_vouch_of_before(int64_t moment_ms, unsigned lost) {
    pthread_mutex_lock(&client.lock);
    if (client.lost < lost + 2)
        ck_assert_int_le(client.vouched_until, moment_ms + BOUND_MS + 1);
    pthread_mutex_unlock(&client.lock);
}

/* What is others' goes on. */
static void expect_others(int away) {
    client_read(&client, keys[away].name, tags[away].name, NULL, NULL);
    ck_assert_int_le(client.longest_ms, client.deadline_ms + LEEWAY_MS);
    for (int i = 0; i < CLUSTER_MASTERS; i++) {
        if (i == away)
            continue;
        ck_assert_int_eq(must_read(&other, keys[i].name, tags[i].name), T87S_STORE_VALID);
        must_invalidate(&other, tag_at(i, 1).name);
    }
}

START_TEST(a_replica_that_is_made_master_begins_with_everything_outdated)
{
    const unsigned lost = lost_so_far(&client);
    redis_cluster_promote(&cluster, CLUSTER_MASTERS);
    await_lost(&client, lost);
    redis_cluster_await(&cluster, 0);
    expect_law(0);
    for (int i = 1; i < CLUSTER_MASTERS; i++)
        ck_assert_int_eq(must_read(&client, keys[i].name, tags[i].name), T87S_STORE_VALID);
    await_vouch(&client);
    const unsigned before = heard_so_far(&client);
    must_invalidate(&other, tags[0].name);
    await_heard(&client, before + 1);
}
END_TEST

START_TEST(a_master_that_dies_costs_what_is_its_own_until_it_is_replaced)
{
    must_invalidate(&other, tags[1].name); /* which may not have got to the replica */
    must_write(&other, keys[1].name, tags[1].name);
    const unsigned lost = lost_so_far(&client);
    kill(cluster.nodes[1].process, SIGKILL);
    const int64_t died = now_ms();
    int failed = 0;
    while (client_invalidate(&client, tags[1].name, 0) != T87S_OK) {
        failed++;
        ck_assert_int_lt(now_ms(), died + 30000);
        expect_vouch_of_before(died + LEEWAY_MS, lost);
        expect_others(1);
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    ck_assert_int_gt(failed, 0);
    redis_cluster_await(&cluster, 1);
    expect_law(1);
    ck_assert_int_eq(must_read(&client, keys[2].name, tags[2].name), T87S_STORE_VALID);
    await_vouch(&client);
    const unsigned before = heard_so_far(&client);
    must_invalidate(&other, tags[1].name);
    await_heard(&client, before + 1);
}
END_TEST

START_TEST(a_master_that_stands_still_ends_the_vouching_and_costs_deadlines_of_its_own)
{
    const unsigned lost = lost_so_far(&client);
    kill(cluster.nodes[2].process, SIGSTOP);
    const int64_t stopped = now_ms();
    await_no_vouch(&client);
    expect_vouch_of_before(stopped, lost);
    while (now_ms() < stopped + 1000) {
        ck_assert_int_ne(client_read(&client, keys[2].name, tags[2].name, NULL, NULL), T87S_OK);
        expect_others(2);
    }
    kill(cluster.nodes[2].process, SIGCONT);
    await_answer_about(&client, keys[2].name, tags[2].name);
    ck_assert_int_eq(must_read(&client, keys[2].name, tags[2].name), T87S_STORE_VALID);
    await_vouch(&client);
}
END_TEST

/* It does not know, and is believed by nobody who asks the others. */
START_TEST(a_master_that_was_replaced_while_it_stood_still_is_no_master_any_more)
{
    const unsigned lost = lost_so_far(&client);
    kill(cluster.nodes[0].process, SIGSTOP);
    const int64_t stopped = now_ms();
    while (client_invalidate(&client, tags[0].name, 0) != T87S_OK)
        ck_assert_int_lt(now_ms(), stopped + 30000);
    expect_vouch_of_before(now_ms() - LEEWAY_MS, lost);
    redis_cluster_await(&cluster, 0);
    await_answer_about(&client, keys[0].name, tags[0].name);
    kill(cluster.nodes[0].process, SIGCONT);
    for (int i = 0; i < 20; i++)
        ck_assert_int_ne(must_read(&client, keys[0].name, tags[0].name), T87S_STORE_VALID);
    await_vouch(&client);
    expect_law(0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("faults of a cluster");
    tcase_add_test(case_of(suite, "promotion", start_patient, stop, 90),
                   a_replica_that_is_made_master_begins_with_everything_outdated);
    tcase_add_test(case_of(suite, "stop", start_patient, stop, 90),
                   a_master_that_stands_still_ends_the_vouching_and_costs_deadlines_of_its_own);
    tcase_add_test(case_of(suite, "death", start_lively, stop, 90),
                   a_master_that_dies_costs_what_is_its_own_until_it_is_replaced);
    tcase_add_test(case_of(suite, "return", start_lively, stop, 90),
                   a_master_that_was_replaced_while_it_stood_still_is_no_master_any_more);
    return run_suites(suite, NULL);
}
