/* SPDX-License-Identifier: MIT */
/* Each thread counts for itself as long as there are numbers and rows; no count is ever lost. */
#include "thread_rows.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault_allocator.h"
#include "stage.h"
#include "suites.h"

enum { COUNTS = 3, ROUNDS = 500, MANY = THREAD_NUMBERS + 6 };

static struct fault_allocator heap;
static struct t87s__memory *memory;
static struct t87s__thread_rows rows;
static struct stage stage;

static void open_rows(size_t budget) {
    fault_allocator_init(&heap, FAULT_NEVER, false);
    memory = t87s__memory_open(&heap.allocator);
    memset(&rows, 0, sizeof rows);
    ck_assert(t87s__thread_rows_open(&rows, memory, COUNTS, budget));
}

static void close_rows(void) {
    t87s__thread_rows_close(&rows);
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}

static uint64_t sum_of(size_t count) {
    uint64_t sum = 0;
    t87s__thread_rows_sum(&rows, count, 1, &sum);
    return sum;
}

static void add_rounds(void) {
    for (int i = 0; i < ROUNDS; i++) {
        t87s__thread_rows_add(&rows, 0, 1);
        t87s__thread_rows_add(&rows, 2, 3);
    }
}

/* Counts, says so, and goes on when the stage does: its number is taken meanwhile. */
static void *count_and_stay(void *arg) {
    t87s__thread_rows_add(&rows, 1, 1);
    *(unsigned *)arg = t87s__thread_number;
    stage_reach(&stage, 1);
    add_rounds();
    stage_wait(&stage, 2);
    add_rounds();
    return NULL;
}

static void *count_and_end(void *arg) {
    add_rounds();
    *(unsigned *)arg = t87s__thread_number;
    return NULL;
}

START_TEST(numbers_differ_while_their_threads_live_and_those_without_share)
{
    static unsigned numbers[MANY];
    pthread_t threads[MANY];
    open_rows(SIZE_MAX);
    stage_init(&stage);
    for (int i = 0; i < MANY; i++)
        threads[i] = thread_start(count_and_stay, &numbers[i]);
    while (sum_of(1) < MANY) /* reading meanwhile is allowed */
        sched_yield();
    stage_reach(&stage, 2);
    for (int i = 0; i < MANY; i++)
        thread_join(threads[i]);
    unsigned met[THREAD_NUMBERS] = {0};
    for (int i = 0; i < MANY; i++)
        met[numbers[i]]++;
    ck_assert_uint_eq(met[0], MANY - (THREAD_NUMBERS - 1));
    for (int number = 1; number < THREAD_NUMBERS; number++)
        ck_assert_uint_eq(met[number], 1);
    ck_assert_uint_eq(sum_of(0), 2 * ROUNDS * MANY);
    ck_assert_uint_eq(sum_of(1), MANY);
    ck_assert_uint_eq(sum_of(2), 6 * ROUNDS * MANY);
    close_rows();
}
END_TEST

START_TEST(the_next_thread_of_a_number_goes_on_from_where_the_counts_stand)
{
    open_rows(SIZE_MAX);
    unsigned number;
    for (uint64_t i = 1; i <= MANY; i++) {
        thread_join(thread_start(count_and_end, &number));
        ck_assert_uint_eq(number, 1); /* the main thread has not counted */
        ck_assert_uint_eq(sum_of(0), i * ROUNDS);
    }
    add_rounds();
    ck_assert_uint_eq(t87s__thread_number, 1);
    thread_join(thread_start(count_and_end, &number));
    ck_assert_uint_eq(number, 2);
    ck_assert_uint_eq(sum_of(0), (MANY + 2) * ROUNDS);
    close_rows();
}
END_TEST

