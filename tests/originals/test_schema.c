/* SPDX-License-Identifier: MIT */
/* The schema as a specification (which tags, how many wilds) and as a constructor of tags. */
#include "suites.h"

#include "source.h"

static void expect_path(struct original_tag tag, const char *path) {
    char text[600];
    ck_assert_int_eq(original_tag_format(tag, text, sizeof text), (int)strlen(path));
    ck_assert_str_eq(text, path);
}

START_TEST(a_wild_segment_alone_has_no_wild)
{
    ck_assert_int_eq(ORIGINAL_TAG_USERS_ALL_WILDS, 0);
    ck_assert_int_eq(ORIGINAL_TAG_POSTS_ALL_WILDS, 0);
}
END_TEST

START_TEST(a_wild_segment_with_its_wild_has_one)
{
    ck_assert_int_eq(ORIGINAL_TAG_USERS_WILDS, 1);
    ck_assert_int_eq(ORIGINAL_TAG_POSTS_WILDS, 1);
    ck_assert_int_eq(ORIGINAL_TAG_USERS_PROFILE_WILDS, 1);
}
END_TEST

START_TEST(a_chain_of_two_wilds_has_two)
{
    ck_assert_int_eq(ORIGINAL_TAG_USERS_POSTS_WILDS, 2);
    ck_assert_int_eq(ORIGINAL_TAG_POSTS_COMMENTS_WILDS, 2);
    ck_assert_int_eq(ORIGINAL_TAG_USERS_POSTS_COMMENTS_WILDS, 3);
}
END_TEST

START_TEST(a_static_segment_has_no_wild)
{ ck_assert_int_eq(ORIGINAL_TAG_CONFIG_WILDS, 0); }
END_TEST

START_TEST(a_query_has_as_many_parameters_as_the_most_wilds_of_its_tags)
{
    ck_assert_int_eq(ORIGINAL_GET_USER_PARAMS, 1);
    ck_assert_int_eq(ORIGINAL_GET_POST_PARAMS, 2);
    ck_assert_int_eq(ORIGINAL_GET_COMMENT_PARAMS, 2);
    ck_assert_int_eq(ORIGINAL_GET_CONFIG_PARAMS, 0);
}
END_TEST

START_TEST(a_segment_of_the_root_is_a_tag)
{
    expect_path(original_tag_users_all(), "users");
    expect_path(original_tag_posts_all(), "posts");
}
END_TEST

START_TEST(a_segment_with_an_id_is_a_tag)
{ expect_path(original_tag_users("u1"), "users/u1"); }
END_TEST

START_TEST(a_chain_of_two_ids_is_a_tag)
{
    expect_path(original_tag_users_posts("u1", "p1"), "users/u1/posts/p1");
    expect_path(original_tag_posts_comments("p1", "c1"), "posts/p1/comments/c1");
}
END_TEST

START_TEST(a_static_leaf_is_a_tag)
{
    expect_path(original_tag_config(), "config");
    expect_path(original_tag_users_profile("u1"), "users/u1/profile");
}
END_TEST

START_TEST(a_path_is_built_with_one_two_and_no_wilds)
{
    expect_path(original_tag_posts("p1"), "posts/p1");
    expect_path(original_tag_posts_comments("p1", "c1"), "posts/p1/comments/c1");
    expect_path(original_tag_posts_comments_all("p1"), "posts/p1/comments");
    expect_path(original_tag_config(), "config");
}
END_TEST

START_TEST(tags_of_equal_paths_are_equal)
{
    ck_assert(original_tag_equal(original_tag_users("u1"), original_tag_users("u1")));
    ck_assert(!original_tag_equal(original_tag_users("u1"), original_tag_users("u2")));
    ck_assert(!original_tag_equal(original_tag_users("u1"), original_tag_posts("u1")));
    ck_assert(!original_tag_equal(original_tag_users("profile"), original_tag_users_profile("profile")));
}
END_TEST

int main(void) {
    return run_suites(suite_of("the schema as a specification", a_wild_segment_alone_has_no_wild,
                               a_wild_segment_with_its_wild_has_one, a_chain_of_two_wilds_has_two,
                               a_static_segment_has_no_wild,
                               a_query_has_as_many_parameters_as_the_most_wilds_of_its_tags, NULL),
                      suite_of("the schema as a constructor", a_segment_of_the_root_is_a_tag,
                               a_segment_with_an_id_is_a_tag, a_chain_of_two_ids_is_a_tag, a_static_leaf_is_a_tag,
                               a_path_is_built_with_one_two_and_no_wilds, tags_of_equal_paths_are_equal, NULL),
                      NULL);
}
