/* SPDX-License-Identifier: MIT
 *
 * From the outside in: the calls of generated headers, and t87s_query and t87s_get, which a user makes by hand, as asks
 * of query.c.
 */
#include "arguments.h"
#include "cache.h"
#include "hit.h"

enum { DEFAULT_TIMEOUT_MS = 30 * 1000 };

static int64_t positive_or(int64_t ms, int64_t otherwise) { return ms > 0 ? ms : otherwise; }

static int64_t given_or(int64_t ms, int64_t otherwise) { return ms ? ms : otherwise; }

/* ---- generated queries ---- */

/* A query of another schema than the cache's has no row here. */
static uint32_t row_of(const struct t87s_cache *cache, const struct t87s_gen_query *query) {
    const uint32_t index = query->index & ~T87S_GEN_VERIFIED;
    return index < cache->n_queries ? index : t87s__row_by_hand(cache);
}

static enum t87s_status count_hit(struct t87s_cache *cache, uint32_t row, enum t87s__hit hit) {
    t87s__count_query(&cache->queries, row, hit == HIT_FRESH ? COUNT_fresh_hits : COUNT_negative_hits);
    return hit == HIT_FRESH ? T87S_OK : T87S_NOT_FOUND;
}

/* The value of an entry that the caller gives back afterwards. */
static void hand_out(struct t87s_cache *cache, struct t87s__entry *entry, struct t87s_value *out) {
    t87s__entry_ref(entry);
    t87s__hit_hand_out(cache, entry, out);
}

void *t87s_gen_app(struct t87s_cache *cache) { return cache ? cache->app : NULL; }

/* Looks at the kind only when something may be verified: hits come here. */
static double fraction_of(const struct t87s_cache *cache, const struct t87s_gen_query *query) {
    if (!(query->index & T87S_GEN_VERIFIED) && !(cache->verify_fraction > 0))
        return 0;
    const int16_t percent = query->kind()->verify_percent;
    return percent < 0 ? cache->verify_fraction : percent / 100.0;
}

/* Everything but a hit. */
static enum t87s_status ask_generated(struct t87s_cache *cache, const struct t87s_gen_query *query,
                                      const struct t87s__key *key, const struct t87s__look *look, bool verify,
                                      void *out, struct t87s_entries *entries) {
    const struct t87s_gen_kind *kind = query->kind();
    struct t87s__ask ask = {
        .key = *key,
        .source = {.gen = query,
                   .kind = kind,
                   .row = row_of(cache, query),
                   .ttl_ms = given_or(kind->ttl_ms, cache->default_ttl_ms),
                   .grace_ms = given_or(kind->grace_ms, cache->default_grace_ms),
                   .negative_ms = kind->negative_ms,
                   .timeout_ms = positive_or(kind->timeout_ms, DEFAULT_TIMEOUT_MS),
                   .fleet_ms = kind->fleet_ms,
                   .jitter_percent = (unsigned)kind->jitter_percent,
                   .refetched = fraction_of(cache, query) > 0},
        .verify = verify,
        .fixed_out = query->value_size ? out : NULL,
    };
    struct t87s__answer answer;
    enum t87s_status status = t87s__query_ask(cache, &ask, look, &answer, entries);
    if (status == T87S_OK && !query->value_size)
        hand_out(cache, answer.entry, out);
    else if (status == T87S_OK && answer.entry && answer.outcome != T87S_FETCHED) /* a fetch has written into `out` */
        memcpy(out, t87s__entry_value(answer.entry), query->value_size);
    t87s__query_end(cache, &answer);
    return status;
}

/* A hit that is not the plainest: "not found", or one that moved. */
static enum t87s__hit take(struct t87s_cache *cache, const struct t87s_gen_query *query, const struct t87s__look *look,
                           void *out) {
    if (!look->fresh)
        return HIT_NONE;
    const enum t87s__hit hit = t87s__entry_negative(look->entry) ? HIT_NEGATIVE : HIT_FRESH;
    t87s__entry_visit(look->entry);
    if (hit == HIT_FRESH)
        memcpy(out, t87s__entry_value(look->entry), query->value_size);
    t87s__entry_unref(look->entry, cache->memory);
    return hit;
}

/* Whatever is not a hit in the plainest case. */
static __attribute__((noinline)) enum t87s_status answer_query(struct t87s_cache *cache,
                                                               const struct t87s_gen_query *query,
                                                               const struct t87s__key *key, bool verify, void *out,
                                                               struct t87s_entries *entries) {
    const bool plain = !entries && !verify && !cache->trace.tracer.event;
    enum t87s__hit hit = HIT_NONE;
    t87s__eviction_prefetch(cache->eviction, key->hash); /* it is a miss, most likely */
    if (plain && !query->value_size)
        hit = t87s__hit_value(cache, key, 0, t87s__time_now(&cache->time), out);
    if (hit != HIT_NONE)
        return count_hit(cache, row_of(cache, query), hit);
    const struct t87s__look look = t87s__hit_look(cache, key);
    if (plain && query->value_size)
        hit = take(cache, query, &look, out);
    if (hit != HIT_NONE)
        return count_hit(cache, row_of(cache, query), hit);
    return ask_generated(cache, query, key, &look, verify, out, entries);
}

