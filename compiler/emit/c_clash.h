/* SPDX-License-Identifier: MIT
 *
 * The diagnostics of generated names: T0501, a word that C or C++ has already; T0502, two things with one C name;
 * T0503, a schema that is called like the library; T0504, a value's struct that is called like something of the header.
 */
#ifndef T87SC_C_CLASH_H
#define T87SC_C_CLASH_H

#include "c_names.h"
#include "diag.h"
#include "emit_plan.h"

/* Adds to the list; no header may be generated when there is an error in it. False when there is no memory. */
bool c_names_check(const struct emit_plan *plan, struct diag_list *diags, struct arena *arena);

#endif
