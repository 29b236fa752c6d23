/* SPDX-License-Identifier: MIT */
/* Every allocation fails, once and from then on. The cache is never the reason a query fails (law 6), an invalidation
 * needs no memory (law 7), and whatever failed, nothing is lost or freed twice. */
#include "fault_allocator.h"
#include "scene.h"
#include "suites.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.tags.h"

/* ---- the source ---- */

enum { NOTE_PIECES = 40, USERS = 30, CROWD = 700, CROWDED = 300 << 10 };

static bool of_many; /* not a sample, but all: `./dev faults` */

static _Atomic(uint64_t) version;

enum t87s_status faults_fetch_get_user(void *app, uint64_t user_id, struct faults_user *out) {
    (void)app;
    out->id = user_id;
    out->version = version;
    return T87S_OK;
}

enum t87s_status faults_fetch_get_note(void *app, uint64_t user_id, uint64_t note_id, struct t87s_buffer *out) {
    (void)app;
    char piece[64];
    int size = snprintf(piece, sizeof piece, "%" PRIu64 "/%" PRIu64 "/%" PRIu64 ";", user_id, note_id, version);
    for (int i = 0; i < NOTE_PIECES; i++) /* grows the buffer several times */
        if (t87s_buffer_append(out, piece, (size_t)size) != T87S_OK)
            return T87S_E_NOMEM;
    return T87S_OK;
}

enum t87s_status faults_fetch_get_name(void *app, uint64_t user_id, struct t87s_buffer *out) {
    (void)app, (void)user_id, (void)out;
    return T87S_NOT_FOUND;
}

enum t87s_status faults_apply_touch(void *app, uint64_t user_id) {
    (void)app, (void)user_id;
    version++;
    return T87S_OK;
}

/* ---- queries that must be answered, whatever fails ---- */

static void expect_user(struct faults_cache *cache, uint64_t id, uint64_t oldest) {
    struct faults_user user;
    memset(&user, 0xee, sizeof user);
    ck_assert_int_eq(faults_get_user(cache, id, &user), T87S_OK);
    ck_assert_uint_eq(user.id, id);
    ck_assert_uint_ge(user.version, oldest);
    ck_assert_uint_le(user.version, version);
}

static void expect_note(struct faults_cache *cache, uint64_t user, uint64_t id, uint64_t oldest) {
    struct t87s_value note;
    uint64_t said_user, said_id, said_version;
    ck_assert_int_eq(faults_get_note(cache, user, id, &note), T87S_OK);
    ck_assert_int_eq(sscanf(note.data, "%" SCNu64 "/%" SCNu64 "/%" SCNu64, &said_user, &said_id, &said_version), 3);
    ck_assert_uint_eq(said_user, user);
    ck_assert_uint_eq(said_id, id);
    ck_assert_uint_ge(said_version, oldest);
    ck_assert_uint_eq(note.size % NOTE_PIECES, 0);
    t87s_value_release(&note);
}

static void expect_no_name(struct faults_cache *cache, uint64_t user) {
    struct t87s_value name;
    ck_assert_int_eq(faults_get_name(cache, user, &name), T87S_NOT_FOUND);
    ck_assert_ptr_null(name.data);
}

static struct source page = {.text = "text"}; /* lives until the close, for verifications */

static void expect_by_hand(struct scene *scene, const char *key) {
    struct t87s_tag tags[] = {tag_of("pages/1"), tag_of("pages/1/lines/2"), tag_of("all")};
    struct t87s_query query = query_of(key, &page, tags);
    query.n_tags = 3;
    struct answer answer = ask(scene, &query);
    ck_assert_int_eq(answer.status, T87S_OK);
    ck_assert_str_eq(answer.text, "text");
}

static void expect_set_and_get(struct scene *scene) {
    struct t87s_tag tag = tag_of("pages/7");
    struct t87s_set_options options = {.tags = &tag, .n_tags = 1, .token = t87s_token(scene->cache)};
    enum t87s_status status = t87s_set(scene->cache, "page", 4, "text", 4, &options);
    struct answer answer = get(scene, "page");
    if (status == T87S_OK) {
        EXPECT_ANSWER(answer, "text", 0, 0);
    } else { /* "not kept: the key is then as after t87s_delete" */
        ck_assert_int_eq(status, T87S_E_NOMEM);
        ck_assert_int_eq(answer.status, T87S_MISS);
    }
    invalidate(scene, "pages/7", 0);
    ck_assert_int_eq(get(scene, "page").status, T87S_MISS);
}

