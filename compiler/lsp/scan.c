/* SPDX-License-Identifier: MIT */
#include "scan.h"

static const enum token_sort sorts[TOKEN_N] = {
#define X(kind, text, sort) [TOKEN_##kind] = SORT_##sort,
    TOKENS(X)
#undef X
};

static void init(struct scan *scan, const char *path, const char *bytes, size_t size) {
    scan->source = (struct source){.path = path, .bytes = bytes, .size = size};
    arena_init(&scan->arena);
    diag_init(&scan->diags, &scan->arena, NULL);
    lexer_init(&scan->lexer, &scan->source, &scan->diags);
}

void scan_init(struct scan *scan, const struct document *document) {
    init(scan, document->path, document->bytes, document->size);
}

void scan_free(struct scan *scan) { arena_free(&scan->arena); }

enum token_kind scan_next(struct scan *scan, struct token *token) { return lexer_next(&scan->lexer, token); }

enum token_kind scan_token_at(const struct document *document, size_t offset, struct token *token) {
    struct scan scan;
    scan_init(&scan, document);
    enum token_kind kind = scan_next(&scan, token);
    while (kind != TOKEN_END && token->offset + token->length < offset)
        kind = scan_next(&scan, token);
    scan_free(&scan);
    return token->offset <= offset ? kind : TOKEN_END;
}

bool scan_is_one_word(const char *bytes, size_t size) {
    struct scan scan;
    struct token token;
    init(&scan, "", bytes, size);
    bool is_word = scan_is_word(scan_next(&scan, &token)) && token.offset == 0 && token.length == size;
    scan_free(&scan);
    return is_word;
}

bool scan_is_word(enum token_kind kind) {
    return kind == TOKEN_NAME || kind == TOKEN_RESERVED || scan_is_declaration(kind) || sorts[kind] == SORT_CLAUSE ||
           sorts[kind] == SORT_WORD;
}

bool scan_is_declaration(enum token_kind kind) { return sorts[kind] == SORT_DECLARATION; }
