/* SPDX-License-Identifier: MIT */
/* Clocks, random numbers, Zipf's law by a table of cumulated probabilities. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "contender.h"
#include "work.h"

void *bench_take(size_t size) {
    void *block = malloc(size);
    if (block)
        return block;
    fputs("bench: no memory\n", stderr);
    exit(1);
}

uint64_t work_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t work_waited_ns(void) {
    char text[128];
    const int file = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return 0;
    const ssize_t size = read(file, text, sizeof text - 1);
    close(file);
    text[size > 0 ? size : 0] = '\0';
    unsigned long long ran, waited;
    return sscanf(text, "%llu %llu", &ran, &waited) == 2 ? waited : 0;
}

/* splitmix64 */
uint64_t work_random(uint64_t *state) {
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

struct zipf {
    size_t n;
    double *up_to; /* [r]: the probability of a rank of at most r; NULL: even */
};

struct zipf *zipf_open(size_t n, double exponent) {
    struct zipf *zipf = bench_take(sizeof *zipf);
    *zipf = (struct zipf){n, NULL};
    if (exponent <= 0)
        return zipf;
    zipf->up_to = bench_take(n * sizeof *zipf->up_to);
    double sum = 0;
    for (size_t rank = 0; rank < n; rank++)
        zipf->up_to[rank] = sum += pow((double)(rank + 1), -exponent);
    for (size_t rank = 0; rank < n; rank++)
        zipf->up_to[rank] /= sum;
    return zipf;
}

uint32_t zipf_draw(const struct zipf *zipf, uint64_t *state) {
    const uint64_t random = work_random(state);
    if (!zipf->up_to)
        return (uint32_t)(random % zipf->n);
    const double p = (double)(random >> 11) * 0x1p-53;
    size_t low = 0, high = zipf->n - 1;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (zipf->up_to[middle] > p)
            high = middle;
        else
            low = middle + 1;
    }
    return (uint32_t)low;
}

void zipf_close(struct zipf *zipf) {
    free(zipf->up_to);
    free(zipf);
}

uint32_t *work_ids(size_t n, double exponent, size_t length, uint64_t seed) {
    uint64_t state = seed;
    uint32_t *place = bench_take(n * sizeof *place), *ids = bench_take(length * sizeof *ids);
    for (size_t rank = 0; rank < n; rank++) {
        const size_t other = work_random(&state) % (rank + 1);
        place[rank] = place[other];
        place[other] = (uint32_t)rank;
    }
    struct zipf *zipf = zipf_open(n, exponent);
    for (size_t i = 0; i < length; i++)
        ids[i] = place[zipf_draw(zipf, &state)];
    zipf_close(zipf);
    free(place);
    return ids;
}
