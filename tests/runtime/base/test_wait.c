/* SPDX-License-Identifier: MIT */
/* Waiting until a time of the cache's clock, also of one that was plugged in. */
#include "wait.h"

#include "clock.h"
#include "fake_clock.h"
#include "stage.h"
#include "suites.h"

struct waiter {
    const struct t87s_clock *clock;
    int64_t until_ms;
    pthread_mutex_t lock;
    pthread_cond_t condition;
    bool signalled; /* under lock */
    struct stage stage;
};

enum { WAITING = 1, WOKEN };

static void waiter_init(struct waiter *waiter, const struct t87s_clock *clock, int64_t until_ms) {
    waiter->clock = clock;
    waiter->until_ms = until_ms;
    waiter->signalled = false;
    pthread_mutex_init(&waiter->lock, NULL);
    ck_assert(t87s__wait_init(&waiter->condition));
    stage_init(&waiter->stage);
}

static void *wait_in_a_loop(void *arg) {
    struct waiter *waiter = arg;
    pthread_mutex_lock(&waiter->lock);
    stage_reach(&waiter->stage, WAITING);
    while (!waiter->signalled && t87s__clock_now(waiter->clock) < waiter->until_ms)
        t87s__wait_until(&waiter->condition, &waiter->lock, waiter->clock, waiter->until_ms);
    pthread_mutex_unlock(&waiter->lock);
    stage_reach(&waiter->stage, WOKEN);
    return NULL;
}

START_TEST(a_waiter_sees_a_plugged_clock_move_without_a_signal)
{
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct waiter waiter;
    waiter_init(&waiter, &clock.clock, 1000);
    pthread_t thread = thread_start(wait_in_a_loop, &waiter);
    stage_wait(&waiter.stage, WAITING);
    fake_clock_advance(&clock, 999);
    pthread_mutex_lock(&waiter.lock); /* the waiter sleeps, or is about to look */
    pthread_mutex_unlock(&waiter.lock);
    ck_assert_int_eq(waiter.stage.step, WAITING);
    fake_clock_advance(&clock, 1);
    thread_join(thread);
    ck_assert_int_eq(waiter.stage.step, WOKEN);
    ck_assert(!waiter.signalled);
}
END_TEST

START_TEST(a_waiter_wakes_by_the_signal_long_before_its_time)
{
    struct waiter waiter;
    waiter_init(&waiter, &t87s__clock_monotonic, INT64_MAX); /* far beyond what the kernel's clock can say */
    pthread_t thread = thread_start(wait_in_a_loop, &waiter);
    stage_wait(&waiter.stage, WAITING);
    pthread_mutex_lock(&waiter.lock);
    waiter.signalled = true;
    pthread_cond_signal(&waiter.condition);
    pthread_mutex_unlock(&waiter.lock);
    thread_join(thread);
    ck_assert_int_eq(waiter.stage.step, WOKEN);
}
END_TEST

START_TEST(a_time_that_has_come_is_not_waited_for)
{
    struct fake_clock clock;
    fake_clock_init(&clock, 1000);
    struct waiter waiter;
    waiter_init(&waiter, &clock.clock, 1000);
    pthread_mutex_lock(&waiter.lock);
    t87s__wait_until(&waiter.condition, &waiter.lock, &clock.clock, 1000);
    t87s__wait_until(&waiter.condition, &waiter.lock, &clock.clock, INT64_MIN);
    pthread_mutex_unlock(&waiter.lock);
    wait_in_a_loop(&waiter);
    ck_assert_int_eq(waiter.stage.step, WOKEN);
}
END_TEST

START_TEST(the_real_clock_ends_a_wait_at_its_time)
{
    int64_t start = t87s__clock_now(&t87s__clock_monotonic);
    struct waiter waiter;
    waiter_init(&waiter, &t87s__clock_monotonic, start + 5);
    wait_in_a_loop(&waiter);
    ck_assert_int_ge(t87s__clock_now(&t87s__clock_monotonic), start + 5);
}
END_TEST

int main(void) {
    return run_suites(suite_of("waiting by the cache's clock", a_waiter_sees_a_plugged_clock_move_without_a_signal,
                               a_waiter_wakes_by_the_signal_long_before_its_time,
                               a_time_that_has_come_is_not_waited_for, the_real_clock_ends_a_wait_at_its_time, NULL),
                      NULL);
}
