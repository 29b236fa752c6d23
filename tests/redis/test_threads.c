/* SPDX-License-Identifier: MIT
 *
 * Eight threads over the lanes of one store, and a second process's store beside them. Each keeps books of what
 * returned when, and every valid answer is judged by them: an entry is never valid whose birth had been given before an
 * invalidation of its tag began that has returned before the read began.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "original.h"
#include "redis_server.h"
#include "scene.h"
#include "suites.h"

enum { THREADS = 8, ROUNDS = 1500, KEYS = 6, TAGS = 5 };

static const char *const tags[TAGS] = {"a", "a/1", "a/2", "b", "b/1"};
static const char *const *const tags_there[TAGS] = {SEGMENTS("a"), SEGMENTS("a", "1"), SEGMENTS("a", "2"),
                                                    SEGMENTS("b"), SEGMENTS("b", "1")};
static const int tag_of_key[KEYS] = {1, 2, 4, 1, 2, 4};

static struct redis_server server;
static struct client clients[2];
static bool with_original, apart; /* a process of the original invalidates, too; the clients are different caches */
static atomic_long ticks;
/* By tag: the greatest tick at which an invalidation began that has returned. */
static atomic_long invalidated[TAGS];

static void raise_to(atomic_long *at, long value) {
    long is = atomic_load(at);
    while (is < value && !atomic_compare_exchange_weak(at, &is, value)) {
    }
}

/* Tag `t` and what it hangs below. */
static long last_invalidated(int t) {
    long last = atomic_load(&invalidated[t]);
    for (int above = 0; above < TAGS; above++)
        if (strlen(tags[above]) < strlen(tags[t]) && tags[above][0] == tags[t][0] &&
            atomic_load(&invalidated[above]) > last)
            last = atomic_load(&invalidated[above]);
    return last;
}

struct worker {
    pthread_t thread;
    unsigned seed;
    long valid, judged;
    struct original original;
};

/* The value of an entry is the tick at which its birth had been given. */
static void write_one(struct client *client, int key, struct worker *worker) {
    const struct t87s_tag tag = tag_of(tags[tag_of_key[key]]);
    const struct t87s_store_tag list = {tag.path, tag.size};
    const struct t87s_store_query query = {&key, sizeof key, &list, 1, 5000};
    struct t87s_store_birth birth;
    ck_assert_int_eq(client->store->birth(client->store, client->scope, 5000, &birth), T87S_OK);
    const long began = atomic_fetch_add(&ticks, 1) + 1;
    if (rand_r(&worker->seed) % 4 == 0) /* a slow fetch */
        sched_yield();
    const struct t87s_store_value value = {
        .bytes = &began, .size = sizeof began, .birth = birth, .ttl_ms = 60000, .replaces_all = key == 0};
    ck_assert_int_eq(client->store->write(client->store, client->scope, &query, &value), T87S_OK);
}

static void read_one(struct client *client, int key, struct worker *worker) {
    const struct t87s_tag tag = tag_of(tags[tag_of_key[key]]);
    const struct t87s_store_tag list = {tag.path, tag.size};
    const struct t87s_store_query query = {&key, sizeof key, &list, 1, 5000};
    struct t87s_buffer value = {.size = 0};
    struct t87s_store_answer answer = {.value = &value};
    const long outdated = last_invalidated(tag_of_key[key]);
    ck_assert_int_eq(client->store->read(client->store, client->scope, &query, &answer), T87S_OK);
    if (answer.state == T87S_STORE_VALID) {
        long born;
        ck_assert_uint_eq(value.size, sizeof born);
        memcpy(&born, value.data, sizeof born);
        worker->valid++;
        worker->judged += outdated > 0;
        ck_assert_msg(born > outdated || outdated == 0, "born before %ld, invalidated after %ld", born, outdated);
    }
    t87s_buffer_release(&value);
}

/* False: not for both clients. */
static bool invalidate_one(struct client *client, int t, struct worker *worker) {
    const struct t87s_tag tag = tag_of(tags[t]);
    const struct t87s_store_tag list = {tag.path, tag.size};
    if (with_original && rand_r(&worker->seed) % 2) {
        original_invalidate(&worker->original, tags_there[t]);
        return true;
    }
    const bool soft = with_original && rand_r(&worker->seed) % 2;
    ck_assert_int_eq(client->store->invalidate(client->store, client->scope, &list, 1, soft ? T87S_SOFT : 0, 5000),
                     T87S_OK);
    return !soft && !apart;
}

