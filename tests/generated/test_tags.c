/* SPDX-License-Identifier: MIT
 *
 * Tags, invalidations and mutations of a generated header.
 */
#include <string.h>

#include "app.h"

static void expect_format(const char *expected, struct odd_tag tag) {
    char text[400];
    ck_assert_int_eq(odd_tag_format(tag, text, sizeof text), (int)strlen(expected));
    ck_assert_str_eq(text, expected);
}

START_TEST(tags_print_as_paths)
{
    expect_format("accounts", odd_tag_accounts_all());
    expect_format("accounts/42/settings/locale/en", odd_tag_accounts_settings_locale(42, "en"));
    expect_format("accounts/18446744073709551615/orders/-7", odd_tag_accounts_orders(UINT64_MAX, -7));
    expect_format("accounts/1/devices/a0010203-0405-0607-0809-0a0b0c0d0e0f", odd_tag_accounts_devices(1, uuid_a));
    expect_format("prices/asia/a%2Fb", odd_tag_prices_sku(ODD_REGION_ASIA, "a/b"));
    expect_format("files/index", odd_tag_files_index());
    expect_format("files/x/versions/4294967295", odd_tag_files_versions("x", UINT32_MAX));
    expect_format("by_i32/-2147483648", odd_tag_by_i32(INT32_MIN));
    expect_format("by_i64/-9223372036854775808", odd_tag_by_i64(INT64_MIN));
    expect_format("key/cached/1/mutation/2/3", odd_tag_key_cached_mutation_uint64_t(1, 2, 3));
    expect_format("outer/a/inner/b", odd_tag_outer_inner("a", "b"));
    char text[6];
    ck_assert_int_eq(odd_tag_format(odd_tag_accounts(42), text, sizeof text), 11);
    ck_assert_str_eq(text, "accou");
}
END_TEST

START_TEST(tags_are_equal_when_their_paths_are)
{
    ck_assert(odd_tag_equal(odd_tag_accounts(1), odd_tag_accounts(1)));
    ck_assert(!odd_tag_equal(odd_tag_accounts(1), odd_tag_accounts(2)));
    ck_assert(!odd_tag_equal(odd_tag_accounts(1), odd_tag_accounts_all()));
    /* a static and a wild of the same text */
    ck_assert(!odd_tag_equal(odd_tag_files("index"), odd_tag_files_index()));
    ck_assert(!odd_tag_equal(odd_tag_prices(ODD_REGION_EU), odd_tag_prices(ODD_REGION_US)));
}
END_TEST

START_TEST(what_is_no_tag_has_no_size_and_invalidates_nothing)
{
    char longest[257];
    memset(longest, 'x', 256);
    longest[256] = '\0';
    const struct odd_tag wrong[] = {odd_tag_files(NULL),
                                    odd_tag_files(""),
                                    odd_tag_files(longest),
                                    odd_tag_files_versions(NULL, 1),
                                    odd_tag_outer_inner("a", ""),
                                    odd_tag_outer_inner("", "a"),
                                    odd_tag_prices((enum odd_region)3),
                                    odd_tag_accounts_devices(1, NULL)};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[16];
        ck_assert_uint_eq(wrong[i].size, 0);
        ck_assert_int_lt(odd_tag_format(wrong[i], text, sizeof text), 0);
        ck_assert_int_eq(odd_invalidate(app.cache, wrong[i]), T87S_E_INVALID);
    }
    longest[255] = '\0';
    ck_assert_uint_eq(odd_tag_files(longest).size, 7 + 257);
}
END_TEST

/* One account in the cache, fetched when the source was 1. */
static void cache_account(void) {
    struct account account;
    ck_assert_int_eq(odd_account(app.cache, 42, &account), T87S_OK);
    atomic_store(&app.calls, 0);
}

static enum t87s_status peek_account(void) {
    struct account account;
    return odd_peek_account(app.cache, 42, &account);
}

START_TEST(the_three_invalidations_differ)
{
    struct account account;
    struct t87s_entries entries;
    cache_account();
    ck_assert_int_eq(odd_invalidate_exact(app.cache, odd_tag_accounts_all()), T87S_OK);
    ck_assert_int_eq(peek_account(), T87S_OK);
    ck_assert_int_eq(odd_invalidate_soft(app.cache, odd_tag_accounts_all()), T87S_OK);
    ck_assert_int_eq(peek_account(), T87S_MISS);
    ck_assert_int_eq(odd_account_entries(app.cache, 42, &account, &entries), T87S_OK);
    ck_assert_int_eq(entries.after.outcome, T87S_STALE);
    ck_assert_int_eq(odd_invalidate(app.cache, odd_tag_accounts_all()), T87S_OK);
    ck_assert_int_eq(odd_account_entries(app.cache, 42, &account, &entries), T87S_OK);
    ck_assert_int_eq(entries.after.outcome, T87S_FETCHED);
    ck_assert_int_eq(odd_invalidate_exact(app.cache, odd_tag_accounts(42)), T87S_OK);
    ck_assert_int_eq(peek_account(), T87S_MISS);
}
END_TEST

