/* SPDX-License-Identifier: MIT
 *
 * What a change of a schema does to running systems: T2xxx. See diag_codes.h.
 */
#ifndef T87SC_DIAG_CODES_DIFF_H
#define T87SC_DIAG_CODES_DIFF_H

#define DIAG_CODES_DIFF(X)

#endif
