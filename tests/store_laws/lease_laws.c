/* SPDX-License-Identifier: MIT */
/* Leases: what a store has to pass that has them. */
#include "laws_inside.h"

/* Asks as this holder: 0 it is his, else how long it is somebody else's; -1: nobody has it. */
static int64_t lease_as(struct handle *handle, uint64_t holder, int64_t lasts_ms, struct t87s_store_birth born) {
    struct tags tags;
    tags_of(&tags, "users/7 posts/1");
    struct t87s_buffer value = {.size = 0};
    struct t87s_store_answer answer = {.value = &value};
    const struct t87s_store_query query = {"k", 1, tags.list, tags.n, DEADLINE_MS};
    struct t87s_store_lease lease = {.holder = holder, .lasts_ms = lasts_ms, .birth = born};
    ck_assert_int_eq(handle->store->lease(handle->store, handle->scope, &query, &lease, &answer), T87S_OK);
    ck_assert(is_birth(&answer.next_birth));
    t87s_buffer_release(&value);
    ck_assert(!lease.yours || lease.left_ms == 0);
    return lease.yours ? 0 : lease.left_ms ? lease.left_ms : -1;
}

static void release_as(struct handle *handle, uint64_t holder) {
    const struct t87s_store_query query = {"k", 1, NULL, 0, DEADLINE_MS};
    ck_assert_int_eq(handle->store->release(handle->store, handle->scope, &query, holder), T87S_OK);
}

START_TEST(a_lease_is_one_holders_until_he_gives_it_back)
{
    const struct t87s_store_birth born = birth(&handles[0]);
    ck_assert_int_eq(lease_as(&handles[0], 1, 0, born), -1); /* a question takes nothing */
    ck_assert_int_eq(lease_as(&handles[0], 1, TTL_MS, born), 0);
    ck_assert_int_eq(lease_as(&handles[0], 1, TTL_MS, born), 0);
    for (int only_asks = 0; only_asks < 2; only_asks++) {
        const int64_t left = lease_as(&handles[1], 2, only_asks ? 0 : TTL_MS, born);
        ck_assert_int_gt(left, TTL_MS / 2);
        ck_assert_int_le(left, TTL_MS);
    }
    ck_assert_int_eq(lease_as(&other_prefix, 2, TTL_MS, birth(&other_prefix)), 0);
    release_as(&handles[1], 2); /* not his to give */
    ck_assert_int_gt(lease_as(&handles[1], 2, TTL_MS, born), 0);
    release_as(&handles[0], 1);
    ck_assert_int_eq(lease_as(&handles[1], 2, 0, born), -1);
    ck_assert_int_eq(lease_as(&handles[1], 2, TTL_MS, born), 0);
}
END_TEST

START_TEST(a_lease_runs_out)
{
    const struct t87s_store_birth born = birth(&handles[0]);
    ck_assert_int_eq(lease_as(&handles[0], 1, 100, born), 0);
    subject->pass_time(200);
    ck_assert_int_eq(lease_as(&handles[1], 2, 0, born), -1);
    ck_assert_int_eq(lease_as(&handles[1], 2, TTL_MS, born), 0);
}
END_TEST

START_TEST(a_lease_ends_with_the_write_that_names_it)
{
    const struct t87s_store_birth born = birth(&handles[0]);
    struct tags tags;
    tags_of(&tags, "users/7 posts/1");
    const struct t87s_store_query query = {"k", 1, tags.list, tags.n, DEADLINE_MS};
    struct t87s_store_value value = {"Ada", 3, false, born, TTL_MS, 0, false, 7};
    ck_assert_int_eq(lease_as(&handles[0], 1, TTL_MS, born), 0);
    ck_assert_int_eq(stores[0]->write(stores[0], handles[0].scope, &query, &value), T87S_OK);
    ck_assert_int_gt(lease_as(&handles[1], 2, TTL_MS, born), 0); /* it named another */
    value.lease = 1;
    ck_assert_int_eq(stores[0]->write(stores[0], handles[0].scope, &query, &value), T87S_OK);
    ck_assert_int_eq(lease_as(&handles[1], 2, 0, born), -1);
}
END_TEST

START_TEST(whoever_asks_for_a_lease_is_told_what_is_there)
{
    struct tags tags;
    tags_of(&tags, "users/7");
    struct found found = {.value = {.size = 0}};
    found.answer.value = &found.value;
    const struct t87s_store_query query = {"k", 1, tags.list, tags.n, DEADLINE_MS};
    struct t87s_store_lease lease = {.holder = 1, .lasts_ms = TTL_MS, .birth = birth(&handles[0])};
    write_as(&handles[1], "k", "users/7", "Ada", birth(&handles[1]), false);
    ck_assert_int_eq(stores[0]->lease(stores[0], handles[0].scope, &query, &lease, &found.answer), T87S_OK);
    ck_assert(lease.yours);
    ck_assert_int_eq(found.answer.state, T87S_STORE_VALID);
    ck_assert_uint_eq(found.value.size, 3);
    t87s_buffer_release(&found.value);
}
END_TEST

START_TEST(an_invalidation_ends_the_leases_of_those_who_began_before)
{
    static const struct {
        int tag;
        unsigned flags;
        bool ends;
    } cases[] = {{0, 0, true}, {0, T87S_SOFT, true}, {1, T87S_EXACT, true}, {0, T87S_EXACT, false}, {2, 0, false}};
    static const char *const names[] = {"users", "users/7", "users/8"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint64_t first = 2 * i + 1, second = first + 1;
        ck_assert_int_eq(lease_as(&handles[0], first, TTL_MS, birth(&handles[0])), 0);
        invalidate_as(&handles[1], names[cases[i].tag], cases[i].flags);
        const struct t87s_store_birth after = birth(&handles[1]);
        ck_assert_int_eq(lease_as(&handles[1], second, 0, after) == -1, cases[i].ends);
        ck_assert_int_eq(lease_as(&handles[1], second, TTL_MS, after) == 0, cases[i].ends);
        ck_assert_int_eq(lease_as(&handles[0], first, TTL_MS, after) == 0, !cases[i].ends);
        release_as(&handles[0], first);
        release_as(&handles[1], second);
    }
}
END_TEST

void add_lease_laws(TCase *laws) {
    tcase_add_test(laws, a_lease_is_one_holders_until_he_gives_it_back);
    tcase_add_test(laws, a_lease_runs_out);
    tcase_add_test(laws, a_lease_ends_with_the_write_that_names_it);
    tcase_add_test(laws, whoever_asks_for_a_lease_is_told_what_is_there);
    tcase_add_test(laws, an_invalidation_ends_the_leases_of_those_who_began_before);
}
