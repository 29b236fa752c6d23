/* SPDX-License-Identifier: MIT */
/* Caches of the bench's schema with room for so many rows. */
#ifndef T87S_BENCH_OURS_H
#define T87S_BENCH_OURS_H

#include "bench.tags.h"

struct bench_cache *ours_open_bytes(size_t capacity_bytes);
/* The capacity for `rows` rows of get_user, by what a full cache of about as many was seen to use. */
size_t ours_capacity_for(size_t rows);
/* Ends the bench when a call failed. */
void ours_require(enum t87s_status status);
struct t87s_stats ours_stats(struct bench_cache *cache);

#endif
