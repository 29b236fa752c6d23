/* SPDX-License-Identifier: MIT */
#include "layout.h"

#include <stdio.h>

#include "mutants.h"
#include "slots.h"
#include "typescript.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

bool t87s__layout_prefix_valid(const char *text) {
    const size_t size = strlen(text);
    for (const char *at = text; *at; at++)
        if (*at <= ' ' || *at > '~' || strchr("{}*?[]\\", *at))
            return false;
    return size > 0 && size <= 200;
}

void t87s__layout_init(struct t87s__layout *layout, const char *of_store, const char *of_cache, unsigned n_buckets) {
    layout->n_buckets = n_buckets;
    layout->with_typescript = false;
    layout->store_size = (size_t)snprintf(layout->prefix, sizeof layout->prefix, "%s:", of_store);
    char *at = layout->prefix + layout->store_size;
    for (; *of_cache; of_cache++)
        at += sprintf(at, *of_cache == ':' || *of_cache == '%' ? "%%%02X" : "%c", (unsigned)(unsigned char)*of_cache);
    layout->prefix_size = (size_t)(at - layout->prefix);
}

static struct t87s__name name_in(const struct t87s__layout *layout, size_t prefix_size, const char *rest) {
    struct t87s__name name;
    const size_t size = strlen(rest);
    name.size = prefix_size + size;
    memcpy(name.text, layout->prefix, prefix_size);
    memcpy(name.text + prefix_size, rest, size + 1);
    return name;
}

static struct t87s__name name_of(const struct t87s__layout *layout, const char *rest) {
    return name_in(layout, layout->prefix_size, rest);
}

/* Names that lie in the middle of each eighth of a cluster's slots. */
static const struct {
    char name[4];
    unsigned slot;
} spread[T87S__MOST_BUCKETS] = {{"0cz", 1025}, {"1gd", 3082},  {"2eb", 5118},  {"3mi", 7180},
                                {"4xa", 9234}, {"5pj", 11232}, {"6qx", 13298}, {"7ys", 15360}};

struct t87s__name t87s__layout_bucket(const struct t87s__layout *layout, unsigned bucket) {
    char rest[16];
    if (layout->with_typescript && bucket == T87S__TYPESCRIPT_BUCKET) /* no cache's prefix has a bare % */
        return name_in(layout, layout->store_size, "%typescript:t:{0}");
    snprintf(rest, sizeof rest, ":t:{%s}", layout->n_buckets == 1 ? "0" : spread[bucket].name);
    return name_of(layout, rest);
}

unsigned t87s__layout_slot_of_bucket(unsigned bucket) { return spread[bucket].slot; }

struct t87s__name t87s__layout_beside_bucket(const char *of_store, unsigned bucket) {
    struct t87s__name name;
    name.size = (size_t)snprintf(name.text, sizeof name.text, "%s:{%s}", of_store, spread[bucket].name);
    return name;
}

static unsigned slot_of(const struct t87s__layout *layout, struct t87s__name head, const void *key, size_t size) {
    return layout->n_buckets == 1 ? 0 : t87s__slot_of(t87s__argument_name(&head), (struct t87s__argument){key, size});
}

unsigned t87s__layout_slot_of_entry(const struct t87s__layout *layout, const void *key, size_t size) {
    return slot_of(layout, t87s__layout_entry_head(layout), key, size);
}

unsigned t87s__layout_slot_of_lease(const struct t87s__layout *layout, const void *key, size_t size) {
    return slot_of(layout, t87s__layout_lease_head(layout), key, size);
}

struct t87s__name t87s__layout_channel(const struct t87s__layout *layout, unsigned bucket) {
    char rest[16];
    snprintf(rest, sizeof rest, layout->n_buckets == 1 ? ":i" : ":i:%u", bucket);
    return name_of(layout, rest);
}

struct t87s__name t87s__layout_beat(const struct t87s__layout *layout, const char *id) {
    char rest[32];
    snprintf(rest, sizeof rest, ":hb:%s", id);
    return name_of(layout, rest);
}

struct t87s__name t87s__layout_entry_head(const struct t87s__layout *layout) {
    return name_of(layout, ":e:");
}

struct t87s__name t87s__layout_lease_head(const struct t87s__layout *layout) {
    return name_of(layout, ":l:");
}

unsigned t87s__layout_bucket_of_tag(const struct t87s__layout *layout, struct t87s_store_tag tag) {
    size_t ends[T87S_MAX_SEGMENTS];
    unsigned char hash[T87S__HASH];
    if (layout->n_buckets == 1 || !t87s_store_prefixes(tag, ends))
        return 0;
    t87s_store_hash(tag.path, ends[0], hash);
    return hash[0] % layout->n_buckets;
}

unsigned t87s__layout_bucket_of_key(const struct t87s__layout *layout, const void *key, size_t size) {
    return t87s__layout_slot_of_entry(layout, key, size) * layout->n_buckets / T87S__SLOTS;
}

struct t87s__member t87s__layout_member(char letter, const void *bytes, size_t size) {
    struct t87s__member member = {{(unsigned char)letter}};
    t87s_store_hash(bytes, size, member.bytes + 1);
    return member;
}

