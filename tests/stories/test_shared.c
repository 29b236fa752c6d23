/* SPDX-License-Identifier: MIT
 *
 * Two caches over one store, as in two processes. What the store does is plain (simple_store.h), so that everything
 * that goes wrong is the caches' own.
 */
#include <time.h>

#include "scene.h"
#include "simple_store.h"
#include "suites.h"

static struct simple_store *store;
static struct scene one, two;
static struct source source;
static struct t87s_tag user;
static struct t87s_query query;

static void setup(void) {
    scene_init(&one);
    scene_init(&two);
    store = simple_store_open(&one.clock.clock);
    one.options.store = two.options.store = simple_store_base(store);
    source = (struct source){.text = "Ada"};
    user = tag_of("users/7");
    query = query_of("user:7", &source, &user);
    query.ttl_ms = 10000;
}

static void open_both(void) {
    scene_open(&one);
    scene_open(&two);
}

static void teardown(void) {
    scene_close(&one);
    scene_close(&two);
    t87s_store_close(simple_store_base(store));
}

static void pass_time(int64_t ms) {
    fake_clock_advance(&one.clock, ms);
    fake_clock_advance(&two.clock, ms);
}

START_TEST(what_one_fetched_the_other_serves)
{
    open_both();
    EXPECT_ANSWER(ask(&one, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FRESH, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_int_eq(source.fetches, 1);
    ck_assert_uint_eq(simple_store_calls(store).reads, 2); /* the last was a near hit */
}
END_TEST

START_TEST(what_is_near_expires_when_the_entry_does)
{
    open_both();
    ask(&one, &query);
    pass_time(9000);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FRESH, T87S_REASON_ABSENT);
    pass_time(999);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FRESH, T87S_REASON_NONE);
    pass_time(2);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FETCHED, T87S_REASON_EXPIRED);
}
END_TEST

START_TEST(an_invalidation_here_is_one_there)
{
    open_both();
    ask(&one, &query);
    ask(&two, &query);
    source.text = "Eve";
    invalidate(&one, "users/7", 0);
    EXPECT_ANSWER(ask(&two, &query), "Eve", T87S_FETCHED, T87S_REASON_INVALIDATED);
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FRESH, T87S_REASON_INVALIDATED);
    ck_assert_int_eq(source.fetches, 2);
}
END_TEST

START_TEST(who_is_not_told_serves_no_longer_than_somebody_vouches)
{
    open_both();
    ask(&one, &query);
    ask(&two, &query);
    simple_store_tell(store, false);
    source.text = "Eve";
    invalidate(&one, "users/7", 0);
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FETCHED, T87S_REASON_INVALIDATED);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FRESH, T87S_REASON_NONE); /* inside the bound */
    simple_store_vouch(store, 0);
    simple_store_tell_vouches(store);
    EXPECT_ANSWER(ask(&two, &query), "Eve", T87S_FRESH, T87S_REASON_STORE);
    ck_assert_int_eq(source.fetches, 2);
}
END_TEST

START_TEST(nobody_joins_a_fetch_that_may_have_begun_too_early)
{
    struct gate gate;
    struct actor actor;
    gate_init(&gate);
    open_both();
    simple_store_vouch(store, 0); /* nobody vouches: a query has to ask the store itself */
    source.gate = &gate;
    actor_start(&actor, "A", &one, &query);
    gate_await(&gate, 1);
    simple_store_tell(store, false);
    source.text = "Eve";
    source.gate = NULL;
    invalidate(&two, "users/7", 0);
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&actor), "Ada", T87S_FETCHED, T87S_REASON_ABSENT); /* it began before */
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FRESH, T87S_REASON_ABSENT);    /* and is not kept */
}
END_TEST

START_TEST(who_began_after_may_be_joined)
{
    struct gate gate;
    struct actor first, second;
    gate_init(&gate);
    open_both();
    simple_store_vouch(store, 0);
    source.gate = &gate;
    actor_start(&first, "A", &one, &query);
    gate_await(&gate, 1);
    actor_start(&second, "B", &one, &query);
    scene_await(&one, "-> join", 1);
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&first), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(actor_join(&second), "Ada", T87S_JOINED, T87S_REASON_ABSENT);
    ck_assert_int_eq(source.fetches, 1);
}
END_TEST

START_TEST(without_the_store_queries_go_on_and_invalidations_are_made_good)
{
    open_both();
    ask(&one, &query);
    ask(&two, &query);
    simple_store_fail(store, T87S_E_TIMEOUT);
    source.text = "Eve";
    ck_assert_int_eq(t87s_invalidate(one.cache, &user, 1, 0), T87S_PARTIAL);
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FETCHED, T87S_REASON_INVALIDATED);
    simple_store_fail(store, T87S_OK);
    while (scene_stats(&one).store_pending)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); /* it is tried again by the real clock */
    EXPECT_ANSWER(ask(&two, &query), "Eve", T87S_FETCHED, T87S_REASON_INVALIDATED);
}
END_TEST

