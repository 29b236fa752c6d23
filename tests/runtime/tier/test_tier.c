/* SPDX-License-Identifier: MIT */
#include "tier.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fake_clock.h"
#include "fault_allocator.h"
#include "scene.h"
#include "simple_store.h"
#include "suites.h"

static struct fake_clock now;
static struct simple_store *store;
static struct t87s__memory *memory;
static struct t87s__tier *tier;
static size_t idle_bytes;

static void ignore_tags(void *arg, const struct t87s_store_tag *tags, size_t n, unsigned flags) {
    (void)arg, (void)tags, (void)n, (void)flags;
}
static void ignore_key(void *arg, const void *key, size_t size) { (void)arg, (void)key, (void)size; }
static void ignore_loss(void *arg) { (void)arg; }
static void ignore_vouch(void *arg, int64_t until_ms) { (void)arg, (void)until_ms; }
static const struct t87s_store_listener deaf = {NULL, ignore_tags, ignore_key, ignore_loss, ignore_vouch, NULL, NULL};

static void open_tier(const struct t87s_allocator *allocator) {
    fake_clock_init(&now, 1000);
    store = simple_store_open(&now.clock);
    memory = t87s__memory_open(allocator);
    idle_bytes = t87s__memory_used(memory);
    ck_assert_int_eq(t87s__tier_open(memory, simple_store_base(store), "tests", &deaf, &tier), T87S_OK);
}

static void setup(void) { open_tier(NULL); }

static void teardown(void) {
    t87s__tier_close(tier);
    ck_assert_uint_eq(t87s__memory_used(memory), idle_bytes);
    t87s__memory_unref(memory);
    t87s_store_close(simple_store_base(store));
}

static struct t87s_store_tag named(struct t87s_tag *room, const char *path) {
    *room = tag_of(path);
    return (struct t87s_store_tag){room->path, room->size};
}

static enum t87s_store_state state_of(const char *key, const char *path) {
    struct t87s_tag room;
    const struct t87s_store_tag tag = named(&room, path);
    struct t87s_buffer value = {.size = 0};
    struct t87s_store_answer answer = {.value = &value};
    ck_assert(t87s__tier_read(tier, key, strlen(key), &tag, 1, &answer));
    t87s_buffer_release(&value);
    return answer.state == T87S_STORE_ABSENT ? T87S_STORE_OUTDATED : answer.state; /* neither is served */
}

static void put(const char *key, const char *path) {
    struct t87s_tag room;
    const struct t87s_store_tag tag = named(&room, path);
    struct t87s_store_value value = {.bytes = "x", .size = 1, .ttl_ms = 60000};
    ck_assert(t87s__tier_birth(tier, &value.birth));
    ck_assert_int_eq(t87s__tier_write(tier, key, strlen(key), &tag, 1, &value), T87S_OK);
}

static enum t87s_status invalidate_tag(const char *path, unsigned flags) {
    struct t87s_tag room;
    const struct t87s_store_tag tag = named(&room, path);
    return t87s__tier_invalidate(tier, &tag, 1, flags);
}

static uint64_t pending(void) {
    struct t87s__tier_counts counts;
    t87s__tier_read_counts(tier, &counts);
    return counts.pending;
}

