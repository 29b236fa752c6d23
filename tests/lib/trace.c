/* SPDX-License-Identifier: MIT */
#include "trace.h"

#include "golden.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Thread_local const char *thread_name = "~";

void trace_name_thread(const char *name) { thread_name = name; }

void trace_note(struct trace *trace, int64_t now_ms, const char *line) {
    int length = snprintf(NULL, 0, "[%4" PRId64 "] %s %s\n", now_ms, thread_name, line);
    ck_assert_int_gt(length, 0);
    size_t needed = (size_t)length + 1;

    pthread_mutex_lock(&trace->lock);
    if (trace->size + needed > trace->capacity) {
        size_t capacity = 2 * (trace->capacity + needed);
        char *text = realloc(trace->text, capacity);
        if (text == NULL)
            abort();
        trace->text = text;
        trace->capacity = capacity;
    }
    snprintf(trace->text + trace->size, needed, "[%4" PRId64 "] %s %s\n", now_ms, thread_name, line);
    trace->size += needed - 1;
    pthread_mutex_unlock(&trace->lock);
}

static void record(void *arg, int64_t now_ms, const char *line) { trace_note(arg, now_ms, line); }

void trace_init(struct trace *trace) {
    *trace = (struct trace){.tracer = {.event = record, .arg = trace}};
    ck_assert_int_eq(pthread_mutex_init(&trace->lock, NULL), 0);
}

void trace_release(struct trace *trace) {
    pthread_mutex_destroy(&trace->lock);
    free(trace->text);
    *trace = (struct trace){0};
}

void expect_trace(struct trace *trace, const char *expected) {
    pthread_mutex_lock(&trace->lock);
    char *actual = trace->text;
    trace->text = NULL;
    trace->size = trace->capacity = 0;
    pthread_mutex_unlock(&trace->lock);
    expect_same_text("trace", expected, actual != NULL ? actual : "");
    free(actual);
}

size_t trace_count(struct trace *trace, const char *text) {
    size_t count = 0;
    pthread_mutex_lock(&trace->lock);
    for (char *line = trace->text, *end; line != NULL && *line != '\0'; line = end + 1) {
        end = strchr(line, '\n');
        *end = '\0';
        count += strstr(line, text) != NULL;
        *end = '\n';
    }
    pthread_mutex_unlock(&trace->lock);
    return count;
}
