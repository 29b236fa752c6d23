/* SPDX-License-Identifier: MIT
 *
 * The one place that knows which hash we use. Seeded: ids come from outside.
 */
#ifndef T87S_BASE_HASH_H
#define T87S_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t t87s__hash_long(const void *bytes, size_t size, uint64_t seed);

/* What is short, as most keys and segments are, without a call. */
static inline uint64_t t87s__hash(const void *bytes, size_t size, uint64_t seed) {
    return __builtin_expect(size <= 16, 1) ? XXH3_64bits_withSeed(bytes, size, seed)
                                           : t87s__hash_long(bytes, size, seed);
}

#endif
