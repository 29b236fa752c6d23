/* SPDX-License-Identifier: MIT
 *
 * Readers without a lock, staged: one stands between two steps of a look-up, and writers do their worst meanwhile.
 */
#include <stdio.h>

#include "cache.h"
#include "calls.h"
#include "fake_clock.h"
#include "read_section.h"
#include "scene.h"
#include "suites.h"
#include "yield.h"

static struct fake_clock fake;
static struct t87s_cache *cache;
static struct call reader, writer;

/* ---- a query made by hand, and one as a header would have it ---- */

static const uint64_t old_value = UINT64_C(0x0123456789abcdef);

static enum t87s_status fetch(void *arg, struct t87s_buffer *out) {
    (void)arg;
    return t87s_buffer_append(out, &old_value, sizeof old_value);
}

static enum t87s_status fetch_fixed(const struct t87s_gen_query *query, void *app, const unsigned char *key,
                                    void *out) {
    (void)query, (void)app, (void)key;
    memcpy(out, &old_value, sizeof old_value);
    return T87S_OK;
}

static const struct t87s_gen_kind *fixed_kind(void) {
    static const struct t87s_gen_kind kind = {.fetch = fetch_fixed, .item = t87s_gen_no_item, .params = ""};
    return &kind;
}

static const struct t87s_gen_query fixed_query = {
    .kind = fixed_kind, .value_size = sizeof old_value, .fingerprint = 7, .text = "s\005users;\0number"};

/* Whichever the reader is, it is answered with the whole value. */
static void query_fixed(void *arg) {
    (void)arg;
    uint64_t out = 0;
    ck_assert_int_eq(t87s_gen_call(cache, &fixed_query, (const unsigned char *)&fixed_query.fingerprint,
                                   sizeof fixed_query.fingerprint, &out, NULL),
                     T87S_OK);
    ck_assert_uint_eq(out, old_value);
}

static const struct t87s_gen_kind *numbered_kind(void) {
    static const struct t87s_gen_kind kind = {.fetch = fetch_fixed, .item = t87s_gen_no_item, .params = "Q"};
    return &kind;
}

/* A thread's first section is not begun on this way, so it has had one. */
static void query_in_registers(void *arg) {
    static const struct t87s_gen_query query = {
        .kind = numbered_kind, .value_size = sizeof old_value, .fingerprint = 8, .text = "s\005users;\0number"};
    (void)arg;
    uint64_t out = 0;
    t87s__read_begin();
    t87s__read_end();
    ck_assert_int_eq(t87s_gen_call_16(cache, &query, query.fingerprint, 1, &out), T87S_OK);
    ck_assert_uint_eq(out, old_value);
}

static void query_as(struct t87s_entries *entries) {
    const struct t87s_tag tag = tag_of("users/7/posts");
    const struct t87s_query query = {.key = "key", .key_len = 3, .tags = &tag, .n_tags = 1, .fetch = fetch};
    struct t87s_value value;
    ck_assert_int_eq(t87s_query(cache, &query, &value, entries), T87S_OK);
    ck_assert_mem_eq(value.data, &old_value, sizeof old_value);
    t87s_value_release(&value);
}

static void query_plainly(void *arg) {
    (void)arg;
    query_as(NULL);
}

static void query_the_long_way(void *arg) {
    (void)arg;
    struct t87s_entries entries;
    query_as(&entries);
}

static void get_if_there(void *arg) {
    (void)arg;
    struct t87s_value value;
    if (t87s_get(cache, "key", 3, &value) == T87S_OK)
        ck_assert_mem_eq(value.data, &old_value, sizeof old_value);
    t87s_value_release(&value);
}

static void setup(void) {
    static const struct t87s_gen_schema schema = {T87S_CODEGEN_ABI, 1, "readers", "number"};
    fake_clock_init(&fake, 0);
    ck_assert_int_eq(t87s_gen_open(&(struct t87s_options){.clock = &fake.clock}, &schema, NULL, &cache), T87S_OK);
}

static void teardown(void) { t87s_close(cache); }

