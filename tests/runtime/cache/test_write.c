/* SPDX-License-Identifier: MIT */
/* set, get, delete, clear, invalidate and tokens, one call after another. */
#include <string.h>

#include "fake_clock.h"
#include "fault_allocator.h"
#include "rooms.h"
#include "source.h"
#include "suites.h"

static struct t87s_cache *cache;
static struct fake_clock fake;
static struct fault_allocator heap;

static atomic_int clock_reads; /* background threads read it, too */

static int64_t count_and_read(void *arg) {
    clock_reads++;
    return atomic_load(&((struct fake_clock *)arg)->now_ms);
}

static void setup(void) {
    fake_clock_init(&fake, 0);
    fake.clock = (struct t87s_clock){count_and_read, &fake};
    fault_allocator_init(&heap, FAULT_NEVER, true);
    struct t87s_options options = {.clock = &fake.clock, .allocator = &heap.allocator, .capacity_bytes = 1 << 20};
    ck_assert_int_eq(t87s_open(&options, &cache), T87S_OK);
}

static void teardown(void) {
    t87s_close(cache);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}

static enum t87s_status invalidate_tag(const char *words, unsigned flags) {
    struct t87s_tag tag = tag_of(words);
    return t87s_invalidate(cache, &tag, 1, flags);
}

static enum t87s_status set_tagged(const char *key, const char *text, const char *words, struct t87s_token token) {
    struct t87s_tag tag = tag_of(words);
    return set_text(cache, key, text, &(struct t87s_set_options){.tags = &tag, .n_tags = 1, .token = token});
}

START_TEST(what_was_set_is_got_until_it_is_set_again_or_deleted)
{
    expect_get(cache, "k", NULL);
    ck_assert_int_eq(set_text(cache, "k", "one", NULL), T87S_OK);
    expect_get(cache, "k", "one");
    ck_assert_int_eq(set_text(cache, "k", "two", NULL), T87S_OK);
    expect_get(cache, "k", "two");
    ck_assert_int_eq(t87s_delete(cache, "k", 1), T87S_OK);
    expect_get(cache, "k", NULL);
    ck_assert_int_eq(t87s_delete(cache, "k", 1), T87S_OK); /* there was nothing */
}
END_TEST

START_TEST(a_value_is_a_copy_and_stays_while_it_is_held)
{
    char text[] = "before";
    ck_assert_int_eq(t87s_set(cache, "k", 1, text, 6, NULL), T87S_OK);
    memcpy(text, "AFTER!", 6);
    struct t87s_value value;
    ck_assert_int_eq(t87s_get(cache, "k", 1, &value), T87S_OK);
    ck_assert_int_eq(set_text(cache, "k", "other", NULL), T87S_OK);
    ck_assert_int_eq(t87s_delete(cache, "k", 1), T87S_OK);
    ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    ck_assert_str_eq(value.data, "before");
    t87s_value_release(&value);
}
END_TEST

START_TEST(a_set_answers_a_query_without_a_fetch)
{
    ck_assert_int_eq(set_text(cache, "k", "set", NULL), T87S_OK);
    struct source source = {.text = "fetched"};
    struct t87s_query query = query_of("k", &source);
    expect_answer(cache, &query, "set", T87S_FRESH);
    ck_assert_int_eq(source.fetches, 0);
    ck_assert_int_eq(t87s_delete(cache, "k", 1), T87S_OK);
    expect_answer(cache, &query, "fetched", T87S_FETCHED);
    expect_get(cache, "k", "fetched");
}
END_TEST