/* All statistics, as text in memory that may fail as well. */
static void expect_statistics(struct scene *scene) {
    static const char eof[] = "# EOF\n";
    struct t87s_query_stats rows[4];
    struct t87s_buffer text = {.allocator = scene->options.allocator};
    ck_assert_uint_eq(t87s_stats_queries(scene->cache, rows, 4), 4);
    ck_assert_uint_eq(rows[0].found_wrong, 0);
    enum t87s_status status = t87s_stats_openmetrics(scene->cache, &text);
    if (status == T87S_OK) {
        ck_assert_uint_gt(text.size, sizeof eof);
        ck_assert_mem_eq(text.data + text.size - (sizeof eof - 1), eof, sizeof eof - 1);
    } else { /* "the buffer holds what it held before" */
        ck_assert_int_eq(status, T87S_E_NOMEM);
        ck_assert_uint_eq(text.size, 0);
    }
    t87s_buffer_release(&text);
}

static void count_refresh(void *arg, const struct t87s_value *old, const struct t87s_value *fresh, bool changed) {
    (void)old, (void)changed;
    ck_assert_ptr_nonnull(fresh->data);
    atomic_fetch_add((atomic_int *)arg, 1);
}

/* By hand with everything a query may have: a name, jitter, grace and a callback. */
static void expect_by_hand_in_full(struct scene *scene, atomic_int *refreshed) {
    struct t87s_tag tags[] = {tag_of("pages/2"), tag_of("pages/2/lines/=x")};
    struct t87s_query query = query_of("in full", &page, tags);
    query.n_tags = 2;
    query.name = "in full";
    query.ttl_ms = 1000;
    query.grace_ms = 5000;
    query.jitter_percent = 10;
    query.on_refresh = count_refresh;
    query.on_refresh_arg = refreshed;
    for (unsigned flags = 0; flags < 4; flags++) {
        ck_assert_str_eq(ask(scene, &query).text, "text");
        ck_assert_int_eq(t87s_invalidate(scene->cache, tags, 2, flags), T87S_OK);
        ck_assert_str_eq(ask(scene, &query).text, "text"); /* stale, with a refresh, or fetched */
        scene_settle(scene);
    }
}

/* The life of a cache. */
static void live(struct scene *scene, struct faults_cache *cache) {
    scene->cache = faults_primitives(cache);
    scene->idle_bytes = scene_stats(scene).bytes_other;
    for (int round = 0; round < 2; round++) {
        expect_user(cache, 1, version);
        expect_note(cache, 1, 2, version);
        expect_no_name(cache, 1);
        expect_by_hand(scene, "by hand");
        expect_set_and_get(scene);
    }
    for (uint64_t id = 2; id < USERS; id++) /* table, tree and queues grow */
        expect_user(cache, id, version);

    ck_assert_int_eq(faults_touch(cache, 1), T87S_OK); /* the law, with memory or without */
    expect_user(cache, 1, version);
    expect_note(cache, 1, 2, version);

    uint64_t before = version++;
    ck_assert_int_eq(faults_invalidate_soft(cache, faults_tag_users_all()), T87S_OK);
    for (int round = 0; round < 2; round++) {
        expect_user(cache, 1, before); /* stale or fresh, but answered; refreshed in the background if that can be */
        expect_note(cache, 1, 2, before);
        scene_settle(scene);
    }
    fake_clock_advance(&scene->clock, 31000);
    expect_user(cache, 1, before);
    scene_settle(scene);

    version++;
    ck_assert_int_eq(faults_invalidate_exact(cache, faults_tag_users(1)), T87S_OK);
    struct faults_user user;
    struct t87s_entries entries;
    ck_assert_int_eq(faults_get_user_entries(cache, 1, &user, &entries), T87S_OK);
    ck_assert_uint_eq(user.version, version);
    ck_assert_int_eq(entries.before.outcome, T87S_FETCHED);
    atomic_int refreshed = 0;
    expect_by_hand_in_full(scene, &refreshed);
    expect_statistics(scene);

    ck_assert_int_eq(t87s_delete(scene->cache, "by hand", 7), T87S_OK);
    expect_by_hand(scene, "by hand");
    ck_assert_int_eq(t87s_clear(scene->cache), T87S_OK);
    ck_assert_uint_eq(scene_stats(scene).entries, 0);
    expect_user(cache, 1, version);
}

