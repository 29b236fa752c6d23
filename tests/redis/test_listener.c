/* SPDX-License-Identifier: MIT
 *
 * Stories of who listens, and of what it vouches for: orders of messages and PONGs, messages that are late, lost in the
 * middle, somebody else's, or no sense at all; a subscription that nobody acknowledges.
 */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "fake_redis.h"
#include "lateness.h"
#include "redis_server.h"
#include "suites.h"

enum { BOUND_MS = 300 };

static struct redis_server server;
static struct fake_redis fake;
static struct client client, direct;
static struct fake_rule *pings, *subscriptions;

static void start(void) {
    redis_server_start(&server, NULL);
    fake_start(&fake, server.socket);
    pings = fake_add(&fake, (struct fake_rule){.what = "PING", .times = -1});
    subscriptions = fake_add(&fake, (struct fake_rule){.what = "SUBSCRIBE", .times = -1});
    client_open(&client,
                (struct t87s_redis_options){.uri = fake.uri, .timeout_ms = 10000, .near_staleness_ms = BOUND_MS});
    client_open(&direct, (struct t87s_redis_options){.uri = server.uri, .timeout_ms = 20000, .near_off = true});
    await_vouch(&client);
}

static void stop(void) {
    client_close(&direct);
    client_close(&client);
    fake_stop(&fake);
    redis_server_stop(&server);
}

static int64_t vouched_until(void) {
    pthread_mutex_lock(&client.lock);
    const int64_t until = client.vouched_until;
    pthread_mutex_unlock(&client.lock);
    return until;
}

static unsigned invalidated(void) {
    pthread_mutex_lock(&client.lock);
    const unsigned n = client.invalidated;
    pthread_mutex_unlock(&client.lock);
    return n;
}

/* Something is invalidated, and told of. Again if it was told that it may have missed something, as it does when the
 * machine stands still for longer than the bound. */
static void expect_heard(void) {
    const unsigned told = invalidated();
    while (invalidated() == told) {
        const unsigned lost = lost_so_far(&client);
        must_invalidate(&direct, "users/7");
        pthread_mutex_lock(&client.lock);
        while (client.invalidated == told && client.lost == lost)
            pthread_cond_wait(&client.told, &client.lock);
        pthread_mutex_unlock(&client.lock);
    }
}

/* For so long that who hears nothing begins anew, over another connection. */
static bool stood_still_since(int64_t late_ms) { return lateness_ms() - late_ms > BOUND_MS / 2; }

/* Of the connection that listens. */
static int listening(void) {
    pthread_mutex_lock(&fake.lock);
    const int connection = subscriptions->last_connection;
    pthread_mutex_unlock(&fake.lock);
    return connection;
}

/* When the last PING of all had come. */
static int64_t pinged_ms(void) {
    pthread_mutex_lock(&fake.lock);
    const int64_t ms = pings->met_ms;
    pthread_mutex_unlock(&fake.lock);
    return ms;
}

/* ---- how long is vouched ---- */

START_TEST(nothing_is_vouched_for_longer_than_the_bound_after_its_ping)
{
    int64_t last = 0;
    for (int i = 0; i < 6; i++) {
        int64_t until;
        while ((until = vouched_until()) == last) {
            pthread_mutex_lock(&client.lock);
            if (client.vouched_until == last)
                pthread_cond_wait(&client.told, &client.lock);
            pthread_mutex_unlock(&client.lock);
        }
        ck_assert_int_le(until, pinged_ms() + BOUND_MS);
        last = until;
    }
}
END_TEST

/* While nothing comes back PINGs go on; their answers say when they were sent, not when they came. */
START_TEST(a_pong_that_comes_late_vouches_only_from_its_ping_on)
{
    struct fake_rule *held = fake_add(&fake, (struct fake_rule){.what = "pong", .times = -1, .deed = FAKE_HOLD});
    fake_await(&fake, held, 1);
    const int64_t before = pinged_ms();
    await_no_vouch(&client);
    ck_assert_int_le(vouched_until(), before + BOUND_MS);
    fake_let_go(&fake, held);
    await_vouch(&client);
    ck_assert_int_le(vouched_until(), pinged_ms() + BOUND_MS);
}
END_TEST

