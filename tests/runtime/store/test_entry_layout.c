/* SPDX-License-Identifier: MIT */
/* What is put into an entry comes out of it again, whichever parts its block is made of. */
#include "entry.h"

#include "rooms.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

static struct rooms rooms;
static unsigned char bytes[1 << 17]; /* for keys and values */

static void setup(void) {
    rooms_open(&rooms);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 31 + i / 256);
}

static void teardown(void) { rooms_close(&rooms); }

static size_t block_bytes(void) { return (size_t)atomic_load(&rooms.heap.live_bytes); }

static struct t87s__entry *make(const struct t87s__entry_parts *parts) {
    struct t87s__entry *entry = t87s__entry_make(rooms.memory, rooms.tree, parts, false);
    ck_assert_ptr_nonnull(entry);
    return entry;
}

static void expect(bool right, const char *what, const struct t87s__entry_parts *parts) {
    if (!right) /* a check for each would be slow */
        ck_abort_msg("%s: key %u, value %zu, row %u, %u tags, expires %lld, created %lld, grace %lld, %s%s%s%s", what,
                     parts->key.size, parts->value_size, parts->row, parts->n_tags, (long long)parts->expires_ms,
                     (long long)parts->created_ms, (long long)parts->grace_ms, parts->fixed ? "fixed " : "",
                     parts->negative ? "negative " : "", parts->refetched ? "refetched " : "",
                     parts->key.generated ? "generated" : "by hand");
}

/* Each accessor gives what went in. */
static void expect_round_trip(const struct t87s__entry_parts *parts) {
    const size_t before = block_bytes();
    struct t87s__entry *entry = make(parts);
    const size_t size = block_bytes() - before;
    const unsigned char *value = t87s__entry_value(entry), *block = (const unsigned char *)entry;
    const struct t87s__key key = t87s__entry_key_of(entry, ROOMS_SEED);
    struct t87s__key other_world = parts->key;
    other_world.generated = !other_world.generated;
    expect(t87s__entry_birth(entry) == parts->birth, "birth", parts);
    expect(t87s__entry_key_size(entry) == parts->key.size, "key size", parts);
    expect(memcmp(t87s__entry_key(entry), parts->key.bytes, parts->key.size) == 0, "key", parts);
    expect(t87s__key_equal(&key, &parts->key), "whole key", parts);
    expect(t87s__entry_has_key(entry, &parts->key), "its key", parts);
    expect(!t87s__entry_has_key(entry, &other_world), "the key of the other world", parts);
    expect(t87s__entry_generated(entry) == parts->key.generated, "world", parts);
    expect(t87s__entry_value_size(entry) == parts->value_size, "value size", parts);
    expect(memcmp(value, parts->value, parts->value_size) == 0, "value", parts);
    expect((uintptr_t)value % (parts->fixed ? 8 : _Alignof(max_align_t)) == 0, "alignment", parts);
    expect(parts->fixed || value[parts->value_size] == 0, "NUL", parts);
    expect(value + parts->value_size + !parts->fixed <= block + size, "the value is in the block", parts);
    expect(t87s__entry_expires_ms(entry) == parts->expires_ms, "expires", parts);
    expect(t87s__entry_created_ms(entry) == parts->created_ms, "created", parts);
    expect(t87s__entry_grace_ms(entry) == (parts->grace_ms > 0 ? parts->grace_ms : 0), "grace", parts);
    expect(t87s__entry_row(entry) == parts->row, "row", parts);
    expect(t87s__entry_negative(entry) == parts->negative, "negative", parts);
    expect(t87s__entry_fixed(entry) == parts->fixed, "fixed", parts);
    expect(t87s__entry_tags_hash(entry) == (parts->key.generated ? 0 : parts->tags_hash), "hash of the tags", parts);
    expect(t87s__entry_cost(entry) == t87s__memory_cost(size), "cost", parts);
    t87s__node tags[T87S_MAX_TAGS];
    expect(t87s__entry_tags(entry, tags) == parts->n_tags, "number of tags", parts);
    expect(memcmp(tags, parts->tags, parts->n_tags * sizeof *tags) == 0, "tags", parts);
    t87s__stripe stripes[T87S_MAX_TAGS];
    for (int i = 0; i < parts->n_tags; i++)
        stripes[i] = t87s__tag_tree_stripe(rooms.tree, tags[i]);
    expect(t87s__entry_sum(entry, t87s__tag_tree_epochs(rooms.tree)) ==
               t87s__epochs_sum(t87s__tag_tree_epochs(rooms.tree), stripes, parts->n_tags),
           "sum of the stripes", parts);
    struct t87s__entry_aging *aging = t87s__entry_aging(entry);
    expect((aging != NULL) == (parts->grace_ms > 0 || parts->refetched), "aging", parts);
    if (aging) { /* it can be written without harm to its neighbours */
        expect((uintptr_t)aging % _Alignof(struct t87s__entry_aging) == 0, "alignment of aging", parts);
        expect(atomic_load(&aging->soft_ms) == INT64_MAX && atomic_load(&aging->failures) == 0, "a new aging", parts);
        expect((unsigned char *)(aging + 1) <= block + size, "aging is in the block", parts);
        atomic_store(&aging->soft_ms, -1);
        atomic_store(&aging->retry_ms, -1);
        atomic_store(&aging->failures, 255);
        expect(t87s__entry_tags(entry, tags) == parts->n_tags &&
                   memcmp(tags, parts->tags, parts->n_tags * sizeof *tags) == 0,
               "tags behind an aging", parts);
        expect(memcmp(value, parts->value, parts->value_size) == 0, "value before an aging", parts);
    }
    const bool matches = t87s__entry_has_key_and_fixed(entry, &parts->key, (uint32_t)parts->value_size);
    expect(!matches || (parts->fixed && parts->key.generated && !parts->negative), "a match of fixed size", parts);
    if (parts->fixed && parts->key.generated && !parts->negative && parts->row <= 16383 && parts->key.size < 4096 &&
        parts->value_size < 1 << 24)
        expect(matches, "no match of fixed size", parts);
    expect(!t87s__entry_has_key_and_fixed(entry, &parts->key, (uint32_t)parts->value_size + 8), "another size", parts);
    unref(&rooms, entry);
}

