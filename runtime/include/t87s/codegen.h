/* SPDX-License-Identifier: MIT
 *
 * What generated headers stand on. Not for hand-written code: it changes with T87S_CODEGEN_ABI, t87s.h does not.
 *
 * A generated wrapper writes its arguments as a key onto the stack, behind the fingerprint of the query, and calls
 * t87s_gen_call with a constant description of the query. Everything else is derived from the key when it is needed:
 * the arguments of the fetch, the tags, the arguments of the refresh callback, now or later in a background thread.
 * Queries of the same parameter types and value have the same shape, and one set of functions that do this. What is
 * left for each of them is data and calls: a compiler of C reads these many times faster.
 *
 * Key:  fingerprint (8 bytes), then each parameter in order:
 *       u32 i32 enum: 4 bytes, u64 i64: 8, bool: 1, uuid: 16 (all as in memory), str: length byte, bytes, NUL.
 * Path: segment after segment, the kind first: 's' length bytes (static) | 't' length bytes (str and enum wild) |
 *       'u' 8 bytes little-endian | 'i' 8 bytes little-endian | 'b' 16 bytes (uuid). Self-delimiting: no two paths are
 *       equal or prefixes of one another as bytes unless they are so as paths.
 */
#ifndef T87S_CODEGEN_H
#define T87S_CODEGEN_H

#include <string.h>

#include <t87s/t87s.h>

#define T87S_CODEGEN_ABI 3

