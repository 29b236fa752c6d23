/* SPDX-License-Identifier: MIT
 *
 * The checker can fail: each law is broken once by a history made by hand, and each such history has a twin that
 * differs only in what makes it right.
 *
 * The world is 2 * 2 * 2 * 2 tags. Tags 0 and 1 stand on top; key 3 carries one tag, whose line upwards is asked of the
 * world, so that nothing here depends on how keys choose their tags.
 */
#include <stdlib.h>
#include <string.h>

#include "history.h"
#include "suites.h"

enum { KEY = 3, TTL = 100, GRACE = 50, NEGATIVE = 20, FETCHES = 2000 };

static const struct world world = {{2, 2, 2, 2}, 8};

static struct history_rules rules;
static struct history history;
static struct history_fetch fetches[FETCHES];
static struct history_answer answers[4];
static struct history_event events[4];

static void begin(void) {
    memset(&history, 0, sizeof history);
    memset(fetches, 0, sizeof fetches);
    rules = (struct history_rules){.world = world, .ttl = TTL, .grace = GRACE, .negative = NEGATIVE};
    history = (struct history){.fetches = fetches, .answers = answers, .events = events, .max_fetches = FETCHES};
}

static void fetched(uint64_t asked, uint64_t at) {
    fetches[history.n_fetches] = (struct history_fetch){asked, at, (uint32_t)history.n_fetches, KEY};
    history.n_fetches++;
}

static void event(enum history_scope scope, uint32_t target, unsigned flags, uint64_t from, uint64_t to) {
    events[history.n_events++] = (struct history_event){from, to, scope, target, flags};
}

/* Asked from `from` to `to`, answered with the newest fetch. */
static void answered(enum t87s_outcome outcome, uint64_t created, uint64_t from, uint64_t to) {
    answers[history.n_answers++] = (struct history_answer){
        from, to, created, (uint32_t)history.n_fetches - 1, KEY, outcome, T87S_REASON_NONE, false};
}

static struct history_checker *checker;
static FILE *told;

static size_t window(void) {
    if (!checker) {
        told = tmpfile();
        ck_assert_ptr_nonnull(told);
        checker = history_checker_open(&rules, told);
        ck_assert_ptr_nonnull(checker);
    }
    size_t broken = history_check(checker, &history);
    history.n_answers = history.n_events = 0; /* fetches are remembered */
    history.first_fetch = history.n_fetches;
    return broken;
}

static void end(void) {
    history_checker_close(checker);
    fclose(told);
    checker = NULL;
}

/* On a history of one window, which stays as it is. */
static size_t verdict(void) {
    struct history whole = history;
    size_t broken = window();
    ck_assert_int_eq(ftell(told) > 0, broken > 0); /* it says which */
    end();
    history = whole;
    return broken;
}

static unsigned own_tag(void) {
    unsigned tags[WORLD_TAGS_PER_KEY];
    ck_assert_uint_eq(world_tags_of_key(&world, KEY, tags), 1);
    return tags[0];
}

static unsigned tag_above(void) {
    int above = world_parent(&world, own_tag());
    ck_assert_int_ge(above, 0);
    return (unsigned)above;
}

static unsigned other_tag(void) {
    unsigned top = own_tag();
    while (world_parent(&world, top) >= 0)
        top = (unsigned)world_parent(&world, top);
    return 1 - top;
}

/* A fetch at 10, an event from 20 to 30, a fresh answer asked for at `asked`. */
static size_t fresh_after(enum history_scope scope, uint32_t target, unsigned flags, uint64_t asked) {
    begin();
    fetched(5, 10);
    event(scope, target, flags, 20, 30);
    answered(T87S_FRESH, 12, asked, asked + 5);
    return verdict();
}

START_TEST(an_answer_older_than_an_invalidation_before_the_question)
{
    ck_assert_uint_eq(fresh_after(HISTORY_TAG, own_tag(), 0, 40), 1);
    ck_assert_uint_eq(fresh_after(HISTORY_TAG, tag_above(), 0, 40), 1);
    ck_assert_uint_eq(fresh_after(HISTORY_TAG, own_tag(), T87S_EXACT, 40), 1);
    ck_assert_uint_eq(fresh_after(HISTORY_TAG, own_tag(), T87S_SOFT, 40), 1);
    ck_assert_uint_eq(fresh_after(HISTORY_TAG, tag_above(), T87S_SOFT, 40), 1);
    ck_assert_uint_eq(fresh_after(HISTORY_KEY, KEY, 0, 40), 1);
    ck_assert_uint_eq(fresh_after(HISTORY_ALL, 0, 0, 40), 1);
}
END_TEST

START_TEST(an_invalidation_of_something_else_or_still_under_way_allows_it)
{
    ck_assert_uint_eq(fresh_after(HISTORY_TAG, other_tag(), 0, 40), 0);
    ck_assert_uint_eq(fresh_after(HISTORY_TAG, tag_above(), T87S_EXACT, 40), 0);
    ck_assert_uint_eq(fresh_after(HISTORY_KEY, KEY + 1, 0, 40), 0);
    ck_assert_uint_eq(fresh_after(HISTORY_TAG, own_tag(), 0, 25), 0);
    ck_assert_uint_eq(fresh_after(HISTORY_ALL, 0, 0, 30), 0);
}
END_TEST

