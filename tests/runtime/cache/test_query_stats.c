/* SPDX-License-Identifier: MIT */
/* What a query did stands in its own row, and the rows add up to the sums. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <t87s/codegen.h>

#include "fake_clock.h"
#include "query_counters.h"
#include "rooms.h"
#include "source.h"
#include "stage.h"
#include "suites.h"

/* ---- a schema of two queries, as a generated header would have it ---- */

enum { USER, NOTE, BY_HAND, ROWS };

static _Atomic(int) answer; /* of the fetch of a user: an enum t87s_status */
static _Atomic(uint64_t) version;
static _Atomic(int64_t) pause_ns; /* how long a fetch takes */

static void take_time(void) {
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - start.tv_sec) * 1000000000 + now.tv_nsec - start.tv_nsec < atomic_load(&pause_ns));
}

static enum t87s_status fetch_user(const struct t87s_gen_query *query, void *app, const unsigned char *key, void *out) {
    (void)query, (void)app, (void)key;
    take_time();
    memcpy(out, (uint64_t[]){atomic_load(&version)}, sizeof(uint64_t));
    return (enum t87s_status)atomic_load(&answer);
}

static enum t87s_status fetch_note(const struct t87s_gen_query *query, void *app, const unsigned char *key, void *out) {
    (void)query, (void)app;
    return t87s_buffer_append(out, key, 16);
}

static const unsigned char users[] = "s\005users", notes[] = "s\005notes";

static struct t87s_gen_kind user_kind;
static struct t87s_gen_query get_user;

static const struct t87s_gen_kind *kind_of_user(void) { return &user_kind; }

static const struct t87s_gen_kind *kind_of_note(void) {
    static const struct t87s_gen_kind kind = {.ttl_ms = 1000, .verify_percent = -1, .fetch = fetch_note, .params = "Q"};
    return &kind;
}

static const struct t87s_gen_query get_note = {.kind = kind_of_note, .index = NOTE, .text = "s\005notes;\0get_note"};

static const char names[] = "get_user\0get_note\0";
static const struct t87s_gen_schema schema = {T87S_CODEGEN_ABI, 2, "two", names};

static struct t87s_cache *cache;
static struct fake_clock fake;

static void open_with(size_t capacity_bytes) {
    struct t87s_options options = {.clock = &fake.clock, .capacity_bytes = capacity_bytes};
    ck_assert_int_eq(t87s_gen_open(&options, &schema, NULL, &cache), T87S_OK);
}

static void setup(void) {
    fake_clock_init(&fake, 0);
    answer = T87S_OK;
    user_kind = (struct t87s_gen_kind){
        .ttl_ms = 1000, .negative_ms = 1000, .verify_percent = -1, .fetch = fetch_user, .params = "Q"};
    get_user = (struct t87s_gen_query){
        .kind = kind_of_user, .index = USER, .value_size = sizeof(uint64_t), .text = "s\005users;\0get_user"};
    open_with(1 << 20);
}

static void teardown(void) { t87s_close(cache); }

static enum t87s_status call_user(uint64_t id) {
    uint64_t key[2] = {1, id}, out;
    return t87s_gen_call(cache, &get_user, (unsigned char *)key, sizeof key, &out, NULL);
}

static enum t87s_status call_note(uint64_t id) {
    uint64_t key[2] = {2, id};
    struct t87s_value value;
    enum t87s_status status = t87s_gen_call(cache, &get_note, (unsigned char *)key, sizeof key, &value, NULL);
    t87s_value_release(&value);
    return status;
}

static void call_by_hand(const char *key, struct source *source) {
    struct t87s_query query = query_of(key, source);
    struct t87s_value value;
    ck_assert_int_eq(t87s_query(cache, &query, &value, NULL), source->status);
    t87s_value_release(&value);
}

static struct t87s_query_stats row(size_t which) {
    struct t87s_query_stats rows[ROWS];
    ck_assert_uint_eq(t87s_stats_queries(cache, rows, ROWS), ROWS);
    return rows[which];
}

static uint64_t timed(const struct t87s_query_stats *stats) {
    uint64_t sum = 0;
    for (int i = 0; i < T87S_FETCH_BUCKETS; i++)
        sum += stats->fetch_buckets[i];
    return sum;
}

