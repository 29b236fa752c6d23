/* SPDX-License-Identifier: MIT */
/* Threads that run jobs from a bounded queue. */
#include "executor.h"

#include "fault_allocator.h"
#include "stage.h"
#include "suites.h"
#include "thread.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

enum { MOST_WAITING = 1024, JOBS = MOST_WAITING + 10 };

struct test_job {
    struct t87s__job head;
    int number;
    bool blocks; /* until the gate opens */
};

static struct fault_allocator heap;
static struct t87s__memory *memory;
static struct t87s__executor *executor;
static struct test_job jobs[JOBS];
static struct stage gate; /* 1: open */
static atomic_int spawned, spawns_allowed, started, running, most_running, finished, dropped, last_finished;
static atomic_bool in_order, signals_blocked;

static int spawn(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *arg) {
    if (atomic_load(&spawned) >= atomic_load(&spawns_allowed))
        return EAGAIN;
    atomic_fetch_add(&spawned, 1);
    return pthread_create(thread, attributes, body, arg);
}

static void run(struct t87s__job *head) {
    struct test_job *job = (struct test_job *)head;
    atomic_fetch_add(&started, 1);
    int now = atomic_fetch_add(&running, 1) + 1;
    for (int most = atomic_load(&most_running);
         now > most && !atomic_compare_exchange_weak(&most_running, &most, now);) {
    }
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    if (!sigismember(&blocked, SIGUSR1) || !sigismember(&blocked, SIGTERM))
        atomic_store(&signals_blocked, false);
    if (job->blocks)
        stage_wait(&gate, 1);
    if (atomic_exchange(&last_finished, job->number) > job->number)
        atomic_store(&in_order, false);
    atomic_fetch_sub(&running, 1);
    atomic_fetch_add(&finished, 1);
}

static void drop(struct t87s__job *head) {
    (void)head;
    atomic_fetch_add(&dropped, 1);
}

static void setup(unsigned max_threads) {
    fault_allocator_init(&heap, FAULT_NEVER, false);
    memory = t87s__memory_open(&heap.allocator);
    executor = t87s__executor_open(memory, max_threads);
    ck_assert_ptr_nonnull(executor);
    t87s__thread_spawn = spawn;
    atomic_store(&spawns_allowed, 1000);
    atomic_store(&in_order, true);
    atomic_store(&signals_blocked, true);
    stage_init(&gate);
    for (int i = 0; i < JOBS; i++)
        jobs[i] = (struct test_job){{NULL, run, drop}, i, false};
}

static void teardown(void) {
    t87s__executor_stop(executor);
    t87s__executor_close(executor);
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}

static enum t87s__submit submit(int number) { return t87s__executor_submit(executor, &jobs[number].head); }

/* Until a counter that jobs raise has come so far. */
static void until(atomic_int *counter, int value) {
    while (atomic_load(counter) < value)
        sched_yield();
}

START_TEST(no_thread_runs_before_there_is_a_job)
{
    setup(4);
    ck_assert_int_eq(atomic_load(&spawned), 0);
    ck_assert_int_eq(submit(0), SUBMIT_OK);
    ck_assert_int_eq(atomic_load(&spawned), 1);
    until(&finished, 1);
    teardown();
    ck_assert_int_eq(atomic_load(&dropped), 0);
}
END_TEST

START_TEST(one_thread_runs_the_jobs_in_their_order)
{
    setup(1);
    for (int i = 0; i < 200; i++)
        ck_assert_int_eq(submit(i), SUBMIT_OK);
    until(&finished, 200);
    ck_assert_int_eq(atomic_load(&spawned), 1);
    ck_assert(atomic_load(&in_order));
    ck_assert_int_eq(atomic_load(&most_running), 1);
    teardown();
}
END_TEST

START_TEST(busy_threads_get_help_but_never_more_than_allowed)
{
    setup(3);
    for (int i = 0; i < 8; i++) {
        jobs[i].blocks = true;
        ck_assert_int_eq(submit(i), SUBMIT_OK);
        if (i < 3)
            until(&started, i + 1); /* so each comes while all others are busy */
    }
    ck_assert_int_eq(atomic_load(&spawned), 3);
    ck_assert_int_eq(atomic_load(&running), 3);
    stage_reach(&gate, 1);
    until(&finished, 8);
    ck_assert_int_eq(atomic_load(&most_running), 3);
    ck_assert_int_eq(atomic_load(&spawned), 3);
    teardown();
}
END_TEST

