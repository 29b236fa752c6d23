/* SPDX-License-Identifier: MIT
 *
 * Interleavings that random load meets too rarely, staged step by step.
 */
#include <stdio.h>
#include <string.h>

#include "rooms.h"
#include "stage.h"
#include "suites.h"

/* ---- a clear, and a shard that is rebuilt while it looks ---- */

/* A key of the first shard whose search begins at `slot`. */
static struct t87s__entry *entry_at(struct rooms *rooms, const char *text, uint64_t slot, uint64_t birth) {
    struct t87s__entry_parts parts = {
        .key = {text, (uint32_t)strlen(text), false, slot}, .birth = birth, .expires_ms = INT64_MAX};
    struct t87s__entry *entry = t87s__entry_make(rooms->memory, rooms->tree, &parts, false);
    ck_assert_ptr_nonnull(entry);
    return entry;
}

static void put(struct rooms *rooms, const char *text, uint64_t slot, uint64_t birth) {
    struct t87s__entry *entry = entry_at(rooms, text, slot, birth), *displaced;
    ck_assert_int_eq(t87s__entry_table_put(rooms->table, entry, &rooms->floors, &displaced), PUT_KEPT);
    ck_assert_ptr_null(displaced);
    unref(rooms, entry);
}

static void take_out(struct rooms *rooms, const char *text, uint64_t slot) {
    struct t87s__key key = {text, (uint32_t)strlen(text), false, slot};
    struct t87s__entry *entry = t87s__entry_table_remove(rooms->table, &key, UINT64_MAX);
    ck_assert_ptr_nonnull(entry);
    unref(rooms, entry);
}

static bool born_before_100(struct t87s__entry *entry, void *arg) {
    (void)arg;
    return entry->birth < 100;
}

START_TEST(a_clear_misses_no_entry_that_moves_behind_it)
{
    struct rooms rooms;
    rooms_open(&rooms);
    char names[96][8];
    for (int i = 0; i < 96; i++)
        snprintf(names[i], sizeof names[i], "key %d", i);
    for (int i = 0; i < 40; i++) /* 64 slots, and the last entry is in the 40th */
        put(&rooms, names[i], (uint64_t)i, 1);
    for (int i = 0; i < 39; i++)
        take_out(&rooms, names[i], (uint64_t)i);

    struct t87s__entry *gone[16];
    struct t87s__entry_cursor cursor = {0, 0, 0};
    bool wrapped;
    ck_assert_uint_eq(t87s__entry_table_take(rooms.table, &cursor, 16, born_before_100, NULL, gone, &wrapped), 0);
    for (int i = 40; i < 52; i++) /* younger ones: they use up the free slots, so the shard is rebuilt, smaller */
        put(&rooms, names[i], (uint64_t)i, 200);

    size_t n = 0;
    for (wrapped = false; !wrapped;) {
        size_t taken = t87s__entry_table_take(rooms.table, &cursor, 16, born_before_100, NULL, gone, &wrapped);
        for (size_t i = 0; i < taken; i++)
            unref(&rooms, gone[i]);
        n += taken;
    }
    ck_assert_uint_eq(n, 1);
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 12);
    rooms_close(&rooms);
}
END_TEST

int main(void) {
    return run_suites(suite_of("staged interleavings", a_clear_misses_no_entry_that_moves_behind_it, NULL), NULL);
}
