/* SPDX-License-Identifier: MIT */
#include "report.h"

#include <jansson.h>

#include "lines.h"
#include "report_formats.h"

void report_init(struct report *report, enum report_format format, size_t max_errors) {
    *report = (struct report){.format = format, .max_errors = max_errors};
    text_init(&report->out);
    if (format == REPORT_SARIF)
        report_sarif_begin(report);
}

static void add(struct report *report, const struct diag *diag, uint32_t end_column) {
    switch (report->format) {
    case REPORT_TEXT:
        break;
    case REPORT_JSON:
        report_json(report, diag, end_column);
        break;
    case REPORT_SARIF:
        report_sarif(report, diag, end_column);
        break;
    case REPORT_GITHUB:
        report_github(report, diag, end_column);
        break;
    }
}

size_t report_add(struct report *report, struct diag_list *list) {
    size_t n = 0, n_hidden = 0;
    struct diag **shown = diag_select(list, report->max_errors, &n, &n_hidden);
    struct line_finder finder;
    line_finder_init(&finder, list->sources);
    for (size_t i = 0; i < n && !report->failed; i++)
        add(report, shown[i], line_end_column(&finder, shown[i]->place, shown[i]->span));
    report->failed |= list->failed || report->out.failed;
    return n_hidden;
}

void report_finish(struct report *report, const char *version, int exit_code) {
    if (report->format == REPORT_SARIF)
        report_sarif_finish(report, version, exit_code);
    report->failed |= report->out.failed;
}

void report_free(struct report *report) {
    json_decref(report->rules);
    json_decref(report->results);
    text_free(&report->out);
}
