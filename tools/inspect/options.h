/* SPDX-License-Identifier: MIT
 *
 * The command line of t87s-inspect: one table, which parsing, help and completion read.
 */
#ifndef T87S_INSPECT_OPTIONS_H
#define T87S_INSPECT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct text;

enum exit_code { EXIT_FINE, EXIT_FINDINGS, EXIT_USAGE, EXIT_INTERNAL }; /* as t87sc's; the last: I/O too */

struct options {
    const char *schema, *redis; /* redis NULL: the environment's, else the default */
    const char *prefix, *cache; /* of the store and of the cache */
    const char **include_dirs;
    size_t n_include_dirs;
    long limit, interval_ms;
    bool once, json;
    enum { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER } colour;
    enum { WANT_RUN, WANT_HELP, WANT_VERSION, WANT_COMPLETION } want;
    const char *shell;
};

enum options_status { OPTIONS_OK, OPTIONS_WRONG /* told on standard error */, OPTIONS_NO_MEMORY };

enum options_status options_parse(struct options *options, int argc, const char *const argv[]);
void options_free(struct options *options);
void options_help(struct text *out);
/* The script that completes it in bash, zsh or fish. */
void options_completion(struct text *out, const char *shell);

#endif
