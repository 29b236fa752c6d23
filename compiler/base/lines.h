/* SPDX-License-Identifier: MIT
 *
 * From a place to its bytes. A finder stays where it was asked for last, so that places in the order of diag_sort()
 * walk each file once, however many they are and however long its lines.
 */
#ifndef T87SC_LINES_H
#define T87SC_LINES_H

#include <stdbool.h>

#include "source.h"

struct line_finder {
    const struct source_list *sources;
    const unsigned char *cursor, *limit; /* what line_seek() found, and the end of that line: "\r\n" is not in it */
    uint32_t column;                     /* of cursor */
    /* the finder's own */
    const char *file;
    const struct source *source;
    uint32_t line;
    const unsigned char *start;
};

void line_finder_init(struct line_finder *finder, const struct source_list *sources);

/* Moves to a column of a line, or to the end of the line where it is shorter. False when the file, which is compared by
 * its pointer, is not among the sources or has no such line. A byte order mark is no column. */
bool line_seek(struct line_finder *finder, const char *file, uint32_t line, uint32_t column);

/* The column just past the `span` code points at the place, but at most the one just past its line; the place's own
 * when its line is not known. Moves the finder. */
uint32_t line_end_column(struct line_finder *finder, struct place place, uint32_t span);

#endif
