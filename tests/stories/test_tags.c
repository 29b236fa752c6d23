/* SPDX-License-Identifier: MIT */
/* What an invalidation reaches: the tags at and below it, or with T87S_EXACT that very tag, and nothing that merely
 * looks like it. */
#include "scene.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static struct source source = {.text = "value"};

/* Whether an entry that carries one tag is still fresh after another was invalidated. */
static bool survives(const struct t87s_tag *carried, const struct t87s_tag *invalidated, unsigned flags) {
    struct scene scene;
    scene_init(&scene);
    scene_open(&scene);
    struct t87s_query query = query_of("key", &source, carried);
    ask(&scene, &query);
    ck_assert_int_eq(t87s_invalidate(scene.cache, invalidated, 1, flags), T87S_OK);
    bool fresh = get(&scene, "key").status == T87S_OK;
    scene_close(&scene);
    return fresh;
}

static struct t87s_tag made(size_t n, const struct t87s_segment *segments) {
    struct t87s_tag tag;
    ck_assert_int_eq(t87s_tag_make(&tag, n, segments), T87S_OK);
    return tag;
}

START_TEST(no_segment_text_is_taken_for_the_exact_marker)
{
    static const char *const markers[] = {"exact", "__exact__", "x", "*"};
    struct t87s_tag users = tag_of("users"), post = tag_of("users/posts");
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        const struct t87s_segment as_static[] = {T87S_STATIC("users"), T87S_STATIC(markers[i])};
        const struct t87s_segment as_wild[] = {T87S_STATIC("users"), T87S_WILD_STR(markers[i], strlen(markers[i]))};
        struct t87s_tag marked = made(2, as_static), wild = made(2, as_wild);
        /* An invalidation of users/exact is not an exact one of users, nor the other way round. */
        ck_assert(survives(&users, &marked, 0));
        ck_assert(survives(&users, &wild, 0));
        ck_assert(survives(&marked, &users, T87S_EXACT));
        ck_assert(survives(&wild, &users, T87S_EXACT));
        ck_assert(survives(&post, &marked, 0));
        /* And below them it is as below any tag. */
        ck_assert(!survives(&marked, &users, 0));
        ck_assert(!survives(&wild, &users, 0));
    }
}
END_TEST

START_TEST(a_separator_inside_a_text_joins_nothing)
{
    static const char *const separators = ":/\\%,.\n";
    for (const char *at = separators; *at; at++) {
        char joined[4] = {'a', *at, 'b', 0};
        const struct t87s_segment one[] = {T87S_STATIC("users"), T87S_WILD_STR(joined, 3)};
        const struct t87s_segment two[] = {T87S_STATIC("users"), T87S_WILD_STR("a", 1), T87S_WILD_STR("b", 1)};
        const struct t87s_segment parent[] = {T87S_STATIC("users"), T87S_WILD_STR("a", 1)};
        struct t87s_tag whole = made(2, one), parts = made(3, two), above = made(2, parent);
        ck_assert(survives(&whole, &parts, 0));
        ck_assert(survives(&parts, &whole, 0));
        ck_assert(survives(&whole, &above, 0)); /* "a" is no parent of "a:b" */
        ck_assert(!survives(&parts, &above, 0));
    }
}
END_TEST

START_TEST(an_id_of_separators_collides_with_nothing_and_is_printed_escaped)
{
    const struct t87s_segment segments[] = {T87S_STATIC("users"), T87S_WILD_STR("a/b:c\\d", 7)};
    const struct t87s_segment parent[] = {T87S_STATIC("users"), T87S_WILD_STR("a", 1)};
    struct t87s_tag tag = made(2, segments), above = made(2, parent);
    char text[64];
    ck_assert_int_eq(t87s_tag_format(&tag, text, sizeof text), 15);
    ck_assert_str_eq(text, "users/a%2Fb:c\\d");
    ck_assert(survives(&tag, &above, 0));
    ck_assert(!survives(&tag, &tag, 0));
}
END_TEST

