/* SPDX-License-Identifier: MIT */
/* The epochs that tell a hit whether its tags have to be walked again. */
#include "epochs.h"

#include "rooms.h"
#include "suites.h"

#include <stdio.h>

static struct rooms rooms;

/* What an entry with these tags keeps. */
struct carried {
    t87s__node nodes[T87S_MAX_TAGS];
    unsigned char stripes[T87S_MAX_TAGS * sizeof(t87s__stripe) + 1]; /* they begin at an odd address */
    unsigned n;
};

static void carry(struct carried *carried, const struct t87s_tag *tag) {
    t87s__node node = t87s__tag_tree_intern(rooms.tree, tag->path, tag->size);
    ck_assert_uint_ne(node, 0);
    t87s__stripe stripe = t87s__tag_tree_stripe(rooms.tree, node);
    memcpy(carried->stripes + 1 + carried->n * sizeof stripe, &stripe, sizeof stripe);
    carried->nodes[carried->n++] = node;
}

static void carry_words(struct carried *carried, const char *words) {
    struct t87s_tag tag = tag_of(words);
    carry(carried, &tag);
}

static void let_go(struct carried *carried) {
    while (carried->n > 0)
        t87s__tag_tree_unref(rooms.tree, carried->nodes[--carried->n]);
}

static uint64_t sum(const struct carried *carried) {
    return t87s__epochs_sum(t87s__tag_tree_epochs(rooms.tree), carried->stripes + 1, carried->n);
}

static const unsigned all_flags[] = {0, T87S_EXACT, T87S_SOFT, T87S_SOFT | T87S_EXACT};

START_TEST(a_sum_is_0_only_where_there_is_no_tag)
{
    rooms_open(&rooms);
    struct carried carried = {0};
    ck_assert_uint_eq(sum(&carried), 0);
    carry_words(&carried, "users");
    ck_assert_uint_eq(sum(&carried), 2);
    carry_words(&carried, "users/42/posts");
    ck_assert_uint_eq(sum(&carried), 4);
    let_go(&carried);
    rooms_close(&rooms);
}
END_TEST

START_TEST(every_kind_of_invalidation_reaches_all_it_covers)
{
    static const char *const chain[] = {"users", "users/42", "users/42/posts", "users/42/posts/7",
                                        "users/42/posts/7/comments"};
    enum { CHAIN = sizeof chain / sizeof *chain };
    rooms_open(&rooms);
    struct carried carried[CHAIN] = {{{0}, {0}, 0}};
    for (int i = 0; i < CHAIN; i++)
        carry_words(&carried[i], chain[i]);
    uint64_t stamp = 0;
    for (int target = 0; target < CHAIN; target++) {
        for (int kind = 0; kind < 4; kind++) {
            uint64_t before[CHAIN];
            for (int i = 0; i < CHAIN; i++)
                before[i] = sum(&carried[i]);
            ck_assert(invalidate(&rooms, chain[target], all_flags[kind], ++stamp, 0));
            for (int i = target; i < CHAIN; i++)
                ck_assert_msg(sum(&carried[i]) > before[i], "%s, flags %u: %s", chain[target], all_flags[kind],
                              chain[i]);
        }
    }
    for (int i = 0; i < CHAIN; i++)
        let_go(&carried[i]);
    rooms_close(&rooms);
}
END_TEST

static int below(unsigned *seed, int n) {
    *seed = *seed * 1103515245 + 12345;
    return (int)(*seed >> 16) % n;
}

/* 1 to 5 segments of a few values each, so that many are prefixes of others. */
static struct t87s_tag random_tag(unsigned *seed) {
    static const char *const names[] = {"a", "b", "c"};
    struct t87s_segment segments[5];
    size_t n = 1 + (size_t)below(seed, 5);
    for (size_t i = 0; i < n; i++) {
        segments[i] = below(seed, 2) ? T87S_STATIC(names[below(seed, 3)]) : T87S_WILD_U64((uint64_t)below(seed, 3));
    }
    struct t87s_tag tag;
    ck_assert_int_eq(t87s_tag_make(&tag, n, segments), T87S_OK);
    return tag;
}

