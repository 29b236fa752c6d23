/* SPDX-License-Identifier: MIT */
/* Where entries are found by their keys. */
#include "entry_table.h"

#include "rooms.h"
#include "suites.h"

#include <stdio.h>
#include <string.h>

static struct rooms rooms;

static enum t87s__put put(struct t87s__entry *entry, struct t87s__entry **displaced) {
    return t87s__entry_table_put(rooms.table, entry, &rooms.floors, displaced);
}

/* Puts an entry in and gives up our own reference. */
static struct t87s__entry *put_new(const char *key, uint64_t birth) {
    struct t87s__entry *entry = entry_of(&rooms, key, NULL, birth, 1000, 0), *displaced;
    ck_assert_int_eq(put(entry, &displaced), PUT_KEPT);
    ck_assert_ptr_null(displaced);
    unref(&rooms, entry);
    return entry;
}

static bool finds(const char *key, const struct t87s__entry *expected) {
    struct t87s__key with_hash = key_of(key);
    struct t87s__entry *entry = t87s__entry_table_find(rooms.table, &with_hash);
    unref(&rooms, entry);
    return entry == expected;
}

static struct t87s__entry *remove_key(const char *key, uint64_t before) {
    struct t87s__key with_hash = key_of(key);
    return t87s__entry_table_remove(rooms.table, &with_hash, before);
}

static size_t table_bytes(void) { return atomic_load(&rooms.memory->bytes[MEMORY_TABLE]); }

START_TEST(what_was_put_is_found_until_it_is_removed)
{
    rooms_open(&rooms);
    ck_assert(finds("a", NULL));
    ck_assert_ptr_null(remove_key("a", UINT64_MAX));
    struct t87s__entry *a = put_new("a", 5), *b = put_new("b", 5);
    ck_assert(finds("a", a) && finds("b", b) && finds("c", NULL));
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 2);
    ck_assert_ptr_eq(remove_key("a", 6), a);
    ck_assert(atomic_load(&a->removed) && !atomic_load(&b->removed));
    ck_assert(finds("a", NULL) && finds("b", b));
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 1);
    unref(&rooms, a); /* the table's reference went to us */
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_found_entry_stays_while_it_is_referenced)
{
    rooms_open(&rooms);
    struct t87s__entry *entry = put_new("a", 1);
    struct t87s__key key = key_of("a");
    ck_assert_ptr_eq(t87s__entry_table_find(rooms.table, &key), entry);
    unref(&rooms, remove_key("a", UINT64_MAX));
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
        ck_assert(atomic_load(&old->removed));
        ck_assert(finds("a", next));
        ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 1);
        unref(&rooms, displaced);
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
    t87s__key_floor_raise(&rooms.floors, entry->hash, 11);
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
    unref(&rooms, entry);
    rooms_close(&rooms);
}
END_TEST

START_TEST(removing_an_entry_never_takes_its_successor)
{
    rooms_open(&rooms);
    struct t87s__entry *old = put_new("a", 1), *next = entry_of(&rooms, "a", NULL, 2, 1000, 0), *displaced;
    ck_assert_int_eq(put(next, &displaced), PUT_KEPT);
    ck_assert(!t87s__entry_table_remove_entry(rooms.table, old));
    ck_assert(finds("a", next));
    ck_assert(t87s__entry_table_remove_entry(rooms.table, next));
    ck_assert(finds("a", NULL));
    ck_assert(!t87s__entry_table_remove_entry(rooms.table, next));
    unref(&rooms, displaced);
    unref(&rooms, next);
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
    struct t87s__entry *found = t87s__entry_table_find(rooms.table, &parts.key);
    ck_assert_ptr_eq(found, generated);
    unref(&rooms, found);
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
        unref(&rooms, remove_key(key, UINT64_MAX));
    }
    for (int i = 0; i < ENTRIES; i++) { /* over the tombs of the others */
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
        unref(&rooms, remove_key(key, UINT64_MAX));
        if (i == 3000)
            settled = table_bytes();
    }
    ck_assert_uint_eq(table_bytes(), settled);
    rooms_close(&rooms);
}
END_TEST

