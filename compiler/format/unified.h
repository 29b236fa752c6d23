/* SPDX-License-Identifier: MIT
 *
 * The difference of two texts as people and patch(1) read it: hunks with three lines around what changed.
 */
#ifndef T87SC_UNIFIED_H
#define T87SC_UNIFIED_H

#include <stdbool.h>

#include "arena.h"
#include "line_diff.h"
#include "text.h"

/* Appends nothing when both texts are the same. Only under arena_run(). */
void unified_diff(struct arena *arena, struct text *out, const char *path, const struct lines *old,
                  const struct lines *new, bool colour);

#endif
