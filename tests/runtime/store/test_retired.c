/* SPDX-License-Identifier: MIT */
/* What left the table is given back when its last readers have left, and not before. */
#include "retired.h"

#include "read_section.h"
#include "rooms.h"
#include "stage.h"
#include "suites.h"

#include <limits.h>
#include <sched.h>
#include <stdio.h>

static struct rooms rooms;

static void setup(void) { rooms_open(&rooms); }
static void teardown(void) { rooms_close(&rooms); }

/* An entry that was in the table and is not any more; *cost is added up. */
static struct t87s__entry *retire_one(const char *key, const char *tag, size_t *cost) {
    struct t87s__entry *entry = entry_of(&rooms, key, tag, 1, 1000, 0), *displaced;
    const struct t87s__key whole = key_of(key);
    ck_assert_int_eq(put_in(&rooms, entry, &displaced), PUT_KEPT);
    unref(&rooms, entry);
    ck_assert_ptr_eq(t87s__entry_table_remove(rooms.table, &whole, UINT64_MAX), entry);
    discard(&rooms, entry);
    *cost += t87s__entry_cost(entry);
    return entry;
}

static void expect_retired(size_t cost) {
    ck_assert_uint_eq(t87s__retired_bytes(rooms.retired), cost);
    ck_assert_uint_eq(counted(&rooms, MEMORY_RETIRED), cost);
}

START_TEST(a_retired_entry_counts_until_it_is_given_back)
{
    size_t cost = 0;
    retire_one("a", "users/1", &cost);
    retire_one("b", "users/1", &cost);
    let_tags_go(&rooms);
    ck_assert_uint_eq(counted(&rooms, MEMORY_ENTRIES), 0);
    expect_retired(cost);
    t87s__retired_reap(rooms.retired, UINT_MAX); /* not ripe yet */
    expect_retired(cost);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 2);
    ck_assert(t87s__retired_round(rooms.retired));
    expect_retired(cost); /* ripe: whoever comes in gives some back */
    t87s__retired_reap(rooms.retired, 1);
    expect_retired(cost / 2);
    t87s__retired_reap(rooms.retired, 1);
    expect_retired(0);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0);
    t87s__retired_reap(rooms.retired, 1);
}
END_TEST

START_TEST(the_next_round_gives_back_what_nobody_reaped)
{
    size_t cost = 0, more = 0;
    retire_one("a", NULL, &cost);
    ck_assert(t87s__retired_round(rooms.retired));
    retire_one("b", NULL, &more);
    ck_assert(t87s__retired_round(rooms.retired));
    expect_retired(more);
    ck_assert(t87s__retired_round(rooms.retired));
    expect_retired(0);
}
END_TEST

START_TEST(relief_gives_back_everything_at_once)
{
    size_t cost = 0;
    char key[16];
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "%d", i);
        retire_one(key, "a/1", &cost);
        if (i == 50)
            ck_assert(t87s__retired_round(rooms.retired));
    }
    expect_retired(cost);
    t87s__retired_relieve(rooms.retired);
    expect_retired(0);
    t87s__retired_relieve(rooms.retired);
}
END_TEST

START_TEST(blocks_are_given_back_like_entries)
{
    struct {
        struct t87s__retired_block head;
        char bytes[100];
    } * blocks[3];
    const size_t cost = 3 * t87s__memory_cost(sizeof *blocks[0]);
    for (int i = 0; i < 3; i++) {
        blocks[i] = t87s__memory_take(rooms.memory, MEMORY_TABLE, sizeof *blocks[i]);
        ck_assert_ptr_nonnull(blocks[i]);
        t87s__retired_add_block(rooms.retired, &blocks[i]->head, blocks[i], sizeof *blocks[i]);
    }
    expect_retired(cost);
    ck_assert(t87s__retired_round(rooms.retired));
    expect_retired(cost);
    t87s__retired_reap(rooms.retired, 0);
    expect_retired(0);
}
END_TEST

START_TEST(an_entry_that_is_held_becomes_a_pinned_one)
{
    size_t cost = 0;
    struct t87s__entry *entry = entry_of(&rooms, "value", "users/1", 1, 1000, 0), *displaced;
    const struct t87s__key key = key_of("value");
    cost = t87s__entry_cost(entry);
    ck_assert_int_eq(put_in(&rooms, entry, &displaced), PUT_KEPT);
    discard(&rooms, t87s__entry_table_remove(rooms.table, &key, UINT64_MAX));
    let_tags_go(&rooms);
    t87s__retired_relieve(rooms.retired);
    expect_retired(0);
    ck_assert_uint_eq(counted(&rooms, MEMORY_PINNED), cost);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0);
    ck_assert_uint_eq(references(entry), 1);
    ck_assert_str_eq(t87s__entry_value(entry), "value");
    unref(&rooms, entry);
    ck_assert_uint_eq(counted(&rooms, MEMORY_PINNED), 0);
}
END_TEST

