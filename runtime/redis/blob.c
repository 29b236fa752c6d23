/* SPDX-License-Identifier: MIT */
#include "blob.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FLAGS = 4, STAMPS = 5, TTL = 6, GRACE = 11, KIN = 16, SUM = 24, CHECKSUM = 32, TIME_BYTES = 5 };
static const unsigned char magic[4] = {'t', '8', '7', 2};

static void put(unsigned char *at, int bytes, uint64_t number) {
    for (int i = bytes - 1; i >= 0; i--, number >>= 8)
        at[i] = (unsigned char)number;
}

static uint64_t take(const unsigned char *at, int bytes) {
    uint64_t number = 0;
    for (int i = 0; i < bytes; i++)
        number = number << 8 | at[i];
    return number;
}

/* Of everything but itself. */
static uint64_t checksum(const unsigned char *bytes, size_t size) {
    return XXH3_64bits_withSeed(bytes + T87S__BLOB_HEAD, size - T87S__BLOB_HEAD, XXH3_64bits(bytes, CHECKSUM));
}

unsigned char *t87s__blob_write(const struct t87s__blob *blob, size_t *size) {
    unsigned n = 0;
    uint64_t sum = 0;
    for (unsigned i = 0; i < T87S__MOST_BUCKETS; i++) {
        n += blob->stamps[i] != 0;
        sum += blob->stamps[i];
    }
    if (n == 1 && blob->stamps[0])
        n = 0;
    *size = T87S__BLOB_HEAD + (size_t)n * T87S__BLOB_STAMP + blob->size;
    unsigned char *bytes = malloc(*size);
    if (!bytes)
        return NULL;
    memcpy(bytes, magic, sizeof magic);
    bytes[FLAGS] = blob->not_found;
    bytes[STAMPS] = (unsigned char)n;
    put(bytes + TTL, TIME_BYTES, (uint64_t)blob->ttl_ms);
    put(bytes + GRACE, TIME_BYTES, (uint64_t)blob->grace_ms);
    put(bytes + KIN, 8, blob->kin);
    put(bytes + SUM, 8, sum);
    unsigned char *at = bytes + T87S__BLOB_HEAD;
    for (unsigned i = 0; n && i < T87S__MOST_BUCKETS; i++) {
        if (!blob->stamps[i])
            continue;
        *at = (unsigned char)i;
        put(at + 1, 8, blob->stamps[i]);
        at += T87S__BLOB_STAMP;
    }
    if (blob->size)
        memcpy(at, blob->value, blob->size);
    put(bytes + CHECKSUM, 8, checksum(bytes, *size));
    return bytes;
}

bool t87s__blob_read(const void *from, size_t size, struct t87s__blob *blob) {
    const unsigned char *bytes = from;
    *blob = (struct t87s__blob){.not_found = false};
    if (size < T87S__BLOB_HEAD + T87S__BLOB_END || memcmp(bytes, magic, sizeof magic) != 0)
        return false;
    size -= T87S__BLOB_END;
    const size_t n = bytes[STAMPS], head = T87S__BLOB_HEAD + n * T87S__BLOB_STAMP;
    if (size < head || take(bytes + CHECKSUM, 8) != checksum(bytes, size))
        return false;
    blob->not_found = bytes[FLAGS];
    blob->ttl_ms = (int64_t)take(bytes + TTL, TIME_BYTES);
    blob->grace_ms = (int64_t)take(bytes + GRACE, TIME_BYTES);
    blob->kin = take(bytes + KIN, 8);
    if (n == 0)
        blob->stamps[0] = take(bytes + SUM, 8);
    for (const unsigned char *at = bytes + T87S__BLOB_HEAD; at < bytes + head; at += T87S__BLOB_STAMP) {
        if (*at >= T87S__MOST_BUCKETS)
            return false;
        blob->stamps[*at] = take(at + 1, 8);
    }
    const uint64_t written = take(bytes + size, 8);
    blob->written_us = (int64_t)written;
    blob->value = bytes + head;
    blob->size = size - head;
    return written < T87S__NUMBERS;
}