START_TEST(a_text_may_hold_any_byte)
{
    const struct t87s_segment nul[] = {T87S_WILD_STR("a\0b", 3)}, shorter[] = {T87S_WILD_STR("a", 1)};
    struct t87s_tag with = made(1, nul), without = made(1, shorter);
    ck_assert(survives(&with, &without, 0));
    ck_assert(survives(&without, &with, 0));
    ck_assert(!survives(&with, &with, 0));
}
END_TEST

START_TEST(segments_of_different_kinds_are_different_tags)
{
    const struct t87s_segment kinds[] = {T87S_STATIC("7"),
                                         T87S_WILD_STR("7", 1),
                                         T87S_WILD_U64(7),
                                         T87S_WILD_I64(7),
                                         T87S_WILD_STR("\7\0\0\0\0\0\0\0", 8),
                                         T87S_WILD_UUID("7777777777777777"),
                                         T87S_WILD_STR("7777777777777777", 16)};
    size_t n = sizeof kinds / sizeof *kinds;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            struct t87s_tag carried = made(1, &kinds[i]), other = made(1, &kinds[j]);
            ck_assert_int_eq(survives(&carried, &other, 0), i != j);
        }
    }
}
END_TEST

START_TEST(a_path_is_no_prefix_of_a_longer_name)
{
    struct t87s_tag user = tag_of("user"), users = tag_of("users"), seven = tag_of("users/7"),
                    many = tag_of("users/77");
    ck_assert(survives(&users, &user, 0));
    ck_assert(survives(&many, &seven, 0));
    ck_assert(survives(&seven, &many, 0));
}
END_TEST

/* The matrix: what is left of an entry under users/7/posts after an invalidation at, above or below it. */
START_TEST(soft_and_hard_prefix_and_exact_do_what_their_names_say)
{
    enum left { FRESH, STALE, GONE };
    static const struct {
        const char *path;
        unsigned flags;
        enum left left;
    } rows[] = {
        {"users", 0, GONE},
        {"users", T87S_SOFT, STALE},
        {"users", T87S_EXACT, FRESH},
        {"users", T87S_SOFT | T87S_EXACT, FRESH},
        {"users/7", 0, GONE},
        {"users/7", T87S_SOFT, STALE},
        {"users/7", T87S_EXACT, FRESH},
        {"users/7", T87S_SOFT | T87S_EXACT, FRESH},
        {"users/7/posts", 0, GONE},
        {"users/7/posts", T87S_SOFT, STALE},
        {"users/7/posts", T87S_EXACT, GONE},
        {"users/7/posts", T87S_SOFT | T87S_EXACT, STALE},
        {"users/7/posts/1", 0, FRESH},
        {"users/7/posts/1", T87S_SOFT, FRESH},
        {"users/7/posts/1", T87S_EXACT, FRESH},
        {"users/8", 0, FRESH},
        {"users/8", T87S_SOFT, FRESH},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scene scene;
        scene_init(&scene);
        scene_open(&scene);
        struct t87s_tag tag = tag_of("users/7/posts");
        struct t87s_query query = query_of("key", &source, &tag);
        query.grace_ms = 60000;
        ask(&scene, &query);
        invalidate(&scene, rows[i].path, rows[i].flags);
        struct answer answer = ask(&scene, &query);
        static const enum t87s_outcome outcomes[] = {T87S_FRESH, T87S_STALE, T87S_FETCHED};
        ck_assert_msg(answer.entries.before.outcome == outcomes[rows[i].left], "row %zu: outcome %d", i,
                      (int)answer.entries.before.outcome);
        scene_close(&scene);
    }
}
END_TEST

