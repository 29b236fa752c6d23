/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <string.h>

#include "text.h"

void line_finder_init(struct line_finder *finder, const struct source_list *sources) {
    *finder = (struct line_finder){.sources = sources};
}

/* The line that begins at `start`. */
static void begin(struct line_finder *finder, uint32_t line, const unsigned char *start) {
    const unsigned char *end = (const unsigned char *)finder->source->bytes + finder->source->size;
    const unsigned char *newline = memchr(start, '\n', (size_t)(end - start));
    finder->line = line;
    finder->start = finder->cursor = start;
    finder->column = 1;
    finder->limit = newline ? newline : end;
    if (newline && finder->limit > start && finder->limit[-1] == '\r')
        finder->limit--;
}

/* Who asks for many files asks in their order: looks behind the last one first. */
static const struct source *find_source(const struct line_finder *finder, const char *file) {
    const struct source *source = finder->source;
    while (source && source->path != file)
        source = source->next;
    return source || !finder->sources ? source : source_find(finder->sources, file);
}

static void begin_file(struct line_finder *finder, const char *file) {
    finder->source = find_source(finder, file);
    finder->file = file;
    if (!finder->source)
        return;
    const unsigned char *start = (const unsigned char *)finder->source->bytes;
    bool mark = finder->source->size >= 3 && !memcmp(start, "\xEF\xBB\xBF", 3);
    begin(finder, 1, start + (mark ? 3 : 0));
}

static bool next_line(struct line_finder *finder) {
    const unsigned char *end = (const unsigned char *)finder->source->bytes + finder->source->size;
    const unsigned char *newline = memchr(finder->limit, '\n', (size_t)(end - finder->limit));
    if (newline)
        begin(finder, finder->line + 1, newline + 1);
    return newline != NULL;
}

static void step(struct line_finder *finder) {
    long code;
    finder->cursor = text_next_code_point(finder->cursor, finder->limit, &code);
    finder->column++;
}

bool line_seek(struct line_finder *finder, const char *file, uint32_t line, uint32_t column) {
    if (finder->file != file || finder->line > line)
        begin_file(finder, file);
    if (!finder->source || !line)
        return false;
    while (finder->line < line)
        if (!next_line(finder))
            return false;
    if (finder->column > column) {
        finder->cursor = finder->start;
        finder->column = 1;
    }
    while (finder->column < column && finder->cursor < finder->limit)
        step(finder);
    return true;
}

uint32_t line_end_column(struct line_finder *finder, struct place place, uint32_t span) {
    if (!line_seek(finder, place.file, place.line, place.column) || finder->column < place.column)
        return place.column;
    while (span-- && finder->cursor < finder->limit)
        step(finder);
    return finder->column;
}