/* What is late, is late with all that follows it. */
START_TEST(no_pong_overtakes_a_message)
{
    const unsigned before = invalidated(), lost = lost_so_far(&client);
    struct fake_rule *held = fake_add(&fake, (struct fake_rule){.what = "message", .deed = FAKE_HOLD});
    must_invalidate(&direct, "users/7");
    const int64_t returned_ms = now_ms();
    fake_await(&fake, held, 1);
    await_no_vouch(&client);
    ck_assert_int_le(vouched_until(), returned_ms + BOUND_MS);
    ck_assert_uint_eq(invalidated(), before);
    fake_let_go(&fake, held);
    await_vouch(&client);
    /* Unless the machine was late, and what hears nothing for so long begins anew. */
    ck_assert(invalidated() == before + 1 || lost_so_far(&client) > lost);
}
END_TEST

START_TEST(who_hears_nothing_for_longer_than_the_bound_begins_anew)
{
    const unsigned before = lost_so_far(&client);
    const int connection = listening();
    fake_add(&fake, (struct fake_rule){.what = "pong", .deed = FAKE_SAY_AFTER});
    await_lost(&client, before);
    await_vouch(&client);
    ck_assert_int_ne(listening(), connection);
}
END_TEST

/* ---- what is told ---- */

START_TEST(a_connection_that_ends_in_a_message_has_lost_it_and_says_so)
{
    for (size_t i = 0; i < 9; i++) {
        const unsigned before = lost_so_far(&client), told = invalidated();
        fake_add(&fake, (struct fake_rule){.what = "message", .deed = FAKE_CUT, .at = 7 * i, .resets = i & 1});
        must_invalidate(&direct, "users/7");
        await_lost(&client, before + 1); /* when it ends, and when it hears again */
        await_vouch(&client);
        ck_assert_uint_eq(invalidated(), told);
        expect_heard();
    }
}
END_TEST

START_TEST(what_is_said_on_other_channels_is_somebody_elses)
{
    const int64_t late_ms = lateness_ms();
    const unsigned lost = lost_so_far(&client);
    fake_say(&fake, listening(), "*3\r\n$7\r\nmessage\r\n$7\r\nother:i\r\n$1\r\nc\r\n");
    fake_say(&fake, listening(), "*3\r\n$7\r\nmessage\r\n$10\r\nt87s:test:\r\n$1\r\nc\r\n");
    fake_say(&fake, listening(), "*3\r\n$7\r\nmessage\r\n$12\r\nt87s:test:ii\r\n$1\r\nc\r\n");
    expect_heard();
    ck_assert(lost_so_far(&client) == lost || stood_still_since(late_ms));
}
END_TEST

/* As somebody of a later version, or nobody of ours, would publish them. */
static const char *const senseless[] = {
    "\"\"",
    "x",
    "t",
    "k",
    "\"t\\x80\\x00\\x01a\"",
    "\"t\\x00\\x00\"",
    "\"t\\x00\\x00\\x05abc\"",
    "\"t\\x00\\xff\\xff\"",
    "\"t\\x00\\x00\\x01\\x00\"",
    "c",
    "clear",
};

START_TEST(a_message_that_makes_no_sense_may_mean_everything)
{
    const int connection = listening();
    const int64_t late_ms = lateness_ms();
    for (size_t i = 0; i < sizeof senseless / sizeof *senseless; i++) {
        char command[100];
        const unsigned before = lost_so_far(&client);
        snprintf(command, sizeof command, "PUBLISH t87s:test:i %s", senseless[i]);
        while (strcmp(redis_server_tell(&server, command).text, ":0") == 0)
            await_vouch(&client);
        await_lost(&client, before);
        await_vouch(&client);
    }
    ck_assert(listening() == connection || stood_still_since(late_ms));
}
END_TEST

