/* SPDX-License-Identifier: MIT */
/* What happens in the narrow places of a fetch and a set: after the fetch has ended and before its answer is kept.
 *
 * The clock is read there, with no lock held, so a clock that lets another thread go first and waits for it stands in
 * for a scheduler that would. */
#include <string.h>

#include "rooms.h"
#include "source.h"
#include "stage.h"
#include "suites.h"

/* A clock that, once armed, lets the intruder act before it answers the thread that armed it. */
static struct {
    pthread_t owner;
    bool armed; /* the owner's alone */
    struct stage stage;
} turn;

static int64_t tell_time(void *arg) {
    (void)arg;
    if (pthread_equal(pthread_self(), turn.owner) && turn.armed) {
        turn.armed = false;
        stage_reach(&turn.stage, 1);
        stage_wait(&turn.stage, 2);
    }
    return 1000;
}

static const struct t87s_clock narrow_clock = {tell_time, NULL};
static struct t87s_cache *cache;
static struct t87s_tag tag;

static void arm(void *arg) {
    (void)arg;
    turn.armed = true;
}

enum deed { INVALIDATE, INVALIDATE_ABOVE, DELETE, CLEAR, SET, DEEDS };

static void *act(void *arg) {
    stage_wait(&turn.stage, 1);
    struct t87s_tag above = tag_of("users");
    switch (*(enum deed *)arg) {
    case INVALIDATE:
        ck_assert_int_eq(t87s_invalidate(cache, &tag, 1, 0), T87S_OK);
        break;
    case INVALIDATE_ABOVE:
        ck_assert_int_eq(t87s_invalidate(cache, &above, 1, 0), T87S_OK);
        break;
    case DELETE:
        ck_assert_int_eq(t87s_delete(cache, "k", 1), T87S_OK);
        break;
    case CLEAR:
        ck_assert_int_eq(t87s_clear(cache), T87S_OK);
        break;
    default:
        ck_assert_int_eq(set_text(cache, "k", "set", NULL), T87S_OK);
    }
    stage_reach(&turn.stage, 2);
    return NULL;
}

static void setup(void) {
    struct t87s_options options = {.clock = &narrow_clock};
    turn.owner = pthread_self();
    turn.armed = false;
    stage_init(&turn.stage);
    tag = tag_of("users/42");
    ck_assert_int_eq(t87s_open(&options, &cache), T87S_OK);
}

static void teardown(void) { t87s_close(cache); }

START_TEST(between_the_end_of_a_fetch_and_its_keeping_nothing_is_lost)
{
    enum deed deed = (enum deed)_i;
    pthread_t intruder = thread_start(act, &deed);
    struct source source = {.text = "old", .during = arm}; /* the next look at the clock is the keeper's */
    struct t87s_query query = query_of("k", &source);
    query.tags = &tag;
    query.n_tags = 1;
    expect_answer(cache, &query, "old", T87S_FETCHED); /* it began before: its own caller may have it */
    ck_assert(!turn.armed);
    thread_join(intruder);
    expect_get(cache, "k", deed == SET ? "set" : NULL);
    source.during = NULL;
    source.text = "new";
    if (deed == SET)
        expect_answer(cache, &query, "set", T87S_FRESH);
    else
        expect_answer(cache, &query, "new", T87S_FETCHED);
    ck_assert_uint_eq(stats_of(cache).not_kept_outdated, 1);
}
END_TEST

START_TEST(between_the_stamp_of_a_set_and_its_keeping_nothing_is_lost)
{
    enum deed deed = (enum deed)_i;
    pthread_t intruder = thread_start(act, &deed);
    struct t87s_set_options options = {.tags = &tag, .n_tags = 1};
    arm(NULL);
    ck_assert_int_eq(set_text(cache, "k", "old", &options), T87S_OK);
    ck_assert(!turn.armed);
    thread_join(intruder);
    expect_get(cache, "k", deed == SET ? "set" : NULL);
}
END_TEST

START_TEST(the_answer_of_a_fetch_that_another_overtook_is_not_put_over_it)
{
    struct source source = {.text = "old", .during = arm};
    struct t87s_query query = query_of("k", &source);
    query.tags = &tag;
    query.n_tags = 1;
    enum deed deed = INVALIDATE;
    pthread_t intruder = thread_start(act, &deed);
    expect_answer(cache, &query, "old", T87S_FETCHED);
    thread_join(intruder);
    struct t87s_entries entries;
    struct t87s_value value;
    source.during = NULL;
    source.text = "new";
    ck_assert_int_eq(t87s_query(cache, &query, &value, &entries), T87S_OK);
    ck_assert_str_eq(value.data, "new");
    ck_assert(!entries.before.present); /* the outdated one never stood in the cache */
    ck_assert(entries.after.present);
    t87s_value_release(&value);
}
END_TEST

