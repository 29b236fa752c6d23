/* SPDX-License-Identifier: MIT
 *
 * What is legal, and most likely not meant: the warnings of diag_codes_warnings.h.
 *
 * A warning is switched by its name, and silenced at its place by a comment `// t87sc: allow(CODE) reason`
 * (allowances.h).
 */
#ifndef T87SC_LINT_H
#define T87SC_LINT_H

#include <stdbool.h>

#include "load.h"

struct lint_switches {
    bool off[DIAG_N_CODES]; /* all zero: everything is told */
};

/* NAME, no-NAME, all or none, the later over the earlier. False: there is no warning of that name. */
bool lint_switch(struct lint_switches *switches, const char *word);

/* Adds the warnings of a loaded schema to its diagnostics; none while there are errors. False: the memory ran out, and
 * some may be missing. */
bool lint(struct loaded *loaded, const struct lint_switches *switches);

#endif
