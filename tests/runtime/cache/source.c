/* SPDX-License-Identifier: MIT */
#include "source.h"

#include <check.h>
#include <string.h>

enum t87s_status source_fetch(void *arg, struct t87s_buffer *out) {
    struct source *source = arg;
    atomic_fetch_add(&source->fetches, 1);
    const char *text = source->text;
    if (source->during)
        source->during(source->during_arg);
    if (source->status != T87S_OK)
        return source->status;
    if (text)
        return t87s_buffer_append(out, text, strlen(text));
    static _Thread_local char block[4096];
    memset(block, 'x', sizeof block);
    for (size_t left = source->size; left;) {
        size_t piece = left < sizeof block ? left : sizeof block;
        enum t87s_status status = t87s_buffer_append(out, block, piece);
        if (status != T87S_OK)
            return status;
        left -= piece;
    }
    return T87S_OK;
}

struct t87s_query query_of(const char *key, struct source *source) {
    return (struct t87s_query){
        .key = key, .key_len = strlen(key), .fetch = source_fetch, .fetch_arg = source, .ttl_ms = 1000};
}

void expect_answer(struct t87s_cache *cache, const struct t87s_query *query, const char *text,
                   enum t87s_outcome outcome) {
    struct t87s_value value;
    struct t87s_entries entries;
    enum t87s_status status = t87s_query(cache, query, &value, &entries);
    ck_assert_int_eq(status, text ? T87S_OK : T87S_NOT_FOUND);
    if (text) {
        ck_assert_uint_eq(value.size, strlen(text));
        ck_assert_str_eq(value.data, text);
    }
    ck_assert_int_eq(entries.before.outcome, outcome);
    t87s_value_release(&value);
}

void expect_get(struct t87s_cache *cache, const char *key, const char *text) {
    struct t87s_value value;
    ck_assert_int_eq(t87s_get(cache, key, strlen(key), &value), text ? T87S_OK : T87S_MISS);
    if (text) {
        ck_assert_uint_eq(value.size, strlen(text));
        ck_assert_str_eq(value.data, text); /* the NUL is there */
    } else {
        ck_assert_ptr_null(value.data);
        ck_assert_ptr_null(value.pin);
    }
    t87s_value_release(&value);
}

enum t87s_status set_text(struct t87s_cache *cache, const char *key, const char *text,
                          const struct t87s_set_options *options) {
    return t87s_set(cache, key, strlen(key), text, strlen(text), options);
}

struct t87s_stats stats_of(struct t87s_cache *cache) {
    struct t87s_stats stats;
    t87s_stats(cache, &stats);
    return stats;
}
