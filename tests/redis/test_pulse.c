/* SPDX-License-Identifier: MIT
 *
 * What caches over a real server are advised, and the heartbeats that they leave there. Everything is waited for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <hiredis/hiredis.h>
#include <t87s/codegen.h>
#include <t87s/redis.h>

#include "heartbeat.h"
#include "real_clock.h"
#include "redis_server.h"
#include "scene.h"
#include "suites.h"

enum { PATIENCE_MS = 30000 };

static struct redis_server server;
static struct t87s_store *store;
static struct t87s_cache *cache;
static struct trace trace;
static struct t87s_tag user;
static struct source source = {.text = "Ada"};

static void setup(void) {
    trace_init(&trace);
    user = tag_of("users/7");
}

static void open_cache(const char *uri, bool near_off) {
    const struct t87s_redis_options options = {.uri = uri, .near_off = near_off, .timeout_ms = 1000};
    ck_assert_int_eq(t87s_redis_open(&options, &store), T87S_OK);
    const struct t87s_gen_schema schema = {T87S_CODEGEN_ABI, 1, "blog", "get_user"};
    const struct t87s_options of_cache = {.store = store, .tracer = &trace.tracer};
    ck_assert_int_eq(t87s_gen_open(&of_cache, &schema, NULL, &cache), T87S_OK);
}

static void close_cache(void) {
    t87s_close(cache);
    t87s_store_close(store);
    trace_release(&trace);
}

static void ask_once(void) {
    struct t87s_value value;
    const struct t87s_query query = query_of("user:7", &source, &user);
    ck_assert_int_eq(t87s_query(cache, &query, &value, NULL), T87S_OK);
    t87s_value_release(&value);
}

#define AWAIT(condition)                                                \
    for (const int64_t until = now_ms() + PATIENCE_MS; !(condition);) { \
        ck_assert_msg(now_ms() < until, "in vain: %s", #condition);     \
        sleep_ms(5);                                                    \
    }

/* ---- heartbeats ---- */

static struct t87s__beat beats[4];
static long long expiries_ms[4];

/* Reads all there are; how many. */
static size_t read_beats(void) {
    size_t n = 0;
    redisContext *link = redisConnectUnix(server.socket);
    ck_assert(link && !link->err);
    redisReply *keys = redisCommand(link, "KEYS t87s:t87s:hb:*");
    for (size_t i = 0; i < keys->elements && n < 4; i++) {
        redisReply *beat = redisCommand(link, "GET %s", keys->element[i]->str);
        redisReply *expiry = redisCommand(link, "PTTL %s", keys->element[i]->str);
        if (beat->type == REDIS_REPLY_STRING) { /* it may have expired just now */
            ck_assert(t87s__beat_read(beat->str, beat->len, &beats[n]));
            expiries_ms[n++] = expiry->integer;
        }
        freeReplyObject(beat);
        freeReplyObject(expiry);
    }
    freeReplyObject(keys);
    redisFree(link);
    return n;
}

START_TEST(a_process_says_who_it_is_and_what_it_counts)
{
    char host[sizeof beats->host] = "";
    redis_server_start(&server, NULL);
    open_cache(server.uri, false);
    AWAIT(read_beats() == 1); /* before anything was asked */
    gethostname(host, sizeof host - 1);
    ck_assert_str_eq(beats[0].host, host);
    ck_assert_str_eq(beats[0].version, T87S_VERSION);
    ck_assert_str_eq(beats[0].schema, "blog");
    ck_assert_uint_eq(beats[0].pid, (uint64_t)getpid());
    ck_assert_int_gt(expiries_ms[0], 0);
    ck_assert_int_le(expiries_ms[0], T87S__BEAT_LIVES_MS);
    ask_once();
    AWAIT(read_beats() == 1 && beats[0].stats.fetches == 1);
    ck_assert_uint_ge(beats[0].stats.store_reads, 1);
    ck_assert_uint_eq(beats[0].stats.store_bound_ms, 2000);
    ck_assert_uint_le(beats[0].stats.store_vouched_ms, 2000);
    ck_assert_uint_eq(beats[0].n_queries, 1);
    ck_assert_str_eq(beats[0].queries[0].name, "(by hand)");
    ck_assert_uint_eq(beats[0].queries[0].fetches, 1);
    close_cache();
    redis_server_stop(&server);
}
END_TEST

START_TEST(who_keeps_nothing_near_says_so_too)
{
    redis_server_start(&server, NULL);
    open_cache(server.uri, true);
    ask_once();
    AWAIT(read_beats() == 1 && beats[0].stats.store_reads > 0);
    ck_assert_uint_eq(beats[0].stats.store_bound_ms, 0);
    close_cache();
    redis_server_stop(&server);
}
END_TEST

START_TEST(two_caches_over_one_store_have_two_heartbeats)
{
    struct t87s_cache *other;
    redis_server_start(&server, NULL);
    open_cache(server.uri, false);
    ck_assert_int_eq(t87s_open(&(struct t87s_options){.store = store}, &other), T87S_OK);
    AWAIT(read_beats() == 2);
    t87s_close(other);
    close_cache();
    redis_server_stop(&server);
}
END_TEST

