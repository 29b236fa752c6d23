/* SPDX-License-Identifier: MIT */
/* Threads that intern, forget and invalidate the same paths. */
#include "tag_tree.h"

#include "rooms.h"
#include "stage.h"
#include "suites.h"

#include <sched.h>

enum { PATHS = 6, ROUNDS = 4000 };

static const char *const paths[PATHS] = {"a", "a/1", "a/1/b", "a/1/b/2", "a/2/b", "c/1"};

struct play {
    struct rooms rooms;
    struct t87s_tag tags[PATHS];
    struct t87s__stamps stamps;
    /* the newest invalidation that returned, by path */
    _Atomic(uint64_t) done[PATHS], done_exact[PATHS];
    _Atomic(uint64_t) looks; /* of the one reader */
    atomic_bool ended;
    struct stage stage;
};

static struct play play;

static void play_open(void) {
    rooms_open(&play.rooms);
    for (int i = 0; i < PATHS; i++)
        play.tags[i] = tag_of(paths[i]);
    stage_init(&play.stage);
}

static t87s__node intern_path(int i) {
    return t87s__tag_tree_intern(play.rooms.tree, play.tags[i].path, play.tags[i].size);
}

static bool covered(t87s__node node, uint64_t birth) {
    struct t87s__cover cover = t87s__tag_tree_cover(play.rooms.tree, &node, 1, birth);
    return cover.hard || cover.soft;
}

/* ---- staged ---- */

static void *intern_while_the_other_holds(void *arg) {
    (void)arg;
    stage_wait(&play.stage, 1);
    t87s__node node = intern_path(3);
    stage_reach(&play.stage, 2);
    stage_wait(&play.stage, 3); /* the other let go: the node is ours alone */
    ck_assert_uint_eq(t87s__tag_tree_nodes(play.rooms.tree), 4);
    ck_assert(covered(node, 99));
    t87s__tag_tree_unref(play.rooms.tree, node);
    return NULL;
}

START_TEST(a_node_passes_from_thread_to_thread_with_what_it_knows)
{
    play_open();
    pthread_t other = thread_start(intern_while_the_other_holds, NULL);
    t87s__node node = intern_path(3);
    ck_assert(invalidate(&play.rooms, "a/1", 0, 100, 0));
    stage_reach(&play.stage, 1);
    stage_wait(&play.stage, 2);
    t87s__tag_tree_unref(play.rooms.tree, node);
    stage_reach(&play.stage, 3);
    thread_join(other);
    ck_assert_uint_eq(t87s__tag_tree_nodes(play.rooms.tree), 0);
    rooms_close(&play.rooms);
}
END_TEST

/* ---- free running ---- */

static void *intern_and_let_go(void *arg) {
    unsigned seed = *(unsigned *)arg;
    for (int round = 0; round < ROUNDS; round++) {
        seed = seed * 1103515245 + 12345;
        int i = (int)(seed >> 16) % PATHS;
        t87s__node node = intern_path(i), again = intern_path(i);
        ck_assert_uint_ne(node, 0);
        ck_assert_uint_eq(node, again);
        t87s__tag_tree_ref(play.rooms.tree, node);
        for (int n = 0; n < 3; n++)
            t87s__tag_tree_unref(play.rooms.tree, node);
    }
    return NULL;
}

START_TEST(what_threads_intern_and_let_go_leaves_nothing)
{
    play_open();
    unsigned seeds[3] = {1, 2, 3};
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        threads[i] = thread_start(intern_and_let_go, &seeds[i]);
    for (int i = 0; i < 3; i++)
        thread_join(threads[i]);
    rooms_close(&play.rooms); /* expects no node */
}
END_TEST

static void *invalidate_often(void *arg) {
    int step = *(int *)arg;
    for (int round = 0; round < ROUNDS; round++) {
        int i = (round * step) % PATHS;
        unsigned flags = (unsigned)(round / PATHS) % 4;
        uint64_t stamp = t87s__stamp_next(&play.stamps);
        t87s__tag_tree_invalidate(play.rooms.tree, play.tags[i].path, play.tags[i].size, flags, stamp, round);
        t87s__stamp_raise(flags & T87S_EXACT ? &play.done_exact[i] : &play.done[i], stamp); /* it returned */
    }
    return NULL;
}

/* Which of the paths are prefixes of which, as bits. */
static const unsigned prefixes[PATHS] = {1, 3, 7, 15, 1 | 16, 32};