START_TEST(a_mutation_applies_then_invalidates)
{
    cache_account();
    ck_assert_int_eq(odd_rename(app.cache, 42, "new"), T87S_OK);
    expect_calls(1, "rename(42, new)");
    ck_assert_int_eq(peek_account(), T87S_MISS);
}
END_TEST

START_TEST(a_mutation_that_was_not_applied_invalidates_nothing)
{
    cache_account();
    app.status = T87S_E_USER + 3;
    ck_assert_int_eq(odd_rename(app.cache, 42, "new"), T87S_E_USER + 3);
    expect_calls(1, "rename(42, new)");
    ck_assert_int_eq(peek_account(), T87S_OK);
}
END_TEST

START_TEST(an_argument_that_fills_a_wild_is_refused_before_it_is_applied)
{
    ck_assert_int_eq(odd_set_locale(app.cache, 42, ""), T87S_E_INVALID);
    ck_assert_int_eq(odd_reprice(app.cache, ODD_REGION_EU, NULL, "why"), T87S_E_INVALID);
    ck_assert_int_eq(odd_reprice(app.cache, (enum odd_region)77, "sku", "why"), T87S_E_INVALID);
    ck_assert_int_eq(odd_pair(app.cache, NULL, 42), T87S_E_INVALID);
    expect_calls(0, "");
    /* others are the application's business */
    ck_assert_int_eq(odd_reprice(app.cache, ODD_REGION_EU, "sku", NULL), T87S_OK);
    expect_calls(1, "reprice(eu, sku, NULL)");
    ck_assert_int_eq(odd_rename(app.cache, 42, ""), T87S_OK);
}
END_TEST

START_TEST(each_path_of_a_mutation_has_its_own_flags)
{
    struct amount amount;
    struct t87s_value value;
    struct t87s_entries entries;
    /* reprice: prices(zone, sku) exact, prices(zone, sku).history soft, prices exact */
    ck_assert_int_eq(odd_price(app.cache, ODD_REGION_EU, "blue", &amount), T87S_OK);
    ck_assert_int_eq(odd_price(app.cache, ODD_REGION_EU, "red", &amount), T87S_OK);
    ck_assert_int_eq(odd_price_history(app.cache, ODD_REGION_EU, "blue", 1, 2, &value), T87S_OK);
    t87s_value_release(&value);
    ck_assert_int_eq(odd_reprice(app.cache, ODD_REGION_EU, "blue", "why"), T87S_OK);
    ck_assert_int_eq(odd_peek_price(app.cache, ODD_REGION_EU, "blue", &amount), T87S_MISS);
    ck_assert_int_eq(odd_peek_price(app.cache, ODD_REGION_EU, "red", &amount), T87S_OK);
    ck_assert_int_eq(odd_price_history_entries(app.cache, ODD_REGION_EU, "blue", 1, 2, &value, &entries), T87S_OK);
    ck_assert_int_eq(entries.after.outcome, T87S_STALE);
    ck_assert_int_eq(entries.after.reason, T87S_REASON_INVALIDATED);
    t87s_value_release(&value);
}
END_TEST

START_TEST(the_worst_status_of_several_wins)
{
    ck_assert_int_eq(t87s_gen_worse(T87S_OK, T87S_OK), T87S_OK);
    ck_assert_int_eq(t87s_gen_worse(T87S_OK, T87S_PARTIAL), T87S_PARTIAL);
    ck_assert_int_eq(t87s_gen_worse(T87S_E_CLOSED, T87S_PARTIAL), T87S_E_CLOSED);
}
END_TEST

START_TEST(a_header_for_another_library_does_not_open)
{
    static const struct t87s_gen_schema schema = {T87S_CODEGEN_ABI + 1, 0, "later", NULL};
    struct t87s_cache *cache = t87s_gen_app(odd_primitives(app.cache)); /* anything but NULL */
    ck_assert_ptr_eq(cache, &app);
    ck_assert_int_eq(t87s_gen_open(NULL, &schema, NULL, &cache), T87S_E_ABI);
    ck_assert_ptr_null(cache);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("generated tags and mutations");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, app_setup, app_teardown);
    tcase_add_test(all, tags_print_as_paths);
    tcase_add_test(all, tags_are_equal_when_their_paths_are);
    tcase_add_test(all, what_is_no_tag_has_no_size_and_invalidates_nothing);
    tcase_add_test(all, the_three_invalidations_differ);
    tcase_add_test(all, a_mutation_applies_then_invalidates);
    tcase_add_test(all, a_mutation_that_was_not_applied_invalidates_nothing);
    tcase_add_test(all, an_argument_that_fills_a_wild_is_refused_before_it_is_applied);
    tcase_add_test(all, each_path_of_a_mutation_has_its_own_flags);
    tcase_add_test(all, the_worst_status_of_several_wins);
    tcase_add_test(all, a_header_for_another_library_does_not_open);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
