/* SPDX-License-Identifier: MIT
 *
 * One answer: its key, value, tags and times, in one block. What is not marked atomic never changes once the entry is
 * published (law 5), so readers without a lock need nothing but the pointer.
 *
 *      0  validated    atomic: the sum of its stripes (epochs.h) when it was last found uncovered; 0: never;
 *                      top bit: the entry has been retired, and this is a link in the list of such entries
 *      8  birth : 48 | key size : 12 | number of tags : 4
 *     16  expires, ms : 42 | lived, ms : 22              lived: how long before it expires the entry was made
 *     24  state        atomic: references : 26 | life : 2 | busy, listed, main, survivor
 *     28  value size : 24 | flags : 8
 *     32  row : 14 | visits : 2        atomic for the visits' sake
 *     34  stripe of the first tag
 *     36  the first tag
 *     40  sizes, if they do not fit above
 *         a value of fixed size | padding to 8 | key     so that a hit knows where both are before it has read a byte
 *         or: key | padding to 16 | value | NUL
 *         padding to 8 | parts that few have: hand (made by hand), times, aging (grace)
 *         stripes of the other tags | the other tags
 *
 * Who keeps an entry alive: the table holds one reference from put until a grace period after the entry left it
 * (retired.h), and as long the tags' nodes are referenced, too. Everybody else who keeps a pointer beyond a read
 * section holds a reference, taken inside one. A reference keeps the bytes, not the tags: an entry can be judged only
 * inside a read section that saw it listed. Who is handed one may keep it for longer than the cache lives: an entry
 * that is held when the table lets go of it, or that never was in the table, survives (t87s__entry_survive).
 */
#ifndef T87S_STORE_ENTRY_H
#define T87S_STORE_ENTRY_H

#include <string.h>

#include "epochs.h"
#include "freshness.h"
#include "hash.h"
#include "memory.h"
#include "mutants.h"
#include "tag_tree.h"

/* A key with its hash. Keys of generated queries and those made by hand live in two worlds and never meet. */
struct t87s__key {
    const void *bytes;
    uint32_t size;
    bool generated;
    uint64_t hash;
};

bool t87s__key_equal(const struct t87s__key *a, const struct t87s__key *b);

static inline struct t87s__key t87s__key_make(const void *bytes, size_t size, bool generated, uint64_t seed) {
    /* The two worlds hash apart as well, so that one cannot crowd the other's chains. */
    return (struct t87s__key){bytes, (uint32_t)size, generated, t87s__hash(bytes, size, seed ^ (generated ? 1 : 0))};
}

enum t87s__queue { QUEUE_SMALL, QUEUE_MAIN };

struct t87s__entry {
    _Atomic(uint64_t) validated;
    uint64_t birth_and_sizes;
    uint64_t times;
    _Atomic(uint32_t) state;
    uint32_t size_and_flags;
    _Atomic(uint16_t) row_and_visits; /* visits: hits since the eviction hand came by, at most 3 */
    t87s__stripe stripe;              /* of the first tag */
    t87s__node tag;
};
_Static_assert(sizeof(struct t87s__entry) == 40, "nothing is lost between the fields");

#define T87S__ENTRY_RETIRED (UINT64_C(1) << 63) /* in validated */

enum {
    /* state */
    ENTRY_BUSY = 1,     /* a background fetch of it is queued or running: at most one */
    ENTRY_LISTED = 2,   /* in the table; set and cleared under the shard's lock */
    ENTRY_MAIN = 4,     /* counted in the main queue, else in the small one; under the shard's lock */
    ENTRY_SURVIVOR = 8, /* counted as MEMORY_PINNED */
    ENTRY_LIFE_SHIFT =
        4, /* tells the key's lives in the table apart, as far as two bits can: two lives have two turns */
    ENTRY_LIFE = 3 << ENTRY_LIFE_SHIFT,
    ENTRY_REFERENCE = 64,
    /* row_and_visits */
    ENTRY_VISITS = 3,
    ENTRY_ROW_SHIFT = 2,
    /* flags, immutable */
    ENTRY_NEGATIVE = 1, /* "not found" */
    ENTRY_LOOSE = 2,    /* from malloc, because the allocator had nothing: never in the table */
    ENTRY_FIXED = 4,    /* the value is copied out, never handed out: no NUL, aligned to 8, in front of the key */
    /* and which parts it has; each of these three bits is the size of the part */
    ENTRY_HAND = 8,   /* the key's world: made by hand. Holds the hash of the tags */
    ENTRY_TIMES = 16, /* struct t87s__entry_times, ... */
    ENTRY_AGING = 32,
    ENTRY_MEASURED = ENTRY_HAND | ENTRY_TIMES | ENTRY_AGING,
    ENTRY_SIZES = 64
};

