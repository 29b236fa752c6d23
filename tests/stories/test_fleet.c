/* SPDX-License-Identifier: MIT
 *
 * Which of several processes fetches: caches over one store, and queries that ask for a lease. Time passes only when
 * the story says so, and who waits asks again only then.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include <t87s/codegen.h>

#include "scene.h"
#include "simple_store.h"
#include "suites.h"
#include "thread.h"

enum { TTL = 10000, GRACE = 60000, LEASE = 5000, PAUSE = 2 };

static struct simple_store *store;
static struct scene one, two, three;
static struct source source, slow; /* `slow` stops at the gate */
static struct gate gate;
static struct t87s_tag user;
static struct t87s_query query, holders;
static struct actor a, b;

static void setup(void) {
    struct scene *scenes[] = {&one, &two, &three};
    store = simple_store_open(&one.clock.clock);
    for (int i = 0; i < 3; i++) {
        scene_init(scenes[i]);
        scenes[i]->options.store = simple_store_base(store);
    }
    gate_init(&gate);
    source = (struct source){.text = "Ada"};
    slow = (struct source){.text = "Ada", .gate = &gate};
    user = tag_of("users/7");
    query = query_of("user:7", &source, &user);
    query.ttl_ms = TTL;
    query.fleet_ms = LEASE;
    holders = query;
    holders.fetch_arg = &slow;
}

static void open_all(void) {
    scene_open(&one);
    scene_open(&two);
    scene_open(&three);
}

static void teardown(void) {
    simple_store_fail(store, T87S_OK);
    simple_store_fail_marks(store, false);
    scene_close(&one);
    scene_close(&two);
    scene_close(&three);
    t87s_store_close(simple_store_base(store));
}

static void pass_time(int64_t ms) {
    fake_clock_advance(&one.clock, ms);
    fake_clock_advance(&two.clock, ms);
    fake_clock_advance(&three.clock, ms);
}

static unsigned long asked(void) { return simple_store_calls(store).leases; }

/* So much time passes that who waits has asked once more. */
static void pass_pause(int64_t ms) {
    const unsigned long before = asked();
    pass_time(ms);
    while (asked() == before)
        sched_yield();
}

/* A has the lease and is in its fetch, B waits for it. */
static void hold_and_wait(void) {
    open_all();
    actor_start(&a, "A", &one, &holders);
    gate_await(&gate, 1);
    actor_start(&b, "B", &two, &query);
    scene_await(&two, "another process fetches it -> wait", 1);
}

static void let_go(void) {
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&a), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
}

START_TEST(of_those_that_miss_at_once_one_fetches)
{
    hold_and_wait();
    let_go();
    pass_time(PAUSE);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FRESH, T87S_REASON_ABSENT);
    ck_assert_int_eq(source.fetches, 0);
    ck_assert_uint_eq(simple_store_calls(store).releases, 0); /* the write ended it */
    ck_assert_uint_eq(scene_stats(&one).leases, 1);
    ck_assert_uint_eq(scene_stats(&two).leases, 0);
    ck_assert_uint_eq(scene_stats(&two).lease_waits, 1);
    ck_assert_uint_eq(scene_stats(&two).lease_timeouts, 0);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FRESH, T87S_REASON_NONE); /* it is near by now */
    ck_assert_uint_eq(asked(), 3);
}
END_TEST

START_TEST(without_fleet_each_fetches)
{
    query.fleet_ms = holders.fleet_ms = 0;
    open_all();
    actor_start(&a, "A", &one, &holders);
    gate_await(&gate, 1);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    let_go();
    ck_assert_uint_eq(asked(), 0);
}
END_TEST

START_TEST(a_store_that_has_no_leases_does_no_harm)
{
    simple_store_without_leases(store);
    open_all();
    actor_start(&a, "A", &one, &holders);
    gate_await(&gate, 1);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    let_go();
}
END_TEST

START_TEST(who_waits_asks_less_and_less_often)
{
    hold_and_wait();
    pass_pause(PAUSE);
    pass_pause(PAUSE);
    pass_pause(400); /* the next pause is a quarter of what was waited, and more than a tenth of a second never */
    pass_time(99);
    const unsigned long before = asked();
    pass_pause(1);
    ck_assert_uint_eq(asked(), before + 1);
    let_go();
    pass_time(100);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FRESH, T87S_REASON_ABSENT);
}
END_TEST

START_TEST(threads_of_one_process_wait_with_one_question)
{
    struct actor c;
    hold_and_wait();
    actor_start(&c, "C", &two, &query);
    scene_await(&two, "-> join", 1);
    let_go();
    pass_time(PAUSE);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FRESH, T87S_REASON_ABSENT);
    EXPECT_ANSWER(actor_join(&c), "Ada", T87S_JOINED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(asked(), 3);
}
END_TEST