/* ---- the law, free running ---- */

enum { THREADS = 3, ROUNDS = 3000, ROWS = 5 };

static _Atomic(uint64_t) row[ROWS];      /* the source: a version */
static _Atomic(uint64_t) promised[ROWS]; /* no query that begins now may see an older one */
static atomic_bool law_broken;

static enum t87s_status fetch_row(void *arg, struct t87s_buffer *out) {
    uint64_t version = atomic_load((_Atomic(uint64_t) *)arg);
    return t87s_buffer_append(out, &version, sizeof version);
}

static void raise_to(_Atomic(uint64_t) *mark, uint64_t version) {
    for (uint64_t seen = atomic_load(mark); seen < version && !atomic_compare_exchange_weak(mark, &seen, version);) {
    }
}

static void *write_rows(void *arg) {
    unsigned n = *(unsigned *)arg;
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned r = (i * n) % ROWS;
        char words[16] = "rows/0";
        words[5] = (char)('0' + r);
        struct t87s_tag mine = tag_of(words), all = tag_of("rows");
        char key = (char)('a' + r);
        uint64_t version = atomic_fetch_add(&row[r], 1) + 1;
        switch (i % 4) {
        case 0:
            t87s_invalidate(cache, &mine, 1, 0);
            break;
        case 1:
            t87s_invalidate(cache, &all, 1, 0);
            break;
        case 2:
            t87s_delete(cache, &key, 1);
            break;
        default:
            t87s_clear(cache);
        }
        raise_to(&promised[r], version);
    }
    return NULL;
}

static void *read_rows(void *arg) {
    unsigned n = *(unsigned *)arg;
    for (unsigned i = 0; i < ROUNDS * 2; i++) {
        unsigned r = (i * n) % ROWS;
        char words[16] = "rows/0";
        words[5] = (char)('0' + r);
        struct t87s_tag mine = tag_of(words);
        char key = (char)('a' + r);
        uint64_t expected = atomic_load(&promised[r]), seen = 0;
        struct t87s_value value;
        if (i % 7 == 0) { /* read the source by hand and put it in */
            struct t87s_token token = t87s_token(cache);
            seen = atomic_load(&row[r]);
            struct t87s_set_options options = {.tags = &mine, .n_tags = 1, .token = token};
            t87s_set(cache, &key, 1, &seen, sizeof seen, &options);
            continue;
        }
        struct t87s_query query = {
            .key = &key, .key_len = 1, .tags = &mine, .n_tags = 1, .fetch = fetch_row, .fetch_arg = &row[r]};
        ck_assert_int_eq(t87s_query(cache, &query, &value, NULL), T87S_OK);
        memcpy(&seen, value.data, sizeof seen);
        t87s_value_release(&value);
        if (seen < expected)
            atomic_store(&law_broken, true);
    }
    return NULL;
}

START_TEST(no_query_sees_what_was_invalidated_deleted_or_cleared_before_it)
{
    unsigned steps[THREADS * 2] = {1, 2, 3, 1, 2, 3};
    pthread_t threads[THREADS * 2];
    for (int i = 0; i < THREADS * 2; i++)
        threads[i] = thread_start(i < THREADS ? read_rows : write_rows, &steps[i]);
    for (int i = 0; i < THREADS * 2; i++)
        thread_join(threads[i]);
    ck_assert(!atomic_load(&law_broken));
    ck_assert_uint_gt(stats_of(cache).fresh_hits, 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("narrow places");
    TCase *tests = tcase_create("narrow places");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, between_the_end_of_a_fetch_and_its_keeping_nothing_is_lost, 0, DEEDS);
    tcase_add_loop_test(tests, between_the_stamp_of_a_set_and_its_keeping_nothing_is_lost, 0, DEEDS);
    tcase_add_test(tests, the_answer_of_a_fetch_that_another_overtook_is_not_put_over_it);
    tcase_add_test(tests, no_query_sees_what_was_invalidated_deleted_or_cleared_before_it);
    return run_suites(suite, NULL);
}
