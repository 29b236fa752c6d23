/* SPDX-License-Identifier: MIT */
/* The blog of the originals: what each read costs, and what each invalidation makes it cost again. */
#include "fake_clock.h"
#include "suites.h"

#include "source.h"

static struct fake_clock fake;
static struct blog blog;
static struct original_cache *cache;

static void read_all(void) {
    struct t87s_value value;
    uint64_t config;
    ck_assert_int_eq(original_get_user(cache, "u1", &value), T87S_OK);
    t87s_value_release(&value);
    ck_assert_int_eq(original_get_post(cache, "p1", "a1", &value), T87S_OK);
    t87s_value_release(&value);
    ck_assert_int_eq(original_get_comment(cache, "p1", "c1", &value), T87S_OK);
    t87s_value_release(&value);
    ck_assert_int_eq(original_get_comment(cache, "p1", "c2", &value), T87S_OK);
    t87s_value_release(&value);
    ck_assert_int_eq(original_get_config(cache, &config), T87S_OK);
}

/* Reads everything; how often each source was asked since the last time. */
static void expect_fetches(unsigned users, unsigned posts, unsigned comments, unsigned configs) {
    blog = (struct blog){.version = blog.version + 1};
    read_all();
    ck_assert_uint_eq(blog.users, users);
    ck_assert_uint_eq(blog.posts, posts);
    ck_assert_uint_eq(blog.comments, comments);
    ck_assert_uint_eq(blog.configs, configs);
}

static void begin(void) {
    struct t87s_options options = {.clock = &fake.clock};
    fake_clock_init(&fake, 0);
    blog = (struct blog){.version = 1};
    ck_assert_int_eq(original_open(&options, &blog, &cache), T87S_OK);
    expect_fetches(1, 1, 2, 1);
}

START_TEST(first_reads_fetch_once_each_and_second_reads_fetch_nothing)
{
    begin();
    expect_fetches(0, 0, 0, 0);
    original_close(cache);
}
END_TEST

START_TEST(invalidating_the_profile_of_a_user_refetches_nothing_of_the_blog)
{
    begin();
    ck_assert_int_eq(original_invalidate(cache, original_tag_users_profile("u1")), T87S_OK);
    expect_fetches(0, 0, 0, 0);
    original_close(cache);
}
END_TEST

START_TEST(invalidating_a_user_refetches_the_user_alone)
{
    begin();
    ck_assert_int_eq(original_invalidate(cache, original_tag_users("u1")), T87S_OK);
    expect_fetches(1, 0, 0, 0);
    expect_fetches(0, 0, 0, 0);
    original_close(cache);
}
END_TEST

/* get_post also carries users(author).posts(id), which lies below the author. */
START_TEST(invalidating_an_author_refetches_his_post)
{
    begin();
    ck_assert_int_eq(original_invalidate_exact(cache, original_tag_users("a1")), T87S_OK);
    expect_fetches(0, 0, 0, 0);
    ck_assert_int_eq(original_invalidate(cache, original_tag_users("a1")), T87S_OK);
    expect_fetches(0, 1, 0, 0);
    original_close(cache);
}
END_TEST

START_TEST(invalidating_another_user_refetches_nothing)
{
    begin();
    ck_assert_int_eq(original_invalidate(cache, original_tag_users("u2")), T87S_OK);
    expect_fetches(0, 0, 0, 0);
    original_close(cache);
}
END_TEST

START_TEST(invalidating_a_post_refetches_the_post_and_its_comments)
{
    begin();
    ck_assert_int_eq(original_invalidate(cache, original_tag_posts("p1")), T87S_OK);
    expect_fetches(0, 1, 2, 0);
    expect_fetches(0, 0, 0, 0);
    original_close(cache);
}
END_TEST

START_TEST(invalidating_the_posts_of_a_user_refetches_his_post_and_no_comment)
{
    begin();
    ck_assert_int_eq(original_invalidate(cache, original_tag_users_posts_all("a1")), T87S_OK);
    expect_fetches(0, 1, 0, 0);
    original_close(cache);
}
END_TEST

START_TEST(invalidating_a_comment_refetches_that_comment)
{
    begin();
    ck_assert_int_eq(original_invalidate(cache, original_tag_posts_comments("p1", "c1")), T87S_OK);
    expect_fetches(0, 0, 1, 0);
    original_close(cache);
}
END_TEST

START_TEST(invalidating_the_config_refetches_the_config)
{
    begin();
    ck_assert_int_eq(original_invalidate(cache, original_tag_config()), T87S_OK);
    expect_fetches(0, 0, 0, 1);
    original_close(cache);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("the blog", first_reads_fetch_once_each_and_second_reads_fetch_nothing,
                 invalidating_the_profile_of_a_user_refetches_nothing_of_the_blog,
                 invalidating_a_user_refetches_the_user_alone, invalidating_an_author_refetches_his_post,
                 invalidating_another_user_refetches_nothing, invalidating_a_post_refetches_the_post_and_its_comments,
                 invalidating_the_posts_of_a_user_refetches_his_post_and_no_comment,
                 invalidating_a_comment_refetches_that_comment, invalidating_the_config_refetches_the_config, NULL),
        NULL);
}
