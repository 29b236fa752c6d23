/* SPDX-License-Identifier: MIT */
/* The demo's own instruments: what it measures with must not flatter. */
#include "db.h"
#include "files.h"
#include "histogram.h"
#include "history.h"
#include "suites.h"
#include "zipf.h"

#include <stdlib.h>
#include <string.h>

START_TEST(an_answer_below_its_floor_is_too_old)
{
    struct verdict verdict = {0};
    verdict_check(&verdict, "user", 7, 3, 3);
    verdict_check(&verdict, "user", 7, 3, 4);
    ck_assert_uint_eq(verdict.too_old, 0);
    verdict_check(&verdict, "user", 7, 3, 2);
    verdict_check(&verdict, "post", 8, 9, 1);
    ck_assert_uint_eq(verdict.checked, 4);
    ck_assert_uint_eq(verdict.too_old, 2);
    ck_assert_str_eq(verdict.first, "user 7: version 2 was answered after version 3 had been invalidated for");
}
END_TEST

START_TEST(merged_verdicts_keep_the_first_answer_that_was_too_old)
{
    struct verdict good = {0}, bad = {0}, all = {0};
    verdict_check(&good, "user", 1, 1, 1);
    verdict_check(&bad, "post", 2, 5, 4);
    verdict_merge(&all, &good);
    verdict_merge(&all, &bad);
    verdict_merge(&all, &good);
    ck_assert_uint_eq(all.checked, 3);
    ck_assert_uint_eq(all.too_old, 1);
    ck_assert_str_eq(all.first, bad.first);
}
END_TEST

START_TEST(a_quantile_is_within_a_sixteenth_of_the_truth)
{
    struct histogram *histogram = calloc(1, sizeof *histogram);
    ck_assert_double_eq(histogram_quantile(histogram, 0.5), 0);
    for (uint64_t ns = 1; ns <= 100000; ns++)
        histogram_add(histogram, ns);
    ck_assert_double_eq_tol(histogram_mean(histogram), 50000.5, 1e-6);
    static const double fractions[] = {0.001, 0.1, 0.5, 0.99, 1};
    for (size_t i = 0; i < sizeof fractions / sizeof fractions[0]; i++)
        ck_assert_double_eq_tol(histogram_quantile(histogram, fractions[i]), fractions[i] * 100000,
                                fractions[i] * 100000 / 16);
    free(histogram);
}
END_TEST

START_TEST(the_longest_duration_has_a_bucket)
{
    struct histogram *histogram = calloc(1, sizeof *histogram);
    histogram_add(histogram, UINT64_MAX);
    ck_assert_double_gt(histogram_quantile(histogram, 0.5), 1.7e19);
    free(histogram);
}
END_TEST

START_TEST(rank_one_is_drawn_twice_as_often_as_rank_two)
{
    struct zipf zipf;
    struct random random;
    ck_assert_int_eq(zipf_init(&zipf, 100), 0);
    random_init(&random, 1);
    unsigned drawn[101] = {0};
    for (int i = 0; i < 200000; i++) {
        uint64_t rank = zipf_draw(&zipf, &random);
        ck_assert(rank >= 1 && rank <= 100);
        drawn[rank]++;
    }
    ck_assert_double_eq_tol((double)drawn[1] / drawn[2], 2, 0.1);
    ck_assert_double_eq_tol((double)drawn[1] / drawn[10], 10, 1);
    ck_assert_uint_gt(drawn[100], 0);
    zipf_release(&zipf);
}
END_TEST

static int count_post(void *arg, const struct post *post) {
    unsigned *seen = arg;
    ck_assert_uint_eq(post->id, DB_POSTS - (*seen)++);
    return 0;
}

START_TEST(an_update_is_committed_and_counted_in_the_version)
{
    char *folder = temp_dir_make(), *path = text_of("%s/blog.db", folder), problem[256] = "";
    ck_assert_msg(db_create(path, problem, sizeof problem) == 0, "%s", problem);
    struct db *db = db_open(path);
    struct user user;
    struct post post;
    uint64_t version = 0;
    ck_assert_int_eq(db_rename_user(db, 42, "Ada", &version), DB_ROW);
    ck_assert_uint_eq(version, 2);
    ck_assert_int_eq(db_read_user(db, 42, &user), DB_ROW);
    ck_assert_str_eq(user.name, "Ada");
    ck_assert_uint_eq(user.version, 2);
    ck_assert_int_eq(db_edit_post(db, 1042, "Notes", &version), DB_ROW);
    ck_assert_int_eq(db_read_post(db, 1042, 42, &post), DB_ROW);
    ck_assert_str_eq(post.title, "Notes");
    ck_assert_uint_eq(post.version, version);

    ck_assert_int_eq(db_read_user(db, DB_USERS + 1, &user), DB_NO_ROW);
    ck_assert_int_eq(db_read_post(db, 1042, 43, &post), DB_NO_ROW);
    unsigned seen = 0;
    ck_assert_int_eq(db_read_page(db, 0, count_post, &seen), DB_ROW);
    ck_assert_uint_eq(seen, DB_PAGE_POSTS);
    ck_assert_int_eq(db_read_page(db, DB_POSTS / DB_PAGE_POSTS, count_post, &seen), DB_NO_ROW);
    db_close(db);
    ck_assert_msg(db_create(path, problem, sizeof problem) != 0, "a database that was there is overwritten");
    temp_dir_remove(folder);
    free(path);
}
END_TEST

int main(void) {
    return run_suites(suite_of("the history check", an_answer_below_its_floor_is_too_old,
                               merged_verdicts_keep_the_first_answer_that_was_too_old, NULL),
                      suite_of("the instruments", a_quantile_is_within_a_sixteenth_of_the_truth,
                               the_longest_duration_has_a_bucket, rank_one_is_drawn_twice_as_often_as_rank_two, NULL),
                      suite_of("the database", an_update_is_committed_and_counted_in_the_version, NULL), NULL);
}
