/* SPDX-License-Identifier: MIT
 *
 * What outdates: stamps put at tags, at a key, or as the floor of all buckets.
 */
#include <stdlib.h>

#include "mutants.h"
#include "redis_store.h"
#include "typescript.h"

struct marking {
    struct t87s__mark marks[T87S__MOST_BUCKETS];
    unsigned n;
    const void *key; /* of an entry to be removed, too; NULL: none */
    size_t key_size;
    const struct t87s_store_tag *tags; /* that TypeScript is to be told of */
    size_t n_tags;
    unsigned flags;
};

static void add_marking(const struct t87s__call *call, unsigned part, uint64_t history, bool by_text,
                        struct t87s__commands *commands) {
    const struct marking *marking = call->what;
    if (part < marking->n) {
        t87s__redis_add_mark(call, &marking->marks[part], history, by_text, commands);
        return;
    }
    if (marking->n_tags) {
        t87s__typescript_add_share(call, marking->tags, marking->n_tags, marking->flags, history, by_text, commands);
        return;
    }
    const struct t87s__name head = t87s__layout_entry_head(call->layout);
    t87s__commands_begin(commands, 2);
    t87s__commands_word(commands, T87S__WORD("UNLINK"));
    t87s__commands_joined(commands, t87s__argument_name(&head),
                          (struct t87s__argument){marking->key, marking->key_size});
}

/* For the marks that went the same way. It answers in time for us to hear it; 0 would be for ever. */
static void add_wait(const struct t87s__call *call, struct t87s__commands *commands) {
    const int64_t left = (call->deadline_ms - t87s__link_now_ms()) * 3 / 4;
    t87s__commands_begin(commands, 3);
    t87s__commands_word(commands, T87S__WORD("WAIT"));
    t87s__commands_number(commands, call->redis->wait_replicas);
    t87s__commands_number(commands, left > 1 ? (uint64_t)left : 1);
}

static void add_dropping(const struct t87s__call *call, unsigned part, uint64_t history, bool by_text,
                         struct t87s__commands *commands) {
    const struct t87s__mark *mark = call->what;
    const struct t87s__name name = t87s__layout_bucket(call->layout, mark->bucket),
                            channel = t87s__layout_channel(call->layout, mark->bucket);
    (void)part, (void)history, (void)by_text;
    T87S__COMMAND(commands, T87S__WORD("DEL"), t87s__argument_name(&name));
    T87S__COMMAND(commands, T87S__WORD("PUBLISH"), t87s__argument_name(&channel), mark->message);
}

static enum t87s_status counted(const struct t87s__part *part, const redisReply *reply) {
    if (reply->type == REDIS_REPLY_INTEGER)
        return T87S_OK;
    t87s__part_is_strange(part, reply);
    return T87S_E_STORE;
}

/* The server is full: a bucket that is gone says as much as one with the mark, and more (law 4). */
static enum t87s_status drop_bucket(const struct t87s__call *full, const struct t87s__mark *mark) {
    struct t87s__call call;
    enum t87s_status status = t87s__call_begin(&call, full->redis, full->scope, full->deadline_ms);
    if (status != T87S_OK || call.layout != full->layout)
        return status != T87S_OK ? status : T87S_E_STORE; /* or another bucket has that number now */
    call.add = add_dropping;
    call.what = mark;
    call.since_ms = T87S__FROM_NOW_ON;
    t87s__call_part(&call, t87s__layout_slot_of_bucket(mark->bucket));
    status = t87s__call_run(&call);
    for (unsigned i = 0; i < 2 && status == T87S_OK; i++)
        status = counted(&call.parts[0], call.parts[0].replies[i]);
    t87s__call_end(&call);
    return status;
}

static enum t87s_status shared(const struct t87s__part *part) {
    if (part->status != T87S_OK || t87s__redis_is_marked(part->replies[0]))
        return part->status;
    t87s__part_is_strange(part, part->replies[0]);
    return T87S_E_STORE;
}

static enum t87s_status marked(const struct t87s__call *call, const struct t87s__mark *mark,
                               const struct t87s__part *part) {
    enum t87s_status status = part->status;
    if (status != T87S_OK)
        return status;
    if (t87s__reply_is_error(part->replies[0], "OOM"))
        return T87S__MUTANT(FULL_IS_DONE) ? T87S_OK : drop_bucket(call, mark);
    if (!t87s__redis_is_marked(part->replies[0])) {
        t87s__part_is_strange(part, part->replies[0]);
        return T87S_E_STORE;
    }
    if (call->redis->wait_replicas)
        status = counted(part, part->end[0]);
    /* Too few replicas have it: done there, and said to be tried again; once more does no harm. */
    if (status == T87S_OK && call->redis->wait_replicas &&
        part->end[0]->integer < (long long)call->redis->wait_replicas)
        status = T87S_E_STORE;
    return status;
}

