/* SPDX-License-Identifier: MIT */
#include "model_maker.h"
#include "shapes.h"
#include "suites.h"

static struct maker maker;

static void setup(void) { maker_init(&maker, "shop"); }
static void teardown(void) { maker_free(&maker); }

static const struct model_value bytes = {.kind = VALUE_BYTES};

START_TEST(queries_of_the_same_types_and_value_have_one_shape)
{
    struct model_query *user = make_query(&maker, "user", bytes), *post = make_query(&maker, "post", bytes);
    make_query_param(&maker, user, "user_id", SCALAR(TYPE_U64));
    make_query_param(&maker, post, "post_id", SCALAR(TYPE_U64));
    const uint32_t *firsts = shapes_of_queries(maker_finish(&maker), &maker.arena);
    ck_assert_uint_eq(firsts[0], 0);
    ck_assert_uint_eq(firsts[1], 0);
}
END_TEST

START_TEST(another_type_number_or_order_of_parameters_is_another_shape)
{
    static const enum model_type_kind kinds[][2] = {
        {TYPE_U64, TYPE_U32}, {TYPE_U32, TYPE_U64}, {TYPE_U64, TYPE_I32}, {TYPE_U64, TYPE_U64}};
    for (size_t i = 0; i < 4; i++) {
        struct model_query *query = make_query(&maker, (const char *[]){"a", "b", "c", "d"}[i], bytes);
        for (size_t j = 0; j < 2; j++)
            make_query_param(&maker, query, j ? "x" : "y", SCALAR(kinds[i][j]));
    }
    make_query_param(&maker, make_query(&maker, "e", bytes), "x", SCALAR(TYPE_U64));
    make_query(&maker, "f", bytes);
    const uint32_t *firsts = shapes_of_queries(maker_finish(&maker), &maker.arena);
    for (uint32_t i = 0; i < 6; i++)
        ck_assert_uint_eq(firsts[i], i);
}
END_TEST

START_TEST(another_value_is_another_shape)
{
    static const char *items[] = {"eu", "us"};
    struct model_enum *region = make_enum(&maker, "region", 2, items), *zone = make_enum(&maker, "zone", 2, items);
    const struct model_value values[] = {
        {.kind = VALUE_STRUCT, .name = "user"},
        {.kind = VALUE_STRUCT, .name = "post"},
        {.kind = VALUE_CODEC, .name = "user"},
        {.kind = VALUE_SCALAR, .type = SCALAR(TYPE_U64)},
        {.kind = VALUE_SCALAR, .type = SCALAR(TYPE_I64)},
        {.kind = VALUE_SCALAR, .type = {TYPE_ENUM, region}},
        {.kind = VALUE_SCALAR, .type = {TYPE_ENUM, zone}},
        {.kind = VALUE_UUID},
        {.kind = VALUE_STR},
        bytes,
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        make_query(&maker, "q", values[i]);
    const uint32_t *firsts = shapes_of_queries(maker_finish(&maker), &maker.arena);
    for (uint32_t i = 0; i < sizeof values / sizeof *values; i++)
        ck_assert_uint_eq(firsts[i], i);
}
END_TEST

START_TEST(queries_of_one_shape_and_the_same_settings_are_of_one_kind)
{
    struct model_query *queries[10];
    for (size_t i = 0; i < 10; i++)
        queries[i] = make_query(&maker, (const char *[]){"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}[i], bytes);
    queries[1]->ttl_ms = 1;
    queries[2]->grace_ms = 1;
    queries[3]->negative_ms = 1;
    queries[4]->timeout_ms = 1;
    queries[5]->jitter_percent = 1;
    queries[6]->verify_percent = 1;
    queries[7]->fleet_ms = 1;
    make_query_param(&maker, queries[8], "x", SCALAR(TYPE_U64));
    const uint32_t *firsts = kinds_of_queries(maker_finish(&maker), &maker.arena);
    static const uint32_t expected[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 0};
    for (uint32_t i = 0; i < 10; i++)
        ck_assert_uint_eq(firsts[i], expected[i]);
}
END_TEST

START_TEST(tags_share_a_shape_when_their_wilds_are_alike_and_stand_alike)
{
    struct model_node *users = make_static(&maker, maker_root(&maker), "users");     /* 1 */
    struct model_node *user = make_wild(&maker, users, "id", SCALAR(TYPE_U64));      /* 2 */
    make_static(&maker, make_static(&maker, user, "settings"), "mail");              /* 3 4 */
    struct model_node *posts = make_static(&maker, maker_root(&maker), "posts");     /* 5 */
    struct model_node *post = make_wild(&maker, posts, "post_id", SCALAR(TYPE_U64)); /* 6 */
    make_static(&maker, post, "comments");                                           /* 7 */
    struct model_node *files = make_static(&maker, maker_root(&maker), "files");     /* 8 */
    make_wild(&maker, files, "path", SCALAR(TYPE_STR));                              /* 9 */
    const uint32_t *firsts = shapes_of_tags(maker_finish(&maker), &maker.arena);
    static const uint32_t expected[] = {0, 1, 2, 3, 3, 1, 2, 3, 1, 9};
    for (uint32_t i = 0; i < sizeof expected / sizeof *expected; i++)
        ck_assert_uint_eq(firsts[i], expected[i]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("shapes");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, queries_of_the_same_types_and_value_have_one_shape);
    tcase_add_test(all, another_type_number_or_order_of_parameters_is_another_shape);
    tcase_add_test(all, another_value_is_another_shape);
    tcase_add_test(all, queries_of_one_shape_and_the_same_settings_are_of_one_kind);
    tcase_add_test(all, tags_share_a_shape_when_their_wilds_are_alike_and_stand_alike);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
