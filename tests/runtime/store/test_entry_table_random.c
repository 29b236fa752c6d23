/* SPDX-License-Identifier: MIT */
/* The table beside a plain array that does the same: random operations, chains that wrap, growth. */
#include "entry_table.h"

#include "read_section.h"
#include "rooms.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 600 };

/* What the table should hold, by key. */
static struct {
    char text[24];
    struct t87s__key key;
    struct t87s__entry *entry; /* NULL: none */
    enum t87s__queue queue;
    uint64_t birth;
} model[KEYS];

static struct rooms rooms;
static uint64_t births;

static unsigned below(unsigned n) { return (unsigned)rand() % n; }

static struct t87s__entry *look(const struct t87s__key *key) {
    struct t87s__entry *looked = t87s__entry_table_look(rooms.table, key);
    t87s__read_begin();
    struct t87s__entry *read = t87s__entry_table_read(rooms.table, key);
    t87s__read_end();
    if (read != looked) /* nothing moves meanwhile, so a reader misses nothing */
        ck_abort_msg("read finds %p, look %p", (void *)read, (void *)looked);
    unref(&rooms, looked);
    return looked;
}

static void expect_like_the_model(void) {
    size_t n = 0, bytes[2] = {0, 0};
    for (int i = 0; i < KEYS; i++) {
        if (look(&model[i].key) != model[i].entry)
            ck_abort_msg("%s: %p instead of %p", model[i].text, (void *)look(&model[i].key), (void *)model[i].entry);
        if (!model[i].entry)
            continue;
        n++;
        bytes[model[i].queue] += t87s__entry_cost(model[i].entry);
    }
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), n);
    ck_assert_uint_eq(t87s__entry_table_queue_bytes(rooms.table, QUEUE_SMALL), bytes[QUEUE_SMALL]);
    ck_assert_uint_eq(t87s__entry_table_queue_bytes(rooms.table, QUEUE_MAIN), bytes[QUEUE_MAIN]);
}

static void put_one(int i, bool older) {
    struct t87s__entry_parts parts = {.key = model[i].key,
                                      .value = model[i].text,
                                      .value_size = below(24),
                                      .birth = older ? model[i].birth - 1 : ++births,
                                      .expires_ms = 1000};
    struct t87s__entry *entry = t87s__entry_make(rooms.memory, rooms.tree, &parts, false), *displaced;
    const enum t87s__queue queue = below(2) ? QUEUE_MAIN : QUEUE_SMALL;
    const enum t87s__put put = put_as(&rooms, entry, model[i].key.hash, queue, &displaced);
    unref(&rooms, entry);
    if (older) {
        ck_assert_int_eq(put, PUT_OUTDATED);
        ck_assert_ptr_null(displaced);
        return;
    }
    ck_assert_int_eq(put, PUT_KEPT);
    ck_assert_ptr_eq(displaced, model[i].entry);
    discard(&rooms, displaced);
    model[i].queue = displaced ? model[i].queue : queue; /* who comes in for another takes its place */
    model[i].entry = entry;
    model[i].birth = births;
}

static void remove_one(int i) {
    struct t87s__entry *entry = t87s__entry_table_remove(rooms.table, &model[i].key, UINT64_MAX);
    ck_assert_ptr_eq(entry, model[i].entry);
    discard(&rooms, entry);
    model[i].entry = NULL;
}

static uint16_t turn_tag_of(int i) {
    return model[i].entry ? t87s__turn_tag(model[i].entry, model[i].key.hash) : t87s__hash_tag(model[i].key.hash);
}

