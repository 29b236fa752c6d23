/* SPDX-License-Identifier: MIT
 *
 * Paths as bytes, in the form t87s/codegen.h describes: read segment by segment, checked, printed.
 */
#ifndef T87S_TAGS_TAG_PATH_H
#define T87S_TAGS_TAG_PATH_H

#include <t87s/t87s.h>

/* The bytes of the segment that starts at `at`, kind included: 0 at the end, or when the bytes are no segment. */
size_t t87s__tag_path_segment(const unsigned char *path, size_t size, size_t at);

/* Whole segments, 1 to 16 of them. */
bool t87s__tag_path_valid(const unsigned char *path, size_t size);

/* As t87s_tag_format. */
int t87s__tag_path_format(const unsigned char *path, size_t size, char *out, size_t out_size);

#endif
