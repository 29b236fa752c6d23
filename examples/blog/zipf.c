/* SPDX-License-Identifier: MIT */
#include "zipf.h"

#include <stdlib.h>

void random_init(struct random *random, uint64_t seed) { random->state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1; }

double random_unit(struct random *random) {
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return (double)((random->state * UINT64_C(0x2545f4914f6cdd1d)) >> 11) / (double)(UINT64_C(1) << 53);
}

int zipf_init(struct zipf *zipf, size_t n) {
    zipf->n = n;
    zipf->sums = malloc(n * sizeof *zipf->sums);
    if (zipf->sums == NULL)
        return -1;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        zipf->sums[i] = sum += 1.0 / (double)(i + 1);
    return 0;
}

void zipf_release(struct zipf *zipf) {
    free(zipf->sums);
    *zipf = (struct zipf){0};
}

uint64_t zipf_draw(const struct zipf *zipf, struct random *random) {
    double wanted = random_unit(random) * zipf->sums[zipf->n - 1];
    size_t low = 0, high = zipf->n - 1; /* the first whose sum is above */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (zipf->sums[middle] > wanted)
            high = middle;
        else
            low = middle + 1;
    }
    return low + 1;
}
