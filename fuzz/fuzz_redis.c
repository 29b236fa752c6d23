/* SPDX-License-Identifier: MIT
 *
 * What a server says, as any bytes. The first byte chooses who gets them: an entry's reader; or the reader of replies,
 * whose replies then go to all who take replies apart; or the listener's messages.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "blob.h"
#include "redis_store.h"
#include "typescript.h"

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

static void fail(int line, const char *what) {
    fprintf(stderr, "fuzz_redis.c:%d: not so: %s\n", line, what);
    abort();
}

static void read_blob(const uint8_t *data, size_t size) {
    struct t87s__blob blob;
    if (!t87s__blob_read(data, size, &blob))
        return;
    CHECK(blob.value >= data && blob.value + blob.size + T87S__BLOB_END == data + size);
    CHECK(blob.ttl_ms >= 0 && blob.grace_ms >= 0 && blob.written_us >= 0);
}

/* ---- replies ---- */

static void take_nodes(const redisReply *reply) {
    static struct t87s__map map;
    struct t87s__address address;
    if (t87s__cluster_take_nodes(reply, &map))
        for (unsigned slot = 0; slot < T87S__SLOTS; slot++)
            CHECK(map.owners[slot] <= map.n);
    if (reply->type == REDIS_REPLY_STRING && t87s__address_parse(reply->str, reply->len, &address))
        CHECK(strlen(address.host) < sizeof address.host && address.port > 0 && address.port < 65536);
    (void)t87s__cluster_take_epoch(reply, &map.epoch);
    (void)t87s__kind_of(reply);
}

static void take_reply(redisReply *reply) {
    struct t87s_store_birth birth = {{0}};
    redisReply *both[] = {reply, reply};
    if (t87s__redis_take_birth(reply, 0, &birth))
        CHECK(*t87s__birth_stamp(&birth, 0) > 0 && *t87s__birth_stamp(&birth, 0) < T87S__NUMBERS);
    CHECK(t87s__redis_take_history(both) < T87S__NUMBERS);
    (void)t87s__reply_is_error(reply, "OOM");
    take_nodes(reply);
    if (reply->type == REDIS_REPLY_STRING)
        read_blob((const uint8_t *)reply->str, reply->len);
}

static void read_replies(const uint8_t *data, size_t size) {
    bool lost = false;
    size_t at = 0, taken;
    for (size_t come = 0; !lost && come < size;) { /* as they come over a network */
        come = size - come < 7 ? size : come + 7;
        for (redisReply *reply; (reply = t87s__reply_take((const char *)data + at, come - at, &taken, &lost));) {
            CHECK(taken > 0 && taken <= come - at);
            take_reply(reply);
            t87s__reply_free(reply);
            at += taken;
        }
    }
}

/* A read whose answers are the input. */
static void judge_replies(const uint8_t *data, size_t size) {
    const struct t87s_segment segments[] = {T87S_STATIC("users"), T87S_WILD_U64(7)};
    struct t87s_tag tag;
    CHECK(t87s_tag_make(&tag, 2, segments) == T87S_OK);
    const struct t87s_store_tag list = {tag.path, tag.size};
    const struct t87s_store_query query = {"k", 1, &list, 1, 100};
    struct t87s__layout layout;
    struct t87s_buffer value = {.size = 0};
    struct t87s_store_answer answer = {.value = &value};
    redisReply *replies[6] = {NULL};
    bool news;
    bool lost;
    t87s__layout_init(&layout, "t87s", "fuzz", 1);
    unsigned n = 0;
    for (size_t at = 0, taken;
         n < 6 && (replies[n] = t87s__reply_take((const char *)data + at, size - at, &taken, &lost)); n++)
        at += taken;
    layout.with_typescript = n == 6;                        /* two replies more */
    redisReply **const end = replies + (n < 2 ? 0 : n - 1); /* behind the time */
    const int64_t now_us = n < 2 ? 0 : t87s__clock_take(end[-1]);
    CHECK(now_us >= 0 && now_us < (int64_t)T87S__NUMBERS);
    const struct t87s__part parts[] = {
        {.n = 1, .replies = replies, .end = end, .history = 12345, .now_us = now_us},
        {.n = 1, .replies = replies + 1, .end = end, .history = 12345, .now_us = now_us},
        {.n = 2, .replies = replies + 2, .end = end, .history = 12345, .now_us = now_us}};
    if (n == 6)
        (void)t87s__typescript_take(&parts[2], &query, &news);
    if ((n == 4 || n == 6) && t87s__redis_take_answer(&layout, &query, parts, &answer) == T87S_OK)
        CHECK(value.size == 0 || answer.state == T87S_STORE_VALID || answer.state == T87S_STORE_SOFT);
    t87s__replies_free(replies, n);
    t87s_buffer_release(&value);
}

/* ---- messages ---- */

static void check_tags(void *arg, const struct t87s_store_tag *tags, size_t n, unsigned flags) {
    size_t ends[T87S_MAX_SEGMENTS];
    (void)arg;
    CHECK((flags & ~(unsigned)(T87S_SOFT | T87S_EXACT)) == 0);
    for (size_t i = 0; i < n; i++)
        CHECK(tags[i].size <= sizeof((struct t87s_tag *)0)->path && t87s_store_prefixes(tags[i], ends));
}
static void check_key(void *arg, const void *key, size_t size) { CHECK(!arg && key && size); }
static void check_nothing(void *arg) { CHECK(!arg); }
static void check_time(void *arg, int64_t until_ms) { CHECK(!arg && until_ms); }

static void tell(const uint8_t *data, size_t size) {
    const struct t87s__scope scope = {.listener = {NULL, check_tags, check_key, check_nothing, check_time, NULL, NULL}};
    t87s__redis_tell(&scope, data, size);
    t87s__typescript_tell(&scope.listener, (const char *)data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const readers[])(const uint8_t *data, size_t size) = {read_blob, read_replies, judge_replies, tell};
    if (size > 0)
        readers[data[0] % 4](data + 1, size - 1);
    return 0;
}
