/* SPDX-License-Identifier: MIT */
#include "hash.h"

uint64_t t87s__hash_long(const void *bytes, size_t size, uint64_t seed) {
    return XXH3_64bits_withSeed(bytes, size, seed);
}
