/* SPDX-License-Identifier: MIT */
/* Options, and what they default to. */
#include <t87s/store.h>

#include <math.h>
#include <string.h>

#include <t87s/codegen.h>

#include "fake_clock.h"
#include "fault_allocator.h"
#include "source.h"
#include "suites.h"

static int64_t no_time(void *arg) {
    (void)arg;
    return 0;
}

static void *no_memory(void *arg, size_t size) {
    (void)arg;
    (void)size;
    return NULL;
}

static void no_release(void *arg, void *memory, size_t size) {
    (void)arg;
    (void)memory;
    (void)size;
}

static const struct t87s_clock without_now = {NULL, NULL}, good_clock = {no_time, NULL};
static const struct t87s_allocator without_allocate = {NULL, no_release, NULL},
                                   without_release = {no_memory, NULL, NULL}, empty = {no_memory, no_release, NULL};
static const struct t87s_tracer without_event = {NULL, NULL};

#define OPTIONS(...) ((struct t87s_options){__VA_ARGS__})

/* A store of a later version of the interface. */
static struct t87s_store of_tomorrow = {.version = T87S_STORE_VERSION + 1};

START_TEST(options_are_valid_by_this_table)
{
    const struct {
        struct t87s_options options;
        enum t87s_status status;
    } rows[] = {
        {T87S_OPTIONS_INIT, T87S_OK},
        {OPTIONS(.capacity_bytes = 1), T87S_OK},
        {OPTIONS(.capacity_bytes = SIZE_MAX), T87S_OK},
        {OPTIONS(.prefix = ""), T87S_OK},
        {OPTIONS(.prefix = "mine"), T87S_OK},
        {OPTIONS(.default_ttl_ms = 1), T87S_OK},
        {OPTIONS(.default_ttl_ms = INT64_MAX), T87S_OK},
        {OPTIONS(.default_ttl_ms = T87S_NONE), T87S_OK},
        {OPTIONS(.default_ttl_ms = -2), T87S_E_INVALID},
        {OPTIONS(.default_ttl_ms = INT64_MIN), T87S_E_INVALID},
        {OPTIONS(.default_grace_ms = INT64_MAX), T87S_OK},
        {OPTIONS(.default_grace_ms = T87S_NONE), T87S_OK},
        {OPTIONS(.default_grace_ms = -2), T87S_E_INVALID},
        {OPTIONS(.verify_fraction = 1), T87S_OK},
        {OPTIONS(.verify_fraction = 0.5), T87S_OK},
        {OPTIONS(.verify_fraction = -0.0), T87S_OK},
        {OPTIONS(.verify_fraction = 1.0000001), T87S_E_INVALID},
        {OPTIONS(.verify_fraction = -0.0000001), T87S_E_INVALID},
        {OPTIONS(.verify_fraction = NAN), T87S_E_INVALID},
        {OPTIONS(.verify_fraction = INFINITY), T87S_E_INVALID},
        {OPTIONS(.refresh_threads = 1), T87S_OK},
        {OPTIONS(.refresh_threads = 100000), T87S_OK},
        {OPTIONS(.clock = &good_clock), T87S_OK},
        {OPTIONS(.clock = &without_now), T87S_E_INVALID},
        {OPTIONS(.allocator = &without_allocate), T87S_E_INVALID},
        {OPTIONS(.allocator = &without_release), T87S_E_INVALID},
        {OPTIONS(.allocator = &empty), T87S_E_NOMEM},
        {OPTIONS(.tracer = &without_event), T87S_E_INVALID},
        {OPTIONS(.store = &of_tomorrow), T87S_E_INVALID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct t87s_cache *cache = (struct t87s_cache *)&cache;
        ck_assert_msg(t87s_open(&rows[i].options, &cache) == rows[i].status, "row %zu", i);
        ck_assert_msg((cache != NULL) == (rows[i].status == T87S_OK), "row %zu", i);
        t87s_close(cache);
    }
    ck_assert_int_eq(t87s_open(NULL, NULL), T87S_E_INVALID);
}
END_TEST

START_TEST(no_options_are_the_defaults)
{
    struct t87s_cache *cache;
    ck_assert_int_eq(t87s_open(NULL, &cache), T87S_OK);
    ck_assert_uint_eq(stats_of(cache).capacity_bytes, 64 << 20);
    struct source source = {.text = "v"};
    struct t87s_query query = query_of("k", &source);
    query.ttl_ms = 0;
    struct t87s_value value;
    struct t87s_entries entries;
    ck_assert_int_eq(t87s_query(cache, &query, &value, &entries), T87S_OK);
    ck_assert_int_eq(entries.after.expires_ms - entries.after.created_ms, 30000);
    ck_assert_int_eq(entries.after.grace_until_ms, entries.after.expires_ms);
    t87s_value_release(&value);
    t87s_close(cache);
    t87s_close(NULL);
}
END_TEST

START_TEST(an_empty_cache_counts_about_100_kib)
{
    struct t87s_cache *cache;
    ck_assert_int_eq(t87s_open(NULL, &cache), T87S_OK);
    uint64_t used = stats_of(cache).bytes_used;
    ck_assert_uint_ge(used, 1024);
    ck_assert_uint_le(used, 100 * 1024);
    t87s_close(cache);
}
END_TEST

START_TEST(defaults_fill_in_only_what_a_query_leaves_open)
{
    static const struct {
        int64_t default_ttl, default_grace, ttl, grace, expires, grace_until;
        bool kept;
    } rows[] = {
        {500, 0, 0, 0, 500, 500, true},
        {500, 70, 0, 0, 500, 570, true},
        {500, 70, 900, 0, 900, 970, true},
        {500, 70, 900, 8, 900, 908, true},
        {500, 70, 900, T87S_NONE, 900, 900, true},
        {500, T87S_NONE, 900, 0, 900, 900, true},
        {T87S_NONE, 0, 900, 0, 900, 900, true},
        {T87S_NONE, 0, 0, 0, 0, 0, false},
        {500, 0, T87S_NONE, 0, 0, 0, false},
        {500, 0, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fake_clock clock;
        fake_clock_init(&clock, 0);
        struct t87s_options options = {
            .clock = &clock.clock, .default_ttl_ms = rows[i].default_ttl, .default_grace_ms = rows[i].default_grace};
        struct t87s_cache *cache;
        ck_assert_int_eq(t87s_open(&options, &cache), T87S_OK);
        struct source source = {.text = "v"};
        struct t87s_query query = query_of("k", &source);
        query.ttl_ms = rows[i].ttl;
        query.grace_ms = rows[i].grace;
        struct t87s_value value;
        struct t87s_entries entries;
        ck_assert_int_eq(t87s_query(cache, &query, &value, &entries), T87S_OK);
        ck_assert_str_eq(value.data, "v");
        ck_assert_msg(entries.after.present == rows[i].kept, "row %zu", i);
        ck_assert_msg(entries.after.expires_ms == rows[i].expires, "row %zu", i);
        ck_assert_msg(entries.after.grace_until_ms == rows[i].grace_until, "row %zu", i);
        t87s_value_release(&value);
        t87s_close(cache);
    }
}
END_TEST

START_TEST(caches_of_one_process_know_nothing_of_each_other)
{
    struct t87s_cache *a, *b;
    ck_assert_int_eq(t87s_open(NULL, &a), T87S_OK);
    ck_assert_int_eq(t87s_open(NULL, &b), T87S_OK);
    ck_assert_int_eq(set_text(a, "k", "a", NULL), T87S_OK);
    expect_get(b, "k", NULL);
    ck_assert_int_eq(t87s_clear(b), T87S_OK);
    expect_get(a, "k", "a");
    t87s_close(a);
    expect_get(b, "k", NULL);
    t87s_close(b);
}
END_TEST

START_TEST(a_header_made_for_another_library_is_told_so)
{
    static const struct t87s_gen_schema other = {.abi = T87S_CODEGEN_ABI + 1, .name = "other"};
    struct t87s_cache *cache = (struct t87s_cache *)&cache;
    ck_assert_int_eq(t87s_gen_open(NULL, &other, NULL, &cache), T87S_E_ABI);
    ck_assert_ptr_null(cache);
    static const struct t87s_gen_schema same = {.abi = T87S_CODEGEN_ABI, .name = "same"};
    int app;
    ck_assert_int_eq(t87s_gen_open(NULL, &same, &app, &cache), T87S_OK);
    ck_assert_ptr_eq(t87s_gen_app(cache), &app);
    t87s_close(cache);
    ck_assert_ptr_null(t87s_gen_app(NULL));
}
END_TEST

int main(void) {
    return run_suites(suite_of("options", options_are_valid_by_this_table, no_options_are_the_defaults,
                               an_empty_cache_counts_about_100_kib, defaults_fill_in_only_what_a_query_leaves_open,
                               caches_of_one_process_know_nothing_of_each_other,
                               a_header_made_for_another_library_is_told_so, NULL),
                      NULL);
}
