/* SPDX-License-Identifier: MIT */
#ifndef BLOG_HISTOGRAM_H
#define BLOG_HISTOGRAM_H

#include <stdint.h>

/* Counts durations in buckets that are at most 1/16 of their value wide. All zero is empty. */
enum { HISTOGRAM_BUCKETS = 64 * 16 };

struct histogram {
    uint64_t count, total_ns;
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, uint64_t ns);
void histogram_merge(struct histogram *into, const struct histogram *from);

/* Both 0 for an empty one. `fraction` 0.5 is the median. */
double histogram_mean(const struct histogram *histogram);
double histogram_quantile(const struct histogram *histogram, double fraction);

#endif
