/* SPDX-License-Identifier: MIT */
/* Threads that put, remove, evict and judge the same entries. */
#include "eviction.h"

#include "read_section.h"
#include "rooms.h"
#include "stage.h"
#include "suites.h"

enum { KEYS = 8, ROUNDS = 3000 };

static const char *const keys[KEYS] = {"a", "b", "c", "d", "e", "f", "g", "h"};

static struct rooms rooms;
static struct t87s__eviction *eviction;
static struct t87s__stamps stamps;
static _Atomic(uint64_t) deleted[KEYS]; /* the newest delete that returned, by key */

/* As the cache puts an entry in. */
static void put(struct t87s__entry *entry) {
    const uint64_t hash = t87s__entry_key_of(entry, ROOMS_SEED).hash;
    enum t87s__queue queue;
    struct t87s__entry *displaced;
    ck_assert(t87s__eviction_reserve(eviction, hash, &queue));
    const enum t87s__put result = put_as(&rooms, entry, hash, queue, &displaced);
    t87s__eviction_settle(eviction, hash, queue, result == PUT_KEPT && !displaced ? entry : NULL);
    discard(&rooms, displaced);
    unref(&rooms, entry);
}

static void *put_often(void *arg) {
    int step = *(int *)arg;
    for (int round = 0; round < ROUNDS; round++)
        put(entry_of(&rooms, keys[(round * step) % KEYS], "users/1", t87s__stamp_next(&stamps), INT64_MAX, 0));
    return NULL;
}

static void *delete_often(void *arg) {
    int step = *(int *)arg;
    for (int round = 0; round < ROUNDS; round++) {
        int i = (round * step) % KEYS;
        struct t87s__key key = key_of(keys[i]);
        uint64_t stamp = t87s__stamp_next(&stamps);
        t87s__key_floor_raise(&rooms.floors, key.hash, stamp);
        discard(&rooms, t87s__entry_table_remove(rooms.table, &key, stamp));
        t87s__stamp_raise(&deleted[i], stamp); /* it returned */
    }
    return NULL;
}

/* The law for keys: what is found was born after every delete that returned before the look. */
static void *find_often(void *arg) {
    (void)arg;
    for (int round = 0; round < ROUNDS; round++) {
        int i = round % KEYS;
        struct t87s__key key = key_of(keys[i]);
        uint64_t newest = t87s__stamp_read(&deleted[i]);
        t87s__read_begin();
        struct t87s__entry *entry = t87s__entry_table_read(rooms.table, &key);
        if (entry) {
            ck_assert_uint_gt(t87s__entry_birth(entry), newest);
            const struct t87s__verdict verdict = t87s__entry_judge(entry, rooms.tree, 0);
            ck_assert(verdict.state == STATE_FRESH || !t87s__entry_listed(entry));
            t87s__entry_uncovered(entry, rooms.tree, t87s__tag_tree_epochs(rooms.tree));
            t87s__entry_visit(entry);
            t87s__entry_ref(entry);
        }
        t87s__read_end();
        if (entry) {
            ck_assert_mem_eq(t87s__entry_value(entry), keys[i], 1);
            unref(&rooms, entry);
        }
    }
    return NULL;
}

static void *evict_often(void *arg) {
    (void)arg;
    for (int round = 0; round < ROUNDS; round++)
        discard_all(&rooms, t87s__eviction_victims(eviction, 1, 0));
    return NULL;
}

/* Gives back what the others retire, as they go. */
static void *round_often(void *arg) {
    (void)arg;
    for (int round = 0; round < ROUNDS / 10; round++) {
        if (round % 2)
            t87s__retired_relieve(rooms.retired);
        else
            t87s__retired_round(rooms.retired);
        t87s__retired_reap(rooms.retired, 3);
    }
    return NULL;
}

START_TEST(nothing_older_than_a_delete_is_found_after_it_and_nothing_leaks)
{
    rooms_open(&rooms);
    eviction = t87s__eviction_open(rooms.memory, rooms.table, 100);
    int one = 1, three = 3, five = 5;
    pthread_t threads[] = {thread_start(put_often, &one),     thread_start(put_often, &three),
                           thread_start(delete_often, &five), thread_start(find_often, NULL),
                           thread_start(evict_often, NULL),   thread_start(round_often, NULL),
                           thread_start(round_often, NULL)};
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++)
        thread_join(threads[i]);
    for (int i = 0; i < KEYS; i++) {
        struct t87s__key key = key_of(keys[i]);
        discard(&rooms, t87s__entry_table_remove(rooms.table, &key, UINT64_MAX));
    }
    ck_assert_ptr_null(t87s__eviction_victims(eviction, 1, 0)); /* no turn that is left finds anybody */
    t87s__eviction_close(eviction);
    rooms_close(&rooms);
}
END_TEST

/* ---- two threads on one entry, staged ---- */

static struct stage stage;

static void *remove_before_its_turn_is_added(void *arg) {
    struct t87s__entry *entry = arg;
    stage_wait(&stage, 1); /* it is in the table, its turn not yet in the queue */
    struct t87s__key key = key_of("a");
    struct t87s__entry *removed = t87s__entry_table_remove(rooms.table, &key, UINT64_MAX);
    ck_assert_ptr_eq(removed, entry);
    discard(&rooms, removed);
    stage_reach(&stage, 2);
    return NULL;
}

START_TEST(an_entry_removed_between_table_and_queue_is_in_neither)
{
    rooms_open(&rooms);
    stage_init(&stage);
    eviction = t87s__eviction_open(rooms.memory, rooms.table, 100);
    struct t87s__entry *entry = entry_of(&rooms, "a", "users/1", 1, INT64_MAX, 0), *displaced;
    const uint64_t hash = key_of("a").hash;
    enum t87s__queue queue;
    pthread_t other = thread_start(remove_before_its_turn_is_added, entry);
    ck_assert(t87s__eviction_reserve(eviction, hash, &queue));
    ck_assert_int_eq(put_as(&rooms, entry, hash, queue, &displaced), PUT_KEPT);
    stage_reach(&stage, 1);
    stage_wait(&stage, 2);
    t87s__eviction_settle(eviction, hash, queue, entry);
    ck_assert_ptr_null(t87s__eviction_victims(eviction, 1, 0));
    unref(&rooms, entry);
    thread_join(other);
    t87s__eviction_close(eviction);
    rooms_close(&rooms);
}
END_TEST

int main(void) {
    return run_suites(suite_of("threads share the store",
                               nothing_older_than_a_delete_is_found_after_it_and_nothing_leaks,
                               an_entry_removed_between_table_and_queue_is_in_neither, NULL),
                      NULL);
}
