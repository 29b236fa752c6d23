/* SPDX-License-Identifier: MIT */
/* What a reader found stays readable until its section ends. Under ThreadSanitizer the churn has a second meaning: the
 * order that liburcu gives is told, so no report; without the wait there is one. */
#include "read_section.h"

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "stage.h"
#include "suites.h"

enum { READERS = 3, BLOCKS = 25 };

struct block {
    int number, twice;
};

static _Atomic(struct block *) published;
static atomic_bool over;
static atomic_uint reads; /* relaxed: it must not order what the sections order */
static struct stage stage;

START_TEST(sections_nest)
{
    ck_assert(!t87s__read_ongoing());
    t87s__read_begin();
    ck_assert(t87s__read_ongoing());
    t87s__read_begin();
    t87s__read_end();
    ck_assert(t87s__read_ongoing());
    t87s__read_end();
    ck_assert(!t87s__read_ongoing());
    t87s__read_wait(); /* for nobody */
}
END_TEST

static void *read_blocks(void *arg) {
    (void)arg;
    while (!atomic_load_explicit(&over, memory_order_relaxed)) {
        t87s__read_begin();
        struct block *block = atomic_load_explicit(&published, memory_order_acquire);
        if (block) {
            ck_assert_int_eq(block->twice, 2 * block->number);
            atomic_fetch_add_explicit(&reads, 1, memory_order_relaxed);
        }
        t87s__read_end();
        sched_yield();
    }
    return NULL;
}

static struct block *block_of(int number) {
    struct block *block = malloc(sizeof *block);
    ck_assert_ptr_nonnull(block);
    *block = (struct block){number, 2 * number};
    return block;
}

START_TEST(a_block_is_freed_after_the_sections_that_saw_it)
{
    pthread_t threads[READERS];
    for (int i = 0; i < READERS; i++)
        threads[i] = thread_start(read_blocks, NULL);
    for (int i = 0; i < BLOCKS; i++) {
        unsigned before = atomic_load_explicit(&reads, memory_order_relaxed);
        while (i > 0 && atomic_load_explicit(&reads, memory_order_relaxed) < before + READERS)
            sched_yield(); /* until the last one was read */
        struct block *old = atomic_exchange_explicit(&published, block_of(i), memory_order_acq_rel);
        t87s__read_wait();
        if (old)
            old->number = old->twice = -1; /* as it is freed: nobody reads it */
        free(old);
    }
    atomic_store_explicit(&over, true, memory_order_relaxed);
    for (int i = 0; i < READERS; i++)
        thread_join(threads[i]);
    free(atomic_load(&published));
}
END_TEST

static atomic_bool ended;

static void *stay_inside(void *arg) {
    (void)arg;
    t87s__read_begin();
    t87s__read_begin();
    t87s__read_end(); /* an inner end is not the end */
    stage_reach(&stage, 1);
    stage_wait(&stage, 2);
    atomic_store(&ended, true);
    t87s__read_end();
    return NULL;
}

static void *wait_for_it(void *arg) {
    (void)arg;
    stage_reach(&stage, 2);
    t87s__read_wait();
    ck_assert(atomic_load(&ended));
    return NULL;
}

START_TEST(a_wait_lasts_as_long_as_a_section_that_was_open)
{
    stage_init(&stage);
    pthread_t reader = thread_start(stay_inside, NULL);
    stage_wait(&stage, 1);
    pthread_t writer = thread_start(wait_for_it, NULL);
    thread_join(writer);
    thread_join(reader);
}
END_TEST

static pthread_t waiting; /* set before stage 2 */

static void *wait_in_vain(void *arg) {
    waiting = pthread_self();
    stage_reach(&stage, 2);
    t87s__read_wait();
    stage_reach(&stage, 3);
    pthread_testcancel();
    return arg;
}

static void *stay_until_cancelled(void *arg) {
    t87s__read_begin();
    stage_reach(&stage, 1);
    stage_wait(&stage, 2);
    const struct timespec nap = {0, 50 * 1000 * 1000}; /* by then the wait sleeps, which can be a cancellation point */
    nanosleep(&nap, NULL);
    pthread_cancel(waiting);
    nanosleep(&nap, NULL);
    t87s__read_end();
    return arg;
}

START_TEST(a_cancelled_thread_waits_to_the_end_and_keeps_no_lock)
{
    void *result;
    stage_init(&stage);
    pthread_t reader = thread_start(stay_until_cancelled, NULL);
    stage_wait(&stage, 1);
    pthread_t waiter = thread_start(wait_in_vain, NULL);
    ck_assert_int_eq(pthread_join(waiter, &result), 0);
    ck_assert_ptr_eq(result, PTHREAD_CANCELED);
    stage_wait(&stage, 3); /* it was over the wait */
    thread_join(reader);
    t87s__read_wait();
}
END_TEST

static void *stay_for_ever(void *arg) {
    (void)arg;
    t87s__read_begin();
    stage_reach(&stage, 1);
    stage_wait(&stage, 2);
    t87s__read_end();
    return NULL;
}

START_TEST(a_child_does_not_wait_for_threads_it_does_not_have)
{
    stage_init(&stage);
    pthread_t reader = thread_start(stay_for_ever, NULL);
    stage_wait(&stage, 1);
    t87s__read_before_fork();
    pid_t child = fork();
    if (child == 0) {
        t87s__read_after_fork_in_child();
        alarm(10);
        t87s__read_wait();
        t87s__read_begin();
        bool inside = t87s__read_ongoing();
        t87s__read_end();
        _exit(inside ? 0 : 1);
    }
    t87s__read_after_fork_in_parent();
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    stage_reach(&stage, 2);
    thread_join(reader);
    t87s__read_wait();
}
END_TEST

int main(void) {
    return run_suites(suite_of("read sections", sections_nest, a_block_is_freed_after_the_sections_that_saw_it,
                               a_wait_lasts_as_long_as_a_section_that_was_open,
                               a_cancelled_thread_waits_to_the_end_and_keeps_no_lock,
                               a_child_does_not_wait_for_threads_it_does_not_have, NULL),
                      NULL);
}
