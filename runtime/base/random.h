/* SPDX-License-Identifier: MIT
 *
 * Two kinds of random numbers: a seed nobody outside can guess, and quick ones for sampling and jitter.
 */
#ifndef T87S_BASE_RANDOM_H
#define T87S_BASE_RANDOM_H

#include <stdint.h>

uint64_t t87s__random_seed(void);
/* Uniform in 0..bound-1; 0 for bound 0. Per thread, not secret. */
uint64_t t87s__random_below(uint64_t bound);

#endif
