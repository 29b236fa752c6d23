/* SPDX-License-Identifier: MIT
 *
 * Stories of two caches over one Redis, as in two processes, in orders that are staged before the first one's server:
 * what it was answered is late, what it was told is missing, what it did was not acknowledged.
 *
 * `probe` is a listener of the first one's store that is told after its cache: what the probe has heard, the cache has.
 */
#include <string.h>
#include <time.h>

#include "client.h"
#include "fake_redis.h"
#include "redis_server.h"
#include "scene.h"
#include "suites.h"

static struct redis_server server;
static struct fake_redis fake;
static struct client probe, direct;
static struct scene one, two;
static struct source source;
static struct t87s_tag user;
static struct t87s_query query;
static struct actor actor;

static void open_over(int64_t timeout_ms, bool near_off) {
    redis_server_start(&server, NULL);
    fake_start(&fake, server.socket);
    client_open(&probe,
                (struct t87s_redis_options){
                    .uri = fake.uri, .timeout_ms = timeout_ms, .near_staleness_ms = 1000, .near_off = near_off});
    client_open(&direct, (struct t87s_redis_options){.uri = server.uri, .timeout_ms = 20000, .near_off = true});
    scene_init(&one);
    scene_init(&two);
    one.options.store = probe.store;
    two.options.store = direct.store;
    one.options.prefix = two.options.prefix = "test";
    source = (struct source){.text = "Ada"};
    user = tag_of("users/7");
    query = query_of("user:7", &source, &user);
    query.ttl_ms = 600000;
    scene_open(&one);
    scene_open(&two);
    await_answer(&probe);
    if (!near_off)
        await_vouch(&probe);
}

static void start(void) { open_over(10000, false); }
static void start_without_near_tier(void) { open_over(300, true); }

static void stop(void) {
    scene_close(&one);
    scene_close(&two);
    client_close(&probe);
    client_close(&direct);
    fake_stop(&fake);
    redis_server_stop(&server);
}

/* Asks until what is near is from near: the scope of the cache may be vouched for a moment later than the probe's. */
static void keep_near(const char *text) {
    struct answer answer;
    do {
        answer = ask(&one, &query);
        ck_assert_str_eq(answer.text, text);
    } while (answer.entries.before.outcome != T87S_FRESH || answer.entries.before.reason != T87S_REASON_NONE);
}

/* The first cache reads what the second one has brought; its answer is kept from it. */
static struct fake_rule *begin_to_read(void) {
    ask(&two, &query);
    struct fake_rule *held = fake_add(&fake, (struct fake_rule){.what = "GET", .with = ":e:", .deed = FAKE_HOLD});
    actor_start(&actor, "A", &one, &query);
    fake_await(&fake, held, 1);
    return held;
}

static void invalidate_elsewhere(void) {
    source.text = "Eve";
    invalidate(&two, "users/7", 0);
}

static void expect_new(void) {
    for (int i = 0; i < 3; i++) {
        const struct answer answer = ask(&one, &query);
        ck_assert_int_eq(answer.status, T87S_OK);
        ck_assert_str_eq(answer.text, "Eve");
    }
}

static void await_told(unsigned n) {
    pthread_mutex_lock(&probe.lock);
    while (probe.invalidated < n)
        pthread_cond_wait(&probe.told, &probe.lock);
    pthread_mutex_unlock(&probe.lock);
}

/* ---- a read and what happens meanwhile ---- */

START_TEST(what_was_invalidated_while_its_answer_was_on_its_way_is_not_kept)
{
    struct fake_rule *held = begin_to_read();
    invalidate_elsewhere();
    await_told(1);
    fake_let_go(&fake, held);
    ck_assert_str_eq(actor_join(&actor).text, "Ada"); /* it had asked before */
    expect_new();
}
END_TEST

