/* SPDX-License-Identifier: MIT */
/* A word instead of a clock: never ahead, never back, and not far behind even when nobody ticks. */
#include "time_word.h"

#include "fake_clock.h"
#include "stage.h"
#include "suites.h"

enum { READERS = 3, STEPS = 3000, COARSE_MS = 4 };

/* The scripted clocks: the coarse one is up to COARSE_MS - 1 behind. */
static _Atomic(int64_t) real_ms;
static atomic_int exact_calls, coarse_calls;

static int64_t exact_ms(void) {
    atomic_fetch_add(&exact_calls, 1);
    return atomic_load(&real_ms);
}

static int64_t coarse_ms(void) {
    atomic_fetch_add(&coarse_calls, 1);
    return atomic_load(&real_ms) / COARSE_MS * COARSE_MS;
}

static const struct t87s__time_source scripted = {exact_ms, coarse_ms};
static struct t87s__time_word word;

static void open_at(int64_t now_ms) {
    atomic_store(&real_ms, now_ms);
    t87s__time_open(&word, NULL, &scripted);
}

/* Reads until the next one is a check. */
static void read_up_to_a_check(void) {
    while (t87s__time_reads.left > 0)
        t87s__time_now(&word);
}

START_TEST(parked_every_read_calls_the_clock)
{
    open_at(1000);
    for (int i = 0; i < 200; i++) {
        ck_assert_int_eq(t87s__time_now(&word), 1000 + i);
        atomic_fetch_add(&real_ms, 1);
    }
    ck_assert_int_eq(atomic_load(&exact_calls), 200);
    ck_assert_int_eq(atomic_load(&coarse_calls), 0);
}
END_TEST

START_TEST(ticking_a_read_calls_no_clock_but_at_a_check)
{
    open_at(1000);
    t87s__time_tick(&word);
    atomic_store(&exact_calls, 0);
    for (int i = 0; i < 10 * TIME_CHECK_EACH; i++)
        ck_assert_int_eq(t87s__time_now(&word), 1000);
    ck_assert_int_eq(atomic_load(&exact_calls), 0);
    ck_assert_int_eq(atomic_load(&coarse_calls), 10);
    atomic_store(&real_ms, 1005);
    t87s__time_tick(&word);
    ck_assert_int_eq(t87s__time_now(&word), 1005);
    t87s__time_park(&word);
    atomic_store(&real_ms, 1006);
    ck_assert_int_eq(t87s__time_now(&word), 1006);
}
END_TEST

START_TEST(distrusted_no_read_sees_what_ticks_left_behind)
{
    open_at(1000);
    t87s__time_distrust(&word);
    atomic_store(&exact_calls, 0);
    for (int i = 0; i < 200; i++) {
        t87s__time_tick(&word);
        ck_assert_int_eq(t87s__time_now(&word), (1000 + i) / COARSE_MS * COARSE_MS);
        atomic_fetch_add(&real_ms, 1);
    }
    ck_assert_int_eq(atomic_load(&exact_calls), 0);
    ck_assert(!t87s__time_wanted(&word));
    ck_assert_int_gt(t87s__time_behind_ms(&word), 0);
}
END_TEST

START_TEST(a_check_moves_the_word_of_a_starved_service_thread)
{
    open_at(1000);
    t87s__time_tick(&word);
    t87s__time_now(&word);
    atomic_store(&real_ms, 1000 + TIME_SLACK_MS); /* both are multiples of COARSE_MS */
    read_up_to_a_check();
    ck_assert_int_eq(t87s__time_now(&word), 1000); /* as far behind as may be */
    atomic_store(&real_ms, 1000 + TIME_SLACK_MS + COARSE_MS);
    for (int i = 1; i < TIME_CHECK_EACH; i++)
        ck_assert_int_eq(t87s__time_now(&word), 1000);
    ck_assert_int_eq(t87s__time_now(&word), 1000 + TIME_SLACK_MS + COARSE_MS);
    ck_assert_int_eq(atomic_load(&word.now_ms), 1000 + TIME_SLACK_MS + COARSE_MS); /* for all */
    ck_assert_int_eq(t87s__time_now(&word), 1000 + TIME_SLACK_MS + COARSE_MS);
}
END_TEST

