/* SPDX-License-Identifier: MIT
 *
 * Which lines of an old text stand in a new one, in order. What both begin and end with is taken first, then the lines
 * that stand once in each and lie in the same order; between two of these, a shortest edit is looked for as long as it
 * is short. What is left over counts as replaced, so that two texts that have nothing in common take no longer than
 * sorting their lines.
 */
#ifndef T87SC_LINE_DIFF_H
#define T87SC_LINE_DIFF_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/* A text as lines, each with its line feed; the last one may have none. */
struct lines {
    const char *bytes;
    uint32_t *starts; /* n + 1 of them, the last is the text's size */
    uint32_t n;
};

enum { LINE_DIFF_MOST = 1 << 20 }; /* lines that are compared one by one; beyond, only what both begin and end with */

/* These two only under arena_run(). The text has at most UINT32_MAX bytes. */
struct lines lines_of(struct arena *arena, const char *bytes, size_t size);

/* For each old line the index of the new one that it is, or LINE_GONE; indices rise. */
#define LINE_GONE UINT32_MAX
uint32_t *line_diff(struct arena *arena, const struct lines *old, const struct lines *new);

#endif
