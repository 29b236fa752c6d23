/* SPDX-License-Identifier: MIT
 *
 * What was seen, for people: lines of text. On a screen they are cut to its size, and each section gets a share of it.
 */
#ifndef T87S_INSPECT_PAGE_H
#define T87S_INSPECT_PAGE_H

#include "picture.h"
#include "text.h"

struct page_style {
    bool colour;
    size_t columns, rows; /* 0: no end */
    const char *end;      /* of each line */
};

void page_append(struct text *out, const struct picture *picture, struct arena *arena, const struct page_style *style);

#endif
