/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_SYNTAX_MAKER_H
#define T87S_TEST_SYNTAX_MAKER_H

#include "arena.h"
#include "ast.h"
#include "diag.h"
#include "lexer.h"

/* A schema in memory, lexed or parsed: one at a time, until syntax_free(). */
struct syntax {
    struct arena arena;
    struct source source; /* its path is "t" */
    struct source_list sources;
    struct diag_list diags;
    struct ast_file *file;
    struct text rendered; /* everything the tests below made of it */
};

void syntax_open(struct syntax *syntax, const char *bytes, size_t size);
void syntax_free(struct syntax *syntax);

/* "schema:1:1 a name:1:8 ;:1:9", one word for each token up to and without the end. */
const char *syntax_tokens(struct syntax *syntax);

/* Parses. "1:9 T0106, 3:1 T0203": the diagnostics in their order, "" for none. */
const char *syntax_parse(struct syntax *syntax);

/* The whole of a parse in one line: fails the test unless its diagnostics are these. */
void expect_parse(const char *bytes, const char *diagnostics);

/* "1:9 T0106, ...": those that are in the list. */
const char *syntax_diags(struct syntax *syntax);

#endif
