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

START_TEST(of_more_candidates_than_are_looked_at_none_is_suggested)
{
    struct suggestion suggestion = suggest_for("near_0");
    suggest_offer(&suggestion, "near_1");
    for (int i = 1; i < 10000; i++) {
        char *name = text_of("%d_of_another_kind", i);
        suggest_offer(&suggestion, name);
        free(name);
        ck_assert_int_eq(suggestion.cut, i >= SUGGEST_MAX_OFFERS);
        if (suggestion.cut)
            ck_assert_ptr_null(suggest_best(&suggestion));
        else
            ck_assert_str_eq(suggest_best(&suggestion), "near_1");
    }
    ck_assert_uint_eq(suggestion.n_offers, SUGGEST_MAX_OFFERS);
}
END_TEST

int main(void) {
    return run_suites(suite_of("did you mean", the_nearest_candidate_is_suggested,
                               nothing_is_suggested_when_nothing_is_near,
                               two_that_are_as_near_cancel_out_but_a_nearer_one_wins,
                               of_more_candidates_than_are_looked_at_none_is_suggested, NULL),
                      NULL);
}
