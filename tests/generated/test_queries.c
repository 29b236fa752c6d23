/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "app.h"

/* Asks three times: fetched, cached, peeked; then invalidates `tag`: a peek misses, and the next one fetches again. */
#define EXPECT_CACHED(call, peek, expected_call, tag, equal)       \
    do {                                                           \
        ck_assert_int_eq(peek, T87S_MISS);                         \
        expect_calls(0, "");                                       \
        ck_assert_int_eq(call, T87S_OK);                           \
        expect_calls(1, expected_call);                            \
        ck_assert(equal);                                          \
        memset(&value, 0, sizeof value);                           \
        ck_assert_int_eq(call, T87S_OK);                           \
        ck_assert(equal);                                          \
        memset(&value, 0, sizeof value);                           \
        ck_assert_int_eq(peek, T87S_OK);                           \
        ck_assert(equal);                                          \
        expect_calls(0, "");                                       \
        ck_assert_int_eq(odd_invalidate(app.cache, tag), T87S_OK); \
        ck_assert_int_eq(peek, T87S_MISS);                         \
        atomic_store(&app.source, 2);                              \
        ck_assert_int_eq(call, T87S_OK);                           \
        expect_calls(1, expected_call);                            \
        ck_assert(!(equal));                                       \
        atomic_store(&app.source, 1);                              \
    } while (0)