#ifdef __cplusplus
#define T87S_GEN_ASSERT static_assert
extern "C" {
#else
#define T87S_GEN_ASSERT _Static_assert
#endif

struct t87s_gen_tags; /* collects the tags of a query: the library's */

typedef void t87s_gen_function(void); /* any function pointer on its way through the library */

struct t87s_gen_query;

/* What queries of the same shape and settings share, constant. `out` of fetch is value_size bytes aligned for any type
 * and zeroed, or a struct t87s_buffer * when value_size is 0. */
struct t87s_gen_kind {
    int64_t ttl_ms, grace_ms, negative_ms, timeout_ms; /* as in struct t87s_query: 0 the default, T87S_NONE none */
    int64_t fleet_ms;                                  /* the same; 0 none */
    int16_t jitter_percent;                            /* 0..100 */
    int16_t verify_percent;                            /* 0..100; -1: the cache's fraction */
    enum t87s_status (*fetch)(const struct t87s_gen_query *query, void *app, const unsigned char *key, void *out);
    void (*refreshed)(t87s_gen_function *callback, void *arg, const unsigned char *key, const struct t87s_value *old,
                      const struct t87s_value *fresh, bool changed);
    const char *(*item)(unsigned param, uint32_t number); /* of an enum parameter as text; NULL: out of range */
    /* a letter a parameter, to find it in a key: I u32, i i32, Q u64, q i64, b bool, u uuid, s str, e enum */
    const char *params;
};

#define T87S_GEN_VERIFIED 0x80000000u /* in `index`: verify_percent is greater than 0 */

/* One cached query, constant: as little as can be, for a compiler reads one for each, used or not. A hit reads index
 * and value_size only. The kind comes from a function, because an unused constant of a header is emitted without -O.
 *
 * Text: the tags one behind the other, each its segments and ';', then a NUL and the name as in the schema. A static
 * segment is as in a path, a wild is '$' and the number of its parameter from 'a' on:
 * "s\005users$as\005posts$b;s\006recent;\0get_post". */
struct t87s_gen_query {
    const struct t87s_gen_kind *(*kind)(void);
    uint32_t index;      /* among the schema's queries; with T87S_GEN_VERIFIED */
    uint32_t value_size; /* of a fixed-size value; 0: variable, comes back as struct t87s_value */
    uint64_t fingerprint;
    t87s_gen_function *application; /* the function that `fetch` calls */
    const char *text;
};

struct t87s_gen_schema {
    uint32_t abi; /* T87S_CODEGEN_ABI of the header */
    uint32_t n_queries;
    const char *name;
    const char *query_names; /* n_queries, each with its NUL, one behind the other */
};

/* t87s_open for a generated schema. T87S_E_ABI when the header was made for another library. */
T87S_API enum t87s_status t87s_gen_open(const struct t87s_options *options, const struct t87s_gen_schema *schema,
                                        void *app, struct t87s_cache **out);
T87S_API void *t87s_gen_app(struct t87s_cache *cache);

/* `out`: value_size bytes, or a struct t87s_value. */
T87S_API enum t87s_status t87s_gen_call(struct t87s_cache *cache, const struct t87s_gen_query *query,
                                        const unsigned char *key, size_t key_len, void *out,
                                        struct t87s_entries *entries);
/* The same for a key of 16 bytes, as most are, without entries, for a value of fixed size that is not verified. */
T87S_API enum t87s_status t87s_gen_call_16(struct t87s_cache *cache, const struct t87s_gen_query *query, uint64_t first,
                                           uint64_t second, void *out);
T87S_API enum t87s_status t87s_gen_peek(struct t87s_cache *cache, const struct t87s_gen_query *query,
                                        const unsigned char *key, size_t key_len, void *out);
T87S_API void t87s_gen_on_refresh(struct t87s_cache *cache, uint32_t query_index, t87s_gen_function *callback,
                                  void *arg);
T87S_API enum t87s_status t87s_gen_invalidate(struct t87s_cache *cache, const unsigned char *path, size_t size,
                                              unsigned flags);
/* Adds a path to the tags of the query under way; size 0 (an argument that is no tag) makes the query uncacheable. */
T87S_API void t87s_gen_tags_add(struct t87s_gen_tags *tags, const unsigned char *path, size_t size);
T87S_API int t87s_gen_path_format(const unsigned char *path, size_t size, char *out, size_t out_size);

/* Keys: put writes and returns the end; take reads and moves on. A str: NULL when it is not 1 to 255 bytes. */
static inline unsigned char *t87s_gen_put(unsigned char *at, const void *bytes, size_t size) {
    memcpy(at, bytes, size);
    return at + size;
}
static inline unsigned char *t87s_gen_put_u32(unsigned char *at, uint32_t v) { return t87s_gen_put(at, &v, sizeof v); }
static inline unsigned char *t87s_gen_put_i32(unsigned char *at, int32_t v) { return t87s_gen_put(at, &v, sizeof v); }
static inline unsigned char *t87s_gen_put_u64(unsigned char *at, uint64_t v) { return t87s_gen_put(at, &v, sizeof v); }
static inline unsigned char *t87s_gen_put_i64(unsigned char *at, int64_t v) { return t87s_gen_put(at, &v, sizeof v); }
static inline unsigned char *t87s_gen_put_bool(unsigned char *at, bool v) {
    *at = v ? 1 : 0;
    return at + 1;
}
static inline unsigned char *t87s_gen_put_uuid(unsigned char *at, const uint8_t *v) {
    return v ? t87s_gen_put(at, v, 16) : NULL;
}
static inline unsigned char *t87s_gen_put_str(unsigned char *at, const char *v) {
    size_t size = v ? strlen(v) : 0;
    if (size == 0 || size > T87S_MAX_TEXT)
        return NULL;
    *at = (unsigned char)size;
    return t87s_gen_put(at + 1, v, size + 1);
}
static inline uint32_t t87s_gen_take_u32(const unsigned char **at) {
    uint32_t v;
    memcpy(&v, *at, sizeof v);
    *at += sizeof v;
    return v;
}
static inline int32_t t87s_gen_take_i32(const unsigned char **at) { return (int32_t)t87s_gen_take_u32(at); }
static inline uint64_t t87s_gen_take_u64(const unsigned char **at) {
    uint64_t v;
    memcpy(&v, *at, sizeof v);
    *at += sizeof v;
    return v;
}
static inline int64_t t87s_gen_take_i64(const unsigned char **at) { return (int64_t)t87s_gen_take_u64(at); }
static inline bool t87s_gen_take_bool(const unsigned char **at) { return *(*at)++ != 0; }
static inline const uint8_t *t87s_gen_take_uuid(const unsigned char **at) {
    const uint8_t *v = *at;
    *at += 16;
    return v;
}
static inline const char *t87s_gen_take_str(const unsigned char **at) {
    const unsigned char *v = *at;
    *at += 2 + (size_t)*v;
    return (const char *)(v + 1);
}

/* Paths, for the tag constructors: each writes a segment and returns the end, NULL when its argument is no tag, or when
 * `at` already was NULL. A static comes as one literal, kind and length in front: "s\005users". */
static inline unsigned char *t87s_gen_path_static(unsigned char *at, const char *segment, size_t size) {
    return at ? t87s_gen_put(at, segment, size) : NULL;
}
static inline unsigned char *t87s_gen_path_word(unsigned char *at, char kind, uint64_t number) {
    if (!at)
        return NULL;
    at[0] = (unsigned char)kind;
    /* No loop: compilers make one store of these. */
    at[1] = (unsigned char)number;
    at[2] = (unsigned char)(number >> 8);
    at[3] = (unsigned char)(number >> 16);
    at[4] = (unsigned char)(number >> 24);
    at[5] = (unsigned char)(number >> 32);
    at[6] = (unsigned char)(number >> 40);
    at[7] = (unsigned char)(number >> 48);
    at[8] = (unsigned char)(number >> 56);
    return at + 9;
}
static inline unsigned char *t87s_gen_path_u32(unsigned char *at, uint32_t v) { return t87s_gen_path_word(at, 'u', v); }
static inline unsigned char *t87s_gen_path_u64(unsigned char *at, uint64_t v) { return t87s_gen_path_word(at, 'u', v); }
static inline unsigned char *t87s_gen_path_i64(unsigned char *at, int64_t v) {
    return t87s_gen_path_word(at, 'i', (uint64_t)v);
}
static inline unsigned char *t87s_gen_path_i32(unsigned char *at, int32_t v) { return t87s_gen_path_i64(at, v); }
static inline unsigned char *t87s_gen_path_uuid(unsigned char *at, const uint8_t *v) {
    if (!at || !v)
        return NULL;
    *at = 'b';
    return t87s_gen_put(at + 1, v, 16);
}
static inline bool t87s_gen_is_str(const char *v) { return v && *v && strlen(v) <= T87S_MAX_TEXT; }
static inline unsigned char *t87s_gen_path_str(unsigned char *at, const char *v) {
    size_t size;
    if (!at || !t87s_gen_is_str(v))
        return NULL;
    size = strlen(v);
    at[0] = 't';
    at[1] = (unsigned char)size;
    return t87s_gen_put(at + 2, v, size);
}
static inline uint16_t t87s_gen_path_size(const unsigned char *path, const unsigned char *end) {
    return end ? (uint16_t)(end - path) : (uint16_t)0;
}

/* What `entries` is when none are asked for, and when a peek is: constants, for a macro costs the compiler more. */
static struct t87s_entries *const t87s_gen_no_entries = NULL;
static struct t87s_entries *const t87s_gen_peeking = (struct t87s_entries *)(uintptr_t)8;

/* The whole of a generated wrapper once its key is written. `cache` is the schema's handle, which is a struct
 * t87s_cache in another type. */
static inline enum t87s_status t87s_gen_answer(void *cache, const struct t87s_gen_query *query,
                                               const unsigned char *key, const unsigned char *end, void *out,
                                               struct t87s_entries *entries) {
    struct t87s_cache *handle = (struct t87s_cache *)cache;
    if (entries == t87s_gen_peeking)
        return t87s_gen_peek(handle, query, key, (size_t)(end - key), out);
    /* Only where the compiler sees it to be so: then no key is written at all. */
    if (__builtin_constant_p(end - key) && end - key == 16 && !entries && query->value_size &&
        !(query->index & T87S_GEN_VERIFIED)) {
        uint64_t words[2];
        memcpy(words, key, sizeof words);
        return t87s_gen_call_16(handle, query, words[0], words[1], out);
    }
    return t87s_gen_call(handle, query, key, (size_t)(end - key), out, entries);
}
/* Instead of it, when an argument is wrong. */
static inline enum t87s_status t87s_gen_refuse(void *out, size_t size, struct t87s_entries *entries) {
    memset(out, 0, size);
    if (entries && entries != t87s_gen_peeking)
        memset(entries, 0, sizeof *entries);
    return T87S_E_INVALID;
}

/* The `item` of a shape without enums. */
static inline const char *t87s_gen_no_item(unsigned param, uint32_t number) {
    (void)param, (void)number;
    return NULL;
}

#ifndef __cplusplus
/* The cache, and an error if the callback is of another type, where C compilers may only warn. NULL is fine. */
#define T87S_GEN_FOR_CALLBACK(cache, fn, type)                                                                 \
    ((void)sizeof(struct {                                                                                     \
         _Static_assert(_Generic((fn), type * : 1, void * : 1, default : 0), "the callback must be a " #type); \
         int unused;                                                                                           \
     }),                                                                                                       \
     (cache))
#endif

/* Of several invalidations the caller is told the worst. */
static inline enum t87s_status t87s_gen_worse(enum t87s_status a, enum t87s_status b) { return a > b ? a : b; }

#ifdef __cplusplus
}
#endif

#endif
