/* SPDX-License-Identifier: MIT */
#ifndef BLOG_ZIPF_H
#define BLOG_ZIPF_H

#include <stddef.h>
#include <stdint.h>

/* xorshift64*: never 0 inside. One for each thread. */
struct random {
    uint64_t state;
};

void random_init(struct random *random, uint64_t seed);
double random_unit(struct random *random); /* 0 <= x < 1 */

/* Ranks 1..n, of which rank k is drawn 1/k as often as rank 1: how people read. Immutable once made. */
struct zipf {
    size_t n;
    double *sums;
};

int zipf_init(struct zipf *zipf, size_t n); /* -1: no memory */
void zipf_release(struct zipf *zipf);
uint64_t zipf_draw(const struct zipf *zipf, struct random *random);

#endif