START_TEST(a_child_has_a_heartbeat_of_its_own)
{
    int ends[2];
    redis_server_start(&server, NULL);
    open_cache(server.uri, false);
    AWAIT(read_beats() == 1);
    ck_assert_int_eq(pipe(ends), 0);
    const pid_t child = fork();
    if (!child) { /* asks, until the parent has seen it */
        char byte;
        close(ends[1]);
        ask_once();
        _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(ends[0]);
    AWAIT(read_beats() == 2);
    ck_assert(beats[0].pid != beats[1].pid);
    ck_assert(beats[0].pid == (uint64_t)child || beats[1].pid == (uint64_t)child);
    close(ends[1]);
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    close_cache();
    redis_server_stop(&server);
}
END_TEST

/* ---- advice ---- */

/* The codes as they are now, with blanks between. */
static const char *codes(void) {
    static char text[512];
    struct t87s_advice rows[16];
    const size_t n = t87s_stats_advice(cache, rows, 16);
    text[0] = '\0';
    for (size_t i = 0; i < n; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? " " : "", rows[i].code);
    return text;
}

#define AWAIT_ADVICE(wanted) AWAIT(!strcmp(codes(), wanted))

static void expect_advice(const char *const *arguments, bool near_off, const char *wanted) {
    redis_server_start(&server, arguments);
    open_cache(server.uri, near_off);
    AWAIT_ADVICE(wanted);
    close_cache();
    redis_server_stop(&server);
}

START_TEST(a_server_without_limits_or_a_disk_is_told_of)
{ expect_advice(NULL, false, "memory persistence"); }
END_TEST

START_TEST(a_server_that_evicts_tags_and_cuts_off_who_listens_is_told_of)
{
    static const char *const arguments[] = {
        "--maxmemory-policy", "allkeys-lru", "--maxmemory", "100mb", "--client-output-buffer-limit",
        "pubsub 100000 0 0",  "--save",      "3600 1",      NULL};
    expect_advice(arguments, false, "eviction pubsub-buffer");
}
END_TEST

START_TEST(a_replica_is_told_of_although_it_is_not_used)
{
    static const char *const arguments[] = {"--replicaof", "127.0.0.1 1", NULL};
    expect_advice(arguments, false, "replica memory persistence");
    setup();
    expect_advice(arguments, true, "replica memory persistence");
}
END_TEST

START_TEST(who_cannot_be_reached_is_told_of_until_he_can)
{
    redis_server_start(&server, NULL);
    char gone[sizeof server.uri + 8];
    snprintf(gone, sizeof gone, "%s.gone", server.uri);
    open_cache(gone, false);
    AWAIT_ADVICE("unreachable");
    char command[300];
    snprintf(command, sizeof command, "mv %s %s.gone", server.socket, server.socket);
    ck_assert_int_eq(system(command), 0);
    AWAIT_ADVICE("memory persistence");
    ck_assert_uint_eq(trace_count(&trace, "store advice unreachable: no longer"), 1);
    close_cache();
    redis_server_stop(&server);
}
END_TEST

START_TEST(a_clock_that_goes_back_is_told_of)
{
    server.own_clock = true;
    redis_server_start(&server, NULL);
    open_cache(server.uri, false);
    AWAIT(read_beats() == 1);
    redis_server_set_clock(&server, -3600);
    AWAIT_ADVICE("memory persistence clock");
    ck_assert_uint_eq(trace_count(&trace, "The clock of Redis went back by 3"), 1);
    close_cache();
    redis_server_stop(&server);
}
END_TEST

/* ---- secrets ---- */

START_TEST(no_password_is_ever_traced_or_written_down)
{
    static const char *const passwords[] = {"s3cret-right", "s3cret-wrong"};
    char port[16], uri[128];
    const char *arguments[] = {"--port", port, NULL};
    snprintf(port, sizeof port, "%d", free_port());
    redis_server_start(&server, arguments);
    ck_assert_str_eq(redis_server_tell(&server, "ACL SETUSER ada on >s3cret-right ~* &* +@all").text, "+OK");
    ck_assert_str_eq(redis_server_tell(&server, "ACL SETUSER default off").text, "+OK");
    for (int i = 0; i < 2; i++) {
        struct t87s_buffer text = {0};
        struct t87s_advice rows[16];
        snprintf(uri, sizeof uri, "redis://ada:%s@127.0.0.1:%s", passwords[i], port);
        if (i)
            setup();
        open_cache(uri, false);
        AWAIT_ADVICE(i ? "unreachable" : "memory persistence");
        ask_once();
        ck_assert_int_eq(t87s_invalidate(cache, &user, 1, 0), i ? T87S_PARTIAL : T87S_OK);
        ck_assert_int_eq(t87s_stats_openmetrics(cache, &text), T87S_OK);
        ck_assert_int_eq(t87s_buffer_append(&text, "", 1), T87S_OK);
        ck_assert_ptr_null(strstr((const char *)text.data, "s3cret"));
        t87s_buffer_release(&text);
        for (size_t n = t87s_stats_advice(cache, rows, 16); n--;)
            ck_assert_ptr_null(strstr(rows[n].text, "s3cret"));
        ck_assert_uint_gt(trace_count(&trace, "store advice"), 0);
        ck_assert_uint_eq(trace_count(&trace, "s3cret"), 0);
        close_cache();
    }
    redis_server_stop(&server);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("what a store in Redis says");
    TCase *tests = case_of(suite, "tests", setup, NULL, 60);
    tcase_add_test(tests, a_process_says_who_it_is_and_what_it_counts);
    tcase_add_test(tests, who_keeps_nothing_near_says_so_too);
    tcase_add_test(tests, two_caches_over_one_store_have_two_heartbeats);
    tcase_add_test(tests, a_child_has_a_heartbeat_of_its_own);
    tcase_add_test(tests, a_server_without_limits_or_a_disk_is_told_of);
    tcase_add_test(tests, a_server_that_evicts_tags_and_cuts_off_who_listens_is_told_of);
    tcase_add_test(tests, a_replica_is_told_of_although_it_is_not_used);
    tcase_add_test(tests, who_cannot_be_reached_is_told_of_until_he_can);
    tcase_add_test(tests, a_clock_that_goes_back_is_told_of);
    tcase_add_test(tests, no_password_is_ever_traced_or_written_down);
    return run_suites(suite, NULL);
}
