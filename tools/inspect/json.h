/* SPDX-License-Identifier: MIT
 *
 * What was seen, for programs: one object. Its members are described in t87s-inspect(1).
 */
#ifndef T87S_INSPECT_JSON_H
#define T87S_INSPECT_JSON_H

#include "picture.h"
#include "text.h"

void json_append(struct text *out, const struct picture *picture, struct arena *arena, bool on_one_line);

#endif
