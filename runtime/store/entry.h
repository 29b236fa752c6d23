/* SPDX-License-Identifier: MIT
 *
 * One answer: its key, value, tags and times, in one block. What is written below "immutable" never changes once the
 * entry is published (law 5).
 *
 *     struct | tags[n_tags] | key | padding to 16 | value | NUL
 *
 * Two counts. `refs` are the library's: the table, the eviction queue, a flight, a job, a thread at work; while there
 * is one the tag nodes are referenced, so the entry can be judged. `pins` are the values handed out, plus one for all
 * refs together; the block is freed with the last. So a pinned value keeps memory, never tags.
 */
#ifndef T87S_STORE_ENTRY_H
#define T87S_STORE_ENTRY_H

#include "freshness.h"
#include "memory.h"
#include "tag_tree.h"

/* A key with its hash. Keys of generated queries and those made by hand live in two worlds and never meet. */
struct t87s__key {
    const void *bytes;
    uint32_t size;
    bool generated;
    uint64_t hash;
};

bool t87s__key_equal(const struct t87s__key *a, const struct t87s__key *b);
struct t87s__key t87s__key_make(const void *bytes, size_t size, bool generated, uint64_t seed);

enum t87s__queue { QUEUE_NONE, QUEUE_SMALL, QUEUE_MAIN };

struct t87s__entry {
    /* immutable after publication */
    uint64_t hash;
    uint64_t birth;
    uint64_t
        tags_hash; /* of the tags as a caller by hand gave them; 0 for a generated key, whose tags follow from it */
    int64_t created_ms, expires_ms, grace_ms;
    size_t value_size;
    uint32_t row;      /* of the query that its eviction is counted for */
    uint16_t key_size; /* T87S_MAX_KEY fits */
    uint8_t n_tags;
    bool generated; /* the key's world */
    bool negative;  /* "not found" */
    bool loose;     /* from malloc, because the allocator had nothing: never in the table */
    bool survivor;  /* counted as MEMORY_PINNED; set before the refs give up their pin */

    /* atomic */
    _Atomic(bool) removed;     /* out of the table, or going: the eviction queue must not take it in */
    _Atomic(bool) busy;        /* a background fetch of it is queued or running: at most one */
    _Atomic(uint8_t) visits;   /* hits since the eviction hand came by, at most 3 */
    _Atomic(uint8_t) failures; /* background fetches that failed in a row */
    _Atomic(uint32_t) refs, pins;
    _Atomic(int64_t) soft_ms;  /* when the first soft invalidation was, as far as anybody saw; INT64_MAX: none yet */
    _Atomic(int64_t) retry_ms; /* no background fetch before then */

    /* under the eviction's lock */
    struct t87s__entry *newer, *older;
    enum t87s__queue queue;

    t87s__node tags[];
};

/* What an entry is made of. `tags` are referenced by the caller; the entry takes references of its own. */
struct t87s__entry_parts {
    struct t87s__key key;
    const t87s__node *tags;
    uint8_t n_tags;
    uint64_t tags_hash;
    uint32_t row;
    const void *value;
    size_t value_size;
    bool negative;
    uint64_t birth;
    int64_t created_ms, expires_ms, grace_ms;
};

/* A new entry with one reference; NULL: no memory. With `spill`, malloc is tried when the allocator has nothing. */
struct t87s__entry *t87s__entry_make(struct t87s__memory *memory, struct t87s__tag_tree *tree,
                                     const struct t87s__entry_parts *parts, bool spill);
/* What an entry of these parts would count as. */
size_t t87s__entry_cost(const struct t87s__entry *entry);

void t87s__entry_ref(struct t87s__entry *entry);
void t87s__entry_unref(struct t87s__entry *entry, struct t87s__memory *memory, struct t87s__tag_tree *tree);
/* For a value handed out; the caller holds a reference. */
void t87s__entry_pin(struct t87s__entry *entry);
void t87s__entry_unpin(struct t87s__entry *entry, struct t87s__memory *memory);

const void *t87s__entry_key(const struct t87s__entry *entry);
/* The whole key; its bytes are the entry's. */
struct t87s__key t87s__entry_key_of(const struct t87s__entry *entry);
const void *t87s__entry_value(const struct t87s__entry *entry);
bool t87s__entry_has_key(const struct t87s__entry *entry, const struct t87s__key *key);

/* The verdict on an entry. Remembers the earliest soft invalidation it sees, so that later ones do not prolong the
 * grace. The caller holds a reference. */
struct t87s__verdict t87s__entry_judge(struct t87s__entry *entry, struct t87s__tag_tree *tree, int64_t now_ms);
/* The same for a caller whose own tags are covered like that, too. */
struct t87s__verdict t87s__entry_judge_for(struct t87s__entry *entry, struct t87s__tag_tree *tree,
                                           struct t87s__cover callers, int64_t now_ms);

#endif