START_TEST(the_queue_is_bounded_and_a_refused_job_stays_the_callers)
{
    setup(1);
    jobs[0].blocks = true;
    ck_assert_int_eq(submit(0), SUBMIT_OK);
    until(&started, 1);
    for (int i = 1; i <= MOST_WAITING; i++)
        ck_assert_int_eq(submit(i), SUBMIT_OK);
    ck_assert_int_eq(submit(MOST_WAITING + 1), SUBMIT_FULL);
    ck_assert_int_eq(submit(MOST_WAITING + 1), SUBMIT_FULL);
    ck_assert_int_eq(atomic_load(&dropped), 0);
    stage_reach(&gate, 1);
    until(&finished, MOST_WAITING + 1);
    ck_assert_int_eq(submit(MOST_WAITING + 1), SUBMIT_OK); /* there is room again */
    until(&finished, MOST_WAITING + 2);
    teardown();
    ck_assert_int_eq(atomic_load(&dropped), 0);
}
END_TEST

static void *stop(void *arg) {
    t87s__executor_stop(executor);
    atomic_store((atomic_bool *)arg, true);
    return NULL;
}

START_TEST(a_stop_waits_for_what_runs_and_drops_what_waits)
{
    setup(2);
    for (int i = 0; i < 10; i++) {
        jobs[i].blocks = true;
        ck_assert_int_eq(submit(i), SUBMIT_OK);
        if (i < 2)
            until(&started, i + 1);
    }
    atomic_bool stopped = false;
    pthread_t stopper = thread_start(stop, &stopped);
    int submitted = 10;
    for (; submitted < JOBS - 1 && submit(submitted) == SUBMIT_OK; submitted++) /* until the stop has begun */
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    ck_assert(!atomic_load(&stopped));
    ck_assert_int_eq(atomic_load(&dropped), 0); /* nothing is dropped while jobs still run */
    stage_reach(&gate, 1);
    thread_join(stopper);
    ck_assert(atomic_load(&stopped));
    ck_assert_int_eq(atomic_load(&finished), 2);
    ck_assert_int_eq(atomic_load(&dropped), submitted - 2);
    ck_assert_int_eq(submit(JOBS - 1), SUBMIT_FULL);
    ck_assert_int_eq(atomic_load(&running), 0);
    t87s__executor_close(executor);
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}
END_TEST

START_TEST(a_stop_without_any_job_is_quick)
{
    setup(2);
    teardown();
    ck_assert_int_eq(atomic_load(&spawned), 0);
    t87s__executor_close(NULL);
}
END_TEST

START_TEST(when_no_thread_can_be_had_the_job_stays_the_callers)
{
    setup(2);
    atomic_store(&spawns_allowed, 0);
    ck_assert_int_eq(submit(0), SUBMIT_NO_THREAD);
    ck_assert_int_eq(atomic_load(&dropped), 0);
    atomic_store(&spawns_allowed, 1);
    ck_assert_int_eq(submit(0), SUBMIT_OK); /* threads are back */
    until(&finished, 1);
    teardown();
}
END_TEST

START_TEST(one_thread_does_it_when_no_second_can_be_had)
{
    setup(2);
    atomic_store(&spawns_allowed, 1);
    jobs[0].blocks = true;
    ck_assert_int_eq(submit(0), SUBMIT_OK);
    until(&started, 1);
    ck_assert_int_eq(submit(1), SUBMIT_OK);
    stage_reach(&gate, 1);
    until(&finished, 2);
    ck_assert_int_eq(atomic_load(&spawned), 1);
    teardown();
}
END_TEST

START_TEST(signals_go_to_the_applications_own_threads)
{
    setup(1);
    ck_assert_int_eq(submit(0), SUBMIT_OK);
    until(&finished, 1);
    ck_assert(atomic_load(&signals_blocked));
    sigset_t mine;
    pthread_sigmask(SIG_SETMASK, NULL, &mine);
    ck_assert(!sigismember(&mine, SIGUSR1)); /* and ours are as before */
    teardown();
}
END_TEST

START_TEST(without_memory_there_is_no_executor)
{
    fault_allocator_init(&heap, 1, true);
    memory = t87s__memory_open(&heap.allocator);
    ck_assert_ptr_null(t87s__executor_open(memory, 2));
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("threads for jobs", no_thread_runs_before_there_is_a_job, one_thread_runs_the_jobs_in_their_order,
                 busy_threads_get_help_but_never_more_than_allowed,
                 the_queue_is_bounded_and_a_refused_job_stays_the_callers,
                 a_stop_waits_for_what_runs_and_drops_what_waits, a_stop_without_any_job_is_quick,
                 when_no_thread_can_be_had_the_job_stays_the_callers, one_thread_does_it_when_no_second_can_be_had,
                 signals_go_to_the_applications_own_threads, without_memory_there_is_no_executor, NULL),
        NULL);
}