/* The rest of a row must be zeroes: what is expected is taken out of a copy first. */
#define EXPECT(stats, field, number)              \
    do {                                          \
        ck_assert_uint_eq((stats).field, number); \
        (stats).field = 0;                        \
    } while (0)

static void expect_nothing_else(struct t87s_query_stats stats) {
#define X(name) ck_assert_msg(stats.name == 0, #name);
    T87S__QUERY_ANSWERS(X)
    T87S__QUERY_EVENTS(X)
#undef X
}

static void expect_rows_add_up(void) {
    struct t87s_query_stats rows[ROWS];
    struct t87s_stats sums = stats_of(cache);
    ck_assert_uint_eq(t87s_stats_queries(cache, rows, ROWS), ROWS);
#define X(name) ck_assert_uint_eq(sums.name, rows[USER].name + rows[NOTE].name + rows[BY_HAND].name);
    T87S__QUERY_ANSWERS(X)
    T87S__QUERY_EVENTS(X)
#undef X
    for (int i = 0; i < ROWS; i++)
        ck_assert_uint_eq(timed(&rows[i]), rows[i].fetches);
}

START_TEST(rows_have_the_names_of_the_schema_and_one_is_for_queries_by_hand)
{
    struct t87s_query_stats rows[ROWS + 1];
    memset(rows, 0xee, sizeof rows);
    ck_assert_uint_eq(t87s_stats_queries(cache, rows, ROWS + 1), ROWS);
    ck_assert_str_eq(rows[USER].name, "get_user");
    ck_assert_str_eq(rows[NOTE].name, "get_note");
    ck_assert_str_eq(rows[BY_HAND].name, "(by hand)");
    ck_assert_uint_eq(rows[ROWS].fetch_ns, UINT64_C(0xeeeeeeeeeeeeeeee)); /* there is no such row */

    memset(rows, 0xee, sizeof rows);
    ck_assert_uint_eq(t87s_stats_queries(cache, rows, 1), ROWS); /* room for one */
    ck_assert_str_eq(rows[USER].name, "get_user");
    ck_assert_uint_eq(rows[NOTE].fetches, UINT64_C(0xeeeeeeeeeeeeeeee));
    ck_assert_uint_eq(t87s_stats_queries(cache, NULL, 0), ROWS);
    ck_assert_uint_eq(t87s_stats_queries(cache, NULL, 7), ROWS);
    ck_assert_uint_eq(t87s_stats_queries(NULL, rows, ROWS), 0);

    struct t87s_cache *plain;
    ck_assert_int_eq(t87s_open(NULL, &plain), T87S_OK);
    ck_assert_uint_eq(t87s_stats_queries(plain, rows, ROWS), 1);
    ck_assert_str_eq(rows[0].name, "(by hand)");
    t87s_close(plain);
}
END_TEST

START_TEST(each_reason_lands_in_the_row_of_its_query)
{
    struct source source = {.text = "v"}, failing = {.status = T87S_E_FETCH};
    ck_assert_int_eq(call_user(1), T87S_OK); /* absent */
    ck_assert_int_eq(call_user(1), T87S_OK);
    ck_assert_int_eq(call_user(1), T87S_OK);
    ck_assert_int_eq(t87s_gen_invalidate(cache, users, 7, 0), T87S_OK);
    ck_assert_int_eq(call_user(1), T87S_OK); /* invalidated */
    ck_assert_int_eq(call_note(1), T87S_OK); /* absent */
    fake_clock_advance(&fake, 1000);
    ck_assert_int_eq(call_note(1), T87S_OK); /* expired */
    answer = T87S_NOT_FOUND;
    ck_assert_int_eq(call_user(2), T87S_NOT_FOUND); /* absent */
    ck_assert_int_eq(call_user(2), T87S_NOT_FOUND);
    answer = T87S_E_USER + 1;
    ck_assert_int_eq(call_user(3), T87S_E_USER + 1); /* absent */
    call_by_hand("k", &source);                      /* absent */
    call_by_hand("k", &source);
    call_by_hand("f", &failing); /* absent */
    expect_rows_add_up();

    struct t87s_query_stats user = row(USER), note = row(NOTE), by_hand = row(BY_HAND);
    EXPECT(user, fresh_hits, 2);
    EXPECT(user, negative_hits, 1);
    EXPECT(user, fetches, 4);
    EXPECT(user, fetches_not_found, 1);
    EXPECT(user, fetch_errors, 1);
    EXPECT(user, absent, 3);
    EXPECT(user, invalidated, 1);
    expect_nothing_else(user);
    EXPECT(note, fetches, 2);
    EXPECT(note, absent, 1);
    EXPECT(note, expired, 1);
    expect_nothing_else(note);
    EXPECT(by_hand, fresh_hits, 1);
    EXPECT(by_hand, fetches, 2);
    EXPECT(by_hand, fetch_errors, 1);
    EXPECT(by_hand, absent, 2);
    expect_nothing_else(by_hand);
}
END_TEST

