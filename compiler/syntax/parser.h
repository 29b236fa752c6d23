/* SPDX-License-Identifier: MIT
 *
 * What the files of the parser share, and nobody else includes: the driver (parse.c) feeds tokens to the grammar
 * (grammar.y), whose rules build the tree (ast_build.c); when a token does not fit, the driver asks what would have
 * (grammar_accepts), says so (expected.c), and mends the stack itself.
 */
#ifndef T87SC_PARSER_H
#define T87SC_PARSER_H

#include "arena.h"
#include "ast.h"
#include "diag.h"
#include "intern.h"
#include "lexer.h"

enum { PARSER_MAX_DEPTH = 32 }; /* of blocks; each takes six places on the grammar's stack of 256 */

struct doc {
    const char *text;
    uint32_t line, column; /* of the token that it stands before */
    struct doc *older;
};

struct parser {
    /* immutable */
    struct arena *arena;
    struct intern *intern;
    struct diag_list *diags;
    const struct source *source;
    /* the tree under construction */
    struct ast_file *file;
    struct doc *docs; /* newest first */
    struct ast_declaration *declaration;
    struct ast_spec *spec; /* the tag under construction, not yet in the declaration */
    /* what the driver knows of the place where it is */
    bool quiet;     /* the lexer has complained of this token or the one before: what does not fit follows from it */
    bool rejected;  /* the grammar had no use for the last token */
    uint32_t depth; /* open braces */
    enum token_kind declaration_kind; /* the first token of the declaration under way; TOKEN_END between two */
    struct token declaration_token, declaration_name;
    enum token_kind previous_kind;
    struct token previous, earlier; /* the last two that the grammar has taken */
};

/* grammar.y; a parser takes at most GRAMMAR_SIZE bytes, for as long as one file is parsed. */
enum { GRAMMAR_SIZE = 10 << 10 };
void grammar_Init(void *memory, struct parser *parser);
void grammar_(void *grammar, int kind, struct token token);
bool grammar_accepts(const void *grammar, enum token_kind kind);
bool grammar_pop(void *grammar);

/* ast_build.c: the grammar's actions, in the order of its rules. A declaration joins the file when it is finished. */
struct place build_place(const struct parser *parser, struct token token);
struct ast_name build_name(struct parser *parser, struct token token);
void build_head(struct parser *parser, enum ast_kind kind, struct token keyword, struct ast_name name);
void build_finish(struct parser *parser);
void build_file_name(struct parser *parser, enum ast_kind kind, struct token keyword, struct token file);
void build_default(struct parser *parser, enum ast_kind kind, struct token keyword, struct token duration);
void build_skipped(struct parser *parser);
void build_enum_item(struct parser *parser, struct ast_name name);
struct ast_item *build_static(struct parser *parser, struct ast_name name);
struct ast_item *build_wild(struct parser *parser, struct token keyword, const struct ast_wild *wild);
struct ast_item *build_named_wild(struct parser *parser, struct ast_name name, struct ast_item *wild);
void build_group(struct parser *parser, struct ast_item *item, struct ast_name group);
void build_append_item(struct ast_block *block, struct ast_item *item);
void build_param(struct parser *parser, struct ast_name name, struct ast_name type, bool is_key);
void build_value(struct parser *parser, enum ast_value_kind kind, struct ast_name name);
void build_clause(struct parser *parser, enum ast_clause_kind kind, struct token keyword, int64_t value);
int64_t build_duration(struct parser *parser, struct token duration);
int64_t build_percentage(struct parser *parser, struct token number);
int64_t build_version(struct parser *parser, struct token number);
void build_step(struct parser *parser, struct ast_name name);
void build_argument(struct parser *parser, struct ast_name name);
void build_spec(struct parser *parser);
void build_mark(struct parser *parser, struct token mark, bool exact);

/* expected.c */
bool token_is_word(enum token_kind kind);        /* may be a name */
bool token_is_declaration(enum token_kind kind); /* begins a declaration */
void report_unexpected(struct parser *parser, const void *grammar, enum token_kind kind, struct token token);
void report_missing_semi(struct parser *parser, enum token_kind kind, struct token token);

#endif