struct t87s__entry_times {
    int64_t expires_ms, created_ms;
};
struct t87s__entry_sizes {
    uint64_t value_size;
    uint32_t key_size, row;
};
/* Of entries that may be served stale or fetched again in the background. */
struct t87s__entry_aging {
    int64_t grace_ms;
    _Atomic(int64_t) soft_ms;  /* when the first soft invalidation was, as far as anybody saw; INT64_MAX: none yet */
    _Atomic(int64_t) retry_ms; /* no background fetch before then */
    _Atomic(uint8_t) failures; /* background fetches that failed in a row */
};
_Static_assert(sizeof(struct t87s__entry_times) == ENTRY_TIMES && sizeof(struct t87s__entry_aging) == ENTRY_AGING &&
                   sizeof(uint64_t) == ENTRY_HAND,
               "a part's bit is its size");

/* What an entry is made of. */
struct t87s__entry_parts {
    struct t87s__key key;
    const t87s__node *tags; /* referenced by the caller */
    uint8_t n_tags;
    uint64_t tags_hash; /* of the tags as a caller by hand gave them; not kept for a generated key, whose tags follow */
    uint32_t row;       /* of the query that its eviction is counted for */
    const void *value;
    size_t value_size;
    bool fixed, negative;
    bool refetched; /* in the background: even without grace it has to remember failures */
    uint64_t birth;
    int64_t created_ms, expires_ms, grace_ms;
};

/* A new entry with one reference; NULL: no memory. With `spill`, malloc is tried when the allocator has nothing. */
struct t87s__entry *t87s__entry_make(struct t87s__memory *memory, struct t87s__tag_tree *tree,
                                     const struct t87s__entry_parts *parts, bool spill);
/* What the entry counts as. */
size_t t87s__entry_cost(const struct t87s__entry *entry);

/* A count that reaches the top bit sticks there: an entry that is held by millions who never give it back is never
 * freed, rather than too early. */
#define T87S__ENTRY_STUCK (UINT32_C(1) << 31)
void t87s__entry_stick(struct t87s__entry *entry);

/* The caller holds a reference or is inside the read section in which it found the entry. */
static inline void t87s__entry_ref(struct t87s__entry *entry) {
    const uint32_t state = atomic_fetch_add_explicit(&entry->state, ENTRY_REFERENCE, memory_order_relaxed);
    if (__builtin_expect(state & T87S__ENTRY_STUCK, 0))
        t87s__entry_stick(entry);
}
/* NULL is allowed. */
void t87s__entry_unref(struct t87s__entry *entry, struct t87s__memory *memory);
/* The end of one of the cache's memory, to which nobody else holds a reference any more. Returns what it counted as,
 * and the caller no longer counts it. */
size_t t87s__entry_end(struct t87s__entry *entry, struct t87s__memory *memory);
/* One that is in no table, any more or at all, and was counted as `from`, may outlive the cache from now on: it counts
 * as pinned, and refers to the memory. The others go while the cache is there. The caller holds a reference. */
void t87s__entry_survive(struct t87s__entry *entry, struct t87s__memory *memory, enum t87s__memory_kind from);

/* The references that the table holds on the nodes of its tags. */
void t87s__entry_ref_tags(struct t87s__entry *entry, struct t87s__tag_tree *tree);
void t87s__entry_unref_tags(struct t87s__entry *entry, struct t87s__tag_tree *tree);
/* Has what that will need brought near, in the steps of t87s__tag_tree_near. */
void t87s__entry_near_tags(const struct t87s__entry *entry, struct t87s__tag_tree *tree, enum t87s__tag_nearness what);

/* ---- what is in it ---- */

static inline unsigned t87s__entry_flags(const struct t87s__entry *entry) { return entry->size_and_flags & 0xff; }
static inline bool t87s__entry_negative(const struct t87s__entry *entry) {
    return entry->size_and_flags & ENTRY_NEGATIVE;
}
static inline uint64_t t87s__entry_birth(const struct t87s__entry *entry) { return entry->birth_and_sizes >> 16; }
static inline unsigned t87s__entry_n_tags(const struct t87s__entry *entry) { return entry->birth_and_sizes & 15; }

/* Relaxed: a hint, but for those who hold the shard's lock or only ask whether the tags may be looked at. Acquire:
 * pairs with the release where the table takes the entry out. */
static inline bool t87s__entry_listed(const struct t87s__entry *entry) {
    return atomic_load_explicit(&entry->state, memory_order_acquire) & ENTRY_LISTED;
}

