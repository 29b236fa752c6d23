/* SPDX-License-Identifier: MIT
 *
 * usage: bench-redis [--tiny]
 *
 * The store over Redis beside bare hiredis, on the same server and the same bytes, and beside what Redis itself takes
 * for the same work (the floors): a row of bars.h for each.
 */
#include <hiredis/hiredis.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <t87s/redis.h>

#include "near.h"
#include "server.h"

enum { VALUE = 1024, KEY = 16, THREADS = 8, CONNECTIONS = 2 /* as many as the store's lanes */, SUBJECTS = 100 };

static struct scale scale = {101, 400};
static int entries = 100000;
static struct over {
    struct t87s_store *store;
    void *scope;
} heard, unheard /* no near tier, so nobody listens */, shared /* with TypeScript */;
static redisContext *bare;
static const char *socket_path;
static unsigned char value[VALUE];

static void fail(const char *what) {
    fprintf(stderr, "bench-redis: %s\n", what);
    server_stop();
    exit(EXIT_FAILURE);
}

/* ---- one thing, done once ---- */

struct subject {
    struct t87s_tag tag;
    struct t87s_store_tag list;
    char key[KEY + 1];
    struct t87s_store_query query;
};

static void name_subject(struct subject *subject, int n) {
    const struct t87s_segment segments[] = {T87S_STATIC("users"), T87S_WILD_U64((uint64_t)n)};
    if (t87s_tag_make(&subject->tag, 2, segments) != T87S_OK)
        fail("no tag");
    snprintf(subject->key, sizeof subject->key, "user:%011d", n % 1000000);
    subject->list = (struct t87s_store_tag){subject->tag.path, subject->tag.size};
    subject->query = (struct t87s_store_query){subject->key, KEY, &subject->list, 1, 1000};
}

static struct subject subjects[SUBJECTS];

static void hit(const struct over *over, int i) {
    struct t87s_buffer buffer = {.size = 0};
    struct t87s_store_answer answer = {.value = &buffer};
    if (over->store->read(over->store, over->scope, &subjects[i % SUBJECTS].query, &answer) != T87S_OK ||
        answer.state != T87S_STORE_VALID || buffer.size != VALUE)
        fail("no hit");
    t87s_buffer_release(&buffer);
}
static void heard_hit(int i) { hit(&heard, i); }
static void unheard_hit(int i) { hit(&unheard, i); }
static void shared_hit(int i) { hit(&shared, i); }

static void bare_get(int i) {
    redisReply *reply = redisCommand(bare, "GET bare:%s", subjects[i % SUBJECTS].key);
    if (!reply || reply->type != REDIS_REPLY_STRING || reply->len != VALUE)
        fail("no GET");
    freeReplyObject(reply);
}

static void write_entry(const struct over *over, const struct subject *subject, size_t size) {
    const struct t87s_store_value what = {.bytes = value, .size = size, .ttl_ms = 3600000};
    if (over->store->write(over->store, over->scope, &subject->query, &what) != T87S_OK)
        fail("no write");
}

/* ---- a hit ---- */

static void ask_get(redisContext *context, int i) {
    redisAppendCommand(context, "GET bare:%s", subjects[i % SUBJECTS].key);
}

/* What a hit asks, by hiredis: the server's part of it, but for the time, which few ask. As many members as for a tag
 * of two segments. */
static void ask_hit(redisContext *context, int i) {
    const void *m = value; /* none is there */
    const size_t n = 17;
    ask_get(context, i);
    redisAppendCommand(context, "ZMSCORE marks last life %b %b %b %b %b %b %b %b %b %b %b", m, n, m, n, m, n, m, n, m,
                       n, m, n, m, n, m, n, m, n, m, n, m, n);
    redisAppendCommand(context, "WAIT 0 0");
}

static void take_replies(redisContext *context, int n) {
    for (int i = 0; i < n; i++) {
        redisReply *reply = NULL;
        if (redisGetReply(context, (void **)&reply) != REDIS_OK || reply->type == REDIS_REPLY_ERROR)
            fail("no reply");
        freeReplyObject(reply);
    }
}

static void bare_hit(int i) {
    ask_hit(bare, i);
    take_replies(bare, 3);
}

static double info(const char *section, const char *field) {
    redisReply *reply = redisCommand(bare, "INFO %s", section);
    if (!reply || reply->type != REDIS_REPLY_STRING)
        fail("no INFO");
    const char *at = strstr(reply->str, field);
    const double number = at ? strtod(at + strlen(field), NULL) : 0;
    freeReplyObject(reply);
    return number;
}

/* A pipeline without a script is one trip, and nothing is asked twice; the time, now and then. */
static void trips(void) {
    static const char *const once[] = {"get", "zmscore", "time", "wait"};
    static const struct bar_row row = {"commands of a hit, in one trip", "GET, ZMSCORE, WAIT", "", BAR_AT_MOST, 3.25};
    double commands = 0;
    freeReplyObject(redisCommand(bare, "CONFIG RESETSTAT"));
    for (int i = 0; i < 100; i++)
        heard_hit(i);
    for (int i = 0; i < 4; i++) {
        char field[32];
        snprintf(field, sizeof field, "cmdstat_%s:calls=", once[i]);
        commands += info("commandstats", field);
    }
    say_number(&row, (commands + info("commandstats", "cmdstat_evalsha:calls=")) / 100, 3);
}

