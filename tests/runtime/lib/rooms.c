/* SPDX-License-Identifier: MIT */
#include "rooms.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void rooms_open(struct rooms *rooms) {
    memset(rooms, 0, sizeof *rooms);
    fault_allocator_init(&rooms->heap, FAULT_NEVER, false);
    ck_assert_int_eq(pthread_mutex_init(&rooms->lock, NULL), 0);
    rooms->memory = t87s__memory_open(&rooms->heap.allocator);
    ck_assert_ptr_nonnull(rooms->memory);
    rooms->tree = t87s__tag_tree_open(rooms->memory, ROOMS_SEED);
    ck_assert_ptr_nonnull(rooms->tree);
    rooms->retired = t87s__retired_open(rooms->memory, rooms->tree);
    ck_assert_ptr_nonnull(rooms->retired);
    rooms->table = t87s__entry_table_open(rooms->memory, rooms->tree, rooms->retired, ROOMS_SEED);
    ck_assert_ptr_nonnull(rooms->table);
}

void rooms_close(struct rooms *rooms) {
    t87s__entry_table_retire_all(rooms->table);
    ck_assert_uint_eq(t87s__entry_table_count(rooms->table), 0);
    ck_assert_uint_eq(t87s__entry_table_queue_bytes(rooms->table, QUEUE_SMALL), 0);
    ck_assert_uint_eq(t87s__entry_table_queue_bytes(rooms->table, QUEUE_MAIN), 0);
    let_tags_go(rooms);
    t87s__retired_drain(rooms->retired);
    ck_assert_uint_eq(t87s__retired_bytes(rooms->retired), 0);
    ck_assert_uint_eq(counted(rooms, MEMORY_RETIRED), 0);
    ck_assert_uint_eq(counted(rooms, MEMORY_ENTRIES), 0);
    ck_assert_uint_eq(counted(rooms, MEMORY_PINNED), 0);
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms->tree), 0);
    t87s__entry_table_close(rooms->table);
    t87s__retired_close(rooms->retired);
    t87s__tag_tree_close(rooms->tree);
    ck_assert_uint_eq(counted(rooms, MEMORY_TABLE), 0);
    ck_assert_int_eq(atomic_load(&rooms->heap.live_blocks), 1); /* the memory itself: no entry holds it any more */
    t87s__memory_unref(rooms->memory);
    ck_assert_int_eq(atomic_load(&rooms->heap.live_blocks), 0);
    ck_assert_int_eq(atomic_load(&rooms->heap.live_bytes), 0);
    pthread_mutex_destroy(&rooms->lock);
}

size_t counted(struct rooms *rooms, enum t87s__memory_kind kind) { return atomic_load(&rooms->memory->bytes[kind]); }

struct t87s_tag tag_of(const char *words) {
    char copy[512], *rest = copy;
    ck_assert_uint_lt(strlen(words), sizeof copy);
    strcpy(copy, words);
    struct t87s_segment segments[T87S_MAX_SEGMENTS];
    size_t n = 0;
    for (char *word; (word = strsep(&rest, "/")) != NULL;) {
        ck_assert_uint_lt(n, T87S_MAX_SEGMENTS);
        if (word[0] == '\'')
            segments[n++] = T87S_WILD_STR(word + 1, strlen(word) - 2);
        else if (word[0] >= '0' && word[0] <= '9')
            segments[n++] = T87S_WILD_U64(strtoull(word, NULL, 10));
        else
            segments[n++] = T87S_STATIC(word);
    }
    struct t87s_tag tag;
    ck_assert_int_eq(t87s_tag_make(&tag, n, segments), T87S_OK);
    return tag;
}

t87s__node intern(struct rooms *rooms, const char *words) {
    struct t87s_tag tag = tag_of(words);
    return t87s__tag_tree_intern(rooms->tree, tag.path, tag.size);
}

