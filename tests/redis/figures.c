/* SPDX-License-Identifier: MIT
 *
 * usage: figures [server | way | long]
 *
 * What was promised and what is measured when something goes wrong with Redis: one line each. A writer changes a row
 * and invalidates it all the time, in one cache; a reader asks for it all the time, in another one, as in another
 * process. Meanwhile the fault happens. Told is
 *
 *     stale    how long after an invalidation had returned T87S_OK the reader was still given something from before
 *     call     the longest call of either; a query is a read and a write of the store at most, each with its deadline
 *     partial  invalidations that returned T87S_PARTIAL, of how many; all of them were made good
 *
 * The writer itself is never given anything from before its own invalidation, and after each fault the reader has the
 * newest row: else it is a failure.
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "proxy.h"
#include "redis_pair.h"
#include "scene.h"
#include "suites.h"

enum { BOUND_MS = 300, TIMEOUT_MS = 100, LEEWAY_MS = 1500, MOST_VERSIONS = 200000, CALM_MS = 150, PACE_US = 2000 };

static struct redis_server server;
static struct proxy proxy;
static struct t87s_tag row;

/* ---- the row, and who knows which version of it ---- */

static _Atomic(int64_t) version, acked_ms[MOST_VERSIONS]; /* 0: not yet */
static _Atomic(int64_t) stale_ms, call_ms;
static atomic_int invalidations, partial, answers;
static atomic_bool over;

struct side {
    struct t87s_store *store;
    struct t87s_cache *cache;
    pthread_t thread;
};
static struct side reader, writer;

static void raise_to(_Atomic(int64_t) *at, int64_t value) {
    int64_t is = atomic_load(at);
    while (is < value && !atomic_compare_exchange_weak(at, &is, value)) {
    }
}

static enum t87s_status fetch(void *arg, struct t87s_buffer *out) {
    (void)arg;
    const int64_t now = atomic_load(&version);
    return t87s_buffer_append(out, &now, sizeof now);
}

static int64_t ask_for_row(struct side *side) {
    const struct t87s_query query = {
        .key = "row", .key_len = 3, .tags = &row, .n_tags = 1, .fetch = fetch, .ttl_ms = 600000, .timeout_ms = 60000};
    struct t87s_value value;
    int64_t found;
    const int64_t begun = now_ms();
    ck_assert_int_eq(t87s_query(side->cache, &query, &value, NULL), T87S_OK);
    raise_to(&call_ms, now_ms() - begun);
    ck_assert_uint_eq(value.size, sizeof found);
    memcpy(&found, value.data, sizeof found);
    t87s_value_release(&value);
    return found;
}

