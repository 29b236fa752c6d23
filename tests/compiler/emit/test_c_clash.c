/* SPDX-License-Identifier: MIT
 *
 * Each test makes a model in which names meet, and says on which lines (the maker gives every thing its own) that is
 * told.
 */
#include <string.h>

#include "c_clash.h"
#include "model_maker.h"
#include "suites.h"

static struct maker maker;
static struct diag_list diags;

static struct diag **check(size_t *n) {
    struct emit_plan plan;
    diag_init(&diags, &maker.arena, NULL);
    ck_assert(emit_plan_make(&plan, maker_finish(&maker), &maker.arena));
    ck_assert(c_names_check(&plan, &diags, &maker.arena));
    return diag_sort(&diags, n);
}

static void expect_none(void) {
    size_t n;
    struct diag **sorted = check(&n);
    ck_assert_msg(n == 0, "%s", n ? sorted[0]->message : "");
    maker_free(&maker);
}

/* Exactly one diagnostic, at `line`, with a note at `other` (0: none), and `part` in its message. */
static void expect_one(enum diag_code code, uint32_t line, uint32_t other, const char *part) {
    size_t n;
    struct diag **sorted = check(&n);
    ck_assert_uint_eq(n, 1);
    ck_assert_int_eq(sorted[0]->rule->code, code);
    ck_assert_uint_eq(sorted[0]->place.line, line);
    ck_assert_msg(strstr(sorted[0]->message, part) != NULL, "%s", sorted[0]->message);
    const struct diag_remark *note = sorted[0]->last_remark;
    ck_assert_ptr_nonnull(note);
    ck_assert_int_eq(note->kind, other ? DIAG_NOTE : DIAG_HELP);
    if (other)
        ck_assert_uint_eq(note->place.line, other);
    maker_free(&maker);
}

/* The first diagnostic begins at this column and underlines so much. */
static void expect_caret(enum diag_code code, uint32_t column, size_t span) {
    size_t n;
    struct diag **sorted = check(&n);
    ck_assert_uint_ge(n, 1);
    ck_assert_int_eq(sorted[0]->rule->code, code);
    ck_assert_uint_eq(sorted[0]->place.column, column);
    ck_assert_uint_eq(sorted[0]->span, span);
    maker_free(&maker);
}

static struct model_node *root_of(const char *schema) {
    maker_init(&maker, schema);
    return maker_root(&maker);
}

static struct model_node *wild(struct model_node *parent, const char *name) {
    return make_wild(&maker, parent, name, SCALAR(TYPE_U64));
}

static void query(const char *name) { make_query(&maker, name, (struct model_value){.kind = VALUE_BYTES}); }

START_TEST(names_that_do_not_meet_are_fine)
{
    struct model_node *users = make_static(&maker, root_of("shop"), "users");
    make_static(&maker, wild(users, "id"), "posts");
    make_static(&maker, users, "settings");
    query("users");
    query("peek");
    make_mutation(&maker, "fetch");
    expect_none();
}
END_TEST

START_TEST(two_paths_with_one_name_are_told_once_with_all_below_them)
{
    struct model_node *root = root_of("shop"), *first = make_static(&maker, make_static(&maker, root, "a"), "b_c");
    struct model_node *second = make_static(&maker, make_static(&maker, root, "a_b"), "c");
    make_static(&maker, wild(first, "id"), "below");
    make_static(&maker, wild(second, "id"), "below");
    expect_one(T0502, second->place.line, first->place.line, "'shop_tag_a_b_c_all'");
}
END_TEST

START_TEST(a_static_called_all_beside_a_wild_is_told)
{
    struct model_node *users = make_static(&maker, root_of("shop"), "users"), *all = make_static(&maker, users, "all");
    wild(users, "id");
    expect_one(T0502, all->place.line, users->place.line, "tag 'users/all' would be called 'shop_tag_users_all'");
}
END_TEST

START_TEST(a_static_beside_a_wild_that_has_the_same_child_is_told)
{
    struct model_node *users = make_static(&maker, root_of("shop"), "users");
    struct model_node *settings = make_static(&maker, users, "settings");
    struct model_node *own = make_static(&maker, wild(users, "id"), "settings");
    expect_one(T0502, own->place.line, settings->place.line, "'users/<id>/settings'");
}
END_TEST

START_TEST(names_that_only_differ_in_case_meet_in_their_macros)
{
    root_of("shop");
    query("getUser");
    query("getuser");
    expect_one(T0502, 2, 1, "'SHOP_GETUSER_PARAMS'");
}
END_TEST

START_TEST(a_query_meets_what_another_one_derives)
{
    root_of("shop");
    query("peek_user");
    query("user");
    expect_one(T0502, 2, 1, "query 'user' would be called 'shop_peek_user'");
}
END_TEST

