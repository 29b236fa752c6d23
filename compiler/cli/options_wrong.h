/* SPDX-License-Identifier: MIT
 *
 * What is told of a command line that cannot be followed: a sentence on standard error that says what was read and, if
 * that can be guessed, what to write. All of them are exit code 2.
 */
#ifndef T87SC_OPTIONS_WRONG_H
#define T87SC_OPTIONS_WRONG_H

#include "options.h"
#include "options_table.h"

/* The message has one %s, for `word`; the suggestion may be NULL. */
enum options_status wrong(const struct options *options, const char *message, const char *word, const char *suggestion);

enum options_status wrong_no_verb(void);
enum options_status wrong_verb(const struct options *options, const char *word);
enum options_status wrong_option(const struct options *options, const char *word);
/* Of an option that takes one of a few words. */
enum options_status wrong_word(const struct options *options, const struct option *option, const char *value);
enum options_status wrong_warning(const struct options *options, const char *value);
/* Of `diff`, which may have been given two schemas. */
enum options_status wrong_no_against(const struct options *options);

#endif