static void *read_once(void *arg) {
    *(int64_t *)arg = t87s__time_now(&word);
    return NULL;
}

START_TEST(the_first_read_of_a_thread_is_a_check)
{
    int64_t seen;
    open_at(1000);
    t87s__time_tick(&word);
    t87s__time_now(&word);
    atomic_store(&real_ms, 2000);
    ck_assert_int_eq(t87s__time_now(&word), 1000);
    thread_join(thread_start(read_once, &seen));
    ck_assert_int_eq(seen, 2000);
    ck_assert_int_eq(t87s__time_now(&word), 2000);
}
END_TEST

START_TEST(an_exact_time_moves_the_word_but_does_not_unpark_it)
{
    open_at(1000);
    t87s__time_tick(&word);
    atomic_store(&real_ms, 1003);
    ck_assert_int_eq(t87s__time_exact(&word), 1003);
    ck_assert_int_eq(atomic_load(&word.now_ms), 1003);
    t87s__time_park(&word);
    atomic_store(&real_ms, 1004);
    ck_assert_int_eq(t87s__time_exact(&word), 1004);
    ck_assert(atomic_load(&word.now_ms) == T87S__TIME_PARKED);
}
END_TEST

START_TEST(a_tick_that_comes_late_takes_no_time_back)
{
    open_at(1000);
    ck_assert_int_eq(t87s__time_now(&word), 1000); /* parked */
    atomic_store(&real_ms, 997);                   /* the service thread read the clock before, and stores now */
    t87s__time_tick(&word);
    ck_assert_int_eq(t87s__time_now(&word), 1000);
    read_up_to_a_check();
    ck_assert_int_eq(t87s__time_now(&word), 1000);
    ck_assert_int_eq(t87s__time_exact(&word), 1000);
    atomic_store(&real_ms, 1010);
    t87s__time_tick(&word);
    atomic_store(&real_ms, 1007);
    t87s__time_tick(&word);
    ck_assert_int_eq(t87s__time_now(&word), 1010);
    ck_assert_int_eq(t87s__time_exact(&word), 1010);
}
END_TEST

START_TEST(traffic_leaves_a_mark_that_a_tick_takes)
{
    open_at(1000);
    ck_assert(!t87s__time_wanted(&word));
    t87s__time_now(&word);
    ck_assert(t87s__time_wanted(&word));
    ck_assert(t87s__time_tick(&word));
    ck_assert(!t87s__time_wanted(&word)); /* it has what it wants */
    ck_assert(!t87s__time_tick(&word));
    for (int i = 1; i < TIME_CHECK_EACH; i++)
        t87s__time_now(&word);
    ck_assert(!t87s__time_tick(&word)); /* too little to know of */
    t87s__time_now(&word);
    ck_assert(t87s__time_tick(&word));
    t87s__time_park(&word);
    for (int i = 1; i < TIME_CHECK_EACH; i++)
        t87s__time_now(&word);
    ck_assert(!t87s__time_wanted(&word));
    t87s__time_now(&word);
    ck_assert(t87s__time_wanted(&word));
}
END_TEST

START_TEST(of_two_caches_in_turn_both_are_checked)
{
    struct t87s__time_word other;
    open_at(1000);
    t87s__time_open(&other, NULL, &scripted);
    t87s__time_tick(&word);
    t87s__time_tick(&other);
    atomic_store(&real_ms, 2000);
    for (int i = 0; i < TIME_CHECK_EACH; i++) {
        t87s__time_now(&word);
        t87s__time_now(&other);
    }
    ck_assert_int_eq(atomic_load(&word.now_ms), 2000);
    ck_assert_int_eq(atomic_load(&other.now_ms), 2000);
}
END_TEST