static void *work(void *arg) {
    struct worker *worker = arg;
    for (int round = 0; round < ROUNDS; round++) {
        struct client *client = &clients[rand_r(&worker->seed) % 8 == 0];
        const int what = rand_r(&worker->seed) % 20, key = rand_r(&worker->seed) % KEYS;
        if (what < 12) {
            read_one(client, key, worker);
        } else if (what < 18) {
            write_one(client, key, worker);
        } else {
            const int t = rand_r(&worker->seed) % TAGS;
            const long began = atomic_fetch_add(&ticks, 1) + 1;
            if (invalidate_one(client, t, worker))
                raise_to(&invalidated[t], began);
        }
    }
    return NULL;
}

static void run_threads(void) {
    struct worker workers[THREADS] = {{.seed = 0}};
    const struct t87s_redis_options options = {
        .uri = server.uri, .timeout_ms = 5000, .share_with_typescript = with_original};
    long valid = 0, judged = 0;
    redis_server_start(&server, NULL);
    for (int i = 0; i < 2; i++)
        client_open_as(&clients[i], options, apart && i ? "another" : "test");
    for (int i = 0; i < THREADS; i++) {
        workers[i].seed = (unsigned)i + 1;
        if (with_original)
            original_open(&workers[i].original, server.socket, "t87s");
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(workers[i].thread, NULL);
        valid += workers[i].valid;
        judged += workers[i].judged;
        if (with_original)
            original_close(&workers[i].original);
    }
    ck_assert_int_gt(valid, THREADS * ROUNDS / 20);
    ck_assert_int_gt(judged, THREADS * ROUNDS / 40);
    for (int i = 0; i < 2; i++)
        client_close(&clients[i]);
    redis_server_stop(&server);
}

START_TEST(eight_threads_over_the_lanes_of_one_store_never_see_what_is_outdated)
{ run_threads(); }
END_TEST

START_TEST(nor_do_they_while_a_process_of_the_original_invalidates_too)
{
    with_original = true;
    run_threads();
}
END_TEST

START_TEST(nor_do_those_of_two_caches)
{
    with_original = apart = true;
    run_threads();
}
END_TEST

static void ignore_tags(void *arg, const struct t87s_store_tag *list, size_t n, unsigned flags) {
    (void)arg, (void)list, (void)n, (void)flags;
}
static void ignore_key(void *arg, const void *key, size_t size) { (void)arg, (void)key, (void)size; }
static void ignore(void *arg) { (void)arg; }
static void ignore_time(void *arg, int64_t until_ms) { (void)arg, (void)until_ms; }

static void *come_and_go(void *arg) {
    static const struct t87s_store_listener listener = {NULL, ignore_tags, ignore_key, ignore, ignore_time, NULL, NULL};
    struct t87s_store *store = arg;
    for (int i = 0; i < 100; i++) {
        void *scope;
        char name[16];
        struct t87s_store_birth birth;
        snprintf(name, sizeof name, "other%d", i % 3);
        ck_assert_int_eq(store->attach(store, name, &listener, &scope), T87S_OK);
        ck_assert_int_eq(store->birth(store, scope, 5000, &birth), T87S_OK);
        store->detach(store, scope);
    }
    return NULL;
}

START_TEST(caches_come_and_go_while_others_use_the_store)
{
    pthread_t threads[3];
    redis_server_start(&server, NULL);
    client_open(&clients[0], (struct t87s_redis_options){.uri = server.uri, .timeout_ms = 5000});
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, come_and_go, clients[0].store), 0);
    for (int i = 0; i < 300; i++) {
        must_write(&clients[0], "k", "users/7");
        ck_assert_int_eq(must_read(&clients[0], "k", "users/7"), T87S_STORE_VALID);
        must_invalidate(&clients[0], "users/7");
    }
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    await_vouch(&clients[0]);
    client_close(&clients[0]);
    redis_server_stop(&server);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("threads over a store in Redis");
    TCase *threads = tcase_create("threads");
    tcase_set_timeout(threads, 60);
    tcase_add_test(threads, eight_threads_over_the_lanes_of_one_store_never_see_what_is_outdated);
    tcase_add_test(threads, nor_do_they_while_a_process_of_the_original_invalidates_too);
    tcase_add_test(threads, nor_do_those_of_two_caches);
    tcase_add_test(threads, caches_come_and_go_while_others_use_the_store);
    suite_add_tcase(suite, threads);
    return run_suites(suite, NULL);
}
