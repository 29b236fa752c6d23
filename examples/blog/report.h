/* SPDX-License-Identifier: MIT */
#ifndef BLOG_REPORT_H
#define BLOG_REPORT_H

#include "moments.h"
#include "workload.h"

/* Prints for a person: aligned, with units, in colour only on a terminal that wants it. */
void report_start(const char *path, double fill_seconds, unsigned readers, unsigned writes_per_second);
void report_workloads(const struct workload_result *without, const struct workload_result *with,
                      const struct t87s_stats *stats);
void report_touch(const struct touch *touch);
void report_revalidation(const struct revalidation *moment, bool as_promised);
void report_verdict(const struct workload_result *with);

#endif