#define EXPECT_FIXED(type, query, arguments, expected_call, tag, equal)                              \
    do {                                                                                             \
        type value;                                                                                  \
        EXPECT_CACHED(odd_##query arguments, odd_peek_##query arguments, expected_call, tag, equal); \
    } while (0)

START_TEST(a_struct_is_copied)
{
    struct account account;
    ck_assert_int_eq(odd_account(app.cache, 42, &account), T87S_OK);
    expect_calls(1, "account(42)");
    ck_assert(account.id == 42 && !strcmp(account.name, "text 1") && account.kind == 7);
    memset(&account, 0, sizeof account);
    /* A hit would be one in twenty times a fetch in the background: verify 5%. */
    ck_assert_int_eq(odd_peek_account(app.cache, 42, &account), T87S_OK);
    expect_calls(0, "");
    ck_assert(account.id == 42 && !strcmp(account.name, "text 1") && account.kind == 7);
    EXPECT_FIXED(struct amount, price, (app.cache, ODD_REGION_ASIA, "blue", &value), "price(asia, blue)",
                 odd_tag_prices(ODD_REGION_ASIA), value.cents == 1);
}
END_TEST

START_TEST(scalars_of_every_type_keep_their_value)
{
    EXPECT_FIXED(uint64_t, order_total, (app.cache, 42, -7, &value), "order_total(42, -7)",
                 odd_tag_accounts_orders(42, -7), value == UINT64_MAX - 1);
    EXPECT_FIXED(uint32_t, order_count, (app.cache, 42, &value), "order_count(42)", odd_tag_accounts_orders_all(42),
                 value == UINT32_MAX - 1);
    EXPECT_FIXED(int64_t, balance, (app.cache, 42, &value), "balance(42)", odd_tag_accounts(42),
                 value == INT64_MIN + 1);
    EXPECT_FIXED(int32_t, trend, (app.cache, 42, &value), "trend(42)", odd_tag_accounts_all(), value == INT32_MIN + 1);
    EXPECT_FIXED(bool, is_open, (app.cache, 42, &value), "is_open(42)", odd_tag_accounts(42), value);
    EXPECT_FIXED(enum odd_region, home, (app.cache, 42, &value), "home(42)", odd_tag_accounts_settings(42),
                 value == ODD_REGION_US);
}
END_TEST

START_TEST(a_uuid_is_sixteen_bytes)
{
    struct {
        uint8_t bytes[16];
    } value;
    EXPECT_CACHED(odd_owner(app.cache, uuid_a, 42, value.bytes), odd_peek_owner(app.cache, uuid_a, 42, value.bytes),
                  "owner(a0.., 42)", odd_tag_accounts_devices(42, uuid_a),
                  value.bytes[0] == 0xA0 && value.bytes[15] == 1);
}
END_TEST

/* A value that pins: compared, and given back each time. */
static bool is_text(struct t87s_value *value, const char *text, size_t size) {
    bool same = value->size == size && value->data && !memcmp(value->data, text, size) &&
                ((const char *)value->data)[size] == '\0';
    t87s_value_release(value);
    return same;
}

START_TEST(text_and_bytes_come_pinned_with_a_nul_behind)
{
    EXPECT_FIXED(struct t87s_value, title, (app.cache, "a/b", &value), "title(a/b)", odd_tag_files("a/b"),
                 is_text(&value, "text 1", 6));
    EXPECT_FIXED(struct t87s_value, content, (app.cache, "a/b", 3, &value), "content(a/b, 3)",
                 odd_tag_files_versions("a/b", 3), is_text(&value, "text 1", 6));
}
END_TEST

START_TEST(a_codec_is_encoded_freed_and_read_back)
{
    struct t87s_value value;
    struct outline outline;
    atomic_store(&app.source, 3);
    ck_assert_int_eq(odd_outline(app.cache, "a", &value), T87S_OK);
    ck_assert(atomic_load(&app.encoded) == 1 && atomic_load(&app.freed) == 1);
    ck_assert_int_eq(odd_decode_outline(value.data, value.size, &outline), T87S_OK);
    ck_assert_uint_eq(outline.n, 3);
    ck_assert_str_eq(outline.lines[2], "line");
    odd_free_outline(&outline);
    t87s_value_release(&value);
    ck_assert_int_eq(odd_invalidate(app.cache, odd_tag_files_index()), T87S_OK);
    ck_assert_int_eq(odd_peek_outline(app.cache, "a", &value), T87S_MISS);
    /* A fetch that fails has put nothing into the struct. */
    atomic_store(&app.freed, 0);
    app.status = T87S_E_USER;
    ck_assert_int_eq(odd_outline(app.cache, "b", &value), T87S_E_USER);
    ck_assert(atomic_load(&app.encoded) == 1 && atomic_load(&app.freed) == 0);
}
END_TEST

START_TEST(parameters_of_every_type_reach_the_fetch)
{
    struct t87s_value value;
    ck_assert_int_eq(odd_everything(app.cache, "a", UINT32_MAX, UINT64_MAX, INT32_MIN, INT64_MIN, uuid_b, true,
                                    ODD_REGION_US, &value),
                     T87S_OK);
    expect_calls(1, "everything(a, 4294967295, 18446744073709551615, -2147483648, -9223372036854775808, b0.., 1, us)");
    t87s_value_release(&value);
    ck_assert_int_eq(odd_alarms(app.cache, 1, uuid_a, ODD_LEVEL_HIGH, -1, &value), T87S_OK);
    expect_calls(1, "alarms(1, a0.., 1, -1)");
    t87s_value_release(&value);
    struct account account;
    ck_assert_int_eq(odd_key(app.cache, 1, 2, 3, 4, 5, 6, 7, &account), T87S_OK);
    expect_calls(1, "key(1, 2, 3, 4, 5, 6, 7)");
}
END_TEST

START_TEST(arguments_that_differ_anywhere_are_other_entries)
{
    struct t87s_value value;
    uint64_t number;
    static const char *const pairs[][2] = {{"a", "b"}, {"ab", "c"}, {"a", "bc"}, {"a\x01", "b"}, {"a/b", "c"}};
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(odd_twice(app.cache, pairs[i][0], pairs[i][1], &number), T87S_OK);
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(odd_twice(app.cache, pairs[i][0], pairs[i][1], &number), T87S_OK);
    expect_calls(5, "twice(a/b, c)");
    for (int same = 0; same < 2; same++)
        for (unsigned i = 0; i < 16; i++) {
            ck_assert_int_eq(odd_everything(app.cache, i & 1 ? "x" : "y", i & 2, 0, 0, 0, i & 4 ? uuid_a : uuid_b,
                                            i & 8, ODD_REGION_EU, &value),
                             T87S_OK);
            t87s_value_release(&value);
        }
    ck_assert_int_eq(atomic_load(&app.calls), 16);
}
END_TEST

START_TEST(a_wrong_argument_is_refused_before_anything_happens)
{
    char longest[257];
    memset(longest, 'x', 256);
    longest[256] = '\0';
    static const char *const wrong[] = {NULL, ""};
    struct t87s_value value;
    struct t87s_entries entries;
    for (int i = 0; i < 3; i++) {
        const char *text = i < 2 ? wrong[i] : longest;
        memset(&value, 0xFF, sizeof value);
        memset(&entries, 0xFF, sizeof entries);
        ck_assert_int_eq(odd_title_entries(app.cache, text, &value, &entries), T87S_E_INVALID);
        ck_assert(!value.data && !value.size && !entries.before.present && !entries.after.present);
        t87s_value_release(&value);
        ck_assert_int_eq(odd_peek_title(app.cache, text, &value), T87S_E_INVALID);
    }
    longest[255] = '\0';
    ck_assert_int_eq(odd_title(app.cache, longest, &value), T87S_OK);
    t87s_value_release(&value);
    ck_assert_int_eq(odd_peek_title(app.cache, longest, &value), T87S_OK);
    t87s_value_release(&value);
    atomic_store(&app.calls, 0);
    uint8_t uuid[16];
    memset(uuid, 0xFF, sizeof uuid);
    ck_assert_int_eq(odd_owner(app.cache, NULL, 1, uuid), T87S_E_INVALID);
    ck_assert(uuid[0] == 0 && uuid[15] == 0);
    struct amount amount = {1};
    ck_assert_int_eq(odd_price(app.cache, (enum odd_region)3, "x", &amount), T87S_E_INVALID);
    ck_assert(amount.cents == 0);
    ck_assert_int_eq(atomic_load(&app.calls), 0);
}
END_TEST

START_TEST(a_fetch_that_fails_reaches_the_caller)
{
    struct account account;
    app.status = T87S_E_USER + 5;
    ck_assert_int_eq(odd_account(app.cache, 1, &account), T87S_E_USER + 5);
    app.status = T87S_NOT_FOUND;
    ck_assert_int_eq(odd_account(app.cache, 1, &account), T87S_NOT_FOUND);
    ck_assert_int_eq(odd_account(app.cache, 1, &account), T87S_NOT_FOUND);
    expect_calls(2, "account(1)"); /* the second "not found" was kept: negative 10s */
}
END_TEST

START_TEST(clauses_reach_the_cache)
{
    struct account account;
    struct t87s_entries entries;
    ck_assert_int_eq(odd_account_entries(app.cache, 1, &account, &entries), T87S_OK);
    ck_assert_int_eq(entries.after.outcome, T87S_FETCHED);
    ck_assert_uint_eq(entries.after.n_tags, 1);
    /* ttl 30s less at most 10%, grace 5m behind it */
    int64_t ttl = entries.after.expires_ms - entries.after.created_ms;
    ck_assert(ttl >= 27000 && ttl <= 30000);
    ck_assert_int_eq(entries.after.grace_until_ms - entries.after.expires_ms, 300000);
    bool is_open;
    ck_assert_int_eq(odd_is_open_entries(app.cache, 1, &is_open, &entries), T87S_OK);
    ck_assert_int_eq(entries.after.expires_ms - entries.after.created_ms, 45000);
    ck_assert_int_eq(entries.after.grace_until_ms, entries.after.expires_ms);
    fake_clock_advance(&app.clock, 45000);
    ck_assert_int_eq(odd_peek_is_open(app.cache, 1, &is_open), T87S_MISS);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("generated queries");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, app_setup, app_teardown);
    tcase_add_test(all, a_struct_is_copied);
    tcase_add_test(all, scalars_of_every_type_keep_their_value);
    tcase_add_test(all, a_uuid_is_sixteen_bytes);
    tcase_add_test(all, text_and_bytes_come_pinned_with_a_nul_behind);
    tcase_add_test(all, a_codec_is_encoded_freed_and_read_back);
    tcase_add_test(all, parameters_of_every_type_reach_the_fetch);
    tcase_add_test(all, arguments_that_differ_anywhere_are_other_entries);
    tcase_add_test(all, a_wrong_argument_is_refused_before_anything_happens);
    tcase_add_test(all, a_fetch_that_fails_reaches_the_caller);
    tcase_add_test(all, clauses_reach_the_cache);
    suite_add_tcase(suite, all);
    return run_suites(suite, NULL);
}