START_TEST(a_set_lives_as_long_as_its_ttl)
{
    static const struct {
        int64_t ttl, last_fresh;
    } rows[] = {{100, 99}, {1, 0}, {0, 29999}, {INT64_MAX, INT64_MAX - 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        atomic_store(&fake.now_ms, 0);
        ck_assert_int_eq(set_text(cache, "k", "v", &(struct t87s_set_options){.ttl_ms = rows[i].ttl}), T87S_OK);
        atomic_store(&fake.now_ms, rows[i].last_fresh);
        expect_get(cache, "k", "v");
        atomic_store(&fake.now_ms, rows[i].last_fresh + 1);
        expect_get(cache, "k", NULL);
        ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    }
    atomic_store(&fake.now_ms, 0);
    ck_assert_int_eq(set_text(cache, "k", "v", &(struct t87s_set_options){.ttl_ms = T87S_NONE}), T87S_OK);
    expect_get(cache, "k", NULL);
}
END_TEST

START_TEST(a_get_gives_nothing_stale_and_a_query_marks_it)
{
    struct t87s_set_options options = {.ttl_ms = 100, .grace_ms = 50};
    ck_assert_int_eq(set_text(cache, "k", "v", &options), T87S_OK);
    fake_clock_advance(&fake, 100);
    expect_get(cache, "k", NULL);
    static struct source source = {.text = "v"}; /* a background fetch may ask it until the close */
    struct t87s_query query = query_of("k", &source);
    query.grace_ms = 100;
    expect_answer(cache, &query, "v", T87S_STALE);
}
END_TEST

START_TEST(a_kept_not_found_is_got_as_such)
{
    struct source source = {.status = T87S_NOT_FOUND};
    struct t87s_query query = query_of("k", &source);
    query.negative_ms = 100;
    expect_answer(cache, &query, NULL, T87S_FETCHED);
    expect_answer(cache, &query, NULL, T87S_NEGATIVE);
    struct t87s_value value;
    ck_assert_int_eq(t87s_get(cache, "k", 1, &value), T87S_NOT_FOUND);
    ck_assert_ptr_null(value.data);
    fake_clock_advance(&fake, 100);
    ck_assert_int_eq(t87s_get(cache, "k", 1, &value), T87S_MISS);
    ck_assert_int_eq(source.fetches, 1);
}
END_TEST

START_TEST(a_clear_takes_everything_and_nothing_that_comes_later)
{
    char key[] = "k0";
    for (int i = 0; i < 10; i++, key[1]++)
        ck_assert_int_eq(set_text(cache, key, "v", NULL), T87S_OK);
    ck_assert_uint_eq(stats_of(cache).entries, 10);
    ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    ck_assert_uint_eq(stats_of(cache).entries, 0);
    ck_assert_uint_eq(stats_of(cache).bytes_entries, 0);
    ck_assert_uint_eq(stats_of(cache).tag_nodes, 0);
    ck_assert_int_eq(set_text(cache, "k0", "later", NULL), T87S_OK);
    expect_get(cache, "k0", "later");
    ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    ck_assert_int_eq(t87s_clear(cache), T87S_OK);
}
END_TEST

START_TEST(an_invalidation_reaches_what_carries_the_tag)
{
    static const struct {
        const char *carried, *invalidated;
        unsigned flags;
        bool reached;
    } rows[] = {
        {"users/42/posts/7", "users/42", 0, true},
        {"users/42/posts/7", "users", T87S_SOFT, true},
        {"users/42/posts/7", "users/42/posts/7", T87S_EXACT, true},
        {"users/42/posts/7", "users/42", T87S_EXACT, false},
        {"users/42/posts/7", "users/42/posts/7/x", 0, false},
        {"users/42/posts/7", "users/43", 0, false},
        {"users/42/posts/7", "users/'42'", 0, false},
        {"users/'exact'", "users", T87S_EXACT, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_int_eq(set_tagged("k", "v", rows[i].carried, (struct t87s_token){0}), T87S_OK);
        ck_assert_int_eq(invalidate_tag(rows[i].invalidated, rows[i].flags), T87S_OK);
        expect_get(cache, "k", rows[i].reached ? NULL : "v");
    }
}
END_TEST

START_TEST(an_invalidation_of_several_tags_reaches_what_carries_any)
{
    struct t87s_tag tags[] = {tag_of("a/1"), tag_of("b/2"), tag_of("c/3")};
    ck_assert_int_eq(set_tagged("a", "v", "a/1", (struct t87s_token){0}), T87S_OK);
    ck_assert_int_eq(set_tagged("c", "v", "c/3/x", (struct t87s_token){0}), T87S_OK);
    ck_assert_int_eq(set_tagged("d", "v", "d/4", (struct t87s_token){0}), T87S_OK);
    ck_assert_int_eq(t87s_invalidate(cache, tags, 3, 0), T87S_OK);
    expect_get(cache, "a", NULL);
    expect_get(cache, "c", NULL);
    expect_get(cache, "d", "v");
    struct t87s_stats stats = stats_of(cache);
    ck_assert_uint_eq(stats.invalidations, 3);
    ck_assert_uint_eq(stats.invalidations_unknown, 1);
}
END_TEST

START_TEST(only_a_soft_invalidation_reads_the_clock)
{
    ck_assert_int_eq(set_tagged("k", "v", "a/1", (struct t87s_token){0}), T87S_OK);
    clock_reads = 0;
    ck_assert_int_eq(invalidate_tag("a/1", T87S_EXACT), T87S_OK);
    ck_assert_int_eq(invalidate_tag("a", 0), T87S_OK);
    ck_assert_int_eq(clock_reads, 0);
    ck_assert_int_eq(invalidate_tag("a", T87S_SOFT), T87S_OK);
    ck_assert_int_eq(clock_reads, 1);
}
END_TEST

START_TEST(a_token_is_younger_than_every_token_before)
{
    uint64_t last = 0;
    for (int i = 0; i < 100; i++) {
        uint64_t stamp = t87s_token(cache).stamp;
        ck_assert_uint_gt(stamp, last);
        last = stamp;
    }
}
END_TEST

START_TEST(one_token_may_set_a_key_twice)
{
    struct t87s_token token = t87s_token(cache);
    ck_assert_int_eq(set_tagged("k", "one", "a/1", token), T87S_OK);
    expect_get(cache, "k", "one");
    ck_assert_int_eq(set_tagged("k", "two", "a/1", token), T87S_OK);
    expect_get(cache, "k", "two");
}
END_TEST

START_TEST(an_old_token_is_quietly_not_kept_and_leaves_what_is_younger)
{
    struct t87s_token token = t87s_token(cache);
    ck_assert_int_eq(set_tagged("k", "young", "a/1", (struct t87s_token){0}), T87S_OK);
    ck_assert_int_eq(set_tagged("k", "old", "a/1", token), T87S_OK);
    expect_get(cache, "k", "young");
    token = t87s_token(cache);
    ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    ck_assert_int_eq(set_tagged("k", "old", "a/1", token), T87S_OK);
    expect_get(cache, "k", NULL);
    ck_assert_uint_eq(stats_of(cache).not_kept_outdated, 2);
}
END_TEST

START_TEST(a_softly_invalidated_token_is_kept_as_stale)
{
    struct t87s_tag tag = tag_of("a/1");
    struct t87s_set_options options = {.tags = &tag, .n_tags = 1, .grace_ms = 100, .token = t87s_token(cache)};
    ck_assert_int_eq(set_tagged("other", "v", "a/1", (struct t87s_token){0}), T87S_OK); /* so that the tag is known */
    ck_assert_int_eq(invalidate_tag("a/1", T87S_SOFT), T87S_OK);
    ck_assert_int_eq(set_text(cache, "k", "v", &options), T87S_OK);
    expect_get(cache, "k", NULL);
    static struct source source = {.text = "v"}; /* a background fetch may ask it until the close */
    struct t87s_query query = query_of("k", &source);
    query.grace_ms = 100;
    expect_answer(cache, &query, "v", T87S_STALE);
}
END_TEST

START_TEST(a_token_that_missed_several_soft_invalidations_is_not_kept)
{
    struct t87s_tag tag = tag_of("a/1");
    struct t87s_set_options options = {.tags = &tag, .n_tags = 1, .grace_ms = 100, .token = t87s_token(cache)};
    ck_assert_int_eq(set_tagged("other", "v", "a/1", (struct t87s_token){0}), T87S_OK); /* so that the tag is known */
    ck_assert_int_eq(invalidate_tag("a/1", T87S_SOFT), T87S_OK);
    fake_clock_advance(&fake, 5000);
    ck_assert_int_eq(invalidate_tag("a/1", T87S_SOFT), T87S_OK);
    ck_assert_int_eq(set_text(cache, "k", "v", &options), T87S_OK);
    static struct source source = {.text = "fresh"};
    struct t87s_query query = query_of("k", &source);
    query.grace_ms = 100;
    expect_answer(cache, &query, "fresh", T87S_FETCHED); /* its grace ended 100 ms after the first */
}
END_TEST

START_TEST(a_token_remembers_the_first_soft_invalidation_it_missed)
{
    struct t87s_tag tag = tag_of("a/1");
    struct t87s_set_options options = {.tags = &tag, .n_tags = 1, .grace_ms = 6000, .token = t87s_token(cache)};
    ck_assert_int_eq(set_tagged("other", "v", "a/1", (struct t87s_token){0}), T87S_OK); /* so that the tag is known */
    ck_assert_int_eq(invalidate_tag("a/1", T87S_SOFT), T87S_OK);
    fake_clock_advance(&fake, 5000);
    ck_assert_int_eq(set_text(cache, "k", "v", &options), T87S_OK);
    ck_assert_int_eq(invalidate_tag("a/1", T87S_SOFT), T87S_OK);
    fake_clock_advance(&fake, 1000);
    static struct source source = {.text = "fresh"};
    struct t87s_query query = query_of("k", &source);
    query.grace_ms = 6000;
    expect_answer(cache, &query, "fresh", T87S_FETCHED);
}
END_TEST

START_TEST(without_memory_a_set_says_so_and_leaves_the_key_as_deleted)
{
    ck_assert_int_eq(set_text(cache, "k", "old", NULL), T87S_OK);
    atomic_store(&heap.until_failure, 0);
    ck_assert_int_eq(set_text(cache, "k", "new", NULL), T87S_E_NOMEM);
    expect_get(cache, "k", NULL);
    ck_assert_uint_eq(stats_of(cache).not_kept_no_memory, 1);
    ck_assert_int_eq(t87s_delete(cache, "k", 1), T87S_OK); /* these need none */
    ck_assert_int_eq(invalidate_tag("a/1", 0), T87S_OK);
    ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    atomic_store(&heap.until_failure, FAULT_NEVER);
    ck_assert_int_eq(set_text(cache, "k", "new", NULL), T87S_OK);
    expect_get(cache, "k", "new");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("writes");
    TCase *tests = tcase_create("writes");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, what_was_set_is_got_until_it_is_set_again_or_deleted);
    tcase_add_test(tests, a_value_is_a_copy_and_stays_while_it_is_held);
    tcase_add_test(tests, a_set_answers_a_query_without_a_fetch);
    tcase_add_test(tests, a_set_lives_as_long_as_its_ttl);
    tcase_add_test(tests, a_get_gives_nothing_stale_and_a_query_marks_it);
    tcase_add_test(tests, a_kept_not_found_is_got_as_such);
    tcase_add_test(tests, a_clear_takes_everything_and_nothing_that_comes_later);
    tcase_add_test(tests, an_invalidation_reaches_what_carries_the_tag);
    tcase_add_test(tests, an_invalidation_of_several_tags_reaches_what_carries_any);
    tcase_add_test(tests, only_a_soft_invalidation_reads_the_clock);
    tcase_add_test(tests, a_token_is_younger_than_every_token_before);
    tcase_add_test(tests, one_token_may_set_a_key_twice);
    tcase_add_test(tests, an_old_token_is_quietly_not_kept_and_leaves_what_is_younger);
    tcase_add_test(tests, a_softly_invalidated_token_is_kept_as_stale);
    tcase_add_test(tests, a_token_remembers_the_first_soft_invalidation_it_missed);
    tcase_add_test(tests, a_token_that_missed_several_soft_invalidations_is_not_kept);
    tcase_add_test(tests, without_memory_a_set_says_so_and_leaves_the_key_as_deleted);
    return run_suites(suite, NULL);
}