START_TEST(numbers_beyond_the_rows_count_in_the_shared_one)
{
    unsigned number;
    for (unsigned own = 0; own < 3; own++) {
        open_rows((own + 1) * MEMORY_LINE - 1);
        ck_assert_uint_eq(rows.own, own);
        add_rounds();
        ck_assert_uint_eq(t87s__thread_number, 1);
        ck_assert_uint_eq(atomic_load(&rows.rows[0]), own >= 1 ? 0 : ROUNDS);
        thread_join(thread_start(count_and_end, &number));
        ck_assert_uint_eq(number, 2);
        ck_assert_uint_eq(atomic_load(&rows.rows[0]), (2 - own) * ROUNDS);
        ck_assert_uint_eq(sum_of(0), 2 * ROUNDS);
        ck_assert_uint_eq(sum_of(2), 6 * ROUNDS);
        close_rows();
    }
}
END_TEST

START_TEST(rows_begin_lines_and_counting_takes_no_memory)
{
    open_rows(SIZE_MAX);
    ck_assert_uint_eq(rows.own, THREAD_NUMBERS - 1);
    ck_assert_uint_eq((uintptr_t)rows.rows % MEMORY_LINE, 0);
    ck_assert_uint_eq(rows.stride * sizeof *rows.rows, MEMORY_LINE);
    long allocations = atomic_load(&heap.allocations);
    unsigned number;
    add_rounds();
    thread_join(thread_start(count_and_end, &number));
    ck_assert_int_eq(atomic_load(&heap.allocations), allocations);
    close_rows();
}
END_TEST

START_TEST(without_memory_there_are_no_rows)
{
    fault_allocator_init(&heap, 1, true);
    memory = t87s__memory_open(&heap.allocator);
    memset(&rows, 0, sizeof rows);
    ck_assert(!t87s__thread_rows_open(&rows, memory, COUNTS, SIZE_MAX));
    close_rows();
}
END_TEST

static pthread_key_t late;

static void count_late(void *arg) {
    (void)arg;
    add_rounds();
}

static void *count_at_the_end(void *arg) {
    (void)arg;
    pthread_setspecific(late, &stage);
    add_rounds();
    return NULL;
}

START_TEST(a_thread_that_gave_its_number_back_still_counts)
{
    open_rows(SIZE_MAX);
    add_rounds(); /* our key is there: the destructor of a later one runs after ours */
    ck_assert_int_eq(pthread_key_create(&late, count_late), 0);
    for (int i = 0; i < MANY; i++)
        thread_join(thread_start(count_at_the_end, NULL));
    ck_assert_uint_eq(sum_of(0), (2 * MANY + 1) * ROUNDS);
    unsigned number;
    thread_join(thread_start(count_and_end, &number));
    ck_assert_uint_eq(number, 2); /* nobody kept one */
    close_rows();
    pthread_key_delete(late);
}
END_TEST

/* The number of this thread in a child of it that counts. */
static unsigned number_in_child(void) {
    pid_t child = fork();
    if (child == 0) {
        t87s__thread_numbers_after_fork_in_child();
        t87s__thread_rows_add(&rows, 0, 1);
        _exit((int)t87s__thread_number);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return (unsigned)WEXITSTATUS(status);
}

START_TEST(a_child_has_the_numbers_of_the_threads_it_has_not)
{
    unsigned number;
    open_rows(SIZE_MAX);
    stage_init(&stage);
    pthread_t thread = thread_start(count_and_stay, &number);
    stage_wait(&stage, 1);
    ck_assert_uint_eq(number, 1);
    ck_assert_uint_eq(number_in_child(), 1);
    t87s__thread_rows_add(&rows, 0, 1);
    ck_assert_uint_eq(t87s__thread_number, 2);
    ck_assert_uint_eq(number_in_child(), 2); /* its own it keeps */
    stage_reach(&stage, 2);
    thread_join(thread);
    close_rows();
}
END_TEST

int main(void) {
    return run_suites(suite_of("rows of threads", numbers_differ_while_their_threads_live_and_those_without_share,
                               the_next_thread_of_a_number_goes_on_from_where_the_counts_stand,
                               numbers_beyond_the_rows_count_in_the_shared_one,
                               rows_begin_lines_and_counting_takes_no_memory, without_memory_there_are_no_rows,
                               a_thread_that_gave_its_number_back_still_counts,
                               a_child_has_the_numbers_of_the_threads_it_has_not, NULL),
                      NULL);
}
