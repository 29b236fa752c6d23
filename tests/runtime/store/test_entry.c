/* SPDX-License-Identifier: MIT */
/* One answer: its block, who holds it, what is counted, and the verdict it remembers. */
#include "entry.h"

#include "rooms.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static struct rooms rooms;

/* An entry that only the table holds. */
static struct t87s__entry *put_away(struct t87s__entry *entry) {
    struct t87s__entry *displaced;
    ck_assert_int_eq(put_in(&rooms, entry, &displaced), PUT_KEPT);
    ck_assert_ptr_null(displaced);
    unref(&rooms, entry);
    return entry;
}

/* Takes everything out, and has it given back. */
static void retire_everything(void) {
    t87s__entry_table_retire_all(rooms.table);
    t87s__retired_relieve(rooms.retired);
}

START_TEST(a_value_is_aligned_for_any_type_and_followed_by_a_nul)
{
    rooms_open(&rooms);
    static const char bytes[300] = "0123456789";
    for (size_t key_size = 1; key_size <= 40; key_size++) {
        for (uint8_t n_tags = 0; n_tags <= T87S_MAX_TAGS; n_tags++) {
            t87s__node node = intern(&rooms, "a/1");
            t87s__node nodes[T87S_MAX_TAGS] = {node, node, node, node, node, node, node, node};
            struct t87s__entry_parts parts = {.key = t87s__key_make(bytes, key_size, false, 1),
                                              .tags = nodes,
                                              .n_tags = n_tags,
                                              .value = bytes,
                                              .value_size = key_size * 3};
            struct t87s__entry *entry = t87s__entry_make(rooms.memory, rooms.tree, &parts, false);
            const unsigned char *value = t87s__entry_value(entry);
            ck_assert_uint_eq((uintptr_t)value % _Alignof(max_align_t), 0);
            ck_assert_mem_eq(value, bytes, key_size * 3);
            ck_assert_uint_eq(value[key_size * 3], 0);
            ck_assert_mem_eq(t87s__entry_key(entry), bytes, key_size);
            t87s__node carried[T87S_MAX_TAGS];
            ck_assert_uint_eq(t87s__entry_tags(entry, carried), n_tags);
            for (int i = 0; i < n_tags; i++)
                ck_assert_uint_eq(carried[i], node);
            unref(&rooms, entry);
            t87s__tag_tree_unref(rooms.tree, node);
        }
    }
    rooms_close(&rooms);
}
END_TEST

START_TEST(an_entry_is_of_one_key_of_one_world)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = entry_of(&rooms, "abc", NULL, 1, 1, 0);
    struct t87s__key same = t87s__key_make("abc", 3, false, 1), generated = t87s__key_make("abc", 3, true, 1),
                     shorter = t87s__key_make("ab", 2, false, 1), other = t87s__key_make("abd", 3, false, 1);
    ck_assert(t87s__entry_has_key(entry, &same));
    ck_assert(!t87s__entry_has_key(entry, &generated));
    ck_assert_uint_ne(same.hash, generated.hash);
    generated.hash = shorter.hash = other.hash = same.hash; /* even if the hashes fell together */
    ck_assert(!t87s__entry_has_key(entry, &generated));
    ck_assert(!t87s__entry_has_key(entry, &shorter));
    ck_assert(!t87s__entry_has_key(entry, &other));
    unref(&rooms, entry);
    rooms_close(&rooms);
}
END_TEST

START_TEST(tags_are_carried_while_the_entry_is_in_the_table_and_a_grace_period_longer)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = entry_of(&rooms, "k", "users/42", 1, 1, 0), *displaced;
    t87s__entry_ref(entry);
    ck_assert_int_eq(put_in(&rooms, entry, &displaced), PUT_KEPT);
    let_tags_go(&rooms);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 2);
    unref(&rooms, entry);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 2);
    t87s__entry_table_retire_all(rooms.table);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 2); /* a reader may be looking at them */
    t87s__retired_relieve(rooms.retired);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0); /* our reference keeps memory, never tags */
    unref(&rooms, entry);
    t87s__entry_unref(NULL, rooms.memory);
    rooms_close(&rooms);
}
END_TEST

