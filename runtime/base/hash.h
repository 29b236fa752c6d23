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

static inline uint64_t t87s__hash(const void *bytes, size_t size, uint64_t seed) {
    return XXH3_64bits_withSeed(bytes, size, seed);
}

#endif
