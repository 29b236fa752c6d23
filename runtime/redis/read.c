/* SPDX-License-Identifier: MIT
 *
 * A query's one trip: GET of the entry, what has happened to its tags and its key, bucket by bucket, and the time.
 */
#include <stdlib.h>

#include "blob.h"
#include "redis_store.h"

/* What one bucket said. */
struct said {
    uint64_t last, floor;
    bool missing;
};

static uint64_t stamp_of(const redisReply *score) {
    return score->type == REDIS_REPLY_STRING ? strtoull(score->str, NULL, 10) : 0;
}

/* "1.7e+15" never comes: scores are whole and below 2^53, which Redis prints as they are. */
static bool listen_to(const redisReply *reply, const struct t87s__bucket_asked *asked, struct said *said) {
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != asked->n)
        return false;
    said->last = stamp_of(reply->element[0]);
    said->floor = stamp_of(reply->element[1]);
    said->missing = !said->last || !said->floor;
    return true;
}

static void add_questions(struct t87s__commands *commands, const struct t87s__scope *scope,
                          const struct t87s__bucket_asked *asked, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        struct t87s__argument arguments[T87S__MOST_ARGUMENTS] = {T87S__WORD("ZMSCORE")};
        const struct t87s__name bucket = t87s__layout_bucket(&scope->layout, asked[i].bucket);
        arguments[1] = (struct t87s__argument){bucket.text, bucket.size};
        for (unsigned member = 0; member < asked[i].n; member++)
            arguments[2 + member] =
                (struct t87s__argument){asked[i].members[member].bytes, t87s__member_size(&asked[i], member)};
        t87s__commands_add(commands, arguments, 2 + asked[i].n);
    }
}

static void add_get(struct t87s__commands *commands, const struct t87s__scope *scope, const void *key, size_t size) {
    const struct t87s__name head = t87s__layout_entry_head(&scope->layout);
    char *name = malloc(head.size + size);
    if (!name) {
        commands->failed = true;
        return;
    }
    memcpy(name, head.text, head.size);
    memcpy(name + head.size, key, size);
    T87S__COMMAND(commands, T87S__WORD("GET"), {name, head.size + size});
    free(name);
}

/* Buckets that are not there are made; their first stamp is the birth. */
static enum t87s_status make_missing(struct t87s__redis *redis, struct t87s__scope *scope,
                                     const struct t87s__bucket_asked *asked, struct said *said, unsigned n,
                                     int64_t timeout_ms) {
    struct t87s__commands commands = {0};
    redisReply *replies[T87S_MAX_TAGS + 1];
    for (unsigned i = 0; i < n; i++)
        if (said[i].missing)
            t87s__redis_add_mark(redis, &commands, scope, asked[i].bucket, T87S__WORD(""), NULL, 0, true);
    const unsigned n_missing = commands.n;
    enum t87s_status status =
        n_missing || commands.failed ? t87s__redis_call(redis, scope, &commands, replies, timeout_ms) : T87S_OK;
    for (unsigned i = 0, at = 0; i < n && status == T87S_OK && at < n_missing; i++)
        if (said[i].missing && !t87s__redis_take_stamp(replies[at++], &said[i].last))
            status = T87S_E_STORE;
    if (n_missing && status == T87S_OK)
        t87s__replies_free(replies, n_missing);
    t87s__commands_free(&commands);
    return status;
}

/* ---- judging an entry ---- */

static int64_t greater(int64_t a, int64_t b) { return a > b ? a : b; }

