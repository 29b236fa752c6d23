/* SPDX-License-Identifier: MIT
 *
 * The formats that report.c chooses from; nobody else includes this. Each takes a diagnostic and the column where it
 * ends.
 */
#ifndef T87SC_REPORT_FORMATS_H
#define T87SC_REPORT_FORMATS_H

#include "report.h"

void report_json(struct report *report, const struct diag *diag, uint32_t end_column);
void report_github(struct report *report, const struct diag *diag, uint32_t end_column);
void report_sarif(struct report *report, const struct diag *diag, uint32_t end_column);

void report_sarif_begin(struct report *report);
void report_sarif_finish(struct report *report, const char *version, int exit_code);

#endif
