/* SPDX-License-Identifier: MIT
 *
 * How entries and invalidations lie in Redis. P is the store's prefix, a colon and the cache's.
 *
 *     P:e:<key>     the entry: what blob.h says; always with an expiry
 *     P:t:{<i>}     bucket i of what happened to tags and keys (its name: layout.c): a sorted set of stamps,
 *                       c<history>        the one that was given out last, and whose history this is: of the
 *                                         server (greet.c)
 *                       h<16 bytes>       the last hard invalidation of a tag and all below it
 *                       x<16 bytes>       of this very tag
 *                       s, p<16 bytes>    the last soft one of a tag and all below it, and the one before
 *                       y, q<16 bytes>    of this very tag
 *                       k<16 bytes>       the last removal of a key
 *                   and of numbers that are kept below zero, out of the way of the stamps,
 *                       f                 the floor: what was born before this stamp is outdated; not there: none
 *                       g                 the bucket's life: drawn when it was made, or made anew
 *                       l                 how long its stamps are to be kept, in microseconds
 *     P:l:<key>     the lease of who fetches it: an entry whose value is its holder (lease.h)
 *     P:i           the channel on which every change of the bucket is told; in a cluster P:i:<i>
 *     P:hb:<id>     what a process says of itself (heartbeat.h)
 *
 * A tag belongs to the bucket of its first segment, so all its prefixes do. On one server there is one bucket. In a
 * cluster there are eight, each in the middle of an eighth of the slots, and a key belongs to that of the eighth in
 * which its entry lies: so entries are spread over all slots, and yet most lie with their key's bucket, since masters
 * have ranges of slots. A hit goes to the master of its key and to those of its tags' buckets.
 *
 * A birth is, for each bucket, its life and the stamp that was given out last there; an invalidation takes the next
 * one. So an entry is outdated exactly when it is of another life, or a stamp of its tags or its key is greater than
 * its birth, and no clock decides that (law 2): the server's time only makes stamps jump forward (next = max(time in
 * microseconds, last + 1)), so that their ages can be told.
 *
 * A bucket that is gone, or whose history is not that of the server that answers (it was restarted, or a replica has
 * taken over, and may have lost what was acknowledged), reads as outdated (law 3); who notices gives it a new life.
 */
#ifndef T87S_REDIS_LAYOUT_H
#define T87S_REDIS_LAYOUT_H

#include <t87s/store.h>

#include "commands.h"
#include "reply.h"

enum { T87S__MOST_BUCKETS = 8, T87S__HASH = 16, T87S__MEMBER = T87S__HASH + 1, T87S__NAME = 1024 };

/* Numbers in a bucket are whole in a double: below this. */
#define T87S__NUMBERS (UINT64_C(1) << 53)

/* Where a birth holds what: stamps, then lives. */
static inline uint64_t *t87s__birth_stamp(struct t87s_store_birth *birth, unsigned bucket) {
    return &birth->stamps[bucket];
}
static inline uint64_t *t87s__birth_life(struct t87s_store_birth *birth, unsigned bucket) {
    return &birth->stamps[T87S__MOST_BUCKETS + bucket];
}

/* The bucket of what TypeScript invalidates (typescript.h), on one server. */
enum { T87S__TYPESCRIPT_BUCKET = T87S__MOST_BUCKETS - 1 };

/* The names of one cache. */
struct t87s__layout {
    char prefix[900];               /* P */
    size_t prefix_size, store_size; /* all of it; the store's and the colon */
    unsigned n_buckets;             /* 1, or T87S__MOST_BUCKETS in a cluster */
    bool with_typescript;
};

/* Whether a text may be part of the names: printable, no blanks, nothing that Redis gives a meaning. */
bool t87s__layout_prefix_valid(const char *text);
/* The names of a cache. A colon of its own prefix is escaped, so that no two caches share a name. */
void t87s__layout_init(struct t87s__layout *layout, const char *of_store, const char *of_cache, unsigned n_buckets);

struct t87s__name {
    char text[T87S__NAME];
    size_t size;
};
struct t87s__name t87s__layout_bucket(const struct t87s__layout *layout, unsigned bucket);
unsigned t87s__layout_slot_of_bucket(unsigned bucket);
/* A name in the same slot, under which there is nothing; of the store, so that its account may ask for it. */
struct t87s__name t87s__layout_beside_bucket(const char *of_store, unsigned bucket);
unsigned t87s__layout_slot_of_lease(const struct t87s__layout *layout, const void *key, size_t size);
unsigned t87s__layout_slot_of_entry(const struct t87s__layout *layout, const void *key, size_t size);
struct t87s__name t87s__layout_channel(const struct t87s__layout *layout, unsigned bucket);
struct t87s__name t87s__layout_beat(const struct t87s__layout *layout, const char *id);
/* P:e: and P:l:, which the key follows. */
struct t87s__name t87s__layout_entry_head(const struct t87s__layout *layout);
struct t87s__name t87s__layout_lease_head(const struct t87s__layout *layout);
static inline struct t87s__argument t87s__argument_name(const struct t87s__name *name) {
    return (struct t87s__argument){name->text, name->size};
}

unsigned t87s__layout_bucket_of_tag(const struct t87s__layout *layout, struct t87s_store_tag tag);
unsigned t87s__layout_bucket_of_key(const struct t87s__layout *layout, const void *key, size_t size);

/* One letter and the hash of a tag or key. */
struct t87s__member {
    unsigned char bytes[T87S__MEMBER];
};
struct t87s__member t87s__layout_member(char letter, const void *bytes, size_t size);

/* The member of a bucket's last stamp. */
struct t87s__last {
    unsigned char bytes[1 + sizeof(uint64_t)];
};
struct t87s__last t87s__layout_last(uint64_t history);

/* The number at a member, without its sign; 0: none. */
uint64_t t87s__layout_number(const redisReply *score);
/* When something was outdated; 0: never. What is no number is taken for the end of time (law 3). */
uint64_t t87s__layout_stamp(const redisReply *score);

/* What a query asks a bucket, after its last stamp: its members in the order f, g, k (if the key's), then for each tag
 * and prefix h s p, and for the whole tag x y q as well. */
enum t87s__asked { ASKED_FLOOR, ASKED_LIFE, ASKED_KEY, ASKED_HARD, ASKED_SOFT, ASKED_SOFT_BEFORE };
enum { T87S__MOST_ASKED = ASKED_KEY + 1 + T87S_MAX_TAGS * (T87S_MAX_SEGMENTS * 3 + 3) };
struct t87s__bucket_asked {
    unsigned bucket;
    unsigned n;
    struct t87s__member members[T87S__MOST_ASKED];
    unsigned char kinds[T87S__MOST_ASKED]; /* of enum t87s__asked */
};

/* The size of member i on its way. */
static inline size_t t87s__member_size(const struct t87s__bucket_asked *asked, unsigned i) {
    return asked->kinds[i] < ASKED_KEY ? 1 : T87S__MEMBER;
}

/* The buckets of a query and what is asked of each, each bucket once; their number, at most T87S_MAX_TAGS + 1. */
unsigned t87s__layout_ask(const struct t87s__layout *layout, const struct t87s_store_query *query,
                          struct t87s__bucket_asked *asked);

/* A number that stands for a set of tags, in whatever order, and the lives of the buckets of the query: only who asks
 * for these tags while the buckets live may have the entry. */
uint64_t t87s__layout_kin(const struct t87s__layout *layout, const struct t87s_store_query *query,
                          struct t87s_store_birth *birth);

#endif
