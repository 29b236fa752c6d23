/* SPDX-License-Identifier: MIT
 *
 * What a cache keeps in the process, over a store that is right (simple_store.h): when it may be served, whose birth
 * it has, and what becomes of a source or a store in trouble.
 */
#include <string.h>

#include <t87s/codegen.h>

#include "real_clock.h"
#include "scene.h"
#include "simple_store.h"
#include "suites.h"
#include "thread.h"

enum { TTL = 10000, GRACE = 60000 };

static struct simple_store *store;
static struct scene one, two, three;
static struct source source;
static struct t87s_tag user, post;
static struct t87s_query query;
static struct gate gate;
static struct actor actor;

static void setup(void) {
    scene_init(&one);
    scene_init(&two);
    scene_init(&three);
    gate_init(&gate);
    store = simple_store_open(&one.clock.clock);
    one.options.store = two.options.store = three.options.store = simple_store_base(store);
    source = (struct source){.text = "Ada"};
    user = tag_of("users/7");
    post = tag_of("posts/1");
    query = query_of("user:7", &source, &user);
    query.ttl_ms = TTL;
}

static void open_both(void) {
    scene_open(&one);
    scene_open(&two);
}

static void teardown(void) {
    scene_close(&one);
    scene_close(&two);
    scene_close(&three);
    t87s_store_close(simple_store_base(store));
}

static void pass_time(int64_t ms) {
    fake_clock_advance(&one.clock, ms);
    fake_clock_advance(&two.clock, ms);
}

static void stop_at_gate(void *arg) { gate_pass(arg); }

/* ---- while nobody vouches ---- */

/* A fetch of `one` is under way; then the other process invalidates, and nobody is told. */
static void fetch_and_invalidate_elsewhere(void) {
    source.gate = &gate;
    actor_start(&actor, "A", &one, &query);
    gate_await(&gate, 1);
    source.gate = NULL;
    simple_store_tell(store, false);
    invalidate(&two, "users/7", 0);
    source.text = "Eve";
}