START_TEST(a_set_and_a_delete_are_everywhere)
{
    open_both();
    const struct t87s_set_options options = {.tags = &user, .n_tags = 1, .ttl_ms = 10000};
    set(&one, "user:7", "Bob", &options);
    EXPECT_ANSWER(ask(&two, &query), "Bob", T87S_FRESH, T87S_REASON_ABSENT);
    ck_assert_int_eq(source.fetches, 0);
    set(&two, "user:7", "Cyd", &options);
    EXPECT_ANSWER(ask(&one, &query), "Cyd", T87S_FRESH, T87S_REASON_ABSENT);
    ck_assert_int_eq(t87s_delete(one.cache, "user:7", 6), T87S_OK);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_int_eq(t87s_clear(two.cache), T87S_OK);
    source.text = "Eve";
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
}
END_TEST

START_TEST(a_token_orders_a_set_among_all_processes)
{
    open_both();
    const struct t87s_token token = t87s_token(one.cache);
    const struct t87s_set_options options = {.tags = &user, .n_tags = 1, .ttl_ms = 10000, .token = token};
    invalidate(&two, "users", 0);
    set(&one, "user:7", "out of date", &options);
    EXPECT_ANSWER(ask(&one, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FRESH, T87S_REASON_ABSENT);
}
END_TEST

START_TEST(what_is_stale_in_the_store_is_served_and_refreshed_once)
{
    open_both();
    query.grace_ms = 60000;
    ask(&one, &query);
    pass_time(10001);
    source.text = "Eve";
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_STALE, T87S_REASON_ABSENT);
    scene_settle(&two);
    EXPECT_ANSWER(ask(&two, &query), "Eve", T87S_FRESH, T87S_REASON_NONE);
    EXPECT_ANSWER(ask(&one, &query), "Ada", T87S_STALE, T87S_REASON_EXPIRED); /* and refreshes from the store */
    scene_settle(&one);
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_int_eq(source.fetches, 2);
}
END_TEST

START_TEST(a_soft_invalidation_elsewhere_is_soft_here)
{
    open_both();
    query.grace_ms = 60000;
    ask(&one, &query);
    invalidate(&two, "users/7", T87S_SOFT);
    source.text = "Eve";
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_STALE, T87S_REASON_ABSENT);
    scene_settle(&two);
    EXPECT_ANSWER(ask(&two, &query), "Eve", T87S_FRESH, T87S_REASON_NONE);
}
END_TEST

START_TEST(not_found_is_shared)
{
    open_both();
    query.negative_ms = 5000;
    source.status = T87S_NOT_FOUND;
    ck_assert_int_eq(ask(&one, &query).status, T87S_NOT_FOUND);
    ck_assert_int_eq(ask(&two, &query).status, T87S_NOT_FOUND);
    ck_assert_int_eq(source.fetches, 1);
}
END_TEST

START_TEST(with_the_near_tier_off_every_query_reads_the_store)
{
    simple_store_base(store)->near_off = true;
    open_both();
    for (int i = 0; i < 3; i++)
        ask(&one, &query);
    ck_assert_int_eq(source.fetches, 1);
    ck_assert_uint_eq(simple_store_calls(store).reads, 3);
    simple_store_tell(store, false);
    source.text = "Eve";
    invalidate(&two, "users/7", 0);
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FRESH, T87S_REASON_ABSENT);
}
END_TEST

START_TEST(prefixes_keep_caches_apart)
{
    two.options.prefix = "other";
    open_both();
    ask(&one, &query);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    invalidate(&two, "users", 0);
    EXPECT_ANSWER(ask(&one, &query), "Ada", T87S_FRESH, T87S_REASON_NONE);
}
END_TEST

START_TEST(a_store_that_was_emptied_costs_a_fetch)
{
    open_both();
    ask(&one, &query);
    simple_store_flush(store);
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
}
END_TEST

START_TEST(a_store_of_another_version_is_refused)
{
    struct t87s_cache *cache;
    simple_store_base(store)->version = T87S_STORE_VERSION + 1;
    ck_assert_int_eq(t87s_open(&one.options, &cache), T87S_E_INVALID);
    ck_assert_ptr_null(cache);
    simple_store_base(store)->version = T87S_STORE_VERSION;
}
END_TEST

int main(void) {
    Suite *suite = suite_create("two caches over one store");
    TCase *stories = tcase_create("stories");
    tcase_add_checked_fixture(stories, setup, teardown);
    tcase_add_test(stories, what_one_fetched_the_other_serves);
    tcase_add_test(stories, what_is_near_expires_when_the_entry_does);
    tcase_add_test(stories, an_invalidation_here_is_one_there);
    tcase_add_test(stories, who_is_not_told_serves_no_longer_than_somebody_vouches);
    tcase_add_test(stories, nobody_joins_a_fetch_that_may_have_begun_too_early);
    tcase_add_test(stories, who_began_after_may_be_joined);
    tcase_add_test(stories, without_the_store_queries_go_on_and_invalidations_are_made_good);
    tcase_add_test(stories, a_set_and_a_delete_are_everywhere);
    tcase_add_test(stories, a_token_orders_a_set_among_all_processes);
    tcase_add_test(stories, what_is_stale_in_the_store_is_served_and_refreshed_once);
    tcase_add_test(stories, a_soft_invalidation_elsewhere_is_soft_here);
    tcase_add_test(stories, not_found_is_shared);
    tcase_add_test(stories, with_the_near_tier_off_every_query_reads_the_store);
    tcase_add_test(stories, prefixes_keep_caches_apart);
    tcase_add_test(stories, a_store_that_was_emptied_costs_a_fetch);
    tcase_add_test(stories, a_store_of_another_version_is_refused);
    suite_add_tcase(suite, stories);
    return run_suites(suite, NULL);
}
