/* SPDX-License-Identifier: MIT
 *
 * Entries: one is written after the stamps that outdate others are taken, in the same trip where they are known before.
 */
#include <stdlib.h>

#include "lease.h"
#include "redis_store.h"
#include "typescript.h"

struct writing {
    const struct t87s_store_query *query;
    struct t87s_store_birth birth;
    const unsigned char *bytes; /* the blob */
    size_t size;
    uint64_t lives_ms;
    bool raises; /* the key's removal, to the birth */
    bool registers;
    uint64_t lease;                                          /* whose ends; 0: nobody's */
    unsigned of_key, buckets[T87S__MOST_BUCKETS], n_buckets; /* of the query, the key's first */
};

static void find_buckets(const struct t87s__layout *layout, struct writing *writing) {
    const struct t87s_store_query *query = writing->query;
    bool taken[T87S__MOST_BUCKETS] = {false};
    writing->of_key = t87s__layout_bucket_of_key(layout, query->key, query->key_size);
    writing->buckets[0] = writing->of_key;
    writing->n_buckets = 1;
    taken[writing->of_key] = true;
    for (size_t i = 0; i < query->n_tags; i++) {
        const unsigned bucket = t87s__layout_bucket_of_tag(layout, query->tags[i]);
        if (!taken[bucket])
            writing->buckets[writing->n_buckets++] = bucket;
        taken[bucket] = true;
    }
    if (layout->with_typescript)
        writing->buckets[writing->n_buckets++] = T87S__TYPESCRIPT_BUCKET;
}

static void add_raise(const struct t87s__call *call, const struct writing *writing, uint64_t history, bool by_text,
                      struct t87s__commands *commands) {
    const struct t87s_store_query *query = writing->query;
    const struct t87s__name bucket = t87s__layout_bucket(call->layout, writing->of_key);
    const struct t87s__member member = t87s__layout_member('k', query->key, query->key_size);
    struct t87s_store_birth birth = writing->birth;
    unsigned char *message = t87s__redis_key_message(query->key, query->key_size);
    if (!message) {
        commands->failed = true;
        return;
    }
    t87s__script_begin(commands, SCRIPT_RAISE, by_text, t87s__argument_name(&bucket), T87S__WORD(""),
                       T87S__MARK_ARGUMENTS + 3);
    t87s__redis_add_common(call, writing->of_key, (struct t87s__argument){message, query->key_size + 1}, history,
                           commands);
    t87s__commands_word(commands, (struct t87s__argument){member.bytes, sizeof member.bytes});
    t87s__commands_number(commands, *t87s__birth_stamp(&birth, writing->of_key));
    t87s__commands_number(commands, *t87s__birth_life(&birth, writing->of_key));
    free(message);
}

/* Where the entry is among the parts: behind the marks of the buckets, if it registers, and the raise. */
static unsigned part_of_entry(const struct writing *writing) {
    return (writing->registers ? writing->n_buckets : 0) + (writing->raises ? 1 : 0);
}

/* Behind the entry, so that who then finds no lease finds that. */
static void add_write(const struct t87s__call *call, unsigned part, uint64_t history, bool by_text,
                      struct t87s__commands *commands) {
    const struct writing *writing = call->what;
    const struct t87s_store_query *query = writing->query;
    if (part > part_of_entry(writing)) {
        t87s__lease_add_release(call, query, writing->lease, by_text, commands);
        return;
    }
    if (part < part_of_entry(writing)) {
        const bool marks = writing->registers && part < writing->n_buckets;
        const struct t87s__mark mark = {.bucket = writing->buckets[marks ? part : 0], .message = T87S__WORD("")};
        if (marks)
            t87s__redis_add_mark(call, &mark, history, by_text, commands);
        else
            add_raise(call, writing, history, by_text, commands);
        return;
    }
    const struct t87s__name head = t87s__layout_entry_head(call->layout);
    t87s__script_begin(commands, SCRIPT_WRITE, by_text, t87s__argument_name(&head),
                       (struct t87s__argument){query->key, query->key_size}, 2);
    t87s__commands_word(commands, (struct t87s__argument){writing->bytes, writing->size});
    t87s__commands_number(commands, writing->lives_ms);
}

/* ---- how long stamps are kept ---- */

/* In steps, so that a little more is not said every time. */
static uint64_t step_up(uint64_t ms) {
    uint64_t step = 1000;
    while (step < ms)
        step *= 2;
    return step;
}

/* The buckets have to know how long the entry lives: what another process drops there before would outdate it. */
static void remember_life(struct t87s__redis *redis, struct t87s__scope *scope, struct writing *writing) {
    uint64_t kept = atomic_load_explicit(&redis->kept_us, memory_order_relaxed);
    const uint64_t needed = step_up(writing->lives_ms) * 1000;
    while (kept < needed && !atomic_compare_exchange_weak_explicit(&redis->kept_us, &kept, needed, memory_order_relaxed,
                                                                   memory_order_relaxed)) {
    }
    for (unsigned i = 0; i < writing->n_buckets; i++) {
        const unsigned bucket = writing->buckets[i];
        const uint64_t life = *t87s__birth_life(&writing->birth, bucket);
        writing->registers |= atomic_load_explicit(&scope->known[bucket].life, memory_order_relaxed) != life ||
                              atomic_load_explicit(&scope->known[bucket].kept_us, memory_order_relaxed) < needed;
    }
}

