/* SPDX-License-Identifier: MIT
 *
 * What a store says of the way it is run, and what a cache says of its store: none of it changes an answer.
 */
#include <string.h>

#include "real_clock.h"
#include "scene.h"
#include "simple_store.h"
#include "suites.h"

static struct simple_store *store;
static struct scene scene;
static struct source source;
static struct t87s_tag user;
static struct t87s_query query;

static void setup(void) {
    scene_init(&scene);
    store = simple_store_open(&scene.clock.clock);
    scene.options.store = simple_store_base(store);
    source = (struct source){.text = "Ada"};
    user = tag_of("users/7");
    query = query_of("user:7", &source, &user);
}

static void teardown(void) {
    scene_close(&scene);
    t87s_store_close(simple_store_base(store));
}

static const struct t87s_store_advice eviction = {"eviction", "Tags may be evicted."},
                                      other_eviction = {"eviction", "All may be evicted."},
                                      clock_steps = {"clock", "The clock went back."};

static void advise(const struct t87s_store_advice *first, const struct t87s_store_advice *second) {
    struct t87s_store_advice both[2];
    size_t n = 0;
    if (first)
        both[n++] = *first;
    if (second)
        both[n++] = *second;
    simple_store_advise(store, both, n);
}

START_TEST(advice_is_kept_until_it_is_replaced)
{
    struct t87s_advice rows[3] = {0};
    scene_open(&scene);
    ck_assert_uint_eq(t87s_stats_advice(scene.cache, rows, 3), 0);
    advise(&eviction, &clock_steps);
    ck_assert_uint_eq(t87s_stats_advice(scene.cache, NULL, 0), 2);
    ck_assert_uint_eq(scene_stats(&scene).store_advice, 2);
    ck_assert_uint_eq(t87s_stats_advice(scene.cache, rows, 1), 2);
    ck_assert_str_eq(rows[0].code, "eviction");
    ck_assert_str_eq(rows[0].text, "Tags may be evicted.");
    ck_assert_str_eq(rows[1].code, ""); /* there was no room */
    advise(&clock_steps, NULL);
    ck_assert_uint_eq(t87s_stats_advice(scene.cache, rows, 3), 1);
    ck_assert_str_eq(rows[0].code, "clock");
    ck_assert_uint_eq(scene_stats(&scene).store_advice, 1);
}
END_TEST

START_TEST(the_tracer_hears_what_is_new_and_what_is_over)
{
    scene_open(&scene);
    advise(&eviction, NULL);
    advise(&eviction, NULL); /* nothing new */
    advise(&eviction, &clock_steps);
    advise(&other_eviction, NULL);
    advise(NULL, NULL);
    EXPECT_TRACE(&scene, "[   0] M store advice eviction: Tags may be evicted.\n"
                         "[   0] M store advice clock: The clock went back.\n"
                         "[   0] M store advice eviction: All may be evicted.\n"
                         "[   0] M store advice clock: no longer\n"
                         "[   0] M store advice eviction: no longer\n");
}
END_TEST

START_TEST(advice_that_is_too_long_or_too_much_is_cut)
{
    enum { MANY = 40 };
    struct t87s_store_advice many[MANY];
    struct t87s_advice rows[MANY];
    char text[400];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (size_t i = 0; i < MANY; i++)
        many[i] = (struct t87s_store_advice){text, text};
    scene_open(&scene);
    simple_store_advise(store, many, MANY);
    ck_assert_uint_eq(t87s_stats_advice(scene.cache, rows, MANY), 16);
    ck_assert_uint_eq(strlen(rows[15].code), sizeof rows->code - 1);
    ck_assert_uint_eq(strlen(rows[15].text), sizeof rows->text - 1);
}
END_TEST

START_TEST(a_cache_without_a_store_has_no_advice)
{
    scene.options.store = NULL;
    scene_open(&scene);
    ck_assert_uint_eq(t87s_stats_advice(scene.cache, NULL, 0), 0);
    ck_assert_uint_eq(t87s_stats_advice(NULL, NULL, 0), 0);
}
END_TEST

START_TEST(the_text_names_the_advice_that_holds)
{
    struct t87s_buffer text = {0};
    scene_open(&scene);
    advise(&clock_steps, NULL);
    ck_assert_int_eq(t87s_stats_openmetrics(scene.cache, &text), T87S_OK);
    ck_assert_int_eq(t87s_buffer_append(&text, "", 1), T87S_OK);
    ck_assert_ptr_nonnull(strstr((const char *)text.data, "\nt87s_store_advice{cache=\"t87s\",code=\"clock\"} 1\n"));
    t87s_buffer_release(&text);
}
END_TEST

