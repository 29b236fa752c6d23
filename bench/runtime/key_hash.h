/* SPDX-License-Identifier: MIT */
/* The hash of those contenders that bring none: the one libt87s uses. */
#ifndef T87S_BENCH_KEY_HASH_H
#define T87S_BENCH_KEY_HASH_H

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "bench_types.h"

static inline uint64_t row_key_hash(const struct row_key *key) { return XXH3_64bits_withSeed(key, sizeof *key, 87); }

#endif