static void take_a_turn(int i) {
    const enum t87s__queue queue = below(2) ? QUEUE_MAIN : QUEUE_SMALL;
    struct t87s__entry *out = NULL;
    if (model[i].entry && below(2))
        t87s__entry_visit(model[i].entry);
    const bool visited = model[i].entry && t87s__entry_visits(model[i].entry) > 0, stays = below(4) > 0;
    const enum t87s__turn turn =
        t87s__entry_table_turn(rooms.table, t87s__hash_upper(model[i].key.hash), turn_tag_of(i), queue, 0, stays, &out);
    if (!model[i].entry || model[i].queue != queue) {
        ck_assert_int_eq(turn, TURN_NOBODY);
    } else if (visited && stays) {
        ck_assert_int_eq(turn, TURN_AGAIN);
        model[i].queue = QUEUE_MAIN;
    } else {
        ck_assert_int_eq(turn, TURN_OUT);
        ck_assert_ptr_eq(out, model[i].entry);
        discard(&rooms, out);
        model[i].entry = NULL;
    }
}

static bool of_a_third(struct t87s__entry *entry, void *arg) {
    return t87s__entry_birth(entry) % 3 == *(uint64_t *)arg;
}

static void sweep_some(void) {
    static struct t87s__entry_cursor cursor;
    uint64_t third = below(3);
    bool wrapped;
    struct t87s__entry *list =
        below(10) ? t87s__entry_table_sweep(rooms.table, &cursor, 1 + below(20), of_a_third, &third, &wrapped)
                  : t87s__entry_table_take_all(rooms.table, of_a_third, &third);
    for (struct t87s__entry *entry = list; entry; entry = t87s__retired_next(entry)) {
        ck_assert_uint_eq(t87s__entry_birth(entry) % 3, third);
        for (int i = 0; i < KEYS; i++)
            if (model[i].entry == entry)
                model[i].entry = NULL;
    }
    discard_all(&rooms, list);
}

/* Only keys of the shards that `mask` lets through, so that chains are long and wrap at their shard's end. */
static void make_keys(uint64_t shards) {
    int n = 0;
    for (int i = 0; n < KEYS; i++) {
        snprintf(model[n].text, sizeof model[n].text, "key %d", i);
        model[n].key = key_of(model[n].text);
        if (shards >> t87s__cell_shard(model[n].key.hash) & 1)
            n++;
    }
}

/* Whether some chain of the shard goes over its end: then the first cell holds an entry that is not at home. */
static bool wraps(unsigned shard) {
    const struct t87s__generation *generation = rooms.table->shards[shard].generation;
    const uint64_t cell = atomic_load(&generation->cells[(size_t)shard * generation->shard_cells]);
    return cell != T87S__CELL_EMPTY && (cell >> CELL_POINTER_BITS & ((1 << CELL_DISTANCE_BITS) - 1)) > 0;
}

static void play(uint64_t shards, int steps) {
    bool wrapped = false;
    rooms_open(&rooms);
    make_keys(shards);
    for (int step = 0; step < steps; step++) {
        const unsigned what = below(100), filling = step / (steps / 8) % 2 ? 65 : 30;
        const int i = (int)below(step < steps / 2 ? KEYS / 4 : KEYS);
        if (what < filling)
            put_one(i, model[i].entry && below(8) == 0);
        else if (what < 90)
            remove_one(i);
        else if (what < 99)
            take_a_turn(i);
        else if (below(4) == 0)
            sweep_some();
        if (step % 64 == 0)
            expect_like_the_model();
        if (step % 1000 == 0)
            t87s__retired_relieve(rooms.retired);
        wrapped = wrapped || wraps((unsigned)__builtin_ctzll(shards));
    }
    expect_like_the_model();
    ck_assert(wrapped);
    rooms_close(&rooms);
}

START_TEST(random_operations_do_what_they_do_to_an_array)
{
    srand(87);
    play(UINT64_MAX, 20000);
}
END_TEST

START_TEST(long_chains_in_few_shards_are_kept_together_across_the_shards_end)
{
    srand(88);
    play(UINT64_C(1) | UINT64_C(1) << 63, 20000);
}
END_TEST

