/* SPDX-License-Identifier: MIT
 *
 * The fresh hit. No lock, no memory, no system call, and in the steady state no write to a line that others read:
 *
 *     begin     a read section (read_section.h): what is found stays until it ends
 *     find      the cell of the key leads to the entry (entry_table.h)
 *     judge     its sum of stripes is the one it was validated with, so nothing covers it (epochs.h); its ttl runs
 *     take      the value is copied out, or the entry referenced
 *     end
 *
 * Everything else, also a fresh entry that was missed because it moved, is for query.c.
 */
#ifndef T87S_CACHE_HIT_H
#define T87S_CACHE_HIT_H

#include "cache.h"
#include "mutants.h"
#include "read_section.h"
#include "yield.h"

/* Whether an entry that was found inside this read section is fresh. */
static inline bool t87s__hit_judge(struct t87s_cache *cache, struct t87s__entry *entry, int64_t now_ms) {
    return t87s__near_time(cache, now_ms) < t87s__entry_expires_ms(entry) &&
           t87s__entry_uncovered(entry, cache->tree, cache->epochs);
}
/* The same, and counts the visit. */
static inline bool t87s__hit_fresh(struct t87s_cache *cache, struct t87s__entry *entry, int64_t now_ms) {
    if (!t87s__hit_judge(cache, entry, now_ms))
        return false;
    t87s__entry_visit(entry);
    return true;
}

/* The entry of a key as it is, for who may have to ask further. Counts no visit. Every query that is no hit comes here,
 * so no thread opens its first section with a lock held. */
static inline struct t87s__look t87s__hit_look(struct t87s_cache *cache, const struct t87s__key *key) {
    struct t87s__look look = {.now_ms = t87s__time_now(&cache->time),
                              .changes = t87s__entry_table_changes(cache->table, key->hash)};
    t87s__read_begin();
    look.entry = t87s__entry_table_read(cache->table, key);
    if (look.entry) {
        look.fresh = t87s__hit_judge(cache, look.entry, look.now_ms);
        t87s__entry_ref(look.entry);
    }
    t87s__read_end();
    return look;
}

/* The entry of a key if it is fresh, with a reference; NULL: look again by the long way. */
static inline struct t87s__entry *t87s__hit_ref(struct t87s_cache *cache, const struct t87s__key *key, int64_t now_ms) {
    t87s__read_begin();
    struct t87s__entry *entry = t87s__entry_table_read(cache->table, key);
    if (entry && !t87s__hit_fresh(cache, entry, now_ms))
        entry = NULL;
    if (T87S__MUTANT(REFERENCE_TOO_LATE))
        t87s__read_end();
    T87S__YIELD("hit: judged, no reference taken");
    if (entry)
        t87s__entry_ref(entry);
    if (!T87S__MUTANT(REFERENCE_TOO_LATE))
        t87s__read_end();
    return entry;
}

/* A reference becomes a value of the caller's. */
static inline void t87s__hit_hand_out(struct t87s_cache *cache, struct t87s__entry *entry, struct t87s_value *out) {
    *out = (struct t87s_value){t87s__entry_value(entry), t87s__entry_value_size(entry), entry, cache->memory};
}

/* memcpy without a call for the sizes that rows have. */
static inline void t87s__hit_copy(void *to, const void *from, size_t size) {
    enum { PIECE = 16, MOST_PIECES = 16 };
    unsigned char *out = to;
    const unsigned char *in = from;
    if (size > PIECE * MOST_PIECES) {
        memcpy(out, in, size);
        return;
    }
    for (; size >= 4 * PIECE; size -= 4 * PIECE, out += 4 * PIECE, in += 4 * PIECE) {
        memcpy(out, in, PIECE);
        memcpy(out + PIECE, in + PIECE, PIECE);
        memcpy(out + 2 * PIECE, in + 2 * PIECE, PIECE);
        memcpy(out + 3 * PIECE, in + 3 * PIECE, PIECE);
    }
    if (__builtin_expect(!size, 1))
        return;
    for (; size >= PIECE; size -= PIECE, out += PIECE, in += PIECE)
        memcpy(out, in, PIECE);
    if (size & 8) {
        memcpy(out, in, 8);
        out += 8;
        in += 8;
    }
    if (size & 4) {
        memcpy(out, in, 4);
        out += 4;
        in += 4;
    }
    for (size &= 3; size; size--)
        *out++ = *in++;
}

enum t87s__hit { HIT_NONE, HIT_FRESH, HIT_NEGATIVE };

/* Hands out a value of variable size, of an entry with these tags (0: a generated query's). */
static inline enum t87s__hit t87s__hit_value(struct t87s_cache *cache, const struct t87s__key *key, uint64_t tags_hash,
                                             int64_t now_ms, struct t87s_value *out) {
    struct t87s__entry *entry = t87s__hit_ref(cache, key, now_ms);
    if (!entry)
        return HIT_NONE;
    const enum t87s__hit hit = t87s__entry_tags_hash(entry) != tags_hash ? HIT_NONE
                               : t87s__entry_negative(entry)             ? HIT_NEGATIVE
                                                                         : HIT_FRESH;
    if (hit == HIT_FRESH)
        t87s__hit_hand_out(cache, entry, out);
    else
        t87s__entry_unref(entry, cache->memory);
    return hit;
}

/* Copies out a value of fixed size, and ends the section that the caller has begun; false: look by the long way, also
 * for "not found". Where key and value are is known from the sizes, so nothing waits for the entry's header but the
 * verdict on it. */
static inline bool t87s__hit_fixed(struct t87s_cache *cache, const void *key_bytes, size_t key_size, int64_t now_ms,
                                   void *out, uint32_t size) {
    /* The hash is made here and not before, so that no call comes between it and what waits for it. */
    const struct t87s__key key = t87s__key_make(key_bytes, key_size, true, cache->seed);
    struct t87s__entry *entry = t87s__entry_table_read_fixed(cache->table, &key, size);
    const bool hit = entry && t87s__hit_fresh(cache, entry, now_ms);
    if (T87S__MUTANT(COPY_TOO_LATE))
        t87s__read_end();
    T87S__YIELD("hit: judged, nothing copied");
    if (__builtin_expect(hit, 1))
        t87s__hit_copy(out, t87s__entry_at(entry, t87s__entry_value_at(sizeof *entry, true, 0)), size);
    if (!T87S__MUTANT(COPY_TOO_LATE))
        t87s__read_end();
    return hit;
}

#endif
