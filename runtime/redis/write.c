/* SPDX-License-Identifier: MIT
 *
 * What changes something: an entry is written after the stamps that outdate others are taken, in the same trip where
 * they are known before.
 */
#include <stdio.h>
#include <stdlib.h>

#include "blob.h"
#include "redis_store.h"

enum { LEAST_KEPT_MS = 60 * 1000 };

/* ---- marks ---- */

struct number {
    char text[24];
};

static struct number number_of(uint64_t value) {
    struct number number;
    snprintf(number.text, sizeof number.text, "%llu", (unsigned long long)value);
    return number;
}

/* How long what happened is remembered: as long as an entry lives that does not know it yet, and a fetch beside. */
static struct number kept_us(struct t87s__redis *redis) {
    const int64_t longest = atomic_load_explicit(&redis->longest_ms, memory_order_relaxed);
    return number_of((uint64_t)(longest + LEAST_KEPT_MS) * 1000);
}

void t87s__redis_add_mark(struct t87s__redis *redis, struct t87s__commands *commands, struct t87s__scope *scope,
                          unsigned bucket, struct t87s__argument message, const struct t87s__argument *pairs,
                          size_t n_pairs, bool by_text) {
    struct t87s__argument arguments[T87S__MOST_ARGUMENTS];
    const struct t87s__name name = t87s__layout_bucket(&scope->layout, bucket),
                            channel = t87s__layout_channel(&scope->layout);
    const struct number kept = kept_us(redis);
    size_t n;
    t87s__script_begin(SCRIPT_MARK, by_text, &name, arguments, &n);
    arguments[n++] = t87s__argument_text(kept.text);
    arguments[n++] = (struct t87s__argument){channel.text, channel.size};
    arguments[n++] = message;
    if (n + 2 * n_pairs > T87S__MOST_ARGUMENTS) {
        commands->failed = true;
        return;
    }
    if (n_pairs)
        memcpy(arguments + n, pairs, 2 * n_pairs * sizeof *pairs);
    t87s__commands_add(commands, arguments, n + 2 * n_pairs);
}

bool t87s__redis_take_stamp(const redisReply *reply, uint64_t *stamp) {
    if (reply->type != REDIS_REPLY_STRING)
        return false;
    *stamp = strtoull(reply->str, NULL, 10);
    return *stamp != 0;
}

/* ---- calls that may find that the server has forgotten the scripts ---- */

typedef void add_commands(struct t87s__redis *redis, struct t87s__scope *scope, void *what, bool by_text,
                          struct t87s__commands *commands);

static bool forgot(redisReply **replies, unsigned n) {
    for (unsigned i = 0; i < n; i++)
        if (t87s__reply_is_error(replies[i], "NOSCRIPT"))
            return true;
    return false;
}

/* *n: how many replies there are, the caller's to free when the status is T87S_OK. */
static enum t87s_status call(struct t87s__redis *redis, struct t87s__scope *scope, add_commands *add, void *what,
                             redisReply **replies, unsigned most, unsigned *n, int64_t timeout_ms) {
    enum t87s_status status = T87S_E_STORE;
    for (int by_text = 0; by_text < 2; by_text++) {
        struct t87s__commands commands = {0};
        add(redis, scope, what, by_text, &commands);
        *n = commands.n;
        status = commands.n > most ? T87S_E_INVALID : t87s__redis_call(redis, scope, &commands, replies, timeout_ms);
        t87s__commands_free(&commands);
        if (status != T87S_OK || !forgot(replies, *n))
            return status;
        t87s__replies_free(replies, *n);
        status = T87S_E_STORE;
    }
    return status;
}

/* ---- births ---- */

struct births {
    const struct t87s__scope *scope;
    struct t87s_store_birth *birth; /* of the buckets that are to be filled in */
    unsigned buckets[T87S__MOST_BUCKETS], n;
    struct t87s__argument mark[2], message; /* for the first bucket */
};

static void add_births(struct t87s__redis *redis, struct t87s__scope *scope, void *what, bool by_text,
                       struct t87s__commands *commands) {
    const struct births *births = what;
    for (unsigned i = 0; i < births->n; i++) {
        const bool marked = i == 0 && births->mark[0].size;
        t87s__redis_add_mark(redis, commands, scope, births->buckets[i], marked ? births->message : T87S__WORD(""),
                             births->mark, marked, by_text);
    }
}

