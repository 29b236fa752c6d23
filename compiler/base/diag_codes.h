/* SPDX-License-Identifier: MIT
 *
 * Every diagnostic: X(code, level, name, title, explanation, wrong example, right example).
 *
 * Codes are for ever: T01xx lexical, syntax and I/O; T02xx names and structure; T03xx wild counts and types; T04xx
 * queries and mutations; T05xx generated names; T1xxx warnings; T2xxx what diff says. An example is a whole schema,
 * or several files, each after a line "// NAME:", of which the last is checked, or a command after "$ "; a test runs
 * it. `t87sc rules` and `t87sc explain` print this table; the checks never write a code in any other way.
 */
#ifndef T87SC_DIAG_CODES_H
#define T87SC_DIAG_CODES_H

#include "diag_codes_diff.h"
#include "diag_codes_errors.h"
#include "diag_codes_warnings.h"

#define DIAG_CODES(X) DIAG_CODES_ERRORS(X) DIAG_CODES_WARNINGS(X) DIAG_CODES_DIFF(X)

#endif
