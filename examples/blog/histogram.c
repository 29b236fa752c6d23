/* SPDX-License-Identifier: MIT */
#include "histogram.h"

/* 0 to 15 have a bucket each; above, a power of two is cut into 16. */
static unsigned bucket_of(uint64_t ns) {
    if (ns < 16)
        return (unsigned)ns;
    unsigned shift = 63u - 4u - (unsigned)__builtin_clzll(ns);
    return (shift + 1) * 16 + (unsigned)((ns >> shift) & 15);
}

static double middle_of(unsigned bucket) {
    if (bucket < 16)
        return bucket;
    unsigned shift = bucket / 16 - 1;
    return ((double)(16 + bucket % 16) + 0.5) * (double)(UINT64_C(1) << shift);
}

void histogram_add(struct histogram *histogram, uint64_t ns) {
    histogram->count++;
    histogram->total_ns += ns;
    histogram->buckets[bucket_of(ns)]++;
}

void histogram_merge(struct histogram *into, const struct histogram *from) {
    into->count += from->count;
    into->total_ns += from->total_ns;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
        into->buckets[i] += from->buckets[i];
}

double histogram_mean(const struct histogram *histogram) {
    return histogram->count > 0 ? (double)histogram->total_ns / (double)histogram->count : 0;
}

double histogram_quantile(const struct histogram *histogram, double fraction) {
    double wanted = fraction * (double)histogram->count;
    uint64_t seen = 0;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (histogram->buckets[i] > 0 && (double)seen >= wanted)
            return middle_of(i);
    }
    return 0;
}