static enum t87s_status take_births(struct t87s__redis *redis, struct t87s__scope *scope, struct births *births,
                                    int64_t timeout_ms) {
    redisReply *replies[T87S__MOST_BUCKETS];
    unsigned n;
    enum t87s_status status = call(redis, scope, add_births, births, replies, T87S__MOST_BUCKETS, &n, timeout_ms);
    if (status != T87S_OK)
        return status;
    for (unsigned i = 0; i < n; i++)
        if (!t87s__redis_take_stamp(replies[i], &births->birth->stamps[births->buckets[i]]))
            status = T87S_E_STORE;
    t87s__replies_free(replies, n);
    return status;
}

enum t87s_status t87s__redis_birth(struct t87s_store *store, void *scope_of_it, int64_t deadline_ms,
                                   struct t87s_store_birth *birth) {
    struct t87s__scope *scope = scope_of_it;
    struct births births = {.birth = birth, .n = scope->layout.n_buckets};
    memset(birth, 0, sizeof *birth);
    for (unsigned i = 0; i < births.n; i++)
        births.buckets[i] = i;
    return take_births(t87s__redis_of(store), scope, &births, deadline_ms);
}

/* ---- entries ---- */

struct writing {
    const struct t87s_store_query *query;
    const struct t87s_store_value *value;
    const unsigned char *bytes; /* the blob */
    size_t size;
    bool raises; /* the key's removal, to the birth */
    uint64_t raised_to;
    unsigned bucket_of_key;
};

static struct t87s__argument key_message(const struct t87s_store_query *query, unsigned char *room) {
    room[0] = MESSAGE_KEY;
    memcpy(room + 1, query->key, query->key_size);
    return (struct t87s__argument){room, query->key_size + 1};
}

static void add_raise(struct t87s__scope *scope, const struct writing *writing, bool by_text,
                      struct t87s__commands *commands) {
    const struct t87s_store_query *query = writing->query;
    struct t87s__argument arguments[12];
    const struct t87s__name bucket = t87s__layout_bucket(&scope->layout, writing->bucket_of_key),
                            channel = t87s__layout_channel(&scope->layout);
    const struct t87s__member member = t87s__layout_member('k', query->key, query->key_size);
    const struct number stamp = number_of(writing->raised_to);
    unsigned char *room = malloc(query->key_size + 1);
    size_t n;
    if (!room) {
        commands->failed = true;
        return;
    }
    t87s__script_begin(SCRIPT_RAISE, by_text, &bucket, arguments, &n);
    arguments[n++] = T87S__WORD("0");
    arguments[n++] = (struct t87s__argument){channel.text, channel.size};
    arguments[n++] = key_message(query, room);
    arguments[n++] = (struct t87s__argument){member.bytes, sizeof member.bytes};
    arguments[n++] = t87s__argument_text(stamp.text);
    t87s__commands_add(commands, arguments, n);
    free(room);
}

static void add_write(struct t87s__redis *redis, struct t87s__scope *scope, void *what, bool by_text,
                      struct t87s__commands *commands) {
    const struct writing *writing = what;
    const struct t87s__name head = t87s__layout_entry_head(&scope->layout);
    const int64_t lives = writing->value->ttl_ms + writing->value->grace_ms;
    const struct number expiry = number_of((uint64_t)lives);
    struct t87s__argument arguments[8];
    size_t n;
    (void)redis;
    if (writing->raises)
        add_raise(scope, writing, by_text, commands);
    char *name = malloc(head.size + writing->query->key_size);
    if (!name) {
        commands->failed = true;
        return;
    }
    memcpy(name, head.text, head.size);
    memcpy(name + head.size, writing->query->key, writing->query->key_size);
    t87s__script_begin(SCRIPT_WRITE, by_text, &head, arguments, &n);
    arguments[n - 1] = (struct t87s__argument){name, head.size + writing->query->key_size};
    arguments[n++] = (struct t87s__argument){writing->bytes, writing->size};
    arguments[n++] = t87s__argument_text(expiry.text);
    t87s__commands_add(commands, arguments, n);
    free(name);
}

