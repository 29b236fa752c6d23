/* SPDX-License-Identifier: MIT */
/* What the tree of tags costs, and what it does when there is nothing left. */
#include "tag_tree.h"

#include "rooms.h"
#include "suites.h"

#include <stdlib.h>

static struct rooms rooms;

static size_t tag_bytes(void) { return atomic_load(&rooms.memory->bytes[MEMORY_TAGS]); }

static struct t87s_tag numbered(const char *name, uint64_t number) {
    struct t87s_tag tag;
    const struct t87s_segment segments[] = {T87S_STATIC(name), T87S_WILD_U64(number)};
    ck_assert_int_eq(t87s_tag_make(&tag, 2, segments), T87S_OK);
    return tag;
}

static t87s__node intern_number(uint64_t number) {
    struct t87s_tag tag = numbered("n", number);
    return t87s__tag_tree_intern(rooms.tree, tag.path, tag.size);
}

START_TEST(endless_new_ids_leave_the_memory_flat)
{
    rooms_open(&rooms);
    size_t settled = 0;
    for (uint64_t i = 0; i < 50000; i++) {
        t87s__node node = intern_number(i);
        ck_assert_uint_ne(node, 0);
        t87s__tag_tree_unref(rooms.tree, node);
        if (i == 2000) /* every shard has met its first node by then */
            settled = tag_bytes();
    }
    ck_assert_uint_eq(tag_bytes(), settled);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0);
    rooms_close(&rooms);
}
END_TEST

static bool invalidate_number(const char *name, uint64_t number, unsigned flags, uint64_t stamp) {
    struct t87s_tag tag = numbered(name, number);
    return t87s__tag_tree_invalidate(rooms.tree, tag.path, tag.size, flags, stamp, 0);
}

START_TEST(invalidating_allocates_nothing_when_it_is_hard_or_the_tag_is_unknown)
{
    rooms_open(&rooms);
    t87s__node node = intern_number(7);
    long allocations = atomic_load(&rooms.heap.allocations);
    for (uint64_t i = 0; i < 10000; i++) {
        bool known = i % 10 == 7; /* an odd one */
        ck_assert(invalidate_number(i % 2 ? "n" : "unknown", i % 10, known ? 0 : (unsigned)i % 4, i + 1) == known);
    }
    ck_assert_int_eq(atomic_load(&rooms.heap.allocations), allocations);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 2);
    t87s__tag_tree_unref(rooms.tree, node);
    rooms_close(&rooms);
}
END_TEST

START_TEST(the_first_soft_or_exact_one_takes_a_record_that_goes_with_the_node)
{
    enum { NODES = 10000 };
    static const unsigned sorts[] = {T87S_EXACT, T87S_SOFT, T87S_SOFT | T87S_EXACT};
    static t87s__node nodes[NODES];
    rooms_open(&rooms);
    t87s__node first = intern_number(NODES);
    ck_assert(invalidate_number("n", NODES, T87S_SOFT, 1));
    for (uint64_t i = 0; i < NODES; i++)
        nodes[i] = intern_number(i);
    size_t bare = tag_bytes();
    for (uint64_t i = 0; i < NODES; i++)
        ck_assert(invalidate_number("n", i, sorts[i % 3], i + 2));
    size_t marked = tag_bytes();
    ck_assert_uint_gt(marked, bare);
    ck_assert_uint_le(marked - bare, NODES * 64);
    for (int more = 0; more < 3; more++) /* none takes a second one */
        for (uint64_t i = 0; i < NODES; i++)
            ck_assert(invalidate_number("n", i, sorts[more], NODES + i + 2));
    ck_assert_uint_eq(tag_bytes(), marked);
    for (uint64_t i = 0; i < NODES; i++)
        t87s__tag_tree_unref(rooms.tree, nodes[i]);
    for (uint64_t i = 0; i < NODES; i++)
        nodes[i] = intern_number(i); /* as many as before, without records */
    ck_assert_uint_le(tag_bytes(), bare + 64 * 64);
    for (uint64_t i = 0; i < NODES; i++)
        t87s__tag_tree_unref(rooms.tree, nodes[i]);
    t87s__tag_tree_unref(rooms.tree, first);
    rooms_close(&rooms);
}
END_TEST

