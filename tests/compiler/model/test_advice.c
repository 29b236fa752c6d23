/* SPDX-License-Identifier: MIT
 *
 * Whoever does what the help says has a schema that is right: the advice is read from the letter and followed to the
 * word, until nothing is left to say.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "load_text.h"
#include "suites.h"

#define HEAD                                                                                  \
    "schema s;\nenum region { eu, us }\n"                                                     \
    "root { users: Wild(user_id: u64) { posts: Wild(post_id: u64); profile: Static; }\n"      \
    "same: Wild { same: Wild { same: Wild; } }\nconfig: Static; posts: Wild(post_id: u64);\n" \
    "cross: Wild(id: u64) { cross: Wild(id: str); }\n"                                        \
    "prices: Wild(zone: region) { Wild(sku: str) { x: Static; } } }\n"

enum { MOST = 400 };

struct wrong {
    char params[MOST], tag[MOST];
};

/* The next quoted words of the help; NULL when there are no more. */
static const char *next_quoted(const char *help, char *words) {
    const char *begin = strchr(help, '\''), *end = begin ? strchr(begin + 1, '\'') : NULL;
    if (!end)
        return NULL;
    snprintf(words, MOST, "%.*s", (int)(end - begin - 1), begin + 1);
    return end + 1;
}

static void replace(char *in, const char *old, const char *new) {
    char copy[MOST];
    const char *at = strstr(in, old);
    ck_assert_msg(at != NULL, "there is no '%s' in '%s'", old, in);
    snprintf(copy, sizeof copy, "%.*s%s%s", (int)(at - in), in, new, at + strlen(old));
    strcpy(in, copy);
}

/* "declare 'P' in 'f'", "write 'P' without 'key'", "write 'P' in place of 'Q'", "write 'key P' if ..." and, the only
 * one of the tag, "write 'TAG'" at the end. */
static void follow(struct wrong *wrong, const char *help) {
    char words[MOST], other[MOST];
    for (const char *begin = help; (help = next_quoted(begin, words)) != NULL; begin = help) {
        if (strstr(begin, "declare '") && strstr(begin, "declare '") < help) {
            help = next_quoted(help, other);
            snprintf(wrong->params + strlen(wrong->params), MOST - strlen(wrong->params), "%s%s",
                     *wrong->params ? ", " : "", words);
        } else if (!strncmp(help, " without 'key'", 14)) {
            snprintf(other, sizeof other, "key %.300s", words);
            replace(wrong->params, other, words);
            help += 14;
        } else if (!strncmp(help, " in place of ", 13)) {
            help = next_quoted(help, other);
            replace(wrong->params, other, words);
        } else if (!strncmp(help, " if it only tells answers apart", 31)) {
            replace(wrong->params, words + strlen("key "), words);
        } else {
            ck_assert_msg(!*help, "not understood: %s", help);
            strcpy(wrong->tag, words);
        }
    }
}

/* Follows the advice for a query with this tag so many times, and expects this schema, which is right. */
static void expect_right(const char *params, const char *tag, size_t times, const char *right) {
    struct wrong wrong;
    char rest[MOST * 2 + 100], text[sizeof HEAD + sizeof rest + 20];
    snprintf(wrong.params, MOST, "%s", params);
    snprintf(wrong.tag, MOST, "%s", tag);
    for (size_t n = 0;; n++) {
        struct loaded loaded;
        snprintf(rest, sizeof rest, "(%s) -> u64 tagged %s", wrong.params, wrong.tag);
        snprintf(text, sizeof text, HEAD "cached f%s;\n", rest);
        enum load_status status = load_text(text, &loaded);
        if (status == LOAD_REFUSED) {
            ck_assert_msg(n < times, "still wrong: %s: %s", rest, loaded.diags.first->message);
            const struct diag_remark *help = loaded.diags.first->remarks;
            ck_assert_int_eq(help->kind, DIAG_HELP);
            follow(&wrong, help->message);
        }
        load_free(&loaded);
        if (status == LOAD_OK) {
            ck_assert_str_eq(rest, right);
            ck_assert_uint_eq(n, times);
            return;
        }
    }
}

START_TEST(too_few)
{
    expect_right("user_id: u64, post_id: u64", "users.posts(user_id, post_id)", 1,
                 "(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(post_id)");
    expect_right("user_id: u64, post_id: u64", "users.posts(post_id)", 1,
                 "(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(post_id)");
    expect_right("user_id: u64, post_id: u64", "users.posts(user_id)", 1,
                 "(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(post_id)");
    expect_right("user_id: u64", "users.posts(user_id)", 1,
                 "(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(post_id)");
    expect_right("a: u64", "users.posts(a)", 1, "(a: u64, user_id: u64) -> u64 tagged users(user_id).posts(a)");
    expect_right("a: u64, b: u64", "users.posts(a, b)", 1, "(a: u64, b: u64) -> u64 tagged users(a).posts(b)");
    expect_right("", "users.profile", 1, "(user_id: u64) -> u64 tagged users(user_id).profile");
    expect_right("user_id: str", "users.profile", 1, "(user_id: u64) -> u64 tagged users(user_id).profile");
    expect_right("key user_id: str", "users.profile", 1, "(user_id: u64) -> u64 tagged users(user_id).profile");
    expect_right("key user_id: u64", "users.profile", 1, "(user_id: u64) -> u64 tagged users(user_id).profile");
    expect_right("key user_id: u64", "users.posts()", 1,
                 "(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(post_id)");
    expect_right("sku: str", "prices.x", 1, "(sku: str, zone: region) -> u64 tagged prices(zone, sku).x");
}
END_TEST