START_TEST(an_entry_counts_what_it_costs)
{
    rooms_open(&rooms);
    ck_assert_uint_eq(counted(&rooms, MEMORY_ENTRIES), 0);
    struct t87s__entry *entry = entry_of_size(&rooms, "k", 1000);
    ck_assert_uint_eq(counted(&rooms, MEMORY_ENTRIES), t87s__entry_cost(entry));
    ck_assert_uint_gt(t87s__entry_cost(entry), 1000 + sizeof *entry);
    ck_assert_uint_lt(t87s__entry_cost(entry), 1000 + sizeof *entry + sizeof(struct t87s__entry_times) + 64);
    unref(&rooms, entry);
    ck_assert_uint_eq(counted(&rooms, MEMORY_ENTRIES), 0);
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_pinned_value_outlives_its_entry_and_is_counted_as_pinned)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = entry_of(&rooms, "value", "users/42", 1, 1, 0);
    size_t cost = t87s__entry_cost(entry);
    t87s__entry_ref(entry);
    t87s__entry_ref(entry);
    put_away(entry);
    let_tags_go(&rooms);
    ck_assert_uint_eq(counted(&rooms, MEMORY_ENTRIES), cost); /* while it is in the table it is an entry */
    const char *value = t87s__entry_value(entry);
    retire_everything();
    ck_assert_uint_eq(counted(&rooms, MEMORY_ENTRIES), 0);
    ck_assert_uint_eq(counted(&rooms, MEMORY_RETIRED), 0);
    ck_assert_uint_eq(counted(&rooms, MEMORY_PINNED), cost);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0); /* a pin keeps memory, never tags */
    ck_assert_str_eq(value, "value");
    unref(&rooms, entry);
    ck_assert_str_eq(value, "value");
    ck_assert_uint_eq(counted(&rooms, MEMORY_PINNED), cost);
    unref(&rooms, entry);
    ck_assert_uint_eq(counted(&rooms, MEMORY_PINNED), 0);
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_pin_given_back_early_leaves_a_plain_entry)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = put_away(entry_of(&rooms, "value", NULL, 1, 1, 0));
    t87s__entry_ref(entry);
    unref(&rooms, entry);
    ck_assert_uint_eq(counted(&rooms, MEMORY_PINNED), 0);
    retire_everything();
    ck_assert_uint_eq(counted(&rooms, MEMORY_PINNED), 0);
    ck_assert_uint_eq(counted(&rooms, MEMORY_ENTRIES), 0);
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_pinned_value_outlives_even_the_memory_of_its_cache)
{
    struct fault_allocator heap;
    fault_allocator_init(&heap, FAULT_NEVER, false);
    struct t87s__memory *memory = t87s__memory_open(&heap.allocator);
    struct t87s__entry_parts parts = {.key = key_of("k"), .value = "v", .value_size = 1};
    struct t87s__entry *entry = t87s__entry_make(memory, NULL, &parts, false);
    t87s__entry_ref(entry);
    t87s__entry_survive(entry, memory, MEMORY_ENTRIES); /* no table has it */
    t87s__entry_unref(entry, memory);
    t87s__memory_unref(memory); /* the cache is closed */
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 2);
    ck_assert_str_eq(t87s__entry_value(entry), "v");
    t87s__entry_unref(entry, memory);
    ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
}
END_TEST

START_TEST(without_memory_there_is_no_entry_or_a_loose_one)
{
    rooms_open(&rooms);
    t87s__node node = intern(&rooms, "a/1");
    struct t87s__entry_parts parts = {.key = key_of("k"), .tags = &node, .n_tags = 1, .value = "v", .value_size = 1};
    rooms.heap.for_ever = true;
    atomic_store(&rooms.heap.until_failure, 0);
    ck_assert_ptr_null(t87s__entry_make(rooms.memory, rooms.tree, &parts, false));
    ck_assert_uint_eq(counted(&rooms, MEMORY_ENTRIES), 0);
    struct t87s__entry *entry = t87s__entry_make(rooms.memory, rooms.tree, &parts, true);
    ck_assert_ptr_nonnull(entry);
    ck_assert(t87s__entry_flags(entry) & ENTRY_LOOSE);
    ck_assert_str_eq(t87s__entry_value(entry), "v");
    ck_assert_uint_eq(counted(&rooms, MEMORY_ENTRIES), 0); /* not of the cache's memory */
    t87s__entry_ref(entry);
    unref(&rooms, entry);
    ck_assert_uint_eq(counted(&rooms, MEMORY_PINNED), 0);
    ck_assert_str_eq(t87s__entry_value(entry), "v");
    unref(&rooms, entry);
    parts.value_size = SIZE_MAX; /* larger than any memory */
    ck_assert_ptr_null(t87s__entry_make(rooms.memory, rooms.tree, &parts, true));
    t87s__tag_tree_unref(rooms.tree, node);
    rooms_close(&rooms);
}
END_TEST

START_TEST(an_entry_is_judged_by_its_tags_and_times)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = put_away(entry_of(&rooms, "k", "users/42", 10, 1000, 500));
    ck_assert_int_eq(t87s__entry_judge(entry, rooms.tree, 999).state, STATE_FRESH);
    ck_assert_int_eq(t87s__entry_judge(entry, rooms.tree, 1000).state, STATE_STALE);
    ck_assert_int_eq(t87s__entry_judge(entry, rooms.tree, 1500).state, STATE_GONE);
    invalidate(&rooms, "users", 0, 10, 0); /* as old as its birth */
    ck_assert_int_eq(t87s__entry_judge(entry, rooms.tree, 999).state, STATE_FRESH);
    invalidate(&rooms, "users", 0, 11, 0);
    ck_assert_int_eq(t87s__entry_judge(entry, rooms.tree, 999).state, STATE_GONE);
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_later_soft_invalidation_does_not_prolong_the_grace_an_earlier_one_began)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = put_away(entry_of(&rooms, "k", "users/42", 10, 10000, 500));
    invalidate(&rooms, "users/42", T87S_SOFT, 11, 1000);
    ck_assert_int_eq(t87s__entry_judge(entry, rooms.tree, 1200).until_ms, 1500);
    invalidate(&rooms, "users/42", T87S_SOFT, 12, 1400);
    struct t87s__verdict verdict = t87s__entry_judge(entry, rooms.tree, 1450);
    ck_assert_int_eq(verdict.state, STATE_STALE);
    ck_assert_int_eq(verdict.until_ms, 1500);
    ck_assert_int_eq(t87s__entry_judge(entry, rooms.tree, 1500).state, STATE_GONE);
    rooms_close(&rooms);
}
END_TEST

