/* SPDX-License-Identifier: MIT
 *
 * An entry as bytes in Redis: whatever does not add up to the last bit is no entry.
 *
 *     0   "t87" and the format, 2
 *     4   flags: 1 is a kept "not found"
 *     5   how many stamps follow at 40, each 9 bytes: bucket, stamp; 0: the sum is the only one, of bucket 0
 *     6   ttl, 11 grace, in milliseconds
 *     16  whose it is: t87s__layout_kin
 *     24  the sum of its stamps: of two entries of one kin, the one born later has no smaller one
 *     32  checksum of everything but itself and the end
 *     40  stamps, then the value, then at the end 8 bytes: the server's microseconds when it was written
 *
 * Numbers are big-endian: the script that writes compares sums.
 */
#ifndef T87S_REDIS_BLOB_H
#define T87S_REDIS_BLOB_H

#include <t87s/store.h>

#include "layout.h"

enum { T87S__BLOB_HEAD = 40, T87S__BLOB_STAMP = 9, T87S__BLOB_END = 8 };

/* The longest ttl or grace that is kept: 34 years. */
#define T87S__BLOB_LONGEST_MS ((INT64_C(1) << 40) - 1)

struct t87s__blob {
    bool not_found;
    uint64_t kin;
    uint64_t stamps[T87S__MOST_BUCKETS]; /* zero where it has none */
    int64_t ttl_ms, grace_ms;            /* from 0 to T87S__BLOB_LONGEST_MS */
    const unsigned char *value;
    size_t size;
    int64_t written_us; /* of the server; only read */
};

/* The bytes up to the end, which the script adds; malloc's, *size of them; NULL without memory. */
unsigned char *t87s__blob_write(const struct t87s__blob *blob, size_t *size);

/* False: no entry of this format. The value is borrowed of `bytes`. */
bool t87s__blob_read(const void *bytes, size_t size, struct t87s__blob *blob);

#endif
