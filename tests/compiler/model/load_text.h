/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_LOAD_TEXT_H
#define T87S_TEST_LOAD_TEXT_H

#include "load.h"

/* Loads a schema that is in memory, as standard input. */
enum load_status load_bytes(const char *bytes, size_t size, struct loaded *loaded);
enum load_status load_text(const char *text, struct loaded *loaded);

/* Loads a file, with the folders of -I up to a NULL (include_dirs may be NULL). */
enum load_status load_path(const char *path, const char *const *include_dirs, struct loaded *loaded);

/* "1:9 T0106, 3:1 T0203": what was found, in order; the caller frees. */
char *found_in(struct loaded *loaded);

/* Fails the test unless the schema loads, or is refused with just these. */
void expect_fine(const char *text);
void expect_found(const char *text, const char *found);

/* Fails the test unless a load finds one error, with this message, help and code. NULL: none is expected or asked for.
 */
void expect_letter(const char *text, const char *code, const char *message, const char *help);

#endif