/* A birth of now for every bucket of the query; with `replaces_all` the key's is marked on the way. */
static enum t87s_status born_now(struct t87s__redis *redis, struct t87s__scope *scope,
                                 const struct t87s_store_query *query, bool replaces_all,
                                 struct t87s_store_birth *birth) {
    const unsigned of_key = t87s__layout_bucket_of_key(&scope->layout, query->key, query->key_size);
    const struct t87s__member member = t87s__layout_member('k', query->key, query->key_size);
    struct births births = {.birth = birth, .buckets = {of_key}, .n = 1};
    unsigned char *room = NULL;
    if (replaces_all) {
        room = malloc(query->key_size + 1);
        if (!room)
            return T87S_E_NOMEM;
        births.mark[0] = T87S__WORD("h");
        births.mark[1] = (struct t87s__argument){member.bytes, sizeof member.bytes};
        births.message = key_message(query, room);
    }
    bool taken[T87S__MOST_BUCKETS] = {false};
    taken[of_key] = true;
    for (size_t i = 0; i < query->n_tags; i++) {
        const unsigned bucket = t87s__layout_bucket_of_tag(&scope->layout, query->tags[i]);
        if (!taken[bucket])
            births.buckets[births.n++] = bucket;
        taken[bucket] = true;
    }
    const enum t87s_status status = take_births(redis, scope, &births, query->deadline_ms);
    free(room);
    return status;
}

static void remember_longest(struct t87s__redis *redis, int64_t lives_ms) {
    int64_t longest = atomic_load_explicit(&redis->longest_ms, memory_order_relaxed);
    while (lives_ms > longest && !atomic_compare_exchange_weak_explicit(&redis->longest_ms, &longest, lives_ms,
                                                                        memory_order_relaxed, memory_order_relaxed)) {
    }
}

static bool is_zero(const struct t87s_store_birth *birth) {
    static const struct t87s_store_birth none;
    return memcmp(birth, &none, sizeof none) == 0;
}

/* So that the server's numbers hold it: 100 years. */
static int64_t bounded(int64_t ms) {
    const int64_t most = INT64_C(100) * 365 * 24 * 3600 * 1000;
    return ms < most ? ms : most;
}

enum t87s_status t87s__redis_write(struct t87s_store *store, void *scope_of_it, const struct t87s_store_query *query,
                                   const struct t87s_store_value *value) {
    struct t87s__redis *redis = t87s__redis_of(store);
    struct t87s__scope *scope = scope_of_it;
    struct t87s_store_value own = *value;
    struct writing writing = {.query = query, .value = &own};
    own.ttl_ms = bounded(value->ttl_ms);
    own.grace_ms = bounded(value->grace_ms);
    if (is_zero(&own.birth)) {
        const enum t87s_status status = born_now(redis, scope, query, value->replaces_all, &own.birth);
        if (status != T87S_OK)
            return status;
    } else {
        writing.bucket_of_key = t87s__layout_bucket_of_key(&scope->layout, query->key, query->key_size);
        writing.raised_to = own.birth.stamps[writing.bucket_of_key];
        writing.raises = value->replaces_all;
    }
    struct t87s__blob blob = {.not_found = own.not_found,
                              .n_buckets = scope->layout.n_buckets,
                              .ttl_ms = own.ttl_ms,
                              .grace_ms = own.grace_ms,
                              .value = own.bytes,
                              .size = own.size};
    /* Only the stamps that the entry will be asked for. */
    blob.birth.stamps[t87s__layout_bucket_of_key(&scope->layout, query->key, query->key_size)] =
        own.birth.stamps[t87s__layout_bucket_of_key(&scope->layout, query->key, query->key_size)];
    for (size_t i = 0; i < query->n_tags; i++) {
        const unsigned bucket = t87s__layout_bucket_of_tag(&scope->layout, query->tags[i]);
        blob.birth.stamps[bucket] = own.birth.stamps[bucket];
    }
    t87s__layout_tags_hash(query, blob.tags);
    unsigned char *bytes = t87s__blob_write(&blob, &writing.size);
    if (!bytes)
        return T87S_E_NOMEM;
    writing.bytes = bytes;
    remember_longest(redis, own.ttl_ms + own.grace_ms);
    redisReply *replies[2];
    unsigned n;
    enum t87s_status status = call(redis, scope, add_write, &writing, replies, 2, &n, query->deadline_ms);
    free(bytes);
    if (status != T87S_OK)
        return status;
    for (unsigned i = 0; i < n; i++)
        if (replies[i]->type == REDIS_REPLY_ERROR)
            status = T87S_E_STORE;
    t87s__replies_free(replies, n);
    return status;
}

