/* SPDX-License-Identifier: MIT
 *
 * One readable line an event; off, it costs one branch. Never called with a lock held: the tracer is user code (law 5).
 */
#ifndef T87S_BASE_TRACE_H
#define T87S_BASE_TRACE_H

#include <t87s/t87s.h>

struct t87s__trace {
    struct t87s_tracer tracer; /* event NULL: off */
    const struct t87s_clock *clock;
};

__attribute__((format(printf, 2, 3))) void t87s__trace_line(const struct t87s__trace *trace, const char *format, ...);

#define T87S__TRACE(trace, ...)                                 \
    do {                                                        \
        if (__builtin_expect((trace)->tracer.event != NULL, 0)) \
            t87s__trace_line((trace), __VA_ARGS__);             \
    } while (0)

#endif