START_TEST(a_query_of_another_schema_counts_as_one_by_hand)
{
    get_user.index = 7;
    ck_assert_int_eq(call_user(1), T87S_OK);
    ck_assert_uint_eq(row(BY_HAND).fetches, 1);
    expect_rows_add_up();
}
END_TEST

START_TEST(an_eviction_counts_for_the_query_of_the_answer_that_goes)
{
    enum { NOTES = 2000 };
    t87s_close(cache);
    open_with(256 << 10);
    ck_assert_int_eq(set_text(cache, "set", "value", NULL), T87S_OK);
    for (uint64_t id = 0; id < NOTES; id++)
        ck_assert_int_eq(call_note(id), T87S_OK);
    for (uint64_t id = 0; id < NOTES; id++)
        ck_assert_int_eq(call_user(id), T87S_OK);
    uint64_t forgotten = 0;
    for (uint64_t id = NOTES; id-- > 0;) { /* some are remembered as evicted lately */
        uint64_t before = row(NOTE).evicted_before;
        ck_assert_int_eq(call_note(id), T87S_OK);
        forgotten += row(NOTE).evicted_before - before;
    }
    struct t87s_query_stats user = row(USER), note = row(NOTE), by_hand = row(BY_HAND);
    expect_rows_add_up();
    ck_assert_uint_eq(by_hand.evictions, 1);
    ck_assert_uint_gt(user.evictions, 0);
    ck_assert_uint_le(user.evictions, NOTES);
    ck_assert_uint_gt(note.evictions, NOTES / 2);
    ck_assert_uint_gt(forgotten, 0);
    ck_assert_uint_eq(note.evicted_before, forgotten);
    ck_assert_uint_eq(user.evicted_before, 0);
    ck_assert_uint_eq(stats_of(cache).entries, 1 + user.fetches + note.fetches - stats_of(cache).evictions);
}
END_TEST

/* ---- the background ---- */

#define AWAIT(condition) \
    while (!(condition)) \
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL)

START_TEST(stale_answers_and_their_refreshes_count_for_their_query)
{
    user_kind.grace_ms = 10000;
    ck_assert_int_eq(call_user(1), T87S_OK);
    ck_assert_int_eq(t87s_gen_invalidate(cache, users, 7, T87S_SOFT), T87S_OK);
    ck_assert_int_eq(call_user(1), T87S_OK); /* stale */
    AWAIT(row(USER).refreshes == 1);
    fake_clock_advance(&fake, 1500);
    answer = T87S_E_FETCH;
    AWAIT(call_user(1) == T87S_OK && row(USER).refresh_errors == 1); /* stale by time */
    struct t87s_query_stats user = row(USER);
    expect_rows_add_up();
    ck_assert_uint_ge(user.stale_serves, 2);
    ck_assert_uint_eq(user.fetches, 3);
    ck_assert_uint_eq(user.fetch_errors, 1);
    ck_assert_uint_eq(user.invalidated, 1);
    ck_assert_uint_eq(user.expired, user.stale_serves - 1);
    expect_nothing_else(row(NOTE));
    expect_nothing_else(row(BY_HAND));
}
END_TEST

START_TEST(what_verification_finds_counts_for_its_query)
{
    user_kind.verify_percent = 100;
    get_user.index |= T87S_GEN_VERIFIED;
    version = 1;
    ck_assert_int_eq(call_user(1), T87S_OK);
    ck_assert_int_eq(call_user(1), T87S_OK);
    AWAIT(row(USER).verified == 1);
    version = 2; /* and nobody says so */
    AWAIT(call_user(1) == T87S_OK && row(USER).repaired == 1);
    struct t87s_query_stats user = row(USER);
    ck_assert_uint_ge(user.verified, 2);
    ck_assert_uint_eq(user.found_wrong, 1);
    ck_assert_uint_eq(user.refreshes, 0);
    expect_nothing_else(row(NOTE));
    expect_nothing_else(row(BY_HAND));
}
END_TEST

