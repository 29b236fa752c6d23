/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_TRACE_H
#define T87S_TEST_TRACE_H

#include <pthread.h>

#include <t87s/t87s.h>

/* Records what a cache says it does, as the text that a story test expects:
 *
 *     [   0] A query get_user(7): absent -> fetch
 *
 * that is the time, the name of the thread, the event. Threads without a name of their own are the cache's: "~". */
struct trace {
    struct t87s_tracer tracer; /* for struct t87s_options; the trace must outlive the cache */
    pthread_mutex_t lock;
    char *text; /* under lock, as the sizes: NUL-terminated lines */
    size_t size, capacity;
};

void trace_init(struct trace *trace);
void trace_release(struct trace *trace);

/* Names the calling thread; `name` is borrowed. */
void trace_name_thread(const char *name);

/* Adds a line of the test's own, e.g. "-- the writer commits". */
void trace_note(struct trace *trace, int64_t now_ms, const char *line);

/* Fails the test, showing the first line that differs, unless the trace reads so; then starts a new one. */
void expect_trace(struct trace *trace, const char *expected);

/* For events whose order the test leaves open: how many lines hold this text. */
size_t trace_count(struct trace *trace, const char *text);

#endif
