/* SPDX-License-Identifier: MIT
 *
 * Leases in Redis: who fetches the entry of a key. A lease lies there as an entry of its holder's birth would, with the
 * holder as its value, so that it is judged as that entry would be: one whose holder has begun too early is nobody's.
 * Who asks for it does so on the way of a read, in front of the entry; only to take over one that is nobody's any more
 * takes another trip. In a cluster it may lie elsewhere than the entry, and be seen a little before or after it: then
 * two may fetch, at worst.
 */
#ifndef T87S_REDIS_LEASE_H
#define T87S_REDIS_LEASE_H

#include "blob.h"
#include "route.h"

enum {
    T87S__HOLDER = 8,
    T87S__MOST_LEASE = T87S__BLOB_HEAD + T87S__MOST_BUCKETS * T87S__BLOB_STAMP + T87S__HOLDER + T87S__BLOB_END
};

struct t87s__lease_bytes {
    unsigned char bytes[T87S__MOST_LEASE];
    size_t size; /* 0: none, or nothing of ours */
};

/* A lease that is asked for. */
struct t87s__leasing {
    const struct t87s_store_query *query;
    struct t87s_store_lease *lease;
    struct t87s__lease_bytes own;
    struct t87s__lease_bytes found; /* what lies there now */
    struct t87s__blob blob;         /* the same, but for its value */
    uint64_t holder;                /* 0: nobody */
    int64_t left_ms;
};

/* Writes down what would be its own, of these buckets. False: no memory. */
bool t87s__lease_make(struct t87s__leasing *leasing, const struct t87s__layout *layout, const unsigned *buckets,
                      unsigned n);
/* Its part of a call. */
void t87s__lease_add(const struct t87s__call *call, const struct t87s__leasing *leasing, bool by_text,
                     struct t87s__commands *commands);
/* What that answered. False: something else. */
bool t87s__lease_take(struct t87s__leasing *leasing, const struct t87s__part *part);
/* The part of a call that ends one. */
void t87s__lease_add_release(const struct t87s__call *call, const struct t87s_store_query *query, uint64_t holder,
                             bool by_text, struct t87s__commands *commands);

#endif