/* ---- invalidations ---- */

struct marking {
    unsigned bucket;
    struct t87s__argument message;
    struct t87s__argument *pairs;
    size_t n_pairs;
    const struct t87s__argument *entry; /* to be removed, too; NULL: none */
    unsigned wait_replicas;
    int64_t timeout_ms;
};

static void add_marking(struct t87s__redis *redis, struct t87s__scope *scope, void *what, bool by_text,
                        struct t87s__commands *commands) {
    const struct marking *marking = what;
    t87s__redis_add_mark(redis, commands, scope, marking->bucket, marking->message, marking->pairs, marking->n_pairs,
                         by_text);
    if (marking->entry)
        T87S__COMMAND(commands, T87S__WORD("UNLINK"), *marking->entry);
    if (marking->wait_replicas) {
        const struct number wanted = number_of(marking->wait_replicas), time = number_of((uint64_t)marking->timeout_ms);
        T87S__COMMAND(commands, T87S__WORD("WAIT"), t87s__argument_text(wanted.text), t87s__argument_text(time.text));
    }
}

/* The server is full: a bucket that is gone says as much as one with the mark, and more (law 4). */
static enum t87s_status drop_bucket(struct t87s__redis *redis, struct t87s__scope *scope, unsigned bucket,
                                    int64_t timeout_ms) {
    const struct t87s__name name = t87s__layout_bucket(&scope->layout, bucket);
    struct t87s__commands commands = {0};
    redisReply *reply;
    T87S__COMMAND(&commands, T87S__WORD("DEL"), {name.text, name.size});
    enum t87s_status status = t87s__redis_call(redis, scope, &commands, &reply, timeout_ms);
    if (status == T87S_OK && reply->type == REDIS_REPLY_ERROR)
        status = T87S_E_STORE;
    freeReplyObject(reply);
    t87s__commands_free(&commands);
    return status;
}

static enum t87s_status mark(struct t87s__redis *redis, struct t87s__scope *scope, struct marking *marking) {
    redisReply *replies[3];
    unsigned n;
    marking->wait_replicas = redis->wait_replicas;
    enum t87s_status status = call(redis, scope, add_marking, marking, replies, 3, &n, marking->timeout_ms);
    if (status != T87S_OK)
        return status;
    const bool full = t87s__reply_is_error(replies[0], "OOM");
    if (!full && replies[0]->type == REDIS_REPLY_ERROR)
        status = T87S_E_STORE;
    if (marking->wait_replicas &&
        (replies[n - 1]->type != REDIS_REPLY_INTEGER || replies[n - 1]->integer < (long long)marking->wait_replicas))
        status = T87S_E_STORE; /* it is done here and said to be tried again: once more does no harm */
    t87s__replies_free(replies, n);
    return full ? drop_bucket(redis, scope, marking->bucket, marking->timeout_ms) : status;
}

/* So many tags go into one message and one script. */
enum { AT_ONCE = 64 };

struct batch {
    struct t87s__argument pairs[2 * AT_ONCE];
    struct t87s__member members[AT_ONCE];
    unsigned char *message;
    size_t size, n;
};

static void add_tag(struct batch *batch, struct t87s_store_tag tag, unsigned flags) {
    const bool soft = flags & T87S_SOFT, exact = flags & T87S_EXACT;
    const char letter = soft ? (exact ? 'y' : 's') : (exact ? 'x' : 'h');
    batch->members[batch->n] = t87s__layout_member(letter, tag.path, tag.size);
    batch->pairs[2 * batch->n] = soft ? (exact ? T87S__WORD("q") : T87S__WORD("p")) : T87S__WORD("h");
    batch->pairs[2 * batch->n + 1] = (struct t87s__argument){batch->members[batch->n].bytes, T87S__MEMBER};
    batch->message[batch->size++] = (unsigned char)(tag.size >> 8);
    batch->message[batch->size++] = (unsigned char)tag.size;
    memcpy(batch->message + batch->size, tag.path, tag.size);
    batch->size += tag.size;
    batch->n++;
}

