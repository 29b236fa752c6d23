/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "fingerprint.h"
#include "model_maker.h"
#include "suites.h"

static struct maker maker;
static struct model_node *user, *post;
static struct model_query *query;
static const char *items[] = {"eu", "us", "asia"}, *other_items[] = {"us", "eu", "asia"};

/* One query over two tags and three parameters; each test changes one thing. */
static void setup(void) {
    maker_init(&maker, "shop");
    user = make_wild(&maker, make_static(&maker, maker_root(&maker), "users"), "user_id", SCALAR(TYPE_U64));
    post = make_wild(&maker, make_static(&maker, user, "posts"), "post_id", SCALAR(TYPE_U64));
    query = make_query(&maker, "q", (struct model_value){.kind = VALUE_STRUCT, .name = "user"});
    make_query_param(&maker, query, "user_id", SCALAR(TYPE_U64));
    make_query_param(&maker, query, "post_id", SCALAR(TYPE_U64));
    make_query_param(&maker, query, "zone", (struct model_type){TYPE_ENUM, make_enum(&maker, "region", 3, items)});
    make_tag(query, user, 0);
    make_tag(query, post, 0);
}

static uint64_t fingerprint(void) {
    uint64_t *fingerprints = fingerprints_of(&maker.model, &maker.arena);
    ck_assert_ptr_nonnull(fingerprints);
    uint64_t value = fingerprints[0];
    maker_free(&maker);
    return value;
}

static uint64_t plain(void) {
    setup();
    return fingerprint();
}

START_TEST(it_is_the_same_every_time)
{
    ck_assert_uint_eq(plain(), plain());
    /* Kept: a shared cache outlives the compiler that wrote its keys. */
    ck_assert_uint_eq(plain(), UINT64_C(10235977054375269567));
}
END_TEST

#define EXPECT_CHANGED(change)                     \
    do {                                           \
        setup();                                   \
        change;                                    \
        ck_assert_uint_ne(fingerprint(), plain()); \
    } while (0)

#define EXPECT_KEPT(change)                        \
    do {                                           \
        setup();                                   \
        change;                                    \
        ck_assert_uint_eq(fingerprint(), plain()); \
    } while (0)

START_TEST(what_makes_an_old_entry_wrong_changes_it)
{
    EXPECT_CHANGED(maker.model.schema = "store");
    EXPECT_CHANGED(query->name = "r");
    EXPECT_CHANGED(query->version = 1);
    EXPECT_CHANGED(query->value.name = "post");
    EXPECT_CHANGED(query->value.kind = VALUE_CODEC);
    EXPECT_CHANGED(query->value = (struct model_value){.kind = VALUE_BYTES});
    EXPECT_CHANGED(query->params[0].type = SCALAR(TYPE_I64));
    EXPECT_CHANGED(query->n_params = 2);
    EXPECT_CHANGED(make_query_param(&maker, query, "page", SCALAR(TYPE_U32)));
    EXPECT_CHANGED(maker.model.enums[0]->items = other_items);
    EXPECT_CHANGED(maker.model.enums[0]->n_items = 2);
    EXPECT_CHANGED(query->n_tags = 1);
    EXPECT_CHANGED(query->tags[1].node = post->parent);
    EXPECT_CHANGED((query->tags[1].params[0] = 1, query->tags[1].params[1] = 0));
    EXPECT_CHANGED(post->parent->name = "letters");
}
END_TEST

START_TEST(what_leaves_old_entries_right_keeps_it)
{
    EXPECT_KEPT(query->ttl_ms = 1000);
    EXPECT_KEPT(query->grace_ms = 1000);
    EXPECT_KEPT(query->doc = "another text");
    EXPECT_KEPT(query->params[0].name = "id");
    EXPECT_KEPT(user->name = "id");
    EXPECT_KEPT(query->params[2].is_key = true);
    EXPECT_KEPT(make_query(&maker, "another", (struct model_value){.kind = VALUE_UUID}));
}
END_TEST

START_TEST(a_name_cannot_pass_for_the_text_around_it)
{
    setup();
    struct text text;
    text_init_in(&text, &maker.arena);
    fingerprint_text(&text, &maker.model, query);
    ck_assert_str_eq(text_string(&text),
                     "t87s query 1\nshop q version 0\n-> struct user\nu64\nu64\nenum region eu us asia\n"
                     "tag/users/<0\ntag/users/<0/posts/<1\n");
    maker_free(&maker);
}
END_TEST

START_TEST(equal_ones_are_separated_in_the_same_way_every_time)
{
    uint64_t first[] = {7, 5, 7, 9, 7, 5}, again[] = {7, 5, 7, 9, 7, 5};
    struct arena arena;
    arena_init(&arena);
    ck_assert(fingerprints_separate(first, 6, &arena) && fingerprints_separate(again, 6, &arena));
    ck_assert_mem_eq(first, again, sizeof first);
    ck_assert_uint_eq(first[0], 7);
    ck_assert_uint_eq(first[1], 5);
    ck_assert_uint_eq(first[3], 9);
    for (size_t i = 0; i < 6; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_ne(first[i], first[j]);
    arena_free(&arena);
}
END_TEST

int main(void) {
    Suite *suite =
        suite_of("fingerprints of queries", it_is_the_same_every_time, what_makes_an_old_entry_wrong_changes_it,
                 what_leaves_old_entries_right_keeps_it, a_name_cannot_pass_for_the_text_around_it,
                 equal_ones_are_separated_in_the_same_way_every_time, NULL);
    return run_suites(suite, NULL);
}
