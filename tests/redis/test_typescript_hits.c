/* SPDX-License-Identifier: MIT
 *
 * Tags shared with a process of the TypeScript original: the way of a hit, what is near, and where it cannot be.
 */
#include <hiredis/hiredis.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "original.h"
#include "redis_server.h"
#include "scene.h"
#include "suites.h"

enum { BOUND_MS = 300, LEEWAY_MS = 5000 /* of a busy machine */ };

static struct redis_server server;
static struct client client;
static struct original original;

static struct t87s_redis_options options(bool near_off) {
    return (struct t87s_redis_options){
        .uri = server.uri, .prefix = "app", .near_off = near_off, .timeout_ms = 5000, .share_with_typescript = true};
}

static void start(void) {
    redis_server_start(&server, NULL);
    client_open(&client, options(true));
    original_open(&original, server.socket, "app");
}

static void stop(void) {
    original_close(&original);
    client_close(&client);
    redis_server_stop(&server);
}

static void tell(const char *command, const char *expected) {
    ck_assert_str_eq(redis_server_tell(&server, command).text, expected);
}

static void fetch(const char *key, const char *tag) {
    struct t87s_store_birth birth;
    ck_assert_int_eq(client_read(&client, key, tag, NULL, &birth), T87S_OK);
    ck_assert_int_eq(client_write(&client, key, tag, &birth), T87S_OK);
}

/* ---- the way ---- */

static long reads_of_server(void) {
    redisReply *reply = redisCommand(original.redis, "INFO stats");
    ck_assert(reply && reply->type == REDIS_REPLY_STRING);
    const char *at = strstr(reply->str, "total_reads_processed:");
    ck_assert_ptr_nonnull(at);
    const long reads = strtol(at + strlen("total_reads_processed:"), NULL, 10);
    freeReplyObject(reply);
    return reads;
}

START_TEST(a_hit_is_one_trip)
{
    fetch("posts", "users/7/posts");
    ck_assert_int_eq(must_read(&client, "posts", "users/7/posts"), T87S_STORE_VALID);
    long least = LONG_MAX; /* of several: the store's own thread asks now and then, too */
    for (int i = 0; i < 50 && least != 1 + 1; i++) {
        const long before = reads_of_server();
        ck_assert_int_eq(must_read(&client, "posts", "users/7/posts"), T87S_STORE_VALID);
        const long reads = reads_of_server() - before;
        least = reads < least ? reads : least;
    }
    ck_assert_int_eq(least, 1 + 1); /* the second INFO */
}
END_TEST

START_TEST(a_query_without_tags_has_nothing_to_ask)
{
    const struct t87s_store_query query = {"k", 1, NULL, 0, 5000};
    struct t87s_buffer value = {.size = 0};
    struct t87s_store_answer answer = {.value = &value};
    ck_assert_int_eq(client.store->read(client.store, client.scope, &query, &answer), T87S_OK);
    ck_assert_int_eq(answer.state, T87S_STORE_ABSENT);
    const struct t87s_store_value what = {.bytes = "x", .size = 1, .birth = answer.next_birth, .ttl_ms = 60000};
    ck_assert_int_eq(client.store->write(client.store, client.scope, &query, &what), T87S_OK);
    ck_assert_int_eq(client.store->read(client.store, client.scope, &query, &answer), T87S_OK);
    ck_assert_int_eq(answer.state, T87S_STORE_VALID);
    t87s_buffer_release(&value);
}
END_TEST

/* ---- the near tier ---- */

static void ask_until_near(struct scene *scene, const struct t87s_query *query) {
    const int64_t patience = now_ms() + 20000;
    for (struct t87s_stats before = scene_stats(scene), now;; before = now) {
        ask(scene, query);
        now = scene_stats(scene);
        if (now.fresh_hits > before.fresh_hits && now.store_hits == before.store_hits)
            return;
        ck_assert_int_lt(now_ms(), patience);
    }
}