START_TEST(without_memory_for_the_record_too_much_is_marked_and_never_too_little)
{
    static const unsigned sorts[] = {T87S_EXACT, T87S_SOFT, T87S_SOFT | T87S_EXACT};
    for (int i = 0; i < 3; i++) {
        for (long n = 0; n < 2; n++) { /* the directory of the records, a chunk of them */
            rooms_open(&rooms);
            t87s__node node = intern(&rooms, "a/1"), below = intern(&rooms, "a/1/b"), above = intern(&rooms, "a");
            atomic_store(&rooms.heap.until_failure, n);
            ck_assert(invalidate(&rooms, "a/1", sorts[i], 100, 5000));
            ck_assert_int_eq(atomic_load(&rooms.heap.failed), 1);
            ck_assert(t87s__tag_tree_cover(rooms.tree, &node, 1, 99).hard);
            ck_assert(t87s__tag_tree_cover(rooms.tree, &below, 1, 99).hard);
            ck_assert(!t87s__tag_tree_cover(rooms.tree, &above, 1, 99).hard);
            ck_assert(!t87s__tag_tree_cover(rooms.tree, &node, 1, 100).hard);

            ck_assert(invalidate(&rooms, "a/1", sorts[i], 200, 6000)); /* memory is back: as asked for */
            struct t87s__cover cover = t87s__tag_tree_cover(rooms.tree, &node, 1, 199);
            ck_assert(sorts[i] & T87S_SOFT ? cover.soft && !cover.hard && cover.soft_ms == 6000 : cover.hard);
            cover = t87s__tag_tree_cover(rooms.tree, &below, 1, 199);
            ck_assert(!cover.hard && cover.soft == !(sorts[i] & T87S_EXACT));
            t87s__tag_tree_unref(rooms.tree, above);
            t87s__tag_tree_unref(rooms.tree, below);
            t87s__tag_tree_unref(rooms.tree, node);
            rooms_close(&rooms);
        }
    }
}
END_TEST

START_TEST(a_tag_of_its_own_costs_an_entry_at_most_43_bytes)
{
    enum { STEP = 1000, NODES = 100000 };
    rooms_open(&rooms);
    t87s__node parent = intern_number(0);
    size_t before = tag_bytes();
    for (uint64_t i = 1; i <= NODES; i++) {
        ck_assert_uint_ne(intern_number(i), 0);
        if (i % STEP == 0 && i >= 20 * STEP) /* at any size: right after the buckets grew it costs most */
            ck_assert_msg(tag_bytes() - before <= i * 43, "%d nodes: %zu bytes", (int)i, tag_bytes() - before);
    }
    for (uint64_t i = 1; i <= NODES; i++) {
        t87s__node node = intern_number(i);
        t87s__tag_tree_unref(rooms.tree, node);
        t87s__tag_tree_unref(rooms.tree, node);
    }
    t87s__tag_tree_unref(rooms.tree, parent);
    rooms_close(&rooms);
}
END_TEST

enum { MANY = 110000 };
static t87s__node many[MANY];

START_TEST(more_than_100_000_nodes_keep_apart_and_are_used_again)
{
    rooms_open(&rooms);
    for (uint64_t i = 0; i < MANY; i++) {
        many[i] = intern_number(i);
        ck_assert_uint_ne(many[i], 0);
    }
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), MANY + 1);
    for (uint64_t i = 0; i < MANY; i += 1000) { /* each is itself, and its own invalidation alone covers it */
        t87s__node again = intern_number(i);
        ck_assert_uint_eq(again, many[i]);
        t87s__tag_tree_unref(rooms.tree, again);
        struct t87s_tag tag = numbered("n", i);
        ck_assert(t87s__tag_tree_invalidate(rooms.tree, tag.path, tag.size, 0, i + 10, 0));
    }
    for (uint64_t i = 0; i < MANY; i++)
        ck_assert(t87s__tag_tree_cover(rooms.tree, &many[i], 1, 9).hard == (i % 1000 == 0));
    size_t full = tag_bytes();
    for (int round = 0; round < 2; round++) {
        for (uint64_t i = 0; i < MANY; i++)
            t87s__tag_tree_unref(rooms.tree, many[i]);
        ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0);
        for (uint64_t i = 0; i < MANY; i++)
            many[i] = intern_number(i + MANY * (uint64_t)(round + 1));
        ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), MANY + 1);
    }
    ck_assert_uint_le(tag_bytes(), full + full / 50); /* a bucket array or two more, by the luck of the hashes */
    for (uint64_t i = 0; i < MANY; i++)
        t87s__tag_tree_unref(rooms.tree, many[i]);
    rooms_close(&rooms);
}
END_TEST

