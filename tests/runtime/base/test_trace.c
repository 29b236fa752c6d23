/* SPDX-License-Identifier: MIT */
/* The runtime's trace lines, one an event. */
#include <t87s/t87s.h>

#include "fake_clock.h"
#include "suites.h"

#include "../../../runtime/base/trace.h" /* by its path: tests/lib has a header of this name, too */

#include <string.h>

struct seen {
    int lines;
    int64_t now_ms;
    char line[2000];
};

static void see(void *arg, int64_t now_ms, const char *line) {
    struct seen *seen = arg;
    seen->lines++;
    seen->now_ms = now_ms;
    ck_assert_uint_lt(strlen(line), sizeof seen->line);
    strcpy(seen->line, line);
}

static int evaluated(int *times) { return ++*times; }

START_TEST(an_event_is_a_line_with_the_time_of_the_clock)
{
    struct fake_clock clock;
    fake_clock_init(&clock, 1234);
    struct seen seen = {0};
    struct t87s__trace trace = {{see, &seen}, &clock.clock};
    T87S__TRACE(&trace, "query %s: %d", "k", 7);
    ck_assert_int_eq(seen.lines, 1);
    ck_assert_int_eq(seen.now_ms, 1234);
    ck_assert_str_eq(seen.line, "query k: 7");
}
END_TEST

START_TEST(off_it_does_not_even_look_at_its_arguments)
{
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct t87s__trace trace = {{NULL, NULL}, &clock.clock};
    int times = 0;
    T87S__TRACE(&trace, "%d", evaluated(&times));
    ck_assert_int_eq(times, 0);
}
END_TEST

START_TEST(a_line_that_is_too_long_is_cut)
{
    struct fake_clock clock;
    fake_clock_init(&clock, 0);
    struct seen seen = {0};
    struct t87s__trace trace = {{see, &seen}, &clock.clock};
    T87S__TRACE(&trace, "%1500d", 1);
    ck_assert_uint_eq(strlen(seen.line), 1023);
    T87S__TRACE(&trace, "%1023d", 1);
    ck_assert_uint_eq(strlen(seen.line), 1023);
    ck_assert_int_eq(seen.line[1022], '1');
}
END_TEST

int main(void) {
    return run_suites(suite_of("trace lines", an_event_is_a_line_with_the_time_of_the_clock,
                               off_it_does_not_even_look_at_its_arguments, a_line_that_is_too_long_is_cut, NULL),
                      NULL);
}
