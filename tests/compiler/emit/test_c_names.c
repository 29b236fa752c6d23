/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "c_names.h"
#include "model_maker.h"
#include "suites.h"

static struct maker maker;
static struct c_names names;

static void setup(void) {
    maker_init(&maker, "shop");
    c_names_init(&names, &maker.model);
}

static void teardown(void) { maker_free(&maker); }

static void expect_node(const char *expected, enum c_name kind, const struct model_node *node) {
    char name[C_NAME_MAX + 1];
    name[c_name_of_node(name, &names, kind, node)] = '\0';
    ck_assert_str_eq(name, expected);
}

static void expect_name(const char *expected, enum c_name kind, const char *own) {
    char name[C_NAME_MAX + 1];
    name[c_name_of(name, &names, kind, own)] = '\0';
    ck_assert_str_eq(name, expected);
}

static struct model_node *wild(struct model_node *parent, const char *name) {
    return make_wild(&maker, parent, name, SCALAR(TYPE_U64));
}

START_TEST(a_wild_takes_the_name_of_its_static_and_the_static_adds_all)
{
    setup();
    struct model_node *users = make_static(&maker, maker_root(&maker), "users"), *user = wild(users, "user_id");
    expect_node("shop_tag_users_all", C_NODE, users);
    expect_node("shop_tag_users", C_NODE, user);
    expect_node("shop_tag_users_profile", C_NODE, make_static(&maker, user, "profile"));
    expect_node("SHOP_TAG_USERS_ALL_WILDS", C_NODE_WILDS, users);
    expect_node("SHOP_TAG_USERS_WILDS", C_NODE_WILDS, user);
    teardown();
}
END_TEST

START_TEST(a_static_without_a_wild_has_its_own_name)
{
    setup();
    struct model_node *config = make_static(&maker, maker_root(&maker), "config");
    expect_node("shop_tag_config", C_NODE, config);
    expect_node("shop_tag_config_theme", C_NODE, make_static(&maker, config, "theme"));
    teardown();
}
END_TEST

START_TEST(a_wild_below_a_wild_adds_its_parameter)
{
    setup();
    struct model_node *prices = make_static(&maker, maker_root(&maker), "prices"), *zone = wild(prices, "zone");
    struct model_node *sku = wild(zone, "sku");
    expect_node("shop_tag_prices_all", C_NODE, prices);
    expect_node("shop_tag_prices", C_NODE, zone);
    expect_node("shop_tag_prices_sku", C_NODE, sku);
    expect_node("shop_tag_prices_sku_day", C_NODE, wild(sku, "day"));
    expect_node("shop_tag_prices_sku_stock", C_NODE, make_static(&maker, sku, "stock"));
    teardown();
}
END_TEST

START_TEST(a_wild_below_the_root_is_called_by_its_parameter)
{
    setup();
    struct model_node *tenant = wild(maker_root(&maker), "tenant");
    expect_node("shop_tag_tenant", C_NODE, tenant);
    expect_node("shop_tag_tenant_jobs", C_NODE, make_static(&maker, tenant, "jobs"));
    teardown();
}
END_TEST

START_TEST(the_longest_path_fits)
{
    static const char name[] = "a234567890123456789012345678901234567890123456789012345678901234";
    ck_assert_uint_eq(strlen(name), MODEL_MAX_NAME);
    setup();
    maker.model.schema = name;
    c_names_init(&names, &maker.model);
    struct model_node *node = maker_root(&maker);
    for (int i = 0; i < MODEL_MAX_SEGMENTS; i++)
        node = make_static(&maker, node, name);
    wild(node, "id");
    char to[C_NAME_MAX];
    ck_assert_uint_eq(c_name_of_node(to, &names, C_NODE_WILDS, node), MODEL_MAX_NAME + strlen("_TAG_") +
                                                                          MODEL_MAX_SEGMENTS * (MODEL_MAX_NAME + 1) -
                                                                          1 + strlen("_ALL_WILDS"));
    teardown();
}
END_TEST

START_TEST(other_names_are_the_schema_a_word_and_the_thing)
{
    setup();
    static const char *items[] = {"eu", "us"};
    const struct model_enum *region = make_enum(&maker, "region", 2, items);
    char name[C_NAME_MAX + 1];
    name[c_name_of_item(name, &names, region, 1)] = '\0';
    ck_assert_str_eq(name, "SHOP_REGION_US");
    expect_name("shop_region", C_ENUM, "region");
    expect_name("shop_get_user", C_QUERY, "get_user");
    expect_name("shop_get_user_entries", C_QUERY_ENTRIES, "get_user");
    expect_name("shop_peek_get_user", C_QUERY_PEEK, "get_user");
    expect_name("SHOP_GET_USER_PARAMS", C_QUERY_PARAMS, "get_user");
    expect_name("shop_open", C_OPEN, NULL);
    expect_name("SHOP_TAGS_H", C_GUARD, NULL);
    teardown();
}
END_TEST

