/* SPDX-License-Identifier: MIT */
/* The verdict on an entry, as a table. */
#include "freshness.h"

#include "suites.h"

#include <inttypes.h>

#define FRESH(until) \
    { STATE_FRESH, T87S_REASON_NONE, until }
#define STALE(reason, until) \
    { STATE_STALE, T87S_REASON_##reason, until }
#define GONE(reason, until) \
    { STATE_GONE, T87S_REASON_##reason, until }
#define NO \
    { false, false, 0, false }
#define HARD \
    { true, false, 0, false }
#define SOFT(at) \
    { false, true, at, false }
#define BOTH(at) \
    { true, true, at, false }

static const struct row {
    int64_t expires, grace;
    struct t87s__cover cover;
    int64_t now;
    struct t87s__verdict verdict;
} rows[] = {
    /* nothing covers it: its times decide, each up to but not including its end */
    {1000, 0, NO, INT64_MIN, FRESH(1000)},
    {1000, 0, NO, 999, FRESH(1000)},
    {1000, 0, NO, 1000, GONE(EXPIRED, 1000)},
    {1000, 0, NO, 1001, GONE(EXPIRED, 1000)},
    {1000, 1, NO, 1000, STALE(EXPIRED, 1001)},
    {1000, 1, NO, 1001, GONE(EXPIRED, 1001)},
    {1000, 500, NO, 999, FRESH(1000)},
    {1000, 500, NO, 1000, STALE(EXPIRED, 1500)},
    {1000, 500, NO, 1499, STALE(EXPIRED, 1500)},
    {1000, 500, NO, 1500, GONE(EXPIRED, 1500)},
    {1000, 500, NO, INT64_MAX, GONE(EXPIRED, 1500)},
    /* a hard invalidation ends everything at once, grace as well */
    {1000, 0, HARD, 0, GONE(INVALIDATED, 0)},
    {1000, 500, HARD, 999, GONE(INVALIDATED, 0)},
    {1000, 500, HARD, 1200, GONE(INVALIDATED, 0)},
    {1000, 500, BOTH(900), 950, GONE(INVALIDATED, 0)},
    /* a soft one starts the grace at its own time */
    {1000, 0, SOFT(300), 300, GONE(INVALIDATED, 300)},
    {1000, 500, SOFT(300), 300, STALE(INVALIDATED, 800)},
    {1000, 500, SOFT(300), 799, STALE(INVALIDATED, 800)},
    {1000, 500, SOFT(300), 800, GONE(INVALIDATED, 800)},
    {1000, 500, SOFT(999), 1499 - 1, STALE(INVALIDATED, 1499)},
    {1000, 500, SOFT(999), 1499, GONE(INVALIDATED, 1499)},
    /* and does not prolong what an expiry has begun */
    {1000, 500, SOFT(1000), 1499, STALE(INVALIDATED, 1500)},
    {1000, 500, SOFT(1400), 1499, STALE(INVALIDATED, 1500)},
    {1000, 500, SOFT(1400), 1500, GONE(INVALIDATED, 1500)},
    {1000, 500, SOFT(INT64_MAX), 1500, GONE(INVALIDATED, 1500)},
    /* for ever is for ever, not the past */
    {INT64_MAX, 0, NO, INT64_MAX - 1, FRESH(INT64_MAX)},
    {INT64_MAX, INT64_MAX, SOFT(5), 6, STALE(INVALIDATED, INT64_MAX)},
    {1000, INT64_MAX, NO, INT64_MAX - 1, STALE(EXPIRED, INT64_MAX)},
};

START_TEST(a_verdict_follows_from_times_and_cover)
{
    const struct row *row = &rows[_i];
    struct t87s__verdict verdict = t87s__freshness_decide(row->expires, row->grace, row->cover, row->now);
    ck_assert_msg(verdict.state == row->verdict.state && verdict.reason == row->verdict.reason &&
                      (row->cover.hard || verdict.until_ms == row->verdict.until_ms),
                  "row %d: state %d, reason %d, until %" PRId64, _i, (int)verdict.state, (int)verdict.reason,
                  verdict.until_ms);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("freshness");
    TCase *table = tcase_create("freshness");
    suite_add_tcase(suite, table);
    tcase_add_loop_test(table, a_verdict_follows_from_times_and_cover, 0, (int)(sizeof rows / sizeof *rows));
    return run_suites(suite, NULL);
}