START_TEST(a_held_entry_survives_the_close_of_everything_else)
{
    struct fault_allocator heap;
    fault_allocator_init(&heap, FAULT_NEVER, false);
    struct t87s__memory *memory = t87s__memory_open(&heap.allocator);
    struct t87s__tag_tree *tree = t87s__tag_tree_open(memory, ROOMS_SEED);
    struct t87s__retired *retired = t87s__retired_open(memory, tree);
    struct t87s__entry_table *table = t87s__entry_table_open(memory, tree, retired, ROOMS_SEED);
    struct t87s__key_floors floors = {0};
    struct t87s__entry_parts parts = {.key = key_of("k"), .value = "value", .value_size = 5, .birth = 1};
    struct t87s__entry *entry = t87s__entry_make(memory, tree, &parts, false), *displaced;
    ck_assert_int_eq(t87s__entry_table_put(table, entry, parts.key.hash, QUEUE_SMALL, &floors, &displaced), PUT_KEPT);
    const size_t cost = t87s__entry_cost(entry);
    t87s__entry_table_retire_all(table);
    t87s__retired_close(retired);
    t87s__entry_table_close(table);
    t87s__tag_tree_close(tree);
    ck_assert_uint_eq(atomic_load(&memory->bytes[MEMORY_PINNED]), cost);
    t87s__memory_unref(memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 2); /* the entry, and the memory it will be given back to */
    ck_assert_str_eq(t87s__entry_value(entry), "value");
    t87s__entry_unref(entry, memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}
END_TEST

/* ---- readers ---- */

static struct stage stage;

struct reader {
    struct t87s__key key;
    const struct t87s__entry *found;
    char first;
};

static void *read_slowly(void *arg) {
    struct reader *reader = arg;
    t87s__read_begin();
    reader->found = t87s__entry_table_read(rooms.table, &reader->key);
    stage_reach(&stage, 1);
    stage_wait(&stage, 2); /* meanwhile it is removed, and a round begins */
    reader->first = *(const char *)t87s__entry_value(reader->found);
    t87s__read_end();
    return NULL;
}

static void *run_round(void *arg) {
    (void)arg;
    ck_assert(t87s__retired_round(rooms.retired));
    stage_reach(&stage, 3);
    return NULL;
}

START_TEST(a_reader_in_its_section_holds_the_memory_back)
{
    stage_init(&stage);
    struct t87s__entry *entry = entry_of(&rooms, "value", "users/1", 1, 1000, 0), *displaced;
    struct reader reader = {.key = key_of("value")};
    const size_t cost = t87s__entry_cost(entry);
    ck_assert_int_eq(put_in(&rooms, entry, &displaced), PUT_KEPT);
    unref(&rooms, entry);
    pthread_t reading = thread_start(read_slowly, &reader);
    stage_wait(&stage, 1);
    ck_assert_ptr_eq(reader.found, entry);
    discard(&rooms, t87s__entry_table_remove(rooms.table, &reader.key, UINT64_MAX));
    pthread_t round = thread_start(run_round, NULL);
    for (int i = 0; i < 20; i++) { /* it cannot end; a moment's patience would see it if it did */
        t87s__retired_reap(rooms.retired, UINT_MAX);
        sched_yield();
    }
    t87s__retired_reap(rooms.retired, UINT_MAX);
    expect_retired(cost);
    stage_reach(&stage, 2);
    stage_wait(&stage, 3);
    thread_join(reading);
    thread_join(round);
    ck_assert_int_eq(reader.first, 'v');
    t87s__retired_reap(rooms.retired, UINT_MAX);
    expect_retired(0);
}
END_TEST

static void *relieve(void *arg) {
    (void)arg;
    t87s__retired_relieve(rooms.retired);
    return NULL;
}

START_TEST(relief_is_of_all_that_was_retired_before_it_whoever_runs_a_round_already)
{
    stage_init(&stage);
    size_t cost = 0;
    struct t87s__entry *entry = entry_of(&rooms, "value", NULL, 1, 1000, 0), *displaced;
    struct reader reader = {.key = key_of("value")};
    ck_assert_int_eq(put_in(&rooms, entry, &displaced), PUT_KEPT);
    unref(&rooms, entry);
    pthread_t reading = thread_start(read_slowly, &reader);
    stage_wait(&stage, 1);
    pthread_t first = thread_start(relieve, NULL); /* takes what there is, and waits for the reader */
    for (int i = 0; i < 100; i++)
        sched_yield();
    retire_one("late", NULL, &cost);
    pthread_t second = thread_start(relieve, NULL);
    for (int i = 0; i < 100; i++)
        sched_yield();
    stage_reach(&stage, 2); /* the reader leaves */
    thread_join(reading);
    thread_join(first);
    thread_join(second);
    expect_retired(0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("entries on their way out");
    TCase *tests = tcase_create("entries on their way out");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_retired_entry_counts_until_it_is_given_back);
    tcase_add_test(tests, the_next_round_gives_back_what_nobody_reaped);
    tcase_add_test(tests, relief_gives_back_everything_at_once);
    tcase_add_test(tests, blocks_are_given_back_like_entries);
    tcase_add_test(tests, an_entry_that_is_held_becomes_a_pinned_one);
    tcase_add_test(tests, a_held_entry_survives_the_close_of_everything_else);
    tcase_add_test(tests, a_reader_in_its_section_holds_the_memory_back);
    tcase_add_test(tests, relief_is_of_all_that_was_retired_before_it_whoever_runs_a_round_already);
    return run_suites(suite, NULL);
}
