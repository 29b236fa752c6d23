/* SPDX-License-Identifier: MIT */
/* Every public function refuses what breaks a rule of the header, and does nothing then. */
#include <string.h>

#include "rooms.h"
#include "source.h"
#include "suites.h"

static struct t87s_cache *cache;
static struct t87s_tag good_tags[T87S_MAX_TAGS + 1], no_tag, broken_tag;
static char key[T87S_MAX_KEY + 1];

static void setup(void) {
    ck_assert_int_eq(t87s_open(NULL, &cache), T87S_OK);
    for (int i = 0; i <= T87S_MAX_TAGS; i++)
        good_tags[i] = tag_of("users/42");
    broken_tag = tag_of("users/42");
    broken_tag.size--;
    memset(key, 'k', sizeof key);
}

static void teardown(void) { t87s_close(cache); }

static const struct t87s_query base = {.key = key, .key_len = 3, .fetch = source_fetch};

START_TEST(a_query_is_valid_by_this_table)
{
#define ROW(ok, ...)                                                                                     \
    {                                                                                                    \
        struct t87s_query query = base;                                                                  \
        struct source source = {.text = "v"};                                                            \
        query.fetch_arg = &source;                                                                       \
        __VA_ARGS__;                                                                                     \
        struct t87s_value value = {key, 1, key, key};                                                    \
        struct t87s_entries entries;                                                                     \
        memset(&entries, 0xff, sizeof entries);                                                          \
        enum t87s_status status = t87s_query(cache, &query, &value, &entries);                           \
        ck_assert_msg(status == ((ok) ? T87S_OK : T87S_E_INVALID), "%s: %d", #__VA_ARGS__, (int)status); \
        ck_assert_int_eq(source.fetches, (ok) ? 1 : 0);                                                  \
        if (!(ok)) {                                                                                     \
            ck_assert(!value.data && !value.size && !value.pin);                                         \
            ck_assert(!entries.before.present && !entries.after.present);                                \
        }                                                                                                \
        t87s_value_release(&value);                                                                      \
        ck_assert_int_eq(t87s_clear(cache), T87S_OK);                                                    \
    }
    ROW(true, (void)0)
    ROW(false, query.key = NULL)
    ROW(false, query.key_len = 0)
    ROW(true, query.key_len = 1)
    ROW(true, query.key_len = T87S_MAX_KEY)
    ROW(false, query.key_len = T87S_MAX_KEY + 1)
    ROW(false, query.key_len = SIZE_MAX)
    ROW(false, query.fetch = NULL)
    ROW(true, query.tags = good_tags; query.n_tags = 0)
    ROW(true, query.tags = good_tags; query.n_tags = T87S_MAX_TAGS)
    ROW(false, query.tags = good_tags; query.n_tags = T87S_MAX_TAGS + 1)
    ROW(false, query.tags = NULL; query.n_tags = 1)
    ROW(false, query.tags = &no_tag; query.n_tags = 1)
    ROW(false, query.tags = &broken_tag; query.n_tags = 1)
    ROW(true, query.ttl_ms = T87S_NONE)
    ROW(true, query.ttl_ms = INT64_MAX)
    ROW(false, query.ttl_ms = -2)
    ROW(true, query.grace_ms = T87S_NONE)
    ROW(true, query.grace_ms = INT64_MAX)
    ROW(false, query.grace_ms = INT64_MIN)
    ROW(true, query.negative_ms = T87S_NONE)
    ROW(false, query.negative_ms = -2)
    ROW(true, query.timeout_ms = T87S_NONE)
    ROW(true, query.timeout_ms = INT64_MAX)
    ROW(false, query.timeout_ms = -2)
    ROW(true, query.jitter_percent = 100)
    ROW(false, query.jitter_percent = 101)
    ROW(true, query.fetch_arg_size = sizeof source)
    ROW(true, query.name = "get_user")
#undef ROW
    struct source source = {.text = "v"};
    struct t87s_query query = base;
    query.fetch_arg = NULL;
    query.fetch_arg_size = 8; /* bytes of nothing */
    struct t87s_value value;
    ck_assert_int_eq(t87s_query(cache, &query, &value, NULL), T87S_E_INVALID);
    query = base;
    query.fetch_arg = &source;
    ck_assert_int_eq(t87s_query(NULL, &query, &value, NULL), T87S_E_INVALID);
    ck_assert_int_eq(t87s_query(cache, NULL, &value, NULL), T87S_E_INVALID);
    ck_assert_int_eq(t87s_query(cache, &query, NULL, NULL), T87S_E_INVALID);
    ck_assert_int_eq(source.fetches, 0);
}
END_TEST

START_TEST(a_key_has_1_to_65535_bytes_and_a_place)
{
    static const struct {
        const char *bytes;
        size_t size;
        bool valid;
    } rows[] = {{NULL, 3, false}, {key, 0, false},           {NULL, 0, false},
                {key, 1, true},   {key, T87S_MAX_KEY, true}, {key, T87S_MAX_KEY + 1, false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum t87s_status expected = rows[i].valid ? T87S_OK : T87S_E_INVALID;
        struct t87s_value value = {key, 1, key, key};
        ck_assert_int_eq(t87s_set(cache, rows[i].bytes, rows[i].size, "v", 1, NULL), expected);
        ck_assert_int_eq(t87s_get(cache, rows[i].bytes, rows[i].size, &value), expected);
        ck_assert(rows[i].valid == (value.data != NULL));
        t87s_value_release(&value);
        ck_assert_int_eq(t87s_delete(cache, rows[i].bytes, rows[i].size), expected);
    }
}
END_TEST

START_TEST(keys_of_any_bytes_and_length_are_told_apart)
{
    key[10] = '\0';
    ck_assert_int_eq(t87s_set(cache, key, 10, "ten", 3, NULL), T87S_OK);
    ck_assert_int_eq(t87s_set(cache, key, 11, "eleven", 6, NULL), T87S_OK);
    ck_assert_int_eq(t87s_set(cache, key, T87S_MAX_KEY, "all", 3, NULL), T87S_OK);
    key[T87S_MAX_KEY - 1]++;
    struct t87s_value value;
    ck_assert_int_eq(t87s_get(cache, key, T87S_MAX_KEY, &value), T87S_MISS);
    ck_assert_int_eq(t87s_get(cache, key, 10, &value), T87S_OK);
    ck_assert_str_eq(value.data, "ten");
    t87s_value_release(&value);
    ck_assert_int_eq(t87s_get(cache, key, 11, &value), T87S_OK);
    ck_assert_str_eq(value.data, "eleven");
    t87s_value_release(&value);
}
END_TEST

START_TEST(a_set_is_valid_by_this_table)
{
    const struct {
        struct t87s_set_options options;
        bool valid;
    } rows[] = {
        {{0}, true},
        {{.tags = good_tags, .n_tags = T87S_MAX_TAGS}, true},
        {{.tags = good_tags, .n_tags = T87S_MAX_TAGS + 1}, false},
        {{.tags = NULL, .n_tags = 1}, false},
        {{.tags = &no_tag, .n_tags = 1}, false},
        {{.tags = &broken_tag, .n_tags = 1}, false},
        {{.ttl_ms = T87S_NONE}, true},
        {{.ttl_ms = -2}, false},
        {{.ttl_ms = INT64_MAX}, true},
        {{.grace_ms = T87S_NONE}, true},
        {{.grace_ms = -2}, false},
        {{.grace_ms = INT64_MAX}, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_int_eq(set_text(cache, "k", "before", NULL), T87S_OK);
        ck_assert_msg(set_text(cache, "k", "v", &rows[i].options) == (rows[i].valid ? T87S_OK : T87S_E_INVALID),
                      "row %zu", i);
        if (!rows[i].valid)
            expect_get(cache, "k", "before"); /* nothing was done */
    }
    ck_assert_int_eq(t87s_set(cache, "k", 1, NULL, 1, NULL), T87S_E_INVALID);
    ck_assert_int_eq(t87s_set(cache, "k", 1, NULL, 0, NULL), T87S_OK); /* an empty value from nowhere */
    expect_get(cache, "k", "");
}
END_TEST

START_TEST(an_invalidation_is_valid_by_this_table)
{
    struct t87s_tag mixed[] = {good_tags[0], no_tag}, half[] = {good_tags[0], broken_tag};
    const struct {
        const struct t87s_tag *tags;
        size_t n;
        unsigned flags;
        bool valid;
    } rows[] = {
        {NULL, 0, 0, true},
        {good_tags, 0, 0, true},
        {NULL, 1, 0, false},
        {NULL, 0, 4, false},
        {&no_tag, 1, 0, false},
        {&broken_tag, 1, 0, false},
        {mixed, 2, 0, false},
        {half, 2, 0, false},
        {good_tags, 1, 4, false},
        {good_tags, 1, 1u << 31 | T87S_SOFT, false},
        {good_tags, 1, 0, true},
        {good_tags, T87S_MAX_TAGS + 1, T87S_SOFT, true}, /* of any number */
        {good_tags, 1, T87S_EXACT, true},
        {good_tags, 1, T87S_SOFT | T87S_EXACT, true},
    };
    struct t87s_set_options options = {.tags = good_tags, .n_tags = 1};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ck_assert_int_eq(set_text(cache, "k", "v", &options), T87S_OK);
        ck_assert_msg(t87s_invalidate(cache, rows[i].tags, rows[i].n, rows[i].flags) ==
                          (rows[i].valid ? T87S_OK : T87S_E_INVALID),
                      "row %zu", i);
        expect_get(cache, "k", rows[i].valid && rows[i].n ? NULL : "v"); /* all of it was done, or nothing */
    }
}
END_TEST

START_TEST(without_a_cache_every_function_says_so_or_does_nothing)
{
    struct t87s_value value;
    memset(&value, 0xff, sizeof value);
    ck_assert_int_eq(t87s_get(NULL, "k", 1, &value), T87S_E_INVALID);
    ck_assert(!value.data && !value.pin);
    ck_assert_int_eq(t87s_get(cache, "k", 1, NULL), T87S_E_INVALID);
    ck_assert_int_eq(t87s_set(NULL, "k", 1, "v", 1, NULL), T87S_E_INVALID);
    ck_assert_int_eq(t87s_delete(NULL, "k", 1), T87S_E_INVALID);
    ck_assert_int_eq(t87s_clear(NULL), T87S_E_INVALID);
    ck_assert_int_eq(t87s_invalidate(NULL, good_tags, 1, 0), T87S_E_INVALID);
    ck_assert_uint_eq(t87s_token(NULL).stamp, 0);
    struct t87s_stats stats, zeroes;
    memset(&stats, 0xff, sizeof stats);
    memset(&zeroes, 0, sizeof zeroes);
    t87s_stats(NULL, &stats);
    ck_assert_mem_eq(&stats, &zeroes, sizeof stats);
    t87s_stats(cache, NULL);
    t87s_close(NULL);
    t87s_value_release(NULL);
    memset(&value, 0, sizeof value);
    t87s_value_release(&value); /* zeroed */
}
END_TEST

START_TEST(a_value_is_given_back_once_and_harmlessly_again)
{
    ck_assert_int_eq(set_text(cache, "k", "v", NULL), T87S_OK);
    struct t87s_value value;
    ck_assert_int_eq(t87s_get(cache, "k", 1, &value), T87S_OK);
    t87s_value_release(&value);
    ck_assert(!value.data && !value.size && !value.pin && !value.owner);
    t87s_value_release(&value);
    expect_get(cache, "k", "v");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("arguments");
    TCase *tests = tcase_create("arguments");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_query_is_valid_by_this_table);
    tcase_add_test(tests, a_key_has_1_to_65535_bytes_and_a_place);
    tcase_add_test(tests, keys_of_any_bytes_and_length_are_told_apart);
    tcase_add_test(tests, a_set_is_valid_by_this_table);
    tcase_add_test(tests, an_invalidation_is_valid_by_this_table);
    tcase_add_test(tests, without_a_cache_every_function_says_so_or_does_nothing);
    tcase_add_test(tests, a_value_is_given_back_once_and_harmlessly_again);
    return run_suites(suite, NULL);
}
