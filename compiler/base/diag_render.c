/* SPDX-License-Identifier: MIT
 *
 * Diagnostics as text:
 *
 *     schemas/blog.tags:12:27: error: unknown segment 'post' in 'users(user_id).post' [T0203]
 *        12 |     tagged users(user_id).post(post_id);
 *           |                           ^~~~
 *     schemas/blog.tags:12:27: help: did you mean 'posts'?
 *
 * A source line is printed safely whatever is in it: a tab is one column, and what is not text (control bytes, bad
 * UTF-8, bidirectional controls) becomes U+FFFD. Of a long line only the part around the caret is shown.
 */
#include <string.h>

#include "diag.h"

enum { WINDOW = 160, BEFORE_CARET = 60 };

#define REPLACEMENT "\xEF\xBF\xBD"

/* Sorted diagnostics ask for later and later lines of a file: a file is walked once. */
struct line_finder {
    const char *file;
    const struct source *source;
    uint32_t line;
    const char *cursor;
};

struct renderer {
    struct diag_list *list;
    const struct diag_style *style;
    struct text *out;
    struct line_finder finder;
};

static const char *find_line(struct renderer *r, struct place place, const char **limit) {
    struct line_finder *finder = &r->finder;
    if (finder->file != place.file || finder->line > place.line) {
        const struct source *source = r->list->sources ? source_find(r->list->sources, place.file) : NULL;
        *finder = (struct line_finder){place.file, source, 1, source ? source->bytes : NULL};
    }
    if (!finder->source)
        return NULL;
    const char *end = finder->source->bytes + finder->source->size;
    while (finder->line < place.line) {
        const char *newline = memchr(finder->cursor, '\n', (size_t)(end - finder->cursor));
        if (!newline)
            return NULL;
        finder->cursor = newline + 1;
        finder->line++;
    }
    const char *newline = memchr(finder->cursor, '\n', (size_t)(end - finder->cursor));
    *limit = newline ? newline : end;
    if (*limit > finder->cursor && (*limit)[-1] == '\r')
        --*limit;
    return finder->cursor;
}

static void append_code_point(struct text *out, const unsigned char *from, const unsigned char *to, long code) {
    if (code == '\t')
        text_append_char(out, ' ');
    else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || text_is_bidi_control(code))
        text_append(out, REPLACEMENT);
    else
        text_append_bytes(out, (const char *)from, (size_t)(to - from));
}

static const char *paint(const struct renderer *r, const char *sequence) { return r->style->colour ? sequence : ""; }

/* The line of `diag` and the carets below it. */
static void append_source(struct renderer *r, const struct diag *diag) {
    const char *end = NULL, *start = find_line(r, diag->place, &end);
    if (!start || !diag->place.column)
        return;
    const unsigned char *cursor = (const unsigned char *)start, *limit = (const unsigned char *)end;
    if (diag->place.line == 1 && end - start >= 3 && !memcmp(start, "\xEF\xBB\xBF", 3))
        cursor += 3;
    uint32_t from = 1, column = 1;
    if (diag->place.column > WINDOW - BEFORE_CARET)
        from = diag->place.column - BEFORE_CARET;
    int gutter = diag->place.line > 99999 ? 10 : 5;
    text_printf(r->out, "%*u | %s", gutter, diag->place.line, from > 1 ? "..." : "");
    for (long code; cursor < limit && column < from + WINDOW; column++) {
        const unsigned char *next = text_next_code_point(cursor, limit, &code);
        if (column >= from)
            append_code_point(r->out, cursor, next, code);
        cursor = next;
    }
    text_append(r->out, cursor < limit ? "...\n" : "\n");
    /* A place just past the end of the line is right; the tildes end with the line. */
    uint32_t span = diag->span;
    if (diag->place.column + span > column)
        span = column > diag->place.column ? column - diag->place.column : 1;
    text_printf(r->out, "%*s | ", gutter, "");
    text_append_repeated(r->out, ' ', diag->place.column - from + (from > 1 ? 3 : 0));
    text_append(r->out, paint(r, "\033[1;32m"));
    text_append_char(r->out, '^');
    text_append_repeated(r->out, '~', span - 1);
    text_printf(r->out, "%s\n", paint(r, "\033[0m"));
}

static void append_head(struct renderer *r, struct place place, const char *colour, const char *word,
                        const char *message) {
    text_printf(r->out, "%s%s:%u:%u: %s%s:%s %s", paint(r, "\033[1m"), place.file, place.line, place.column,
                paint(r, colour), word, paint(r, "\033[0m"), message);
}

static void render_one(struct renderer *r, const struct diag *diag) {
    bool error = diag->level == DIAG_ERROR;
    append_head(r, diag->place, error ? "\033[31m" : "\033[35m", error ? "error" : "warning", diag->message);
    text_printf(r->out, " [%s]\n", diag->rule->id);
    append_source(r, diag);
    for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
        bool help = remark->kind == DIAG_HELP;
        append_head(r, remark->place, help ? "\033[32m" : "\033[36m", help ? "help" : "note", remark->message);
        text_append_char(r->out, '\n');
    }
}

void diag_render(struct diag_list *list, const struct diag_style *style, struct text *out) {
    size_t n = 0, n_shown = 0, n_hidden = list->n_dropped;
    struct diag **sorted = diag_sort(list, &n);
    struct renderer r = {.list = list, .style = style, .out = out};
    for (size_t i = 0; i < n; i++) {
        bool error = sorted[i]->level == DIAG_ERROR;
        if (style->max_errors && n_shown == style->max_errors) {
            n_hidden += error;
            continue;
        }
        render_one(&r, sorted[i]);
        n_shown += error;
    }
    if (n_hidden)
        text_printf(out, "%zu more error%s not shown%s\n", n_hidden, n_hidden == 1 ? "" : "s",
                    list->n_dropped ? "" : " (--max-errors 0 shows all)");
    list->failed |= out->failed;
}
