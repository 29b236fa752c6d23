/* SPDX-License-Identifier: MIT
 *
 * Diagnostics for programs. A report gathers those of one run of t87sc, of as many schemas as it is given, and becomes
 * one text at the end. docs/diagnostics.md describes the formats:
 *
 *     json      an object a line
 *     sarif     one SARIF 2.1.0 log, with the rules that its results are about
 *     github    workflow commands: what GitHub Actions shows beside the lines of a pull request
 *
 * Columns count code points from 1, and the end is the column after the last one. Memory: a lack of it is remembered in
 * `failed`, asked once at the end.
 */
#ifndef T87SC_REPORT_H
#define T87SC_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "text.h"

enum report_format { REPORT_TEXT /* for people: diag_render() */, REPORT_JSON, REPORT_SARIF, REPORT_GITHUB };

struct report {
    /* constant */
    enum report_format format;
    size_t max_errors; /* of each list; 0: all */
    /* so far */
    struct text out;
    bool failed;
    /* SARIF: what the log will hold; rule_at is one more than the index of the code's rule */
    struct json_t *rules, *results;
    size_t n_rules, rule_at[DIAG_N_CODES];
};

void report_init(struct report *report, enum report_format format, size_t max_errors);

/* Takes in what a list shows, which may be freed then; gives how many errors were hidden. */
size_t report_add(struct report *report, struct diag_list *list);

/* `out` is the whole report now. The version and the exit code of t87sc stand in SARIF. */
void report_finish(struct report *report, const char *version, int exit_code);
void report_free(struct report *report);

#endif
