/* SPDX-License-Identifier: MIT
 *
 * set, delete, clear, invalidate. Each draws its stamp first, marks what it covers, and only then takes out what is in
 * the table: a fetch that is under way finds the mark, one that has been kept is found.
 */
#include "arguments.h"
#include "cache.h"
#include "clock.h"
#include "mutants.h"
#include "probes.h"
#include "read_section.h"
#include "shared.h"
#include "yield.h"

struct t87s_token t87s_token(struct t87s_cache *cache) {
    const struct t87s_token token = {cache ? t87s__stamp_next(&cache->stamps) : 0};
    if (cache)
        t87s__shared_token(cache, token.stamp);
    return token;
}

/* From now on nothing of this key born before `stamp` is kept, joined or found. */
static void outdate_key(struct t87s_cache *cache, const struct t87s__key *key, uint64_t stamp) {
    T87S__YIELD("outdate: stamp drawn, nothing marked");
    if (!T87S__MUTANT(FLOOR_AFTER_REMOVAL))
        t87s__key_floor_raise(&cache->floors, key->hash, stamp);
    T87S__YIELD("outdate: floor raised, entry in the table");
    t87s__keep_discard(cache, t87s__entry_table_remove(cache->table, key, stamp));
    T87S__YIELD("outdate: entry taken out");
    if (T87S__MUTANT(FLOOR_AFTER_REMOVAL))
        t87s__key_floor_raise(&cache->floors, key->hash, stamp);
}

static bool valid_set(const void *value, size_t size, const struct t87s_set_options *options) {
    return (value || !size) && options->n_tags <= T87S_MAX_TAGS && t87s__valid_tags(options->tags, options->n_tags) &&
           t87s__valid_duration(options->ttl_ms) && t87s__valid_duration(options->grace_ms);
}

static struct t87s__entry *make_entry(struct t87s_cache *cache, const struct t87s__key *key, const void *value,
                                      size_t size, const struct t87s_set_options *options, const t87s__node *nodes,
                                      uint64_t birth) {
    const int64_t now = t87s__time_now(&cache->time); /* as for a hit: it may expire a tick early */
    int64_t ttl = options->ttl_ms ? options->ttl_ms : cache->default_ttl_ms;
    int64_t grace = options->grace_ms ? options->grace_ms : cache->default_grace_ms;
    struct t87s__entry_parts parts = {
        .key = *key,
        .tags = nodes,
        .n_tags = (uint8_t)options->n_tags,
        .tags_hash = t87s__query_hash_tags(cache, options->tags, options->n_tags),
        .row = t87s__row_by_hand(cache),
        .value = value,
        .value_size = size,
        .birth = birth,
        .created_ms = now,
        .expires_ms = t87s__time_add(now, ttl > 0 ? ttl : 0),
        .grace_ms = grace > 0 ? grace : 0,
    };
    return t87s__entry_make(cache->memory, cache->tree, &parts, false);
}

/* What the table and the queues will look at, while the entry is made. */
static void bring_near(struct t87s_cache *cache, uint64_t hash) {
    t87s__read_begin();
    t87s__entry_table_prefetch(cache->table, t87s__hash_upper(hash), t87s__hash_tag(hash), NEAR_CELL);
    t87s__read_end();
    t87s__eviction_prefetch(cache->eviction, hash);
}

/* Over a shared tier the value is there, and the next query brings it near. Here it could have no birth: one from
 * before the store took it would let a query in between keep what it read there, a later one would hide an invalidation
 * in between. */
static enum t87s_status set_shared(struct t87s_cache *cache, const struct t87s__key *key, const void *value,
                                   size_t size, const struct t87s_set_options *options) {
    const enum t87s_status status = t87s__shared_set(cache, key, value, size, options);
    t87s__near_remove(cache, key);
    t87s__count(&cache->counters, COUNT_sets);
    T87S__TRACE(&cache->trace, "set %s: %s", t87s__describe_key(NULL, key).bytes,
                status == T87S_OK ? "in the store" : "not in the store");
    return status;
}