static inline const unsigned char *t87s__entry_at(const struct t87s__entry *entry, size_t at) {
    return (const unsigned char *)entry + at;
}

/* ---- where things are ---- */

static inline size_t t87s__entry_round(size_t size, size_t to) { return (size + to - 1) & ~(to - 1); }
/* Key and value begin at `body`: behind the header, or behind the sizes if they have a part. The block is aligned to
 * 16. */
static inline size_t t87s__entry_key_at(size_t body, bool fixed, size_t value_size) {
    return body + (fixed ? t87s__entry_round(value_size, 8) : 0);
}
static inline size_t t87s__entry_value_at(size_t body, bool fixed, size_t key_size) {
    return fixed ? body : t87s__entry_round(body + key_size, 16);
}
/* The other parts, in the order of their bits, begin behind both. */
const unsigned char *t87s__entry_parts(const struct t87s__entry *entry);
const unsigned char *t87s__entry_more_stripes(const struct t87s__entry *entry);

static inline bool t87s__entry_has_sizes(const struct t87s__entry *entry) {
    return __builtin_expect(entry->size_and_flags & ENTRY_SIZES, 0);
}
static inline const struct t87s__entry_sizes *t87s__entry_sizes(const struct t87s__entry *entry) {
    return (const void *)t87s__entry_at(entry, sizeof(struct t87s__entry));
}
static inline size_t t87s__entry_body(const struct t87s__entry *entry) {
    return sizeof(struct t87s__entry) + (t87s__entry_has_sizes(entry) ? sizeof(struct t87s__entry_sizes) : 0);
}
static inline uint32_t t87s__entry_key_size(const struct t87s__entry *entry) {
    return t87s__entry_has_sizes(entry) ? t87s__entry_sizes(entry)->key_size
                                        : (uint32_t)(entry->birth_and_sizes >> 4 & 0xfff);
}
static inline size_t t87s__entry_value_size(const struct t87s__entry *entry) {
    return t87s__entry_has_sizes(entry) ? t87s__entry_sizes(entry)->value_size : entry->size_and_flags >> 8;
}
static inline bool t87s__entry_fixed(const struct t87s__entry *entry) { return entry->size_and_flags & ENTRY_FIXED; }
static inline int64_t t87s__entry_expires_ms(const struct t87s__entry *entry) {
    if (__builtin_expect(entry->size_and_flags & ENTRY_TIMES, 0)) {
        struct t87s__entry_times times;
        memcpy(&times, t87s__entry_parts(entry) + (entry->size_and_flags & ENTRY_HAND), sizeof times);
        return times.expires_ms;
    }
    return (int64_t)(entry->times >> 22);
}
static inline bool t87s__entry_generated(const struct t87s__entry *entry) {
    return !(entry->size_and_flags & ENTRY_HAND);
}
static inline const void *t87s__entry_key(const struct t87s__entry *entry) {
    return t87s__entry_at(
        entry, t87s__entry_key_at(t87s__entry_body(entry), t87s__entry_fixed(entry), t87s__entry_value_size(entry)));
}
static inline const void *t87s__entry_value(const struct t87s__entry *entry) {
    return t87s__entry_at(
        entry, t87s__entry_value_at(t87s__entry_body(entry), t87s__entry_fixed(entry), t87s__entry_key_size(entry)));
}

int64_t t87s__entry_created_ms(const struct t87s__entry *entry);
int64_t t87s__entry_grace_ms(const struct t87s__entry *entry);
uint32_t t87s__entry_row(const struct t87s__entry *entry);
/* 0 for a generated key. */
uint64_t t87s__entry_tags_hash(const struct t87s__entry *entry);
/* NULL: it has none. */
struct t87s__entry_aging *t87s__entry_aging(struct t87s__entry *entry);
/* Copies the nodes of its tags out; returns how many. */
unsigned t87s__entry_tags(const struct t87s__entry *entry, t87s__node *out);

/* The whole key; its bytes are the entry's. */
struct t87s__key t87s__entry_key_of(const struct t87s__entry *entry, uint64_t seed);

static inline bool t87s__entry_same_bytes(const unsigned char *a, const unsigned char *b, size_t left) {
    if (__builtin_expect(left == 16, 1)) { /* the fingerprint and a number, as most generated keys are */
        uint64_t x[2], y[2];
        memcpy(x, a, 16);
        memcpy(y, b, 16);
        return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
    }
    for (; left >= 8; left -= 8, a += 8, b += 8) { /* keys are short: no call */
        uint64_t x, y;
        memcpy(&x, a, 8);
        memcpy(&y, b, 8);
        if (x != y)
            return false;
    }
    for (; left; left--)
        if (*a++ != *b++)
            return false;
    return true;
}