/* The same for who has not made the key yet, or missed. */
static __attribute__((noinline)) enum t87s_status call(struct t87s_cache *cache, const struct t87s_gen_query *query,
                                                       const unsigned char *key, size_t key_len, void *out,
                                                       struct t87s_entries *entries) {
    if (!query->value_size && out)
        memset(out, 0, sizeof(struct t87s_value));
    if (entries)
        memset(entries, 0, sizeof *entries);
    if (!cache || !key || !out)
        return T87S_E_INVALID;
    const struct t87s__key with_hash = t87s__key_make(key, key_len, true, cache->seed);
    const double fraction = fraction_of(cache, query);
    const bool verify = fraction > 0 && t87s__background_samples(fraction);
    return answer_query(cache, query, &with_hash, verify, out, entries);
}

/* Flat: one call from the wrapper to the value. */
__attribute__((flatten)) enum t87s_status t87s_gen_call(struct t87s_cache *cache, const struct t87s_gen_query *query,
                                                        const unsigned char *key, size_t key_len, void *out,
                                                        struct t87s_entries *entries) {
    if (__builtin_expect(
            cache && out && !entries && query->value_size && !(query->index & T87S_GEN_VERIFIED) && cache->plain, 1)) {
        const int64_t now_ms = t87s__time_now(&cache->time);
        t87s__read_begin();
        if (__builtin_expect(t87s__hit_fixed(cache, key, key_len, now_ms, out, query->value_size), 1)) {
            t87s__count_query(&cache->queries, row_of(cache, query), COUNT_fresh_hits);
            return T87S_OK;
        }
    }
    return call(cache, query, key, key_len, out, entries);
}

/* ---- a key of 16 bytes: in registers, as long as nothing rare needs it in memory ---- */

static __attribute__((noinline)) enum t87s_status call_16_by_memory(struct t87s_cache *cache,
                                                                    const struct t87s_gen_query *query, uint64_t first,
                                                                    uint64_t second, void *out) {
    const uint64_t key[2] = {first, second};
    return call(cache, query, (const unsigned char *)key, sizeof key, out, NULL);
}

static inline enum t87s_status call_16_at(struct t87s_cache *cache, const struct t87s_gen_query *query, uint64_t first,
                                          uint64_t second, int64_t now_ms, void *out) {
    const uint64_t key[2] = {first, second};
    if (__builtin_expect(
            !t87s__read_begin_again() || !t87s__hit_fixed(cache, key, sizeof key, now_ms, out, query->value_size), 0))
        return call_16_by_memory(cache, query, first, second, out);
    t87s__count_query(&cache->queries, row_of(cache, query), COUNT_fresh_hits);
    return T87S_OK;
}

static __attribute__((noinline, flatten)) enum t87s_status call_16_after_check(struct t87s_cache *cache,
                                                                               const struct t87s_gen_query *query,
                                                                               uint64_t first, uint64_t second,
                                                                               void *out) {
    return call_16_at(cache, query, first, second, t87s__time_now(&cache->time), out);
}

/* Flat as well; what is rare is a jump away. */
__attribute__((flatten)) enum t87s_status t87s_gen_call_16(struct t87s_cache *cache, const struct t87s_gen_query *query,
                                                           uint64_t first, uint64_t second, void *out) {
    int64_t now_ms;
    if (__builtin_expect(!cache || !out || !cache->plain, 0))
        return call_16_by_memory(cache, query, first, second, out);
    if (__builtin_expect(!t87s__time_at_hand(&cache->time, &now_ms), 0))
        return call_16_after_check(cache, query, first, second, out);
    return call_16_at(cache, query, first, second, now_ms, out);
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
        hand_out(cache, entry, out);
    t87s__entry_unref(entry, cache->memory);
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
           t87s__valid_duration(query->timeout_ms) && t87s__valid_duration(query->fleet_ms) &&
           query->jitter_percent <= 100 && (!query->fetch_arg_size || query->fetch_arg);
}

enum t87s_status t87s_query(struct t87s_cache *cache, const struct t87s_query *query, struct t87s_value *out,
                            struct t87s_entries *entries) {
    if (out)
        memset(out, 0, sizeof *out);
    if (entries)
        memset(entries, 0, sizeof *entries);
    if (!cache || !out || !valid_query(query))
        return T87S_E_INVALID;
    const struct t87s__key key = t87s__key_make(query->key, query->key_len, false, cache->seed);
    const uint64_t tags_hash = t87s__query_hash_tags(cache, query->tags, query->n_tags);
    const bool verify = cache->verify_fraction > 0 && t87s__background_samples(cache->verify_fraction);
    if (!entries && !verify && !cache->trace.tracer.event) {
        const enum t87s__hit hit = t87s__hit_value(cache, &key, tags_hash, t87s__time_now(&cache->time), out);
        if (hit != HIT_NONE)
            return count_hit(cache, t87s__row_by_hand(cache), hit);
    }
    struct t87s__ask ask = {
        .key = key,
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
                   .fleet_ms = query->fleet_ms,
                   .jitter_percent = query->jitter_percent,
                   .refetched = cache->verify_fraction > 0},
        .tags = query->tags,
        .n_tags = query->n_tags,
        .tags_hash = tags_hash,
        .verify = verify,
    };
    struct t87s__answer answer;
    const struct t87s__look look = t87s__hit_look(cache, &key);
    enum t87s_status status = t87s__query_ask(cache, &ask, &look, &answer, entries);
    if (status == T87S_OK)
        hand_out(cache, answer.entry, out);
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
        hand_out(cache, entry, out);
    t87s__entry_unref(entry, cache->memory);
    return status;
}

void t87s_value_release(struct t87s_value *value) {
    if (!value)
        return;
    if (value->pin)
        t87s__entry_unref(value->pin, value->owner);
    memset(value, 0, sizeof *value);
}