START_TEST(a_fetch_that_began_during_or_after_the_invalidation_is_right)
{
    for (uint64_t at = 25; at <= 35; at += 10) {
        begin();
        event(HISTORY_TAG, own_tag(), 0, 20, 30);
        fetched(22, at);
        answered(T87S_FRESH, at + 1, 40, 41);
        ck_assert_uint_eq(verdict(), 0);
    }
}
END_TEST

START_TEST(an_early_short_event_behind_a_late_long_one_is_not_lost)
{
    begin();
    event(HISTORY_KEY, KEY, 0, 2, 38); /* ends last, began before the fetch */
    event(HISTORY_KEY, KEY, 0, 20, 30);
    event(HISTORY_KEY, KEY, 0, 3, 4);
    fetched(5, 10);
    answered(T87S_FRESH, 12, 40, 41);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

START_TEST(joining_a_fetch_older_than_the_invalidation)
{
    begin();
    fetched(5, 10);
    event(HISTORY_TAG, own_tag(), 0, 20, 30);
    answered(T87S_JOINED, 0, 40, 60);
    ck_assert_uint_eq(verdict(), 1);
    answers[0].begin = 15;
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

static size_t stale_after(unsigned flags, uint64_t asked) {
    begin();
    fetched(5, 10);
    event(HISTORY_TAG, own_tag(), flags, 20, 30);
    answered(T87S_STALE, 12, asked, asked + 2);
    return verdict();
}

/* Of several that came while it was fetched nobody knows when the first was. */
static size_t stale_after_slow_fetch(int softly, uint64_t asked) {
    begin();
    fetched(5, 10);
    for (uint64_t at = 11; softly--; at += 2)
        event(HISTORY_TAG, own_tag(), T87S_SOFT, at, at + 1);
    answered(T87S_STALE, 12 + 2 * GRACE, asked, asked + 1);
    return verdict();
}

START_TEST(a_stale_answer_after_a_hard_invalidation_or_beyond_its_grace)
{
    ck_assert_uint_eq(stale_after(T87S_SOFT, 40), 0);
    ck_assert_uint_eq(stale_after(T87S_SOFT, 31 + GRACE), 1);
    ck_assert_uint_eq(stale_after(0, 40), 2); /* nor was there a soft one that would explain it */
    ck_assert_uint_eq(stale_after_slow_fetch(1, 14 + 2 * GRACE), 1);
    ck_assert_uint_eq(stale_after_slow_fetch(2, 14 + 2 * GRACE), 0);
    ck_assert_uint_eq(stale_after_slow_fetch(2, 12 + 3 * GRACE), 1);
    begin();
    fetched(5, 10);
    answered(T87S_STALE, 12, 12 + TTL + GRACE - 1, 12 + TTL + GRACE);
    ck_assert_uint_eq(verdict(), 0);
    answers[0].begin++;
    ck_assert_uint_eq(verdict(), 1);
    rules.grace = 0;
    ck_assert_uint_eq(verdict(), 2);
}
END_TEST

START_TEST(a_fresh_or_negative_answer_beyond_its_ttl)
{
    begin();
    fetched(5, 10);
    answered(T87S_FRESH, 12, 12 + TTL - 1, 12 + TTL + 5);
    ck_assert_uint_eq(verdict(), 0);
    answers[0].begin++;
    ck_assert_uint_eq(verdict(), 1);
    answers[0] = (struct history_answer){.begin = 12 + NEGATIVE, .created = 12, .key = KEY, .outcome = T87S_NEGATIVE};
    ck_assert_uint_eq(verdict(), 1);
    answers[0].begin--;
    ck_assert_uint_eq(verdict(), 0);
    event(HISTORY_KEY, KEY, 0, 13, 14);
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

START_TEST(the_value_of_another_key)
{
    begin();
    fetched(5, 10);
    answered(T87S_FRESH, 12, 40, 41);
    ck_assert_uint_eq(verdict(), 0);
    fetches[0].key = KEY + 1;
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

START_TEST(a_second_fetch_for_nothing)
{
    begin();
    rules.calm = true;
    fetched(5, 10);
    fetched(30, 32);
    ck_assert_uint_eq(verdict(), 1);
    event(HISTORY_TAG, other_tag(), 0, 20, 25);
    ck_assert_uint_eq(verdict(), 1);
    event(HISTORY_TAG, tag_above(), 0, 4, 6); /* it may have come between the first one's birth and its begin */
    ck_assert_uint_eq(verdict(), 0);
    rules.calm = false;
    history.n_events = 0;
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

START_TEST(two_fetches_for_one_invalidation)
{
    begin();
    rules.calm = true;
    fetched(5, 10);
    event(HISTORY_TAG, own_tag(), 0, 20, 60);
    fetched(30, 32);
    ck_assert_uint_eq(verdict(), 0);
    fetched(40, 42);
    ck_assert_uint_eq(verdict(), 1);
    event(HISTORY_TAG, tag_above(), T87S_SOFT, 25, 35);
    ck_assert_uint_eq(verdict(), 0);
}
END_TEST

/* An answer at 20 from a fetch at 10; another question at 30. */
static void known_and_asked_again(enum t87s_outcome outcome, bool missed) {
    begin();
    rules.calm = true;
    fetched(5, 10);
    answered(T87S_FETCHED, 0, 4, 20);
    answered(outcome, 0, 30, 40);
    answers[0].reason = answers[1].reason = T87S_REASON_ABSENT;
    answers[1].missed = missed;
}

START_TEST(no_hit_where_the_answer_is_known)
{
    known_and_asked_again(T87S_FRESH, false);
    ck_assert_uint_eq(verdict(), 0);
    known_and_asked_again(T87S_JOINED, false);
    ck_assert_uint_eq(verdict(), 1);
    answers[1].begin = 19; /* before the first one was told */
    ck_assert_uint_eq(verdict(), 0);
    known_and_asked_again(T87S_FRESH, true);
    ck_assert_uint_eq(verdict(), 1);
    event(HISTORY_TAG, own_tag(), 0, 38, 50);
    ck_assert_uint_eq(verdict(), 0);
    known_and_asked_again(T87S_FRESH, false);
    answers[0].reason = T87S_REASON_EVICTED;
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

/* ---- windows ---- */

START_TEST(what_was_said_in_an_earlier_window)
{
    for (unsigned long flags = 0; flags < 4; flags++) {
        begin();
        fetched(5, 10);
        event(HISTORY_TAG, flags & T87S_EXACT ? own_tag() : tag_above(), (unsigned)flags, 20, 30);
        event(HISTORY_KEY, KEY, 0, 2, 38); /* ends last, began before the fetch */
        ck_assert_uint_eq(window(), 0);
        ck_assert_uint_eq(window(), 0); /* and one without any event */
        answered(T87S_FRESH, 12, 40, 41);
        ck_assert_uint_eq(window(), 1);
        fetched(31, 32);
        answered(T87S_FRESH, 33, 42, 43);
        ck_assert_uint_eq(window(), 0);
        end();
    }
}
END_TEST

START_TEST(a_stale_answer_explained_by_an_earlier_window)
{
    begin();
    fetched(5, 10);
    event(HISTORY_TAG, own_tag(), T87S_SOFT, 20, 30);
    ck_assert_uint_eq(window(), 0);
    answered(T87S_STALE, 12, 40, 42);
    ck_assert_uint_eq(window(), 0);
    answered(T87S_STALE, 12, 31 + GRACE, 33 + GRACE);
    ck_assert_uint_eq(window(), 1);
    end();
}
END_TEST

START_TEST(a_calm_history_in_windows)
{
    begin();
    rules.calm = true;
    fetched(5, 10);
    answered(T87S_FRESH, 0, 12, 14);
    ck_assert_uint_eq(window(), 0);
    fetched(20, 22);
    ck_assert_uint_eq(window(), 1); /* for nothing */
    event(HISTORY_TAG, own_tag(), 0, 30, 32);
    ck_assert_uint_eq(window(), 0);
    fetched(40, 42);
    answered(T87S_FETCHED, 0, 40, 44);
    answers[0].reason = T87S_REASON_INVALIDATED;
    ck_assert_uint_eq(window(), 0);
    answered(T87S_JOINED, 0, 50, 52);
    answers[0].reason = T87S_REASON_INVALIDATED;
    ck_assert_uint_eq(window(), 1); /* known */
    end();
}
END_TEST

START_TEST(a_value_from_long_ago)
{
    begin();
    fetched(5, 10);
    answered(T87S_FRESH, 12, 40, 41);
    history.n_fetches = FETCHES; /* its place may be another's by now */
    ck_assert_uint_eq(verdict(), 1);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("the checker of histories finds", an_answer_older_than_an_invalidation_before_the_question,
                 an_early_short_event_behind_a_late_long_one_is_not_lost, joining_a_fetch_older_than_the_invalidation,
                 a_stale_answer_after_a_hard_invalidation_or_beyond_its_grace,
                 a_fresh_or_negative_answer_beyond_its_ttl, the_value_of_another_key, a_value_from_long_ago,
                 a_second_fetch_for_nothing, two_fetches_for_one_invalidation, no_hit_where_the_answer_is_known, NULL),
        suite_of("the checker of histories carries over", what_was_said_in_an_earlier_window,
                 a_stale_answer_explained_by_an_earlier_window, a_calm_history_in_windows, NULL),
        suite_of("the checker of histories allows", an_invalidation_of_something_else_or_still_under_way_allows_it,
                 a_fetch_that_began_during_or_after_the_invalidation_is_right, NULL),
        NULL);
}