/* The newest invalidation that has returned and covers path i. */
static uint64_t newest_of(int i) {
    uint64_t newest = t87s__stamp_read(&play.done_exact[i]);
    for (int p = 0; p < PATHS; p++) {
        uint64_t done = prefixes[i] & (1u << p) ? t87s__stamp_read(&play.done[p]) : 0;
        newest = done > newest ? done : newest;
    }
    return newest;
}

/* The law: born before an invalidation that has returned is covered, whether the tags were interned before the birth
 * (a fetch) or after it (a set with a token). */
static void *be_born_and_judged(void *arg) {
    bool late = *(bool *)arg;
    for (int round = 0; round < ROUNDS; round++) {
        int i = round % PATHS;
        uint64_t birth = late ? t87s__stamp_next(&play.stamps) : 0;
        t87s__node node = intern_path(i);
        if (!late)
            birth = t87s__stamp_next(&play.stamps);
        for (int look = 0; look < 3; look++) {
            if (newest_of(i) > birth)
                ck_assert(covered(node, birth));
        }
        t87s__tag_tree_unref(play.rooms.tree, node);
    }
    return NULL;
}

START_TEST(no_invalidation_that_returned_is_lost_on_nodes_that_come_and_go)
{
    play_open();
    int steps[2] = {1, 5};
    bool late[2] = {false, true};
    pthread_t threads[4];
    for (int i = 0; i < 2; i++) {
        threads[i] = thread_start(invalidate_often, &steps[i]);
        threads[2 + i] = thread_start(be_born_and_judged, &late[i]);
    }
    for (int i = 0; i < 4; i++)
        thread_join(threads[i]);
    rooms_close(&play.rooms);
}
END_TEST

/* Invalidates the one path and its prefixes, all sorts of it; after each it waits until the reader has looked again. */
static void *invalidate_and_wait(void *arg) {
    (void)arg;
    for (int round = 0; round < 2 * ROUNDS; round++) {
        int i = round % 4;
        unsigned flags = (unsigned)(round / 4) % 4;
        uint64_t stamp = t87s__stamp_next(&play.stamps);
        t87s__tag_tree_invalidate(play.rooms.tree, play.tags[i].path, play.tags[i].size, flags, stamp, round);
        if (i == 3 || !(flags & T87S_EXACT))
            t87s__stamp_raise(&play.done[3], stamp);
        uint64_t seen = t87s__stamp_read(&play.looks);
        while (t87s__stamp_read(&play.looks) < seen + 3)
            sched_yield();
    }
    atomic_store(&play.ended, true);
    return NULL;
}

/* Hits as epochs.h describes them, on an entry that is born again when it is out of date. */
START_TEST(no_hit_by_the_sum_outlives_an_invalidation_that_returned)
{
    play_open();
    t87s__node node = intern_path(3);
    t87s__stripe stripe = t87s__tag_tree_stripe(play.rooms.tree, node);
    const struct t87s__epochs *epochs = t87s__tag_tree_epochs(play.rooms.tree);
    pthread_t other = thread_start(invalidate_and_wait, NULL);
    uint64_t birth = 0, validated = 0, hits = 0, looks = 0;
    while (!atomic_load_explicit(&play.ended, memory_order_relaxed)) {
        uint64_t newest = t87s__stamp_read(&play.done[3]), sum = t87s__epochs_sum(epochs, &stripe, 1);
        if (validated != sum && covered(node, birth)) {
            birth = t87s__stamp_next(&play.stamps);
            validated = 0;
        } else {
            ck_assert_msg(newest <= birth, validated == sum ? "a hit on what was invalidated" : "a walk too short");
            hits += validated == sum;
            validated = sum;
        }
        atomic_store_explicit(&play.looks, ++looks, memory_order_release);
        if (looks % 64 == 0)
            sched_yield(); /* on one processor the other has its turn */
    }
    thread_join(other);
    ck_assert_uint_gt(hits, 0);
    t87s__tag_tree_unref(play.rooms.tree, node);
    rooms_close(&play.rooms);
}
END_TEST

int main(void) {
    return run_suites(suite_of("threads share the tree of tags", a_node_passes_from_thread_to_thread_with_what_it_knows,
                               what_threads_intern_and_let_go_leaves_nothing,
                               no_invalidation_that_returned_is_lost_on_nodes_that_come_and_go,
                               no_hit_by_the_sum_outlives_an_invalidation_that_returned, NULL),
                      NULL);
}
