/* SPDX-License-Identifier: MIT */
/* Where entries are found by their keys. */
#include "entry_table.h"

#include "hash.h"
#include "read_section.h"
#include "rooms.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static struct rooms rooms;

static enum t87s__put put(struct t87s__entry *entry, struct t87s__entry **displaced) {
    return put_in(&rooms, entry, displaced);
}

/* Puts an entry in and gives up our own reference. */
static struct t87s__entry *put_new(const char *key, uint64_t birth) {
    struct t87s__entry *entry = entry_of(&rooms, key, NULL, birth, 1000, 0), *displaced;
    ck_assert_int_eq(put(entry, &displaced), PUT_KEPT);
    ck_assert_ptr_null(displaced);
    unref(&rooms, entry);
    return entry;
}

/* With the lock and without it. */
static bool finds_key(const struct t87s__key *key, const struct t87s__entry *expected) {
    struct t87s__entry *looked = t87s__entry_table_look(rooms.table, key);
    unref(&rooms, looked);
    t87s__read_begin();
    struct t87s__entry *read = t87s__entry_table_read(rooms.table, key);
    t87s__read_end();
    return looked == expected && read == expected;
}

static bool finds(const char *key, const struct t87s__entry *expected) {
    struct t87s__key with_hash = key_of(key);
    return finds_key(&with_hash, expected);
}

static struct t87s__entry *remove_key(const char *key, uint64_t before) {
    struct t87s__key with_hash = key_of(key);
    return t87s__entry_table_remove(rooms.table, &with_hash, before);
}

static size_t table_bytes(void) { return counted(&rooms, MEMORY_TABLE); }

START_TEST(what_was_put_is_found_until_it_is_removed)
{
    rooms_open(&rooms);
    ck_assert(finds("a", NULL));
    ck_assert_ptr_null(remove_key("a", UINT64_MAX));
    struct t87s__entry *a = put_new("a", 5), *b = put_new("b", 5);
    ck_assert(finds("a", a) && finds("b", b) && finds("c", NULL));
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 2);
    ck_assert_ptr_eq(remove_key("a", 6), a);
    ck_assert(!t87s__entry_listed(a) && t87s__entry_listed(b));
    ck_assert(finds("a", NULL) && finds("b", b));
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 1);
    discard(&rooms, a); /* the table's references went to us */
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_look_is_certain_until_cells_of_its_shard_change)
{
    rooms_open(&rooms);
    const uint64_t hash = key_of("a").hash, before = t87s__entry_table_changes(rooms.table, hash);
    put_new("a", 5);
    ck_assert(!t87s__entry_table_unchanged(rooms.table, hash, before));

    const uint64_t there = t87s__entry_table_changes(rooms.table, hash);
    ck_assert_ptr_null(remove_key("a", 5));
    ck_assert(t87s__entry_table_unchanged(rooms.table, hash, there));
    ck_assert(!t87s__entry_table_unchanged(rooms.table, hash, there | 1)); /* it changed during the look */
    discard(&rooms, remove_key("a", 6));
    ck_assert(!t87s__entry_table_unchanged(rooms.table, hash, there));

    const uint64_t gone = t87s__entry_table_changes(rooms.table, hash);
    for (int i = 0; i < 1000; i++) {
        char key[16];
        snprintf(key, sizeof key, "%d", i);
        if (t87s__cell_shard(key_of(key).hash) != t87s__cell_shard(hash))
            put_new(key, 5);
    }
    ck_assert(!t87s__entry_table_unchanged(rooms.table, hash, gone)); /* the table grew, and the shard with it */
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_found_entry_stays_while_it_is_referenced)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = put_new("a", 1);
    struct t87s__key key = key_of("a");
    ck_assert_ptr_eq(t87s__entry_table_look(rooms.table, &key), entry);
    discard(&rooms, remove_key("a", UINT64_MAX));
    t87s__retired_relieve(rooms.retired);
    ck_assert_mem_eq(t87s__entry_value(entry), "a", 1);
    unref(&rooms, entry);
    rooms_close(&rooms);
}
END_TEST

