/* SPDX-License-Identifier: MIT
 *
 * The rooms below the cache, opened over an allocator that counts, and short ways to make tags and entries in them.
 */
#ifndef T87S_TEST_ROOMS_H
#define T87S_TEST_ROOMS_H

#include "entry_table.h"
#include "fault_allocator.h"

struct rooms {
    struct fault_allocator heap;
    struct t87s__memory *memory;
    struct t87s__tag_tree *tree;
    struct t87s__entry_table *table;
    struct t87s__key_floors floors;
};

void rooms_open(struct rooms *rooms);
/* Fails the test if anything is left: a block, a node, an entry. */
void rooms_close(struct rooms *rooms);

/* A tag from words: "users/42/posts" is static / number / static; a word in quotes, "users/'ann'", is a text wild. */
struct t87s_tag tag_of(const char *words);

t87s__node intern(struct rooms *rooms, const char *words);
bool invalidate(struct rooms *rooms, const char *words, unsigned flags, uint64_t stamp, int64_t now_ms);

struct t87s__key key_of(const char *text);
/* An entry with one reference: the key is its value, too; the tag may be NULL. Lives from 0 to expires_ms. */
struct t87s__entry *entry_of(struct rooms *rooms, const char *key, const char *tag, uint64_t birth, int64_t expires_ms,
                             int64_t grace_ms);
/* The same with a value of so many bytes and neither tag nor end. */
struct t87s__entry *entry_of_size(struct rooms *rooms, const char *key, size_t value_size);
void unref(struct rooms *rooms, struct t87s__entry *entry);

#endif