/* What is pending is tried again within a second; a real one, since the thread that does it knows no other. */
static void await_none_pending(void) {
    for (int i = 0; pending(); i++) {
        ck_assert_int_lt(i, 3000);
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
}

/* The store takes nothing new but still answers: as one behind a lossy network would. */
static void lose_marks(enum t87s_status (*make)(void)) {
    simple_store_fail(store, T87S_E_STORE);
    ck_assert_int_eq(make(), T87S_PARTIAL);
}

static enum t87s_status mark_user(void) { return invalidate_tag("users/7", 0); }
static enum t87s_status mark_exactly(void) { return invalidate_tag("users", T87S_EXACT); }
static enum t87s_status mark_softly(void) { return invalidate_tag("users", T87S_SOFT); }
static enum t87s_status mark_key(void) { return t87s__tier_remove(tier, "k", 1); }
static enum t87s_status mark_all(void) { return t87s__tier_clear(tier); }

START_TEST(what_a_store_does_not_take_is_told_and_tried_until_it_does)
{
    put("k", "users/7/posts/1");
    lose_marks(mark_user);
    ck_assert_uint_eq(pending(), 1);
    struct t87s_buffer value = {.size = 0};
    struct t87s_store_answer answer = {.value = &value};
    struct t87s_tag room;
    const struct t87s_store_tag tag = named(&room, "users/7/posts/1");
    ck_assert(!t87s__tier_read(tier, "k", 1, &tag, 1, &answer));
    simple_store_fail(store, T87S_OK);
    await_none_pending();
    ck_assert_int_eq(state_of("k", "users/7/posts/1"), T87S_STORE_OUTDATED);
    ck_assert_uint_gt(simple_store_calls(store).invalidations, 1);
}
END_TEST

START_TEST(a_store_that_comes_back_is_not_believed_before_it_was_told)
{
    static const struct {
        enum t87s_status (*make)(void);
        enum t87s_store_state user, users, other_key;
    } rows[] = {{mark_user, T87S_STORE_OUTDATED, T87S_STORE_VALID, T87S_STORE_VALID},
                {mark_exactly, T87S_STORE_VALID, T87S_STORE_OUTDATED, T87S_STORE_VALID},
                {mark_softly, T87S_STORE_SOFT, T87S_STORE_SOFT, T87S_STORE_VALID},
                {mark_key, T87S_STORE_OUTDATED, T87S_STORE_VALID, T87S_STORE_VALID},
                {mark_all, T87S_STORE_OUTDATED, T87S_STORE_OUTDATED, T87S_STORE_OUTDATED}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        put("k", "users/7");
        put("all", "users");
        put("other", "posts/1");
        simple_store_fail_marks(store, true);
        ck_assert_int_eq(rows[i].make(), T87S_PARTIAL);
        ck_assert_int_eq(state_of("k", "users/7"), rows[i].user);
        ck_assert_int_eq(state_of("all", "users"), rows[i].users);
        ck_assert_int_eq(state_of("other", "posts/1"), rows[i].other_key);
        simple_store_fail_marks(store, false);
        await_none_pending();
        ck_assert_int_eq(state_of("k", "users/7"), rows[i].user);
        ck_assert_int_eq(state_of("all", "users"), rows[i].users);
        ck_assert_int_eq(state_of("other", "posts/1"), rows[i].other_key);
    }
}
END_TEST

START_TEST(the_same_is_pending_once_and_too_much_becomes_a_clear)
{
    put("other", "posts/1");
    simple_store_fail_marks(store, true);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(mark_user(), T87S_PARTIAL);
    ck_assert_uint_le(pending(), 2); /* one may be under way */
    for (int i = 0; i < 20000; i++) {
        char path[64];
        snprintf(path, sizeof path, "users/%d/a_rather_long_name_of_a_segment", i);
        ck_assert_int_eq(invalidate_tag(path, 0), T87S_PARTIAL);
    }
    ck_assert_uint_le(t87s__memory_used(memory), 2 << 20);
    ck_assert_int_eq(state_of("other", "posts/1"), T87S_STORE_OUTDATED);
    simple_store_fail_marks(store, false);
    await_none_pending();
    ck_assert_int_eq(state_of("other", "posts/1"), T87S_STORE_OUTDATED);
}
END_TEST

START_TEST(a_close_tries_once_more)
{
    put("k", "users/7");
    simple_store_fail_marks(store, true);
    ck_assert_int_eq(mark_user(), T87S_PARTIAL);
    simple_store_fail_marks(store, false);
    t87s__tier_close(tier);
    ck_assert_int_eq(t87s__tier_open(memory, simple_store_base(store), "tests", &deaf, &tier), T87S_OK);
    ck_assert_int_eq(state_of("k", "users/7"), T87S_STORE_OUTDATED);
}
END_TEST

/* Marks that take a while, or fail. */
static atomic_bool refuses;
static atomic_int slow_marks;

static enum t87s_status mark_slowly(struct t87s_store *of, void *scope, const struct t87s_store_tag *tags, size_t n,
                                    unsigned flags, int64_t deadline_ms) {
    (void)of, (void)scope, (void)tags, (void)n, (void)flags;
    if (atomic_load(&refuses))
        return T87S_E_STORE;
    atomic_fetch_add(&slow_marks, 1);
    nanosleep(&(struct timespec){.tv_nsec = (long)deadline_ms * 1000000}, NULL);
    return T87S_OK;
}

START_TEST(a_close_does_not_wait_for_each_of_many)
{
    enum { MANY = 40, TIMEOUT_MS = 20 };
    simple_store_base(store)->invalidate = mark_slowly;
    simple_store_base(store)->timeout_ms = TIMEOUT_MS;
    atomic_store(&refuses, true);
    atomic_store(&slow_marks, 0);
    for (int i = 0; i < MANY; i++) {
        char path[32];
        snprintf(path, sizeof path, "users/%d", i);
        ck_assert_int_eq(invalidate_tag(path, 0), T87S_PARTIAL);
    }
    atomic_store(&refuses, false);
    t87s__tier_close(tier);
    tier = NULL;
    ck_assert_int_gt(atomic_load(&slow_marks), 0);
    ck_assert_int_lt(atomic_load(&slow_marks), MANY / 2);
}
END_TEST

START_TEST(without_memory_it_becomes_a_clear)
{
    struct fault_allocator faults;
    fault_allocator_init(&faults, FAULT_NEVER, true);
    teardown();
    open_tier(&faults.allocator);
    put("other", "posts/1");
    simple_store_fail_marks(store, true);
    atomic_store(&faults.until_failure, 0);
    ck_assert_int_eq(mark_user(), T87S_PARTIAL);
    ck_assert_int_eq(state_of("other", "posts/1"), T87S_STORE_OUTDATED);
    atomic_store(&faults.until_failure, FAULT_NEVER);
    simple_store_fail_marks(store, false);
    await_none_pending();
    ck_assert_int_eq(state_of("other", "posts/1"), T87S_STORE_OUTDATED);
    teardown();
    open_tier(NULL);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("what a store does not take stays pending");
    TCase *tests = tcase_create("tier");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 20);
    tcase_add_test(tests, what_a_store_does_not_take_is_told_and_tried_until_it_does);
    tcase_add_test(tests, a_store_that_comes_back_is_not_believed_before_it_was_told);
    tcase_add_test(tests, the_same_is_pending_once_and_too_much_becomes_a_clear);
    tcase_add_test(tests, a_close_tries_once_more);
    tcase_add_test(tests, a_close_does_not_wait_for_each_of_many);
    tcase_add_test(tests, without_memory_it_becomes_a_clear);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