START_TEST(what_is_told_after_it_was_kept_takes_it_out)
{
    struct fake_rule *message = fake_add(&fake, (struct fake_rule){.what = "message", .deed = FAKE_HOLD});
    struct fake_rule *held = begin_to_read();
    invalidate_elsewhere();
    fake_await(&fake, message, 1);
    fake_let_go(&fake, held);
    ck_assert_str_eq(actor_join(&actor).text, "Ada");
    ck_assert_str_eq(ask(&one, &query).text, "Ada"); /* inside the bound */
    fake_let_go(&fake, message);
    await_told(1);
    expect_new();
}
END_TEST

/* Who was vouched for when it asked, and lost the connection meanwhile, has missed what the server said. */
static void miss_an_invalidation(void) {
    const unsigned before = lost_so_far(&probe);
    struct fake_rule *cut = fake_add(&fake, (struct fake_rule){.what = "message", .deed = FAKE_CUT, .resets = true});
    fake_add(&fake, (struct fake_rule){.what = "connect", .times = -1, .deed = FAKE_END});
    invalidate_elsewhere();
    fake_await(&fake, cut, 1);
    await_lost(&probe, before);
}

START_TEST(what_was_missed_while_an_answer_was_on_its_way_is_not_served_from_nearby)
{
    struct fake_rule *held = begin_to_read();
    miss_an_invalidation();
    fake_let_go(&fake, held);
    ck_assert_str_eq(actor_join(&actor).text, "Ada");
    fake_forget_all(&fake);
    await_vouch(&probe);
    expect_new();
}
END_TEST

START_TEST(nor_when_somebody_vouches_again_before_the_answer_comes)
{
    struct fake_rule *held = begin_to_read();
    const unsigned before = lost_so_far(&probe);
    fake_add(&fake, (struct fake_rule){.what = "message", .deed = FAKE_CUT});
    invalidate_elsewhere();
    await_lost(&probe, before + 1); /* when it ends, and when it hears again */
    await_vouch(&probe);
    fake_let_go(&fake, held);
    ck_assert_str_eq(actor_join(&actor).text, "Ada");
    expect_new();
}
END_TEST

/* ---- an invalidation of its own ---- */

static void *invalidate_meanwhile(void *arg) {
    enum t87s_status *status = arg;
    *status = t87s_invalidate(one.cache, &user, 1, 0);
    return NULL;
}

START_TEST(ones_own_invalidation_counts_when_it_returns_whatever_is_told_later)
{
    ask(&one, &query);
    keep_near("Ada");
    struct fake_rule *message = fake_add(&fake, (struct fake_rule){.what = "message", .deed = FAKE_HOLD});
    source.text = "Eve";
    ck_assert_int_eq(t87s_invalidate(one.cache, &user, 1, 0), T87S_OK);
    fake_await(&fake, message, 1);
    expect_new();
}
END_TEST

/* The store first: else somebody brings back from there what was just taken out here. */
START_TEST(what_is_read_before_the_store_knows_is_gone_when_the_invalidation_returns)
{
    pthread_t thread;
    enum t87s_status status;
    ask(&one, &query);
    keep_near("Ada");
    struct fake_rule *held =
        fake_add(&fake, (struct fake_rule){.what = "EVAL", .with = "users", .deed = FAKE_HOLD_BACK});
    fake_add(&fake, (struct fake_rule){.what = "message", .deed = FAKE_HOLD});
    source.text = "Eve";
    ck_assert_int_eq(pthread_create(&thread, NULL, invalidate_meanwhile, &status), 0);
    fake_await(&fake, held, 1);
    ask(&one, &query); /* either way, it is under way */
    fake_let_go(&fake, held);
    pthread_join(thread, NULL);
    ck_assert_int_eq(status, T87S_OK);
    expect_new();
}
END_TEST

/* ---- not acknowledged ---- */

static void await_delivered(void) {
    while (scene_stats(&one).store_pending)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); /* it is tried again by the real clock */
}

static const char *const refusals[] = {NULL, "-LOADING\r\n", "-READONLY\r\n", "-MISCONF\r\n", "+OK\r\n"};

