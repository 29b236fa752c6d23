/* SPDX-License-Identifier: MIT */
/* The answer and the key of every contender. */
#ifndef T87S_BENCH_TYPES_H
#define T87S_BENCH_TYPES_H

#include <stdint.h>

/* words[0] is the id, so that a wrong answer is noticed. */
struct row {
    uint64_t words[8];
};

/* As long as a generated key of one u64: its fingerprint, then the id. */
struct row_key {
    uint64_t kind, id;
};

#endif