/* An entry of a key whose hash we choose: all in one shard, all starting their search at one slot. */
static struct t87s__entry *crowded_entry(const char *key) {
    struct t87s__entry_parts parts = {.key = {key, (uint32_t)strlen(key), false, 3}, .birth = 1};
    struct t87s__entry *entry = t87s__entry_make(rooms.memory, rooms.tree, &parts, false);
    ck_assert_ptr_nonnull(entry);
    return entry;
}

START_TEST(keys_of_one_hash_are_told_apart)
{
    rooms_open(&rooms);
    struct t87s__entry *entries[20], *displaced;
    char keys[20][8];
    for (int i = 0; i < 20; i++) {
        snprintf(keys[i], sizeof keys[i], "k%d", i);
        entries[i] = crowded_entry(keys[i]);
        ck_assert_int_eq(put(entries[i], &displaced), PUT_KEPT);
        unref(&rooms, entries[i]);
    }
    for (int i = 0; i < 20; i += 3)
        ck_assert(t87s__entry_table_remove_entry(rooms.table, entries[i]));
    for (int i = 0; i < 20; i++) {
        struct t87s__key key = {keys[i], (uint32_t)strlen(keys[i]), false, 3};
        struct t87s__entry *found = t87s__entry_table_find(rooms.table, &key);
        ck_assert_ptr_eq(found, i % 3 ? entries[i] : NULL);
        unref(&rooms, found);
    }
    for (int i = 0; i < 20; i += 3)
        unref(&rooms, entries[i]);
    rooms_close(&rooms);
}
END_TEST

START_TEST(without_memory_the_table_fills_up_to_its_last_free_slot_and_stays_whole)
{
    rooms_open(&rooms);
    struct t87s__entry *entries[10], *displaced;
    char keys[10][8];
    int kept = 0, refused = 0;
    for (int i = 0; i < 10; i++) {
        snprintf(keys[i], sizeof keys[i], "k%d", i);
        entries[i] = crowded_entry(keys[i]);
    }
    rooms.heap.for_ever = true;
    atomic_store(&rooms.heap.until_failure, 0);
    ck_assert_int_eq(put(entries[0], &displaced), PUT_NO_MEMORY); /* not even the first slots */
    ck_assert_ptr_null(displaced);
    atomic_store(&rooms.heap.until_failure, 1);
    for (int i = 0; i < 10; i++) {
        enum t87s__put result = put(entries[i], &displaced);
        ck_assert_ptr_null(displaced);
        ck_assert_int_eq(result, refused ? PUT_NO_MEMORY : result == PUT_KEPT ? PUT_KEPT : PUT_NO_MEMORY);
        *(result == PUT_KEPT ? &kept : &refused) += 1;
    }
    ck_assert_int_eq(kept, 7); /* of 8 slots */
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 7);
    for (int i = 0; i < 10; i++) { /* a search for what is not there ends, too */
        struct t87s__key key = {keys[i], (uint32_t)strlen(keys[i]), false, 3};
        struct t87s__entry *found = t87s__entry_table_find(rooms.table, &key);
        ck_assert_ptr_eq(found, i < kept ? entries[i] : NULL);
        unref(&rooms, found);
    }
    atomic_store(&rooms.heap.until_failure, FAULT_NEVER);
    ck_assert_int_eq(put(entries[9], &displaced), PUT_KEPT); /* memory is back */
    for (int i = 0; i < 10; i++)
        unref(&rooms, entries[i]);
    rooms_close(&rooms);
}
END_TEST

/* ---- going through it ---- */

static bool pick_even_births(struct t87s__entry *entry, void *arg) {
    ++*(unsigned *)arg;
    return entry->birth % 2 == 0;
}