struct t87s__last t87s__layout_last(uint64_t history) {
    struct t87s__last last = {{'c'}};
    if (T87S__MUTANT(HISTORY_IGNORED))
        history = 1;
    for (size_t i = sizeof last.bytes - 1; i > 0; i--, history >>= 8)
        last.bytes[i] = (unsigned char)history;
    return last;
}

/* Redis prints whole numbers as they are. */
uint64_t t87s__layout_number(const redisReply *score) {
    if (score->type != REDIS_REPLY_STRING)
        return 0;
    uint64_t number = 0;
    for (const char *at = score->str + (score->str[0] == '-'); *at >= '0' && *at <= '9' && number < T87S__NUMBERS; at++)
        number = number * 10 + (uint64_t)(*at - '0');
    return number < T87S__NUMBERS ? number : 0;
}

uint64_t t87s__layout_stamp(const redisReply *score) {
    const uint64_t number = t87s__layout_number(score);
    return number || score->type == REDIS_REPLY_NIL ? number : UINT64_MAX;
}

/* ---- what a query asks ---- */

static void ask_one(struct t87s__bucket_asked *asked, struct t87s__member member, enum t87s__asked kind) {
    asked->members[asked->n] = member;
    asked->kinds[asked->n++] = (unsigned char)kind;
}

/* The bucket's place in the list, a new one if need be. */
static struct t87s__bucket_asked *bucket_in(struct t87s__bucket_asked *asked, unsigned *n, unsigned bucket) {
    for (unsigned i = 0; i < *n; i++)
        if (asked[i].bucket == bucket)
            return &asked[i];
    struct t87s__bucket_asked *fresh = &asked[(*n)++];
    fresh->bucket = bucket;
    fresh->n = 0;
    ask_one(fresh, (struct t87s__member){{'f'}}, ASKED_FLOOR);
    ask_one(fresh, (struct t87s__member){{'g'}}, ASKED_LIFE);
    return fresh;
}

static void ask_named(struct t87s__bucket_asked *asked, const char *letters, const struct t87s__member *named) {
    static const enum t87s__asked kinds[] = {ASKED_HARD, ASKED_SOFT, ASKED_SOFT_BEFORE};
    for (unsigned i = 0; i < 3; i++) {
        struct t87s__member member = *named;
        member.bytes[0] = (unsigned char)letters[i];
        ask_one(asked, member, kinds[i]);
    }
}

unsigned t87s__layout_ask(const struct t87s__layout *layout, const struct t87s_store_query *query,
                          struct t87s__bucket_asked *asked) {
    unsigned n = 0;
    struct t87s__bucket_asked *of_key =
        bucket_in(asked, &n, t87s__layout_bucket_of_key(layout, query->key, query->key_size));
    ask_one(of_key, t87s__layout_member('k', query->key, query->key_size), ASKED_KEY);
    for (size_t i = 0; i < query->n_tags; i++) {
        size_t ends[T87S_MAX_SEGMENTS];
        const struct t87s_store_tag tag = query->tags[i];
        const size_t n_ends = t87s_store_prefixes(tag, ends);
        struct t87s__bucket_asked *of_tag = bucket_in(asked, &n, t87s__layout_bucket_of_tag(layout, tag));
        struct t87s__member named = {{0}};
        for (size_t end = 0; end < n_ends; end++) {
            named = t87s__layout_member('h', tag.path, ends[end]);
            ask_named(of_tag, "hsp", &named);
        }
        ask_named(of_tag, "xyq", &named);
    }
    if (layout->with_typescript)
        t87s__typescript_ask(query, bucket_in(asked, &n, T87S__TYPESCRIPT_BUCKET));
    return n;
}

uint64_t t87s__layout_kin(const struct t87s__layout *layout, const struct t87s_store_query *query,
                          struct t87s_store_birth *birth) {
    struct {
        XXH128_hash_t tags; /* a sum: the order does not matter, a repeat does */
        uint64_t lives[T87S__MOST_BUCKETS], n_buckets;
    } all = {.n_buckets = layout->n_buckets};
    const unsigned of_key = t87s__layout_bucket_of_key(layout, query->key, query->key_size);
    all.lives[of_key] = *t87s__birth_life(birth, of_key);
    if (layout->with_typescript)
        all.lives[T87S__TYPESCRIPT_BUCKET] = *t87s__birth_life(birth, T87S__TYPESCRIPT_BUCKET);
    for (size_t i = 0; i < query->n_tags; i++) {
        const struct t87s_store_tag tag = query->tags[i];
        const unsigned bucket = t87s__layout_bucket_of_tag(layout, tag);
        const XXH128_hash_t hash = XXH3_128bits_withSeed(tag.path, tag.size, 1); /* another than its member's */
        all.lives[bucket] = *t87s__birth_life(birth, bucket);
        all.tags.low64 += hash.low64;
        all.tags.high64 += hash.high64;
    }
    return XXH3_64bits(&all, sizeof all);
}
