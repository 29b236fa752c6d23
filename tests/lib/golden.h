/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_GOLDEN_H
#define T87S_TEST_GOLDEN_H

#include <stddef.h>

/* Fails the test, showing the first line that differs, unless the bytes are those of the golden file (its path is
 * relative to the source tree). With T87S_UPDATE_GOLDEN=1, which `./dev golden` sets, it writes the file instead. */
void expect_golden(const char *relative_path, const char *actual, size_t size);

/* The same for two texts in memory; `what` names them in the failure. */
void expect_same_text(const char *what, const char *expected, const char *actual);

#endif
