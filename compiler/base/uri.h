/* SPDX-License-Identifier: MIT
 *
 * Paths as URIs. A URI keeps every byte of a path, whatever it is.
 */
#ifndef T87SC_URI_H
#define T87SC_URI_H

#include <stdbool.h>

#include "text.h"

/* file:///... of an absolute path, a relative reference of another one. */
void uri_append_path(struct text *out, const char *path);

/* The path of a file URI; false, and `path` is as before, when it is none. */
bool uri_to_path(const char *uri, struct text *path);

#endif
