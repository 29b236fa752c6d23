/* SPDX-License-Identifier: MIT */
/* invalidate(), as the originals test it: seven entries around a blog, and which of them a call leaves. */
#include "scene.h"
#include "suites.h"

#include <string.h>

static const char *const paths[] = {"posts",   "posts/1", "posts/1/comments/1", "posts/1/comments/2",
                                    "posts/2", "users/1"};
enum { PATHS = sizeof paths / sizeof *paths };

static struct scene scene;
static struct source source = {.text = "value"};

/* One entry for each path, its key is the path; and "both", which carries posts/1 and users/1. */
static void begin(void) {
    scene_init(&scene);
    scene_open(&scene);
    for (int i = 0; i < PATHS; i++) {
        struct t87s_tag tag = tag_of(paths[i]);
        struct t87s_query query = query_of(paths[i], &source, &tag);
        ask(&scene, &query);
    }
    struct t87s_tag tags[] = {tag_of("posts/1"), tag_of("users/1")};
    struct t87s_query both = query_of("both", &source, tags);
    both.n_tags = 2;
    ask(&scene, &both);
}

static void expect_left(const char *const *left) {
    for (int i = 0; i <= PATHS; i++) {
        const char *key = i < PATHS ? paths[i] : "both";
        bool expected = false;
        for (const char *const *at = left; *at; at++)
            expected |= strcmp(*at, key) == 0;
        ck_assert_msg((get(&scene, key).status == T87S_OK) == expected, "%s is %s", key, expected ? "gone" : "left");
    }
    scene_close(&scene);
}
#define EXPECT_LEFT(...) expect_left((const char *const[]){__VA_ARGS__, NULL})
#define EXPECT_NONE_LEFT() expect_left((const char *const[]){NULL})

START_TEST(the_tag_itself_is_invalidated)
{
    begin();
    invalidate(&scene, "posts/2", 0);
    EXPECT_LEFT("posts", "posts/1", "posts/1/comments/1", "posts/1/comments/2", "users/1", "both");
}
END_TEST

START_TEST(a_post_takes_its_comments_along)
{
    begin();
    invalidate(&scene, "posts/1", 0);
    EXPECT_LEFT("posts", "posts/2", "users/1");
}
END_TEST

START_TEST(the_root_of_a_tree_takes_all_of_it)
{
    begin();
    invalidate(&scene, "posts", 0);
    EXPECT_LEFT("users/1");
}
END_TEST

START_TEST(several_tags_are_invalidated_at_once)
{
    begin();
    struct t87s_tag tags[] = {tag_of("posts/2"), tag_of("users/1"), tag_of("posts/1/comments/2")};
    ck_assert_int_eq(t87s_invalidate(scene.cache, tags, 3, 0), T87S_OK);
    EXPECT_LEFT("posts", "posts/1", "posts/1/comments/1");
}
END_TEST

START_TEST(one_bad_tag_among_several_invalidates_nothing)
{
    begin();
    struct t87s_tag tags[] = {tag_of("posts"), {.size = 0}};
    ck_assert_int_eq(t87s_invalidate(scene.cache, tags, 2, 0), T87S_E_INVALID);
    EXPECT_LEFT("posts", "posts/1", "posts/1/comments/1", "posts/1/comments/2", "posts/2", "users/1", "both");
}
END_TEST

START_TEST(an_entry_with_several_tags_goes_with_any_of_them)
{
    begin();
    invalidate(&scene, "users", 0);
    EXPECT_LEFT("posts", "posts/1", "posts/1/comments/1", "posts/1/comments/2", "posts/2");
}
END_TEST

START_TEST(one_tag_of_several_leaves_the_others)
{
    begin();
    invalidate(&scene, "posts/1/comments/1", 0);
    EXPECT_LEFT("posts", "posts/1", "posts/1/comments/2", "posts/2", "users/1", "both");
}
END_TEST

START_TEST(exact_does_not_reach_children)
{
    begin();
    invalidate(&scene, "posts", T87S_EXACT);
    EXPECT_LEFT("posts/1", "posts/1/comments/1", "posts/1/comments/2", "posts/2", "users/1", "both");
}
END_TEST

START_TEST(exact_hits_only_the_identical_tag)
{
    begin();
    invalidate(&scene, "posts/1", T87S_EXACT);
    EXPECT_LEFT("posts", "posts/1/comments/1", "posts/1/comments/2", "posts/2", "users/1");
}
END_TEST

START_TEST(all_roots_together_leave_nothing)
{
    begin();
    struct t87s_tag tags[] = {tag_of("posts"), tag_of("users")};
    ck_assert_int_eq(t87s_invalidate(scene.cache, tags, 2, 0), T87S_OK);
    EXPECT_NONE_LEFT();
}
END_TEST

int main(void) {
    return run_suites(suite_of("invalidation", the_tag_itself_is_invalidated, a_post_takes_its_comments_along,
                               the_root_of_a_tree_takes_all_of_it, several_tags_are_invalidated_at_once,
                               one_bad_tag_among_several_invalidates_nothing,
                               an_entry_with_several_tags_goes_with_any_of_them, one_tag_of_several_leaves_the_others,
                               exact_does_not_reach_children, exact_hits_only_the_identical_tag,
                               all_roots_together_leave_nothing, NULL),
                      NULL);
}
