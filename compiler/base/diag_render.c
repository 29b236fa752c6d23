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
 * UTF-8, bidirectional controls) becomes U+FFFD. Of a long line only the part around the caret is shown. The caret
 * stands where a terminal shows the code point: behind as many columns as those before it are wide.
 */
#include "diag.h"

#include <string.h>

#include "lines.h"

enum { WINDOW = 160, BEFORE_CARET = 60 };

struct renderer {
    struct diag_list *list;
    const struct diag_style *style;
    struct text *out;
    struct line_finder finder;
};

/* Gives its width. */
static size_t append_code_point(struct text *out, const unsigned char *from, const unsigned char *to, long code) {
    if (code == '\t') {
        text_append_char(out, ' ');
    } else if (code < 0x20 || (code >= 0x7F && code < 0xA0) || text_is_bidi_control(code)) {
        text_append(out, TEXT_REPLACEMENT);
    } else {
        text_append_bytes(out, (const char *)from, (size_t)(to - from));
        return text_width(code);
    }
    return 1;
}

/* What somebody has written in a schema. */
static void append_safe(struct text *out, const char *string) {
    const unsigned char *cursor = (const unsigned char *)string, *limit = cursor + strlen(string);
    for (long code; cursor < limit;) {
        const unsigned char *next = text_next_code_point(cursor, limit, &code);
        append_code_point(out, cursor, next, code);
        cursor = next;
    }
}

static const char *paint(const struct renderer *r, const char *sequence) { return r->style->colour ? sequence : ""; }

/* The line of `diag` and the carets below it. */
static void append_source(struct renderer *r, const struct diag *diag) {
    uint32_t from = 1, column;
    if (diag->place.column > WINDOW - BEFORE_CARET)
        from = diag->place.column - BEFORE_CARET;
    if (!diag->place.column || !line_seek(&r->finder, diag->place.file, diag->place.line, from))
        return;
    const unsigned char *cursor = r->finder.cursor, *limit = r->finder.limit;
    int gutter = diag->place.line > 99999 ? 10 : 5;
    text_printf(r->out, "%*u | %s", gutter, diag->place.line, from > 1 ? "..." : "");
    column = r->finder.column;
    size_t before = from > 1 ? 3 : 0, under = 0;
    for (long code; cursor < limit && column < from + WINDOW; column++) {
        const unsigned char *next = text_next_code_point(cursor, limit, &code);
        size_t width = append_code_point(r->out, cursor, next, code);
        if (column < diag->place.column)
            before += width;
        else if (column - diag->place.column < diag->span)
            under += width;
        cursor = next;
    }
    text_append(r->out, cursor < limit ? "...\n" : "\n");
    /* A place just past the end of the line is right; the tildes end with the line. */
    text_printf(r->out, "%*s | ", gutter, "");
    text_append_repeated(r->out, ' ', before);
    text_append(r->out, paint(r, "\033[1;32m"));
    text_append_char(r->out, '^');
    text_append_repeated(r->out, '~', under ? under - 1 : 0);
    text_printf(r->out, "%s\n", paint(r, "\033[0m"));
}

static void append_head(struct renderer *r, struct place place, const char *colour, const char *word,
                        const char *message) {
    text_printf(r->out, "%s%s:%u:%u: %s%s:%s %s", paint(r, "\033[1m"), place.file, place.line, place.column,
                paint(r, colour), word, paint(r, "\033[0m"), message);
}

static void render_one(struct renderer *r, const struct diag *diag) {
    static const char *const colours[] = {
        [DIAG_NOTICE] = "\033[36m", [DIAG_WARNING] = "\033[35m", [DIAG_ERROR] = "\033[31m"};
    append_head(r, diag->place, colours[diag->level], diag_level_name(diag->level), diag->message);
    text_printf(r->out, " [%s]\n", diag->rule->id);
    if (diag->allowed) { /* somebody has read it already */
        append_head(r, diag->allowed->place, "\033[36m", "note", "allowed here: ");
        append_safe(r->out, diag->allowed->reason);
        text_append_char(r->out, '\n');
        return;
    }
    append_source(r, diag);
    for (const struct diag_remark *remark = diag->remarks; remark; remark = remark->next) {
        bool help = remark->kind == DIAG_HELP;
        append_head(r, remark->place, help ? "\033[32m" : "\033[36m", help ? "help" : "note", remark->message);
        text_append_char(r->out, '\n');
    }
}

void diag_render_hidden(const struct diag_list *list, size_t n_hidden, struct text *out) {
    if (n_hidden)
        text_printf(out, "%zu more %s%s not shown%s\n", n_hidden, list->n_errors ? "error" : "warning",
                    n_hidden == 1 ? "" : "s", list->n_dropped ? "" : " (--max-errors 0 shows all)");
}

void diag_render(struct diag_list *list, const struct diag_style *style, struct text *out) {
    size_t n = 0, n_hidden = 0;
    struct diag **shown = diag_select(list, style->max_errors, &n, &n_hidden);
    struct renderer r = {.list = list, .style = style, .out = out};
    line_finder_init(&r.finder, list->sources);
    for (size_t i = 0; i < n; i++)
        render_one(&r, shown[i]);
    diag_render_hidden(list, n_hidden, out);
    list->failed |= out->failed;
}