START_TEST(the_younger_birth_wins_whoever_comes_last)
{
    rooms_open(&rooms);
    struct t87s__entry *old = put_new("a", 5), *displaced;
    struct t87s__entry *older = entry_of(&rooms, "a", NULL, 4, 1000, 0);
    ck_assert_int_eq(put(older, &displaced), PUT_OUTDATED);
    ck_assert_ptr_null(displaced);
    ck_assert(finds("a", old));
    unref(&rooms, older);

    static const uint64_t births[] = {5, 6}; /* a repair of the same age, and a younger one */
    for (int i = 0; i < 2; i++) {
        struct t87s__entry *next = entry_of(&rooms, "a", NULL, births[i], 1000, 0);
        ck_assert_int_eq(put(next, &displaced), PUT_KEPT);
        ck_assert_ptr_eq(displaced, old);
        ck_assert(!t87s__entry_listed(old));
        ck_assert(finds("a", next));
        ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 1);
        discard(&rooms, displaced);
        unref(&rooms, next);
        old = next;
    }
    rooms_close(&rooms);
}
END_TEST

START_TEST(below_a_floor_nothing_is_put_in)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = entry_of(&rooms, "a", NULL, 10, 1000, 0), *displaced;
    t87s__key_floor_raise(&rooms.floors, key_of("a").hash, 11);
    ck_assert_int_eq(put(entry, &displaced), PUT_OUTDATED);
    ck_assert(finds("a", NULL));
    unref(&rooms, entry);
    entry = put_new("a", 11);
    t87s__stamp_raise(&rooms.floors.all, 13);
    struct t87s__entry *next = entry_of(&rooms, "a", NULL, 12, 1000, 0);
    ck_assert_int_eq(put(next, &displaced), PUT_OUTDATED);
    ck_assert_ptr_null(displaced);
    ck_assert(finds("a", entry)); /* who raises a floor takes out what is in already */
    unref(&rooms, next);
    rooms_close(&rooms);
}
END_TEST

START_TEST(removal_takes_only_what_was_born_before)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = put_new("a", 10);
    ck_assert_ptr_null(remove_key("a", 9));
    ck_assert_ptr_null(remove_key("a", 10));
    ck_assert(finds("a", entry));
    ck_assert_ptr_eq(remove_key("a", 11), entry);
    discard(&rooms, entry);
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_removal_by_birth_never_takes_the_successor)
{
    rooms_open(&rooms);
    struct t87s__entry *old = put_new("a", 1), *next = entry_of(&rooms, "a", NULL, 2, 1000, 0), *displaced;
    ck_assert_int_eq(put(next, &displaced), PUT_KEPT);
    ck_assert_ptr_eq(displaced, old);
    ck_assert_ptr_null(remove_key("a", 2)); /* meant for the old one */
    ck_assert(finds("a", next));
    ck_assert_ptr_eq(remove_key("a", 3), next);
    ck_assert(finds("a", NULL));
    ck_assert_ptr_null(remove_key("a", 3));
    discard(&rooms, displaced);
    discard(&rooms, next);
    unref(&rooms, next);
    rooms_close(&rooms);
}
END_TEST

START_TEST(keys_by_hand_and_generated_ones_never_meet)
{
    rooms_open(&rooms);
    struct t87s__entry *by_hand = put_new("a", 1), *displaced;
    struct t87s__entry_parts parts = {.key = t87s__key_make("a", 1, true, 1), .birth = 2};
    struct t87s__entry *generated = t87s__entry_make(rooms.memory, rooms.tree, &parts, false);
    ck_assert_int_eq(put(generated, &displaced), PUT_KEPT);
    ck_assert_ptr_null(displaced);
    ck_assert(finds("a", by_hand));
    ck_assert(finds_key(&parts.key, generated));
    unref(&rooms, generated);
    rooms_close(&rooms);
}
END_TEST

START_TEST(thousands_are_found_while_the_table_grows)
{
    rooms_open(&rooms);
    enum { ENTRIES = 10000 };
    static struct t87s__entry *entries[ENTRIES];
    char key[16];
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(key, sizeof key, "key %d", i);
        entries[i] = put_new(key, 1);
    }
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), ENTRIES);
    for (int i = 0; i < ENTRIES; i++) {
        snprintf(key, sizeof key, "key %d", i);
        ck_assert(finds(key, entries[i]));
    }
    ck_assert(finds("key -1", NULL));
    for (int i = 0; i < ENTRIES; i += 2) {
        snprintf(key, sizeof key, "key %d", i);
        discard(&rooms, remove_key(key, UINT64_MAX));
    }
    for (int i = 0; i < ENTRIES; i++) { /* past the places of the others */
        snprintf(key, sizeof key, "key %d", i);
        ck_assert(finds(key, i % 2 ? entries[i] : NULL));
    }
    rooms_close(&rooms);
}
END_TEST

