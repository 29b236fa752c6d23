/* SPDX-License-Identifier: MIT
 *
 * The tokens of the language: TOKENS(X) gives X(kind, text, sort). The order is that of `%token` in grammar.y, which
 * parse.c asserts. Every WORD stays usable as a name; Wild and Static do not.
 */
#ifndef T87SC_TOKENS_H
#define T87SC_TOKENS_H

#include <stdint.h>

#define TOKENS(X)                                                                                 \
    X(NAME, "a name", OTHER)                                                                      \
    X(SCHEMA, "schema", DECLARATION)                                                              \
    X(INCLUDE, "include", DECLARATION)                                                            \
    X(IMPORT, "import", DECLARATION)                                                              \
    X(DEFAULT, "default", DECLARATION)                                                            \
    X(TAGS, "tags", DECLARATION)                                                                  \
    X(ROOT, "root", DECLARATION)                                                                  \
    X(ENUM, "enum", DECLARATION)                                                                  \
    X(CACHED, "cached", DECLARATION)                                                              \
    X(MUTATION, "mutation", DECLARATION)                                                          \
    X(TAGGED, "tagged", CLAUSE)                                                                   \
    X(TTL, "ttl", CLAUSE)                                                                         \
    X(GRACE, "grace", CLAUSE)                                                                     \
    X(NEGATIVE, "negative", CLAUSE)                                                               \
    X(JITTER, "jitter", CLAUSE)                                                                   \
    X(TIMEOUT, "timeout", CLAUSE)                                                                 \
    X(FLEET, "fleet", CLAUSE)                                                                     \
    X(VERIFY, "verify", CLAUSE)                                                                   \
    X(VERSION, "version", CLAUSE)                                                                 \
    X(INVALIDATES, "invalidates", WORD)                                                           \
    X(EXACT, "exact", WORD)                                                                       \
    X(SOFT, "soft", WORD)                                                                         \
    X(KEY, "key", WORD)                                                                           \
    X(STRUCT, "struct", WORD)                                                                     \
    X(CODEC, "codec", WORD)                                                                       \
    X(WILD, "Wild", KEYWORD)                                                                      \
    X(STATIC, "Static", KEYWORD)                                                                  \
    X(SEMI, ";", MARK)                                                                            \
    X(COLON, ":", MARK)                                                                           \
    X(COMMA, ",", MARK)                                                                           \
    X(DOT, ".", MARK)                                                                             \
    X(LPAREN, "(", MARK)                                                                          \
    X(RPAREN, ")", MARK)                                                                          \
    X(LBRACE, "{", MARK)                                                                          \
    X(RBRACE, "}", MARK)                                                                          \
    X(ARROW, "->", MARK)                                                                          \
    X(PERCENT, "%", MARK)                                                                         \
    X(INTEGER, "a whole number", OTHER)                                                           \
    X(DURATION, "a duration such as 30s", OTHER)                                                  \
    X(STRING, "a file name in quotes", OTHER)                                                     \
    X(ANGLED, "a file name in angle brackets", OTHER)                                             \
    X(SKIPPED_ITEM, "", INNER)            /* fed by parse.c in place of what it could not read */ \
    X(SKIPPED_DECLARATION, "", INNER)     /* the same */                                          \
    X(RESERVED, "a reserved word", INNER) /* from the lexer, never fed */                         \
    X(DOC, "a doc comment", INNER)        /* the same */                                          \
    X(COMMENT, "a comment", INNER)        /* the same, for who asks the lexer for it */

enum token_kind {
    TOKEN_END,
#define X(kind, text, sort) TOKEN_##kind,
    TOKENS(X)
#undef X
        TOKEN_N
};

/* DECLARATION, CLAUSE and WORD are keywords that may be names, KEYWORD those that may not. */
enum token_sort { SORT_OTHER, SORT_DECLARATION, SORT_CLAUSE, SORT_WORD, SORT_KEYWORD, SORT_MARK, SORT_INNER };

/* Where a token's bytes are; its kind travels beside it. */
struct token {
    uint32_t offset, length;
    uint32_t line, column;
};

_Static_assert(sizeof(struct token) == 16, "the parser copies tokens by value");

#endif
