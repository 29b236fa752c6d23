/* SPDX-License-Identifier: MIT */
/* The entries before and after a query, as the originals test them. */
#include "scene.h"
#include "suites.h"

#include <string.h>

static struct scene scene;
static struct source source;
static struct t87s_tag tags[2];
static struct t87s_query query;

static void begin(void) {
    source = (struct source){.text = "value"};
    tags[0] = tag_of("posts/1");
    tags[1] = tag_of("users/1");
    query = query_of("key", &source, tags);
    query.n_tags = 2;
    query.ttl_ms = 1000;
    query.grace_ms = 500;
    scene_init(&scene);
    scene_open(&scene);
    fake_clock_advance(&scene.clock, 10000);
}

static void expect_info(struct t87s_entry_info info, int64_t created_ms) {
    ck_assert(info.present);
    ck_assert_int_eq(info.created_ms, created_ms);
    ck_assert_int_eq(info.expires_ms, created_ms + 1000);
    ck_assert_int_eq(info.grace_until_ms, created_ms + 1500);
    ck_assert_uint_eq(info.n_tags, 2);
}

static void expect_same(struct t87s_entries entries) {
    ck_assert_int_eq(entries.before.created_ms, entries.after.created_ms);
    ck_assert_int_eq(entries.before.expires_ms, entries.after.expires_ms);
    ck_assert_int_eq(entries.before.grace_until_ms, entries.after.grace_until_ms);
    ck_assert_int_eq(entries.before.outcome, entries.after.outcome);
    ck_assert(entries.before.present && entries.after.present);
}

START_TEST(before_a_miss_there_is_no_entry)
{
    begin();
    struct t87s_entries entries = ask(&scene, &query).entries;
    ck_assert(!entries.before.present);
    ck_assert_int_eq(entries.before.created_ms, 0);
    ck_assert_int_eq(entries.after.outcome, T87S_FETCHED);
    ck_assert_int_eq(entries.after.reason, T87S_REASON_ABSENT);
    expect_info(entries.after, 10000);
    scene_close(&scene);
}
END_TEST

START_TEST(before_and_after_a_fresh_hit_are_equal)
{
    begin();
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 100);
    struct t87s_entries entries = ask(&scene, &query).entries;
    ck_assert_int_eq(entries.before.outcome, T87S_FRESH);
    expect_same(entries);
    expect_info(entries.before, 10000);
    scene_close(&scene);
}
END_TEST

START_TEST(before_and_after_a_stale_serve_are_equal)
{
    begin();
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 1000);
    struct t87s_entries entries = ask(&scene, &query).entries;
    ck_assert_int_eq(entries.before.outcome, T87S_STALE);
    ck_assert_int_eq(entries.before.reason, T87S_REASON_EXPIRED);
    expect_same(entries);
    expect_info(entries.before, 10000);
    scene_close(&scene);
}
END_TEST

START_TEST(before_and_after_an_expiry_and_refetch_are_different)
{
    begin();
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 1500);
    struct t87s_entries entries = ask(&scene, &query).entries;
    ck_assert_int_eq(entries.before.outcome, T87S_FETCHED);
    ck_assert_int_eq(entries.before.reason, T87S_REASON_EXPIRED);
    expect_info(entries.before, 10000);
    expect_info(entries.after, 11500);
    scene_close(&scene);
}
END_TEST

START_TEST(before_and_after_an_invalidation_and_refetch_are_different)
{
    begin();
    ask(&scene, &query);
    fake_clock_advance(&scene.clock, 100);
    invalidate(&scene, "users/1", 0);
    struct t87s_entries entries = ask(&scene, &query).entries;
    ck_assert_int_eq(entries.before.reason, T87S_REASON_INVALIDATED);
    ck_assert_int_eq(entries.before.created_ms, 10000);
    expect_info(entries.after, 10100);
    scene_close(&scene);
}
END_TEST

START_TEST(nobody_has_to_ask_for_entries)
{
    begin();
    struct t87s_value value;
    ck_assert_int_eq(t87s_query(scene.cache, &query, &value, NULL), T87S_OK);
    ck_assert_uint_eq(value.size, 5);
    t87s_value_release(&value);
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("entries", before_a_miss_there_is_no_entry, before_and_after_a_fresh_hit_are_equal,
                 before_and_after_a_stale_serve_are_equal, before_and_after_an_expiry_and_refetch_are_different,
                 before_and_after_an_invalidation_and_refetch_are_different, nobody_has_to_ask_for_entries, NULL),
        NULL);
}
