/* SPDX-License-Identifier: MIT */
#include "syntax_maker.h"

#include <check.h>
#include <string.h>

#include "golden.h"
#include "intern.h"
#include "parse.h"

void syntax_open(struct syntax *syntax, const char *bytes, size_t size) {
    *syntax = (struct syntax){.file = NULL};
    arena_init(&syntax->arena);
    syntax->source = (struct source){.path = "t", .bytes = bytes, .size = size};
    syntax->sources =
        (struct source_list){.arena = &syntax->arena, .first = &syntax->source, .last = &syntax->source, .n = 1};
    diag_init(&syntax->diags, &syntax->arena, &syntax->sources);
    text_init(&syntax->rendered);
}

void syntax_free(struct syntax *syntax) {
    text_free(&syntax->rendered);
    arena_free(&syntax->arena);
}

const char *syntax_tokens(struct syntax *syntax) {
    static const char *const texts[] = {
#define X(kind, text, sort) [TOKEN_##kind] = text,
        TOKENS(X)
#undef X
    };
    struct lexer lexer;
    struct token token;
    lexer_init(&lexer, &syntax->source, &syntax->diags);
    for (enum token_kind kind; (kind = lexer_next(&lexer, &token)) != TOKEN_END;)
        text_printf(&syntax->rendered, "%s%s:%u:%u", syntax->rendered.size ? " " : "", texts[kind], token.line,
                    token.column);
    return text_string(&syntax->rendered);
}

const char *syntax_diags(struct syntax *syntax) {
    size_t n = 0;
    struct diag **sorted = diag_sort(&syntax->diags, &n);
    text_free(&syntax->rendered);
    for (size_t i = 0; i < n; i++)
        text_printf(&syntax->rendered, "%s%u:%u %s", i ? ", " : "", sorted[i]->place.line, sorted[i]->place.column,
                    sorted[i]->rule->id);
    return text_string(&syntax->rendered);
}

static void parse(void *argument) {
    struct syntax *syntax = argument;
    struct intern intern;
    intern_init(&intern, &syntax->arena);
    syntax->file = parse_file(&syntax->arena, &intern, &syntax->diags, &syntax->source);
}

const char *syntax_parse(struct syntax *syntax) {
    ck_assert(arena_run(&syntax->arena, parse, syntax));
    return syntax_diags(syntax);
}

void expect_parse(const char *bytes, const char *diagnostics) {
    struct syntax syntax;
    syntax_open(&syntax, bytes, strlen(bytes));
    expect_same_text(bytes, diagnostics, syntax_parse(&syntax));
    syntax_free(&syntax);
}