START_TEST(a_clock_of_the_user_is_always_asked)
{
    struct fake_clock fake;
    fake_clock_init(&fake, 500);
    t87s__time_open(&word, &fake.clock, &scripted);
    ck_assert(!t87s__time_tick(&word));
    for (int i = 0; i < 2 * TIME_CHECK_EACH; i++) {
        ck_assert_int_eq(t87s__time_now(&word), 500 + i);
        ck_assert_int_eq(t87s__time_exact(&word), 500 + i);
        fake_clock_advance(&fake, 1);
    }
    ck_assert(!t87s__time_wanted(&word));
    ck_assert(!t87s__time_tick(&word));
    ck_assert_int_eq(atomic_load(&exact_calls) + atomic_load(&coarse_calls), 0);
}
END_TEST

START_TEST(the_built_in_clock_is_the_monotonic_one)
{
    t87s__time_open(&word, &t87s__clock_monotonic, NULL);
    for (int i = 0; i < 1000; i++) {
        int64_t before = t87s__clock_now(&t87s__clock_monotonic);
        int64_t now = i % 3 ? t87s__time_now(&word) : t87s__time_exact(&word);
        int64_t after = t87s__clock_now(&t87s__clock_monotonic);
        ck_assert_int_le(now, after);
        ck_assert(now >= before || i >= 500);
        if (i == 500)
            t87s__time_tick(&word);
    }
}
END_TEST

static atomic_bool over;
static atomic_int checks;

/* After a check: not further behind than promised what the clock said before. */
static void *read_on(void *arg) {
    (void)arg;
    int64_t last = 0;
    while (!atomic_load_explicit(&over, memory_order_relaxed)) {
        int64_t before = atomic_load(&real_ms);
        bool check = t87s__time_reads.left == 0;
        int64_t now = check && last % 5 == 0 ? t87s__time_exact(&word) : t87s__time_now(&word);
        ck_assert_int_ge(now, last);
        ck_assert_int_le(now, atomic_load(&real_ms));
        if (check) {
            ck_assert_int_ge(now, before - TIME_SLACK_MS - COARSE_MS);
            atomic_fetch_add_explicit(&checks, 1, memory_order_relaxed);
        }
        last = now;
    }
    return NULL;
}

/* 0: ticks each step; 1: seldom; 2: seldom, and parks in between. */
START_TEST(readers_see_time_pass_however_seldom_the_ticks)
{
    pthread_t threads[READERS];
    open_at(1000);
    for (int i = 0; i < READERS; i++)
        threads[i] = thread_start(read_on, NULL);
    for (int i = 0; i < STEPS || atomic_load(&checks) < 100; i++) {
        atomic_fetch_add(&real_ms, 1 + i % 7);
        if (_i == 0 || i % 100 == 0)
            t87s__time_tick(&word);
        if (_i == 2 && i % 150 == 0)
            t87s__time_park(&word);
        if (i % 10 == 0)
            sched_yield();
    }
    atomic_store_explicit(&over, true, memory_order_relaxed);
    for (int i = 0; i < READERS; i++)
        thread_join(threads[i]);
}
END_TEST

int main(void) {
    Suite *suite =
        suite_of("time words", parked_every_read_calls_the_clock, ticking_a_read_calls_no_clock_but_at_a_check,
                 distrusted_no_read_sees_what_ticks_left_behind, a_check_moves_the_word_of_a_starved_service_thread,
                 the_first_read_of_a_thread_is_a_check, an_exact_time_moves_the_word_but_does_not_unpark_it,
                 a_tick_that_comes_late_takes_no_time_back, traffic_leaves_a_mark_that_a_tick_takes,
                 of_two_caches_in_turn_both_are_checked, a_clock_of_the_user_is_always_asked,
                 the_built_in_clock_is_the_monotonic_one, NULL);
    TCase *races = tcase_create("races");
    suite_add_tcase(suite, races);
    tcase_add_loop_test(races, readers_see_time_pass_however_seldom_the_ticks, 0, 3);
    return run_suites(suite, NULL);
}