START_TEST(what_is_near_hears_of_it_within_the_bound)
{
    struct t87s_redis_options near = options(false);
    near.near_staleness_ms = BOUND_MS;
    struct t87s_store *store;
    struct scene scene;
    struct source source = {.text = "Ada"};
    const struct t87s_tag user = tag_of("users/7");
    struct t87s_query query = query_of("user", &source, &user);
    query.ttl_ms = 600000;
    ck_assert_int_eq(t87s_redis_open(&near, &store), T87S_OK);
    scene_init(&scene);
    scene.options.store = store;
    scene_open(&scene);
    static const char *const texts[] = {"Eve", "Bob", "Zoe", "Kim"};
    for (int i = 0; i < 4; i++) {
        ask_until_near(&scene, &query);
        source.text = texts[i];
        if (i < 2)
            original_invalidate(&original, i ? SEGMENTS("users", "7") : SEGMENTS("users"));
        else if (i == 2)
            original_invalidate_exactly(&original, SEGMENTS("users", "7"));
        else
            tell("FLUSHALL", "+OK");
        const int64_t until = now_ms() + BOUND_MS + LEEWAY_MS;
        while (strcmp(ask(&scene, &query).text, texts[i]) != 0)
            ck_assert_int_lt(now_ms(), until);
    }
    scene_close(&scene);
    t87s_store_close(store);
}
END_TEST

START_TEST(others_are_not_told_of_it)
{
    struct client near;
    client_open(&near, options(false));
    await_vouch(&near);
    pthread_mutex_lock(&near.lock);
    const unsigned before = near.invalidated;
    pthread_mutex_unlock(&near.lock);
    original_put(&original, "unheard:", "1"); /* no tag here is called so */
    redis_server_tell(&server, "SET app:tags:users 1");
    redis_server_tell(&server, "SET users 1");
    original_invalidate(&original, SEGMENTS("users"));
    await_heard(&near, before + 2); /* a static segment, and a text */
    ck_assert_uint_eq(heard_so_far(&near), before + 2);
    client_close(&near);
}
END_TEST

/* ---- where it cannot be ---- */

START_TEST(a_server_that_may_evict_what_is_written_there_is_not_used_until_it_may_not)
{
    redis_server_start(&server, (const char *const[]){"--maxmemory-policy", "allkeys-lru", NULL});
    struct client near;
    client_open(&client, options(true)); /* that works */
    client_open(&near, options(false));
    ck_assert_int_eq(client_read(&client, "user", "users/7", NULL, NULL), T87S_E_STORE);
    ck_assert_int_eq(client_invalidate(&client, "users/7", 0), T87S_E_STORE);
    tell("CONFIG SET maxmemory-policy volatile-lru", "+OK");
    await_answer(&client);
    await_vouch(&near);
    fetch("user", "users/7");
    ck_assert_int_eq(must_read(&client, "user", "users/7"), T87S_STORE_VALID);
    client_close(&near);
    client_close(&client);
    redis_server_stop(&server);
}
END_TEST

/* Who keeps a cache over the store is told, and what was greeted before is looked at again, now and then. */
START_TEST(nor_one_that_begins_to_evict)
{
    struct t87s_store *store;
    struct scene scene;
    struct source source = {.text = "Ada"};
    const struct t87s_tag user = tag_of("users/7");
    const struct t87s_query query = query_of("user", &source, &user);
    const struct t87s_redis_options how = options(true);
    redis_server_start(&server, NULL);
    ck_assert_int_eq(t87s_redis_open(&how, &store), T87S_OK);
    scene_init(&scene);
    scene.options.store = store;
    scene_open(&scene);
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    tell("CONFIG SET maxmemory-policy allkeys-lfu", "+OK");
    scene_await(&scene, "store advice typescript: share_with_typescript: maxmemory-policy allkeys-lfu", 1);
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_gt(scene_stats(&scene).store_read_errors, 0);
    scene_close(&scene);
    t87s_store_close(store);
    redis_server_stop(&server);
}
END_TEST

