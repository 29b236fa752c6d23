/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "files.h"
#include "suggest.h"
#include "suites.h"

/* The suggestion for `wanted` among NULL-terminated candidates. */
static const char *best_of(const char *wanted, const char *const *candidates) {
    struct suggestion suggestion = suggest_for(wanted);
    for (; *candidates; candidates++)
        suggest_offer(&suggestion, *candidates);
    return suggest_best(&suggestion);
}

#define BEST_OF(wanted, ...) best_of(wanted, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(the_nearest_candidate_is_suggested)
{
    ck_assert_str_eq(BEST_OF("post", "users", "posts", "config"), "posts");
    ck_assert_str_eq(BEST_OF("usr_id", "post_id", "user_id"), "user_id");
    ck_assert_str_eq(BEST_OF("psots", "posts", "users"), "posts"); /* two letters swapped are one mistake */
    ck_assert_str_eq(BEST_OF("Posts", "posts", "pasts"), "posts"); /* another case is none */
    ck_assert_str_eq(BEST_OF("configuratoin", "configuration", "configurations"), "configuration");
}
END_TEST

START_TEST(nothing_is_suggested_when_nothing_is_near)
{
    ck_assert_ptr_null(BEST_OF("xyz", "users", "posts"));
    ck_assert_ptr_null(BEST_OF("a", "b", "c"));
    ck_assert_ptr_null(best_of("x", (const char *const[]){NULL}));
}
END_TEST

START_TEST(two_that_are_as_near_cancel_out_but_a_nearer_one_wins)
{
    ck_assert_ptr_null(BEST_OF("post", "posts", "poste"));
    ck_assert_str_eq(BEST_OF("post", "posts", "poste",
                             "post_"
                             "",
                             "Post"),
                     "Post");
    ck_assert_str_eq(BEST_OF("post", "posts", "posts"), "posts"); /* the same name twice is no tie */
}
END_TEST

START_TEST(ten_thousand_candidates_cost_no_more_than_the_first_two_thousand)
{
    struct suggestion suggestion = suggest_for("name_9999");
    for (int i = 0; i < 10000; i++) {
        char *name = text_of("other_%d", i);
        suggest_offer(&suggestion, name);
        free(name);
    }
    ck_assert_uint_eq(suggestion.n_offers, SUGGEST_MAX_OFFERS);
}
END_TEST

int main(void) {
    return run_suites(suite_of("did you mean", the_nearest_candidate_is_suggested,
                               nothing_is_suggested_when_nothing_is_near,
                               two_that_are_as_near_cancel_out_but_a_nearer_one_wins,
                               ten_thousand_candidates_cost_no_more_than_the_first_two_thousand, NULL),
                      NULL);
}
