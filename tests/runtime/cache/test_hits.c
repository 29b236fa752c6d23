/* SPDX-License-Identifier: MIT */
/* A hit through a generated wrapper: by a key in memory and by one of 16 bytes in registers, which are the same key. */
#include <pthread.h>
#include <string.h>

#include <t87s/codegen.h>

#include "fake_clock.h"
#include "suites.h"

enum { FINGERPRINT = 7, WORDS = 8 };

struct row {
    uint64_t words[WORDS];
};

static _Atomic(int) answer, fetches; /* what a fetch returns: an enum t87s_status */

static enum t87s_status fetch(const struct t87s_gen_query *query, void *app, const unsigned char *key, void *out) {
    struct row row = {{0}};
    (void)query, (void)app;
    memcpy(row.words, key, 16);
    row.words[WORDS - 1] = (uint64_t)atomic_fetch_add(&fetches, 1);
    memcpy(out, &row, sizeof row);
    return (enum t87s_status)atomic_load(&answer);
}

static const struct t87s_gen_kind *kind(void) {
    static const struct t87s_gen_kind kind = {
        .ttl_ms = 1000, .negative_ms = 1000, .verify_percent = -1, .fetch = fetch, .params = "Q"};
    return &kind;
}

static const struct t87s_gen_query get_row = {
    .kind = kind, .value_size = sizeof(struct row), .fingerprint = FINGERPRINT, .text = "s\004rows$a;\0get_row"};
static const struct t87s_gen_schema schema = {T87S_CODEGEN_ABI, 1, "one", "get_row\0"};

static struct t87s_cache *cache;
static struct fake_clock fake;

static void open_with(struct t87s_options options) {
    answer = T87S_OK;
    fetches = 0;
    ck_assert_int_eq(t87s_gen_open(&options, &schema, NULL, &cache), T87S_OK);
}

static void open_over_a_fake_clock(void) {
    fake_clock_init(&fake, 0);
    open_with((struct t87s_options){.clock = &fake.clock});
}

static void open_over_the_clock(void) { open_with((struct t87s_options){.capacity_bytes = 1 << 20}); }

static void end(void) { t87s_close(cache); }

static enum t87s_status by_memory(uint64_t id, struct row *out) {
    const uint64_t key[2] = {FINGERPRINT, id};
    return t87s_gen_call(cache, &get_row, (const unsigned char *)key, sizeof key, out, NULL);
}

static enum t87s_status by_registers(uint64_t id, struct row *out) {
    return t87s_gen_call_16(cache, &get_row, FINGERPRINT, id, out);
}

typedef enum t87s_status way(uint64_t id, struct row *out);
static way *const ways[] = {by_memory, by_registers};

static void expect_row(way *ask, uint64_t id, int fetched) {
    struct row row;
    memset(&row, 0xee, sizeof row);
    ck_assert_int_eq(ask(id, &row), T87S_OK);
    ck_assert_uint_eq(row.words[0], FINGERPRINT);
    ck_assert_uint_eq(row.words[1], id);
    ck_assert_uint_eq(row.words[2], 0);
    ck_assert_int_eq((int)row.words[WORDS - 1], fetched);
}

START_TEST(what_is_fetched_one_way_is_found_the_other)
{
    struct t87s_stats stats;
    for (uint64_t id = 0; id < 100; id++)
        expect_row(ways[id % 2], id, (int)id);
    for (uint64_t id = 0; id < 100; id++)
        expect_row(ways[_i], id, (int)id);
    t87s_stats(cache, &stats);
    ck_assert_uint_eq(stats.fresh_hits, 100);
}
END_TEST

START_TEST(what_is_expired_invalidated_or_cleared_is_fetched_again)
{
    static const unsigned char rows[] = "s\004rows";
    expect_row(ways[_i], 1, 0);
    fake_clock_advance(&fake, 999);
    expect_row(ways[_i], 1, 0);
    fake_clock_advance(&fake, 1);
    expect_row(ways[_i], 1, 1);
    ck_assert_int_eq(t87s_gen_invalidate(cache, rows, sizeof rows - 1, 0), T87S_OK);
    expect_row(ways[_i], 1, 2);
    ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    expect_row(ways[_i], 1, 3);
    expect_row(ways[_i], 1, 3);
}
END_TEST

START_TEST(not_found_is_no_row)
{
    struct row row;
    answer = T87S_NOT_FOUND;
    ck_assert_int_eq(ways[_i](1, &row), T87S_NOT_FOUND);
    ck_assert_int_eq(ways[!_i](1, &row), T87S_NOT_FOUND);
    ck_assert_int_eq(fetches, 1);
}
END_TEST

START_TEST(nothing_to_ask_or_to_write_to_is_refused)
{
    struct row row;
    ck_assert_int_eq(ways[_i](1, NULL), T87S_E_INVALID);
    end();
    cache = NULL;
    ck_assert_int_eq(ways[_i](1, &row), T87S_E_INVALID);
    ck_assert_int_eq(fetches, 0);
}
END_TEST

/* More of them than there are reads between two looks at the clock. */
START_TEST(all_of_many_hits_in_a_row_are_hits)
{
    struct t87s_stats stats;
    for (int i = 0; i < 1000; i++)
        expect_row(ways[_i], 1, 0);
    t87s_stats(cache, &stats);
    ck_assert_uint_eq(stats.fresh_hits, 999);
}
END_TEST

static void *first_of_its_thread(void *ask) {
    expect_row(*(way *const *)ask, 1, 0);
    expect_row(*(way *const *)ask, 1, 0);
    return NULL;
}

START_TEST(the_first_call_of_a_thread_can_be_a_hit)
{
    pthread_t thread;
    expect_row(by_memory, 1, 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, first_of_its_thread, (void *)(uintptr_t)&ways[_i]), 0);
    pthread_join(thread, NULL);
    ck_assert_int_eq(fetches, 1);
}
END_TEST

static void count_fresh(void *arg, int64_t now_ms, const char *line) {
    (void)now_ms;
    *(int *)arg += strstr(line, ": fresh") != NULL;
}

START_TEST(a_hit_is_traced)
{
    int traced = 0;
    const struct t87s_tracer tracer = {count_fresh, &traced};
    end();
    open_with((struct t87s_options){.tracer = &tracer});
    for (int i = 0; i < 3; i++)
        expect_row(ways[_i], 1, 0);
    ck_assert_int_eq(traced, 2);
    end();
    open_over_the_clock();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("hits of a generated query");
    TCase *fake_time = case_of(suite, "a fake clock", open_over_a_fake_clock, end, 10);
    tcase_add_loop_test(fake_time, what_is_fetched_one_way_is_found_the_other, 0, 2);
    tcase_add_loop_test(fake_time, what_is_expired_invalidated_or_cleared_is_fetched_again, 0, 2);
    tcase_add_loop_test(fake_time, not_found_is_no_row, 0, 2);
    tcase_add_loop_test(fake_time, nothing_to_ask_or_to_write_to_is_refused, 0, 2);
    TCase *time = case_of(suite, "the clock", open_over_the_clock, end, 10);
    tcase_add_loop_test(time, what_is_fetched_one_way_is_found_the_other, 0, 2);
    tcase_add_loop_test(time, all_of_many_hits_in_a_row_are_hits, 0, 2);
    tcase_add_loop_test(time, the_first_call_of_a_thread_can_be_a_hit, 0, 2);
    tcase_add_loop_test(time, a_hit_is_traced, 0, 2);
    return run_suites(suite, NULL);
}