bool invalidate(struct rooms *rooms, const char *words, unsigned flags, uint64_t stamp, int64_t now_ms) {
    struct t87s_tag tag = tag_of(words);
    return t87s__tag_tree_invalidate(rooms->tree, tag.path, tag.size, flags, stamp, now_ms);
}

/* Keeps a reference, once a node. */
static void hold(struct rooms *rooms, t87s__node node) {
    pthread_mutex_lock(&rooms->lock);
    size_t i = 0;
    while (i < rooms->n_held && rooms->held[i] != node)
        i++;
    const bool again = i < rooms->n_held;
    if (!again) {
        ck_assert_uint_lt(rooms->n_held, sizeof rooms->held / sizeof *rooms->held);
        rooms->held[rooms->n_held++] = node;
    }
    pthread_mutex_unlock(&rooms->lock);
    if (again)
        t87s__tag_tree_unref(rooms->tree, node);
}

void let_tags_go(struct rooms *rooms) {
    while (rooms->n_held > 0)
        t87s__tag_tree_unref(rooms->tree, rooms->held[--rooms->n_held]);
}

struct t87s__key key_of(const char *text) {
    return t87s__key_make(text, strlen(text), false, ROOMS_SEED);
}

static struct t87s__entry *make(struct rooms *rooms, const struct t87s__entry_parts *parts) {
    struct t87s__entry *entry = t87s__entry_make(rooms->memory, rooms->tree, parts, false);
    ck_assert_ptr_nonnull(entry);
    return entry;
}

struct t87s__entry *entry_of(struct rooms *rooms, const char *key, const char *tag, uint64_t birth, int64_t expires_ms,
                             int64_t grace_ms) {
    t87s__node node = tag ? intern(rooms, tag) : 0;
    struct t87s__entry_parts parts = {.key = key_of(key),
                                      .tags = &node,
                                      .n_tags = tag ? 1 : 0,
                                      .value = key,
                                      .value_size = strlen(key),
                                      .birth = birth,
                                      .expires_ms = expires_ms,
                                      .grace_ms = grace_ms};
    struct t87s__entry *entry = make(rooms, &parts);
    if (tag)
        hold(rooms, node); /* an entry has references of its own only in the table */
    return entry;
}

struct t87s__entry *entry_of_size(struct rooms *rooms, const char *key, size_t value_size) {
    void *value = calloc(1, value_size + 1);
    ck_assert_ptr_nonnull(value);
    struct t87s__entry_parts parts = {
        .key = key_of(key), .value = value, .value_size = value_size, .birth = 1, .expires_ms = INT64_MAX};
    struct t87s__entry *entry = make(rooms, &parts);
    free(value);
    return entry;
}

void unref(struct rooms *rooms, struct t87s__entry *entry) { t87s__entry_unref(entry, rooms->memory); }

enum t87s__put put_as(struct rooms *rooms, struct t87s__entry *entry, uint64_t hash, enum t87s__queue queue,
                      struct t87s__entry **displaced) {
    t87s__entry_ref_tags(entry, rooms->tree); /* for the table, which takes them over */
    const enum t87s__put put = t87s__entry_table_put(rooms->table, entry, hash, queue, &rooms->floors, displaced);
    if (put != PUT_KEPT)
        t87s__entry_unref_tags(entry, rooms->tree);
    return put;
}

enum t87s__put put_in(struct rooms *rooms, struct t87s__entry *entry, struct t87s__entry **displaced) {
    return put_as(rooms, entry, t87s__entry_key_of(entry, ROOMS_SEED).hash, QUEUE_SMALL, displaced);
}

void discard(struct rooms *rooms, struct t87s__entry *entry) {
    if (entry)
        t87s__retired_add(rooms->retired, entry);
}

size_t discard_all(struct rooms *rooms, struct t87s__entry *list) {
    size_t n = 0;
    for (struct t87s__entry *next; list; list = next, n++) {
        next = t87s__retired_next(list);
        discard(rooms, list);
    }
    return n;
}

unsigned references(const struct t87s__entry *entry) { return atomic_load(&entry->state) / ENTRY_REFERENCE; }