/* What carries a tag beside that of "key" is invalidated: the next hit walks. */
static void make_it_walk(void) {
    const struct t87s_tag sibling = tag_of("users/7/likes");
    const struct t87s_set_options options = {.tags = &sibling, .n_tags = 1};
    ck_assert_int_eq(t87s_set(cache, "beside", 6, "", 0, &options), T87S_OK);
    ck_assert_int_eq(t87s_invalidate(cache, &sibling, 1, 0), T87S_OK);
}

static struct t87s__key key_of(const char *text) { return t87s__key_make(text, strlen(text), false, cache->seed); }

/* ---- what left the table ---- */

static void run_a_round(void *arg) {
    (void)arg;
    ck_assert(t87s__retired_round(cache->retired));
}

static const struct standing {
    const char *label;
    void (*read)(void *arg);
} standings[] = {
    {"read: cell read, its entry not looked at", query_plainly},
    {"read: cell read, its entry not looked at", query_fixed},
    {"read: cell read, its entry not looked at", query_in_registers},
    {"validate: sum read, tags not walked", query_plainly},
    {"validate: tags walked, not validated", query_plainly},
    {"hit: judged, no reference taken", query_plainly},
    {"hit: judged, nothing copied", query_fixed},
    {"hit: judged, nothing copied", query_in_registers},
    {"judge: listed, tags not walked", query_the_long_way},
};

START_TEST(nothing_is_given_back_while_a_reader_stands_in_front_of_it)
{
    const struct standing *standing = &standings[_i];
    query_plainly(NULL);
    query_fixed(NULL);
    query_in_registers(NULL);
    make_it_walk();
    call_stop_at(&reader, standing->read, NULL, standing->label);
    ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    const size_t retired = t87s__retired_bytes(cache->retired);
    ck_assert_uint_gt(retired, 0);
    call_start(&writer, run_a_round, NULL);
    ck_assert(!call_ends_soon(&writer));
    ck_assert_uint_eq(t87s__retired_bytes(cache->retired), retired);
    call_go_on(&reader);
    call_join(&writer);
}
END_TEST

START_TEST(what_leaves_during_a_round_waits_for_the_next)
{
    query_plainly(NULL);
    const struct t87s__key key = key_of("key");
    call_stop_at(&writer, run_a_round, NULL, "retired: readers waited for");
    t87s__read_begin();
    struct t87s__entry *entry = t87s__entry_table_read(cache->table, &key);
    ck_assert_ptr_nonnull(entry);
    ck_assert_int_eq(t87s_delete(cache, "key", 3), T87S_OK);
    const size_t retired = t87s__retired_bytes(cache->retired);
    ck_assert_uint_eq(retired, t87s__entry_cost(entry));
    call_go_on(&writer);
    t87s__retired_reap(cache->retired, UINT32_MAX);
    ck_assert_uint_eq(t87s__retired_bytes(cache->retired), retired);
    ck_assert_mem_eq(t87s__entry_value(entry), &old_value, sizeof old_value);
    t87s__read_end();
    t87s__retired_relieve(cache->retired);
    ck_assert_uint_eq(t87s__retired_bytes(cache->retired), 0);
}
END_TEST

START_TEST(who_validates_an_entry_that_leaves_does_not_tear_the_list_it_is_in)
{
    static const char *const labels[] = {"validate: sum read, tags not walked", "validate: tags walked, not validated"};
    query_plainly(NULL);
    make_it_walk();
    ck_assert_int_eq(t87s_set(cache, "before", 6, "", 0, NULL), T87S_OK);
    call_stop_at(&reader, get_if_there, NULL, labels[_i]);
    ck_assert_int_eq(t87s_delete(cache, "before", 6), T87S_OK);
    ck_assert_int_eq(t87s_delete(cache, "key", 3), T87S_OK); /* it leads to the other */
    call_go_on(&reader);
    t87s__retired_relieve(cache->retired);
    ck_assert_uint_eq(t87s__retired_bytes(cache->retired), 0);
}
END_TEST

/* ---- a table that grows ---- */

enum { FILLED = 300 };
static atomic_int n_set; /* are in the table */

