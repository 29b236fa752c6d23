/* SPDX-License-Identifier: MIT */
/* What the judge of processes lets pass and what not: one event, one answer. */
#include "judge.h"

#include <unistd.h>

#include "suites.h"

enum { BOUND_MS = 10, KEY = 0 };
static const uint64_t bound = (uint64_t)BOUND_MS * 1000000;

static int file;
static struct board *board;
static struct judge *judge;
static FILE *nowhere;
static uint64_t start; /* of the fetch behind every answer; the event follows, and ends at start + 2 */

static void open_judge(bool near_off) {
    board->scenery = (struct scenery){
        .world = {{2, 2, 2, 2}, 8}, .near_off = near_off, .processes = 2, .threads = 1, .grace_ms = T87S_NONE};
    board->staleness_ms = BOUND_MS;
    start = board_tick(board) - 10 * bound; /* all of it is over when a window ends */
    board->fetches[0] = (struct history_fetch){.begin = start, .number = 0, .key = KEY};
    atomic_store(&board->n_fetches, 1);
    judge = judge_open(board, nowhere);
    ck_assert_ptr_nonnull(judge);
}

static void setup(void) {
    nowhere = fopen("/dev/null", "w");
    ck_assert_ptr_nonnull(nowhere);
    file = board_make();
    board = board_map(file);
    ck_assert_ptr_nonnull(board);
}

static void teardown(void) {
    judge_close(judge);
    board_unmap(board);
    close(file);
    fclose(nowhere);
}

static void clear_by(unsigned process, bool partial) {
    struct board_pad *pad = &board->pads[process][0];
    pad->events[pad->n_events++] =
        (struct board_event){{.begin = start + 1, .end = start + 2, .scope = HISTORY_ALL}, partial};
}

/* Whether an answer of the first process to who asked so long after the event's end breaks a law. */
static bool broken_by_an_answer_after(uint64_t ticks) {
    struct board_pad *pad = &board->pads[0][0];
    pad->answers[pad->n_answers++] = (struct history_answer){
        .begin = start + 2 + ticks, .end = start + 3 + ticks, .key = KEY, .outcome = T87S_FRESH};
    return judge_window(judge) > 0;
}

START_TEST(what_a_process_did_itself_counts_at_once)
{
    open_judge(false);
    clear_by(0, false);
    ck_assert(broken_by_an_answer_after(1));
}
END_TEST

START_TEST(what_another_did_counts_after_the_bound)
{
    open_judge(false);
    clear_by(1, false);
    ck_assert(!broken_by_an_answer_after(bound));
    ck_assert_uint_gt(judge_sums(judge).late, 0);
    ck_assert(broken_by_an_answer_after(bound + 1)); /* the event is of an earlier window then */
}
END_TEST

START_TEST(with_the_near_tier_off_it_counts_at_once)
{
    open_judge(true);
    clear_by(1, false);
    ck_assert(broken_by_an_answer_after(1));
}
END_TEST

START_TEST(what_was_done_in_part_counts_for_who_did_it)
{
    open_judge(true);
    clear_by(1, true);
    ck_assert(!broken_by_an_answer_after(bound));
    clear_by(0, true);
    ck_assert(broken_by_an_answer_after(bound));
}
END_TEST

START_TEST(what_was_not_there_is_outdated_as_well)
{
    struct board_pad *pad = &board->pads[0][0];
    open_judge(true);
    clear_by(1, false);
    for (uint64_t after = 0; after < 2; after++) { /* found before the clear, or after */
        pad->answers[pad->n_answers++] = (struct history_answer){
            .begin = start + 4, .end = start + 5, .created = start + 3 * after, .key = KEY, .outcome = T87S_NEGATIVE};
        ck_assert((judge_window(judge) == 0) == (after == 1));
    }
}
END_TEST

START_TEST(an_event_waits_for_the_window_in_which_it_counts)
{
    open_judge(false);
    start = board_tick(board); /* its time is not over when the first window ends */
    board->fetches[0].begin = start;
    clear_by(1, false);
    ck_assert(!broken_by_an_answer_after(1));
    while (board_tick(board) < start + 3 * bound)
        board_pause();
    ck_assert(broken_by_an_answer_after(2 * bound));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("the judge of processes");
    TCase *laws = tcase_create("laws");
    tcase_add_checked_fixture(laws, setup, teardown);
    tcase_add_test(laws, what_a_process_did_itself_counts_at_once);
    tcase_add_test(laws, what_another_did_counts_after_the_bound);
    tcase_add_test(laws, with_the_near_tier_off_it_counts_at_once);
    tcase_add_test(laws, what_was_done_in_part_counts_for_who_did_it);
    tcase_add_test(laws, what_was_not_there_is_outdated_as_well);
    tcase_add_test(laws, an_event_waits_for_the_window_in_which_it_counts);
    suite_add_tcase(suite, laws);
    return run_suites(suite, NULL);
}