START_TEST(whatever_is_covered_has_another_sum_than_before)
{
    enum { CARRIERS = 300, INVALIDATIONS = 4000 };
    static struct carried carried[CARRIERS];
    static uint64_t before[CARRIERS];
    unsigned seed = 87;
    rooms_open(&rooms);
    memset(carried, 0, sizeof carried);
    for (int i = 0; i < CARRIERS; i++) {
        for (int tags = 1 + below(&seed, 3); tags > 0; tags--) {
            struct t87s_tag tag = random_tag(&seed);
            carry(&carried[i], &tag);
        }
    }
    size_t covered = 0, walks = 0, unknown = 0;
    for (uint64_t stamp = 1; stamp <= INVALIDATIONS; stamp++) {
        struct t87s_tag tag = random_tag(&seed);
        unsigned flags = all_flags[below(&seed, 4)];
        for (int i = 0; i < CARRIERS; i++)
            before[i] = sum(&carried[i]);
        bool known = t87s__tag_tree_invalidate(rooms.tree, tag.path, tag.size, flags, stamp, 0);
        unknown += !known;
        for (int i = 0; i < CARRIERS; i++) {
            uint64_t now = sum(&carried[i]);
            struct t87s__cover cover = t87s__tag_tree_cover(rooms.tree, carried[i].nodes, carried[i].n, stamp - 1);
            /* a check is slow, and these are a million */
            if (now < before[i] || ((cover.hard || cover.soft) && now == before[i]) || (!known && now != before[i]))
                ck_abort_msg("carrier %d, invalidation %d: from %llu to %llu", i, (int)stamp,
                             (unsigned long long)before[i], (unsigned long long)now);
            covered += cover.hard || cover.soft;
            walks += now != before[i];
        }
    }
    ck_assert_uint_gt(unknown, INVALIDATIONS / 20);
    ck_assert_uint_gt(covered, INVALIDATIONS);
    ck_assert_uint_lt(walks, (size_t)INVALIDATIONS * CARRIERS / 3);
    for (int i = 0; i < CARRIERS; i++)
        let_go(&carried[i]);
    rooms_close(&rooms);
}
END_TEST

START_TEST(an_invalidation_leaves_most_strangers_alone)
{
    enum { USERS = 2000 };
    static struct carried carried[USERS];
    static uint64_t before[USERS];
    rooms_open(&rooms);
    memset(carried, 0, sizeof carried);
    char words[32];
    for (int i = 0; i < USERS; i++) {
        snprintf(words, sizeof words, "users/%d/posts", i);
        carry_words(&carried[i], words);
        before[i] = sum(&carried[i]);
    }
    ck_assert(invalidate(&rooms, "users/7", 0, 1, 0));
    int touched = 0;
    for (int i = 0; i < USERS; i++)
        touched += sum(&carried[i]) != before[i];
    ck_assert_int_ge(touched, 1);
    ck_assert_int_le(touched, 15); /* 2000 in 1024 stripes: about 2 each */
    for (int i = 0; i < USERS; i++)
        let_go(&carried[i]);
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_tag_nobody_carries_bumps_nothing)
{
    rooms_open(&rooms);
    struct carried carried = {0};
    carry_words(&carried, "users/42");
    struct t87s__epochs *epochs = t87s__tag_tree_epochs(rooms.tree);
    for (int kind = 0; kind < 4; kind++) {
        ck_assert(!invalidate(&rooms, "posts", all_flags[kind], 1, 0));
        ck_assert(!invalidate(&rooms, "users/43", all_flags[kind], 1, 0));
        ck_assert(!invalidate(&rooms, "users/42/posts", all_flags[kind], 1, 0));
    }
    for (int i = 0; i < EPOCH_ROOTS; i++)
        ck_assert_uint_eq(atomic_load(&epochs->roots[i]), 1);
    for (int i = 0; i < EPOCH_BRANCHES; i++)
        ck_assert_uint_eq(atomic_load(&epochs->branches[i]), 1);
    let_go(&carried);
    rooms_close(&rooms);
}
END_TEST

int main(void) {
    return run_suites(suite_of("epochs of stripes", a_sum_is_0_only_where_there_is_no_tag,
                               every_kind_of_invalidation_reaches_all_it_covers,
                               whatever_is_covered_has_another_sum_than_before,
                               an_invalidation_leaves_most_strangers_alone, a_tag_nobody_carries_bumps_nothing, NULL),
                      NULL);
}
