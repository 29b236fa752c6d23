/* SPDX-License-Identifier: MIT */
/* Readers without a lock, while others put, remove, evict, sweep and let the table grow, and rounds give back. */
#include "eviction.h"

#include "read_section.h"
#include "rooms.h"
#include "stage.h"
#include "suites.h"

#include <sched.h>
#include <stdio.h>

enum { STABLE = 200, PASSING = 4000, READERS = 2 };

static struct rooms rooms;
static struct t87s__eviction *eviction;
static _Atomic(bool) over;
static _Atomic(uint64_t) births;

static void name(char text[24], const char *kind, int i) { snprintf(text, 24, "%s %d", kind, i); }

static void put(const char *kind, int i) {
    char text[24];
    name(text, kind, i);
    struct t87s__entry *entry =
        entry_of(&rooms, text, i % 2 ? "users/1" : NULL, atomic_fetch_add(&births, 1) + 1, INT64_MAX, 0);
    const uint64_t hash = key_of(text).hash;
    enum t87s__queue queue;
    struct t87s__entry *displaced;
    ck_assert(t87s__eviction_reserve(eviction, hash, &queue));
    const enum t87s__put result = put_as(&rooms, entry, hash, queue, &displaced);
    t87s__eviction_settle(eviction, hash, queue, result == PUT_KEPT && !displaced ? entry : NULL);
    discard(&rooms, displaced);
    unref(&rooms, entry);
}

/* What stays in the table is found at any time, by the long way for sure, and missed only while it changes; and what is
 * found is whole. */
static void *read_often(void *arg) {
    unsigned seed = *(unsigned *)arg;
    while (!atomic_load(&over)) {
        char text[24];
        seed = seed * 1103515245 + 12345;
        const int i = (int)(seed >> 16);
        const bool stable = i % 2;
        name(text, stable ? "stable" : "passing", i % (stable ? STABLE : PASSING));
        const struct t87s__key key = key_of(text);
        const uint64_t changes = t87s__entry_table_changes(rooms.table, key.hash);
        t87s__read_begin();
        struct t87s__entry *entry = t87s__entry_table_read(rooms.table, &key), *held = NULL;
        if (entry) {
            if (memcmp(t87s__entry_value(entry), text, strlen(text)) != 0)
                ck_abort_msg("%s is not what is found", text);
            t87s__entry_uncovered(entry, rooms.tree, t87s__tag_tree_epochs(rooms.tree));
            t87s__entry_visit(entry);
            if (i % 16 == 0)
                t87s__entry_ref(held = entry);
        }
        t87s__read_end();
        if (!entry && stable) { /* it moved */
            if (t87s__entry_table_unchanged(rooms.table, key.hash, changes))
                ck_abort_msg("%s is missed though nothing changed", text);
            entry = held = t87s__entry_table_look(rooms.table, &key);
            if (!entry)
                ck_abort_msg("%s is lost", text);
        }
        if (held) {
            if (memcmp(t87s__entry_key(held), text, strlen(text)) != 0)
                ck_abort_msg("%s changed while it was held", text);
            unref(&rooms, held);
        }
    }
    return NULL;
}

static void *put_passing(void *arg) {
    (void)arg;
    for (int i = 0; i < PASSING; i++) {
        put("passing", i);
        if (i % 5 == 0) {
            char text[24];
            name(text, "passing", i / 2);
            const struct t87s__key key = key_of(text);
            discard(&rooms, t87s__entry_table_remove(rooms.table, &key, UINT64_MAX));
        }
        if (i % 64 == 0)
            invalidate(&rooms, "users/1", 0, 0, 0); /* older than all: only the epochs move */
    }
    return NULL;
}

static void *replace_stable(void *arg) {
    (void)arg;
    while (!atomic_load(&over))
        for (int i = 0; i < STABLE && !atomic_load(&over); i++)
            put("stable", i);
    return NULL;
}

static void *run_rounds(void *arg) {
    (void)arg;
    while (!atomic_load(&over)) {
        t87s__retired_round(rooms.retired);
        t87s__retired_reap(rooms.retired, 50);
        sched_yield();
    }
    return NULL;
}

static bool is_passing(struct t87s__entry *entry, void *arg) {
    (void)arg;
    return *(const char *)t87s__entry_value(entry) == 'p' && t87s__entry_birth(entry) % 7 == 0;
}

