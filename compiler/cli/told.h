/* SPDX-License-Identifier: MIT
 *
 * What was told in a run of what several schemas import, so that it is told once.
 */
#ifndef T87SC_TOLD_H
#define T87SC_TOLD_H

#include "diag.h"

struct told {
    uint64_t *hashes; /* open addressing, 0: free; the capacity is a power of two */
    size_t n, capacity;
};

/* Marks those of the list that an earlier one had, and remembers the others. Only what stands in another file than the
 * schema itself, the first source, can be in two. Without memory some are told again. */
void told_mark(struct told *told, struct diag_list *list);
void told_free(struct told *told);

#endif
