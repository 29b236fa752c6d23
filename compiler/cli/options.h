/* SPDX-License-Identifier: MIT
 *
 * The command line: one table of verbs (main.c), one of options (options_table.c); parsing, help and "did you mean"
 * read them and nothing else.
 */
#ifndef T87SC_OPTIONS_H
#define T87SC_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "lint.h"
#include "report.h"

enum exit_code { EXIT_FINE, EXIT_FINDINGS, EXIT_USAGE, EXIT_INTERNAL }; /* the last: I/O too */

enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };
enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_DOT, FORMAT_MERMAID, FORMAT_HTML };

struct options {
    const struct verb *verb;
    const char **arguments; /* schemas, or the code to explain */
    size_t n_arguments;
    const char **include_dirs;
    size_t n_include_dirs;
    const char *output, *depfile, *deptarget, *against;
    unsigned categories; /* of diff, a bit each; 0: all */
    bool check, werror, write, show_diff;
    struct lint_switches lints;
    enum format format; /* of what the verb makes */
    enum report_format diagnostics;
    struct report *report; /* where those that are not text go */
    struct totals *totals; /* what was told so far */
    enum colour colour;
    size_t max_errors;
    enum { WANT_RUN, WANT_HELP, WANT_VERSION } want; /* help of `verb`, or of all when it is NULL */
};

struct verb {
    const char *name, *arguments, *summary;
    size_t min_arguments, max_arguments;
    enum exit_code (*run)(const struct options *options);
};

/* The table is where the verbs are put together: main.c. Ends with a name of NULL. */
extern const struct verb verbs[];

enum options_status { OPTIONS_OK, OPTIONS_WRONG /* told on standard error */, OPTIONS_NO_MEMORY };

enum options_status options_parse(struct options *options, int argc, const char *const argv[]);
void options_free(struct options *options);

/* Help of a verb, or of all when it is NULL: options_help.c. */
struct text;
void options_help(struct text *out, const struct verb *verb);

#endif