static void expect_own(const char *expected, const struct c_locals *locals, const char *word) {
    char own[80];
    own[c_local_own(own, locals, word, strlen(word))] = '\0';
    ck_assert_str_eq(own, expected);
}

START_TEST(the_generators_own_locals_give_way_to_parameters)
{
    setup();
    struct model_query *query = make_query(&maker, "q", (struct model_value){.kind = VALUE_BYTES});
    static const char *const params[] = {"cache", "out", "out_", "out_2", "id"};
    for (size_t i = 0; i < 5; i++)
        make_query_param(&maker, query, params[i], SCALAR(TYPE_U64));
    struct c_locals locals;
    c_locals_of_params(&locals, &names, query->params, query->n_params);
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(locals.params[i], params[i]);
    expect_own("key", &locals, "key");
    expect_own("cache_", &locals, "cache");
    expect_own("out_3", &locals, "out");
    expect_own("cache", NULL, "cache");
    teardown();
}
END_TEST

START_TEST(a_parameter_that_c_would_misread_gets_an_underscore)
{
    setup();
    struct model_query *query = make_query(&maker, "q", (struct model_value){.kind = VALUE_BYTES});
    static const char *const params[] = {"uint64_t", "NULL",     "timezone", "linux", "t87s_gen_call",
                                         "shop_tag", "SHOP_TAG", "user",     "shop",  "uint64_t_"};
    static const char *const called[] = {"uint64_t_", "NULL_",     "timezone_", "linux_", "t87s_gen_call_",
                                         "shop_tag_", "SHOP_TAG_", "user",      "shop",   "uint64_t__2"};
    for (size_t i = 0; i < 10; i++)
        make_query_param(&maker, query, params[i], SCALAR(TYPE_U64));
    struct c_locals locals;
    c_locals_of_params(&locals, &names, query->params, query->n_params);
    for (size_t i = 0; i < 10; i++)
        ck_assert_str_eq(locals.params[i], called[i]);
    teardown();
}
END_TEST

START_TEST(wilds_of_one_name_on_a_path_are_numbered)
{
    setup();
    struct model_node *a = wild(make_static(&maker, maker_root(&maker), "a"), "id");
    struct model_node *b = wild(make_static(&maker, a, "b"), "id");
    struct c_locals locals;
    c_locals_of_wilds(&locals, &names, wild(b, "id_2"));
    ck_assert_uint_eq(locals.n, 3);
    ck_assert_str_eq(locals.params[0], "id");
    ck_assert_str_eq(locals.params[1], "id_2");
    ck_assert_str_eq(locals.params[2], "id_2_2");
    teardown();
}
END_TEST

START_TEST(keywords_of_both_languages_are_known)
{
    static const char *const keywords[] = {"alignas", "and",   "auto",    "bool",      "class",    "default",
                                           "int",     "new",   "nullptr", "struct",    "template", "this",
                                           "typeof",  "while", "xor_eq",  "constexpr", "asm"};
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        ck_assert_msg(c_is_keyword(keywords[i]), "%s", keywords[i]);
    ck_assert(!c_is_keyword("user_id") && !c_is_keyword("classes") && !c_is_keyword("key") && !c_is_keyword("import"));
    ck_assert(c_is_taken("BUFSIZ") && c_is_taken("unix") && c_is_taken("stdin") && !c_is_taken("index"));
    ck_assert(c_is_reserved("__x") && c_is_reserved("_X") && !c_is_reserved("_x") && !c_is_reserved("x__y"));
}
END_TEST

int main(void) {
    Suite *suite =
        suite_of("names in C", a_wild_takes_the_name_of_its_static_and_the_static_adds_all,
                 a_static_without_a_wild_has_its_own_name, a_wild_below_a_wild_adds_its_parameter,
                 a_wild_below_the_root_is_called_by_its_parameter, the_longest_path_fits,
                 other_names_are_the_schema_a_word_and_the_thing, the_generators_own_locals_give_way_to_parameters,
                 a_parameter_that_c_would_misread_gets_an_underscore, wilds_of_one_name_on_a_path_are_numbered,
                 keywords_of_both_languages_are_known, NULL);
    return run_suites(suite, NULL);
}
