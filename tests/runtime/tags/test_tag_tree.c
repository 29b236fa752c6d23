/* SPDX-License-Identifier: MIT */
/* Nodes of the tags that are carried, and what an invalidation covers. */
#include "tag_tree.h"

#include "rooms.h"
#include "suites.h"

static struct rooms rooms;

static void give_back(t87s__node node) { t87s__tag_tree_unref(rooms.tree, node); }

static struct t87s__cover cover_of(t87s__node node, uint64_t birth) {
    return t87s__tag_tree_cover(rooms.tree, &node, 1, birth);
}

/* ---- nodes ---- */

START_TEST(one_path_is_one_node)
{
    rooms_open(&rooms);
    t87s__node a = intern(&rooms, "users/42"), b = intern(&rooms, "users/42");
    ck_assert_uint_ne(a, 0);
    ck_assert_uint_eq(a, b);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 2);
    give_back(a);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 2);
    give_back(b);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0);
    rooms_close(&rooms);
}
END_TEST

START_TEST(other_paths_are_other_nodes)
{
    static const char *const paths[] = {
        "users",    "users/42", "users/43",       "users/'42'",     "users/'users'", "users/users", "users/42/users",
        "posts/42", "posts",    "users/42/posts", "posts/42/users", "'users'",       "'users'/42",  "users/42/'posts'"};
    enum { PATHS = sizeof paths / sizeof *paths };
    rooms_open(&rooms);
    t87s__node nodes[PATHS];
    for (int a = 0; a < PATHS; a++) {
        nodes[a] = intern(&rooms, paths[a]);
        for (int b = 0; b < a; b++)
            ck_assert_msg(nodes[a] != nodes[b], "%s and %s", paths[a], paths[b]);
    }
    for (int a = 0; a < PATHS; a++)
        give_back(nodes[a]);
    rooms_close(&rooms);
}
END_TEST

START_TEST(paths_share_the_nodes_of_their_prefixes)
{
    rooms_open(&rooms);
    t87s__node first = intern(&rooms, "users/1/posts/2");
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 4);
    t87s__node second = intern(&rooms, "users/1/posts/3");
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 5);
    t87s__node prefix = intern(&rooms, "users/1");
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 5);
    t87s__node other = intern(&rooms, "users/2/posts/2");
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 8);
    give_back(first);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 7);
    give_back(second); /* takes posts along, not users/1, which is carried for itself */
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 5);
    give_back(other);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 2);
    give_back(prefix);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0);
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_parent_stays_while_a_child_is_carried)
{
    rooms_open(&rooms);
    t87s__node parent = intern(&rooms, "users/1"), child = intern(&rooms, "users/1/posts");
    give_back(parent);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 3);
    ck_assert(invalidate(&rooms, "users/1", 0, 10, 0));
    ck_assert(cover_of(child, 9).hard);
    t87s__tag_tree_ref(rooms.tree, child);
    give_back(child);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 3);
    give_back(child);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0);
    rooms_close(&rooms);
}
END_TEST

/* ---- cover ---- */

enum { HARD = 1, SOFT = 2 };