static void hits(void) {
    static const struct bar_row hit = {"hit", "GET", "us", BAR_AT_MOST, 1.25};
    static const struct bar_row floor = {"floor: what a hit asks, by hiredis", "GET", "us", BAR_NONE, 0};
    freeReplyObject(redisCommand(bare, "ZADD marks 1763856000000000 last -4503599627370495 life"));
    beside(&scale, &hit, heard_hit, bare_get);
    beside(&scale, &floor, bare_hit, bare_get);
    trips();
}

/* ---- threads ---- */

static void *many_hits(void *arg) {
    (void)arg;
    for (int i = 0; i < scale.calls; i++)
        heard_hit(i);
    return NULL;
}

/* As many on their way at once, over as many connections. */
static void pipeline(redisContext *context, void (*ask)(redisContext *context, int i), int replies) {
    const int at_once = THREADS / CONNECTIONS;
    for (int i = 0; i < scale.calls * at_once; i += at_once) {
        for (int k = 0; k < at_once; k++)
            ask(context, i + k);
        take_replies(context, at_once * replies);
    }
}

static void *many_gets(void *context) {
    pipeline(context, ask_get, 1);
    return NULL;
}

static void *many_bare_hits(void *context) {
    pipeline(context, ask_hit, 3);
    return NULL;
}