START_TEST(a_store_may_ask_what_was_counted)
{
    struct t87s_stats stats;
    struct t87s_query_stats row;
    size_t n;
    scene_open(&scene);
    ask(&scene, &query);
    ask(&scene, &query);
    ck_assert_ptr_null(simple_store_report(store, &stats, &row, 1, &n)); /* no schema */
    ck_assert_uint_eq(n, 1);
    ck_assert_uint_eq(stats.fresh_hits, 1);
    ck_assert_uint_eq(stats.fetches, 1);
    ck_assert_uint_eq(stats.store_reads, 1);
    ck_assert_str_eq(row.name, "(by hand)");
    ck_assert_uint_eq(row.fresh_hits, 1);
}
END_TEST

START_TEST(a_store_may_ask_until_it_is_detached)
{
    const struct t87s_tag tag = tag_of("users/7");
    scene_open(&scene);
    simple_store_fail_marks(store, true);
    ck_assert_int_eq(t87s_invalidate(scene.cache, &tag, 1, 0), T87S_PARTIAL);
    scene_close(&scene);
    ck_assert_uint_eq(simple_store_last(store).store_pending, 1);
    ck_assert_uint_eq(simple_store_last(store).invalidations, 1);
    scene_open(&scene);
}
END_TEST

/* ---- the bound ---- */

START_TEST(the_numbers_show_how_long_what_is_near_may_be_served)
{
    simple_store_base(store)->bound_ms = 5000;
    simple_store_vouch(store, now_ms() + 5000);
    scene_open(&scene);
    ck_assert_uint_eq(scene_stats(&scene).store_bound_ms, 5000);
    const uint64_t vouched = scene_stats(&scene).store_vouched_ms;
    ck_assert_uint_le(vouched, 5000);
    ck_assert_uint_gt(vouched, 3000);
    fake_clock_advance(&scene.clock, 1000);
    ck_assert_uint_eq(scene_stats(&scene).store_vouched_ms, vouched - 1000);
    fake_clock_advance(&scene.clock, 4000);
    ck_assert_uint_eq(scene_stats(&scene).store_vouched_ms, 0); /* nobody vouched any more */
}
END_TEST

START_TEST(who_keeps_nothing_here_needs_nobody_to_vouch)
{
    simple_store_base(store)->bound_ms = 5000;
    simple_store_base(store)->near_off = true;
    scene_open(&scene);
    ck_assert_uint_eq(scene_stats(&scene).store_bound_ms, 0);
    ck_assert_uint_eq(scene_stats(&scene).store_vouched_ms, 0);
}
END_TEST

START_TEST(what_is_heard_and_what_may_have_been_missed_is_counted)
{
    scene_open(&scene);
    ask(&scene, &query);
    invalidate(&scene, "users/7", 0);
    ck_assert_uint_eq(scene_stats(&scene).store_heard, 1); /* its own, too */
    ck_assert_int_eq(t87s_delete(scene.cache, "user:7", 6), T87S_OK);
    ck_assert_uint_eq(scene_stats(&scene).store_heard, 2);
    ck_assert_uint_eq(scene_stats(&scene).store_losses, 0);
    ck_assert_int_eq(t87s_clear(scene.cache), T87S_OK);
    ck_assert_uint_eq(scene_stats(&scene).store_losses, 1);
}
END_TEST

START_TEST(calls_that_take_too_long_are_counted_apart)
{
    scene_open(&scene);
    ask(&scene, &query);
    simple_store_fail(store, T87S_E_STORE);
    ck_assert_int_eq(t87s_invalidate(scene.cache, &user, 1, 0), T87S_PARTIAL);
    ck_assert_uint_eq(scene_stats(&scene).store_timeouts, 0);
    simple_store_fail(store, T87S_E_TIMEOUT);
    query.key = "user:8";
    ask(&scene, &query);
    ck_assert_uint_ge(scene_stats(&scene).store_read_errors, 1);
    ck_assert_uint_ge(scene_stats(&scene).store_timeouts, 1);
    simple_store_fail(store, T87S_OK);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("what a store says of itself");
    TCase *stories = tcase_create("stories");
    tcase_add_checked_fixture(stories, setup, teardown);
    tcase_add_test(stories, advice_is_kept_until_it_is_replaced);
    tcase_add_test(stories, the_tracer_hears_what_is_new_and_what_is_over);
    tcase_add_test(stories, advice_that_is_too_long_or_too_much_is_cut);
    tcase_add_test(stories, a_cache_without_a_store_has_no_advice);
    tcase_add_test(stories, the_text_names_the_advice_that_holds);
    tcase_add_test(stories, a_store_may_ask_what_was_counted);
    tcase_add_test(stories, a_store_may_ask_until_it_is_detached);
    tcase_add_test(stories, the_numbers_show_how_long_what_is_near_may_be_served);
    tcase_add_test(stories, who_keeps_nothing_here_needs_nobody_to_vouch);
    tcase_add_test(stories, what_is_heard_and_what_may_have_been_missed_is_counted);
    tcase_add_test(stories, calls_that_take_too_long_are_counted_apart);
    suite_add_tcase(suite, stories);
    return run_suites(suite, NULL);
}
