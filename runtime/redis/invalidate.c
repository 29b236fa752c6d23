/* SPDX-License-Identifier: MIT
 *
 * What outdates: stamps put at tags, at a key, or as the floor of all buckets.
 */
#include <stdlib.h>

#include "redis_store.h"

struct marking {
    struct t87s__mark mark;
    struct t87s__argument entry_head, key; /* an entry to be removed, too; no head: none */
    unsigned wait_replicas;
    int64_t deadline_ms;
};

static void add_marking(struct t87s__redis *redis, struct t87s__scope *scope, const void *what, uint64_t history,
                        bool by_text, struct t87s__commands *commands) {
    const struct marking *marking = what;
    t87s__redis_add_mark(redis, commands, scope, &marking->mark, history, by_text);
    if (marking->entry_head.size) {
        t87s__commands_begin(commands, 2);
        t87s__commands_word(commands, T87S__WORD("UNLINK"));
        t87s__commands_joined(commands, marking->entry_head, marking->key);
    }
    if (marking->wait_replicas) { /* it answers in time for us to hear it; 0 would be for ever */
        const int64_t left = (marking->deadline_ms - t87s__link_now_ms()) * 3 / 4;
        t87s__commands_begin(commands, 3);
        t87s__commands_word(commands, T87S__WORD("WAIT"));
        t87s__commands_number(commands, marking->wait_replicas);
        t87s__commands_number(commands, left > 1 ? (uint64_t)left : 1);
    }
}

/* The server is full: a bucket that is gone says as much as one with the mark, and more (law 4). */
static enum t87s_status drop_bucket(struct t87s__lane *lane, struct t87s__scope *scope, const struct t87s__mark *mark,
                                    int64_t deadline_ms) {
    const struct t87s__name name = t87s__layout_bucket(&scope->layout, mark->bucket),
                            channel = t87s__layout_channel(&scope->layout);
    struct t87s__commands commands = {0};
    redisReply *replies[2];
    uint64_t history;
    T87S__COMMAND(&commands, T87S__WORD("DEL"), t87s__argument_name(&name));
    T87S__COMMAND(&commands, T87S__WORD("PUBLISH"), t87s__argument_name(&channel), mark->message);
    enum t87s_status status = t87s__lane_call(lane, &commands, replies, deadline_ms, &history);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return status;
    for (unsigned i = 0; i < 2; i++) {
        if (replies[i]->type == REDIS_REPLY_INTEGER)
            continue;
        t87s__redis_distrust_strange(lane, replies[i]);
        status = T87S_E_STORE;
    }
    t87s__replies_free(replies, 2);
    return status;
}

static enum t87s_status mark(struct t87s__redis *redis, struct t87s__scope *scope, struct marking *marking) {
    struct t87s__lane *lane = redis->waiting_lane ? redis->waiting_lane : t87s__redis_lane(redis);
    redisReply *replies[3];
    unsigned n;
    marking->wait_replicas = redis->wait_replicas;
    enum t87s_status status =
        t87s__redis_run(redis, lane, scope, add_marking, marking, replies, 3, &n, marking->deadline_ms);
    if (status != T87S_OK)
        return status;
    const bool full = t87s__reply_is_error(replies[0], "OOM");
    for (unsigned i = full ? 1 : 0; i < n; i++) { /* the mark, then numbers: of UNLINK, of WAIT */
        if (i == 0 ? t87s__redis_is_marked(replies[0]) : replies[i]->type == REDIS_REPLY_INTEGER)
            continue;
        t87s__redis_distrust_strange(lane, replies[i]);
        status = T87S_E_STORE;
    }
    /* Too few replicas have it: done here, and said to be tried again; once more does no harm. */
    if (marking->wait_replicas && replies[n - 1]->integer < (long long)marking->wait_replicas)
        status = T87S_E_STORE;
    t87s__replies_free(replies, n);
    return full && status == T87S_OK ? drop_bucket(lane, scope, &marking->mark, marking->deadline_ms) : status;
}

/* ---- tags ---- */

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
                                        int64_t deadline_ms) {
    enum t87s_status worst = T87S_OK;
    size_t size = 2;
    for (size_t i = 0; i < n; i++)
        size += 2 + tags[i].size;
    struct batch batch;
    batch.message = malloc(size);
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
        struct marking marking = {.mark = {bucket, {batch.message, batch.size}, batch.pairs, batch.n},
                                  .deadline_ms = deadline_ms};
        const enum t87s_status status = mark(redis, scope, &marking);
        worst = status != T87S_OK ? status : worst;
    }
    free(batch.message);
    return worst;
}

enum t87s_status t87s__redis_invalidate(struct t87s_store *store, void *scope, const struct t87s_store_tag *tags,
                                        size_t n, unsigned flags, int64_t deadline_ms) {
    const int64_t until_ms = t87s__link_deadline(deadline_ms);
    enum t87s_status worst = T87S_OK;
    for (size_t at = 0; at < n; at += AT_ONCE) {
        const enum t87s_status status = invalidate_some(t87s__redis_of(store), scope, tags + at,
                                                        n - at < AT_ONCE ? n - at : AT_ONCE, flags, until_ms);
        worst = status != T87S_OK ? status : worst;
    }
    return worst;
}

/* ---- keys, and all ---- */

enum t87s_status t87s__redis_remove(struct t87s_store *store, void *scope_of_it, const void *key, size_t key_size,
                                    int64_t deadline_ms) {
    struct t87s__scope *scope = scope_of_it;
    const struct t87s__name head = t87s__layout_entry_head(&scope->layout);
    const struct t87s__member member = t87s__layout_member('k', key, key_size);
    unsigned char *message = malloc(key_size + 1);
    if (!message)
        return T87S_E_NOMEM;
    message[0] = MESSAGE_KEY;
    memcpy(message + 1, key, key_size);
    const struct t87s__argument pair[] = {T87S__WORD("h"), {member.bytes, sizeof member.bytes}};
    struct marking marking = {
        .mark = {t87s__layout_bucket_of_key(&scope->layout, key, key_size), {message, key_size + 1}, pair, 1},
        .entry_head = t87s__argument_name(&head),
        .key = {key, key_size},
        .deadline_ms = t87s__link_deadline(deadline_ms)};
    const enum t87s_status status = mark(t87s__redis_of(store), scope, &marking);
    free(message);
    return status;
}

enum t87s_status t87s__redis_clear(struct t87s_store *store, void *scope_of_it, int64_t deadline_ms) {
    static const unsigned char message[] = {MESSAGE_CLEAR};
    struct t87s__scope *scope = scope_of_it;
    const int64_t until_ms = t87s__link_deadline(deadline_ms);
    enum t87s_status worst = T87S_OK;
    const struct t87s__argument pair[] = {T87S__WORD("l"), T87S__WORD("f")};
    for (unsigned bucket = 0; bucket < scope->layout.n_buckets; bucket++) {
        struct marking marking = {.mark = {bucket, {message, sizeof message}, pair, 1}, .deadline_ms = until_ms};
        const enum t87s_status status = mark(t87s__redis_of(store), scope, &marking);
        worst = status != T87S_OK ? status : worst;
    }
    return worst;
}