static void *read_on(void *arg) {
    while (!atomic_load(&over)) {
        const int64_t begun = now_ms(), found = ask_for_row(arg), newest = atomic_load(&version);
        int64_t next = found + 1;
        while (next <= newest && !atomic_load(&acked_ms[next]))
            next++;
        if (next <= newest)
            raise_to(&stale_ms, begun - atomic_load(&acked_ms[next]));
        atomic_fetch_add(&answers, 1);
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
    return NULL;
}

static uint64_t pending(struct side *side) {
    struct t87s_stats stats;
    t87s_stats(side->cache, &stats);
    return stats.store_pending;
}

/* What is not pending any more counts for the reader from now on. */
static void acknowledge(int64_t *first, int64_t last) {
    for (; *first <= last; ++*first)
        if (!atomic_load(&acked_ms[*first]))
            atomic_store(&acked_ms[*first], now_ms());
}

static void *write_on(void *arg) {
    struct side *side = arg;
    int64_t unknown = 1;
    while (!atomic_load(&over) && atomic_load(&version) + 1 < MOST_VERSIONS) {
        const int64_t now = atomic_fetch_add(&version, 1) + 1, begun = now_ms();
        const enum t87s_status status = t87s_invalidate(side->cache, &row, 1, 0);
        raise_to(&call_ms, now_ms() - begun);
        ck_assert(status == T87S_OK || status == T87S_PARTIAL);
        atomic_fetch_add(&invalidations, 1);
        atomic_fetch_add(&partial, status == T87S_PARTIAL);
        if (status == T87S_OK)
            atomic_store(&acked_ms[now], now_ms());
        if (!pending(side))
            acknowledge(&unknown, now);
        ck_assert_int_ge(ask_for_row(side), now); /* its own: at once */
        nanosleep(&(struct timespec){.tv_nsec = PACE_US * 1000L}, NULL);
    }
    return NULL;
}

/* ---- a fault ---- */

static void open_side(struct side *side, const char *uri) {
    const struct t87s_redis_options redis = {.uri = uri, .near_staleness_ms = BOUND_MS, .timeout_ms = TIMEOUT_MS};
    ck_assert_int_eq(t87s_redis_open(&redis, &side->store), T87S_OK);
    const struct t87s_options options = {.store = side->store, .prefix = "test"};
    ck_assert_int_eq(t87s_open(&options, &side->cache), T87S_OK);
}

static void close_side(struct side *side) {
    t87s_close(side->cache);
    t87s_store_close(side->store);
}

static void begin(const char *reads, const char *writes) {
    row = tag_of("rows/7");
    open_side(&reader, reads);
    open_side(&writer, writes);
    ck_assert_int_eq(pthread_create(&reader.thread, NULL, read_on, &reader), 0);
    ck_assert_int_eq(pthread_create(&writer.thread, NULL, write_on, &writer), 0);
    while (atomic_load(&answers) < 50)
        sleep_ms(1);
}

static void end(const char *what) {
    sleep_ms(CALM_MS);
    atomic_store(&over, true);
    pthread_join(writer.thread, NULL);
    pthread_join(reader.thread, NULL);
    while (pending(&writer))
        sleep_ms(1);
    const int64_t until = now_ms() + BOUND_MS, newest = atomic_load(&version);
    int64_t begun, found;
    do {
        begun = now_ms();
        found = ask_for_row(&reader);
    } while (found != newest && begun <= until);
    ck_assert_msg(found == newest, "%s: an invalidation was lost", what);
    printf("%-44s | stale <= %d ms, call <= %d ms | stale %3lld ms, call %3lld ms, %d of %d partial\n", what, BOUND_MS,
           2 * TIMEOUT_MS, (long long)atomic_load(&stale_ms), (long long)atomic_load(&call_ms), atomic_load(&partial),
           atomic_load(&invalidations));
    fflush(stdout);
    ck_assert_int_le(atomic_load(&stale_ms), BOUND_MS);
    ck_assert_int_le(atomic_load(&call_ms), 2 * TIMEOUT_MS + LEEWAY_MS);
    close_side(&writer);
    close_side(&reader);
}

static void start(void) {
    server.own_clock = true;
    redis_server_start(&server, NULL);
    proxy_open(&proxy, server.folder, server.socket);
}

static void stop(void) {
    proxy_close(&proxy);
    redis_server_stop(&server);
}

/* ---- the server ---- */

static const int stops_ms[] = {100, 1000, 3000, 10000};

static void stop_server_for(int ms) {
    char what[64];
    begin(server.uri, server.uri);
    kill(server.process, SIGSTOP);
    sleep_ms(ms);
    kill(server.process, SIGCONT);
    snprintf(what, sizeof what, "Redis stands still for %.1f s", ms / 1000.0);
    end(what);
}

START_TEST(redis_stands_still)
{ stop_server_for(stops_ms[_i]); }
END_TEST

START_TEST(redis_is_slow)
{
    begin(server.uri, server.uri);
    for (int i = 0; i < 25; i++) {
        kill(server.process, SIGSTOP);
        sleep_ms(30);
        kill(server.process, SIGCONT);
        sleep_ms(3);
    }
    end("Redis answers only now and then");
}
END_TEST

START_TEST(redis_is_killed_and_comes_back_with_an_older_state)
{
    begin(server.uri, server.uri);
    ck_assert_str_eq(redis_server_tell(&server, "SAVE").text, "+OK");
    sleep_ms(100); /* what comes now is acknowledged, and lost */
    redis_server_restart(&server, NULL);
    end("Redis is killed, comes back with less");
}
END_TEST

START_TEST(redis_forgets_everything)
{
    begin(server.uri, server.uri);
    for (int i = 0; i < 20; i++) {
        redis_server_tell(&server, "FLUSHALL");
        sleep_ms(20);
    }
    end("FLUSHALL, again and again");
}
END_TEST

START_TEST(redis_evicts_what_it_likes)
{
    char filling[128];
    begin(server.uri, server.uri);
    redis_server_tell(&server, "CONFIG SET maxmemory-policy allkeys-lru");
    redis_server_tell(&server, "CONFIG SET maxmemory 3mb");
    for (int i = 0; i < 3000; i++) {
        snprintf(filling, sizeof filling, "EVAL redis.call('SET',KEYS[1],string.rep('x',9000)) 1 fill:%d", i % 500);
        redis_server_tell(&server, filling);
    }
    end("maxmemory with allkeys-lru, full");
}
END_TEST

START_TEST(redis_throws_clients_out)
{
    begin(server.uri, server.uri);
    for (int i = 0; i < 20; i++) {
        redis_server_tell(&server, i % 2 ? "CLIENT KILL TYPE pubsub" : "CLIENT KILL TYPE normal");
        sleep_ms(20);
    }
    end("CLIENT KILL, again and again");
}
END_TEST

START_TEST(redis_throws_out_who_listens_too_slowly)
{
    begin(server.uri, server.uri);
    ck_assert_str_eq(redis_server_tell(&server, "CONFIG SET client-output-buffer-limit \"pubsub 20000 0 0\"").text,
                     "+OK");
    for (int i = 0; i < 10; i++) {
        redis_server_tell(&server, "EVAL redis.call('PUBLISH','t87s:test:i',string.rep('x',3000000)) 0");
        sleep_ms(40);
    }
    end("the output buffer of who listens overflows");
}
END_TEST

START_TEST(the_clock_of_redis_is_set)
{
    static const int seconds[] = {3600, -3600, 86400, 0, -10};
    begin(server.uri, server.uri);
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        redis_server_set_clock(&server, seconds[i]);
        sleep_ms(80);
    }
    end("the clock of Redis is set, forth and back");
}
END_TEST

