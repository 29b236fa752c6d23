/* SPDX-License-Identifier: MIT */
#include "trace.h"

#include <stdarg.h>
#include <stdio.h>

#include "clock.h"

void t87s__trace_line(const struct t87s__trace *trace, const char *format, ...) {
    char line[1024]; /* a longer one is cut */
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    trace->tracer.event(trace->tracer.arg, t87s__clock_now(trace->clock), line);
}