static enum t87s_status invalidate_some(struct t87s__redis *redis, struct t87s__scope *scope,
                                        const struct t87s_store_tag *tags, size_t n, unsigned flags,
                                        int64_t timeout_ms) {
    enum t87s_status worst = T87S_OK;
    size_t size = 2;
    for (size_t i = 0; i < n; i++)
        size += 2 + tags[i].size;
    struct batch batch = {.message = malloc(size)};
    if (!batch.message)
        return T87S_E_NOMEM;
    for (unsigned bucket = 0; bucket < scope->layout.n_buckets; bucket++) {
        batch.n = 0;
        batch.size = 2;
        batch.message[0] = MESSAGE_TAGS;
        batch.message[1] = (unsigned char)flags;
        for (size_t i = 0; i < n; i++)
            if (t87s__layout_bucket_of_tag(&scope->layout, tags[i]) == bucket)
                add_tag(&batch, tags[i], flags);
        if (!batch.n)
            continue;
        struct marking marking = {.bucket = bucket,
                                  .message = {batch.message, batch.size},
                                  .pairs = batch.pairs,
                                  .n_pairs = batch.n,
                                  .timeout_ms = timeout_ms};
        const enum t87s_status status = mark(redis, scope, &marking);
        worst = status != T87S_OK ? status : worst;
    }
    free(batch.message);
    return worst;
}

enum t87s_status t87s__redis_invalidate(struct t87s_store *store, void *scope, const struct t87s_store_tag *tags,
                                        size_t n, unsigned flags, int64_t deadline_ms) {
    enum t87s_status worst = T87S_OK;
    for (size_t at = 0; at < n; at += AT_ONCE) {
        const enum t87s_status status = invalidate_some(t87s__redis_of(store), scope, tags + at,
                                                        n - at < AT_ONCE ? n - at : AT_ONCE, flags, deadline_ms);
        worst = status != T87S_OK ? status : worst;
    }
    return worst;
}

enum t87s_status t87s__redis_remove(struct t87s_store *store, void *scope_of_it, const void *key, size_t key_size,
                                    int64_t deadline_ms) {
    struct t87s__scope *scope = scope_of_it;
    const struct t87s__name head = t87s__layout_entry_head(&scope->layout);
    const struct t87s__member member = t87s__layout_member('k', key, key_size);
    const struct t87s_store_query query = {.key = key, .key_size = key_size};
    unsigned char *room = malloc(key_size + 1 + head.size + key_size);
    if (!room)
        return T87S_E_NOMEM;
    unsigned char *name = room + key_size + 1;
    memcpy(name, head.text, head.size);
    memcpy(name + head.size, key, key_size);
    struct t87s__argument pair[] = {T87S__WORD("h"), {member.bytes, sizeof member.bytes}};
    const struct t87s__argument entry = {name, head.size + key_size};
    struct marking marking = {.bucket = t87s__layout_bucket_of_key(&scope->layout, key, key_size),
                              .message = key_message(&query, room),
                              .pairs = pair,
                              .n_pairs = 1,
                              .entry = &entry,
                              .timeout_ms = deadline_ms};
    const enum t87s_status status = mark(t87s__redis_of(store), scope, &marking);
    free(room);
    return status;
}

enum t87s_status t87s__redis_clear(struct t87s_store *store, void *scope_of_it, int64_t deadline_ms) {
    static const unsigned char message[] = {MESSAGE_CLEAR};
    struct t87s__scope *scope = scope_of_it;
    enum t87s_status worst = T87S_OK;
    struct t87s__argument pair[] = {T87S__WORD("h"), T87S__WORD("f")};
    for (unsigned bucket = 0; bucket < scope->layout.n_buckets; bucket++) {
        struct marking marking = {.bucket = bucket,
                                  .message = {message, sizeof message},
                                  .pairs = pair,
                                  .n_pairs = 1,
                                  .timeout_ms = deadline_ms};
        const enum t87s_status status = mark(t87s__redis_of(store), scope, &marking);
        worst = status != T87S_OK ? status : worst;
    }
    return worst;
}