static void judge_bucket(const struct t87s__bucket_asked *asked, const redisReply *reply, const struct said *said,
                         uint64_t birth, int64_t now_us, struct t87s_store_answer *answer) {
    bool outdated = said->missing || !birth || said->floor > birth;
    for (unsigned i = ASKED_KEY; i < asked->n && !outdated; i++) {
        const uint64_t stamp = stamp_of(reply->element[i]);
        if (stamp <= birth)
            continue;
        if (asked->kinds[i] == ASKED_HARD || asked->kinds[i] == ASKED_KEY)
            outdated = true;
        else if (answer->state == T87S_STORE_VALID)
            answer->state = T87S_STORE_SOFT;
        if (asked->kinds[i] == ASKED_SOFT)
            answer->soft_ms = greater(answer->soft_ms, (now_us - (int64_t)stamp) / 1000);
        else if (asked->kinds[i] == ASKED_SOFT_BEFORE) /* it missed several: who knows when the first was */
            answer->soft_ms = greater(answer->soft_ms, answer->age_ms);
    }
    if (outdated)
        answer->state = T87S_STORE_OUTDATED;
}

static enum t87s_status judge(const struct t87s__scope *scope, const struct t87s_store_query *query,
                              const struct t87s__bucket_asked *asked, const struct said *said, unsigned n,
                              redisReply **replies, struct t87s_store_answer *answer) {
    struct t87s__blob blob;
    unsigned char tags[T87S__HASH];
    const redisReply *entry = replies[0], *time = replies[n + 1];
    if (entry->type == REDIS_REPLY_NIL)
        return T87S_OK;
    if (entry->type != REDIS_REPLY_STRING || !t87s__blob_read(entry->str, entry->len, &blob))
        return T87S_OK; /* of another layout, or broken: as if it were not there */
    if (time->type != REDIS_REPLY_ARRAY || time->elements != 2)
        return T87S_E_STORE;
    const int64_t now_us = (int64_t)(stamp_of(time->element[0]) * 1000000 + stamp_of(time->element[1]));
    t87s__layout_tags_hash(query, tags);
    answer->state = T87S_STORE_VALID;
    answer->age_ms = greater(0, (now_us - blob.written_us) / 1000);
    answer->fresh_ms = blob.ttl_ms - answer->age_ms;
    answer->grace_ms = blob.grace_ms;
    answer->not_found = blob.not_found;
    if (blob.n_buckets != scope->layout.n_buckets || memcmp(tags, blob.tags, sizeof tags) != 0)
        answer->state = T87S_STORE_OUTDATED;
    for (unsigned i = 0; i < n; i++)
        judge_bucket(&asked[i], replies[i + 1], &said[i], blob.birth.stamps[asked[i].bucket], now_us, answer);
    if (answer->state == T87S_STORE_OUTDATED)
        return T87S_OK;
    return t87s_buffer_append(answer->value, blob.value, blob.size);
}

enum t87s_status t87s__redis_read(struct t87s_store *store, void *scope_of_it, const struct t87s_store_query *query,
                                  struct t87s_store_answer *answer) {
    struct t87s__redis *redis = t87s__redis_of(store);
    struct t87s__scope *scope = scope_of_it;
    struct t87s__bucket_asked asked[T87S_MAX_TAGS + 1];
    struct said said[T87S_MAX_TAGS + 1];
    redisReply *replies[T87S_MAX_TAGS + 3];
    struct t87s__commands commands = {0};
    const unsigned n = t87s__layout_ask(&scope->layout, query, asked);
    const int64_t until_ms = t87s__link_now_ms() + query->deadline_ms;
    add_get(&commands, scope, query->key, query->key_size);
    add_questions(&commands, scope, asked, n);
    T87S__COMMAND(&commands, T87S__WORD("TIME"));
    answer->state = T87S_STORE_ABSENT;
    enum t87s_status status = t87s__redis_call(redis, scope, &commands, replies, query->deadline_ms);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return status;
    for (unsigned i = 0; i < n && status == T87S_OK; i++)
        status = listen_to(replies[i + 1], &asked[i], &said[i]) ? T87S_OK : T87S_E_STORE;
    if (status == T87S_OK)
        status = judge(scope, query, asked, said, n, replies, answer);
    t87s__replies_free(replies, n + 2);
    if (status == T87S_OK)
        status = make_missing(redis, scope, asked, said, n, greater(1, until_ms - t87s__link_now_ms()));
    for (unsigned i = 0; i < n; i++)
        answer->next_birth.stamps[asked[i].bucket] = status == T87S_OK ? said[i].last : 0;
    return status;
}