/* Many entries in little room: tables, buckets and queues grow several times, and entries are evicted all along. */
static void live_in_a_crowd(struct scene *scene, struct faults_cache *cache) {
    scene->cache = faults_primitives(cache);
    for (uint64_t id = 0; id < CROWD; id++)
        expect_user(cache, id, version);
    ck_assert_int_eq(faults_touch(cache, 7), T87S_OK);
    expect_user(cache, 7, version);
    struct t87s_stats stats = scene_stats(scene);
    ck_assert_uint_le(stats.bytes_used, stats.capacity_bytes);
    ck_assert(stats.evictions > 0 || stats.not_kept_no_memory > 0);
}

typedef void a_life(struct scene *scene, struct faults_cache *cache);

/* How many allocations failed in a whole life with this memory. */
static long walk_with(struct fault_allocator *memory, a_life *life, size_t capacity, double verify_fraction) {
    struct scene scene;
    struct faults_cache *cache;
    version = 1;
    scene_init(&scene);
    scene.options.allocator = &memory->allocator;
    scene.options.verify_fraction = verify_fraction;
    scene.options.capacity_bytes = capacity;
    scene.options.tracer = NULL;
    enum t87s_status status = faults_open(&scene.options, NULL, &cache);
    if (status == T87S_OK) {
        life(&scene, cache);
    } else {
        ck_assert_int_eq(status, T87S_E_NOMEM);
        ck_assert_ptr_null(cache);
    }
    scene_close(&scene);
    ck_assert_msg(atomic_load(&memory->live_blocks) == 0, "%ld of %ld allocations failed, %ld blocks are left",
                  atomic_load(&memory->failed), atomic_load(&memory->allocations), atomic_load(&memory->live_blocks));
    return atomic_load(&memory->failed);
}

/* Whether anything failed in a life whose allocation number `n` fails. */
static bool walk(long n, bool for_ever, double verify_fraction) {
    struct fault_allocator memory;
    fault_allocator_init(&memory, n, for_ever);
    return walk_with(&memory, live, 0, verify_fraction) > 0;
}

START_TEST(any_one_allocation_may_fail)
{
    long n = 0;
    while (walk(n, false, 0))
        n++;
    ck_assert_int_gt(n, 100); /* the walk was one */
}
END_TEST

START_TEST(all_allocations_may_fail_from_any_one_on)
{
    long n = 0;
    while (walk(n, true, 0))
        n++;
    ck_assert_int_gt(n, 100);
}
END_TEST

START_TEST(any_one_allocation_may_fail_while_hits_are_verified)
{
    long n = 0;
    while (walk(n, false, 1))
        n += 3; /* threads take memory in any order: a sample is as good */
    ck_assert_int_gt(n, 100);
}
END_TEST

START_TEST(any_one_allocation_may_fail_in_a_crowd)
{
    struct fault_allocator memory;
    long n = 0, step = of_many ? 1 : 19;
    for (long failed = 1; failed; n += step) {
        fault_allocator_init(&memory, n, false);
        failed = walk_with(&memory, live_in_a_crowd, CROWDED, 0);
    }
    ck_assert_int_gt(n, CROWD);
}
END_TEST

/* Each pair of allocations, or a sample of them. A life has more of them after some failures and fewer after others. */
START_TEST(any_two_allocations_may_fail)
{
    struct fault_allocator memory;
    long pairs = 0, step = of_many ? 1 : 5;
    for (long first = 0, failed = 1; failed; first += step) {
        for (long distance = first % step, both = 2; both == 2; distance += step) {
            fault_allocator_init_pair(&memory, first, distance);
            both = failed = walk_with(&memory, live, 0, 0);
            pairs += both == 2;
        }
    }
    ck_assert_int_gt(pairs, 100);
    printf("%ld pairs\n", pairs);
}
END_TEST

/* ---- no memory at all after the open ---- */

static void open_and_run_dry(struct scene *scene, struct fault_allocator *memory, struct faults_cache **cache) {
    version = 1;
    scene_init(scene);
    fault_allocator_init(memory, FAULT_NEVER, true);
    scene->options.allocator = &memory->allocator;
    ck_assert_int_eq(faults_open(&scene->options, NULL, cache), T87S_OK);
    scene->cache = faults_primitives(*cache);
    atomic_store(&memory->until_failure, 0);
}

START_TEST(without_any_memory_every_query_is_answered_by_its_fetch)
{
    struct scene scene;
    struct fault_allocator memory;
    struct faults_cache *cache;
    open_and_run_dry(&scene, &memory, &cache);
    for (uint64_t i = 0; i < 100; i++) {
        version++;
        expect_user(cache, i % 3, version);
        expect_note(cache, i % 3, i, version);
        expect_no_name(cache, i);
        expect_by_hand(&scene, "key");
        ck_assert_int_eq(faults_touch(cache, i), T87S_OK);
        expect_set_and_get(&scene);
    }
    struct t87s_stats stats = scene_stats(&scene);
    ck_assert_uint_eq(stats.fetches, 400);
    ck_assert_uint_eq(stats.entries, 0);
    ck_assert_uint_gt(stats.not_kept_no_memory, 0);
    scene_close(&scene);
    ck_assert_int_eq(atomic_load(&memory.live_blocks), 0);
}
END_TEST