/* ---- durations ---- */

START_TEST(the_time_of_a_fetch_is_measured_and_that_of_a_hit_is_not)
{
    static const uint64_t bounds_us[] = T87S_FETCH_BOUNDS_US;
    pause_ns = 3000000; /* more than the bound of 2 ms; the machine may add to it */
    ck_assert_int_eq(call_user(1), T87S_OK);
    struct t87s_query_stats first = row(USER);
    ck_assert_uint_eq(timed(&first), 1);
    ck_assert_uint_ge(first.fetch_ns, 3000000);
    for (size_t i = 0; i < T87S_FETCH_BUCKETS - 1; i++)
        if (bounds_us[i] <= 2000)
            ck_assert_uint_eq(first.fetch_buckets[i], 0);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(call_user(1), T87S_OK);
    struct t87s_query_stats then = row(USER);
    ck_assert_uint_eq(then.fetch_ns, first.fetch_ns);
    ck_assert_mem_eq(then.fetch_buckets, first.fetch_buckets, sizeof first.fetch_buckets);
}
END_TEST

/* ---- a load, over threads ---- */

enum { THREADS = 3, CALLS = 1500, IDS = 40 };

static struct source shared = {.text = "value"};

static void *load(void *arg) {
    unsigned seed = *(unsigned *)arg;
    uint64_t seen = 0;
    for (int i = 0; i < CALLS; i++) {
        seed = seed * 1103515245 + 12345;
        uint64_t id = (seed >> 16) % IDS;
        char key[24];
        snprintf(key, sizeof key, "%u", (unsigned)id);
        switch ((seed >> 8) % 3) {
        case 0:
            ck_assert_int_eq(call_user(id), T87S_OK);
            break;
        case 1:
            ck_assert_int_eq(call_note(id), T87S_OK);
            break;
        default:
            call_by_hand(key, &shared);
            break;
        }
        if (i % 50 == 0)
            ck_assert_int_eq(t87s_gen_invalidate(cache, i % 100 ? users : notes, 7, i % 3 ? 0 : T87S_SOFT), T87S_OK);
        if (i % 100 == 0) { /* reading meanwhile is allowed */
            uint64_t hits = row(NOTE).fresh_hits;
            ck_assert_uint_le(seen, hits);
            seen = hits;
        }
    }
    return NULL;
}

START_TEST(rows_add_up_to_the_sums_under_a_mixed_load)
{
    unsigned seeds[THREADS] = {1, 2, 3};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        threads[i] = thread_start(load, &seeds[i]);
    for (int i = 0; i < THREADS; i++)
        thread_join(threads[i]);
    uint64_t answered = 0;
    expect_rows_add_up();
    for (size_t i = 0; i < ROWS; i++) {
        struct t87s_query_stats stats = row(i);
        ck_assert_uint_gt(stats.fresh_hits, 0);
        ck_assert_uint_gt(stats.fetches, 0);
        ck_assert_uint_eq(stats.invalidated > 0, i != BY_HAND);
        answered += stats.fresh_hits + stats.joins + stats.fetches;
    }
    ck_assert_uint_eq(answered, THREADS * CALLS);
    ck_assert_uint_eq(row(BY_HAND).fetches, (unsigned)atomic_load(&shared.fetches));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("statistics of each query");
    TCase *tests = tcase_create("statistics of each query");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, rows_have_the_names_of_the_schema_and_one_is_for_queries_by_hand);
    tcase_add_test(tests, each_reason_lands_in_the_row_of_its_query);
    tcase_add_test(tests, a_query_of_another_schema_counts_as_one_by_hand);
    tcase_add_test(tests, an_eviction_counts_for_the_query_of_the_answer_that_goes);
    tcase_add_test(tests, stale_answers_and_their_refreshes_count_for_their_query);
    tcase_add_test(tests, what_verification_finds_counts_for_its_query);
    tcase_add_test(tests, the_time_of_a_fetch_is_measured_and_that_of_a_hit_is_not);
    tcase_add_test(tests, rows_add_up_to_the_sums_under_a_mixed_load);
    return run_suites(suite, NULL);
}
