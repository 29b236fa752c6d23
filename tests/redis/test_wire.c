/* SPDX-License-Identifier: MIT
 *
 * What goes wrong between a store and its server: whatever is cut, reset or swallowed, a call ends by its deadline,
 * what was promised holds, and nobody vouches for longer than D.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"
#include "proxy.h"
#include "redis_server.h"
#include "suites.h"

enum {
    BOUND_MS = 300,
    TIMEOUT_MS = 100,
    LEEWAY_MS = 250 /* of a busy machine; a call that hung would take all of the 500 ms and more */
};

static struct redis_server server;
static struct proxy proxy;
static struct client client, direct;

static void start(void) {
    redis_server_start(&server, NULL);
    proxy_open(&proxy, server.folder, server.socket);
    client_open(&client, (struct t87s_redis_options){.uri = proxy.uri, .timeout_ms = TIMEOUT_MS});
    client_open(&direct, (struct t87s_redis_options){.uri = server.uri, .timeout_ms = 5000, .near_off = true});
    await_vouch(&client);
    await_answer(&client);
}

static void stop(void) {
    client_close(&direct);
    client_close(&client);
    proxy_close(&proxy);
    redis_server_stop(&server);
}

/* Without a thread that listens, so that all bytes are those of calls. */
static void start_without_near_tier(void) {
    start();
    client_close(&client);
    client_open(&client, (struct t87s_redis_options){.uri = proxy.uri, .timeout_ms = TIMEOUT_MS, .near_off = true});
}

/* ---- the proxy itself ---- */

static void start_proxy(void) {
    redis_server_start(&server, NULL);
    proxy_open(&proxy, server.folder, server.socket);
}

static void stop_proxy(void) {
    proxy_close(&proxy);
    redis_server_stop(&server);
}