START_TEST(too_many)
{
    expect_right("post_id: u64", "posts(post_id, post_id)", 1, "(post_id: u64) -> u64 tagged posts(post_id)");
    expect_right("a: u64", "users(a).posts(a, a)", 1, "(a: u64, post_id: u64) -> u64 tagged users(a).posts(post_id)");
    expect_right("user_id: u64, post_id: u64", "posts(user_id, post_id)", 2,
                 "(key user_id: u64, post_id: u64) -> u64 tagged posts(post_id)");
    expect_right("a: u64, b: u64", "posts(a, b)", 2, "(a: u64, key b: u64) -> u64 tagged posts(a)");
}
END_TEST

START_TEST(too_many_by_the_last_wild_of_the_tag)
{
    expect_right("user_id: u64, post_id: u64", "users(user_id, post_id).posts", 1,
                 "(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(post_id)");
    expect_right("user_id: u64", "users(user_id, user_id).posts", 1,
                 "(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(post_id)");
}
END_TEST

START_TEST(another_type)
{
    expect_right("user_id: str", "users(user_id)", 1, "(user_id: u64) -> u64 tagged users(user_id)");
    expect_right("user_id: u32, post_id: u64", "users(user_id).posts(post_id)", 1,
                 "(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(post_id)");
    expect_right("id: str", "cross(id).cross(id)", 1,
                 "(id: str, cross_id: u64) -> u64 tagged cross(cross_id).cross(id)");
    expect_right("a: u32", "posts(a)", 1, "(a: u64) -> u64 tagged posts(a)");
    expect_right("a: u32, b: u64", "users(b).posts(a)", 1, "(a: u64, b: u64) -> u64 tagged users(b).posts(a)");
    expect_right("sku: str, zone: region", "prices(sku, zone)", 1,
                 "(sku: str, zone: region) -> u64 tagged prices(zone, sku)");
}
END_TEST

START_TEST(an_idle_parameter)
{
    expect_right("page: u32", "posts", 1, "(key page: u32) -> u64 tagged posts");
    expect_right("a: u64, b: u64", "posts()", 1, "(a: u64, key b: u64) -> u64 tagged posts()");
}
END_TEST

START_TEST(an_argument_of_a_static)
{
    expect_right("", "config()", 1, "() -> u64 tagged config");
    expect_right("user_id: u64", "users(user_id).profile(user_id)", 1,
                 "(user_id: u64) -> u64 tagged users(user_id).profile");
    expect_right("user_id: u64", "users.profile(user_id)", 1, "(user_id: u64) -> u64 tagged users(user_id).profile");
    expect_right("id: u64", "config(id)", 2, "(key id: u64) -> u64 tagged config");
}
END_TEST

START_TEST(an_argument_that_is_right_stays)
{
    expect_right("friend_id: u64, key user_id: u64", "users(friend_id).profile(user_id)", 1,
                 "(friend_id: u64, key user_id: u64) -> u64 tagged users(friend_id).profile");
    expect_right("user_id: u64, friend_id: u64", "users(friend_id).profile(friend_id)", 2,
                 "(key user_id: u64, friend_id: u64) -> u64 tagged users(friend_id).profile");
}
END_TEST

START_TEST(empty_brackets)
{
    expect_right("user_id: u64", "users().posts()", 1,
                 "(user_id: u64, post_id: u64) -> u64 tagged users(user_id).posts(post_id)");
    expect_right("key user_id: u64", "users()", 1, "(user_id: u64) -> u64 tagged users(user_id)");
    expect_right("", "prices()", 1, "(zone: region, sku: str) -> u64 tagged prices(zone, sku)");
    expect_right("a: u64, post_id: u64", "users(a).posts()", 1,
                 "(a: u64, post_id: u64) -> u64 tagged users(a).posts(post_id)");
}
END_TEST

START_TEST(a_key_parameter)
{
    expect_right("key user_id: u64", "users(user_id)", 1, "(user_id: u64) -> u64 tagged users(user_id)");
    expect_right("user_id: u64, key k: u64", "users(user_id).posts(k)", 1,
                 "(user_id: u64, k: u64) -> u64 tagged users(user_id).posts(k)");
}
END_TEST

START_TEST(wilds_of_one_name)
{
    expect_right("id: str", "same.same(id)", 1, "(id: str, same_id: str) -> u64 tagged same(id).same(same_id)");
    expect_right("", "same().same().same()", 1,
                 "(id: str, same_id: str, id2: str) -> u64 tagged same(id).same(same_id).same(id2)");
}
END_TEST

int main(void) {
    return run_suites(suite_of("advice that was followed", too_few, too_many, too_many_by_the_last_wild_of_the_tag,
                               another_type, an_idle_parameter, an_argument_of_a_static,
                               an_argument_that_is_right_stays, empty_brackets, a_key_parameter, wilds_of_one_name,
                               NULL),
                      NULL);
}
