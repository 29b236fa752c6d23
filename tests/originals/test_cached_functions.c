/* SPDX-License-Identifier: MIT */
/* Cached functions, which are the wrappers of a generated header, as the originals test them. */
#include "fake_clock.h"
#include "program.h"
#include "suites.h"

#include "source.h"

#include <stdio.h>

static struct fake_clock fake;
static struct blog blog;
static struct original_cache *cache;

static void begin(void) {
    struct t87s_options options = {.clock = &fake.clock};
    fake_clock_init(&fake, 0);
    blog = (struct blog){.version = 1};
    ck_assert_int_eq(original_open(&options, &blog, &cache), T87S_OK);
}

static void expect_text(enum t87s_status status, struct t87s_value *value, const char *text) {
    ck_assert_int_eq(status, T87S_OK);
    ck_assert_str_eq(value->data, text); /* a str is followed by a NUL */
    ck_assert_uint_eq(value->size, strlen(text));
    t87s_value_release(value);
}

static void expect_user(const char *id, const char *text) {
    struct t87s_value value;
    enum t87s_status status = original_get_user(cache, id, &value);
    expect_text(status, &value, text);
}

START_TEST(a_cached_function_returns_the_value)
{
    uint64_t config;
    begin();
    expect_user("u1", "user u1 v1");
    ck_assert_int_eq(original_get_config(cache, &config), T87S_OK);
    ck_assert_uint_eq(config, 1);
    original_close(cache);
}
END_TEST

START_TEST(a_cached_function_caches_by_its_arguments)
{
    begin();
    for (int i = 0; i < 3; i++) {
        expect_user("u1", "user u1 v1");
        expect_user("u2", "user u2 v1");
    }
    ck_assert_uint_eq(blog.users, 2);
    original_close(cache);
}
END_TEST

START_TEST(a_failure_reaches_the_caller)
{
    struct t87s_value value = {.data = "", .size = 1};
    uint64_t config;
    begin();
    blog.status = T87S_E_USER + 3;
    ck_assert_int_eq(original_get_user(cache, "u1", &value), T87S_E_USER + 3);
    ck_assert_ptr_null(value.data);
    blog.status = T87S_NOT_FOUND;
    ck_assert_int_eq(original_get_config(cache, &config), T87S_NOT_FOUND);
    original_close(cache);
}
END_TEST

/* What the originals refuse when the query is defined, t87sc refuses when it is compiled. */
static void expect_refused(const char *query, const char *const *said) {
    char schema[600];
    struct program_run run;
    int size = snprintf(schema, sizeof schema,
                        "schema wrong;\nroot {\n posts: Wild(post_id: u64) { comments: Wild(comment_id: u64); }\n "
                        "config: Static;\n}\n%s\n",
                        query);
    const struct program_options options = {.input = schema, .input_size = (size_t)size};
    t87sc_run(&run, &options, (const char *const[]){"check", "-", NULL});
    ck_assert_msg(run.exit_code == 1, "exit %d for %s", run.exit_code, query);
    for (; *said; said++)
        ck_assert_msg(strstr(run.err, *said) != NULL, "no \"%s\" in:\n%s", *said, run.err);
    program_run_free(&run);
}
#define EXPECT_REFUSED(query, ...) expect_refused(query, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(a_wrong_wild_count_is_refused_when_the_query_is_defined)
{
    EXPECT_REFUSED("cached q(post_id: u64) -> u64 tagged posts(post_id).comments();", "error", "posts(post_id",
                   "comments(comment_id");
    EXPECT_REFUSED("cached q(post_id: u64) -> u64 tagged posts().comments();", "error", "2 wilds", "(post_id: u64)");
    EXPECT_REFUSED("cached q(post_id: u64, extra: u64) -> u64 tagged posts(post_id);", "error", "1 wild", "extra",
                   "key extra");
    EXPECT_REFUSED("cached q(post_id: u64) -> u64 tagged config(post_id);", "error", "config");
    EXPECT_REFUSED("cached q(post_id: str) -> u64 tagged posts(post_id);", "error", "u64", "str");
    EXPECT_REFUSED("cached q(post_id: u64) -> u64 tagged pots(post_id);", "error", "pots", "posts");
}
END_TEST

START_TEST(a_typed_tag_invalidates)
{
    begin();
    expect_user("u1", "user u1 v1");
    expect_user("u2", "user u2 v1");
    blog.version = 2;
    ck_assert_int_eq(original_invalidate(cache, original_tag_users("u1")), T87S_OK);
    expect_user("u1", "user u1 v2");
    expect_user("u2", "user u2 v1");
    ck_assert_uint_eq(blog.users, 3);
    original_close(cache);
}
END_TEST