START_TEST(an_invalidation_covers_by_this_matrix)
{
    static const struct {
        const char *what;
        unsigned flags;
        int carried_above, carried_here, carried_below, carried_far_below;
    } rows[] = {
        {"hard prefix", 0, 0, HARD, HARD, HARD},
        {"hard exact", T87S_EXACT, 0, HARD, 0, 0},
        {"soft prefix", T87S_SOFT, 0, SOFT, SOFT, SOFT},
        {"soft exact", T87S_SOFT | T87S_EXACT, 0, SOFT, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct {
            const char *carried;
            int covered;
        } cases[] = {
            {"users", rows[i].carried_above},
            {"users/42", rows[i].carried_here},
            {"users/42/posts", rows[i].carried_below},
            {"users/42/posts/7/a/b/c/d", rows[i].carried_far_below},
            {"users/43", 0},
            {"users/'42'", 0},
            {"users/43/posts", 0},
            {"posts/42", 0},
            {"users/users/42", 0},
        };
        for (size_t j = 0; j < sizeof cases / sizeof *cases; j++) {
            rooms_open(&rooms);
            t87s__node node = intern(&rooms, cases[j].carried), target = intern(&rooms, "users/42");
            ck_assert(invalidate(&rooms, "users/42", rows[i].flags, 100, 5000));
            for (uint64_t birth = 99; birth <= 101; birth++) { /* born before, at and after the event */
                struct t87s__cover cover = cover_of(node, birth);
                int covered = (cover.hard ? HARD : 0) | (cover.soft ? SOFT : 0);
                ck_assert_msg(covered == (birth < 100 ? cases[j].covered : 0), "%s: %s born at %d", rows[i].what,
                              cases[j].carried, (int)birth);
                if (cover.soft)
                    ck_assert_int_eq(cover.soft_ms, 5000);
            }
            give_back(node);
            give_back(target);
            rooms_close(&rooms);
        }
    }
}
END_TEST

START_TEST(the_newest_invalidation_counts_in_whatever_order_they_come)
{
    rooms_open(&rooms);
    t87s__node node = intern(&rooms, "a/1");
    invalidate(&rooms, "a/1", 0, 20, 0);
    invalidate(&rooms, "a/1", 0, 10, 0); /* an older one that was overtaken */
    ck_assert(cover_of(node, 19).hard);
    ck_assert(!cover_of(node, 20).hard);
    give_back(node);
    rooms_close(&rooms);
}
END_TEST

START_TEST(one_covered_tag_of_several_is_enough)
{
    rooms_open(&rooms);
    t87s__node nodes[T87S_MAX_TAGS];
    char words[8] = "t/0";
    for (int i = 0; i < T87S_MAX_TAGS; i++) {
        words[2] = (char)('0' + i);
        nodes[i] = intern(&rooms, words);
    }
    ck_assert(!t87s__tag_tree_cover(rooms.tree, nodes, T87S_MAX_TAGS, 1).hard);
    invalidate(&rooms, "t/7", 0, 10, 0);
    ck_assert(t87s__tag_tree_cover(rooms.tree, nodes, T87S_MAX_TAGS, 9).hard);
    ck_assert(!t87s__tag_tree_cover(rooms.tree, nodes, T87S_MAX_TAGS - 1, 9).hard);
    ck_assert(!t87s__tag_tree_cover(rooms.tree, nodes, 0, 0).hard); /* without tags nothing covers */
    for (int i = 0; i < T87S_MAX_TAGS; i++)
        give_back(nodes[i]);
    rooms_close(&rooms);
}
END_TEST

START_TEST(hard_and_soft_are_told_apart_and_kept_beside_each_other)
{
    rooms_open(&rooms);
    t87s__node node = intern(&rooms, "a/1/b");
    invalidate(&rooms, "a/1", T87S_SOFT, 10, 700);
    invalidate(&rooms, "a", 0, 20, 800);
    struct t87s__cover cover = cover_of(node, 5);
    ck_assert(cover.hard && cover.soft);
    cover = cover_of(node, 10); /* after the soft one, before the hard one */
    ck_assert(cover.hard && !cover.soft);
    cover = cover_of(node, 20);
    ck_assert(!cover.hard && !cover.soft);
    give_back(node);
    rooms_close(&rooms);
}
END_TEST

START_TEST(the_earliest_soft_invalidation_says_since_when)
{
    rooms_open(&rooms);
    t87s__node node = intern(&rooms, "a/1/b");
    invalidate(&rooms, "a", T87S_SOFT, 10, 900);
    invalidate(&rooms, "a/1/b", T87S_SOFT | T87S_EXACT, 11, 300);
    invalidate(&rooms, "a/1", T87S_SOFT, 12, 600);
    ck_assert_int_eq(cover_of(node, 5).soft_ms, 300);
    ck_assert_int_eq(cover_of(node, 11).soft_ms, 600); /* the exact one is older than this birth */
    ck_assert(!cover_of(node, 12).soft);
    give_back(node);
    rooms_close(&rooms);
}
END_TEST

/* ---- floors ---- */

START_TEST(what_is_forgotten_reads_as_invalidated_for_older_births_only)
{
    static const unsigned all_flags[] = {0, T87S_EXACT, T87S_SOFT, T87S_SOFT | T87S_EXACT};
    for (int i = 0; i < 4; i++) {
        rooms_open(&rooms);
        t87s__node node = intern(&rooms, "users/42");
        ck_assert(invalidate(&rooms, "users/42", all_flags[i], 100, 0));
        give_back(node);
        ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0);
        node = intern(&rooms, "users/42");
        ck_assert(cover_of(node, 99).hard); /* whatever sort it was */
        ck_assert(!cover_of(node, 100).hard);
        ck_assert(!cover_of(node, 100).soft);
        give_back(node);
        rooms_close(&rooms);
    }
}
END_TEST

