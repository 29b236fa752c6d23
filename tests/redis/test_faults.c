/* SPDX-License-Identifier: MIT
 *
 * What goes wrong with a server: it stands still, is killed and comes back without the last of what it acknowledged,
 * forgets, is full, throws clients out, has its clock set, is replaced by a replica. The law holds, calls keep their
 * deadlines, and nobody vouches for more than D.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "lateness.h"
#include "redis_pair.h"
#include "suites.h"

enum {
    BOUND_MS = 300,
    TIMEOUT_MS = 100, /* where calls are to fail by it */
    LEEWAY_MS = 250   /* of a busy machine; a call that hung would take all of the 500 ms and more */
};

static struct redis_server server;
static struct client client, other;

static void start(void) {
    server.own_clock = true;
    redis_server_start(&server, NULL);
    client_open(&client, (struct t87s_redis_options){.uri = server.uri});
    client_open(&other, (struct t87s_redis_options){.uri = server.uri});
    await_vouch(&client);
    await_vouch(&other);
}

static void stop(void) {
    client_close(&other);
    client_close(&client);
    redis_server_stop(&server);
}

/* The client again, with a timeout that is soon over. */
static void reopen_with_timeout(void) {
    client_close(&client);
    client_open(&client, (struct t87s_redis_options){.uri = server.uri, .timeout_ms = TIMEOUT_MS});
    await_vouch(&client);
    await_answer(&client);
}

static void tell(const char *command, const char *expected) {
    ck_assert_str_eq(redis_server_tell(&server, command).text, expected);
}

/* ---- it stands still ---- */

static const int stopped_ms[] = {100, 500, 2000};