static void end_the_fetch(void) {
    gate_open(&gate);
    EXPECT_ANSWER(actor_join(&actor), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
}

START_TEST(a_lease_runs_out_by_itself)
{
    simple_store_vouch(store, now_ms() + 5000);
    open_both();
    fetch_and_invalidate_elsewhere();
    pass_time(5001);
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    end_the_fetch();
}
END_TEST

START_TEST(what_is_not_kept_is_not_joined_too_early_either)
{
    simple_store_base(store)->near_off = true;
    query.ttl_ms = T87S_NONE;
    open_both();
    fetch_and_invalidate_elsewhere();
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    end_the_fetch();
}
END_TEST

START_TEST(who_cannot_reach_the_store_joins_no_fetch_that_began_before)
{
    simple_store_base(store)->near_off = true;
    open_both();
    fetch_and_invalidate_elsewhere();
    simple_store_fail(store, T87S_E_TIMEOUT);
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
    end_the_fetch();
}
END_TEST

/* Four ask while three fetches are under way that began too early for them: the next one serves all. */
START_TEST(without_the_store_many_still_wait_for_one_fetch)
{
    struct actor early[3], late[4];
    simple_store_base(store)->near_off = true;
    simple_store_fail(store, T87S_E_TIMEOUT);
    open_both();
    source.gate = &gate;
    for (int i = 0; i < 3; i++) {
        actor_start(&early[i], "E", &one, &query);
        gate_await(&gate, i + 1);
    }
    for (int i = 0; i < 4; i++)
        actor_start(&late[i], "L", &one, &query);
    scene_await(&one, "wait, too many", 4);
    gate_open(&gate);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(actor_join(&early[i]).status, T87S_OK);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(actor_join(&late[i]).status, T87S_OK);
    ck_assert_int_le(source.fetches, 7);
}
END_TEST

START_TEST(what_came_while_nobody_vouched_is_not_served_later)
{
    open_both();
    simple_store_fail(store, T87S_E_STORE); /* the connection is gone */
    simple_store_vouch(store, 0);
    simple_store_tell_vouches(store);
    simple_store_fail(store, T87S_OK);
    simple_store_tell(store, false);
    EXPECT_ANSWER(ask(&one, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    invalidate(&two, "users/7", 0);
    source.text = "Eve";
    simple_store_miss(store); /* it was not listening yet */
    simple_store_vouch(store, INT64_MAX);
    simple_store_tell(store, true);
    EXPECT_ANSWER(ask(&one, &query), "Eve", T87S_FETCHED, T87S_REASON_ABSENT);
}
END_TEST

START_TEST(a_hit_in_the_store_is_told_as_an_entry)
{
    simple_store_base(store)->near_off = true;
    open_both();
    ask(&one, &query);
    pass_time(1000);
    const struct answer answer = ask(&two, &query);
    EXPECT_ANSWER(answer, "Ada", T87S_FRESH, T87S_REASON_ABSENT);
    ck_assert(answer.entries.before.present && answer.entries.after.present);
    ck_assert_int_eq(answer.entries.before.expires_ms, TTL);
    ck_assert_int_le(answer.entries.before.created_ms, 0);
    ck_assert_uint_eq(answer.entries.before.n_tags, 1);
    ck_assert_uint_eq(scene_stats(&two).not_kept_no_memory, 0);
}
END_TEST

START_TEST(a_dead_source_has_its_old_answer_from_the_store)
{
    simple_store_base(store)->near_off = true;
    query.grace_ms = GRACE;
    open_both();
    ask(&one, &query);
    pass_time(TTL + 1);
    source.status = T87S_E_FETCH;
    EXPECT_ANSWER(ask(&one, &query), "Ada", T87S_STALE, T87S_REASON_ABSENT);
    invalidate(&two, "users/7", 0);
    ck_assert_int_eq(ask(&one, &query).status, T87S_E_FETCH); /* never what a hard one covers */
}
END_TEST

/* ---- a value of fixed size ---- */

static enum t87s_status fetch_number(const struct t87s_gen_query *gen, void *app, const unsigned char *key, void *out) {
    (void)gen, (void)app, (void)key;
    const uint32_t number = 42;
    memcpy(out, &number, sizeof number);
    atomic_fetch_add(&source.fetches, 1);
    return T87S_OK;
}

static const struct t87s_gen_kind *number_kind(void) {
    static const struct t87s_gen_kind kind = {
        .ttl_ms = TTL, .verify_percent = -1, .fetch = fetch_number, .item = t87s_gen_no_item, .params = ""};
    return &kind;
}

START_TEST(a_number_comes_from_the_store_with_and_without_a_near_tier)
{
    static const struct t87s_gen_query number = {
        .kind = number_kind, .fingerprint = 7, .value_size = sizeof(uint32_t), .text = "\0number"};
    unsigned char key[sizeof number.fingerprint];
    t87s_gen_put_u64(key, number.fingerprint);
    open_both();
    for (int i = 0; i < 3; i++) {
        uint32_t out = 0;
        if (i == 2) {
            simple_store_vouch(store, 0);
            simple_store_tell_vouches(store);
        }
        ck_assert_int_eq(t87s_gen_call(i ? two.cache : one.cache, &number, key, sizeof key, &out, NULL), T87S_OK);
        ck_assert_uint_eq(out, 42);
    }
    ck_assert_int_eq(source.fetches, 1);
}
END_TEST

/* ---- whose birth it has ---- */

static void *set_bob(void *arg) {
    const struct t87s_set_options options = {.tags = &user, .n_tags = 1, .ttl_ms = TTL};
    set(&one, "user:7", "Bob", &options);
    return arg;
}

START_TEST(a_query_beside_a_set_does_not_bring_back_what_was_before)
{
    struct gate writing;
    gate_init(&writing);
    open_both();
    ask(&two, &query);
    simple_store_tell(store, false);
    simple_store_stop(store, STORE_WRITE, stop_at_gate, &writing);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, set_bob, NULL), 0);
    gate_await(&writing, 1);
    EXPECT_ANSWER(ask(&one, &query), "Ada", T87S_FRESH, T87S_REASON_ABSENT); /* the set has not returned */
    gate_open(&writing);
    pthread_join(thread, NULL);
    EXPECT_ANSWER(ask(&one, &query), "Bob", T87S_FRESH, T87S_REASON_ABSENT);
}
END_TEST

START_TEST(an_entry_of_the_store_is_judged_by_the_tags_of_who_asks)
{
    struct t87s_query other = query_of("user:7", &source, &post);
    other.ttl_ms = TTL;
    open_both();
    ask(&two, &query);
    invalidate(&two, "posts/1", 0);
    source.text = "Eve";
    EXPECT_ANSWER(ask(&one, &query), "Ada", T87S_FRESH, T87S_REASON_ABSENT);
    ck_assert_str_eq(ask(&one, &other).text, "Eve");
}
END_TEST

/* ---- stale ---- */

/* Both processes know it, and its ttl has passed. */
static void make_stale(void) {
    query.grace_ms = GRACE;
    open_both();
    ask(&one, &query);
    pass_time(TTL + 1);
    source.text = "Eve";
}

START_TEST(who_joins_a_stale_answer_is_told_that_it_is)
{
    struct gate reading;
    struct actor second, third;
    struct t87s_query strict = query;
    gate_init(&reading);
    make_stale();
    strict.grace_ms = T87S_NONE;
    simple_store_stop(store, STORE_READ, stop_at_gate, &reading);
    actor_start(&actor, "A", &two, &query);
    gate_await(&reading, 1);
    actor_start(&second, "B", &two, &query);
    actor_start(&third, "C", &two, &strict);
    scene_await(&two, "-> join", 2);
    gate_open(&reading);
    EXPECT_ANSWER(actor_join(&actor), "Ada", T87S_STALE, T87S_REASON_ABSENT);
    EXPECT_ANSWER(actor_join(&second), "Ada", T87S_STALE, T87S_REASON_ABSENT);
    ck_assert_str_eq(actor_join(&third).text, "Eve"); /* it allows no grace */
}
END_TEST

static int no_thread(pthread_t *thread, const pthread_attr_t *attributes, void *(*start)(void *), void *arg) {
    (void)thread, (void)attributes, (void)start, (void)arg;
    return 11;
}

START_TEST(a_refresh_in_line_does_not_take_the_same_from_the_store)
{
    make_stale();
    ask(&two, &query); /* there now as well */
    scene_settle(&two);
    pass_time(TTL + 1);
    source.text = "Cyd";
    t87s__thread_spawn = no_thread;
    EXPECT_ANSWER(ask(&one, &query), "Cyd", T87S_FETCHED, T87S_REASON_EXPIRED);
    t87s__thread_spawn = pthread_create;
}
END_TEST

START_TEST(what_is_too_large_to_be_near_is_not_stale_for_ever)
{
    static char large[80 << 10];
    memset(large, 'x', sizeof large - 1);
    source.text = large;
    two.options.capacity_bytes = 256 << 10;
    query.grace_ms = GRACE;
    open_both();
    for (int i = 0; i < 2; i++, pass_time(TTL + 1)) {
        struct t87s_value value;
        struct t87s_entries entries;
        ck_assert_int_eq(t87s_query(i ? two.cache : one.cache, &query, &value, &entries), T87S_OK);
        ck_assert_int_eq(entries.before.outcome, T87S_FETCHED);
        t87s_value_release(&value);
    }
    ck_assert_int_eq(source.fetches, 2);
}
END_TEST

START_TEST(what_is_gone_from_the_source_goes_from_the_store)
{
    make_stale();
    source.status = T87S_NOT_FOUND;
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_STALE, T87S_REASON_ABSENT);
    scene_settle(&two);
    ck_assert_int_eq(ask(&two, &query).status, T87S_NOT_FOUND);
    ck_assert_int_eq(ask(&two, &query).status, T87S_NOT_FOUND);
}
END_TEST

