/* SPDX-License-Identifier: MIT */
/* What is asked for, in which order, and what time it is. Every sequence follows from its seed. */
#ifndef T87S_BENCH_WORK_H
#define T87S_BENCH_WORK_H

#include <stddef.h>
#include <stdint.h>

uint64_t work_now_ns(void);
/* How long the calling thread was ready to run but had no processor, as far as the kernel tells; 0 if it does not.
 * Others on the machine cost that much, so it is taken off every measurement; waiting for a lock is not in it. */
uint64_t work_waited_ns(void);

uint64_t work_random(uint64_t *state);

/* Zipf's law over 0..n-1: the probability of rank r is as 1 / (r + 1)^exponent. Exponent 0: even. */
struct zipf;
struct zipf *zipf_open(size_t n, double exponent);
uint32_t zipf_draw(const struct zipf *zipf, uint64_t *state);
void zipf_close(struct zipf *zipf);

/* `length` ids below n; the popular ones are spread over the ids. The caller's to free. */
uint32_t *work_ids(size_t n, double exponent, size_t length, uint64_t seed);

#endif
