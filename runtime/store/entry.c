/* SPDX-License-Identifier: MIT */
#include "entry.h"

#include <stdlib.h>

#include "clock.h"
#include "mutants.h"
#include "yield.h"

/* What fits into the header; else the entry has the part that holds it. */
enum {
    MOST_KEY_SIZE = (1 << 12) - 1,
    MOST_VALUE_SIZE = (1 << 24) - 1,
    MOST_LIVED_MS = (1 << 22) - 1,
    MOST_ROW = UINT16_MAX >> ENTRY_ROW_SHIFT
};
static const int64_t MOST_EXPIRES_MS = (INT64_C(1) << 42) - 1;

_Static_assert(T87S_MAX_TAGS <= 15, "the number of tags fits");

bool t87s__key_equal(const struct t87s__key *a, const struct t87s__key *b) {
    return a->hash == b->hash && a->size == b->size && a->generated == b->generated &&
           memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* ---- where things are ---- */

static size_t body_end(const struct t87s__entry *entry) {
    const size_t key_size = t87s__entry_key_size(entry), value_size = t87s__entry_value_size(entry);
    return t87s__entry_fixed(entry)
               ? t87s__entry_key_at(t87s__entry_body(entry), true, value_size) + key_size
               : t87s__entry_value_at(t87s__entry_body(entry), false, key_size) + value_size + 1; /* NUL */
}

static size_t tail_size(const struct t87s__entry *entry) {
    const unsigned n = t87s__entry_n_tags(entry);
    return (t87s__entry_flags(entry) & ENTRY_MEASURED) +
           (n > 1 ? (n - 1) * (sizeof(t87s__stripe) + sizeof(t87s__node)) : 0);
}

static size_t block_size(const struct t87s__entry *entry) {
    const size_t body = body_end(entry), tail = tail_size(entry);
    return tail ? t87s__entry_round(body, 8) + tail : body;
}

const unsigned char *t87s__entry_parts(const struct t87s__entry *entry) {
    return t87s__entry_at(entry, t87s__entry_round(body_end(entry), 8));
}

const unsigned char *t87s__entry_more_stripes(const struct t87s__entry *entry) {
    return t87s__entry_parts(entry) + (t87s__entry_flags(entry) & ENTRY_MEASURED);
}

static const unsigned char *times_of(const struct t87s__entry *entry) {
    return t87s__entry_parts(entry) + (t87s__entry_flags(entry) & ENTRY_HAND);
}

static const unsigned char *aging_of(const struct t87s__entry *entry) {
    return t87s__entry_parts(entry) + (t87s__entry_flags(entry) & (ENTRY_HAND | ENTRY_TIMES));
}

/* ---- made ---- */

static unsigned flags_of(const struct t87s__entry_parts *parts) {
    int64_t lived;
    bool odd = __builtin_sub_overflow(parts->expires_ms, parts->created_ms, &lived);
    unsigned flags = (parts->key.generated ? 0u : ENTRY_HAND) | (parts->negative ? ENTRY_NEGATIVE : 0u) |
                     (parts->fixed ? ENTRY_FIXED : 0u);
    if (odd || lived < 0 || lived > MOST_LIVED_MS || parts->expires_ms < 0 || parts->expires_ms > MOST_EXPIRES_MS)
        flags |= ENTRY_TIMES;
    if (parts->key.size > MOST_KEY_SIZE || parts->value_size > MOST_VALUE_SIZE || parts->row > MOST_ROW)
        flags |= ENTRY_SIZES;
    if (parts->grace_ms > 0 || parts->refetched)
        flags |= ENTRY_AGING;
    return flags;
}

/* The fixed part. What has a part of its own is 0 here. */
static struct t87s__entry header_of(const struct t87s__entry_parts *parts, unsigned flags) {
    const bool sizes = flags & ENTRY_SIZES, times = flags & ENTRY_TIMES;
    struct t87s__entry header = {
        .birth_and_sizes = parts->birth << 16 | (sizes ? 0 : (uint64_t)parts->key.size << 4) | parts->n_tags,
        .times = times ? 0 : (uint64_t)parts->expires_ms << 22 | (uint64_t)(parts->expires_ms - parts->created_ms),
        .size_and_flags = (sizes ? 0 : (uint32_t)parts->value_size << 8) | flags,
    };
    return header;
}

static void write_parts(struct t87s__entry *entry, const struct t87s__entry_parts *parts) {
    const unsigned flags = t87s__entry_flags(entry);
    if (flags & ENTRY_HAND)
        memcpy((void *)t87s__entry_parts(entry), &parts->tags_hash, sizeof parts->tags_hash);
    if (flags & ENTRY_TIMES) {
        struct t87s__entry_times times = {parts->expires_ms, parts->created_ms};
        memcpy((void *)times_of(entry), &times, sizeof times);
    }
    struct t87s__entry_aging *aging = t87s__entry_aging(entry);
    if (aging) {
        aging->grace_ms = parts->grace_ms > 0 ? parts->grace_ms : 0;
        atomic_init(&aging->soft_ms, INT64_MAX);
        atomic_init(&aging->retry_ms, INT64_MIN);
        atomic_init(&aging->failures, 0);
    }
}

static void write_tags(struct t87s__entry *entry, struct t87s__tag_tree *tree, const t87s__node *tags, unsigned n) {
    entry->tag = n ? tags[0] : 0;
    entry->stripe = n ? t87s__tag_tree_stripe(tree, tags[0]) : 0;
    if (n < 2)
        return;
    unsigned char *stripes = (unsigned char *)t87s__entry_more_stripes(entry);
    for (unsigned i = 1; i < n; i++) {
        const t87s__stripe stripe = t87s__tag_tree_stripe(tree, tags[i]);
        memcpy(stripes + (i - 1) * sizeof stripe, &stripe, sizeof stripe);
    }
    memcpy(stripes + (n - 1) * sizeof(t87s__stripe), tags + 1, (n - 1) * sizeof *tags);
}

/* Of the whole block; 0: no block is so large. */
static size_t size_of(const struct t87s__entry_parts *parts, unsigned flags) {
    enum { MOST_BESIDES = 1 << 20 }; /* header, key, parts and tags take less */
    if (parts->value_size >= SIZE_MAX - MOST_BESIDES)
        return 0;
    struct {
        struct t87s__entry header;
        struct t87s__entry_sizes sizes; /* where block_size() looks for them */
    } begin = {header_of(parts, flags), {parts->value_size, parts->key.size, parts->row}};
    return block_size((const struct t87s__entry *)(const void *)&begin);
}

struct t87s__entry *t87s__entry_make(struct t87s__memory *memory, struct t87s__tag_tree *tree,
                                     const struct t87s__entry_parts *parts, bool spill) {
    unsigned flags = flags_of(parts);
    const size_t size = size_of(parts, flags);
    if (!size)
        return NULL;
    struct t87s__entry *entry = t87s__memory_take(memory, MEMORY_ENTRIES, size);
    if (!entry && spill && (entry = malloc(size)))
        flags |= ENTRY_LOOSE;
    if (!entry)
        return NULL;
    const struct t87s__entry header = header_of(parts, flags);
    memcpy((void *)entry, &header, sizeof header);
    atomic_init(&entry->validated, 0);
    atomic_init(&entry->state, ENTRY_REFERENCE);
    atomic_init(&entry->row_and_visits, flags & ENTRY_SIZES ? 0 : (uint16_t)(parts->row << ENTRY_ROW_SHIFT));
    if (flags & ENTRY_SIZES) {
        const struct t87s__entry_sizes sizes = {parts->value_size, parts->key.size, parts->row};
        memcpy((unsigned char *)entry + sizeof *entry, &sizes, sizeof sizes);
    }
    unsigned char *value = (unsigned char *)t87s__entry_value(entry);
    memcpy((void *)t87s__entry_key(entry), parts->key.bytes, parts->key.size);
    if (parts->value_size)
        memcpy(value, parts->value, parts->value_size);
    if (!parts->fixed)
        value[parts->value_size] = 0;
    write_parts(entry, parts);
    write_tags(entry, tree, parts->tags, parts->n_tags);
    return entry;
}

size_t t87s__entry_cost(const struct t87s__entry *entry) { return t87s__memory_cost(block_size(entry)); }

/* ---- kept ---- */

void t87s__entry_stick(struct t87s__entry *entry) {
    /* Halfway between the top bit and the end, far from both for all threads that are counting at this moment. */
    const uint32_t stuck = T87S__ENTRY_STUCK | T87S__ENTRY_STUCK >> 1, flags = ENTRY_REFERENCE - 1;
    uint32_t state = atomic_load_explicit(&entry->state, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(&entry->state, &state, stuck | (state & flags), memory_order_relaxed,
                                                  memory_order_relaxed)) {
    }
}

void t87s__entry_unref(struct t87s__entry *entry, struct t87s__memory *memory) {
    if (!entry)
        return;
    /* Acquire-release: everybody's last use happens before the block goes, and the survivor bit is seen. */
    const uint32_t state = atomic_fetch_sub_explicit(&entry->state, ENTRY_REFERENCE, memory_order_acq_rel);
    if (__builtin_expect(state & T87S__ENTRY_STUCK, 0))
        t87s__entry_stick(entry);
    if (state >= 2 * ENTRY_REFERENCE)
        return;
    if (t87s__entry_flags(entry) & ENTRY_LOOSE) {
        free(entry);
        return;
    }
    t87s__memory_give(memory, state & ENTRY_SURVIVOR ? MEMORY_PINNED : MEMORY_ENTRIES, entry, block_size(entry));
    if (state & ENTRY_SURVIVOR)
        t87s__memory_unref(memory);
}

void t87s__entry_survive(struct t87s__entry *entry, struct t87s__memory *memory, enum t87s__memory_kind from) {
    if (t87s__entry_flags(entry) & ENTRY_LOOSE)
        return;
    t87s__memory_ref(memory);
    t87s__memory_move(memory, from, MEMORY_PINNED, t87s__entry_cost(entry));
    atomic_fetch_or_explicit(&entry->state, ENTRY_SURVIVOR, memory_order_relaxed); /* before the caller's unref */
}

size_t t87s__entry_end(struct t87s__entry *entry, struct t87s__memory *memory) {
    const size_t size = block_size(entry);
    t87s__memory_give_uncounted(memory, entry, size);
    return t87s__memory_cost(size);
}

unsigned t87s__entry_tags(const struct t87s__entry *entry, t87s__node *out) {
    const unsigned n = t87s__entry_n_tags(entry);
    out[0] = entry->tag;
    if (n > 1)
        memcpy(out + 1, t87s__entry_more_stripes(entry) + (n - 1) * sizeof(t87s__stripe), (n - 1) * sizeof *out);
    return n;
}

void t87s__entry_ref_tags(struct t87s__entry *entry, struct t87s__tag_tree *tree) {
    t87s__node tags[T87S_MAX_TAGS];
    for (unsigned i = t87s__entry_tags(entry, tags); i-- > 0;)
        t87s__tag_tree_ref(tree, tags[i]);
}

void t87s__entry_unref_tags(struct t87s__entry *entry, struct t87s__tag_tree *tree) {
    t87s__node tags[T87S_MAX_TAGS];
    for (unsigned i = t87s__entry_tags(entry, tags); i-- > 0;)
        t87s__tag_tree_unref(tree, tags[i]);
}

void t87s__entry_near_tags(const struct t87s__entry *entry, struct t87s__tag_tree *tree, enum t87s__tag_nearness what) {
    if (t87s__entry_n_tags(entry)) /* of several, the first is the likeliest to be its own */
        t87s__tag_tree_near(tree, entry->tag, what);
}

/* ---- read ---- */

int64_t t87s__entry_created_ms(const struct t87s__entry *entry) {
    if (!(t87s__entry_flags(entry) & ENTRY_TIMES))
        return (int64_t)(entry->times >> 22) - (int64_t)(entry->times & MOST_LIVED_MS);
    struct t87s__entry_times times;
    memcpy(&times, times_of(entry), sizeof times);
    return times.created_ms;
}

struct t87s__entry_aging *t87s__entry_aging(struct t87s__entry *entry) {
    return t87s__entry_flags(entry) & ENTRY_AGING ? (void *)aging_of(entry) : NULL;
}

int64_t t87s__entry_grace_ms(const struct t87s__entry *entry) {
    return t87s__entry_flags(entry) & ENTRY_AGING
               ? ((const struct t87s__entry_aging *)(const void *)aging_of(entry))->grace_ms
               : 0;
}

uint32_t t87s__entry_row(const struct t87s__entry *entry) {
    return t87s__entry_has_sizes(entry)
               ? t87s__entry_sizes(entry)->row
               : atomic_load_explicit(&entry->row_and_visits, memory_order_relaxed) >> ENTRY_ROW_SHIFT;
}

uint64_t t87s__entry_tags_hash(const struct t87s__entry *entry) {
    uint64_t hash = 0;
    if (!t87s__entry_generated(entry))
        memcpy(&hash, t87s__entry_parts(entry), sizeof hash);
    return hash;
}

struct t87s__key t87s__entry_key_of(const struct t87s__entry *entry, uint64_t seed) {
    return t87s__key_make(t87s__entry_key(entry), t87s__entry_key_size(entry), t87s__entry_generated(entry), seed);
}

/* ---- judged ---- */

bool t87s__entry_revalidate(struct t87s__entry *entry, struct t87s__tag_tree *tree, uint64_t seen, uint64_t sum) {
    if (seen & T87S__ENTRY_RETIRED && !T87S__MUTANT(RETIRED_VALIDATED))
        return false; /* it left the table meanwhile; its place in the list is not ours to overwrite */
    t87s__node tags[T87S_MAX_TAGS];
    const unsigned n = t87s__entry_tags(entry, tags);
    T87S__YIELD("validate: sum read, tags not walked");
    const struct t87s__cover cover = t87s__tag_tree_cover(tree, tags, n, t87s__entry_birth(entry));
    if (cover.hard || cover.soft)
        return false;
    T87S__YIELD("validate: tags walked, not validated");
    if (T87S__MUTANT(SUM_AFTER_WALK))
        sum = t87s__entry_sum(entry, t87s__tag_tree_epochs(tree));
    if (T87S__MUTANT(VALIDATED_STORED))
        atomic_store_explicit(&entry->validated, seen = sum, memory_order_release);
    /* A CAS, so that a list of retired entries is not torn. Release: pairs with the acquire in uncovered(): who finds
     * this sum knows what the walk saw. It is the sum from before the walk, never one read again. */
    atomic_compare_exchange_strong_explicit(&entry->validated, &seen, sum, memory_order_release, memory_order_relaxed);
    return true;
}

/* Since when the entry has been stale by its own tags: remembered with the first look, because later soft invalidations
 * must not prolong the grace. If the time of the first one is lost, it was not before the entry was made. */
static int64_t stale_since(struct t87s__entry *entry, struct t87s__cover cover) {
    struct t87s__entry_aging *aging = t87s__entry_aging(entry);
    if (!aging)
        return cover.soft_ms; /* without a grace it is gone anyway */
    /* Relaxed: only the time of the grace hangs on it, and any order of these minima gives the same one. */
    int64_t seen = atomic_load_explicit(&aging->soft_ms, memory_order_relaxed);
    if (cover.soft_lost)
        cover.soft_ms = seen == INT64_MAX ? t87s__entry_created_ms(entry) : seen;
    while (cover.soft_ms < seen && !atomic_compare_exchange_weak_explicit(&aging->soft_ms, &seen, cover.soft_ms,
                                                                          memory_order_relaxed, memory_order_relaxed)) {
    }
    return seen < cover.soft_ms ? seen : cover.soft_ms;
}

void t87s__entry_note_soft(struct t87s__entry *entry, struct t87s__cover cover) { stale_since(entry, cover); }

struct t87s__verdict t87s__entry_judge(struct t87s__entry *entry, struct t87s__tag_tree *tree, int64_t now_ms) {
    return t87s__entry_judge_for(entry, tree, (struct t87s__cover){0}, now_ms);
}

struct t87s__verdict t87s__entry_judge_for(struct t87s__entry *entry, struct t87s__tag_tree *tree,
                                           struct t87s__cover callers, int64_t now_ms) {
    if (!t87s__entry_listed(entry) && !T87S__MUTANT(LISTED_IGNORED))
        return (struct t87s__verdict){STATE_GONE, T87S_REASON_INVALIDATED, 0};
    T87S__YIELD("judge: listed, tags not walked");
    t87s__node tags[T87S_MAX_TAGS];
    const unsigned n = t87s__entry_tags(entry, tags);
    struct t87s__cover cover = t87s__tag_tree_cover(tree, tags, n, t87s__entry_birth(entry));
    if (cover.soft && !cover.hard)
        cover.soft_ms = stale_since(entry, cover);
    if (callers.soft_lost)
        callers.soft_ms = t87s__entry_created_ms(entry);
    return t87s__freshness_decide(t87s__entry_expires_ms(entry), t87s__entry_grace_ms(entry),
                                  t87s__cover_both(cover, callers), now_ms);
}
