/* SPDX-License-Identifier: MIT
 *
 * The generated header, whole. Deterministic: the same model gives the same bytes.
 */
#ifndef T87SC_EMIT_HEADER_H
#define T87SC_EMIT_HEADER_H

#include "emit_plan.h"
#include "printer.h"

enum { EMIT_CODEGEN_ABI = 3 }; /* the T87S_CODEGEN_ABI that is written for; a test compares the two */

/* The printer must have been given plan->names. Ends with printer_flush(). */
void emit_header(struct printer *printer, const struct emit_plan *plan);

#endif