/* ---- the way to it ---- */

/* Of the reader, or of the writer. */
static void begin_through_proxy(bool of_writer) {
    begin(of_writer ? server.uri : proxy.uri, of_writer ? proxy.uri : server.uri);
}

START_TEST(nothing_comes_from_redis)
{
    begin_through_proxy(_i);
    atomic_store(&proxy.mute, true);
    sleep_ms(800);
    proxy_heal(&proxy);
    end(_i ? "no word comes back to the writer, 0.8 s" : "no word comes back to the reader, 0.8 s");
}
END_TEST

START_TEST(nothing_gets_to_redis)
{
    begin_through_proxy(_i);
    atomic_store(&proxy.deaf, true);
    sleep_ms(800);
    proxy_heal(&proxy);
    end(_i ? "no word of the writer gets there, 0.8 s" : "no word of the reader gets there, 0.8 s");
}
END_TEST

START_TEST(connections_are_reset)
{
    begin_through_proxy(_i);
    for (int i = 0; i < 25; i++) {
        proxy_cut_after(&proxy, i * 37);
        sleep_ms(15);
        proxy_heal(&proxy);
        sleep_ms(15);
    }
    end(_i ? "the writer's connections are cut, 25 times" : "the reader's connections are cut, 25 times");
}
END_TEST

START_TEST(redis_cannot_be_reached)
{
    begin_through_proxy(_i);
    atomic_store(&proxy.turned_away, true);
    proxy_cut_after(&proxy, 0);
    sleep_ms(800);
    proxy_heal(&proxy);
    end(_i ? "the writer is turned away, 0.8 s" : "the reader is turned away, 0.8 s");
}
END_TEST

