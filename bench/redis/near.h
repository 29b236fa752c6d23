/* SPDX-License-Identifier: MIT */
/* A whole query through the wrappers that t87sc generates: over the store and without one. */
#ifndef T87S_BENCH_REDIS_NEAR_H
#define T87S_BENCH_REDIS_NEAR_H

#include "bars.h"

/* A hit of the near tier beside one of a cache that has no store. NULL, or what went wrong. */
const char *near_hits(const struct scale *scale, const char *uri);
/* A hit in Redis, all of the query, beside `get`. */
const char *whole_queries(const struct scale *scale, const char *uri, void (*get)(int i));

#endif
