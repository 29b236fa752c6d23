/* SPDX-License-Identifier: MIT
 *
 * What time it is at a server: what it may say of that, and how long it is believed.
 */
#include <string.h>

#include "clock.h"
#include "suites.h"

static int64_t take(const char *said) {
    size_t taken;
    bool lost;
    redisReply *reply = t87s__reply_take(said, strlen(said), &taken, &lost);
    ck_assert_ptr_nonnull(reply);
    const int64_t us = t87s__clock_take(reply);
    t87s__reply_free(reply);
    return us;
}

START_TEST(a_time_is_seconds_and_microseconds)
{
    ck_assert_int_eq(take("*2\r\n$10\r\n1763856000\r\n$6\r\n000042\r\n"), INT64_C(1763856000000042));
    ck_assert_int_eq(take("*2\r\n$1\r\n1\r\n$6\r\n999999\r\n"), 1999999);
    ck_assert_int_eq(take("*2\r\n$1\r\n1\r\n$1\r\n0\r\n"), 1000000);
}
END_TEST

START_TEST(what_else_is_said_is_no_time)
{
    static const char *const others[] = {
        "+OK\r\n",
        "-ERR\r\n",
        "*0\r\n",
        "*-1\r\n",
        "*1\r\n$10\r\n1763856000\r\n",
        "*3\r\n$1\r\n1\r\n$1\r\n1\r\n$1\r\n1\r\n",
        "*2\r\n:1763856000\r\n:1\r\n",
        "*2\r\n$1\r\n0\r\n$1\r\n1\r\n",
        "*2\r\n$0\r\n\r\n$1\r\n1\r\n",
        "*2\r\n$1\r\n1\r\n$0\r\n\r\n",
        "*2\r\n$1\r\n1\r\n$7\r\n1000000\r\n",
        "*2\r\n$2\r\n-1\r\n$1\r\n1\r\n",
        "*2\r\n$2\r\n1x\r\n$1\r\n1\r\n",
        "*2\r\n$11\r\n10000000000\r\n$1\r\n1\r\n",
        "*2\r\n$20\r\n99999999999999999999\r\n$1\r\n1\r\n",
        "*2\r\n$-1\r\n$-1\r\n",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(take(others[i]) == 0, "%s", others[i]);
}
END_TEST

START_TEST(it_goes_on_from_when_it_was_asked_for_a_second)
{
    const struct t87s__clock clock = {.asked_us = 5000, .said_us = 70000000}, none = {.asked_us = 5000};
    ck_assert_int_eq(t87s__clock_at(&clock, 5000), 70000000);
    ck_assert_int_eq(t87s__clock_at(&clock, 905000), 70900000);
    ck_assert(t87s__clock_is_recent(&clock, 1004999));
    ck_assert(!t87s__clock_is_recent(&clock, 1005000));
    ck_assert(!t87s__clock_is_recent(&none, 5001));
}
END_TEST

START_TEST(what_took_long_to_be_said_is_not_kept)
{
    const struct t87s__clock clock = {.asked_us = 5000, .said_us = 70000000}, none = {.asked_us = 5000};
    ck_assert(t87s__clock_is_exact(&clock, 105000));
    ck_assert(!t87s__clock_is_exact(&clock, 105001));
    ck_assert(!t87s__clock_is_exact(&none, 5001));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("what time it is at a server");
    TCase *tests = tcase_create("clock");
    tcase_add_test(tests, a_time_is_seconds_and_microseconds);
    tcase_add_test(tests, what_else_is_said_is_no_time);
    tcase_add_test(tests, it_goes_on_from_when_it_was_asked_for_a_second);
    tcase_add_test(tests, what_took_long_to_be_said_is_not_kept);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
