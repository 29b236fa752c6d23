/* SPDX-License-Identifier: MIT
 *
 * Text from Redis may be any bytes. What is shown of it is UTF-8, with nothing in it that a terminal would obey.
 */
#ifndef T87S_INSPECT_CLEAN_H
#define T87S_INSPECT_CLEAN_H

#include "text.h"

/* Bytes that are no printable text become \x1b; a backslash becomes two. */
void clean_append(struct text *out, const void *bytes, size_t size);
/* The same in double quotes, of which those inside get a backslash. */
void clean_append_quoted(struct text *out, const void *bytes, size_t size);

#endif
