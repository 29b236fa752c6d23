/* SPDX-License-Identifier: MIT
 *
 * Keys, reasons and fetches in words, for trace lines only.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "cache.h"

__attribute__((format(printf, 2, 3))) static void add(struct t87s__text *text, const char *format, ...) {
    size_t used = strlen(text->bytes);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text->bytes + used, sizeof text->bytes - used, format, arguments);
    va_end(arguments);
}

static void add_uuid(struct t87s__text *text, const uint8_t *uuid) {
    for (int i = 0; i < 16; i++)
        add(text, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", uuid[i]);
}

static void add_argument(struct t87s__text *text, char type, const unsigned char **at) {
    switch (type) {
    case 'I':
        add(text, "%" PRIu32, t87s_gen_take_u32(at));
        break;
    case 'i':
    case 'e':
        add(text, "%" PRId32, t87s_gen_take_i32(at));
        break;
    case 'Q':
        add(text, "%" PRIu64, t87s_gen_take_u64(at));
        break;
    case 'q':
        add(text, "%" PRId64, t87s_gen_take_i64(at));
        break;
    case 'b':
        add(text, "%s", t87s_gen_take_bool(at) ? "true" : "false");
        break;
    case 'u':
        add_uuid(text, t87s_gen_take_uuid(at));
        break;
    default:
        add(text, "\"%s\"", t87s_gen_take_str(at));
        break;
    }
}

static void add_bytes(struct t87s__text *text, const unsigned char *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        add(text, isprint(bytes[i]) ? "%c" : "\\x%02x", bytes[i]);
}

struct t87s__text t87s__describe_key(const struct t87s__source *source, const struct t87s__key *key) {
    struct t87s__text text = {""};
    if (source && source->gen) {
        const unsigned char *at = (const unsigned char *)key->bytes + sizeof(uint64_t); /* behind the fingerprint */
        add(&text, "%s(", source->gen->text + strlen(source->gen->text) + 1);
        for (const char *type = source->kind->params; *type; type++) {
            add_argument(&text, *type, &at);
            if (type[1])
                add(&text, ", ");
        }
        add(&text, ")");
    } else {
        if (source && source->name)
            add(&text, "%s ", source->name);
        add_bytes(&text, key->bytes, key->size);
    }
    return text;
}

const char *t87s__describe_reason(enum t87s_reason reason) {
    static const char *const words[] = {"fresh",   "absent",        "expired", "invalidated",
                                        "evicted", "other version", "store"};
    return words[reason];
}

void t87s__describe_fetched(struct t87s_cache *cache, const struct t87s__ask *ask, const struct t87s__fetched *fetched,
                            const struct t87s__entry *entry, bool kept) {
    const enum t87s_status status = fetched->status;
    if (!cache->trace.tracer.event)
        return;
    struct t87s__text key = t87s__describe_key(&ask->source, &ask->key);
    const char *what = status == T87S_OK ? "fetched" : "not found";
    if (status != T87S_OK && status != T87S_NOT_FOUND)
        t87s__trace_line(&cache->trace, "query %s: fetch failed with status %d", key.bytes, (int)status);
    else if (fetched->stored)
        t87s__trace_line(&cache->trace, "query %s: %s from the store%s", key.bytes,
                         fetched->stale      ? "stale"
                         : status == T87S_OK ? "fresh"
                                             : "not found",
                         fetched->stale ? ", refresh" : "");
    else if (kept)
        t87s__trace_line(&cache->trace, "query %s: %s, fresh until %lld", key.bytes, what,
                         (long long)t87s__entry_expires_ms(entry));
    else
        t87s__trace_line(&cache->trace, "query %s: %s, not kept", key.bytes, what);
}
