/* SPDX-License-Identifier: MIT */
#include "format_law.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "lexer.h"

/* A token or comment, and how many tokens are before it. */
struct item {
    enum token_kind kind;
    const char *text;
    size_t size, n_before;
    bool is_alone; /* first on its line */
};

struct view {
    struct item *items;
    size_t n;
};

struct run {
    struct arena arena;
    struct source source;
    struct source_list sources;
    struct diag_list diags;
    struct text out;
    bool parses;
};

static void format(void *argument) {
    struct run *run = argument;
    run->parses = format_source(&run->arena, &run->diags, &run->source, &run->out);
}

/* The text of `bytes` in its layout, NULL when they do not parse; false without memory. */
static bool lay_out(const char *bytes, size_t size, char **laid_out) {
    struct run run = {.source = {.path = "input", .bytes = bytes, .size = size}};
    arena_init(&run.arena);
    run.sources = (struct source_list){.arena = &run.arena, .first = &run.source, .last = &run.source, .n = 1};
    diag_init(&run.diags, &run.arena, &run.sources);
    bool done = arena_run(&run.arena, format, &run) && !run.diags.failed;
    *laid_out = done && run.parses ? strdup(text_string(&run.out)) : NULL;
    done = done && (*laid_out || !run.parses) && run.parses == (run.diags.n_errors == 0);
    arena_free(&run.arena);
    return done;
}

static bool is_comment(const struct item *item) { return item->kind == TOKEN_COMMENT || item->kind == TOKEN_DOC; }

/* Of bytes that have been found to parse. */
static struct view view_of(const char *bytes, size_t size) {
    const struct source source = {.path = "input", .bytes = bytes, .size = size};
    struct view view = {.items = calloc(size + 1, sizeof *view.items)};
    struct arena arena;
    struct diag_list diags;
    struct lexer lexer;
    struct token token;
    size_t n_tokens = 0;
    uint32_t line = 0;
    arena_init(&arena);
    diag_init(&diags, &arena, NULL);
    lexer_init(&lexer, &source, &diags);
    lexer.wants_comments = true;
    for (enum token_kind kind; view.items && (kind = lexer_next(&lexer, &token)) != TOKEN_END; line = token.line) {
        struct item *item = &view.items[view.n++];
        *item = (struct item){kind, bytes + token.offset, token.length, n_tokens, token.line > line};
        n_tokens += !is_comment(item);
        while (is_comment(item) && strchr(" \t\r", item->text[item->size - 1]))
            item->size--;
    }
    arena_free(&arena);
    return view;
}

static const struct item *next(const struct view *view, size_t *at, bool comments) {
    while (*at < view->n && is_comment(&view->items[*at]) != comments)
        ++*at;
    return *at < view->n ? &view->items[(*at)++] : NULL;
}

static bool is_same(const struct item *a, const struct item *b) {
    return a->kind == b->kind && a->size == b->size && !memcmp(a->text, b->text, a->size);
}

/* The token that has `n` before it. */
static enum token_kind kind_at(const struct view *view, size_t n) {
    for (size_t i = n; i < view->n; i++)
        if (!is_comment(&view->items[i]) && view->items[i].n_before == n)
            return view->items[i].kind;
    return TOKEN_END;
}

static const char *compare_comment(const struct view *old, const struct item *a, const struct item *b) {
    if (!is_same(a, b))
        return "the comments are the same, in their order";
    if (a->is_alone && !b->is_alone)
        return "a comment on a line of its own stays on one";
    if (a->n_before == b->n_before)
        return NULL;
    enum token_kind passed = kind_at(old, a->n_before);
    bool may_pass =
        passed == TOKEN_COMMA || (a->kind == TOKEN_COMMENT && (passed == TOKEN_SEMI || passed == TOKEN_LBRACE));
    return a->n_before + 1 == b->n_before && may_pass ? NULL
                                                      : "a comment stays between the tokens that it stood between";
}

static const char *compare_views(const struct view *old, const struct view *new) {
    size_t i = 0, j = 0;
    for (;;) {
        const struct item *a = next(old, &i, false), *b = next(new, &j, false);
        if (!a != !b || (a && !is_same(a, b)))
            return "the tokens are the same, in their order";
        if (!a)
            break;
    }
    for (i = j = 0;;) {
        const struct item *a = next(old, &i, true), *b = next(new, &j, true);
        const char *broken = !a != !b ? "no comment is lost" : a ? compare_comment(old, a, b) : NULL;
        if (broken || !a)
            return broken;
    }
}

static const char *look_at(const char *text) {
    size_t size = strlen(text);
    if (strchr(text, '\r') || strstr(text, " \n") || strstr(text, "\t\n"))
        return "no line ends with a blank or a carriage return";
    if (strstr(text, "\n\n\n") || *text == '\n')
        return "at most one line is empty, and not the first";
    if (size && (text[size - 1] != '\n' || (size > 1 && text[size - 2] == '\n')))
        return "the last line is ended, and is not empty";
    return NULL;
}

const char *format_law(const char *bytes, size_t size, char **laid_out) {
    char *again = NULL;
    if (!lay_out(bytes, size, laid_out))
        return "a text that does not parse has diagnostics, one that does has none";
    if (!*laid_out)
        return NULL;
    const char *broken = look_at(*laid_out);
    struct view old = view_of(bytes, size), new = view_of(*laid_out, strlen(*laid_out));
    if (!broken)
        broken = old.items && new.items ? compare_views(&old, &new) : "there is memory";
    free(old.items);
    free(new.items);
    if (!lay_out(*laid_out, strlen(*laid_out), &again) || !again || strcmp(again, *laid_out) != 0)
        broken = broken ? broken : "a layout is its own layout";
    free(again);
    return broken;
}