START_TEST(a_pong_to_nothing_is_no_reason_to_vouch)
{
    static const char *const pongs[] = {
        "*2\r\n$4\r\npong\r\n$0\r\n\r\n",
        "*2\r\n$4\r\npong\r\n$1\r\nx\r\n",
        "*2\r\n$4\r\npong\r\n$18\r\n900000000000000000\r\n",
        "*2\r\n$4\r\npong\r\n$1\r\n1\r\n",
        "*2\r\n$4\r\npong\r\n$2\r\n-1\r\n",
    };
    for (size_t i = 0; i < sizeof pongs / sizeof *pongs; i++) {
        const unsigned before = lost_so_far(&client);
        fake_say(&fake, listening(), pongs[i]);
        await_lost(&client, before); /* nothing is believed that comes over this connection */
        await_vouch(&client);
        ck_assert_int_le(vouched_until(), pinged_ms() + BOUND_MS);
    }
}
END_TEST

/* ---- subscriptions ---- */

START_TEST(a_subscription_that_nobody_acknowledges_is_tried_again)
{
    const int before = listening();
    struct fake_rule *swallowed =
        fake_add(&fake, (struct fake_rule){.what = "subscribe", .deed = FAKE_SAY_AFTER, .text = _i ? "" : NULL});
    fake_hang_up(&fake);
    fake_await(&fake, swallowed, 1);
    const int deaf = listening();
    ck_assert_int_gt(deaf, before);
    await_vouch(&client);
    ck_assert_int_gt(listening(), deaf);
    expect_heard();
}
END_TEST

START_TEST(nothing_is_vouched_for_before_the_subscription_is_acknowledged)
{
    const unsigned before = lost_so_far(&client);
    struct fake_rule *held = fake_add(&fake, (struct fake_rule){.what = "subscribe", .times = -1, .deed = FAKE_HOLD});
    fake_hang_up(&fake);
    fake_await(&fake, held, 1);
    await_lost(&client, before);
    const unsigned lost = lost_so_far(&client);
    ck_assert_int_eq(vouched_until(), 0);
    must_invalidate(&direct, "users/7"); /* which nobody hears, or may hear */
    fake_let_go(&fake, held);
    await_vouch(&client);
    ck_assert_uint_gt(lost_so_far(&client), lost);
}
END_TEST

/* ---- which server ---- */

/* The listener's connection lives; what the lanes are told is another run of it. */
START_TEST(nothing_is_vouched_for_by_a_server_that_is_not_the_one_of_the_calls)
{
    static char info[256];
    static const char other[] = "# Server\r\nrun_id:0123456789012345678901234567890123456789\r\n";
    snprintf(info, sizeof info, "$%zu\r\n%s\r\n", sizeof other - 1, other);
    await_answer(&client);
    const unsigned before = lost_so_far(&client);
    struct fake_rule *lies = fake_add(
        &fake, (struct fake_rule){.what = "INFO", .with = "server", .times = -1, .deed = FAKE_SAY, .text = info});
    await_lost(&client, before);
    ck_assert_int_ge(fake_met(&fake, lies), 1);
    fake_forget_all(&fake);
    await_vouch(&client);
    ck_assert_int_eq(must_read(&client, "k", "users/7"), T87S_STORE_ABSENT);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("orders of what is heard");
    TCase *tests = case_of(suite, "listener", start, stop, 30);
    tcase_add_test(tests, nothing_is_vouched_for_longer_than_the_bound_after_its_ping);
    tcase_add_test(tests, a_pong_that_comes_late_vouches_only_from_its_ping_on);
    tcase_add_test(tests, no_pong_overtakes_a_message);
    tcase_add_test(tests, who_hears_nothing_for_longer_than_the_bound_begins_anew);
    tcase_add_test(tests, a_connection_that_ends_in_a_message_has_lost_it_and_says_so);
    tcase_add_test(tests, what_is_said_on_other_channels_is_somebody_elses);
    tcase_add_test(tests, a_message_that_makes_no_sense_may_mean_everything);
    tcase_add_test(tests, a_pong_to_nothing_is_no_reason_to_vouch);
    tcase_add_loop_test(tests, a_subscription_that_nobody_acknowledges_is_tried_again, 0, 2);
    tcase_add_test(tests, nothing_is_vouched_for_before_the_subscription_is_acknowledged);
    tcase_add_test(tests, nothing_is_vouched_for_by_a_server_that_is_not_the_one_of_the_calls);
    return run_suites(suite, NULL);
}