static inline bool t87s__entry_has_key(const struct t87s__entry *entry, const struct t87s__key *key) {
    return t87s__entry_key_size(entry) == key->size && t87s__entry_generated(entry) == key->generated &&
           t87s__entry_same_bytes(t87s__entry_key(entry), key->bytes, key->size);
}

/* The same for who expects a value of this fixed size: then all addresses are known beforehand. What is otherwise, also
 * "not found", does not match. */
static inline bool t87s__entry_has_key_and_fixed(const struct t87s__entry *entry, const struct t87s__key *key,
                                                 uint32_t value_size) {
    return (entry->size_and_flags & ~(uint32_t)(ENTRY_TIMES | ENTRY_AGING)) ==
               ((uint64_t)value_size << 8 | ENTRY_FIXED) &&
           (entry->birth_and_sizes >> 4 & 0xfff) == key->size &&
           t87s__entry_same_bytes(t87s__entry_at(entry, t87s__entry_key_at(sizeof *entry, true, value_size)),
                                  key->bytes, key->size);
}

/* ---- the verdict ---- */

static inline unsigned t87s__entry_visits(const struct t87s__entry *entry) {
    return atomic_load_explicit(&entry->row_and_visits, memory_order_relaxed) & ENTRY_VISITS;
}
static inline void t87s__entry_set_visits(struct t87s__entry *entry, unsigned visits) {
    const uint16_t row = atomic_load_explicit(&entry->row_and_visits, memory_order_relaxed) & (uint16_t)~ENTRY_VISITS;
    atomic_store_explicit(&entry->row_and_visits, (uint16_t)(row | visits), memory_order_relaxed);
}
static inline void t87s__entry_visit(struct t87s__entry *entry) {
    /* Relaxed and not exact: a lost visit of a hot entry is soon made up for. */
    uint16_t visits = atomic_load_explicit(&entry->row_and_visits, memory_order_relaxed);
    if ((visits & ENTRY_VISITS) < ENTRY_VISITS)
        atomic_store_explicit(&entry->row_and_visits, (uint16_t)(visits + 1), memory_order_relaxed);
}

static inline uint64_t t87s__entry_sum(const struct t87s__entry *entry, const struct t87s__epochs *epochs) {
    const unsigned n = t87s__entry_n_tags(entry);
    if (__builtin_expect(n == 0, 0))
        return 0;
    const uint64_t sum = t87s__epochs_sum(epochs, &entry->stripe, 1);
    if (T87S__MUTANT(SUM_OF_FIRST_TAG))
        return sum;
    return __builtin_expect(n == 1, 1) ? sum : sum + t87s__epochs_sum(epochs, t87s__entry_more_stripes(entry), n - 1);
}

/* Before publication: the tags were asked after `sum` was read, and nothing covers the entry. */
static inline void t87s__entry_validate(struct t87s__entry *entry, uint64_t sum) {
    atomic_store_explicit(&entry->validated, sum, memory_order_relaxed); /* released with the cell */
}

/* Asks the tags after an invalidation somewhere in the entry's stripes; `sum` was read before, `seen` is validated.
 * True: nothing covers it, and it is validated up to `sum`. */
bool t87s__entry_revalidate(struct t87s__entry *entry, struct t87s__tag_tree *tree, uint64_t seen, uint64_t sum);

/* Whether no invalidation covers an entry that was found in the table inside this read section: one compare, unless
 * something was invalidated near its tags since the last look. */
static inline bool t87s__entry_uncovered(struct t87s__entry *entry, struct t87s__tag_tree *tree,
                                         const struct t87s__epochs *epochs) {
    /* Acquire: pairs with the release in revalidate(). The sum is read before any version is looked at. */
    const uint64_t seen = atomic_load_explicit(&entry->validated, memory_order_acquire);
    const uint64_t sum = t87s__entry_sum(entry, epochs);
    return __builtin_expect(seen == sum, 1) || t87s__entry_revalidate(entry, tree, seen, sum);
}

/* The verdict in full. Remembers the earliest soft invalidation it sees, so that later ones do not prolong the grace.
 * Inside a read section; an entry that is not listed is gone. */
struct t87s__verdict t87s__entry_judge(struct t87s__entry *entry, struct t87s__tag_tree *tree, int64_t now_ms);
/* The same for a caller whose own tags are covered like that, too. */
struct t87s__verdict t87s__entry_judge_for(struct t87s__entry *entry, struct t87s__tag_tree *tree,
                                           struct t87s__cover callers, int64_t now_ms);
/* Makes an entry that is not published yet remember since when it has been stale. */
void t87s__entry_note_soft(struct t87s__entry *entry, struct t87s__cover cover);

#endif