START_TEST(endless_new_keys_leave_the_table_flat)
{
    rooms_open(&rooms);
    size_t settled = 0;
    char key[16];
    for (int i = 0; i < 30000; i++) {
        snprintf(key, sizeof key, "%d", i);
        put_new(key, 1);
        discard(&rooms, remove_key(key, UINT64_MAX));
        if (i == 3000)
            settled = table_bytes();
    }
    ck_assert_uint_eq(table_bytes(), settled);
    rooms_close(&rooms);
}
END_TEST

/* On arm64 addresses of the heap look like these; here none does. */
START_TEST(a_cell_holds_any_address_of_48_bits)
{
    static const uint64_t addresses[] = {16, 0x7ffffffffff0, 0xaaaabbbbccc0, 0xfffffffffff0};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        const uint64_t label = t87s__cell_label(UINT64_MAX) + (LONGEST_CHAIN - 1) * T87S__CELL_DISTANCE,
                       cell = label | addresses[i] >> 4;
        ck_assert_uint_eq((uint64_t)(uintptr_t)t87s__cell_entry(cell), addresses[i]);
        ck_assert_uint_eq((cell ^ label) >> CELL_POINTER_BITS, 0);
        ck_assert(cell != T87S__CELL_EMPTY && cell != T87S__CELL_MOVED);
    }
}
END_TEST

/* ---- equal hashes ---- */

/* Keys of 16 bytes that all have one hash, whatever we know of the seed: for these xxhash adds the high word to its
 * product with the low word, folded; under a low word of 2^32 that depends on the sum of the high word's halves only.
 */
static void twin(uint32_t i, unsigned char out[16]) {
    const uint64_t seed = ROOMS_SEED;
    const uint64_t flip_low = (XXH_readLE64(XXH3_kSecret + 24) ^ XXH_readLE64(XXH3_kSecret + 32)) + seed,
                   flip_high = (XXH_readLE64(XXH3_kSecret + 40) ^ XXH_readLE64(XXH3_kSecret + 48)) - seed;
    const uint64_t low = (UINT64_C(1) << 32) ^ flip_low, high = ((uint64_t)i << 32 | (0xffffffff - i)) ^ flip_high;
    memcpy(out, &low, 8);
    memcpy(out + 8, &high, 8);
}

static struct t87s__key twin_key(uint32_t i, unsigned char bytes[16]) {
    unsigned char first[16];
    twin(0, first);
    twin(i, bytes);
    const struct t87s__key key = t87s__key_make(bytes, 16, false, ROOMS_SEED);
    ck_assert_uint_eq(key.hash, t87s__key_make(first, 16, false, ROOMS_SEED).hash);
    ck_assert(i == 0 || memcmp(first, bytes, 16) != 0);
    return key;
}

static struct t87s__entry *twin_entry(uint32_t i, uint64_t birth) {
    unsigned char bytes[16];
    struct t87s__entry_parts parts = {.key = twin_key(i, bytes), .birth = birth};
    struct t87s__entry *entry = t87s__entry_make(rooms.memory, rooms.tree, &parts, false);
    ck_assert_ptr_nonnull(entry);
    return entry;
}

static bool finds_twin(uint32_t i, const struct t87s__entry *expected) {
    unsigned char bytes[16];
    const struct t87s__key key = twin_key(i, bytes);
    return finds_key(&key, expected);
}

static struct t87s__entry *remove_twin(uint32_t i) {
    unsigned char bytes[16];
    const struct t87s__key key = twin_key(i, bytes);
    return t87s__entry_table_remove(rooms.table, &key, UINT64_MAX);
}