START_TEST(an_exact_invalidation_takes_the_identical_tag_alone)
{
    struct scene scene;
    scene_init(&scene);
    scene_open(&scene);
    struct t87s_tag user = tag_of("users/7"), post = tag_of("users/7/posts/1"), all = tag_of("users");
    struct t87s_query queries[] = {query_of("user", &source, &user), query_of("post", &source, &post),
                                   query_of("all", &source, &all)};
    for (int i = 0; i < 3; i++)
        ask(&scene, &queries[i]);
    invalidate(&scene, "users/7", T87S_EXACT);
    ck_assert_int_eq(get(&scene, "user").status, T87S_MISS);
    ck_assert_int_eq(get(&scene, "post").status, T87S_OK);
    ck_assert_int_eq(get(&scene, "all").status, T87S_OK);
    scene_close(&scene);
}
END_TEST

START_TEST(two_caches_of_one_process_do_not_hear_each_other)
{
    struct scene one, two;
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &source, &tag);
    scene_init(&one);
    scene_init(&two);
    one.options.prefix = "one";
    two.options.prefix = "two";
    scene_open(&one);
    scene_open(&two);
    ask(&one, &query);
    ck_assert_int_eq(get(&two, "user:7").status, T87S_MISS);
    ask(&two, &query);
    invalidate(&one, "users/7", 0);
    ck_assert_int_eq(get(&one, "user:7").status, T87S_MISS);
    ck_assert_int_eq(get(&two, "user:7").status, T87S_OK);
    scene_close(&one);
    scene_close(&two);
}
END_TEST

START_TEST(everything_may_happen_in_one_millisecond)
{
    struct scene scene;
    struct source user = {.text = "Ada"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &user, &tag);
    scene_init(&scene);
    scene_open(&scene);
    for (int i = 0; i < 100; i++) { /* order is counted, not timed: the clock stands still */
        struct answer answer = ask(&scene, &query);
        ck_assert_int_eq(answer.entries.before.outcome, T87S_FETCHED);
        ck_assert_int_eq(ask(&scene, &query).entries.before.outcome, T87S_FRESH);
        invalidate(&scene, "users/7", 0);
    }
    ck_assert_int_eq(atomic_load(&user.fetches), 100);
    scene_close(&scene);
}
END_TEST

/* A clock that jumps ages entries, but neither loses an invalidation nor undoes one. */
START_TEST(a_clock_that_jumps_loses_and_undoes_nothing)
{
    struct scene scene;
    struct source user = {.text = "Ada"};
    struct t87s_tag tag = tag_of("users/7");
    struct t87s_query query = query_of("user:7", &user, &tag);
    scene_init(&scene);
    atomic_store(&scene.clock.now_ms, 1000000);
    scene_open(&scene);
    ask(&scene, &query);
    invalidate(&scene, "users/7", 0);
    atomic_store(&scene.clock.now_ms, 0); /* set back, as a wall clock would be */
    ck_assert_int_eq(get(&scene, "user:7").status, T87S_MISS);
    user.text = "Bea";
    EXPECT_ANSWER(ask(&scene, &query), "Bea", T87S_FETCHED, T87S_REASON_INVALIDATED);
    invalidate(&scene, "users/7", 0);
    user.text = "Cleo";
    EXPECT_ANSWER(ask(&scene, &query), "Cleo", T87S_FETCHED, T87S_REASON_INVALIDATED);
    EXPECT_ANSWER(ask(&scene, &query), "Cleo", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&scene);
}
END_TEST

/* The program was changed and says other tags for the same key now. The entry knows nothing of the new ones, so the
 * query asks for itself what was invalidated. */
START_TEST(an_invalidation_of_the_querys_own_tags_reaches_an_entry_without_them)
{
    struct scene scene;
    struct source user = {.text = "Ada"};
    struct t87s_tag old_tag = tag_of("users/7"), new_tag = tag_of("people/7");
    struct t87s_query before = query_of("user:7", &user, &old_tag), after = query_of("user:7", &user, &new_tag);
    scene_init(&scene);
    scene_open(&scene);
    ask(&scene, &before);
    invalidate(&scene, "people/7", 0);
    user.text = "Bea";
    ck_assert_str_eq(ask(&scene, &after).text, "Bea");
    invalidate(&scene, "people/7", 0);
    user.text = "Cleo";
    ck_assert_str_eq(ask(&scene, &after).text, "Cleo");
    scene_close(&scene);
}
END_TEST