static void *sweep_often(void *arg) {
    struct t87s__entry_cursor cursor = {0, 0};
    (void)arg;
    while (!atomic_load(&over)) {
        bool wrapped;
        discard_all(&rooms, t87s__entry_table_sweep(rooms.table, &cursor, 16, is_passing, NULL, &wrapped));
        sched_yield();
    }
    return NULL;
}

START_TEST(readers_lose_nothing_and_see_nothing_broken_while_the_table_changes)
{
    unsigned seeds[READERS] = {1, 2};
    pthread_t readers[READERS];
    rooms_open(&rooms);
    eviction = t87s__eviction_open(rooms.memory, rooms.table, 1 << 20);
    const uint32_t cells = t87s__entry_table_cells(rooms.table);
    for (int i = 0; i < STABLE; i++)
        put("stable", i);
    for (int i = 0; i < READERS; i++)
        readers[i] = thread_start(read_often, &seeds[i]);
    pthread_t putter = thread_start(put_passing, NULL), replacer = thread_start(replace_stable, NULL),
              rounds = thread_start(run_rounds, NULL), sweeper = thread_start(sweep_often, NULL);
    thread_join(putter);
    atomic_store(&over, true);
    thread_join(replacer);
    thread_join(rounds);
    thread_join(sweeper);
    for (int i = 0; i < READERS; i++)
        thread_join(readers[i]);
    ck_assert_uint_gt(t87s__entry_table_cells(rooms.table), 2 * cells); /* over several generations */
    size_t evicted = 0;
    for (struct t87s__entry *victim; (victim = t87s__eviction_victims(eviction, 1, 0)) != NULL; evicted++)
        discard(&rooms, victim);
    ck_assert_uint_ge(evicted, STABLE);
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 0); /* each had a turn */
    t87s__eviction_close(eviction);
    rooms_close(&rooms);
}
END_TEST

static void *evict_often(void *arg) {
    (void)arg;
    while (!atomic_load(&over)) {
        if (t87s__entry_table_count(rooms.table) > 300)
            discard_all(&rooms, t87s__eviction_victims(eviction, 1, 0));
        else
            sched_yield();
    }
    return NULL;
}

static void *read_passing(void *arg) {
    unsigned seed = *(unsigned *)arg;
    while (!atomic_load(&over)) {
        char text[24];
        seed = seed * 1103515245 + 12345;
        name(text, "passing", (int)(seed >> 16) % PASSING);
        const struct t87s__key key = key_of(text);
        t87s__read_begin();
        struct t87s__entry *entry = t87s__entry_table_read(rooms.table, &key);
        if (entry) {
            t87s__entry_judge(entry, rooms.tree, 0);
            t87s__entry_visit(entry);
        }
        t87s__read_end();
    }
    return NULL;
}

START_TEST(readers_and_evictors_share_the_table)
{
    unsigned seeds[READERS] = {3, 4};
    pthread_t readers[READERS], evictors[2];
    rooms_open(&rooms);
    eviction = t87s__eviction_open(rooms.memory, rooms.table, 1 << 16);
    for (int i = 0; i < READERS; i++)
        readers[i] = thread_start(read_passing, &seeds[i]);
    for (int i = 0; i < 2; i++)
        evictors[i] = thread_start(evict_often, NULL);
    pthread_t rounds = thread_start(run_rounds, NULL), putter = thread_start(put_passing, NULL);
    thread_join(putter);
    atomic_store(&over, true);
    thread_join(rounds);
    for (int i = 0; i < READERS; i++)
        thread_join(readers[i]);
    for (int i = 0; i < 2; i++)
        thread_join(evictors[i]);
    for (struct t87s__entry *victim; (victim = t87s__eviction_victims(eviction, 1, 0)) != NULL;)
        discard(&rooms, victim);
    ck_assert_uint_eq(t87s__entry_table_count(rooms.table), 0);
    t87s__eviction_close(eviction);
    rooms_close(&rooms);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("readers without a lock");
    TCase *tests = tcase_create("readers without a lock");
    suite_add_tcase(suite, tests);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, readers_lose_nothing_and_see_nothing_broken_while_the_table_changes);
    tcase_add_test(tests, readers_and_evictors_share_the_table);
    return run_suites(suite, NULL);
}