START_TEST(keys_of_one_hash_are_told_apart)
{
    rooms_open(&rooms);
    struct t87s__entry *entries[20], *displaced;
    for (uint32_t i = 0; i < 20; i++) {
        entries[i] = twin_entry(i, 1);
        ck_assert_int_eq(put(entries[i], &displaced), PUT_KEPT);
        unref(&rooms, entries[i]);
    }
    for (uint32_t i = 0; i < 20; i++)
        ck_assert(finds_twin(i, entries[i]));
    for (uint32_t i = 0; i < 20; i += 3) {
        ck_assert_ptr_eq(remove_twin(i), entries[i]);
        discard(&rooms, entries[i]);
    }
    for (uint32_t i = 0; i < 20; i++)
        ck_assert(finds_twin(i, i % 3 ? entries[i] : NULL));
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_chain_of_one_hash_is_bounded_and_the_surplus_refused)
{
    rooms_open(&rooms);
    enum { TWINS = LONGEST_CHAIN + 30 };
    static struct t87s__entry *entries[TWINS];
    struct t87s__entry *displaced;
    for (uint32_t i = 0; i < TWINS; i++) {
        struct t87s__entry *entry = twin_entry(i, 1);
        const enum t87s__put result = put(entry, &displaced);
        ck_assert_int_eq(result, i < LONGEST_CHAIN ? PUT_KEPT : PUT_NO_MEMORY);
        ck_assert_ptr_null(displaced);
        entries[i] = result == PUT_KEPT ? entry : NULL;
        unref(&rooms, entry);
    }
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), LONGEST_CHAIN);
    ck_assert_uint_le(t87s__entry_table_cells(rooms.table), TABLE_SHARDS * LONGEST_CHAIN * 8); /* it gave up growing */
    for (uint32_t i = 0; i < TWINS; i++)
        ck_assert(finds_twin(i, entries[i]));
    struct t87s__entry *younger = twin_entry(LONGEST_CHAIN - 1, 2); /* the last of the chain still gives its place */
    ck_assert_int_eq(put(younger, &displaced), PUT_KEPT);
    ck_assert_ptr_eq(displaced, entries[LONGEST_CHAIN - 1]);
    discard(&rooms, displaced);
    unref(&rooms, younger);
    ck_assert_ptr_eq(remove_twin(0), entries[0]);
    discard(&rooms, entries[0]);
    ck_assert(finds_twin(LONGEST_CHAIN - 1, younger));
    struct t87s__entry *next = twin_entry(LONGEST_CHAIN, 1); /* there is a place again */
    ck_assert_int_eq(put(next, &displaced), PUT_KEPT);
    ck_assert(finds_twin(LONGEST_CHAIN, next));
    unref(&rooms, next);
    rooms_close(&rooms);
}
END_TEST

/* ---- without memory ---- */

/* A table of four cells a shard lets three of its twins in; then nothing can be had. */
enum { FIRST_CELLS = 4 };

START_TEST(without_memory_the_table_fills_up_to_its_last_free_cell_and_stays_whole)
{
    rooms_open(&rooms);
    struct t87s__entry *entries[10], *displaced;
    int kept = 0, refused = 0;
    ck_assert_uint_eq(t87s__entry_table_cells(rooms.table), TABLE_SHARDS * FIRST_CELLS);
    for (uint32_t i = 0; i < 10; i++)
        entries[i] = twin_entry(i, 1);
    rooms.heap.for_ever = true;
    atomic_store(&rooms.heap.until_failure, 0);
    for (int i = 0; i < 10; i++) {
        enum t87s__put result = put(entries[i], &displaced);
        ck_assert_ptr_null(displaced);
        ck_assert_int_eq(result, i < FIRST_CELLS - 1 ? PUT_KEPT : PUT_NO_MEMORY);
        *(result == PUT_KEPT ? &kept : &refused) += 1;
    }
    ck_assert_int_eq(kept, FIRST_CELLS - 1);
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), FIRST_CELLS - 1);
    for (int i = 0; i < 10; i++) /* a search for what is not there ends, too */
        ck_assert(finds_twin((uint32_t)i, i < kept ? entries[i] : NULL));
    atomic_store(&rooms.heap.until_failure, FAULT_NEVER);
    ck_assert_int_eq(put(entries[9], &displaced), PUT_KEPT); /* memory is back */
    for (int i = 0; i < 10; i++) {
        ck_assert(finds_twin((uint32_t)i, i < kept || i == 9 ? entries[i] : NULL));
        unref(&rooms, entries[i]);
    }
    rooms_close(&rooms);
}
END_TEST

START_TEST(without_memory_an_entry_still_gives_its_place_to_a_younger_one)
{
    rooms_open(&rooms);
    enum { KEPT = FIRST_CELLS - 1 };
    struct t87s__entry *entries[KEPT], *displaced;
    struct t87s__entry *younger = twin_entry(1, 2), *another = twin_entry(KEPT, 1);
    for (uint32_t i = 0; i < KEPT; i++)
        entries[i] = twin_entry(i, 1);
    rooms.heap.for_ever = true;
    atomic_store(&rooms.heap.until_failure, 0);
    for (int i = 0; i < KEPT; i++)
        ck_assert_int_eq(put(entries[i], &displaced), PUT_KEPT);
    ck_assert_int_eq(put(another, &displaced), PUT_NO_MEMORY);
    unref(&rooms, another);
    ck_assert_int_eq(put(younger, &displaced), PUT_KEPT);
    ck_assert_ptr_eq(displaced, entries[1]);
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), KEPT);
    discard(&rooms, displaced);
    unref(&rooms, younger);
    for (int i = 0; i < KEPT; i++)
        unref(&rooms, entries[i]);
    atomic_store(&rooms.heap.until_failure, FAULT_NEVER);
    rooms_close(&rooms);
}
END_TEST