static double throughput(int n, void *(*work)(void *arg), void **args) {
    pthread_t threads[THREADS];
    const double begun = now_us();
    for (int i = 0; i < n; i++)
        if (pthread_create(&threads[i], NULL, work, args ? args[i] : NULL) != 0)
            fail("no thread");
    for (int i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    return (double)scale.calls * THREADS / (now_us() - begun) * 1e3; /* a millisecond */
}

static void threads(void) {
    static const struct bar_row row = {"8 threads, hits", "pipelined GETs", "/ms", BAR_AT_LEAST, 0.8};
    static const struct bar_row ceiling = {"ceiling: what they ask, pipelined by hiredis", "pipelined GETs", "/ms",
                                           BAR_NONE, 0};
    double ours[MOST_ROUNDS], same[MOST_ROUNDS], theirs[MOST_ROUNDS];
    void *contexts[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++)
        contexts[i] = redisConnectUnix(socket_path);
    const int n = scale.rounds / 3;
    for (int i = 0; i < n; i++) {
        ours[i] = throughput(THREADS, many_hits, NULL);
        same[i] = throughput(CONNECTIONS, many_bare_hits, contexts);
        theirs[i] = throughput(CONNECTIONS, many_gets, contexts);
    }
    for (int i = 0; i < CONNECTIONS; i++)
        redisFree(contexts[i]);
    say_row(&row, ours, theirs, n);
    say_row(&ceiling, same, theirs, n);
}

/* ---- invalidations ---- */

static void invalidate(const struct over *over, int i) {
    if (over->store->invalidate(over->store, over->scope, &subjects[i % SUBJECTS].list, 1, 0, 1000) != T87S_OK)
        fail("no invalidation");
}
static void heard_invalidate(int i) { invalidate(&heard, i); }
static void unheard_invalidate(int i) { invalidate(&unheard, i); }
static void shared_invalidate(int i) { invalidate(&shared, i); }

static void bare_set(int i) {
    redisReply *reply = redisCommand(bare, "SET other:%s %b", subjects[i % SUBJECTS].key, value, (size_t)40);
    if (!reply || reply->type != REDIS_REPLY_STATUS)
        fail("no SET");
    freeReplyObject(reply);
}

static char script[64];

/* As many arguments as an invalidation has. */
static void bare_script(int i) {
    redisReply *reply = redisCommand(bare, "EVALSHA %s 1 marks %b 4503599627370495 3660000000 bench:i %s h %b", script,
                                     value, (size_t)9, subjects[i % SUBJECTS].key, value, (size_t)17);
    if (!reply || reply->type != REDIS_REPLY_INTEGER)
        fail("no EVALSHA");
    freeReplyObject(reply);
}

static void invalidations(void) {
    static const struct bar_row with_near = {"invalidate, the near tier hears it", "SET", "us", BAR_AT_MOST, 1.5};
    static const struct bar_row silent = {"invalidate, nobody hears it", "SET", "us", BAR_AT_MOST, 1.5};
    static const struct bar_row floor = {"floor: EVALSHA of a script that does nothing", "SET", "us", BAR_NONE, 0};
    redisReply *reply = redisCommand(bare, "SCRIPT LOAD %s", "return 1");
    if (!reply || reply->type != REDIS_REPLY_STRING)
        fail("no script");
    snprintf(script, sizeof script, "%s", reply->str);
    freeReplyObject(reply);
    beside(&scale, &with_near, heard_invalidate, bare_set);
    beside(&scale, &silent, unheard_invalidate, bare_set);
    beside(&scale, &floor, bare_script, bare_set);
}

/* ---- memory ---- */

/* Of many sizes, since the server's allocator rounds up. */
static size_t size_of(int i) { return VALUE / 2 + (size_t)i * 37 % (VALUE / 2); }

static void memory(void) {
    static const struct bar_row over_payload = {"memory of an entry over its key and value", "SET with PX", "B",
                                                BAR_AT_MOST, 120};
    static const struct bar_row over_floor = {"memory of an entry over a SET with PX of its value", "", "B", BAR_NONE,
                                              0};
    struct subject subject;
    freeReplyObject(redisCommand(bare, "FLUSHALL"));
    const double before = info("memory", "used_memory:");
    double payload = 0;
    for (int i = 0; i < entries; i++) {
        name_subject(&subject, 1000 + i);
        write_entry(&heard, &subject, size_of(i));
        payload += KEY + (double)size_of(i);
    }
    const double ours = info("memory", "used_memory:") - before;
    freeReplyObject(redisCommand(bare, "FLUSHALL")); /* so that both fill tables from the start */
    const double clean = info("memory", "used_memory:");
    for (int i = 0; i < entries; i++)
        freeReplyObject(redisCommand(bare, "SET bare:%011d %b PX 3600000", i, value, size_of(i)));
    const double theirs = info("memory", "used_memory:") - clean;
    say_number(&over_payload, (ours - payload) / entries, (theirs - payload) / entries);
    say_number(&over_floor, (ours - theirs) / entries, 0);
}

/* ---- */

static void ignore_tags(void *arg, const struct t87s_store_tag *tags, size_t n, unsigned flags) {
    (void)arg, (void)tags, (void)n, (void)flags;
}
static void ignore_key(void *arg, const void *key, size_t size) { (void)arg, (void)key, (void)size; }
static void ignore(void *arg) { (void)arg; }
static void ignore_time(void *arg, int64_t until_ms) { (void)arg, (void)until_ms; }

static void open_over(struct over *over, const char *prefix, const struct t87s_redis_options *options) {
    static const struct t87s_store_listener listener = {NULL, ignore_tags, ignore_key, ignore, ignore_time, NULL, NULL};
    if (t87s_redis_open(options, &over->store) != T87S_OK ||
        over->store->attach(over->store, prefix, &listener, &over->scope) != T87S_OK)
        fail("no store");
    for (int i = 0; i < SUBJECTS; i++)
        write_entry(over, &subjects[i], VALUE);
}

static void close_over(struct over *over) {
    over->store->detach(over->store, over->scope);
    t87s_store_close(over->store);
}

/* What sharing tags with TypeScript costs. */
static void sharing(const char *uri) {
    static const struct bar_row hits_of_it = {"hit, tags shared with TypeScript", "hit", "us", BAR_NONE, 0};
    static const struct bar_row invalidates = {"invalidate, tags shared", "invalidate", "us", BAR_NONE, 0};
    open_over(
        &shared, "shared",
        &(struct t87s_redis_options){.uri = uri, .timeout_ms = 1000, .near_off = true, .share_with_typescript = true});
    open_over(&unheard, "alone", &(struct t87s_redis_options){.uri = uri, .timeout_ms = 1000, .near_off = true});
    beside(&scale, &hits_of_it, shared_hit, unheard_hit);
    beside(&scale, &invalidates, shared_invalidate, unheard_invalidate);
    close_over(&unheard);
    close_over(&shared);
}

static void prepare(const char *uri) {
    do
        bare = redisConnectUnix(socket_path);
    while (bare && bare->err);
    if (!bare)
        fail("no connection");
    for (size_t i = 0; i < VALUE; i++)
        value[i] = (unsigned char)(i * 2654435761u >> 13);
    for (int i = 0; i < SUBJECTS; i++) {
        name_subject(&subjects[i], i);
        freeReplyObject(redisCommand(bare, "SET bare:%s %b", subjects[i].key, value, (size_t)VALUE));
    }
    open_over(&heard, "bench", &(struct t87s_redis_options){.uri = uri, .timeout_ms = 1000});
    open_over(&unheard, "unheard", &(struct t87s_redis_options){.uri = uri, .timeout_ms = 1000, .near_off = true});
}

static void require(const char *trouble) {
    if (trouble)
        fail(trouble);
}

int main(int argc, char **argv) {
    char uri[128];
    if (argc > 1 && !strcmp(argv[1], "--tiny")) {
        scale = (struct scale){3, 50};
        entries = 200;
    }
    socket_path = server_start();
    snprintf(uri, sizeof uri, "unix://%s", socket_path);
    prepare(uri);
    hits();
    require(whole_queries(&scale, uri, bare_get));
    threads();
    invalidations();
    require(near_hits(&scale, uri));
    close_over(&unheard);
    memory();
    close_over(&heard);
    sharing(uri);
    redisFree(bare);
    server_stop();
    return EXIT_SUCCESS;
}
