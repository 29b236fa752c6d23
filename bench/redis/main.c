/* SPDX-License-Identifier: MIT
 *
 * usage: bench-redis [--tiny]
 *
 * The store over Redis beside bare hiredis on the same server and the same bytes, in turns, so that both have the same
 * luck with the machine: the medians of rounds, their ratio, and what it may be at most.
 */
#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <t87s/redis.h>
#include <time.h>

#include "server.h"

enum { VALUE = 1024, KEY = 16, THREADS = 8, CONNECTIONS = 2 /* as many as the store's lanes */, MOST_ROUNDS = 41 };

static int rounds = MOST_ROUNDS, calls = 2000, entries = 20000;
static struct t87s_store *store;
static void *scope;
static redisContext *bare;
static const char *socket_path;
static unsigned char value[VALUE];

static void fail(const char *what) {
    fprintf(stderr, "bench-redis: %s\n", what);
    server_stop();
    exit(EXIT_FAILURE);
}

static double now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b) {
    const double *one = a, *two = b;
    return (*one > *two) - (*one < *two);
}

static double median(double *numbers, int n) {
    qsort(numbers, (size_t)n, sizeof *numbers, compare);
    return numbers[n / 2];
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

/* The same with share_with_typescript. */
static struct t87s_store *sharing;
static void *sharing_scope;

static void swap_stores(void) {
    struct t87s_store *other = sharing;
    void *scope_of_it = sharing_scope;
    sharing = store, sharing_scope = scope;
    store = other, scope = scope_of_it;
}

static void store_hit(struct subject *subject) {
    struct t87s_buffer buffer = {.size = 0};
    struct t87s_store_answer answer = {.value = &buffer};
    if (store->read(store, scope, &subject->query, &answer) != T87S_OK || answer.state != T87S_STORE_VALID ||
        buffer.size != VALUE)
        fail("no hit");
    t87s_buffer_release(&buffer);
}

static void bare_get(struct subject *subject) {
    redisReply *reply = redisCommand(bare, "GET bare:%s", subject->key);
    if (!reply || reply->type != REDIS_REPLY_STRING || reply->len != VALUE)
        fail("no GET");
    freeReplyObject(reply);
}

static void store_invalidate(struct subject *subject) {
    if (store->invalidate(store, scope, &subject->list, 1, 0, 1000) != T87S_OK)
        fail("no invalidation");
}

static void bare_set(struct subject *subject) {
    redisReply *reply = redisCommand(bare, "SET other:%s %b", subject->key, value, (size_t)40);
    if (!reply || reply->type != REDIS_REPLY_STATUS)
        fail("no SET");
    freeReplyObject(reply);
}

static void sharing_hit(struct subject *subject) {
    swap_stores();
    store_hit(subject);
    swap_stores();
}

static void sharing_invalidate(struct subject *subject) {
    swap_stores();
    store_invalidate(subject);
    swap_stores();
}

static void write_entry(struct subject *subject, size_t size) {
    const struct t87s_store_value what = {.bytes = value, .size = size, .ttl_ms = 3600000};
    if (store->write(store, scope, &subject->query, &what) != T87S_OK)
        fail("no write");
}

/* ---- scenarios ---- */

static void say(const char *what, const char *unit, double ours, double theirs, double ratio, const char *bar) {
    printf("%-34s %10.2f %10.2f %s   %5.2fx  (%s)\n", what, ours, theirs, unit, ratio, bar);
    fflush(stdout);
}

static double round_of(void (*call)(struct subject *subject)) {
    struct subject subject;
    const double begun = now_us();
    for (int i = 0; i < calls; i++) {
        name_subject(&subject, i % 100);
        call(&subject);
    }
    return (now_us() - begun) / calls;
}

static void beside(const char *what, void (*ours)(struct subject *), void (*theirs)(struct subject *),
                   const char *bar) {
    double our_us[MOST_ROUNDS], their_us[MOST_ROUNDS], ratios[MOST_ROUNDS];
    for (int i = 0; i < rounds; i++) {
        our_us[i] = round_of(ours);
        their_us[i] = round_of(theirs);
        ratios[i] = our_us[i] / their_us[i];
    }
    say(what, "us", median(our_us, rounds), median(their_us, rounds), median(ratios, rounds), bar);
}

static void *many_hits(void *arg) {
    struct subject subject;
    (void)arg;
    for (int i = 0; i < calls; i++) {
        name_subject(&subject, i % 100);
        store_hit(&subject);
    }
    return NULL;
}

/* As many GETs on their way at once, over as many connections. */
static void *many_gets(void *arg) {
    redisContext *context = arg;
    struct subject subject;
    const int at_once = THREADS / CONNECTIONS;
    for (int i = 0; i < calls * at_once; i += at_once) {
        for (int k = 0; k < at_once; k++) {
            name_subject(&subject, (i + k) % 100);
            redisAppendCommand(context, "GET bare:%s", subject.key);
        }
        for (int k = 0; k < at_once; k++) {
            redisReply *reply = NULL;
            if (redisGetReply(context, (void **)&reply) != REDIS_OK || reply->type != REDIS_REPLY_STRING)
                fail("no pipelined GET");
            freeReplyObject(reply);
        }
    }
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
    return (double)calls * THREADS / (now_us() - begun) * 1e3; /* a millisecond */
}

static void threads(void) {
    double ours[MOST_ROUNDS], theirs[MOST_ROUNDS], ratios[MOST_ROUNDS];
    void *contexts[CONNECTIONS];
    for (int i = 0; i < CONNECTIONS; i++)
        contexts[i] = redisConnectUnix(socket_path);
    const int n = rounds / 4 + 1;
    for (int i = 0; i < n; i++) {
        ours[i] = throughput(THREADS, many_hits, NULL);
        theirs[i] = throughput(CONNECTIONS, many_gets, contexts);
        ratios[i] = ours[i] / theirs[i];
    }
    for (int i = 0; i < CONNECTIONS; i++)
        redisFree(contexts[i]);
    say("8 threads, hits beside GETs", "/ms", median(ours, n), median(theirs, n), median(ratios, n), "at least 0.80x");
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

static void trips(void) {
    struct subject subject;
    name_subject(&subject, 1);
    freeReplyObject(redisCommand(bare, "CONFIG RESETSTAT"));
    for (int i = 0; i < 100; i++)
        store_hit(&subject);
    printf("commands of 100 hits, each one trip: GET %.0f, ZMSCORE %.0f, TIME %.0f, WAIT %.0f, EVALSHA %.0f\n",
           info("commandstats", "cmdstat_get:calls="), info("commandstats", "cmdstat_zmscore:calls="),
           info("commandstats", "cmdstat_time:calls="), info("commandstats", "cmdstat_wait:calls="),
           info("commandstats", "cmdstat_evalsha:calls="));
}

/* Of many sizes, since the server's allocator rounds up. */
static size_t size_of(int i) { return VALUE / 2 + (size_t)i * 37 % (VALUE / 2); }

static void memory(void) {
    struct subject subject;
    const double before = info("memory", "used_memory:");
    double payload = 0;
    for (int i = 0; i < entries; i++) {
        name_subject(&subject, 1000 + i);
        write_entry(&subject, size_of(i));
        payload += KEY + (double)size_of(i);
    }
    const double ours = info("memory", "used_memory:") - before, clean = info("memory", "used_memory:");
    for (int i = 0; i < entries; i++)
        freeReplyObject(redisCommand(bare, "SET bare:%011d %b PX 3600000", i, value, size_of(i)));
    const double theirs = info("memory", "used_memory:") - clean;
    say("memory over key and value", "B", (ours - payload) / entries, (theirs - payload) / entries, ours / theirs,
        "at most 120 B");
}

/* ---- */

static void ignore_tags(void *arg, const struct t87s_store_tag *tags, size_t n, unsigned flags) {
    (void)arg, (void)tags, (void)n, (void)flags;
}
static void ignore_key(void *arg, const void *key, size_t size) { (void)arg, (void)key, (void)size; }
static void ignore(void *arg) { (void)arg; }
static void ignore_time(void *arg, int64_t until_ms) { (void)arg, (void)until_ms; }

/* Two caches of which nothing was invalidated yet. */
static void beside_typescript(const char *uri, const struct t87s_store_listener *listener) {
    const struct t87s_redis_options options = {.uri = uri, .timeout_ms = 1000, .share_with_typescript = true};
    store->detach(store, scope);
    if (store->attach(store, "alone", listener, &scope) != T87S_OK || t87s_redis_open(&options, &sharing) != T87S_OK ||
        sharing->attach(sharing, "sharing", listener, &sharing_scope) != T87S_OK)
        fail("no store beside TypeScript");
    for (int i = 0; i < 100; i++) {
        struct subject subject;
        name_subject(&subject, i);
        write_entry(&subject, VALUE);
        swap_stores();
        write_entry(&subject, VALUE);
        swap_stores();
    }
    beside("hit, tags shared, beside a hit", sharing_hit, store_hit, "no bar");
    beside("invalidate, shared, beside one", sharing_invalidate, store_invalidate, "no bar");
    sharing->detach(sharing, sharing_scope);
    t87s_store_close(sharing);
}

int main(int argc, char **argv) {
    static const struct t87s_store_listener listener = {NULL, ignore_tags, ignore_key, ignore, ignore_time, NULL, NULL};
    char uri[128];
    if (argc > 1 && !strcmp(argv[1], "--tiny"))
        rounds = 3, calls = 50, entries = 200;
    socket_path = server_start();
    snprintf(uri, sizeof uri, "unix://%s", socket_path);
    do
        bare = redisConnectUnix(socket_path);
    while (bare && bare->err);
    const struct t87s_redis_options options = {.uri = uri, .timeout_ms = 1000};
    if (!bare || t87s_redis_open(&options, &store) != T87S_OK ||
        store->attach(store, "bench", &listener, &scope) != T87S_OK)
        fail("no store");
    for (size_t i = 0; i < VALUE; i++)
        value[i] = (unsigned char)(i * 2654435761u >> 13);
    for (int i = 0; i < 100; i++) {
        struct subject subject;
        name_subject(&subject, i);
        write_entry(&subject, VALUE);
        freeReplyObject(redisCommand(bare, "SET bare:%s %b", subject.key, value, (size_t)VALUE));
    }
    printf("%-34s %10s %10s\n", "over a unix socket, values of 1 KiB", "t87s", "bare");
    beside("hit beside GET", store_hit, bare_get, "at most 1.25x");
    trips();
    threads();
    beside("invalidate beside SET", store_invalidate, bare_set, "at most 1.50x");
    memory();
    beside_typescript(uri, &listener);
    store->detach(store, scope);
    t87s_store_close(store);
    redisFree(bare);
    server_stop();
    return EXIT_SUCCESS;
}