START_TEST(the_memory_grows_in_small_steps_and_comes_back)
{
    enum { NODES = 50000, STEP = 16 * 1024 }; /* a chunk of nodes and at most a block of the directory */
    rooms_open(&rooms);
    size_t before = tag_bytes(), first = before, steps = 0;
    for (uint64_t i = 0; i < NODES; i++) {
        many[i] = intern_number(i);
        size_t after = tag_bytes();
        size_t most = before / 8 > STEP ? before / 8 : STEP;
        ck_assert_msg(after - before <= most, "node %d: from %zu to %zu bytes", (int)i, before, after);
        steps += after > before;
        before = after;
    }
    ck_assert_uint_le(steps, NODES / 20); /* and not at every other node */
    for (uint64_t i = 0; i < NODES; i++)
        t87s__tag_tree_unref(rooms.tree, many[i]);
    size_t node_bytes = (before - first) / 2; /* the buckets stay; the nodes are more than half of it */
    ck_assert_uint_le(tag_bytes(), before - node_bytes);
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_few_nodes_that_stay_do_not_hold_the_memory_of_those_that_went)
{
    enum { NODES = 50000, EVERY = 5000 };
    rooms_open(&rooms);
    for (uint64_t i = 0; i < NODES; i++)
        many[i] = intern_number(i);
    size_t full = tag_bytes();
    for (uint64_t i = 0; i < NODES; i++)
        if (i % EVERY)
            t87s__tag_tree_unref(rooms.tree, many[i]);
    ck_assert_uint_le(tag_bytes(), full / 2);
    for (uint64_t i = 0; i < NODES; i++) { /* the numbers of chunks that went are used again */
        if (!(i % EVERY))
            continue;
        many[i] = intern_number(i);
        ck_assert_uint_ne(many[i], 0);
    }
    ck_assert_uint_le(tag_bytes(), full + full / 50);
    ck_assert_uint_eq(intern_number(EVERY), many[EVERY]);
    t87s__tag_tree_unref(rooms.tree, many[EVERY]);
    for (uint64_t i = 0; i < NODES; i++)
        t87s__tag_tree_unref(rooms.tree, many[i]);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms.tree), 0);
    rooms_close(&rooms);
}
END_TEST

START_TEST(without_memory_there_is_no_node_and_none_is_left_over)
{
    struct t87s_tag tag = tag_of("a/1/b/2/c/3/d/4");
    long n = 0;
    for (;; n++) {
        struct fault_allocator heap;
        fault_allocator_init(&heap, n, false);
        struct t87s__memory *memory = t87s__memory_open(&heap.allocator);
        struct t87s__tag_tree *tree = memory ? t87s__tag_tree_open(memory, 5) : NULL;
        if (tree) {
            t87s__node node = t87s__tag_tree_intern(tree, tag.path, tag.size);
            ck_assert_uint_eq(t87s__tag_tree_nodes(tree), node ? 8 : 0);
            ck_assert(!node == (atomic_load(&heap.failed) > 0));
            if (!node)
                node = t87s__tag_tree_intern(tree, tag.path, tag.size); /* memory is back: so is the tag */
            ck_assert_uint_ne(node, 0);
            t87s__tag_tree_unref(tree, node);
            ck_assert_uint_eq(t87s__tag_tree_nodes(tree), 0);
        }
        t87s__tag_tree_close(tree);
        if (memory)
            t87s__memory_unref(memory);
        ck_assert_int_eq(atomic_load(&heap.live_blocks), 0);
        if (!atomic_load(&heap.failed))
            break;
    }
    ck_assert_int_ge(n, 4); /* the memory, the tree, a chunk, buckets */
}
END_TEST

/* Refuses what the second size of a shard's buckets asks for. */
static void *refuse_64_bytes(void *arg, size_t size) {
    (void)arg;
    return size == 64 ? NULL : malloc(size);
}

static void release(void *arg, void *memory, size_t size) {
    (void)arg;
    (void)size;
    free(memory);
}

START_TEST(when_buckets_cannot_grow_the_nodes_are_still_found)
{
    const struct t87s_allocator stingy = {refuse_64_bytes, release, NULL};
    struct t87s__memory *memory = t87s__memory_open(&stingy);
    struct t87s__tag_tree *tree = t87s__tag_tree_open(memory, 5);
    ck_assert_ptr_nonnull(tree);
    enum { NODES = 3000 }; /* about 47 a shard, of 8 buckets */
    for (uint64_t i = 0; i < NODES; i++) {
        struct t87s_tag tag = numbered("n", i);
        many[i] = t87s__tag_tree_intern(tree, tag.path, tag.size);
        ck_assert_uint_ne(many[i], 0);
    }
    for (uint64_t i = 0; i < NODES; i++) {
        struct t87s_tag tag = numbered("n", i);
        ck_assert_uint_eq(t87s__tag_tree_intern(tree, tag.path, tag.size), many[i]);
        t87s__tag_tree_unref(tree, many[i]);
        t87s__tag_tree_unref(tree, many[i]);
    }
    ck_assert_uint_eq(t87s__tag_tree_nodes(tree), 0);
    t87s__tag_tree_close(tree);
    t87s__memory_unref(memory);
}
END_TEST

int main(void) {
    return run_suites(suite_of("the memory of tags", endless_new_ids_leave_the_memory_flat,
                               invalidating_allocates_nothing_when_it_is_hard_or_the_tag_is_unknown,
                               the_first_soft_or_exact_one_takes_a_record_that_goes_with_the_node,
                               without_memory_for_the_record_too_much_is_marked_and_never_too_little,
                               a_tag_of_its_own_costs_an_entry_at_most_43_bytes,
                               more_than_100_000_nodes_keep_apart_and_are_used_again,
                               the_memory_grows_in_small_steps_and_comes_back,
                               a_few_nodes_that_stay_do_not_hold_the_memory_of_those_that_went,
                               without_memory_there_is_no_node_and_none_is_left_over,
                               when_buckets_cannot_grow_the_nodes_are_still_found, NULL),
                      NULL);
}