/* The same for a fetch that is under way. */
START_TEST(a_fetch_without_a_tag_of_the_query_is_not_joined)
{
    struct scene scene;
    struct gate gate;
    struct actor a;
    struct source slow = {.text = "Ada", .gate = &gate}, quick = {.text = "Bea"};
    struct t87s_tag old_tag = tag_of("users/7"), new_tag = tag_of("people/7");
    struct t87s_query before = query_of("user:7", &slow, &old_tag), after = query_of("user:7", &quick, &new_tag);
    scene_init(&scene);
    scene_open(&scene);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &before);
    gate_await(&gate, 1);
    invalidate(&scene, "people/7", 0);
    EXPECT_ANSWER(ask(&scene, &after), "Bea", T87S_FETCHED, T87S_REASON_ABSENT);
    gate_open(&gate);
    actor_join(&a);
    EXPECT_ANSWER(ask(&scene, &after), "Bea", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&scene);
}
END_TEST

/* More tags than the query asks for only make an entry go sooner. */
START_TEST(a_value_set_without_tags_answers_a_query_until_its_tags_are_invalidated)
{
    struct scene scene;
    struct source user = {.text = "Ada"};
    struct t87s_tag tag = tag_of("users/7"), all = tag_of("users");
    struct t87s_query query = query_of("user:7", &user, &tag);
    scene_init(&scene);
    scene_open(&scene);
    ck_assert_int_eq(t87s_set(scene.cache, "user:7", 6, "by hand", 7, NULL), T87S_OK);
    EXPECT_ANSWER(ask(&scene, &query), "by hand", T87S_FRESH, T87S_REASON_NONE);
    ck_assert_int_eq(t87s_invalidate(scene.cache, &all, 1, T87S_SOFT), T87S_OK);
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FETCHED, T87S_REASON_INVALIDATED);
    scene_close(&scene);
}
END_TEST

START_TEST(an_entry_with_more_tags_than_the_query_is_its_answer)
{
    struct scene scene;
    struct t87s_tag tags[] = {tag_of("users/7"), tag_of("people/7")};
    struct t87s_query two = query_of("user:7", &source, tags), one = query_of("user:7", &source, &tags[1]);
    two.n_tags = 2;
    scene_init(&scene);
    scene_open(&scene);
    ask(&scene, &two);
    EXPECT_ANSWER(ask(&scene, &one), "value", T87S_FRESH, T87S_REASON_NONE);
    scene_close(&scene);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("a tag is its segments", no_segment_text_is_taken_for_the_exact_marker,
                 a_separator_inside_a_text_joins_nothing,
                 an_id_of_separators_collides_with_nothing_and_is_printed_escaped, a_text_may_hold_any_byte,
                 segments_of_different_kinds_are_different_tags, a_path_is_no_prefix_of_a_longer_name, NULL),
        suite_of("what an invalidation reaches", soft_and_hard_prefix_and_exact_do_what_their_names_say,
                 an_exact_invalidation_takes_the_identical_tag_alone, two_caches_of_one_process_do_not_hear_each_other,
                 everything_may_happen_in_one_millisecond, a_clock_that_jumps_loses_and_undoes_nothing,
                 an_invalidation_of_the_querys_own_tags_reaches_an_entry_without_them,
                 a_fetch_without_a_tag_of_the_query_is_not_joined,
                 a_value_set_without_tags_answers_a_query_until_its_tags_are_invalidated,
                 an_entry_with_more_tags_than_the_query_is_its_answer, NULL),
        NULL);
}
