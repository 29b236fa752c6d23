/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_LINTED_H
#define T87S_TEST_LINTED_H

#include "lint.h"

/* "3:8 T1002, 4:5 T1001": what the lints tell of a schema that is in memory, with the words of -W, blanks between. The
 * caller frees. */
char *told_of(const char *text, const char *words);

/* Fails the test unless just that is told; with everything switched on. */
void expect_told(const char *text, const char *told);

/* Switches by the words of -W, blanks between; fails the test if one is unknown. */
struct lint_switches switches_of(const char *words);

#endif
