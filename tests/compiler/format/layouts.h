/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_LAYOUTS_H
#define T87S_TEST_LAYOUTS_H

#include <stddef.h>

/* The schema in its layout, which keeps the law of the formatter, or else the test fails; NULL when it does not parse.
 * The caller frees. */
char *lay_out(const char *bytes, size_t size);

/* Fails the test unless this is the layout of that. */
void expect_layout(const char *schema, const char *laid_out);

/* What formatting says of a schema that it refuses: "1:9 T0106, 3:1 T0106", "" when it does not. The caller frees. */
char *refusal_of(const char *bytes, size_t size);

/* The resolved schema, docs included, places not; NULL when it has errors. Imports are looked
 * for in `folder`. The caller frees. */
char *resolved(const char *bytes, size_t size, const char *folder);

#endif