START_TEST(without_memory_an_entry_still_gives_its_place_to_a_younger_one)
{
    rooms_open(&rooms);
    struct t87s__entry *entries[7], *displaced;
    char keys[7][8];
    for (int i = 0; i < 7; i++) {
        snprintf(keys[i], sizeof keys[i], "k%d", i);
        entries[i] = crowded_entry(keys[i]);
    }
    struct t87s__entry *younger = crowded_entry(keys[3]), *another = crowded_entry("new");
    younger->birth = entries[3]->birth + 1;
    for (int i = 0; i < 7; i++) {
        ck_assert_int_eq(put(entries[i], &displaced), PUT_KEPT);
        rooms.heap.for_ever = true; /* the first 8 slots are there, and no others will be */
        atomic_store(&rooms.heap.until_failure, 0);
    }
    ck_assert_int_eq(put(another, &displaced), PUT_NO_MEMORY);
    unref(&rooms, another);
    ck_assert_int_eq(put(younger, &displaced), PUT_KEPT);
    ck_assert_ptr_eq(displaced, entries[3]);
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 7);
    unref(&rooms, displaced);
    unref(&rooms, younger);
    for (int i = 0; i < 7; i++)
        unref(&rooms, entries[i]);
    atomic_store(&rooms.heap.until_failure, FAULT_NEVER);
    rooms_close(&rooms);
}
END_TEST

START_TEST(a_round_looks_at_every_entry_once_in_small_bites_and_takes_those_it_wants)
{
    rooms_open(&rooms);
    enum { ENTRIES = 500 };
    char key[16];
    for (uint64_t i = 0; i < ENTRIES; i++) {
        snprintf(key, sizeof key, "%d", (int)i);
        put_new(key, i);
    }
    static const size_t bites[] = {1, 3, 16, 10000};
    for (size_t b = 0; b < sizeof bites / sizeof *bites; b++) {
        struct t87s__entry_cursor cursor = {0, 0, 0};
        static struct t87s__entry *out[10000];
        unsigned looked_at = 0;
        size_t taken = 0;
        for (bool wrapped = false; !wrapped;) {
            size_t n =
                t87s__entry_table_take(rooms.table, &cursor, bites[b], pick_even_births, &looked_at, out, &wrapped);
            ck_assert_uint_le(n, bites[b]);
            for (size_t i = 0; i < n; i++) {
                ck_assert_uint_eq(out[i]->birth % 2, 0);
                ck_assert(atomic_load(&out[i]->removed));
                unref(&rooms, out[i]);
            }
            taken += n;
        }
        ck_assert_uint_eq(cursor.shard, 0);
        ck_assert_uint_eq(cursor.slot, 0);
        ck_assert_uint_eq(looked_at, b == 0 ? ENTRIES : ENTRIES / 2);
        ck_assert_uint_eq(taken, b == 0 ? ENTRIES / 2 : 0);
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
    struct t87s__entry_cursor cursor = {0, 0, 0};
    unsigned looked_at = 0;
    int step = 0;
    for (bool wrapped = false; !wrapped; step++) {
        struct t87s__entry *out[4];
        ck_assert_uint_eq(t87s__entry_table_take(rooms.table, &cursor, 4, pick_even_births, &looked_at, out, &wrapped),
                          0);
        if (step < ENTRIES) {
            snprintf(key, sizeof key, "%d", step);
            unref(&rooms, remove_key(key, UINT64_MAX));
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
    return run_suites(suite_of("the table of entries", what_was_put_is_found_until_it_is_removed,
                               a_found_entry_stays_while_it_is_referenced, the_younger_birth_wins_whoever_comes_last,
                               below_a_floor_nothing_is_put_in, removal_takes_only_what_was_born_before,
                               removing_an_entry_never_takes_its_successor, keys_by_hand_and_generated_ones_never_meet,
                               thousands_are_found_while_the_table_grows, endless_new_keys_leave_the_table_flat,
                               keys_of_one_hash_are_told_apart,
                               without_memory_the_table_fills_up_to_its_last_free_slot_and_stays_whole, NULL),
                      suite_of("going through the table",
                               without_memory_an_entry_still_gives_its_place_to_a_younger_one,
                               a_round_looks_at_every_entry_once_in_small_bites_and_takes_those_it_wants,
                               a_round_goes_on_while_entries_are_removed_and_put_under_it, NULL),
                      NULL);
}
