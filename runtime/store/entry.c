/* SPDX-License-Identifier: MIT */
#include "entry.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "hash.h"

enum { VALUE_ALIGNMENT = 16 };

_Static_assert(T87S_MAX_KEY <= UINT16_MAX, "a key's size fits into an entry");

static size_t key_offset(size_t n_tags) { return offsetof(struct t87s__entry, tags) + n_tags * sizeof(t87s__node); }

static size_t value_offset(size_t n_tags, size_t key_size) {
    return (key_offset(n_tags) + key_size + VALUE_ALIGNMENT - 1) & ~(size_t)(VALUE_ALIGNMENT - 1);
}

static size_t block_size(const struct t87s__entry *entry) {
    return value_offset(entry->n_tags, entry->key_size) + entry->value_size + 1;
}

bool t87s__key_equal(const struct t87s__key *a, const struct t87s__key *b) {
    return a->hash == b->hash && a->size == b->size && a->generated == b->generated &&
           memcmp(a->bytes, b->bytes, a->size) == 0;
}

struct t87s__key t87s__key_make(const void *bytes, size_t size, bool generated, uint64_t seed) {
    /* The two worlds hash apart as well, so that one cannot crowd the other's chains. */
    return (struct t87s__key){bytes, (uint32_t)size, generated, t87s__hash(bytes, size, seed ^ (generated ? 1 : 0))};
}

struct t87s__entry *t87s__entry_make(struct t87s__memory *memory, struct t87s__tag_tree *tree,
                                     const struct t87s__entry_parts *parts, bool spill) {
    size_t head = value_offset(parts->n_tags, parts->key.size);
    if (parts->value_size >= SIZE_MAX - head)
        return NULL;
    size_t size = head + parts->value_size + 1;
    struct t87s__entry *entry = t87s__memory_take(memory, MEMORY_ENTRIES, size);
    bool loose = !entry && spill;
    if (loose)
        entry = malloc(size);
    if (!entry)
        return NULL;
    memset(entry, 0, sizeof *entry);
    entry->hash = parts->key.hash;
    entry->birth = parts->birth;
    entry->tags_hash = parts->tags_hash;
    entry->created_ms = parts->created_ms;
    entry->expires_ms = parts->expires_ms;
    entry->grace_ms = parts->grace_ms;
    entry->value_size = parts->value_size;
    entry->row = parts->row;
    entry->key_size = (uint16_t)parts->key.size;
    entry->n_tags = parts->n_tags;
    entry->generated = parts->key.generated;
    entry->negative = parts->negative;
    entry->loose = loose;
    atomic_init(&entry->refs, 1);
    atomic_init(&entry->pins, 1);
    atomic_init(&entry->soft_ms, INT64_MAX);
    atomic_init(&entry->retry_ms, INT64_MIN);
    unsigned char *bytes = (unsigned char *)entry;
    for (uint8_t i = 0; i < parts->n_tags; i++) {
        t87s__tag_tree_ref(tree, parts->tags[i]);
        memcpy(bytes + key_offset(i), &parts->tags[i], sizeof parts->tags[i]);
    }
    memcpy(bytes + key_offset(parts->n_tags), parts->key.bytes, parts->key.size);
    if (parts->value_size)
        memcpy(bytes + head, parts->value, parts->value_size);
    bytes[head + parts->value_size] = 0;
    if (!loose)
        t87s__memory_ref(memory);
    return entry;
}

size_t t87s__entry_cost(const struct t87s__entry *entry) { return t87s__memory_cost(block_size(entry)); }

void t87s__entry_ref(struct t87s__entry *entry) {
    atomic_fetch_add_explicit(&entry->refs, 1, memory_order_relaxed); /* the caller or the table's lock holds one */
}

void t87s__entry_unref(struct t87s__entry *entry, struct t87s__memory *memory, struct t87s__tag_tree *tree) {
    if (!entry)
        return;
    /* Acquire-release: everybody's last use happens before the nodes go. */
    if (atomic_fetch_sub_explicit(&entry->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (uint8_t i = 0; i < entry->n_tags; i++)
        t87s__tag_tree_unref(tree, entry->tags[i]);
    if (!entry->loose && atomic_load_explicit(&entry->pins, memory_order_relaxed) > 1) { /* a hint: for the stats */
        entry->survivor = true;
        t87s__memory_move(memory, MEMORY_ENTRIES, MEMORY_PINNED, block_size(entry));
    }
    t87s__entry_unpin(entry, memory);
}

void t87s__entry_pin(struct t87s__entry *entry) {
    atomic_fetch_add_explicit(&entry->pins, 1, memory_order_relaxed); /* the refs' own pin is held */
}

void t87s__entry_unpin(struct t87s__entry *entry, struct t87s__memory *memory) {
    /* Acquire-release: as above, and `survivor` is seen. */
    if (atomic_fetch_sub_explicit(&entry->pins, 1, memory_order_acq_rel) != 1)
        return;
    if (entry->loose) {
        free(entry);
        return;
    }
    t87s__memory_give(memory, entry->survivor ? MEMORY_PINNED : MEMORY_ENTRIES, entry, block_size(entry));
    t87s__memory_unref(memory);
}

const void *t87s__entry_key(const struct t87s__entry *entry) {
    return (const unsigned char *)entry + key_offset(entry->n_tags);
}

const void *t87s__entry_value(const struct t87s__entry *entry) {
    return (const unsigned char *)entry + value_offset(entry->n_tags, entry->key_size);
}

struct t87s__key t87s__entry_key_of(const struct t87s__entry *entry) {
    return (struct t87s__key){t87s__entry_key(entry), entry->key_size, entry->generated, entry->hash};
}

bool t87s__entry_has_key(const struct t87s__entry *entry, const struct t87s__key *key) {
    struct t87s__key own = t87s__entry_key_of(entry);
    return t87s__key_equal(&own, key);
}

/* Since when the entry has been stale by its own tags: remembered with the first look, because later soft invalidations
 * must not prolong the grace. If the time of the first one is lost, it was not before the entry was made. */
static int64_t stale_since(struct t87s__entry *entry, struct t87s__cover cover) {
    /* Relaxed: only the time of the grace hangs on it, and any order of these minima gives the same one. */
    int64_t seen = atomic_load_explicit(&entry->soft_ms, memory_order_relaxed);
    if (cover.soft_lost)
        cover.soft_ms = seen == INT64_MAX ? entry->created_ms : seen;
    while (cover.soft_ms < seen && !atomic_compare_exchange_weak_explicit(&entry->soft_ms, &seen, cover.soft_ms,
                                                                          memory_order_relaxed, memory_order_relaxed)) {
    }
    return seen < cover.soft_ms ? seen : cover.soft_ms;
}

struct t87s__verdict t87s__entry_judge(struct t87s__entry *entry, struct t87s__tag_tree *tree, int64_t now_ms) {
    return t87s__entry_judge_for(entry, tree, (struct t87s__cover){0}, now_ms);
}

struct t87s__verdict t87s__entry_judge_for(struct t87s__entry *entry, struct t87s__tag_tree *tree,
                                           struct t87s__cover callers, int64_t now_ms) {
    struct t87s__cover cover = t87s__tag_tree_cover(tree, entry->tags, entry->n_tags, entry->birth);
    if (cover.soft && !cover.hard)
        cover.soft_ms = stale_since(entry, cover);
    if (callers.soft_lost)
        callers.soft_ms = entry->created_ms;
    return t87s__freshness_decide(entry->expires_ms, entry->grace_ms, t87s__cover_both(cover, callers), now_ms);
}
