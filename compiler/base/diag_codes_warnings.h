/* SPDX-License-Identifier: MIT
 *
 * What is legal, and most likely not meant: T1xxx. See diag_codes.h.
 */
#ifndef T87SC_DIAG_CODES_WARNINGS_H
#define T87SC_DIAG_CODES_WARNINGS_H

#define DIAG_CODES_WARNINGS(X)

#endif
