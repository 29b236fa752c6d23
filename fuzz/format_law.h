/* SPDX-License-Identifier: MIT
 *
 * What the formatter may never do, for its harness and its tests: change or lose a token, lose a comment or carry it
 * past another token than a comma, brace or semicolon that went ahead of it, give a doc comment to something else,
 * leave blanks or lines behind, or find something to change in what it wrote.
 */
#ifndef T87S_FORMAT_LAW_H
#define T87S_FORMAT_LAW_H

#include <stddef.h>

/* NULL when all is well, or else a sentence. The schema in its layout is *laid_out, which the caller frees; it is NULL
 * when the bytes do not parse. */
const char *format_law(const char *bytes, size_t size, char **laid_out);

#endif