START_TEST(a_holder_that_dies_costs_the_rest_of_its_lease)
{
    hold_and_wait();
    source.text = "Eve";
    pass_pause(LEASE - 1);
    ck_assert_int_eq(source.fetches, 0);
    pass_time(LEASE); /* B has waited long enough at the same moment: it has the lease all the same */
    EXPECT_ANSWER(actor_join(&b), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(scene_stats(&two).leases, 1);
    let_go(); /* it was only slow */
}
END_TEST

START_TEST(nobody_waits_longer_than_a_lease_whoever_has_the_next_one)
{
    struct gate second;
    struct source slower = {.text = "Eve", .gate = &second};
    struct t87s_query next = query;
    struct actor c;
    gate_init(&second);
    next.fetch_arg = &slower;
    open_all();
    actor_start(&a, "A", &one, &holders);
    gate_await(&gate, 1);
    pass_time(1000);
    actor_start(&b, "B", &two, &query);
    scene_await(&two, "another process fetches it -> wait", 1);
    fake_clock_advance(&one.clock, 4000); /* the store's, too */
    actor_start(&c, "C", &three, &next);
    gate_await(&second, 1); /* with the lease that A no longer has */
    fake_clock_advance(&two.clock, LEASE);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(scene_stats(&two).leases, 0);
    ck_assert_uint_eq(scene_stats(&two).lease_timeouts, 1);
    gate_open(&second);
    EXPECT_ANSWER(actor_join(&c), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    let_go();
}
END_TEST

START_TEST(nobody_waits_longer_than_his_timeout)
{
    query.timeout_ms = 100;
    hold_and_wait();
    pass_time(100);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(scene_stats(&two).lease_timeouts, 1);
    let_go();
}
END_TEST

START_TEST(when_a_fetch_fails_another_process_tries)
{
    slow.status = T87S_E_FETCH;
    hold_and_wait();
    gate_open(&gate);
    ck_assert_int_eq(actor_join(&a).status, T87S_E_FETCH);
    ck_assert_uint_eq(simple_store_calls(store).releases, 1);
    pass_time(PAUSE);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
}
END_TEST

START_TEST(so_it_is_when_there_is_nothing_to_keep)
{
    slow.status = T87S_NOT_FOUND;
    hold_and_wait();
    gate_open(&gate);
    ck_assert_int_eq(actor_join(&a).status, T87S_NOT_FOUND);
    pass_time(PAUSE);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
}
END_TEST

static enum t87s_status exit_thread(void *arg) { pthread_exit(arg); }

START_TEST(a_fetch_that_never_comes_back_leaves_no_lease)
{
    slow.inside = exit_thread;
    hold_and_wait();
    gate_open(&gate);
    ck_assert_int_eq(pthread_join(a.thread, NULL), 0);
    ck_assert_uint_eq(simple_store_calls(store).releases, 1);
    pass_time(PAUSE);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
}
END_TEST

/* ---- invalidations ---- */

START_TEST(who_waits_does_not_take_what_was_invalidated_meanwhile)
{
    hold_and_wait();
    let_go(); /* it is in the store, and was right then */
    source.text = "Eve";
    invalidate(&three, "users", 0);
    pass_time(PAUSE);
    EXPECT_ANSWER(actor_join(&b), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&three, &query), "Eve", T87S_FRESH, T87S_REASON_ABSENT); /* what it wrote is not outdated, too */
}
END_TEST

START_TEST(who_asks_after_an_invalidation_does_not_wait_for_a_fetch_before_it)
{
    open_all();
    actor_start(&a, "A", &one, &holders);
    gate_await(&gate, 1);
    source.text = "Eve";
    invalidate(&two, "users/7", 0);
    EXPECT_ANSWER(ask(&two, &query), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    let_go();
    EXPECT_ANSWER(ask(&three, &query), "Eve", T87S_FRESH, T87S_REASON_ABSENT);
}
END_TEST

START_TEST(a_soft_invalidation_ends_a_lease_as_well)
{
    hold_and_wait();
    source.text = "Eve";
    invalidate(&three, "users/7", T87S_SOFT);
    pass_time(PAUSE);
    EXPECT_ANSWER(actor_join(&b), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    let_go();
}
END_TEST

START_TEST(an_invalidation_that_only_this_process_knows_of_counts_as_well)
{
    open_all();
    actor_start(&a, "A", &one, &holders);
    gate_await(&gate, 1);
    simple_store_fail_marks(store, true);
    source.text = "Eve";
    ck_assert_int_eq(t87s_invalidate(two.cache, &user, 1, 0), T87S_PARTIAL);
    actor_start(&b, "B", &two, &query);
    scene_await(&two, "another process fetches it -> wait", 1);
    let_go(); /* for the store, it is valid */
    pass_time(PAUSE);
    EXPECT_ANSWER(actor_join(&b), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
}
END_TEST

START_TEST(nobody_joins_a_wait_that_began_before_an_invalidation)
{
    hold_and_wait();
    simple_store_vouch(store, 0);
    let_go();
    simple_store_tell(store, false); /* B's process does not hear of it */
    source.text = "Eve";
    invalidate(&three, "users/7", 0);
    EXPECT_ANSWER(ask(&two, &query), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    pass_time(PAUSE);
    actor_join(&b); /* it asked before, and may have either */
}
END_TEST

/* ---- what is stale ---- */

/* In the store and near both, past its ttl; A refreshes it. */
static void refresh_at_the_gate(void) {
    query.grace_ms = holders.grace_ms = GRACE;
    open_all();
    ask(&one, &query);
    ask(&two, &query);
    pass_time(TTL + 1);
    slow.text = "Eve";
    EXPECT_ANSWER(ask(&one, &holders), "Ada", T87S_STALE, T87S_REASON_EXPIRED);
    gate_await(&gate, 1);
}

START_TEST(what_is_stale_is_served_while_another_process_refreshes_it)
{
    refresh_at_the_gate();
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_STALE, T87S_REASON_EXPIRED);
    scene_await(&two, "left to another process", 1);
    scene_settle(&two);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_STALE, T87S_REASON_EXPIRED);
    scene_settle(&two);
    ck_assert_uint_eq(scene_stats(&two).lease_passes, 1); /* and it is not asked for each time */
    ck_assert_uint_eq(scene_stats(&two).refresh_errors, 0);
    gate_open(&gate);
    scene_settle(&one);
    pass_time(250);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_STALE, T87S_REASON_EXPIRED);
    scene_settle(&two);
    EXPECT_ANSWER(ask(&two, &query), "Eve", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_int_eq(source.fetches + slow.fetches, 2);
}
END_TEST

static int no_thread(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *arg) {
    (void)thread, (void)attributes, (void)body, (void)arg;
    return EAGAIN;
}

START_TEST(a_refresh_in_line_is_left_to_another_process_as_well)
{
    refresh_at_the_gate();
    t87s__thread_spawn = no_thread;
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_STALE, T87S_REASON_EXPIRED);
    t87s__thread_spawn = pthread_create;
    ck_assert_uint_eq(scene_stats(&two).lease_passes, 1);
    ck_assert_int_eq(source.fetches, 1);
    gate_open(&gate);
    scene_settle(&one);
}
END_TEST

START_TEST(where_nothing_is_near_the_store_has_what_is_stale)
{
    simple_store_base(store)->near_off = true;
    query.grace_ms = holders.grace_ms = GRACE;
    open_all();
    ask(&one, &query);
    pass_time(TTL + 1);
    slow.text = "Eve";
    actor_start(&a, "A", &one, &holders);
    gate_await(&gate, 1);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_STALE, T87S_REASON_ABSENT);
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&a), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&two, &query), "Eve", T87S_FRESH, T87S_REASON_ABSENT);
}
END_TEST