START_TEST(verification_repairs_the_store_as_well)
{
    two.options.verify_fraction = 1;
    open_both();
    ask(&one, &query);
    ask(&two, &query);
    source.text = "Eve"; /* without a word */
    EXPECT_ANSWER(ask(&two, &query), "Ada", T87S_FRESH, T87S_REASON_NONE);
    scene_settle(&two);
    ck_assert_uint_eq(scene_stats(&two).repaired, 1);
    scene_open(&three);
    EXPECT_ANSWER(ask(&three, &query), "Eve", T87S_FRESH, T87S_REASON_ABSENT);
    source.status = T87S_NOT_FOUND;
    EXPECT_ANSWER(ask(&two, &query), "Eve", T87S_FRESH, T87S_REASON_NONE);
    scene_settle(&two);
    ck_assert_int_eq(ask(&three, &query).status, T87S_NOT_FOUND);
}
END_TEST

START_TEST(a_ttl_is_drawn_once_for_all)
{
    char key[] = "user:0";
    bool drawn = false;
    open_both();
    query.key = key;
    query.jitter_percent = 50;
    for (; key[5] < '8'; key[5]++) {
        const struct answer here = ask(&one, &query), there = ask(&two, &query);
        ck_assert_int_eq(here.entries.after.expires_ms, there.entries.after.expires_ms);
        drawn |= here.entries.after.expires_ms != TTL;
    }
    ck_assert(drawn);
}
END_TEST

