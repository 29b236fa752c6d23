/* SPDX-License-Identifier: MIT */
#include "rooms.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void rooms_open(struct rooms *rooms) {
    memset(rooms, 0, sizeof *rooms);
    fault_allocator_init(&rooms->heap, FAULT_NEVER, false);
    rooms->memory = t87s__memory_open(&rooms->heap.allocator);
    ck_assert_ptr_nonnull(rooms->memory);
    rooms->tree = t87s__tag_tree_open(rooms->memory, 1);
    rooms->table = t87s__entry_table_open(rooms->memory);
    ck_assert(rooms->tree && rooms->table);
}

static bool any(struct t87s__entry *entry, void *arg) {
    (void)entry;
    (void)arg;
    return true;
}

void rooms_close(struct rooms *rooms) {
    struct t87s__entry_cursor cursor = {0, 0, 0};
    for (bool wrapped = false; !wrapped;) {
        struct t87s__entry *out[16];
        size_t n = t87s__entry_table_take(rooms->table, &cursor, 16, any, NULL, out, &wrapped);
        while (n > 0)
            unref(rooms, out[--n]);
    }
    ck_assert_uint_eq(t87s__tag_tree_nodes(rooms->tree), 0);
    t87s__entry_table_close(rooms->table);
    t87s__tag_tree_close(rooms->tree);
    ck_assert_int_eq(atomic_load(&rooms->heap.live_blocks), 1); /* the memory itself: no entry holds it any more */
    t87s__memory_unref(rooms->memory);
    ck_assert_int_eq(atomic_load(&rooms->heap.live_blocks), 0);
    ck_assert_int_eq(atomic_load(&rooms->heap.live_bytes), 0);
}

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

struct t87s__key key_of(const char *text) {
    return t87s__key_make(text, strlen(text), false, 1);
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
        t87s__tag_tree_unref(rooms->tree, node); /* the entry has references of its own */
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

void unref(struct rooms *rooms, struct t87s__entry *entry) { t87s__entry_unref(entry, rooms->memory, rooms->tree); }