START_TEST(a_server_that_stands_still_costs_no_call_more_than_its_deadline)
{
    reopen_with_timeout();
    struct t87s_store_birth birth = must_bear(&client);
    must_write(&client, "k", "users/7");
    kill(server.process, SIGSTOP);
    const int64_t begun = now_ms();
    while (now_ms() < begun + stopped_ms[_i]) {
        client_read(&client, "k", "users/7", NULL, NULL);
        client_write(&client, "k", "users/7", &birth);
        client_invalidate(&client, "users/7", 0);
        client_birth(&client, &birth);
        sleep_ms(1);
    }
    if (now_ms() - begun > BOUND_MS + LEEWAY_MS) { /* nothing was answered for so long */
        pthread_mutex_lock(&client.lock);
        ck_assert_int_le(client.vouched_until, begun + BOUND_MS + 1);
        pthread_mutex_unlock(&client.lock);
    }
    kill(server.process, SIGCONT);
    ck_assert_int_le(client.longest_ms, client.deadline_ms + LEEWAY_MS);
    await_answer(&client);
    await_vouch(&client);
    must_invalidate(&client, "users/7");
    ck_assert_int_ne(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
}
END_TEST

START_TEST(a_server_that_is_away_costs_a_timeout_now_and_then_not_one_a_call)
{
    reopen_with_timeout();
    must_write(&client, "k", "users/7");
    kill(server.process, SIGSTOP);
    const int64_t begun = now_ms() - lateness_ms();
    int calls = 0;
    while (now_ms() - lateness_ms() < begun + 1000) {
        ck_assert_int_ne(client_read(&client, "k", "users/7", NULL, NULL), T87S_OK);
        calls++;
    }
    kill(server.process, SIGCONT);
    ck_assert_int_gt(calls, 100);
}
END_TEST

/* ---- it loses what it acknowledged ---- */

START_TEST(a_restart_that_lost_an_invalidation_gives_nothing_from_before)
{
    const struct t87s_store_birth early = must_bear(&client);
    must_write(&client, "k", "users/7");
    tell("SAVE", "+OK");
    must_invalidate(&other, "users/7");
    redis_server_restart(&server, NULL);
    tell("EXISTS t87s:test:e:k", ":1");
    await_answer(&client);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write_born(&client, "k", "users/7", &early);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write(&client, "k", "users/7");
    await_answer(&other);
    ck_assert_int_eq(must_read(&other, "k", "users/7"), T87S_STORE_VALID);
    await_vouch(&client);
}
END_TEST

START_TEST(a_restart_tells_that_something_may_have_been_missed)
{
    const unsigned before = lost_so_far(&client);
    redis_server_restart(&server, NULL);
    await_lost(&client, before);
    await_vouch(&client);
}
END_TEST

START_TEST(what_was_born_before_everything_was_flushed_is_outdated)
{
    const struct t87s_store_birth early = must_bear(&client);
    must_write(&client, "k", "users/7");
    must_invalidate(&other, "users/7");
    tell("FLUSHALL", "+OK");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_ABSENT);
    must_write_born(&client, "k", "users/7", &early);
    ck_assert_int_eq(must_read(&other, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write(&client, "k", "users/7");
    ck_assert_int_eq(must_read(&other, "k", "users/7"), T87S_STORE_VALID);
}
END_TEST

/* ---- it is full ---- */

START_TEST(an_invalidation_is_done_and_told_when_memory_is_full)
{
    must_write(&client, "k", "users/7");
    tell("CONFIG SET maxmemory 1", "+OK");
    invalidate_until_heard(&other, "users/7", &client);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    tell("CONFIG SET maxmemory 0", "+OK");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
}
END_TEST

START_TEST(eviction_costs_fetches_and_never_gives_an_outdated_entry)
{
    char filling[128];
    int valid = 0, outdated = 0;
    struct t87s_store_birth birth;
    tell("CONFIG SET maxmemory-policy allkeys-random", "+OK");
    tell("CONFIG SET maxmemory 3mb", "+OK");
    for (int round = 0; round < 400; round++) {
        for (int i = 0; i < 10; i++) {
            snprintf(filling, sizeof filling,
                     "EVAL \"return redis.call('SET',KEYS[1],string.rep('x',9000))\" 1 fill:%d",
                     (round * 10 + i) % 500);
            const struct redis_reply reply = redis_server_tell(&server, filling);
            ck_assert_msg(!strcmp(reply.text, "+OK") || strstr(reply.text, "OOM"), "%s", reply.text);
        }
        if (client_birth(&client, &birth) != T87S_OK || client_write(&client, "k", "users/7", &birth) != T87S_OK)
            continue; /* full of what cannot be evicted at once */
        valid += must_read(&client, "k", "users/7") == T87S_STORE_VALID;
        must_invalidate(&other, "users");
        const enum t87s_store_state state = must_read(&client, "k", "users/7");
        ck_assert_int_ne(state, T87S_STORE_VALID);
        outdated += state == T87S_STORE_OUTDATED;
    }
    char said[8192];
    redis_server_ask(&server, "INFO stats", said, sizeof said);
    const char *evicted = strstr(said, "evicted_keys:");
    ck_assert_ptr_nonnull(evicted);
    ck_assert_int_gt(atoi(evicted + strlen("evicted_keys:")), 100);
    ck_assert_int_gt(valid, 0);
    ck_assert_int_gt(outdated, 0);
}
END_TEST

/* ---- it throws clients out, forgets scripts ---- */

static const char *const kills[] = {"CLIENT KILL TYPE pubsub", "CLIENT KILL TYPE normal"};

START_TEST(clients_that_are_thrown_out_come_back)
{
    const unsigned before = lost_so_far(&client);
    must_write(&client, "k", "users/7");
    redis_server_tell(&server, kills[_i]);
    if (_i == 0) {
        await_lost(&client, before);
        await_vouch(&client);
    }
    await_answer(&client);
    await_answer(&other);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    must_invalidate(&other, "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
}
END_TEST

START_TEST(scripts_that_were_flushed_are_sent_again)
{
    tell("SCRIPT FLUSH", "+OK");
    must_write(&client, "k", "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    tell("SCRIPT FLUSH", "+OK");
    must_invalidate(&client, "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    tell("SCRIPT FLUSH", "+OK");
    ck_assert_int_eq(client.store->remove(client.store, client.scope, "k", 1, 1000), T87S_OK);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_ABSENT);
}
END_TEST

/* ---- its clock is set ---- */

/* What is from after a step forth is not there for who asked the time before it, but once over each lane. */
static enum t87s_store_state read_by_the_other(void) {
    enum t87s_store_state state = T87S_STORE_ABSENT;
    for (int i = 0; i < 3 && state == T87S_STORE_ABSENT; i++)
        state = must_read(&other, "k", "users/7");
    return state;
}

START_TEST(no_step_of_the_clock_hides_an_invalidation)
{
    static const int seconds[] = {0, 3600, -3600, 10, -86400, 86400, 0};
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        const struct t87s_store_birth early = must_bear(&client);
        must_write(&client, "k", "users/7");
        redis_server_set_clock(&server, seconds[i]);
        must_invalidate(&other, "users/7");
        ck_assert_int_ne(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
        must_write_born(&client, "l", "users/7", &early);
        ck_assert_int_ne(must_read(&client, "l", "users/7"), T87S_STORE_VALID);
        must_write(&client, "k", "users/7");
        ck_assert_int_eq(read_by_the_other(), T87S_STORE_VALID);
    }
}
END_TEST

START_TEST(a_bucket_that_is_lost_after_the_clock_was_set_back_outdates_what_was_born_before)
{
    redis_server_set_clock(&server, 3600);
    const struct t87s_store_birth early = must_bear(&client);
    must_write(&client, "k", "users/7");
    must_invalidate(&other, "users/7");
    redis_server_set_clock(&server, 0);
    tell("DEL t87s:test:t:{0}", ":1");
    must_invalidate(&other, "users/8");
    ck_assert_int_ne(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    must_write_born(&client, "k", "users/7", &early);
    ck_assert_int_ne(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    must_write(&client, "k", "users/7"); /* its stamps are smaller, and it is the newer one */
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
}
END_TEST

START_TEST(a_set_with_a_token_of_another_life_outdates_its_key_only_up_to_now)
{
    redis_server_set_clock(&server, 3600);
    const struct t87s_store_birth token = must_bear(&client);
    redis_server_set_clock(&server, 0);
    tell("DEL t87s:test:t:{0}", ":1");
    must_write(&client, "k", "users/7");
    ck_assert_int_eq(client_set(&client, "k", "users/7", &token), T87S_OK);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write(&client, "k", "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
}
END_TEST

/* ---- stamps are forgotten ---- */

START_TEST(stamps_are_kept_as_long_as_the_entries_of_any_process_live)
{
    must_write(&client, "k", "users/7"); /* lives for 600 s, in the other's mind entries live for 0 */
    for (int i = 1; i <= 5; i++) {
        redis_server_set_clock(&server, i * 100);
        must_invalidate(&other, "posts");
        ck_assert_int_eq(must_read(&other, "k", "users/7"), T87S_STORE_VALID);
    }
}
END_TEST

START_TEST(stamps_older_than_all_entries_are_forgotten_and_what_they_outdated_stays_so)
{
    char tag[32];
    must_write(&client, "k", "users/7");
    const struct t87s_store_birth early = must_bear(&client);
    for (int i = 0; i < 500; i++) {
        snprintf(tag, sizeof tag, "users/%d", i);
        must_invalidate(&other, tag);
    }
    redis_server_set_clock(&server, 5000);
    must_invalidate(&other, "posts");
    ck_assert_int_lt(atoi(redis_server_tell(&server, "ZCARD t87s:test:t:{0}").text + 1), 10);
    must_write_born(&client, "l", "users/7", &early);
    ck_assert_int_eq(must_read(&client, "l", "users/7"), T87S_STORE_OUTDATED);
    must_write(&client, "l", "users/7");
    ck_assert_int_eq(must_read(&client, "l", "users/7"), T87S_STORE_VALID);
}
END_TEST

/* ---- another server ---- */

START_TEST(a_master_that_becomes_a_replica_is_not_believed_and_one_that_comes_back_begins_anew)
{
    struct client strict;
    client_open(&strict, (struct t87s_redis_options){.uri = server.uri, .near_off = true});
    must_write(&client, "k", "users/7");
    await_answer(&strict);
    tell("REPLICAOF 127.0.0.1 1", "+OK");
    ck_assert_int_ne(client_read(&client, "k", "users/7", NULL, NULL), T87S_OK);
    ck_assert_int_ne(client_invalidate(&client, "users/7", 0), T87S_OK);
    await_no_vouch(&client);
    for (int i = 0; i < 10; i++) /* over each of its lanes */
        ck_assert_int_ne(client_read(&strict, "k", "users/7", NULL, NULL), T87S_OK);
    tell("REPLICAOF NO ONE", "+OK");
    await_answer(&strict);
    ck_assert_int_eq(must_read(&strict, "k", "users/7"), T87S_STORE_OUTDATED);
    await_vouch(&client);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    client_close(&strict);
}
END_TEST

START_TEST(a_replica_that_was_promoted_and_missed_an_invalidation_gives_nothing_from_before)
{
    struct redis_pair pair;
    struct client moving;
    redis_pair_start(&pair);
    client_open(&moving, (struct t87s_redis_options){.uri = pair.uri});
    const struct t87s_store_birth early = must_bear(&moving);
    must_write(&moving, "k", "users/7");
    redis_pair_await(&pair, "EXISTS t87s:test:e:k", ":1");
    redis_pair_part(&pair);
    must_invalidate(&moving, "users/7"); /* which the replica misses */
    redis_pair_replace(&pair);
    await_answer(&moving);
    ck_assert_int_eq(must_read(&moving, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write_born(&moving, "k", "users/7", &early);
    ck_assert_int_eq(must_read(&moving, "k", "users/7"), T87S_STORE_OUTDATED);
    must_write(&moving, "k", "users/7");
    ck_assert_int_eq(must_read(&moving, "k", "users/7"), T87S_STORE_VALID);
    client_close(&moving);
    redis_pair_stop(&pair);
}
END_TEST

/* The listener's connection lives on, to a server that nobody else talks to. */
START_TEST(a_listener_that_is_left_behind_at_another_server_comes_after)
{
    struct redis_server next = {.own_clock = false};
    char link[96], uri[128];
    redis_server_start(&next, NULL);
    snprintf(link, sizeof link, "%s/link", next.folder);
    snprintf(uri, sizeof uri, "unix://%s", link);
    ck_assert_int_eq(symlink(server.socket, link), 0);
    struct client moving, there;
    client_open(&moving, (struct t87s_redis_options){.uri = uri, .timeout_ms = 1000});
    client_open(&there, (struct t87s_redis_options){.uri = next.uri, .near_off = true});
    await_vouch(&moving);
    const unsigned before = lost_so_far(&moving);
    ck_assert_int_eq(unlink(link), 0);
    ck_assert_int_eq(symlink(next.socket, link), 0);
    redis_server_tell(&server, "CLIENT KILL TYPE normal");
    await_answer(&moving);
    await_lost(&moving, before);
    await_vouch(&moving);
    await_answer(&there);
    invalidate_until_heard(&there, "users/7", &moving);
    client_close(&there);
    client_close(&moving);
    redis_server_stop(&next);
}
END_TEST

START_TEST(an_invalidation_waits_for_replicas_where_that_is_asked_for)
{
    struct client careful;
    client_open(&careful, (struct t87s_redis_options){.uri = server.uri, .timeout_ms = TIMEOUT_MS, .wait_replicas = 1});
    must_write(&client, "k", "users/7");
    const enum t87s_status status = client_invalidate(&careful, "users/7", 0);
    ck_assert_msg(status == T87S_E_STORE || status == T87S_E_TIMEOUT, "there is no replica");
    ck_assert_int_le(careful.longest_ms, careful.deadline_ms + LEEWAY_MS);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED); /* it is done here */
    client_close(&careful);
}
END_TEST

/* ---- nothing to talk to ---- */

static void expect_refused(const char *uri) {
    struct client refused;
    struct t87s_store_birth birth;
    client_open(&refused, (struct t87s_redis_options){.uri = uri, .timeout_ms = TIMEOUT_MS});
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(client_read(&refused, "k", "users/7", NULL, NULL), T87S_E_STORE);
        ck_assert_int_eq(client_invalidate(&refused, "users/7", 0), T87S_E_STORE);
        ck_assert_int_eq(client_birth(&refused, &birth), T87S_E_STORE);
        sleep_ms(5);
    }
    ck_assert_int_le(refused.longest_ms, refused.deadline_ms + LEEWAY_MS);
    ck_assert_int_eq(refused.vouched_until, 0);
    client_close(&refused);
}

START_TEST(what_cannot_be_used_is_refused_in_time)
{
    char uri[200];
    snprintf(uri, sizeof uri, "redis://127.0.0.1:%d", free_port());
    expect_refused(uri);
    snprintf(uri, sizeof uri, "unix://%s-not", server.socket);
    expect_refused(uri);
    snprintf(uri, sizeof uri, "%s?db=99", server.uri);
    expect_refused(uri);
    tell("CONFIG SET requirepass secret", "+OK");
    expect_refused(server.uri);
}
END_TEST

START_TEST(passwords_and_databases_are_used)
{
    char uri[200], port[16];
    struct redis_server secured = {.own_clock = false};
    snprintf(port, sizeof port, "%d", free_port());
    redis_server_start(&secured, (const char *const[]){"--port", port, "--bind", "127.0.0.1", NULL});
    ck_assert_str_eq(redis_server_tell(&secured, "ACL SETUSER ada on >se,cr@t ~* &* +@all").text, "+OK");
    ck_assert_str_eq(redis_server_tell(&secured, "ACL SETUSER default >secret").text, "+OK");
    for (int i = 0; i < 2; i++) {
        struct client known;
        snprintf(uri, sizeof uri, "redis://%s@127.0.0.1:%s/3", i ? "ada:se%2Ccr@t" : ":secret", port);
        client_open(&known, (struct t87s_redis_options){.uri = uri, .timeout_ms = 1000});
        must_write(&known, "k", "users/7");
        ck_assert_int_eq(must_read(&known, "k", "users/7"), T87S_STORE_VALID);
        client_close(&known);
    }
    snprintf(uri, sizeof uri, "redis://ada:wrong@127.0.0.1:%s/3", port);
    expect_refused(uri);
    redis_server_stop(&secured);
}
END_TEST

/* The connection over which it came would be given up, with what others had on their way over it. */
START_TEST(a_value_that_no_answer_may_hold_is_not_written)
{
    enum { TOO_LARGE = 64 << 20 };
    struct client patient;
    client_open(&patient, (struct t87s_redis_options){.uri = server.uri, .timeout_ms = 10000, .near_off = true});
    const struct t87s_store_query query = {.key = "k", .key_size = 1, .deadline_ms = patient.deadline_ms};
    void *bytes = calloc(1, TOO_LARGE);
    ck_assert_ptr_nonnull(bytes);
    struct t87s_store_value value = {.bytes = bytes, .size = TOO_LARGE, .birth = must_bear(&patient), .ttl_ms = 600000};
    ck_assert_int_eq(patient.store->write(patient.store, patient.scope, &query, &value), T87S_E_STORE);
    ck_assert_int_eq(must_read(&patient, "k", "users/7"), T87S_STORE_ABSENT);
    free(bytes);
    client_close(&patient);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("faults of a server");
    TCase *tests = case_of(suite, "any", start, stop, 30);
    tcase_add_loop_test(tests, a_server_that_stands_still_costs_no_call_more_than_its_deadline, 0, 3);
    tcase_add_test(tests, a_server_that_is_away_costs_a_timeout_now_and_then_not_one_a_call);
    tcase_add_test(tests, a_restart_that_lost_an_invalidation_gives_nothing_from_before);
    tcase_add_test(tests, a_restart_tells_that_something_may_have_been_missed);
    tcase_add_test(tests, what_was_born_before_everything_was_flushed_is_outdated);
    tcase_add_test(tests, an_invalidation_is_done_and_told_when_memory_is_full);
    tcase_add_test(tests, eviction_costs_fetches_and_never_gives_an_outdated_entry);
    tcase_add_loop_test(tests, clients_that_are_thrown_out_come_back, 0, 2);
    tcase_add_test(tests, scripts_that_were_flushed_are_sent_again);
    tcase_add_test(tests, a_master_that_becomes_a_replica_is_not_believed_and_one_that_comes_back_begins_anew);
    tcase_add_test(tests, a_replica_that_was_promoted_and_missed_an_invalidation_gives_nothing_from_before);
    tcase_add_test(tests, a_listener_that_is_left_behind_at_another_server_comes_after);
    tcase_add_test(tests, an_invalidation_waits_for_replicas_where_that_is_asked_for);
    tcase_add_test(tests, what_cannot_be_used_is_refused_in_time);
    tcase_add_test(tests, passwords_and_databases_are_used);
    tcase_add_test(tests, a_value_that_no_answer_may_hold_is_not_written);
    TCase *clocks = case_of(suite, "clocks", start, stop, 30);
    tcase_add_test(clocks, no_step_of_the_clock_hides_an_invalidation);
    tcase_add_test(clocks, a_bucket_that_is_lost_after_the_clock_was_set_back_outdates_what_was_born_before);
    tcase_add_test(clocks, a_set_with_a_token_of_another_life_outdates_its_key_only_up_to_now);
    tcase_add_test(clocks, stamps_are_kept_as_long_as_the_entries_of_any_process_live);
    tcase_add_test(clocks, stamps_older_than_all_entries_are_forgotten_and_what_they_outdated_stays_so);
    return run_suites(suite, NULL);
}
