/* SPDX-License-Identifier: MIT
 *
 * An entry as bytes in Redis: whatever does not add up to the last bit is no entry.
 *
 *     0   "t87s" and the format, 1
 *     5   flags: 1 is a kept "not found"
 *     6   how many stamps of its birth follow at 56, each 9 bytes: bucket, stamp
 *     7   how many buckets there were
 *     8   the sum of its stamps: of two entries of one key, the one born later has no smaller one
 *     16  ttl, 24 grace, in milliseconds
 *     32  16 bytes that stand for its tags
 *     48  checksum of everything but itself and the end
 *     56  stamps, then the value, then at the end 16 digits: the server's microseconds when it was written
 *
 * Numbers are big-endian, so that the script that writes can compare sums as texts.
 */
#ifndef T87S_REDIS_BLOB_H
#define T87S_REDIS_BLOB_H

#include <t87s/store.h>

#include "layout.h"

enum { T87S__BLOB_HEAD = 56, T87S__BLOB_STAMP = 9, T87S__BLOB_END = 16 };

struct t87s__blob {
    bool not_found;
    unsigned n_buckets;
    struct t87s_store_birth birth; /* zero where it has none */
    int64_t ttl_ms, grace_ms;
    unsigned char tags[T87S__HASH];
    const unsigned char *value;
    size_t size;
    int64_t written_us; /* of the server; only read */
};

/* The bytes up to the end, which the script adds; malloc's, *size of them; NULL without memory. */
unsigned char *t87s__blob_write(const struct t87s__blob *blob, size_t *size);

/* False: no entry of this format. The value is borrowed of `bytes`. */
bool t87s__blob_read(const void *bytes, size_t size, struct t87s__blob *blob);

#endif