enum t87s_status t87s_set(struct t87s_cache *cache, const void *key_bytes, size_t key_len, const void *value,
                          size_t size, const struct t87s_set_options *options) {
    static const struct t87s_set_options defaults;
    if (!options)
        options = &defaults;
    if (!cache || !t87s__valid_key(key_bytes, key_len) || !valid_set(value, size, options))
        return T87S_E_INVALID;
    struct t87s__key key = t87s__key_make(key_bytes, key_len, false, cache->seed);
    if (cache->tier)
        return set_shared(cache, &key, value, size, options);
    bring_near(cache, key.hash);
    struct t87s__ask ask = {.key = key, .tags = options->tags, .n_tags = options->n_tags};
    t87s__node nodes[T87S_MAX_TAGS];
    int n = t87s__query_intern(cache, &ask, nodes); /* before the birth is drawn, as for a fetch */
    T87S__YIELD("set: tags interned, no birth");
    uint64_t birth = options->token.stamp ? options->token.stamp : t87s__stamp_next(&cache->stamps);
    struct t87s__entry *entry = n < 0 ? NULL : make_entry(cache, &key, value, size, options, nodes, birth);
    enum t87s_status status = entry ? T87S_OK : T87S_E_NOMEM;
    enum t87s__put put = PUT_OUTDATED;
    const char *what = "kept";
    struct t87s__cover cover = {0};

    T87S__YIELD("set: birth drawn, nothing marked");
    if (!T87S__MUTANT(SET_WITHOUT_FLOOR))
        t87s__key_floor_raise(&cache->floors, key.hash, birth);
    T87S__YIELD("set: floor raised, old entry in the table");
    if (n > 0)
        cover = t87s__tag_tree_cover(cache->tree, nodes, (size_t)n, birth);
    if (entry && cover.soft) /* it remembers since when, before a later one hides that */
        t87s__entry_note_soft(entry, cover);
    if (!entry) {
        t87s__count(&cache->counters, COUNT_not_kept_no_memory);
    } else if (t87s__entry_expires_ms(entry) == t87s__entry_created_ms(entry)) {
        what = "not kept, no ttl";
    } else if (t87s__keep_too_large(cache, entry)) {
        what = "not kept, too large";
    } else if (cover.hard || cover.soft_lost) { /* lost: nor is it known since when its grace would count */
        t87s__count(&cache->counters, COUNT_not_kept_outdated);
        what = "not kept, out of date";
    } else {
        T87S__YIELD("set: judged, not in the table");
        put = t87s__keep_put(cache, entry, key.hash, t87s__entry_created_ms(entry));
        if (put == PUT_NO_MEMORY)
            status = T87S_E_NOMEM;
        if (put == PUT_OUTDATED)
            what = "not kept, out of date";
    }
    if (put == PUT_KEPT)
        n = 0; /* the table has the tags' references, and took out what stood there */
    else
        t87s__keep_discard(cache, t87s__entry_table_remove(cache->table, &key, birth));
    t87s__entry_unref(entry, cache->memory);
    while (n > 0)
        t87s__tag_tree_unref(cache->tree, nodes[--n]);
    t87s__count(&cache->counters, COUNT_sets);
    T87S__TRACE(&cache->trace, "set %s: %s", t87s__describe_key(NULL, &key).bytes,
                status != T87S_E_NOMEM ? what : "not kept, no memory");
    return status;
}

enum t87s_status t87s_delete(struct t87s_cache *cache, const void *key_bytes, size_t key_len) {
    if (!cache || !t87s__valid_key(key_bytes, key_len))
        return T87S_E_INVALID;
    struct t87s__key key = t87s__key_make(key_bytes, key_len, false, cache->seed);
    const enum t87s_status status = t87s__shared_delete(cache, &key);
    if (T87S__MUTANT(DELETE_WITHOUT_FLOOR))
        t87s__keep_discard(cache, t87s__entry_table_remove(cache->table, &key, t87s__stamp_next(&cache->stamps)));
    else
        t87s__near_remove(cache, &key);
    t87s__count(&cache->counters, COUNT_deletes);
    T87S__TRACE(&cache->trace, "delete %s", t87s__describe_key(NULL, &key).bytes);
    return status;
}

void t87s__near_remove(struct t87s_cache *cache, const struct t87s__key *key) {
    outdate_key(cache, key, t87s__stamp_next(&cache->stamps));
}

void t87s__near_clear(struct t87s_cache *cache) {
    uint64_t stamp = t87s__stamp_next(&cache->stamps);
    T87S__YIELD("clear: stamp drawn, nothing marked");
    if (!T87S__MUTANT(CLEAR_WITHOUT_FLOOR))
        t87s__stamp_raise(&cache->floors.all, stamp);
    T87S__YIELD("clear: floor raised, entries in the table");
    t87s__keep_remove_born_before(cache, stamp);
}

