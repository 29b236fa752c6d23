/* SPDX-License-Identifier: MIT
 *
 * How diagnostics reach the user: for people at once, on standard error; for programs at the end of the run, on
 * standard output, since a SARIF log is one for all schemas.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "output.h"

bool wants_colour(enum colour flag, int stream) {
    const char *no = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE"), *terminal = getenv("TERM");
    if (flag != COLOUR_AUTO)
        return flag == COLOUR_ALWAYS;
    if (no && *no)
        return false;
    if (force && *force && strcmp(force, "0") != 0)
        return true;
    return isatty(stream) && terminal && strcmp(terminal, "dumb") != 0;
}

static void count(struct totals *totals, struct diag_list *diags) {
    size_t n = 0, n_dropped = 0;
    struct diag **all = diag_select(diags, 0, &n, &n_dropped);
    for (size_t i = 0; i < n; i++)
        *(all[i]->level == DIAG_ERROR ? &totals->n_errors : &totals->n_warnings) += 1;
    *(diags->n_errors ? &totals->n_errors : &totals->n_warnings) += n_dropped;
    totals->n_schemas += diags->n_errors || diags->n_warnings;
}

bool tell(struct diag_list *diags, const struct options *options) {
    if (options->n_arguments > 1)
        told_mark(&options->totals->told, diags);
    count(options->totals, diags);
    struct text text;
    text_init(&text);
    if (options->diagnostics == REPORT_TEXT)
        diag_render(diags, &(struct diag_style){wants_colour(options->colour, STDERR_FILENO), options->max_errors},
                    &text);
    else
        diag_render_hidden(diags, report_add(options->report, diags), &text);
    fwrite(text_string(&text), 1, text.size, stderr);
    bool all = !text.failed && !diags->failed;
    text_free(&text);
    return all;
}

/* "3 errors, 1 warning in 2 of 5 schemas": so that nobody scrolls back to count, or to see that there was more.
 * Programs count themselves; but why warnings are a failure is said to whoever reads their log. */
static void tell_totals(const struct options *options) {
    const struct totals *totals = options->totals;
    size_t n_errors = totals->n_errors, n_warnings = totals->n_warnings;
    bool fatal_warnings = options->werror && n_warnings;
    if (totals->is_closed || (!n_errors && !n_warnings) || (options->diagnostics != REPORT_TEXT && !fatal_warnings))
        return;
    fputs("t87sc: ", stderr);
    if (n_errors)
        fprintf(stderr, "%zu error%s%s", n_errors, n_errors == 1 ? "" : "s", n_warnings ? ", " : "");
    if (n_warnings)
        fprintf(stderr, "%zu warning%s", n_warnings, n_warnings == 1 ? "" : "s");
    if (options->n_arguments > 1)
        fprintf(stderr, " in %zu of %zu schemas", totals->n_schemas, options->n_arguments);
    fputs(fatal_warnings ? "; warnings are treated as errors (--werror)\n" : "\n", stderr);
}

enum exit_code run_and_report(struct options *options) {
    struct report report;
    struct totals totals = {0};
    told_init(&totals.told);
    options->totals = &totals;
    report_init(&report, options->diagnostics, options->max_errors);
    options->report = &report;
    enum exit_code code = options->verb->run(options);
    tell_totals(options);
    options->report = NULL;
    options->totals = NULL;
    told_free(&totals.told);
    report_finish(&report, T87SC_VERSION, (int)code);
    if (report.failed) {
        fputs("t87sc: error: out of memory\n", stderr);
        code = EXIT_INTERNAL;
    } else if (report.out.size && !output_text("-", report.out.data, report.out.size)) {
        code = EXIT_INTERNAL;
    }
    report_free(&report);
    return code;
}