START_TEST(where_nothing_is_near_they_wait_as_well)
{
    simple_store_base(store)->near_off = true;
    hold_and_wait();
    let_go();
    pass_time(PAUSE);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FRESH, T87S_REASON_ABSENT);
    ck_assert_int_eq(source.fetches, 0);
}
END_TEST

/* ---- trouble ---- */

START_TEST(who_cannot_reach_the_store_fetches_at_once)
{
    open_all();
    simple_store_fail(store, T87S_E_TIMEOUT);
    EXPECT_ANSWER(ask(&one, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_eq(asked(), 0);
}
END_TEST

START_TEST(who_loses_the_store_while_it_waits_fetches)
{
    hold_and_wait();
    simple_store_fail(store, T87S_E_STORE);
    pass_time(PAUSE);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    let_go();
}
END_TEST

static void ask_elsewhere(void *arg) { ask(arg, &query); }

START_TEST(who_gets_the_lease_when_all_is_done_fetches_nothing)
{
    open_all();
    simple_store_stop(store, STORE_LEASE, ask_elsewhere, &one); /* after two has read, before it asks for the lease */
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FRESH, T87S_REASON_ABSENT);
    ck_assert_int_eq(source.fetches, 1);
    ck_assert_uint_eq(simple_store_calls(store).releases, 1); /* and leaves it to others */
}
END_TEST

static void *close_two(void *arg) {
    t87s_close(two.cache);
    return arg;
}

START_TEST(a_cache_that_closes_does_not_wait)
{
    pthread_t closer;
    const int64_t day = 24 * 3600 * 1000;
    query.fleet_ms = query.timeout_ms = holders.fleet_ms = holders.timeout_ms = day;
    hold_and_wait();
    ck_assert_int_eq(pthread_create(&closer, NULL, close_two, NULL), 0);
    for (int64_t waited = 0; waited < day / 2 && !source.fetches; waited += 100) {
        pass_time(100);
        sched_yield();
    }
    ck_assert_int_eq(source.fetches, 1);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_int_eq(pthread_join(closer, NULL), 0);
    two.cache = NULL;
    let_go();
}
END_TEST

/* ---- a value of fixed size ---- */

static enum t87s_status fetch_number(const struct t87s_gen_query *gen, void *app, const unsigned char *key, void *out) {
    (void)gen, (void)app, (void)key;
    const uint32_t number = 42;
    atomic_fetch_add(&slow.fetches, 1);
    gate_pass(&gate);
    memcpy(out, &number, sizeof number);
    return T87S_OK;
}

static const struct t87s_gen_kind *number_kind(void) {
    static const struct t87s_gen_kind kind = {.ttl_ms = TTL,
                                              .fleet_ms = LEASE,
                                              .verify_percent = -1,
                                              .fetch = fetch_number,
                                              .item = t87s_gen_no_item,
                                              .params = ""};
    return &kind;
}

static void *ask_number(void *scene) {
    static const struct t87s_gen_query number = {
        .kind = number_kind, .fingerprint = 7, .value_size = sizeof(uint32_t), .text = "\0number"};
    unsigned char key[sizeof number.fingerprint];
    uint32_t out = 0;
    t87s_gen_put_u64(key, number.fingerprint);
    ck_assert_int_eq(t87s_gen_call(((struct scene *)scene)->cache, &number, key, sizeof key, &out, NULL), T87S_OK);
    ck_assert_uint_eq(out, 42);
    return NULL;
}

START_TEST(a_number_is_waited_for_as_well)
{
    pthread_t askers[2];
    open_all();
    ck_assert_int_eq(pthread_create(&askers[0], NULL, ask_number, &one), 0);
    gate_await(&gate, 1);
    ck_assert_int_eq(pthread_create(&askers[1], NULL, ask_number, &two), 0);
    scene_await(&two, "another process fetches it -> wait", 1);
    gate_open(&gate);
    ck_assert_int_eq(pthread_join(askers[0], NULL), 0);
    pass_time(PAUSE);
    ck_assert_int_eq(pthread_join(askers[1], NULL), 0);
    ck_assert_int_eq(slow.fetches, 1);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("which process fetches");
    TCase *stories = tcase_create("stories");
    tcase_add_checked_fixture(stories, setup, teardown);
    tcase_add_test(stories, of_those_that_miss_at_once_one_fetches);
    tcase_add_test(stories, without_fleet_each_fetches);
    tcase_add_test(stories, a_store_that_has_no_leases_does_no_harm);
    tcase_add_test(stories, who_waits_asks_less_and_less_often);
    tcase_add_test(stories, threads_of_one_process_wait_with_one_question);
    tcase_add_test(stories, a_holder_that_dies_costs_the_rest_of_its_lease);
    tcase_add_test(stories, nobody_waits_longer_than_a_lease_whoever_has_the_next_one);
    tcase_add_test(stories, nobody_waits_longer_than_his_timeout);
    tcase_add_test(stories, when_a_fetch_fails_another_process_tries);
    tcase_add_test(stories, so_it_is_when_there_is_nothing_to_keep);
    tcase_add_test(stories, a_fetch_that_never_comes_back_leaves_no_lease);
    tcase_add_test(stories, who_waits_does_not_take_what_was_invalidated_meanwhile);
    tcase_add_test(stories, who_asks_after_an_invalidation_does_not_wait_for_a_fetch_before_it);
    tcase_add_test(stories, a_soft_invalidation_ends_a_lease_as_well);
    tcase_add_test(stories, an_invalidation_that_only_this_process_knows_of_counts_as_well);
    tcase_add_test(stories, nobody_joins_a_wait_that_began_before_an_invalidation);
    tcase_add_test(stories, what_is_stale_is_served_while_another_process_refreshes_it);
    tcase_add_test(stories, a_refresh_in_line_is_left_to_another_process_as_well);
    tcase_add_test(stories, where_nothing_is_near_the_store_has_what_is_stale);
    tcase_add_test(stories, where_nothing_is_near_they_wait_as_well);
    tcase_add_test(stories, who_cannot_reach_the_store_fetches_at_once);
    tcase_add_test(stories, who_loses_the_store_while_it_waits_fetches);
    tcase_add_test(stories, who_gets_the_lease_when_all_is_done_fetches_nothing);
    tcase_add_test(stories, a_cache_that_closes_does_not_wait);
    tcase_add_test(stories, a_number_is_waited_for_as_well);
    suite_add_tcase(suite, stories);
    return run_suites(suite, NULL);
}