/* Each word alone lets the derived names be looked at. */
START_TEST(a_name_with_the_word_of_a_derived_one_meets_it)
{
    static const char *const words[] = {
        "peek_user",      "on_refresh_user",    "refreshed_user",   "fetch_user",       "user_entries",
        "gen_fetch_user", "gen_refreshed_user", "gen_ask_user",     "gen_fetches_user", "gen_on_refresh_user",
        "gen_item_user",  "gen_kind_user",      "gen_checked_user", "gen_tag_users"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        for (int mutation = 0; mutation < 2; mutation++) {
            make_static(&maker, root_of("shop"), "users");
            make_query(&maker, "user", (struct model_value){.kind = VALUE_BYTES});
            if (mutation)
                make_mutation(&maker, words[i]);
            else
                make_query(&maker, words[i], (struct model_value){.kind = VALUE_BYTES});
            size_t n;
            struct diag **sorted = check(&n);
            ck_assert_msg(n == 1 && sorted[0]->rule->code == T0502, "%s: %zu", words[i], n);
            maker_free(&maker);
        }
}
END_TEST

START_TEST(a_mutation_with_the_name_of_a_query_is_told)
{
    root_of("shop");
    query("user");
    make_mutation(&maker, "user");
    expect_one(T0502, 2, 1, "mutation 'user'");
}
END_TEST

START_TEST(names_that_every_schema_has_are_taken)
{
    static const char *const fixed[] = {"open", "close", "primitives", "invalidate", "invalidate_soft", "tag_format"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        root_of("shop");
        query(fixed[i]);
        expect_one(T0502, 1, 0, "as something of every header is");
    }
    make_static(&maker, root_of("shop"), "equal");
    expect_one(T0502, 1, 0, "'shop_tag_equal'");
}
END_TEST

START_TEST(enum_items_meet_in_capitals)
{
    static const char *items[] = {"eu", "EU"}, *fine[] = {"eu", "us"};
    root_of("shop");
    make_enum(&maker, "region", 2, items);
    make_enum(&maker, "zone", 2, fine);
    expect_one(T0502, 1, 1, "'SHOP_REGION_EU'");
}
END_TEST

START_TEST(the_caret_spans_the_name_that_clashes)
{
    static const char *items[] = {"good", "GOOD"};
    root_of("shop");
    make_enum(&maker, "tag", 1, items);
    expect_caret(T0502, 1, strlen("tag"));
    root_of("shop");
    make_enum(&maker, "region", 2, items);
    expect_caret(T0502, 1, strlen("region"));
    root_of("shop");
    query("peek");
    query("close");
    expect_caret(T0502, 1, strlen("close"));
    root_of("shop");
    make_mutation(&maker, "encode_cart");
    make_query(&maker, "get_cart", (struct model_value){.kind = VALUE_CODEC, .name = "cart"});
    expect_caret(T0502, 1, strlen("cart"));
}
END_TEST

START_TEST(an_enum_may_be_called_like_a_query_but_not_like_the_tag_type)
{
    static const char *items[] = {"good"};
    root_of("shop");
    make_enum(&maker, "mood", 1, items);
    query("mood");
    expect_none();
    root_of("shop");
    make_enum(&maker, "tag", 1, items);
    expect_one(T0502, 1, 0, "'shop_tag'");
    root_of("SHOP");
    make_enum(&maker, "Q_PARAMS", 1, items);
    query("q");
    expect_one(T0502, 2, 1, "'SHOP_Q_PARAMS'");
}
END_TEST

/* C would let them be; a header is for C++ too. */
START_TEST(an_enum_is_not_called_like_the_type_of_a_callback)
{
    static const char *items[] = {"good"};
    root_of("shop");
    query("user");
    make_enum(&maker, "refreshed_user", 1, items);
    expect_one(T0502, 2, 1, "enum 'refreshed_user' would be called 'shop_refreshed_user' in C, as query 'user' is");
    root_of("shop");
    make_enum(&maker, "refreshed_user", 1, items);
    query("user");
    expect_one(T0502, 2, 1, "query 'user'");
}
END_TEST

/* A group with a clash in it, used in three places: one place to mend. */
START_TEST(what_stands_in_one_place_is_told_once)
{
    struct model_node *root = root_of("shop");
    static const char *const names[] = {"x", "y", "z"};
    struct place first = {"made.tags", 0, 0}, second = first;
    for (size_t i = 0; i < 3; i++) {
        struct model_node *user = make_static(&maker, root, names[i]);
        struct model_node *below = make_static(&maker, make_static(&maker, user, "a"), "b");
        struct model_node *beside = make_static(&maker, user, "a_b"), *keyword = wild(below, "int");
        first = i ? first : below->place;
        second = i ? second : beside->place;
        below->place = first;
        beside->place = second;
        keyword->place = first;
    }
    size_t n;
    struct diag **sorted = check(&n);
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(sorted[0]->rule->code, T0501);
    ck_assert_int_eq(sorted[1]->rule->code, T0502);
    maker_free(&maker);
}
END_TEST

START_TEST(keywords_are_no_parameters_and_no_wilds)
{
    struct model_node *users = make_static(&maker, root_of("shop"), "class");
    wild(users, "class");
    expect_one(T0501, 2, 0, "wild 'class'");
    root_of("shop");
    make_query_param(&maker, make_query(&maker, "new", (struct model_value){.kind = VALUE_UUID}), "while",
                     SCALAR(TYPE_BOOL));
    expect_one(T0501, 2, 0, "parameter 'while'");
    root_of("shop");
    make_mutation_param(&maker, make_mutation(&maker, "x"), "__x", SCALAR(TYPE_BOOL));
    expect_one(T0501, 2, 0, "reserved");
    root_of("shop");
    make_query(&maker, "x", (struct model_value){.kind = VALUE_STRUCT, .name = "union"});
    expect_one(T0501, 1, 0, "struct 'union'");
}
END_TEST

START_TEST(a_schema_name_must_begin_names)
{
    root_of("int");
    expect_one(T0501, 1, 0, "schema 'int'");
    root_of("_x");
    expect_one(T0501, 1, 0, "reserved");
    root_of("while");
    expect_caret(T0501, 8, strlen("while"));
}
END_TEST

START_TEST(nothing_is_called_like_a_word_of_c_in_the_header)
{
    static const struct {
        const char *schema, *own;
    } wrong[] = {{"size", "t"},           {"uint64", "t"},   {"max", "align_t"},  {"max_align", "t"},
                 {"uint_least8", "t"},    {"wchar", "t"},    {"thread", "local"}, {"SIZE", "MAX"},
                 {"reinterpret", "cast"}, {"strerror", "r"}, {"co", "await"}};
    static const char *items[] = {"max", "other"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        root_of(wrong[i].schema);
        query(wrong[i].own);
        expect_one(T0502, 1, 0, "a word of C");
        root_of(wrong[i].schema);
        make_mutation(&maker, wrong[i].own);
        expect_one(T0502, 1, 0, "mutation");
        root_of(wrong[i].schema);
        make_enum(&maker, wrong[i].own, 2, items);
        expect_one(T0502, 1, 0, "enum");
    }
    root_of("sig");
    make_enum(&maker, "atomic", 2, items);
    expect_one(T0502, 1, 0, "'SIG_ATOMIC_MAX'");
    root_of("size");
    query("tt");
    query("t_");
    make_enum(&maker, "max", 2, items);
    expect_none();
}
END_TEST

START_TEST(a_schema_is_not_called_like_the_library)
{
    static const char *const wrong[] = {"t87s", "t87s_", "t87s_gen", "T87S", "T87s_Shop"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        root_of(wrong[i]);
        expect_one(T0503, 1, 0, "of the library");
        root_of(wrong[i]);
        expect_caret(T0503, 8, strlen(wrong[i]));
    }
    static const char *const fine[] = {"t87", "t87sc", "t87s2_shop", "my_t87s"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        root_of(fine[i]);
        expect_none();
    }
}
END_TEST

START_TEST(a_value_is_not_called_like_a_struct_an_enum_or_a_macro_of_the_header)
{
    static const char *const wrong[] = {"shop_cache", "shop_tag", "SHOP_TAGS_H", "shop_refreshed_x", "SHOP_X_PARAMS"};
    for (size_t i = 0; i < 2 * sizeof wrong / sizeof *wrong; i++) {
        root_of("shop");
        make_query(&maker, "x", (struct model_value){.kind = i % 2 ? VALUE_STRUCT : VALUE_CODEC, .name = wrong[i / 2]});
        expect_one(T0504, 1, i / 2 > 2 ? 1 : 0, wrong[i / 2]);
    }
    static const char *const fine[] = {"shop", "shop_x", "shop_open", "cache", "other_tag"};
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        root_of("shop");
        make_query(&maker, "x", (struct model_value){.kind = VALUE_STRUCT, .name = fine[i]});
        make_query(&maker, "y", (struct model_value){.kind = VALUE_CODEC, .name = fine[i]});
        expect_none();
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_of(
        "names that meet", names_that_do_not_meet_are_fine, two_paths_with_one_name_are_told_once_with_all_below_them,
        a_static_called_all_beside_a_wild_is_told, a_static_beside_a_wild_that_has_the_same_child_is_told,
        names_that_only_differ_in_case_meet_in_their_macros, a_query_meets_what_another_one_derives,
        a_name_with_the_word_of_a_derived_one_meets_it, a_mutation_with_the_name_of_a_query_is_told,
        names_that_every_schema_has_are_taken, enum_items_meet_in_capitals, the_caret_spans_the_name_that_clashes,
        an_enum_may_be_called_like_a_query_but_not_like_the_tag_type, an_enum_is_not_called_like_the_type_of_a_callback,
        what_stands_in_one_place_is_told_once, keywords_are_no_parameters_and_no_wilds, a_schema_name_must_begin_names,
        nothing_is_called_like_a_word_of_c_in_the_header, a_schema_is_not_called_like_the_library,
        a_value_is_not_called_like_a_struct_an_enum_or_a_macro_of_the_header, NULL);
    return run_suites(suite, NULL);
}