static void life_is_known(struct t87s__scope *scope, struct writing *writing) {
    for (unsigned i = 0; i < writing->n_buckets; i++) {
        const unsigned bucket = writing->buckets[i];
        atomic_store_explicit(&scope->known[bucket].life, *t87s__birth_life(&writing->birth, bucket),
                              memory_order_relaxed);
        atomic_store_explicit(&scope->known[bucket].kept_us, step_up(writing->lives_ms) * 1000, memory_order_relaxed);
    }
}

/* ---- */

/* A birth of now for every bucket of the query; with `replaces_all` the key's is marked on the way. */
static enum t87s_status born_now(const struct t87s__call *call, bool replaces_all, struct writing *writing) {
    const struct t87s_store_query *query = writing->query;
    const bool with_typescript = call->layout->with_typescript;
    const struct t87s__member member = t87s__layout_member('k', query->key, query->key_size);
    unsigned char *message = replaces_all ? t87s__redis_key_message(query->key, query->key_size) : NULL;
    if (replaces_all && !message)
        return T87S_E_NOMEM;
    const struct t87s__argument pair[] = {T87S__WORD("h"), {member.bytes, sizeof member.bytes}};
    const struct t87s__mark mark = {writing->of_key, {message, query->key_size + 1}, pair, 1, false};
    enum t87s_status status =
        t87s__redis_bear(call->redis, call->scope, writing->buckets, writing->n_buckets - with_typescript,
                         replaces_all ? &mark : NULL, call->deadline_ms, &writing->birth);
    free(message);
    if (status == T87S_OK && with_typescript)
        status = t87s__typescript_take_over(call->redis, call->scope, query, call->deadline_ms, &writing->birth);
    return status;
}

static bool is_zero(const struct t87s_store_birth *birth) {
    static const struct t87s_store_birth none;
    return memcmp(birth, &none, sizeof none) == 0;
}

static int64_t bounded(int64_t ms) { return ms < T87S__BLOB_LONGEST_MS ? ms : T87S__BLOB_LONGEST_MS; }

static struct t87s__blob blob_of(const struct t87s__layout *layout, const struct t87s_store_value *value,
                                 struct writing *writing) {
    struct t87s__blob blob = {.not_found = value->not_found,
                              .kin = t87s__layout_kin(layout, writing->query, &writing->birth),
                              .ttl_ms = bounded(value->ttl_ms),
                              .grace_ms = bounded(value->grace_ms),
                              .value = value->bytes,
                              .size = value->size};
    for (unsigned i = 0; i < writing->n_buckets; i++)
        blob.stamps[writing->buckets[i]] = *t87s__birth_stamp(&writing->birth, writing->buckets[i]);
    return blob;
}

static enum t87s_status run(struct t87s__call *call, struct writing *writing) {
    const struct t87s_store_query *query = writing->query;
    call->add = add_write;
    call->what = writing;
    call->needs_history = writing->registers || writing->raises;
    call->since_ms = writing->raises ? T87S__FROM_NOW_ON : T87S__NO_MATTER;
    for (unsigned i = 0; i < writing->n_buckets && writing->registers; i++)
        t87s__call_part(call, t87s__layout_slot_of_bucket(writing->buckets[i]));
    if (writing->raises)
        t87s__call_part(call, t87s__layout_slot_of_bucket(writing->of_key));
    t87s__call_part(call, t87s__layout_slot_of_entry(call->layout, query->key, query->key_size));
    if (writing->lease) {
        t87s__call_part(call, t87s__layout_slot_of_lease(call->layout, query->key, query->key_size));
        call->parts[call->n_parts - 1].spare = true; /* at worst it ends by itself */
    }
    enum t87s_status status = t87s__call_run(call);
    const bool done = status == T87S_OK;
    for (unsigned i = 0; i <= part_of_entry(writing) && done; i++) {
        const struct t87s__part *part = &call->parts[i];
        const redisReply *reply = part->replies[0];
        if (i < part_of_entry(writing) ? t87s__redis_is_marked(reply) : reply->type == REDIS_REPLY_INTEGER)
            continue;
        t87s__part_is_strange(part, reply);
        status = T87S_E_STORE;
    }
    t87s__call_end(call);
    return status;
}

static enum t87s_status write_born(struct t87s__call *call, const struct t87s_store_value *value,
                                   struct writing *writing) {
    const struct t87s__blob blob = blob_of(call->layout, value, writing);
    unsigned char *bytes = t87s__blob_write(&blob, &writing->size);
    if (!bytes)
        return T87S_E_NOMEM;
    if (writing->size + T87S__BLOB_END > T87S__LARGEST_REPLY) { /* who reads it would give up the connection */
        free(bytes);
        return T87S_E_STORE;
    }
    writing->bytes = bytes;
    writing->lives_ms = (uint64_t)(blob.ttl_ms + blob.grace_ms);
    remember_life(call->redis, call->scope, writing);
    const enum t87s_status status = run(call, writing);
    free(bytes);
    if (status == T87S_OK && writing->registers)
        life_is_known(call->scope, writing);
    return status;
}

enum t87s_status t87s__redis_write(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                   const struct t87s_store_value *value) {
    struct t87s__call call;
    struct writing writing = {.query = query, .birth = value->birth, .lease = value->lease};
    enum t87s_status status =
        t87s__call_begin(&call, t87s__redis_of(store), scope, t87s__link_deadline(query->deadline_ms));
    if (status != T87S_OK)
        return status;
    find_buckets(call.layout, &writing);
    if (is_zero(&writing.birth))
        status = born_now(&call, value->replaces_all, &writing);
    else
        writing.raises = value->replaces_all;
    return status == T87S_OK ? write_born(&call, value, &writing) : status;
}