START_TEST(an_entry_that_left_the_table_is_judged_as_gone)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = entry_of(&rooms, "k", "users/42", 10, 1000, 500), *displaced;
    ck_assert_int_eq(t87s__entry_judge(entry, rooms.tree, 0).state, STATE_GONE); /* it has not been in it yet */
    ck_assert_int_eq(put_in(&rooms, entry, &displaced), PUT_KEPT);
    ck_assert_int_eq(t87s__entry_judge(entry, rooms.tree, 0).state, STATE_FRESH);
    retire_everything();
    let_tags_go(&rooms); /* so its nodes are not there any more */
    ck_assert_int_eq(t87s__entry_judge(entry, rooms.tree, 0).state, STATE_GONE);
    ck_assert(!t87s__entry_uncovered(entry, rooms.tree, t87s__tag_tree_epochs(rooms.tree)));
    unref(&rooms, entry);
    rooms_close(&rooms);
}
END_TEST

START_TEST(one_look_at_the_tags_after_an_invalidation_serves_until_the_next)
{
    rooms_open(&rooms);
    const struct t87s__epochs *epochs = t87s__tag_tree_epochs(rooms.tree);
    struct t87s__entry *entry = put_away(entry_of(&rooms, "k", "users/42", 10, 1000, 0));
    ck_assert(t87s__entry_uncovered(entry, rooms.tree, epochs));
    ck_assert_uint_eq(atomic_load(&entry->validated), t87s__entry_sum(entry, epochs));
    ck_assert(invalidate(&rooms, "users/42", 0, 10, 0)); /* as old as its birth: it does not cover */
    ck_assert_uint_ne(atomic_load(&entry->validated), t87s__entry_sum(entry, epochs));
    ck_assert(t87s__entry_uncovered(entry, rooms.tree, epochs));
    ck_assert_uint_eq(atomic_load(&entry->validated), t87s__entry_sum(entry, epochs));
    ck_assert(invalidate(&rooms, "users/42", T87S_SOFT, 11, 0));
    ck_assert(!t87s__entry_uncovered(entry, rooms.tree, epochs));
    ck_assert(!t87s__entry_uncovered(entry, rooms.tree, epochs)); /* and it was not validated by the look */
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_count_that_is_too_high_sticks_and_the_entry_stays)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = put_away(entry_of(&rooms, "a", NULL, 1, INT64_MAX, 0));
    const uint32_t before = atomic_load(&entry->state);
    atomic_fetch_add(&entry->state, T87S__ENTRY_STUCK - ENTRY_REFERENCE); /* as many as fit, but for a few */
    for (int i = 0; i < 3; i++)
        t87s__entry_ref(entry);
    ck_assert(atomic_load(&entry->state) & T87S__ENTRY_STUCK);
    const uint32_t stuck = atomic_load(&entry->state);
    for (int i = 0; i < 1000; i++) { /* given back more often than taken, in the end */
        unref(&rooms, entry);
        ck_assert_uint_eq(atomic_load(&entry->state), stuck);
    }
    ck_assert_uint_eq(stuck & (ENTRY_REFERENCE - 1), before & (ENTRY_REFERENCE - 1));
    ck_assert(t87s__entry_listed(entry));
    atomic_store(&entry->state, before); /* so that the test can end without a leak */
    retire_everything();
    rooms_close(&rooms);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("an entry and who holds it", a_value_is_aligned_for_any_type_and_followed_by_a_nul,
                 an_entry_is_of_one_key_of_one_world,
                 tags_are_carried_while_the_entry_is_in_the_table_and_a_grace_period_longer,
                 an_entry_counts_what_it_costs, a_pinned_value_outlives_its_entry_and_is_counted_as_pinned,
                 a_pin_given_back_early_leaves_a_plain_entry, a_pinned_value_outlives_even_the_memory_of_its_cache,
                 without_memory_there_is_no_entry_or_a_loose_one, a_count_that_is_too_high_sticks_and_the_entry_stays,
                 NULL),
        suite_of("an entry and its verdict", an_entry_is_judged_by_its_tags_and_times,
                 a_later_soft_invalidation_does_not_prolong_the_grace_an_earlier_one_began,
                 an_entry_that_left_the_table_is_judged_as_gone,
                 one_look_at_the_tags_after_an_invalidation_serves_until_the_next, NULL),
        NULL);
}