static enum t87s_status ask_again(void *arg) {
    struct scene *scene = arg;
    struct source never = {.text = ""};
    struct t87s_query query = query_of("key", &never, NULL);
    return ask(scene, &query).status;
}

START_TEST(a_fetch_of_its_own_key_is_refused_without_memory_too)
{
    struct scene scene;
    struct fault_allocator memory;
    struct faults_cache *cache;
    open_and_run_dry(&scene, &memory, &cache);
    struct source source = {.text = "value", .inside = ask_again, .inside_arg = &scene};
    struct t87s_query query = query_of("key", &source, NULL);
    ck_assert_int_eq(ask(&scene, &query).status, T87S_E_DEADLOCK);
    ck_assert_int_eq(atomic_load(&source.fetches), 1);
    scene_close(&scene);
}
END_TEST

START_TEST(when_memory_is_back_the_cache_is_one_again)
{
    struct scene scene;
    struct fault_allocator memory;
    struct faults_cache *cache;
    open_and_run_dry(&scene, &memory, &cache);
    expect_user(cache, 1, 1);
    atomic_store(&memory.until_failure, FAULT_NEVER);
    expect_user(cache, 1, 1);
    struct faults_user user;
    ck_assert_int_eq(faults_peek_get_user(cache, 1, &user), T87S_OK);
    scene_close(&scene);
}
END_TEST

/* The entry was kept while there was memory; now it is stale and there is none for a background fetch. */
START_TEST(an_old_answer_is_fetched_anew_in_line_when_a_refresh_has_no_memory)
{
    struct scene scene;
    struct fault_allocator memory;
    struct faults_cache *cache;
    open_and_run_dry(&scene, &memory, &cache);
    atomic_store(&memory.until_failure, FAULT_NEVER);
    expect_user(cache, 1, 1);
    atomic_store(&memory.until_failure, 0);
    fake_clock_advance(&scene.clock, 31000);
    version = 2;
    expect_user(cache, 1, 2);
    ck_assert_uint_eq(scene_stats(&scene).refreshes_inline, 1);
    scene_close(&scene);
}
END_TEST

/* The flight was there before the memory went; its value still reaches who joined it. */
START_TEST(a_joiner_gets_its_answer_when_memory_ends_during_the_fetch)
{
    struct scene scene;
    struct fault_allocator memory;
    struct faults_cache *cache;
    struct gate gate;
    struct actor a, b;
    struct source source = {.text = "Ada", .gate = &gate};
    struct t87s_query query = query_of("user:7", &source, NULL);
    open_and_run_dry(&scene, &memory, &cache);
    atomic_store(&memory.until_failure, FAULT_NEVER);
    gate_init(&gate);
    actor_start(&a, "A", &scene, &query);
    gate_await(&gate, 1);
    actor_start(&b, "B", &scene, &query);
    scene_await(&scene, "-> join", 1);
    atomic_store(&memory.until_failure, 0);
    gate_open(&gate);
    struct answer led = actor_join(&a);
    EXPECT_ANSWER(led, "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert(!led.entries.after.present);
    EXPECT_ANSWER(actor_join(&b), "Ada", T87S_JOINED, T87S_REASON_ABSENT);
    ck_assert_int_eq(atomic_load(&source.fetches), 1);
    scene_close(&scene);
    ck_assert_int_eq(atomic_load(&memory.live_blocks), 0);
}
END_TEST

int main(void) {
    of_many = getenv("T87S_ALL_FAULTS") != NULL;
    return run_suites(
        suite_of("every allocation fails", any_one_allocation_may_fail, all_allocations_may_fail_from_any_one_on,
                 any_one_allocation_may_fail_while_hits_are_verified, any_one_allocation_may_fail_in_a_crowd,
                 any_two_allocations_may_fail, NULL),
        suite_of("no memory at all", without_any_memory_every_query_is_answered_by_its_fetch,
                 a_fetch_of_its_own_key_is_refused_without_memory_too, when_memory_is_back_the_cache_is_one_again,
                 an_old_answer_is_fetched_anew_in_line_when_a_refresh_has_no_memory,
                 a_joiner_gets_its_answer_when_memory_ends_during_the_fetch, NULL),
        NULL);
}