enum t87s_status t87s_clear(struct t87s_cache *cache) {
    if (!cache)
        return T87S_E_INVALID;
    const enum t87s_status status = t87s__shared_clear(cache);
    t87s__near_clear(cache);
    t87s__count(&cache->counters, COUNT_clears);
    T87S__TRACE(&cache->trace, "clear");
    return status;
}

/* The path is valid. */
static void invalidate_path(struct t87s_cache *cache, const unsigned char *path, size_t size, unsigned flags,
                            uint64_t stamp, int64_t now_ms) {
    if (T87S__MUTANT(STAMP_AFTER_MARK)) /* the newest before it, and its own too late */
        stamp--;
    T87S__YIELD("invalidate: stamp drawn, nothing marked");
    bool known = t87s__tag_tree_invalidate(cache->tree, path, size, flags, stamp, now_ms);
    T87S__YIELD("invalidate: marked");
    t87s__count(&cache->counters, COUNT_invalidations);
    if (!known)
        t87s__count(&cache->counters, COUNT_invalidations_unknown);
    T87S__PROBE4(invalidate, path, size, flags, known);
    if (!cache->trace.tracer.event)
        return;
    char text[256];
    t87s__tag_path_format(path, size, text, sizeof text);
    t87s__trace_line(&cache->trace, "invalidate %s%s%s%s", text, flags & T87S_SOFT ? " softly" : "",
                     flags & T87S_EXACT ? " exactly" : "", known ? "" : ": nobody carries it");
}

/* Only a soft invalidation remembers when it was; a hard one is spared the clock, which costs as much as the rest. */
static int64_t time_of(const struct t87s_cache *cache, unsigned flags) {
    return flags & T87S_SOFT ? t87s__clock_now(cache->clock) : 0;
}

static bool valid_flags(unsigned flags) { return !(flags & ~(T87S_SOFT | T87S_EXACT)); }

enum t87s_status t87s_invalidate(struct t87s_cache *cache, const struct t87s_tag *tags, size_t n, unsigned flags) {
    if (!cache || !t87s__valid_tags(tags, n) || !valid_flags(flags))
        return T87S_E_INVALID;
    enum t87s_status status = T87S_OK;
    enum { AT_ONCE = 32 };
    for (size_t i = 0; i < n && T87S__MUTANT(NEAR_FIRST); i++)
        invalidate_path(cache, tags[i].path, tags[i].size, flags, t87s__stamp_next(&cache->stamps),
                        time_of(cache, flags));
    for (size_t at = 0; cache->tier && at < n; at += AT_ONCE) { /* the store first: see t87s/store.h */
        struct t87s_store_tag some[AT_ONCE];
        size_t n_some = 0;
        for (; n_some < AT_ONCE && at + n_some < n; n_some++)
            some[n_some] = (struct t87s_store_tag){tags[at + n_some].path, tags[at + n_some].size};
        if (t87s__shared_invalidate(cache, some, n_some, flags) != T87S_OK)
            status = T87S_PARTIAL;
    }
    if (T87S__MUTANT(NEAR_FIRST))
        return status;
    uint64_t stamp = t87s__stamp_next(&cache->stamps); /* before anything is marked: see stamp.h */
    int64_t now = time_of(cache, flags);
    for (size_t i = 0; i < n; i++)
        invalidate_path(cache, tags[i].path, tags[i].size, flags, stamp, now);
    return status;
}

enum t87s_status t87s_gen_invalidate(struct t87s_cache *cache, const unsigned char *path, size_t size, unsigned flags) {
    if (!cache || !t87s__tag_path_valid(path, size))
        return T87S_E_INVALID;
    const enum t87s_status status =
        cache->tier ? t87s__shared_invalidate(cache, &(struct t87s_store_tag){path, size}, 1, flags) : T87S_OK;
    invalidate_path(cache, path, size, flags, t87s__stamp_next(&cache->stamps), time_of(cache, flags));
    return status;
}

void t87s__near_invalidate(struct t87s_cache *cache, const unsigned char *path, size_t size, unsigned flags) {
    t87s__tag_tree_invalidate(cache->tree, path, size, flags, t87s__stamp_next(&cache->stamps), time_of(cache, flags));
}