/* ---- another server, another process ---- */

START_TEST(a_replica_takes_over_that_missed_what_was_acknowledged)
{
    struct redis_pair pair;
    redis_pair_start(&pair);
    begin(pair.uri, pair.uri);
    redis_pair_await(&pair, "EXISTS t87s:test:t:{0}", ":1");
    redis_pair_part(&pair);
    sleep_ms(100); /* what comes now is acknowledged, and lost */
    redis_pair_replace(&pair);
    end("a replica takes over that missed some of it");
    redis_pair_stop(&pair);
}
END_TEST

static int told_by_child[2];

static enum t87s_status never_ends(void *arg, struct t87s_buffer *out) {
    (void)arg, (void)out;
    (void)!write(told_by_child[1], "", 1);
    while (pause() != 0) {
    }
    return T87S_E_USER;
}

START_TEST(who_fetches_is_killed)
{
    char byte;
    ck_assert_int_eq(pipe(told_by_child), 0);
    row = tag_of("rows/7");
    const pid_t child = fork();
    if (!child) {
        struct t87s_value value;
        open_side(&writer, server.uri);
        const struct t87s_query query = {
            .key = "row", .key_len = 3, .tags = &row, .n_tags = 1, .fetch = never_ends, .ttl_ms = 600000};
        (void)t87s_query(writer.cache, &query, &value, NULL);
        _exit(1);
    }
    ck_assert_int_eq(read(told_by_child[0], &byte, 1), 1);
    open_side(&reader, server.uri);
    ask_for_row(&reader);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    while (t87s_invalidate(reader.cache, &row, 1, 0) != T87S_OK) /* a machine may be late for once */
        sleep_ms(1);
    ask_for_row(&reader);
    printf("%-44s | call <= %d ms                 | call %3lld ms\n", "kill -9 of the process that fetches",
           2 * TIMEOUT_MS, (long long)atomic_load(&call_ms));
    ck_assert_int_le(atomic_load(&call_ms), 2 * TIMEOUT_MS + LEEWAY_MS);
    close_side(&reader);
}
END_TEST

static void add_long(TCase *tests) { tcase_add_loop_test(tests, redis_stands_still, 2, 4); }

static void add_of_server(TCase *tests) {
    tcase_add_loop_test(tests, redis_stands_still, 0, 2);
    tcase_add_test(tests, redis_is_slow);
    tcase_add_test(tests, redis_is_killed_and_comes_back_with_an_older_state);
    tcase_add_test(tests, a_replica_takes_over_that_missed_what_was_acknowledged);
    tcase_add_test(tests, redis_forgets_everything);
    tcase_add_test(tests, redis_evicts_what_it_likes);
    tcase_add_test(tests, redis_throws_clients_out);
    tcase_add_test(tests, redis_throws_out_who_listens_too_slowly);
    tcase_add_test(tests, the_clock_of_redis_is_set);
}

static void add_of_the_way(TCase *tests) {
    tcase_add_test(tests, who_fetches_is_killed);
    tcase_add_loop_test(tests, nothing_comes_from_redis, 0, 2);
    tcase_add_loop_test(tests, nothing_gets_to_redis, 0, 2);
    tcase_add_loop_test(tests, connections_are_reset, 0, 2);
    tcase_add_loop_test(tests, redis_cannot_be_reached, 0, 2);
}

int main(int argc, char **argv) {
    const char *which = argc > 1 ? argv[1] : "";
    Suite *suite = suite_create("promised and measured");
    TCase *tests = tcase_create("figures");
    tcase_add_checked_fixture(tests, start, stop);
    tcase_set_timeout(tests, 60);
    if (!*which || !strcmp(which, "server"))
        add_of_server(tests);
    if (!*which || !strcmp(which, "way"))
        add_of_the_way(tests);
    if (!*which || !strcmp(which, "long"))
        add_long(tests);
    suite_add_tcase(suite, tests);
    return run_suites(suite, NULL);
}
