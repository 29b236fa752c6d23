/* SPDX-License-Identifier: MIT */
#include "counters.h"

enum { BUDGET = 4 << 10 };

bool t87s__counters_open(struct t87s__counters *counters, struct t87s__memory *memory) {
    return t87s__thread_rows_open(&counters->rows, memory, COUNTERS, BUDGET);
}

void t87s__counters_close(struct t87s__counters *counters) { t87s__thread_rows_close(&counters->rows); }

void t87s__counters_read(struct t87s__counters *counters, struct t87s_stats *out) {
    uint64_t sums[COUNTERS] = {0};
    t87s__thread_rows_sum(&counters->rows, 0, COUNTERS, sums);
#define X(name) out->name = sums[COUNT_##name];
    T87S__COUNTERS(X)
#undef X
}