static int connect_to_proxy(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(address.sun_path, proxy.path, strlen(proxy.path) + 1);
    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* Else the answer to what comes next would be taken for that to what was swallowed: a mark that nobody has made, done.
 */
START_TEST(a_connection_on_which_something_was_swallowed_ends_before_anything_else_gets_through)
{
    char answer[64];
    const int fd = connect_to_proxy();
    ck_assert_int_eq(send(fd, "PING first\r\n", 12, MSG_NOSIGNAL), 12);
    ck_assert_int_eq(recv(fd, answer, sizeof answer, 0), 11); /* $5, first */
    atomic_store(_i ? &proxy.deaf : &proxy.mute, true);
    ck_assert_int_eq(send(fd, "PING second\r\n", 13, MSG_NOSIGNAL), 13);
    while (!atomic_load(&proxy.swallowed))
        poll(NULL, 0, 1);
    proxy_heal(&proxy);
    ck_assert_int_eq(send(fd, "PING third\r\n", 12, MSG_NOSIGNAL), 12);
    ck_assert_int_le(recv(fd, answer, sizeof answer, 0), 0);
    close(fd);
    const int next = connect_to_proxy();
    ck_assert_int_eq(send(next, "PING again\r\n", 12, MSG_NOSIGNAL), 12);
    ck_assert_int_eq(recv(next, answer, sizeof answer, 0), 11);
    close(next);
}
END_TEST

/* ---- a store behind it ---- */

/* A connection is made, an entry read, invalidated, written and read. Any of it may fail. */
static void do_some(void) {
    struct t87s_store_birth birth;
    enum t87s_store_state state;
    const enum t87s_status written =
        client_birth(&client, &birth) == T87S_OK ? client_write(&client, "k", "users/7", &birth) : T87S_E_STORE;
    if (client_read(&client, "k", "users/7", &state, NULL) == T87S_OK && written == T87S_OK)
        ck_assert_int_eq(state, T87S_STORE_VALID);
    const enum t87s_status invalidated = client_invalidate(&client, "users/7", 0);
    if (client_read(&client, "k", "users/7", &state, NULL) == T87S_OK && invalidated == T87S_OK)
        ck_assert_int_ne(state, T87S_STORE_VALID);
    if (invalidated == T87S_OK)
        ck_assert_int_ne(must_read(&direct, "k", "users/7"), T87S_STORE_VALID);
}

START_TEST(whatever_byte_of_a_reply_is_the_last_one_nothing_hangs_and_the_law_holds)
{
    const long before = atomic_load(&proxy.forwarded);
    do_some();
    const long bytes = atomic_load(&proxy.forwarded) - before;
    ck_assert_int_gt(bytes, 500);
    for (long cut = 0; cut < bytes; cut += cut < 300 || cut > bytes - 700 ? 1 : 7) {
        client_close(&client);
        client_open(&client, (struct t87s_redis_options){.uri = proxy.uri, .timeout_ms = TIMEOUT_MS, .near_off = true});
        proxy_cut_after(&proxy, cut);
        do_some();
        ck_assert_int_le(client.longest_ms, client.deadline_ms + LEEWAY_MS);
        proxy_heal(&proxy);
    }
    await_answer(&client);
    must_write(&client, "k", "users/7");
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
}
END_TEST

/* The connections stay meanwhile, so only time tells. */
START_TEST(a_direction_that_is_silent_costs_no_call_more_than_its_deadline)
{
    must_write(&client, "k", "users/7");
    atomic_store(_i ? &proxy.deaf : &proxy.mute, true);
    const int64_t begun = now_ms(); /* what is vouched for was pinged before */
    while (now_ms() < begun + 2 * BOUND_MS)
        do_some();
    pthread_mutex_lock(&client.lock);
    ck_assert_int_le(client.vouched_until, begun + BOUND_MS + 1);
    pthread_mutex_unlock(&client.lock);
    ck_assert_int_le(client.longest_ms, client.deadline_ms + LEEWAY_MS);
    must_invalidate(&direct, "users/7");
    proxy_heal(&proxy);
    await_answer(&client);
    ck_assert_int_ne(must_read(&client, "k", "users/7"), T87S_STORE_VALID);
    await_vouch(&client);
}
END_TEST

START_TEST(what_was_missed_is_told_as_lost_before_anybody_vouches_again)
{
    const unsigned before = lost_so_far(&client);
    atomic_store(&proxy.turned_away, true);
    proxy_cut_after(&proxy, 0);
    await_lost(&client, before);
    const unsigned while_away = lost_so_far(&client);
    must_invalidate(&direct, "users/7");
    proxy_heal(&proxy);
    await_vouch(&client);
    ck_assert_uint_gt(lost_so_far(&client), while_away);
}
END_TEST

START_TEST(connections_that_are_cut_again_and_again_come_back_each_time)
{
    for (int i = 0; i < 20; i++) {
        proxy_cut_after(&proxy, i * 37);
        do_some();
        proxy_heal(&proxy);
        await_answer(&client);
        must_write(&client, "k", "users/7");
        must_invalidate(&direct, "users");
        ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_OUTDATED);
    }
    await_vouch(&client);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("faults of a connection");
    TCase *itself = case_of(suite, "the proxy itself", start_proxy, stop_proxy, 60);
    tcase_add_loop_test(itself, a_connection_on_which_something_was_swallowed_ends_before_anything_else_gets_through, 0,
                        2);
    TCase *cuts = case_of(suite, "cuts", start_without_near_tier, stop, 100);
    tcase_add_test(cuts, whatever_byte_of_a_reply_is_the_last_one_nothing_hangs_and_the_law_holds);
    TCase *silence = case_of(suite, "silence", start, stop, 60);
    tcase_add_loop_test(silence, a_direction_that_is_silent_costs_no_call_more_than_its_deadline, 0, 2);
    tcase_add_test(silence, what_was_missed_is_told_as_lost_before_anybody_vouches_again);
    tcase_add_test(silence, connections_that_are_cut_again_and_again_come_back_each_time);
    return run_suites(suite, NULL);
}
