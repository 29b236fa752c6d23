/* SPDX-License-Identifier: MIT
 *
 * The page without its schema, in the pieces between which it goes. page/embed.py writes page_parts.c.
 */
#ifndef T87SC_PAGE_PARTS_H
#define T87SC_PAGE_PARTS_H

#include <stddef.h>

enum page_part { PAGE_BEFORE_SCHEMA, PAGE_BEFORE_DATA, PAGE_AFTER_DATA, PAGE_PARTS };

extern const struct page_piece {
    const char *bytes;
    size_t size;
} page_parts[PAGE_PARTS];

#endif