START_TEST(an_invalidation_that_the_store_did_not_take_holds_here_and_is_tried_until_it_does)
{
    ask(&two, &query);
    ck_assert_str_eq(ask(&one, &query).text, "Ada");
    struct fake_rule *refuses = fake_add(
        &fake,
        (struct fake_rule){.what = "EVAL", .with = "users", .times = -1, .deed = FAKE_SAY, .text = refusals[_i]});
    source.text = "Eve";
    ck_assert_int_eq(t87s_invalidate(one.cache, &user, 1, 0), T87S_PARTIAL);
    ck_assert_uint_ge(scene_stats(&one).store_pending, 1);
    await_answer(&probe); /* the old entry is there, and can be read: but not here */
    ck_assert_str_eq(ask(&two, &query).text, "Ada");
    const struct answer answer = ask(&one, &query);
    ck_assert_str_eq(answer.text, "Eve");
    ck_assert_int_eq(answer.entries.before.outcome, T87S_FETCHED);
    fake_await(&fake, refuses, 3);
    ck_assert_uint_ge(scene_stats(&one).store_pending, 1);
    fake_forget_all(&fake);
    await_delivered();
    ck_assert_str_eq(ask(&two, &query).text, "Eve");
    expect_new();
}
END_TEST

START_TEST(an_invalidation_that_was_done_and_not_acknowledged_is_done_again)
{
    ask(&two, &query);
    struct fake_rule *lost =
        fake_add(&fake, (struct fake_rule){.what = "EVAL", .with = "users", .times = 2, .deed = FAKE_SAY_AFTER});
    source.text = "Eve";
    ck_assert_int_eq(t87s_invalidate(one.cache, &user, 1, 0), T87S_PARTIAL);
    fake_await(&fake, lost, 1); /* a machine that is late may not even have sent it in time */
    ck_assert_str_eq(ask(&two, &query).text, "Eve");
    fake_await(&fake, lost, 2);
    await_delivered();
    ck_assert_str_eq(ask(&two, &query).text, "Eve");
    expect_new();
}
END_TEST

START_TEST(a_set_whose_answer_is_lost_leaves_nothing_from_before)
{
    const struct t87s_set_options options = {.tags = &user, .n_tags = 1, .ttl_ms = 600000};
    ask(&two, &query);
    fake_add(&fake, (struct fake_rule){.what = "EVAL", .with = ":e:", .times = 3, .deed = FAKE_SAY_AFTER});
    source.text = "Eve";
    const enum t87s_status status = t87s_set(one.cache, "user:7", 6, "Eve", 3, &options);
    ck_assert(status == T87S_OK || status == T87S_PARTIAL);
    expect_new();
    fake_forget_all(&fake);
    await_delivered();
    ck_assert_str_eq(ask(&two, &query).text, "Eve");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("two caches, and the server of one of them");
    TCase *near = case_of(suite, "near", start, stop, 30);
    tcase_add_test(near, what_was_invalidated_while_its_answer_was_on_its_way_is_not_kept);
    tcase_add_test(near, what_is_told_after_it_was_kept_takes_it_out);
    tcase_add_test(near, what_was_missed_while_an_answer_was_on_its_way_is_not_served_from_nearby);
    tcase_add_test(near, nor_when_somebody_vouches_again_before_the_answer_comes);
    tcase_add_test(near, ones_own_invalidation_counts_when_it_returns_whatever_is_told_later);
    tcase_add_test(near, what_is_read_before_the_store_knows_is_gone_when_the_invalidation_returns);
    TCase *lost = case_of(suite, "not acknowledged", start_without_near_tier, stop, 30);
    tcase_add_loop_test(lost, an_invalidation_that_the_store_did_not_take_holds_here_and_is_tried_until_it_does, 0,
                        sizeof refusals / sizeof *refusals);
    tcase_add_test(lost, an_invalidation_that_was_done_and_not_acknowledged_is_done_again);
    tcase_add_test(lost, a_set_whose_answer_is_lost_leaves_nothing_from_before);
    return run_suites(suite, NULL);
}