static bool can_be_cancelled(void) {
    int state, same;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    pthread_setcancelstate(state, &same);
    return state == PTHREAD_CANCEL_ENABLE;
}

static void note_cancelling(void *arg) { *(bool *)arg = can_be_cancelled(); }

static enum t87s_status note_cancelling_inside(void *arg) {
    note_cancelling(arg);
    return T87S_OK;
}

START_TEST(a_thread_can_be_cancelled_in_its_fetch_but_not_in_the_store)
{
    bool in_store = true;
    static bool in_fetch;
    open_both();
    simple_store_stop(store, STORE_READ, note_cancelling, &in_store);
    source.inside = note_cancelling_inside;
    source.inside_arg = &in_fetch;
    EXPECT_ANSWER(ask(&one, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert(!in_store);
    ck_assert(in_fetch);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("what is near, over a store");
    TCase *stories = tcase_create("stories");
    tcase_add_checked_fixture(stories, setup, teardown);
    tcase_add_test(stories, a_lease_runs_out_by_itself);
    tcase_add_test(stories, what_is_not_kept_is_not_joined_too_early_either);
    tcase_add_test(stories, who_cannot_reach_the_store_joins_no_fetch_that_began_before);
    tcase_add_test(stories, without_the_store_many_still_wait_for_one_fetch);
    tcase_add_test(stories, what_came_while_nobody_vouched_is_not_served_later);
    tcase_add_test(stories, a_hit_in_the_store_is_told_as_an_entry);
    tcase_add_test(stories, a_dead_source_has_its_old_answer_from_the_store);
    tcase_add_test(stories, a_number_comes_from_the_store_with_and_without_a_near_tier);
    tcase_add_test(stories, a_query_beside_a_set_does_not_bring_back_what_was_before);
    tcase_add_test(stories, an_entry_of_the_store_is_judged_by_the_tags_of_who_asks);
    tcase_add_test(stories, who_joins_a_stale_answer_is_told_that_it_is);
    tcase_add_test(stories, a_refresh_in_line_does_not_take_the_same_from_the_store);
    tcase_add_test(stories, what_is_too_large_to_be_near_is_not_stale_for_ever);
    tcase_add_test(stories, what_is_gone_from_the_source_goes_from_the_store);
    tcase_add_test(stories, verification_repairs_the_store_as_well);
    tcase_add_test(stories, a_ttl_is_drawn_once_for_all);
    tcase_add_test(stories, a_thread_can_be_cancelled_in_its_fetch_but_not_in_the_store);
    suite_add_tcase(suite, stories);
    return run_suites(suite, NULL);
}
