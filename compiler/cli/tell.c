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

bool tell(struct diag_list *diags, const struct options *options) {
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

enum exit_code run_and_report(struct options *options) {
    struct report report;
    report_init(&report, options->diagnostics, options->max_errors);
    options->report = &report;
    enum exit_code code = options->verb->run(options);
    options->report = NULL;
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