static void fill(void *arg) {
    (void)arg;
    char text[16];
    for (int i = atomic_load(&n_set); i < FILLED; i = atomic_fetch_add(&n_set, 1) + 1) {
        snprintf(text, sizeof text, "%d", i);
        ck_assert_int_eq(t87s_set(cache, text, strlen(text), text, strlen(text), NULL), T87S_OK);
    }
}

/* How many shards tell readers that their cells are changing. */
static int shards_that_change(void) {
    int n = 0;
    for (uint64_t shard = 0; shard < TABLE_SHARDS; shard++)
        n += (int)(t87s__entry_table_changes(cache->table, shard << 58) & 1);
    return n;
}

/* The oldest first: others stand behind them in their chains, and move. */
static void delete_all(void *arg) {
    (void)arg;
    for (int i = 0, n = atomic_load(&n_set); i < n; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", i);
        ck_assert_int_eq(t87s_delete(cache, text, strlen(text)), T87S_OK);
    }
}

START_TEST(no_look_is_certain_while_a_cell_stands_in_two_places)
{
    atomic_store(&n_set, 0);
    fill(NULL);
    ck_assert_int_eq(shards_that_change(), 0);
    call_stop_at(&writer, delete_all, NULL, "take: a cell stands in two places");
    ck_assert_int_eq(shards_that_change(), 1);
    call_go_on(&writer);
    ck_assert_int_eq(shards_that_change(), 0);
}
END_TEST

START_TEST(while_a_table_grows_every_reader_finds_what_is_in_it)
{
    static const char *const labels[] = {"grow: cell read, not copied", "grow: all copied, nothing marked",
                                         "grow: some cells marked"};
    const uint32_t cells = t87s__entry_table_cells(cache->table);
    atomic_store(&n_set, 0);
    t87s__yield_hold(labels[_i]);
    call_start(&writer, fill, NULL);
    for (int stops = 0; stops < 20; stops++) {
        t87s__yield_await();
        ck_assert_int_eq(shards_that_change(), 1);
        for (int i = 0, n = atomic_load(&n_set); i < n; i++) {
            char text[16];
            snprintf(text, sizeof text, "%d", i);
            const struct t87s__key key = key_of(text);
            t87s__read_begin();
            ck_assert_ptr_nonnull(t87s__entry_table_read(cache->table, &key));
            t87s__read_end();
        }
        t87s__yield_release_to(stops < 19 ? labels[_i] : NULL);
    }
    call_join(&writer);
    ck_assert_uint_gt(t87s__entry_table_cells(cache->table), cells);
}
END_TEST

START_TEST(the_cells_a_table_grew_out_of_stay_for_their_readers)
{
    t87s__read_begin();
    const struct t87s__generation *generation = atomic_load(&cache->table->generation);
    while (atomic_load(&cache->table->generation) == generation) {
        atomic_store(&n_set, 0);
        fill(NULL);
        ck_assert_int_eq(t87s_clear(cache), T87S_OK);
    }
    t87s__retired_reap(cache->retired, UINT32_MAX);
    ck_assert_uint_ge(t87s__retired_bytes(cache->retired), generation->block_size);
    for (uint32_t at = 0; at < generation->n_cells; at++)
        ck_assert_uint_eq(atomic_load(&generation->cells[at]), T87S__CELL_MOVED);
    t87s__read_end();
}
END_TEST

int main(void) {
    TCase *staged = tcase_create("staged");
    tcase_add_checked_fixture(staged, setup, teardown);
    tcase_add_loop_test(staged, nothing_is_given_back_while_a_reader_stands_in_front_of_it, 0,
                        sizeof standings / sizeof *standings);
    tcase_add_test(staged, what_leaves_during_a_round_waits_for_the_next);
    tcase_add_loop_test(staged, who_validates_an_entry_that_leaves_does_not_tear_the_list_it_is_in, 0, 2);
    tcase_add_test(staged, no_look_is_certain_while_a_cell_stands_in_two_places);
    tcase_add_loop_test(staged, while_a_table_grows_every_reader_finds_what_is_in_it, 0, 3);
    tcase_add_test(staged, the_cells_a_table_grew_out_of_stay_for_their_readers);
    Suite *suite = suite_create("readers without a lock");
    suite_add_tcase(suite, staged);
    return run_suites(suite, NULL);
}