static const struct {
    int64_t expires, created;
} times[] = {
    {1000, 400},
    {0, 0},
    {(INT64_C(1) << 42) - 1, (INT64_C(1) << 42) - (INT64_C(1) << 22)}, /* the last that fit */
    {INT64_C(1) << 42, (INT64_C(1) << 42) - 5},
    {INT64_C(1) << 22, 0},
    {5, -5},
    {-5, -9},
    {400, 1000}, /* a clock that went back */
    {INT64_MAX, 0},
    {INT64_MAX, INT64_MIN},
    {INT64_MIN, INT64_MAX},
};
static const size_t key_sizes[] = {1, 7, 8, 15, 16, 17, 4095, 4096, 70000};
static const size_t value_sizes[] = {0, 1, 8, 16, 63, 64, 65, 1000};
static const uint32_t rows[] = {0, 1, 255, 16383, 16384, 100000};
static const int64_t graces[] = {0, -1, 1, INT64_MAX};

#define COUNT(array) (sizeof(array) / sizeof *(array))

START_TEST(whatever_goes_into_an_entry_comes_out_again)
{
    t87s__node nodes[T87S_MAX_TAGS];
    static const char *const tags[T87S_MAX_TAGS] = {"a/1", "b/2", "c", "d/4/e/5", "e/5", "f/6", "g", "h/8"};
    for (int i = 0; i < T87S_MAX_TAGS; i++)
        nodes[i] = intern(&rooms, tags[i]);
    size_t tried = 0;
    for (size_t t = 0; t < COUNT(times); t++)
        for (size_t k = 0; k < COUNT(key_sizes); k++)
            for (size_t r = 0; r < COUNT(rows); r++)
                for (size_t g = 0; g < COUNT(graces); g++)
                    for (uint8_t n = 0; n <= T87S_MAX_TAGS; n++) {
                        /* The rest in step, so that each meets each sooner or later. */
                        const size_t size = value_sizes[tried % COUNT(value_sizes)];
                        const bool generated = tried / 3 % 2, fixed = tried / 5 % 2, negative = tried % 11 == 0;
                        struct t87s__entry_parts parts = {
                            .key = t87s__key_make(bytes + tried % 5, key_sizes[k], generated, ROOMS_SEED),
                            .tags = nodes,
                            .n_tags = n,
                            .tags_hash = tried * UINT64_C(0x9e3779b97f4a7c15),
                            .row = rows[r],
                            .value = bytes + tried % 3,
                            .value_size = negative ? 0 : size,
                            .fixed = fixed,
                            .negative = negative,
                            .refetched = tried / 7 % 2,
                            .birth = tried % 2 ? tried : (UINT64_C(1) << 48) - 1 - tried,
                            .created_ms = times[t].created,
                            .expires_ms = times[t].expires,
                            .grace_ms = graces[g]};
                        expect_round_trip(&parts);
                        tried++;
                    }
    ck_assert_uint_gt(tried, 15000);
    for (int i = 0; i < T87S_MAX_TAGS; i++)
        t87s__tag_tree_unref(rooms.tree, nodes[i]);
}
END_TEST