START_TEST(invalidating_a_tag_nobody_carries_is_remembered_for_later_carriers)
{
    static const char *const carried[] = {"users/42", "users/42/posts", "users/42/posts/7"};
    for (int i = 0; i < 3; i++) {
        rooms_open(&rooms);
        t87s__node neighbour = intern(&rooms, "users/1"); /* so that users is there and users/42 is not */
        ck_assert(!invalidate(&rooms, "users/42", 0, 100, 0));
        t87s__node node = intern(&rooms, carried[i]);
        ck_assert(cover_of(node, 99).hard);
        ck_assert(!cover_of(node, 100).hard);
        ck_assert(!cover_of(neighbour, 0).hard);
        give_back(node);
        give_back(neighbour);
        rooms_close(&rooms);
    }
}
END_TEST

START_TEST(a_tag_is_unknown_while_only_its_parents_or_children_elsewhere_are_carried)
{
    rooms_open(&rooms);
    ck_assert(!invalidate(&rooms, "users", 0, 1, 0));
    t87s__node node = intern(&rooms, "users/42");
    ck_assert(invalidate(&rooms, "users", 0, 2, 0)); /* below it somebody carries one */
    ck_assert(invalidate(&rooms, "users/42", 0, 3, 0));
    ck_assert(!invalidate(&rooms, "users/42/posts", 0, 4, 0));
    ck_assert(!invalidate(&rooms, "posts/42", 0, 5, 0));
    give_back(node);
    ck_assert(!invalidate(&rooms, "users", 0, 6, 0));
    rooms_close(&rooms);
}
END_TEST

START_TEST(of_several_soft_invalidations_the_time_of_the_newest_is_known_and_that_there_were_others)
{
    rooms_open(&rooms);
    t87s__node node = intern(&rooms, "a/1");
    invalidate(&rooms, "a/1", T87S_SOFT, 10, 5000);
    invalidate(&rooms, "a/1", T87S_SOFT, 20, 5999); /* within a second: the same one */
    struct t87s__cover cover = cover_of(node, 5);
    ck_assert(cover.soft && !cover.soft_lost && cover.soft_ms == 5000);
    cover = cover_of(node, 15);
    ck_assert(cover.soft && !cover.soft_lost && cover.soft_ms == 5000); /* too early rather than too late */
    invalidate(&rooms, "a/1", T87S_SOFT, 30, 6000);
    cover = cover_of(node, 19);
    ck_assert(cover.soft && cover.soft_lost && cover.soft_ms == 6000);
    cover = cover_of(node, 20);
    ck_assert(cover.soft && !cover.soft_lost && cover.soft_ms == 6000);
    invalidate(&rooms, "a/1", T87S_SOFT, 25, 9000); /* overtaken by a younger one */
    cover = cover_of(node, 29);
    ck_assert(cover.soft && cover.soft_ms == 6000);
    ck_assert(!cover_of(node, 30).soft);
    give_back(node);
    rooms_close(&rooms);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("nodes of tags", one_path_is_one_node, other_paths_are_other_nodes,
                 paths_share_the_nodes_of_their_prefixes, a_parent_stays_while_a_child_is_carried, NULL),
        suite_of("what an invalidation covers", an_invalidation_covers_by_this_matrix,
                 the_newest_invalidation_counts_in_whatever_order_they_come, one_covered_tag_of_several_is_enough,
                 hard_and_soft_are_told_apart_and_kept_beside_each_other,
                 the_earliest_soft_invalidation_says_since_when,
                 of_several_soft_invalidations_the_time_of_the_newest_is_known_and_that_there_were_others, NULL),
        suite_of("what is forgotten", what_is_forgotten_reads_as_invalidated_for_older_births_only,
                 invalidating_a_tag_nobody_carries_is_remembered_for_later_carriers,
                 a_tag_is_unknown_while_only_its_parents_or_children_elsewhere_are_carried, NULL),
        NULL);
}
