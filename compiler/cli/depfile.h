/* SPDX-License-Identifier: MIT
 *
 * "out.h: schema.tags import.tags", for make and ninja, with a rule for each input so that a deleted one is no error.
 */
#ifndef T87SC_DEPFILE_H
#define T87SC_DEPFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* What it is about a path that no depfile can hold, "a newline in its name": there is no way to write it that make and
 * ninja read. NULL: nothing. */
const char *depfile_flaw(const char *path, bool is_target);

void depfile_text(struct text *out, const char *target, const char *const *files, size_t n_files);

#endif
