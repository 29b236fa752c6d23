/* SPDX-License-Identifier: MIT */
/* The clock, the tracer and the allocator that tests plug into a cache. */
#include "fake_clock.h"
#include "fault_allocator.h"
#include "suites.h"
#include "trace.h"

#include <signal.h>
#include <string.h>

START_TEST(a_fake_clock_moves_only_when_told)
{
    struct fake_clock fake;
    fake_clock_init(&fake, 1000);
    ck_assert_int_eq(fake.clock.now_ms(fake.clock.arg), 1000);
    fake_clock_advance(&fake, 500);
    ck_assert_int_eq(fake.clock.now_ms(fake.clock.arg), 1500);
}
END_TEST

START_TEST(a_trace_reads_as_lines_with_time_and_thread)
{
    struct trace trace;
    trace_init(&trace);
    trace_name_thread("A");
    trace.tracer.event(trace.tracer.arg, 0, "query k: absent -> fetch");
    trace.tracer.event(trace.tracer.arg, 40, "fetched");
    ck_assert_uint_eq(trace_count(&trace, "fetch"), 2);
    ck_assert_uint_eq(trace_count(&trace, "absent"), 1);
    expect_trace(&trace, "[   0] A query k: absent -> fetch\n"
                         "[  40] A fetched\n");
    expect_trace(&trace, "");
    trace_release(&trace);
}
END_TEST

START_TEST(a_trace_that_reads_otherwise_fails)
{
    struct trace trace;
    trace_init(&trace);
    trace_note(&trace, 0, "something else");
    expect_trace(&trace, "[   0] ~ something\n");
}
END_TEST

/* Which of five allocations are refused, as a text of 0 and 1. */
static const char *refused_of_five(struct fault_allocator *memory) {
    static char refused[6];
    for (int i = 0; i < 5; i++) {
        void *block = memory->allocator.allocate(memory->allocator.arg, 10);
        refused[i] = block == NULL ? '1' : '0';
        memory->allocator.release(memory->allocator.arg, block, 10);
    }
    return refused;
}

START_TEST(an_allocator_refuses_the_one_it_is_told_to)
{
    struct fault_allocator memory;
    fault_allocator_init(&memory, 2, false);
    ck_assert_str_eq(refused_of_five(&memory), "00100");
    ck_assert_int_eq(atomic_load(&memory.failed), 1);
    fault_allocator_init(&memory, 2, true);
    ck_assert_str_eq(refused_of_five(&memory), "00111");
    fault_allocator_init(&memory, FAULT_NEVER, true);
    ck_assert_str_eq(refused_of_five(&memory), "00000");
}
END_TEST

START_TEST(an_allocator_counts_what_is_alive)
{
    struct fault_allocator memory;
    fault_allocator_init(&memory, FAULT_NEVER, false);
    void *block = memory.allocator.allocate(memory.allocator.arg, 100);
    ck_assert_int_eq(atomic_load(&memory.live_blocks), 1);
    ck_assert_int_eq(atomic_load(&memory.live_bytes), 100);
    memory.allocator.release(memory.allocator.arg, block, 100);
    ck_assert_int_eq(atomic_load(&memory.live_blocks), 0);
    ck_assert_int_eq(atomic_load(&memory.live_bytes), 0);
    ck_assert_int_eq(atomic_load(&memory.allocations), 1);
}
END_TEST

START_TEST(releasing_another_size_than_asked_for_aborts)
{
    struct fault_allocator memory;
    fault_allocator_init(&memory, FAULT_NEVER, false);
    void *block = memory.allocator.allocate(memory.allocator.arg, 100);
    memory.allocator.release(memory.allocator.arg, block, 99);
}
END_TEST

int main(void) {
    Suite *wrong = suite_create("what must fail");
    TCase *cases = tcase_create("what must fail");
    suite_add_tcase(wrong, cases);
    tcase_add_exit_test(cases, a_trace_that_reads_otherwise_fails, 1);
    tcase_add_test_raise_signal(cases, releasing_another_size_than_asked_for_aborts, SIGABRT);
    return run_suites(suite_of("plugs", a_fake_clock_moves_only_when_told, a_trace_reads_as_lines_with_time_and_thread,
                               an_allocator_refuses_the_one_it_is_told_to, an_allocator_counts_what_is_alive, NULL),
                      wrong, NULL);
}