START_TEST(a_typed_tag_invalidates_what_two_queries_keep_below_it)
{
    struct t87s_value value;
    begin();
    expect_text(original_get_post(cache, "p1", "u1", &value), &value, "post p1 v1");
    expect_text(original_get_comment(cache, "p1", "c1", &value), &value, "comment c1 v1");
    blog.version = 2;
    ck_assert_int_eq(original_invalidate(cache, original_tag_posts("p1")), T87S_OK);
    expect_text(original_get_post(cache, "p1", "u1", &value), &value, "post p1 v2");
    expect_text(original_get_comment(cache, "p1", "c1", &value), &value, "comment c1 v2");
    original_close(cache);
}
END_TEST

START_TEST(a_static_tag_needs_no_parameter)
{
    uint64_t config;
    begin();
    ck_assert_int_eq(original_get_config(cache, &config), T87S_OK);
    blog.version = 2;
    ck_assert_int_eq(original_invalidate(cache, original_tag_config()), T87S_OK);
    ck_assert_int_eq(original_get_config(cache, &config), T87S_OK);
    ck_assert_uint_eq(config, 2);
    original_close(cache);
}
END_TEST

START_TEST(the_primitives_are_reachable_and_share_the_store)
{
    struct t87s_stats stats;
    struct t87s_tag tag;
    const struct t87s_segment segments[] = {T87S_STATIC("users"), T87S_WILD_STR("u1", 2)};
    begin();
    expect_user("u1", "user u1 v1");
    t87s_stats(original_primitives(cache), &stats);
    ck_assert_uint_eq(stats.entries, 1);
    blog.version = 2;
    ck_assert_int_eq(t87s_tag_make(&tag, 2, segments), T87S_OK); /* made by hand, it is the same tag */
    ck_assert_int_eq(t87s_invalidate(original_primitives(cache), &tag, 1, 0), T87S_OK);
    expect_user("u1", "user u1 v2");
    ck_assert_int_eq(t87s_clear(original_primitives(cache)), T87S_OK);
    expect_user("u1", "user u1 v2");
    ck_assert_uint_eq(blog.users, 3);
    original_close(cache);
}
END_TEST

/* The ttl as the schema's text says it. */
START_TEST(a_ttl_may_be_written_in_any_unit)
{
    static enum t87s_status (*const queries[])(struct original_cache *, const char *, uint64_t *,
                                               struct t87s_entries *) = {
        original_for_milliseconds_entries, original_for_seconds_entries, original_for_minutes_entries,
        original_for_hours_entries, original_for_a_day_entries};
    static const int64_t ttls[] = {250, 30000, 300000, 7200000, 86400000};
    struct t87s_entries entries;
    uint64_t value;
    begin();
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(queries[i](cache, "u1", &value, &entries), T87S_OK);
        ck_assert_int_eq(entries.after.expires_ms, ttls[i]);
    }
    ck_assert_uint_eq(blog.profiles, 5);
    fake_clock_advance(&fake, 249);
    ck_assert_int_eq(original_peek_for_milliseconds(cache, "u1", &value), T87S_OK);
    fake_clock_advance(&fake, 1);
    ck_assert_int_eq(original_peek_for_milliseconds(cache, "u1", &value), T87S_MISS);
    original_close(cache);
}
END_TEST

START_TEST(a_peek_never_fetches)
{
    struct t87s_value value;
    begin();
    ck_assert_int_eq(original_peek_get_user(cache, "u1", &value), T87S_MISS);
    expect_user("u1", "user u1 v1");
    expect_text(original_peek_get_user(cache, "u1", &value), &value, "user u1 v1");
    ck_assert_int_eq(original_invalidate_soft(cache, original_tag_users("u1")), T87S_OK);
    ck_assert_int_eq(original_peek_get_user(cache, "u1", &value), T87S_MISS);
    ck_assert_uint_eq(blog.users, 1);
    original_close(cache);
}
END_TEST

START_TEST(a_mutation_applies_and_then_invalidates)
{
    begin();
    expect_user("u1", "user u1 v1");
    ck_assert_int_eq(original_rename_user(cache, "u1", "Ada"), T87S_OK);
    ck_assert_uint_eq(blog.renames, 1);
    expect_user("u1", "user u1 v2");
    blog.status = T87S_E_USER;
    ck_assert_int_eq(original_rename_user(cache, "u1", "Bea"), T87S_E_USER);
    expect_user("u1", "user u1 v2"); /* it failed, so the answer stands */
    original_close(cache);
}
END_TEST

int main(void) {
    return run_suites(suite_of("cached functions", a_cached_function_returns_the_value,
                               a_cached_function_caches_by_its_arguments, a_failure_reaches_the_caller,
                               a_wrong_wild_count_is_refused_when_the_query_is_defined, a_typed_tag_invalidates,
                               a_typed_tag_invalidates_what_two_queries_keep_below_it, a_static_tag_needs_no_parameter,
                               the_primitives_are_reachable_and_share_the_store, a_ttl_may_be_written_in_any_unit,
                               a_peek_never_fetches, a_mutation_applies_and_then_invalidates, NULL),
                      NULL);
}
