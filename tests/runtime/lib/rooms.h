/* SPDX-License-Identifier: MIT
 *
 * The rooms below the cache, opened over an allocator that counts, and short ways to make tags and entries in them.
 */
#ifndef T87S_TEST_ROOMS_H
#define T87S_TEST_ROOMS_H

#include "entry_table.h"
#include "fault_allocator.h"

enum { ROOMS_SEED = 1 };

struct rooms {
    struct fault_allocator heap;
    struct t87s__memory *memory;
    struct t87s__tag_tree *tree;
    struct t87s__retired *retired;
    struct t87s__entry_table *table;
    struct t87s__key_floors floors;
    pthread_mutex_t lock;
    t87s__node held[64]; /* under the lock: the tags of the entries that were made, as their makers hold them */
    size_t n_held;
};

void rooms_open(struct rooms *rooms);
/* Retires what is in the table; then fails the test if anything is left: a block, a node, an entry. */
void rooms_close(struct rooms *rooms);
size_t counted(struct rooms *rooms, enum t87s__memory_kind kind);

/* A tag from words: "users/42/posts" is static / number / static; a word in quotes, "users/'ann'", is a text wild. */
struct t87s_tag tag_of(const char *words);

t87s__node intern(struct rooms *rooms, const char *words);
bool invalidate(struct rooms *rooms, const char *words, unsigned flags, uint64_t stamp, int64_t now_ms);

struct t87s__key key_of(const char *text);
/* An entry with one reference: the key is its value, too; the tag may be NULL. Lives from 0 to expires_ms. The tag is
 * kept until the rooms are closed, or until let_tags_go(). */
struct t87s__entry *entry_of(struct rooms *rooms, const char *key, const char *tag, uint64_t birth, int64_t expires_ms,
                             int64_t grace_ms);
/* The same with a value of so many bytes and neither tag nor end. */
struct t87s__entry *entry_of_size(struct rooms *rooms, const char *key, size_t value_size);
void let_tags_go(struct rooms *rooms);
void unref(struct rooms *rooms, struct t87s__entry *entry);
unsigned references(const struct t87s__entry *entry);

/* Puts it into the table, in the small queue, under its own hash; or as the caller says. */
enum t87s__put put_in(struct rooms *rooms, struct t87s__entry *entry, struct t87s__entry **displaced);
enum t87s__put put_as(struct rooms *rooms, struct t87s__entry *entry, uint64_t hash, enum t87s__queue queue,
                      struct t87s__entry **displaced);
/* Retires what left the table; NULL is allowed. */
void discard(struct rooms *rooms, struct t87s__entry *entry);
/* The same for a list linked as in retired.h; returns how many. */
size_t discard_all(struct rooms *rooms, struct t87s__entry *list);

#endif
