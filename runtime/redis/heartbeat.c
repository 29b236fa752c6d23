/* SPDX-License-Identifier: MIT */
#include "heartbeat.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT "t87s 1\n"

static const struct {
    const char *name;
    size_t offset; /* of an uint64_t */
} counters[] = {
#define X(name) {#name, offsetof(struct t87s_stats, name)},
    T87S__BEAT_COUNTERS(X)
#undef X
};
enum { COUNTERS = sizeof counters / sizeof *counters };

/* ---- writing ---- */

__attribute__((format(printf, 3, 4))) static void add(struct t87s_buffer *out, enum t87s_status *status,
                                                      const char *format, ...) {
    char line[160];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (*status == T87S_OK && size > 0 && (size_t)size < sizeof line) /* a longer name is none of a schema */
        *status = t87s_buffer_append(out, line, (size_t)size);
}

enum t87s_status t87s__beat_write(const struct t87s__beat *beat, const struct t87s_query_stats *rows, size_t n_rows,
                                  struct t87s_buffer *out) {
    enum t87s_status status = T87S_OK;
    const size_t before = out->size;
    add(out, &status, FORMAT "host %s\npid %" PRIu64 "\nversion %s\n", beat->host, beat->pid, beat->version);
    if (*beat->schema)
        add(out, &status, "schema %s\n", beat->schema);
    for (size_t i = 0; i < COUNTERS; i++) {
        uint64_t number;
        memcpy(&number, (const unsigned char *)&beat->stats + counters[i].offset, sizeof number);
        if (number)
            add(out, &status, "%s %" PRIu64 "\n", counters[i].name, number);
    }
    for (size_t i = 0; i < n_rows; i++) {
        const uint64_t hits = rows[i].fresh_hits + rows[i].negative_hits;
        if (hits || rows[i].stale_serves || rows[i].fetches)
            add(out, &status, "query %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n", hits, rows[i].stale_serves,
                rows[i].fetches, rows[i].name);
    }
    if (status != T87S_OK)
        out->size = before;
    return status;
}

/* ---- reading ---- */

/* A line's rest into a field, cut if it is too long. */
static void take_text(const char *at, const char *end, char *out, size_t room) {
    size_t n = 0;
    for (; at < end && n + 1 < room; at++)
        out[n++] = *at >= ' ' && *at <= '~' ? *at : '?';
    out[n] = '\0';
}

static bool take_number(const char **at, const char *end, uint64_t *out) {
    uint64_t number = 0;
    const char *digit = *at;
    for (; digit < end && *digit >= '0' && *digit <= '9'; digit++)
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(*digit - '0'), &number))
            return false;
    const bool any = digit > *at;
    *at = digit < end && *digit == ' ' ? digit + 1 : digit;
    *out = number;
    return any;
}

static void take_query(const char *at, const char *end, struct t87s__beat *beat) {
    struct t87s__beat_query *query = &beat->queries[beat->n_queries];
    if (beat->n_queries == T87S__BEAT_ROWS || !take_number(&at, end, &query->hits) ||
        !take_number(&at, end, &query->stale) || !take_number(&at, end, &query->fetches) || at == end)
        return;
    take_text(at, end, query->name, sizeof query->name);
    beat->n_queries++;
}

static void take_counter(const char *word, size_t size, const char *at, const char *end, struct t87s__beat *beat) {
    uint64_t number;
    for (size_t i = 0; i < COUNTERS; i++)
        if (strlen(counters[i].name) == size && !memcmp(counters[i].name, word, size) && take_number(&at, end, &number))
            memcpy((unsigned char *)&beat->stats + counters[i].offset, &number, sizeof number);
}

static void take_line(const char *line, const char *end, struct t87s__beat *beat) {
    const char *blank = memchr(line, ' ', (size_t)(end - line));
    if (!blank)
        return;
    const size_t size = (size_t)(blank - line);
    const char *rest = blank + 1;
#define IS(word) (size == sizeof(word) - 1 && !memcmp(line, word, size))
    if (IS("host"))
        take_text(rest, end, beat->host, sizeof beat->host);
    else if (IS("version"))
        take_text(rest, end, beat->version, sizeof beat->version);
    else if (IS("schema"))
        take_text(rest, end, beat->schema, sizeof beat->schema);
    else if (IS("pid"))
        (void)take_number(&rest, end, &beat->pid);
    else if (IS("query"))
        take_query(rest, end, beat);
    else
        take_counter(line, size, rest, end, beat);
#undef IS
}

bool t87s__beat_read(const char *text, size_t size, struct t87s__beat *beat) {
    const char *end = text + size;
    memset(beat, 0, sizeof *beat);
    if (size < sizeof FORMAT - 1 || memcmp(text, FORMAT, sizeof FORMAT - 1) != 0)
        return false;
    for (const char *line = text + sizeof FORMAT - 1, *next; line < end; line = next + 1) {
        next = memchr(line, '\n', (size_t)(end - line));
        if (!next)
            break; /* cut */
        take_line(line, next, beat);
    }
    return true;
}
