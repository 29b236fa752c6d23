/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_SUITES_H
#define T87S_TEST_SUITES_H

#include <check.h>

/* The body of a runner's main: runs every suite with forking on (a crash costs one test), prints Check's closing line,
 * gives the exit code. No checks at all is a failure. End the list with NULL:
 *
 *     int main(void) { return run_suites(tag_path_suite(), tag_tree_suite(), NULL); }
 */
int run_suites(Suite *first, ...) __attribute__((sentinel));

/* A suite of one case, named as a sentence, from tests made with START_TEST; end the list with NULL. */
Suite *suite_of(const char *sentence, const TTest *first, ...) __attribute__((sentinel));

/* A case of a suite, each of whose tests runs between a start and a stop; NULL: none. */
TCase *case_of(Suite *suite, const char *name, void (*start)(void), void (*stop)(void), double timeout_s);

#endif