/* The entry's removal is no more than tidy: it is outdated by its key's mark. */
static enum t87s_status mark_all(struct t87s__call *call, const struct marking *marking) {
    enum t87s_status worst = T87S_OK;
    call->add = add_marking;
    call->add_end = call->redis->wait_replicas ? add_wait : NULL;
    call->what = marking;
    call->waits = call->needs_history = true;
    call->since_ms = T87S__FROM_NOW_ON;
    for (unsigned i = 0; i < marking->n; i++)
        t87s__call_part(call, t87s__layout_slot_of_bucket(marking->marks[i].bucket));
    if (marking->key) {
        t87s__call_part(call, t87s__layout_slot_of_entry(call->layout, marking->key, marking->key_size));
        call->parts[marking->n].spare = true;
    }
    if (marking->n_tags)
        t87s__call_part(call, t87s__layout_slot_of_bucket(T87S__TYPESCRIPT_BUCKET));
    (void)t87s__call_run(call);
    for (unsigned i = 0; i < marking->n; i++) {
        const enum t87s_status status = marked(call, &marking->marks[i], &call->parts[i]);
        worst = status != T87S_OK ? status : worst;
    }
    if (marking->n_tags) {
        const enum t87s_status status = shared(&call->parts[marking->n]);
        worst = status != T87S_OK ? status : worst;
    }
    t87s__call_end(call);
    return worst;
}

/* ---- tags ---- */

/* So many tags go into one message and one script. */
enum { AT_ONCE = 64 };

/* Of one bucket. */
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

/* Those of the tags that belong to the bucket, if there are any; false: no memory. */
static bool take_bucket(struct batch *batch, const struct t87s__call *call, unsigned bucket,
                        const struct t87s_store_tag *tags, size_t n, unsigned flags) {
    bool taken[AT_ONCE];
    size_t size = 2, n_taken = 0;
    for (size_t i = 0; i < n; i++) {
        taken[i] = t87s__layout_bucket_of_tag(call->layout, tags[i]) == bucket;
        n_taken += taken[i];
        size += taken[i] ? 2 + tags[i].size : 0;
    }
    batch->n = 0;
    batch->message = n_taken ? malloc(size) : NULL;
    if (!batch->message)
        return !n_taken;
    batch->message[0] = MESSAGE_TAGS;
    batch->message[1] = (unsigned char)flags;
    batch->size = 2;
    for (size_t i = 0; i < n; i++)
        if (taken[i])
            add_tag(batch, tags[i], flags);
    return true;
}

static enum t87s_status invalidate_some(struct t87s__redis *redis, struct t87s__scope *scope,
                                        const struct t87s_store_tag *tags, size_t n, unsigned flags,
                                        int64_t deadline_ms) {
    struct batch batches[T87S__MOST_BUCKETS];
    struct marking marking = {.n = 0};
    struct t87s__call call;
    enum t87s_status status = t87s__call_begin(&call, redis, scope, deadline_ms);
    unsigned bucket = 0;
    if (status != T87S_OK)
        return status;
    for (; bucket < call.layout->n_buckets && status == T87S_OK; bucket++) {
        struct batch *batch = &batches[bucket];
        if (!take_bucket(batch, &call, bucket, tags, n, flags))
            status = T87S_E_NOMEM;
        else if (batch->n)
            marking.marks[marking.n++] =
                (struct t87s__mark){bucket, {batch->message, batch->size}, batch->pairs, batch->n, true};
    }
    if (call.layout->with_typescript) {
        marking.tags = tags;
        marking.n_tags = n;
        marking.flags = flags;
    }
    if (status == T87S_OK)
        status = mark_all(&call, &marking);
    while (bucket)
        free(batches[--bucket].message);
    return status;
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

enum t87s_status t87s__redis_remove(struct t87s_store *store, void *scope, const void *key, size_t key_size,
                                    int64_t deadline_ms) {
    struct t87s__call call;
    enum t87s_status status = t87s__call_begin(&call, t87s__redis_of(store), scope, t87s__link_deadline(deadline_ms));
    if (status != T87S_OK)
        return status;
    const struct t87s__member member = t87s__layout_member('k', key, key_size);
    unsigned char *message = t87s__redis_key_message(key, key_size);
    if (!message)
        return T87S_E_NOMEM;
    const struct t87s__argument pair[] = {T87S__WORD("h"), {member.bytes, sizeof member.bytes}};
    const struct marking marking = {
        .marks = {{t87s__layout_bucket_of_key(call.layout, key, key_size), {message, key_size + 1}, pair, 1, true}},
        .n = 1,
        .key = key,
        .key_size = key_size};
    status = mark_all(&call, &marking);
    free(message);
    return status;
}

enum t87s_status t87s__redis_clear(struct t87s_store *store, void *scope, int64_t deadline_ms) {
    static const unsigned char message[] = {MESSAGE_CLEAR};
    const struct t87s__argument pair[] = {T87S__WORD("l"), T87S__WORD("f")};
    struct t87s__call call;
    struct marking marking = {.n = 0};
    const enum t87s_status status =
        t87s__call_begin(&call, t87s__redis_of(store), scope, t87s__link_deadline(deadline_ms));
    if (status != T87S_OK)
        return status;
    for (; marking.n < call.layout->n_buckets; marking.n++)
        marking.marks[marking.n] = (struct t87s__mark){marking.n, {message, sizeof message}, pair, 1, true};
    return mark_all(&call, &marking);
}
