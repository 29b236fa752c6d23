/* SPDX-License-Identifier: MIT */
#include "pieces.h"

#include <string.h>

#include "diag.h"
#include "lexer.h"

enum { MAX_OPEN = 64 }; /* braces; the parser allows half as many */

/* The token without the blanks and the carriage return at the end of a comment. */
static uint32_t length_of(const struct source *source, struct token token) {
    while (token.length && strchr(" \t\r", source->bytes[token.offset + token.length - 1]))
        token.length--;
    return token.length;
}

static void start_lexer(struct lexer *lexer, const struct source *source, struct diag_list *diags) {
    lexer_init(lexer, source, diags);
    lexer->wants_comments = true;
}

/* Twice over the source: counting first takes less time than copying later, and a third of the memory. */
static void fill(struct arena *arena, const struct source *source, struct pieces *pieces) {
    struct diag_list none;
    struct lexer lexer;
    struct token token;
    diag_init(&none, arena, NULL);
    pieces->n = 1;
    for (start_lexer(&lexer, source, &none); lexer_next(&lexer, &token) != TOKEN_END;)
        pieces->n++;
    pieces->all = ARENA_ARRAY(arena, struct piece, pieces->n);
    start_lexer(&lexer, source, &none);
    uint32_t line = 0;
    for (size_t i = 0; i < pieces->n; i++) {
        enum token_kind kind = lexer_next(&lexer, &token);
        uint32_t below = token.line - line;
        line = token.line;
        pieces->all[i] = (struct piece){
            .offset = token.offset,
            .length = length_of(source, token),
            .kind = (uint8_t)kind,
            .start = below == 0             ? SAME_LINE
                     : below == 1 || i == 0 ? NEXT_LINE
                                            : AFTER_EMPTY_LINE,
        };
    }
}

bool piece_is_comment(const struct piece *piece) { return piece->kind == TOKEN_COMMENT || piece->kind == TOKEN_DOC; }

/* Does a declaration or segment begin behind all[i], a comment? */
static bool documents(const struct piece *all, size_t i) {
    if (i > 0 && all[i - 1].kind != TOKEN_SEMI && all[i - 1].kind != TOKEN_LBRACE && all[i - 1].kind != TOKEN_RBRACE)
        return false;
    while (piece_is_comment(&all[i]))
        i++;
    return all[i].kind != TOKEN_RBRACE && all[i].kind != TOKEN_END;
}

static void move_docs(struct pieces *pieces) {
    for (size_t i = 0; i < pieces->n; i++) {
        struct piece *piece = &pieces->all[i];
        if (piece->kind == TOKEN_DOC && piece->start == SAME_LINE && documents(pieces->all, i))
            piece->start = NEXT_LINE;
    }
}

static bool has_doc(const struct piece *all, size_t first, size_t end) {
    while (first < end && all[first].kind != TOKEN_DOC)
        first++;
    return first < end;
}

/* all[i] is a mark with the comments from all[gap] on before it. True if it went ahead of them, to all[gap]. */
static bool move_mark(struct piece *all, size_t gap, size_t i) {
    const struct piece mark = all[i];
    bool goes = mark.kind == TOKEN_COMMA || (mark.kind == TOKEN_LBRACE && !has_doc(all, gap, i));
    if (mark.kind == TOKEN_SEMI) {
        bool ends_line = i - gap == 1 && all[gap].kind == TOKEN_COMMENT && all[gap].start == SAME_LINE;
        bool has_own = piece_is_comment(&all[i + 1]) && all[i + 1].start == SAME_LINE;
        goes = ends_line && !has_own;
    }
    if (goes) {
        memmove(&all[gap + 1], &all[gap], (i - gap) * sizeof *all);
        all[gap] = mark;
    }
    return goes;
}

static void move_marks(struct pieces *pieces) {
    size_t gap = 0; /* where the comments before all[i] begin */
    for (size_t i = 0; i < pieces->n; i++)
        if (!piece_is_comment(&pieces->all[i]))
            gap = gap < i && move_mark(pieces->all, gap, i) ? gap + 1 : i + 1;
}

static void settle_starts(struct pieces *pieces) {
    struct piece *all = pieces->all;
    for (size_t i = 1; i < pieces->n; i++) {
        enum token_kind before = all[i - 1].kind;
        bool is_comment = piece_is_comment(&all[i]);
        if (all[i].start == AFTER_EMPTY_LINE && (before == TOKEN_LBRACE || (before == TOKEN_DOC && !is_comment)))
            all[i].start = NEXT_LINE;
        if (all[i].start == SAME_LINE && is_comment && piece_is_comment(&all[i - 1]))
            all[i].start = NEXT_LINE;
    }
}

static void find_partners(struct pieces *pieces) {
    uint32_t open[MAX_OPEN], n_open = 0;
    for (uint32_t i = 0; i < pieces->n; i++) {
        if (pieces->all[i].kind == TOKEN_LBRACE)
            open[n_open++] = i;
        else if (pieces->all[i].kind == TOKEN_RBRACE)
            pieces->all[open[--n_open]].partner = i;
    }
}

struct pieces pieces_read(struct arena *arena, const struct source *source) {
    struct pieces pieces = {.bytes = source->bytes};
    fill(arena, source, &pieces);
    move_docs(&pieces);
    move_marks(&pieces);
    settle_starts(&pieces);
    find_partners(&pieces);
    return pieces;
}
