/* SPDX-License-Identifier: MIT
 *
 * What a hit believes without walking its tags (runtime/tags/epochs.h), staged: an invalidation and whoever reads the
 * sum, walks or validates get in between each other at every step. Once the invalidation has returned, nobody may be
 * given what was there before.
 */
#include "calls.h"
#include "scene.h"
#include "suites.h"

static struct scene scene;
static struct source source;
static struct t87s_tag tag, sibling;
static unsigned flags; /* of the invalidation */
static struct call call;

static struct t87s_query query;

static void setup(void) {
    scene_init(&scene);
    scene_open(&scene);
    tag = tag_of("users/7/posts");
    sibling = tag_of("users/7/likes");
    source = (struct source){.text = "old"};
    query = query_of("key", &source, &tag);
    flags = 0;
}

static void teardown(void) { scene_close(&scene); }

static void invalidate_it(void *arg) {
    (void)arg;
    invalidate(&scene, "users/7/posts", flags);
}

/* The plain hit: no entries, no trace. */
static void get_it(void *arg) {
    (void)arg;
    get(&scene, "key");
}

static void ask_it(void *arg) {
    (void)arg;
    ask(&scene, &query);
}

static void keep_it(void) {
    ck_assert_int_eq(t87s_clear(scene.cache), T87S_OK);
    atomic_store(&source.text, "old");
    ck_assert_str_eq(ask(&scene, &query).text, "old");
    ck_assert_str_eq(get(&scene, "key").text, "old");
    atomic_store(&source.text, "young");
}

static void expect_gone(void) {
    ck_assert_int_eq(get(&scene, "key").status, T87S_MISS);
    ck_assert_str_eq(ask(&scene, &query).text, "young");
}

/* An invalidation that covers something else in the stripe: the sum is another one, and the next hit walks. */
static void make_it_walk(void) {
    struct source other = {.text = "other"};
    const struct t87s_query beside = query_of("beside", &other, &sibling);
    ask(&scene, &beside);
    invalidate(&scene, "users/7/likes", 0);
}

static const unsigned all_flags[] = {0, T87S_SOFT, T87S_EXACT, T87S_SOFT | T87S_EXACT};

START_TEST(what_is_invalidated_is_gone_by_the_plain_hit_too)
{
    for (int i = 0; i < 4; i++) {
        flags = all_flags[i];
        keep_it();
        invalidate_it(NULL);
        expect_gone();
    }
}
END_TEST

START_TEST(a_hit_in_the_middle_of_an_invalidation_vouches_for_nothing_after_it)
{
    static const char *const labels[] = {"invalidate: stamp drawn, nothing marked",
                                         "invalidate: inside the tree, nothing marked",
                                         "invalidate: marked, not bumped", "invalidate: marked"};
    for (int i = 0; i < 16; i++) {
        flags = all_flags[i % 4];
        keep_it();
        make_it_walk();
        call_stop_at(&call, invalidate_it, NULL, labels[i / 4]);
        get(&scene, "key"); /* either way: it is asked meanwhile */
        get(&scene, "key");
        call_go_on(&call);
        expect_gone();
    }
}
END_TEST

START_TEST(an_answer_in_the_middle_of_an_invalidation_is_not_born_again_by_it)
{
    keep_it();
    call_stop_at(&call, invalidate_it, NULL, "invalidate: stamp drawn, nothing marked");
    ck_assert_str_eq(ask(&scene, &query).text, "old");
    call_go_on(&call);
    expect_gone();
}
END_TEST

START_TEST(an_invalidation_in_the_middle_of_a_walk_is_seen_after_it)
{
    static const char *const labels[] = {"validate: sum read, tags not walked", "validate: tags walked, not validated"};
    for (int i = 0; i < 8; i++) {
        flags = all_flags[i % 4];
        keep_it();
        make_it_walk();
        call_stop_at(&call, get_it, NULL, labels[i / 4]);
        invalidate_it(NULL);
        call_go_on(&call);
        expect_gone();
    }
}
END_TEST

START_TEST(an_invalidation_in_the_middle_of_keeping_an_answer_is_seen_after_it)
{
    static const char *const labels[] = {"keep: sum read, tags not walked", "keep: tags walked, not validated",
                                         "keep: judged, not in the table",
                                         "keep: in the table, its turn not in the queue"};
    for (int i = 0; i < 16; i++) {
        flags = all_flags[i % 4];
        ck_assert_int_eq(t87s_clear(scene.cache), T87S_OK);
        atomic_store(&source.text, "old");
        call_stop_at(&call, ask_it, NULL, labels[i / 4]);
        atomic_store(&source.text, "young");
        invalidate_it(NULL);
        call_go_on(&call);
        expect_gone();
    }
}
END_TEST

START_TEST(a_tag_that_is_not_the_first_counts_as_much)
{
    struct t87s_tag tags[] = {tag_of("shops/1"), tag_of("posts/2"), tag};
    query.tags = tags;
    query.n_tags = 3;
    for (int i = 0; i < 4; i++) {
        flags = all_flags[i];
        keep_it();
        invalidate_it(NULL);
        expect_gone();
    }
}
END_TEST

int main(void) {
    TCase *staged = tcase_create("staged");
    tcase_add_checked_fixture(staged, setup, teardown);
    tcase_add_test(staged, what_is_invalidated_is_gone_by_the_plain_hit_too);
    tcase_add_test(staged, a_hit_in_the_middle_of_an_invalidation_vouches_for_nothing_after_it);
    tcase_add_test(staged, an_answer_in_the_middle_of_an_invalidation_is_not_born_again_by_it);
    tcase_add_test(staged, an_invalidation_in_the_middle_of_a_walk_is_seen_after_it);
    tcase_add_test(staged, an_invalidation_in_the_middle_of_keeping_an_answer_is_seen_after_it);
    tcase_add_test(staged, a_tag_that_is_not_the_first_counts_as_much);
    Suite *suite = suite_create("the one compare of a hit");
    suite_add_tcase(suite, staged);
    return run_suites(suite, NULL);
}