START_TEST(a_value_of_more_than_16_mib_has_its_size)
{
    static const size_t sizes[] = {(1 << 24) - 1, 1 << 24, (1 << 24) + 1, 40 << 20};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        unsigned char *value = malloc(sizes[i]);
        ck_assert_ptr_nonnull(value);
        memset(value, 'v', sizes[i]);
        value[0] = 'f';
        value[sizes[i] - 1] = 'l';
        for (int fixed = 0; fixed < 2; fixed++) {
            struct t87s__entry_parts parts = {.key = t87s__key_make("key", 3, fixed, ROOMS_SEED),
                                              .tags = (const t87s__node[1]){0}, /* none of it */
                                              .value = value,
                                              .value_size = sizes[i],
                                              .fixed = fixed,
                                              .birth = 1,
                                              .expires_ms = 5};
            expect_round_trip(&parts);
        }
        free(value);
    }
}
END_TEST

START_TEST(a_size_beyond_the_header_matches_no_smaller_one)
{
    struct t87s__entry_parts parts = {.key = t87s__key_make(bytes, 16, true, ROOMS_SEED),
                                      .value = bytes,
                                      .value_size = 64,
                                      .fixed = true,
                                      .birth = 1,
                                      .expires_ms = 5};
    struct t87s__entry *entry = make(&parts);
    ck_assert(t87s__entry_has_key_and_fixed(entry, &parts.key, 64));
    ck_assert(!t87s__entry_has_key_and_fixed(entry, &parts.key, (1 << 24) + 64)); /* nor is read so far behind it */
    unref(&rooms, entry);
}
END_TEST

static size_t size_of_block(const struct t87s__entry_parts *parts) {
    const size_t before = block_bytes();
    struct t87s__entry *entry = make(parts);
    const size_t size = block_bytes() - before;
    unref(&rooms, entry);
    return size;
}

START_TEST(a_block_has_only_the_parts_it_needs)
{
    const t87s__node node = intern(&rooms, "users/42");
    const t87s__node nodes[T87S_MAX_TAGS] = {node, node, node, node, node, node, node, node};
    struct t87s__entry_parts parts = {.key = t87s__key_make(bytes, 16, true, ROOMS_SEED),
                                      .tags = nodes,
                                      .n_tags = 1,
                                      .value = bytes,
                                      .value_size = 64,
                                      .fixed = true,
                                      .birth = 1,
                                      .created_ms = 1000,
                                      .expires_ms = 31000};
    ck_assert_uint_eq(size_of_block(&parts), 120); /* 40 + 64 + 16 */
    parts.n_tags = 0;
    ck_assert_uint_eq(size_of_block(&parts), 120);
    parts.n_tags = 3;
    ck_assert_uint_eq(size_of_block(&parts), 120 + 2 * 6);
    parts.n_tags = 1;
    parts.grace_ms = 1;
    ck_assert_uint_eq(size_of_block(&parts), 120 + sizeof(struct t87s__entry_aging));
    parts.grace_ms = 0;
    parts.refetched = true;
    ck_assert_uint_eq(size_of_block(&parts), 120 + sizeof(struct t87s__entry_aging));
    parts.refetched = false;
    parts.expires_ms = INT64_MAX;
    ck_assert_uint_eq(size_of_block(&parts), 120 + sizeof(struct t87s__entry_times));
    parts.expires_ms = 31000;
    parts.row = 16384;
    ck_assert_uint_eq(size_of_block(&parts), 120 + sizeof(struct t87s__entry_sizes));
    parts.row = 16383;
    parts.key = t87s__key_make(bytes, 16, false, ROOMS_SEED);
    ck_assert_uint_eq(size_of_block(&parts), 120 + sizeof(uint64_t));
    parts.fixed = false;
    parts.key = t87s__key_make(bytes, 16, true, ROOMS_SEED);
    ck_assert_uint_eq(size_of_block(&parts), 64 + 64 + 1); /* key up to 56, the value at 64, a NUL */
    t87s__tag_tree_unref(rooms.tree, node);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("the layout of an entry");
    TCase *tests = tcase_create("the layout of an entry");
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, whatever_goes_into_an_entry_comes_out_again);
    tcase_add_test(tests, a_value_of_more_than_16_mib_has_its_size);
    tcase_add_test(tests, a_size_beyond_the_header_matches_no_smaller_one);
    tcase_add_test(tests, a_block_has_only_the_parts_it_needs);
    return run_suites(suite, NULL);
}
