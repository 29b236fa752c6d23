/* SPDX-License-Identifier: MIT
 *
 * "out.h: schema.tags import.tags", for make and ninja, with a rule for each input so that a deleted one is no error.
 */
#ifndef T87SC_DEPFILE_H
#define T87SC_DEPFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* No depfile can name a path with a newline: there is no way to write it for make. */
bool depfile_can_name(const char *path);

void depfile_text(struct text *out, const char *target, const char *const *files, size_t n_files);

#endif
