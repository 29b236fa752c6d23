/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_FAULT_ALLOCATOR_H
#define T87S_TEST_FAULT_ALLOCATOR_H

#include <stdatomic.h>
#include <stdbool.h>

#include <t87s/t87s.h>

/* An allocator that counts what is alive and fails when told to. To walk every allocation of a piece of code:
 *
 *     for (long n = 0;; n++) {
 *         fault_allocator_init(&memory, n, false);
 *         ... run the code ...
 *         ck_assert_int_eq(atomic_load(&memory.live_blocks), 0);
 *         if (!atomic_load(&memory.failed)) break;      // nothing failed any more: all were walked
 *     }
 *
 * Aborts when a block is released twice or with a size other than the one asked for. */
struct fault_allocator {
    struct t87s_allocator allocator; /* must outlive the cache and its pinned values */
    bool for_ever;                   /* the failing one and all after it, or that one alone */
    atomic_long until_failure;       /* so many succeed first; below 0: none fails */
    atomic_long then;                /* after one failure so many succeed again, then one more fails; below 0: none */
    atomic_long failed;              /* how many were refused */
    atomic_long live_blocks, live_bytes, allocations;
};

enum { FAULT_NEVER = -1 };

void fault_allocator_init(struct fault_allocator *memory, long until_failure, bool for_ever);
/* Two failures: of allocation number `first`, and of the one `distance` after the next. */
void fault_allocator_init_pair(struct fault_allocator *memory, long first, long distance);

#endif
