/* SPDX-License-Identifier: MIT
 *
 * The resolved schema for people (text) and for programs (JSON, described in docs/dump.md).
 */
#ifndef T87SC_DUMP_H
#define T87SC_DUMP_H

#include "emit_plan.h"
#include "text.h"

/* Both append to `out`; a lack of memory shows in out->failed. */
void dump_text(struct text *out, const struct emit_plan *plan);
void dump_json(struct text *out, const struct emit_plan *plan);

#endif