/* Every combination of who is there and who goes, in one shard of the first generation and the next ones. */
START_TEST(whoever_goes_leaves_all_others_findable)
{
    enum { MOST = 7 };
    rooms_open(&rooms);
    make_keys(UINT64_C(1) << 5);
    for (int n = 1; n <= MOST; n++) {
        for (int gone = 0; gone < n; gone++) {
            for (int i = 0; i < n; i++)
                put_one(i, false);
            remove_one(gone);
            expect_like_the_model();
            for (int i = 0; i < n; i++)
                if (i != gone)
                    remove_one(i);
            expect_like_the_model();
        }
    }
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_shard_that_has_moved_says_so_until_the_table_has)
{
    rooms_open(&rooms);
    make_keys(UINT64_MAX);
    struct t87s__generation *first = atomic_load(&rooms.table->generation);
    int i = 0;
    while (!atomic_load(&rooms.table->growing)) {
        ck_assert_int_lt(i, KEYS);
        put_one(i++, false);
    }
    size_t moved = 0;
    for (unsigned shard = 0; shard < TABLE_SHARDS; shard++) {
        const bool has = rooms.table->shards[shard].generation != first;
        moved += has;
        for (uint32_t at = 0; at < first->shard_cells; at++)
            ck_assert_int_eq(atomic_load(&first->cells[shard * first->shard_cells + at]) == T87S__CELL_MOVED, has);
    }
    ck_assert_uint_gt(moved, 0);
    ck_assert_uint_lt(moved, TABLE_SHARDS);
    ck_assert_ptr_eq(atomic_load(&rooms.table->generation), first);
    expect_like_the_model(); /* half here, half there */
    const size_t retired = counted(&rooms, MEMORY_RETIRED);
    while (atomic_load(&rooms.table->growing))
        put_one(i++, false);
    ck_assert_ptr_ne(atomic_load(&rooms.table->generation), first);
    ck_assert_uint_gt(counted(&rooms, MEMORY_RETIRED), retired); /* the old cells, for readers on their way */
    t87s__retired_relieve(rooms.retired);
    ck_assert_uint_eq(counted(&rooms, MEMORY_RETIRED), 0);
    expect_like_the_model();
    rooms_close(&rooms);
}
END_TEST

START_TEST(what_a_turn_or_a_floor_refuses_leaves_the_counters_alone)
{
    rooms_open(&rooms);
    make_keys(UINT64_MAX);
    put_one(0, false);
    t87s__stamp_raise(&rooms.floors.all, births + 10);
    struct t87s__entry_parts parts = {.key = model[0].key, .birth = births + 9, .expires_ms = 1000};
    struct t87s__entry *entry = t87s__entry_make(rooms.memory, rooms.tree, &parts, false), *displaced, *out = NULL;
    ck_assert_int_eq(put_in(&rooms, entry, &displaced), PUT_OUTDATED);
    unref(&rooms, entry);
    const enum t87s__queue other = model[0].queue == QUEUE_SMALL ? QUEUE_MAIN : QUEUE_SMALL;
    const uint32_t upper = t87s__hash_upper(model[0].key.hash);
    const uint16_t tag = turn_tag_of(0);
    ck_assert_int_eq(t87s__entry_table_turn(rooms.table, upper, tag, other, 0, true, &out), TURN_NOBODY);
    ck_assert(!t87s__entry_table_awaits(rooms.table, upper, tag, other));
    ck_assert(t87s__entry_table_awaits(rooms.table, upper, tag, model[0].queue));
    ck_assert_ptr_null(out);
    expect_like_the_model();
    rooms_close(&rooms);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("the table beside an array");
    TCase *tests = tcase_create("the table beside an array");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, random_operations_do_what_they_do_to_an_array);
    tcase_add_test(tests, long_chains_in_few_shards_are_kept_together_across_the_shards_end);
    tcase_add_test(tests, whoever_goes_leaves_all_others_findable);
    tcase_add_test(tests, a_shard_that_has_moved_says_so_until_the_table_has);
    tcase_add_test(tests, what_a_turn_or_a_floor_refuses_leaves_the_counters_alone);
    return run_suites(suite, NULL);
}
