/* SPDX-License-Identifier: MIT
 *
 * What the verbs do. compile() is what those share that read a schema.
 */
#ifndef T87SC_COMMANDS_H
#define T87SC_COMMANDS_H

#include "compiled.h"
#include "options.h"
#include "told.h"

/* Reads, resolves and checks a schema, and tells what was found on standard error. The caller frees in any case. */
enum exit_code compile(struct compiled *compiled, const struct options *options, const char *path);

/* The same, and looks for what the schema's author may not have meant. */
enum exit_code compile_and_lint(struct compiled *compiled, const struct options *options, const char *path);

/* Whether a path that is to be written is none of the files that were read; tells it otherwise. */
bool compiled_spares(const struct compiled *compiled, const char *path);

/* Whether two paths lead to the same file, or would once it is there. */
bool is_same_place(const char *a, const char *b);

/* What was told in a run, for its closing line. */
struct totals {
    size_t n_errors, n_warnings;
    size_t n_schemas; /* in which there were any */
    bool is_closed;   /* the verb has a closing line of its own */
    struct told told;
};

/* Tells what was found, in the format that was asked for; false without memory. */
bool tell(struct diag_list *diags, const struct options *options);

/* The flag, then NO_COLOR, then CLICOLOR_FORCE, then if the stream is a terminal that is not dumb. */
bool wants_colour(enum colour flag, int stream);

/* The whole of a run: the verb, then what it has told for programs. */
enum exit_code run_and_report(struct options *options);

enum exit_code run_gen(const struct options *options);
enum exit_code run_check(const struct options *options);
enum exit_code run_fmt(const struct options *options);
enum exit_code run_diff(const struct options *options);
enum exit_code run_dump(const struct options *options);
enum exit_code run_graph(const struct options *options);
enum exit_code run_lsp(const struct options *options);
enum exit_code run_rules(const struct options *options);
enum exit_code run_explain(const struct options *options);
enum exit_code run_completion(const struct options *options);

#endif
