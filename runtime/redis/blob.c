/* SPDX-License-Identifier: MIT */
#include "blob.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FORMAT = 1, CHECKSUM = 48 };

static void put(unsigned char *at, uint64_t number) {
    for (int i = 7; i >= 0; i--, number >>= 8)
        at[i] = (unsigned char)number;
}

static uint64_t take(const unsigned char *at) {
    uint64_t number = 0;
    for (int i = 0; i < 8; i++)
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
    for (unsigned i = 0; i < blob->n_buckets; i++) {
        n += blob->birth.stamps[i] != 0;
        sum += blob->birth.stamps[i];
    }
    *size = T87S__BLOB_HEAD + (size_t)n * T87S__BLOB_STAMP + blob->size;
    unsigned char *bytes = malloc(*size);
    if (!bytes)
        return NULL;
    memcpy(bytes, "t87s", 4);
    bytes[4] = FORMAT;
    bytes[5] = blob->not_found;
    bytes[6] = (unsigned char)n;
    bytes[7] = (unsigned char)blob->n_buckets;
    put(bytes + 8, sum);
    put(bytes + 16, (uint64_t)blob->ttl_ms);
    put(bytes + 24, (uint64_t)blob->grace_ms);
    memcpy(bytes + 32, blob->tags, sizeof blob->tags);
    unsigned char *at = bytes + T87S__BLOB_HEAD;
    for (unsigned i = 0; i < blob->n_buckets; i++) {
        if (!blob->birth.stamps[i])
            continue;
        *at = (unsigned char)i;
        put(at + 1, blob->birth.stamps[i]);
        at += T87S__BLOB_STAMP;
    }
    if (blob->size)
        memcpy(at, blob->value, blob->size);
    put(bytes + CHECKSUM, checksum(bytes, *size));
    return bytes;
}

static bool read_time(const unsigned char *digits, int64_t *out) {
    *out = 0;
    for (int i = 0; i < T87S__BLOB_END; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        *out = *out * 10 + (digits[i] - '0');
    }
    return true;
}

bool t87s__blob_read(const void *from, size_t size, struct t87s__blob *blob) {
    const unsigned char *bytes = from;
    *blob = (struct t87s__blob){.not_found = false};
    if (size < T87S__BLOB_HEAD + T87S__BLOB_END || memcmp(bytes, "t87s", 4) != 0 || bytes[4] != FORMAT)
        return false;
    size -= T87S__BLOB_END;
    const unsigned n = bytes[6];
    if (size < T87S__BLOB_HEAD + (size_t)n * T87S__BLOB_STAMP || take(bytes + CHECKSUM) != checksum(bytes, size) ||
        !read_time(bytes + size, &blob->written_us))
        return false;
    blob->not_found = bytes[5];
    blob->n_buckets = bytes[7];
    blob->ttl_ms = (int64_t)take(bytes + 16);
    blob->grace_ms = (int64_t)take(bytes + 24);
    memcpy(blob->tags, bytes + 32, sizeof blob->tags);
    for (const unsigned char *at = bytes + T87S__BLOB_HEAD; at < bytes + T87S__BLOB_HEAD + (size_t)n * T87S__BLOB_STAMP;
         at += T87S__BLOB_STAMP) {
        if (*at >= T87S__MOST_BUCKETS)
            return false;
        blob->birth.stamps[*at] = take(at + 1);
    }
    blob->value = bytes + T87S__BLOB_HEAD + (size_t)n * T87S__BLOB_STAMP;
    blob->size = size - T87S__BLOB_HEAD - (size_t)n * T87S__BLOB_STAMP;
    return true;
}