START_TEST(a_server_of_a_cluster_is_not_used)
{
    struct t87s_store *store;
    struct scene scene;
    struct source source = {.text = "Ada"};
    const struct t87s_tag user = tag_of("users/7");
    const struct t87s_query query = query_of("user", &source, &user);
    const struct t87s_redis_options how = options(true);
    char bus[8];
    snprintf(bus, sizeof bus, "%d", free_port());
    redis_server_start(&server, (const char *const[]){"--cluster-enabled", "yes", "--cluster-port", bus, NULL});
    tell("CLUSTER ADDSLOTSRANGE 0 16383", "+OK");
    ck_assert_int_eq(t87s_redis_open(&how, &store), T87S_OK);
    scene_init(&scene);
    scene.options.store = store;
    scene_open(&scene);
    EXPECT_ANSWER(ask(&scene, &query), "Ada", T87S_FETCHED, T87S_REASON_ABSENT);
    ck_assert_uint_gt(scene_stats(&scene).store_read_errors, 0);
    scene_await(&scene, "store advice typescript: share_with_typescript is not for a cluster", 1);
    scene_close(&scene);
    t87s_store_close(store);
    redis_server_stop(&server);
}
END_TEST

static void ignore_tags(void *arg, const struct t87s_store_tag *list, size_t n, unsigned flags) {
    (void)arg, (void)list, (void)n, (void)flags;
}
static void ignore_key(void *arg, const void *key, size_t size) { (void)arg, (void)key, (void)size; }
static void ignore(void *arg) { (void)arg; }
static void ignore_time(void *arg, int64_t until_ms) { (void)arg, (void)until_ms; }

START_TEST(a_cache_whose_names_are_theirs_is_refused_and_so_are_several_nodes)
{
    static const struct t87s_store_listener listener = {NULL, ignore_tags, ignore_key, ignore, ignore_time, NULL, NULL};
    struct t87s_redis_options nobody = options(true);
    struct t87s_store *store;
    void *scope;
    nobody.uri = "unix:///nobody/is/there";
    ck_assert_int_eq(t87s_redis_open(&nobody, &store), T87S_OK);
    ck_assert_int_eq(store->attach(store, "t", &listener, &scope), T87S_E_INVALID);
    ck_assert_int_eq(store->attach(store, "c", &listener, &scope), T87S_E_INVALID);
    ck_assert_int_eq(store->attach(store, "tags", &listener, &scope), T87S_OK);
    store->detach(store, scope);
    t87s_store_close(store);
    nobody.uri = "redis://127.0.0.1:1,redis://127.0.0.1:2";
    ck_assert_int_eq(t87s_redis_open(&nobody, &store), T87S_E_INVALID);
    nobody.uri = "redis://127.0.0.1:1?master=main,redis://127.0.0.1:2"; /* sentinels */
    ck_assert_int_eq(t87s_redis_open(&nobody, &store), T87S_OK);
    t87s_store_close(store);
    nobody.uri = "unix:///nobody/is/there";
    nobody.share_with_typescript = false;
    ck_assert_int_eq(t87s_redis_open(&nobody, &store), T87S_OK);
    ck_assert_int_eq(store->attach(store, "t", &listener, &scope), T87S_OK);
    store->detach(store, scope);
    t87s_store_close(store);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tags shared with TypeScript: hits");
    TCase *stories = case_of(suite, "over one server", start, stop, 60);
    tcase_add_test(stories, a_hit_is_one_trip);
    tcase_add_test(stories, a_query_without_tags_has_nothing_to_ask);
    tcase_add_test(stories, what_is_near_hears_of_it_within_the_bound);
    tcase_add_test(stories, others_are_not_told_of_it);
    TCase *refusals = tcase_create("where they cannot be shared");
    tcase_set_timeout(refusals, 60); /* a server is looked at every ten seconds */
    tcase_add_test(refusals, a_server_that_may_evict_what_is_written_there_is_not_used_until_it_may_not);
    tcase_add_test(refusals, nor_one_that_begins_to_evict);
    tcase_add_test(refusals, a_server_of_a_cluster_is_not_used);
    tcase_add_test(refusals, a_cache_whose_names_are_theirs_is_refused_and_so_are_several_nodes);
    suite_add_tcase(suite, refusals);
    return run_suites(suite, NULL);
}