/* ---- going through it ---- */

static bool pick_even_births(struct t87s__entry *entry, void *arg) {
    ++*(unsigned *)arg;
    return t87s__entry_birth(entry) % 2 == 0;
}

START_TEST(a_round_looks_at_every_entry_once_in_small_bites_and_takes_those_it_wants)
{
    rooms_open(&rooms);
    enum { ENTRIES = 500 };
    char key[16];
    for (uint64_t i = 0; i < ENTRIES; i++) {
        snprintf(key, sizeof key, "%d", (int)i);
        put_new(key, i);
    }
    static const uint32_t bites[] = {1, 3, 16, 10000};
    for (size_t b = 0; b < sizeof bites / sizeof *bites; b++) {
        struct t87s__entry_cursor cursor = {0, 0};
        unsigned looked_at = 0;
        size_t taken = 0;
        for (bool wrapped = false; !wrapped;) {
            const unsigned before = looked_at;
            struct t87s__entry *list =
                t87s__entry_table_sweep(rooms.table, &cursor, bites[b], pick_even_births, &looked_at, &wrapped);
            for (struct t87s__entry *entry = list; entry; entry = t87s__retired_next(entry)) {
                ck_assert_uint_eq(t87s__entry_birth(entry) % 2, 0);
                ck_assert(!t87s__entry_listed(entry));
            }
            const size_t n = discard_all(&rooms, list);
            ck_assert_uint_le(n, looked_at - before);
            ck_assert_uint_le(looked_at - before - n, bites[b]); /* what is taken out makes room for another look */
            taken += n;
        }
        ck_assert_uint_eq(cursor.shard, 0);
        ck_assert_uint_eq(cursor.at, 0);
        ck_assert_uint_eq(taken, b == 0 ? ENTRIES / 2 : 0);
        ck_assert_uint_ge(looked_at, b == 0 ? ENTRIES : ENTRIES / 2);
        if (b > 0) /* nothing moved meanwhile */
            ck_assert_uint_eq(looked_at, ENTRIES / 2);
    }
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), ENTRIES / 2);
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_round_goes_on_while_entries_are_removed_and_put_under_it)
{
    rooms_open(&rooms);
    enum { ENTRIES = 200 };
    char key[16];
    for (uint64_t i = 0; i < ENTRIES; i++) {
        snprintf(key, sizeof key, "%d", (int)i);
        put_new(key, 1);
    }
    struct t87s__entry_cursor cursor = {0, 0};
    unsigned looked_at = 0;
    int step = 0;
    for (bool wrapped = false; !wrapped; step++) {
        ck_assert_ptr_null(t87s__entry_table_sweep(rooms.table, &cursor, 4, pick_even_births, &looked_at, &wrapped));
        if (step < ENTRIES) {
            snprintf(key, sizeof key, "%d", step);
            discard(&rooms, remove_key(key, UINT64_MAX));
            snprintf(key, sizeof key, "new %d", step);
            put_new(key, 3);
        }
        ck_assert_int_lt(step, 100000);
    }
    ck_assert_uint_gt(looked_at, 0);
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), ENTRIES);
    rooms_close(&rooms);
}
END_TEST

int main(void) {
    return run_suites(
        suite_of("the table of entries", what_was_put_is_found_until_it_is_removed,
                 a_look_is_certain_until_cells_of_its_shard_change, a_found_entry_stays_while_it_is_referenced,
                 the_younger_birth_wins_whoever_comes_last, below_a_floor_nothing_is_put_in,
                 removal_takes_only_what_was_born_before, a_removal_by_birth_never_takes_the_successor,
                 keys_by_hand_and_generated_ones_never_meet, thousands_are_found_while_the_table_grows,
                 endless_new_keys_leave_the_table_flat, NULL),
        suite_of("keys of one hash", a_cell_holds_any_address_of_48_bits, keys_of_one_hash_are_told_apart,
                 a_chain_of_one_hash_is_bounded_and_the_surplus_refused, NULL),
        suite_of("a table without memory", without_memory_the_table_fills_up_to_its_last_free_cell_and_stays_whole,
                 without_memory_an_entry_still_gives_its_place_to_a_younger_one, NULL),
        suite_of("going through the table", a_round_looks_at_every_entry_once_in_small_bites_and_takes_those_it_wants,
                 a_round_goes_on_while_entries_are_removed_and_put_under_it, NULL),
        NULL);
}
