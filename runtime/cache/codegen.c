/* SPDX-License-Identifier: MIT
 *
 * From the outside in: the calls of generated headers, and t87s_query and t87s_get, which a user makes by hand, as asks
 * of query.c.
 */
#include "arguments.h"
#include "cache.h"

enum { DEFAULT_TIMEOUT_MS = 30 * 1000 };

static int64_t positive_or(int64_t ms, int64_t otherwise) { return ms > 0 ? ms : otherwise; }

static int64_t given_or(int64_t ms, int64_t otherwise) { return ms ? ms : otherwise; }

/* ---- generated queries ---- */

/* A query of another schema than the cache's has no row here. */
static uint32_t row_of(const struct t87s_cache *cache, const struct t87s_gen_query *query) {
    return query->index < cache->n_queries ? query->index : t87s__row_by_hand(cache);
}

void *t87s_gen_app(struct t87s_cache *cache) { return cache ? cache->app : NULL; }

enum t87s_status t87s_gen_call(struct t87s_cache *cache, const struct t87s_gen_query *query, const unsigned char *key,
                               size_t key_len, void *out, struct t87s_entries *entries) {
    if (!query->value_size && out)
        memset(out, 0, sizeof(struct t87s_value));
    if (entries)
        memset(entries, 0, sizeof *entries);
    if (!cache || !key || !out)
        return T87S_E_INVALID;
    struct t87s__ask ask = {
        .key = t87s__key_make(key, key_len, true, cache->seed),
        .source = {.gen = query,
                   .row = row_of(cache, query),
                   .ttl_ms = given_or(query->ttl_ms, cache->default_ttl_ms),
                   .grace_ms = given_or(query->grace_ms, cache->default_grace_ms),
                   .negative_ms = query->negative_ms,
                   .timeout_ms = positive_or(query->timeout_ms, DEFAULT_TIMEOUT_MS),
                   .jitter_percent = (unsigned)query->jitter_percent,
                   .verify_fraction =
                       query->verify_percent < 0 ? cache->verify_fraction : query->verify_percent / 100.0},
        .fixed_out = query->value_size ? out : NULL,
    };
    struct t87s__answer answer;
    enum t87s_status status = t87s__query_ask(cache, &ask, &answer, entries);
    if (status == T87S_OK && !query->value_size)
        t87s__query_hand_out(cache, answer.entry, out);
    else if (status == T87S_OK && answer.outcome != T87S_FETCHED) /* a fetch has written into `out` itself */
        memcpy(out, t87s__entry_value(answer.entry), query->value_size);
    t87s__query_end(cache, &answer);
    return status;
}

enum t87s_status t87s_gen_peek(struct t87s_cache *cache, const struct t87s_gen_query *query, const unsigned char *key,
                               size_t key_len, void *out) {
    if (!query->value_size && out)
        memset(out, 0, sizeof(struct t87s_value));
    if (!cache || !key || !out)
        return T87S_E_INVALID;
    struct t87s__key with_hash = t87s__key_make(key, key_len, true, cache->seed);
    struct t87s__entry *entry;
    enum t87s_status status = t87s__query_get(cache, &with_hash, &entry);
    if (status == T87S_OK && query->value_size)
        memcpy(out, t87s__entry_value(entry), query->value_size);
    else if (status == T87S_OK)
        t87s__query_hand_out(cache, entry, out);
    t87s__entry_unref(entry, cache->memory, cache->tree);
    return status;
}

void t87s_gen_on_refresh(struct t87s_cache *cache, uint32_t query_index, t87s_gen_function *callback, void *arg) {
    if (!cache || query_index >= cache->n_queries)
        return;
    pthread_mutex_lock(&cache->callbacks_lock);
    cache->callbacks[query_index] = (struct t87s__callback){callback, arg};
    pthread_mutex_unlock(&cache->callbacks_lock);
}

int t87s_gen_path_format(const unsigned char *path, size_t size, char *out, size_t out_size) {
    return t87s__tag_path_format(path, size, out, out_size);
}

/* ---- by hand ---- */

static bool valid_query(const struct t87s_query *query) {
    return query && query->fetch && t87s__valid_key(query->key, query->key_len) && query->n_tags <= T87S_MAX_TAGS &&
           t87s__valid_tags(query->tags, query->n_tags) && t87s__valid_duration(query->ttl_ms) &&
           t87s__valid_duration(query->grace_ms) && t87s__valid_duration(query->negative_ms) &&
           t87s__valid_duration(query->timeout_ms) && query->jitter_percent <= 100 &&
           (!query->fetch_arg_size || query->fetch_arg);
}

enum t87s_status t87s_query(struct t87s_cache *cache, const struct t87s_query *query, struct t87s_value *out,
                            struct t87s_entries *entries) {
    if (out)
        memset(out, 0, sizeof *out);
    if (entries)
        memset(entries, 0, sizeof *entries);
    if (!cache || !out || !valid_query(query))
        return T87S_E_INVALID;
    struct t87s__ask ask = {
        .key = t87s__key_make(query->key, query->key_len, false, cache->seed),
        .source = {.row = t87s__row_by_hand(cache),
                   .fetch = query->fetch,
                   .fetch_arg = query->fetch_arg,
                   .fetch_arg_size = query->fetch_arg_size,
                   .on_refresh = query->on_refresh,
                   .on_refresh_arg = query->on_refresh_arg,
                   .name = query->name,
                   .ttl_ms = given_or(query->ttl_ms, cache->default_ttl_ms),
                   .grace_ms = given_or(query->grace_ms, cache->default_grace_ms),
                   .negative_ms = query->negative_ms,
                   .timeout_ms = positive_or(query->timeout_ms, DEFAULT_TIMEOUT_MS),
                   .jitter_percent = query->jitter_percent,
                   .verify_fraction = cache->verify_fraction},
        .tags = query->tags,
        .n_tags = query->n_tags,
        .tags_hash = t87s__query_hash_tags(cache, query->tags, query->n_tags),
    };
    struct t87s__answer answer;
    enum t87s_status status = t87s__query_ask(cache, &ask, &answer, entries);
    if (status == T87S_OK)
        t87s__query_hand_out(cache, answer.entry, out);
    t87s__query_end(cache, &answer);
    return status;
}

enum t87s_status t87s_get(struct t87s_cache *cache, const void *key, size_t key_len, struct t87s_value *out) {
    if (out)
        memset(out, 0, sizeof *out);
    if (!cache || !out || !t87s__valid_key(key, key_len))
        return T87S_E_INVALID;
    struct t87s__key with_hash = t87s__key_make(key, key_len, false, cache->seed);
    struct t87s__entry *entry;
    enum t87s_status status = t87s__query_get(cache, &with_hash, &entry);
    if (status == T87S_OK)
        t87s__query_hand_out(cache, entry, out);
    t87s__entry_unref(entry, cache->memory, cache->tree);
    return status;
}

void t87s_value_release(struct t87s_value *value) {
    if (!value)
        return;
    if (value->pin)
        t87s__entry_unpin(value->pin, value->owner);
    memset(value, 0, sizeof *value);
}
