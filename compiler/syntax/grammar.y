/* SPDX-License-Identifier: MIT
 *
 * The grammar. It has no error rules: when a token does not fit, the driver in parse.c takes it, pops the stack and feeds
 * one of the two SKIPPED tokens. Heads are rules of their own, so that a doc comment is found by their first token.
 */
%name grammar_
%token_prefix GRAMMAR_
%token_type {struct token}
%extra_context {struct parser *parser}
%stack_size 256
%token_destructor { (void)parser; (void)$$; }

%include {
#include <assert.h>
#include <stddef.h>

#include "parser.h"

#define YYNOERRORRECOVERY 1

void grammar_Finalize(void *grammar);
void *grammar_Alloc(void *(*allocate)(size_t), struct parser *parser);
void grammar_Free(void *grammar, void (*release)(void *));
int grammar_Fallback(int token);
void grammar_Trace(FILE *stream, char *prompt);
}

%syntax_error { (void)yymajor; (void)yyminor; parser->rejected = true; }
%stack_overflow { parser->rejected = true; }

/* The order of tokens.h. */
%token NAME SCHEMA INCLUDE IMPORT DEFAULT TAGS ROOT ENUM CACHED MUTATION.
%token TAGGED TTL GRACE NEGATIVE JITTER TIMEOUT FLEET VERIFY VERSION INVALIDATES EXACT SOFT KEY STRUCT CODEC.
%token WILD STATIC SEMI COLON COMMA DOT LPAREN RPAREN LBRACE RBRACE ARROW PERCENT.
%token INTEGER DURATION STRING ANGLED SKIPPED_ITEM SKIPPED_DECLARATION.

%type word {struct ast_name}
%type plain_word {struct ast_name}
%type block {struct ast_block *}
%type items {struct ast_block *}
%type item {struct ast_item *}
%type item_head {struct ast_item *}
%type wild {struct ast_item *}

file ::= declarations.
declarations ::= .
declarations ::= declarations declaration.
declarations ::= declarations SKIPPED_DECLARATION.

declaration ::= schema_head SEMI. { build_finish(parser); }
declaration ::= INCLUDE(K) STRING(F) SEMI. { build_file_name(parser, AST_INCLUDE, K, F); }
declaration ::= INCLUDE(K) ANGLED(F) SEMI. { build_file_name(parser, AST_INCLUDE, K, F); }
declaration ::= IMPORT(K) STRING(F) SEMI. { build_file_name(parser, AST_IMPORT, K, F); }
declaration ::= DEFAULT(K) TTL DURATION(D) SEMI. { build_default(parser, AST_DEFAULT_TTL, K, D); }
declaration ::= DEFAULT(K) GRACE DURATION(D) SEMI. { build_default(parser, AST_DEFAULT_GRACE, K, D); }
declaration ::= enum_head LBRACE enum_items RBRACE. { build_finish(parser); }
declaration ::= block_head block(B). { parser->declaration->block = B; build_finish(parser); }
declaration ::= query_head LPAREN params RPAREN ARROW value clauses SEMI. { build_finish(parser); }
declaration ::= mutation_head LPAREN params RPAREN effects SEMI. { build_finish(parser); }

schema_head ::= SCHEMA(K) word(N). { build_head(parser, AST_SCHEMA, K, N); }
enum_head ::= ENUM(K) word(N). { build_head(parser, AST_ENUM, K, N); }
block_head ::= TAGS(K) word(N). { build_head(parser, AST_TAGS, K, N); }
block_head ::= ROOT(K). { build_head(parser, AST_ROOT, K, (struct ast_name){0}); }
query_head ::= CACHED(K) word(N). { build_head(parser, AST_CACHED, K, N); }
mutation_head ::= MUTATION(K) word(N). { build_head(parser, AST_MUTATION, K, N); }

enum_items ::= word(N). { build_enum_item(parser, N); }
enum_items ::= enum_items COMMA word(N). { build_enum_item(parser, N); }

block(A) ::= LBRACE items(B) RBRACE. { A = B; }
items(A) ::= . { A = ARENA_NEW(parser->arena, struct ast_block); }
items(A) ::= items(A) item(I). { build_append_item(A, I); }
items(A) ::= items(A) SKIPPED_ITEM. { A->broken = true; }
item(A) ::= item_head(A) SEMI.
item(A) ::= item_head(A) word(G) SEMI. { build_group(parser, A, G); }
item(A) ::= item_head(A) block(B). { A->block = B; }
item_head(A) ::= word(N) COLON STATIC. { A = build_static(parser, N); }
item_head(A) ::= word(N) COLON wild(W). { A = build_named_wild(parser, N, W); }
item_head(A) ::= wild(A).
wild(A) ::= WILD(K). { A = build_wild(parser, K, NULL); }
wild(A) ::= WILD(K) LPAREN word(N) COLON word(T) RPAREN. {
    A = build_wild(parser, K, &(struct ast_wild){N, T});
}

params ::= .
params ::= param_list.
param_list ::= param.
param_list ::= param_list COMMA param.
param ::= word(N) COLON word(T). { build_param(parser, N, T, false); }
param ::= KEY word(N) COLON word(T). { build_param(parser, N, T, true); }

value ::= plain_word(N). { build_value(parser, AST_VALUE_TYPE, N); }
value ::= STRUCT word(N). { build_value(parser, AST_VALUE_STRUCT, N); }
value ::= CODEC word(N). { build_value(parser, AST_VALUE_CODEC, N); }

clauses ::= .
clauses ::= clauses clause.
clause ::= tagged specs.
tagged ::= TAGGED(K). { build_clause(parser, CLAUSE_TAGGED, K, 0); }
clause ::= TTL(K) DURATION(D). { build_clause(parser, CLAUSE_TTL, K, build_duration(parser, D)); }
clause ::= GRACE(K) DURATION(D). { build_clause(parser, CLAUSE_GRACE, K, build_duration(parser, D)); }
clause ::= NEGATIVE(K) DURATION(D). { build_clause(parser, CLAUSE_NEGATIVE, K, build_duration(parser, D)); }
clause ::= TIMEOUT(K) DURATION(D). { build_clause(parser, CLAUSE_TIMEOUT, K, build_duration(parser, D)); }
clause ::= FLEET(K). { build_clause(parser, CLAUSE_FLEET, K, AST_WORD_ALONE); }
clause ::= FLEET(K) DURATION(D). { build_clause(parser, CLAUSE_FLEET, K, build_duration(parser, D)); }
clause ::= JITTER(K) INTEGER(N) PERCENT. { build_clause(parser, CLAUSE_JITTER, K, build_percentage(parser, N)); }
clause ::= VERIFY(K) INTEGER(N) PERCENT. { build_clause(parser, CLAUSE_VERIFY, K, build_percentage(parser, N)); }
clause ::= VERSION(K) INTEGER(N). { build_clause(parser, CLAUSE_VERSION, K, build_version(parser, N)); }

specs ::= spec. { build_spec(parser); }
specs ::= specs COMMA spec. { build_spec(parser); }

effects ::= .
effects ::= effects effect.
effect ::= invalidates targets.
invalidates ::= INVALIDATES(K). { build_clause(parser, CLAUSE_INVALIDATES, K, 0); }
targets ::= target. { build_spec(parser); }
targets ::= targets COMMA target. { build_spec(parser); }
target ::= spec.
target ::= target EXACT(K). { build_mark(parser, K, true); }
target ::= target SOFT(K). { build_mark(parser, K, false); }

spec ::= step.
spec ::= spec DOT step.
step ::= step_name.
step ::= step_name LPAREN RPAREN. { parser->spec->last->brackets = true; }
step ::= step_name LPAREN arguments RPAREN. { parser->spec->last->brackets = true; }
step_name ::= word(N). { build_step(parser, N); }
arguments ::= word(N). { build_argument(parser, N); }
arguments ::= arguments COMMA word(N). { build_argument(parser, N); }

word(A) ::= plain_word(A).
word(A) ::= STRUCT(T). { A = build_name(parser, T); }
word(A) ::= CODEC(T). { A = build_name(parser, T); }
plain_word(A) ::= NAME(T). { A = build_name(parser, T); }
plain_word(A) ::= SCHEMA(T). { A = build_name(parser, T); }
plain_word(A) ::= INCLUDE(T). { A = build_name(parser, T); }
plain_word(A) ::= IMPORT(T). { A = build_name(parser, T); }
plain_word(A) ::= DEFAULT(T). { A = build_name(parser, T); }
plain_word(A) ::= TAGS(T). { A = build_name(parser, T); }
plain_word(A) ::= ROOT(T). { A = build_name(parser, T); }
plain_word(A) ::= ENUM(T). { A = build_name(parser, T); }
plain_word(A) ::= CACHED(T). { A = build_name(parser, T); }
plain_word(A) ::= MUTATION(T). { A = build_name(parser, T); }
plain_word(A) ::= TAGGED(T). { A = build_name(parser, T); }
plain_word(A) ::= TTL(T). { A = build_name(parser, T); }
plain_word(A) ::= GRACE(T). { A = build_name(parser, T); }
plain_word(A) ::= NEGATIVE(T). { A = build_name(parser, T); }
plain_word(A) ::= JITTER(T). { A = build_name(parser, T); }
plain_word(A) ::= TIMEOUT(T). { A = build_name(parser, T); }
plain_word(A) ::= FLEET(T). { A = build_name(parser, T); }
plain_word(A) ::= VERIFY(T). { A = build_name(parser, T); }
plain_word(A) ::= VERSION(T). { A = build_name(parser, T); }
plain_word(A) ::= INVALIDATES(T). { A = build_name(parser, T); }
plain_word(A) ::= EXACT(T). { A = build_name(parser, T); }
plain_word(A) ::= SOFT(T). { A = build_name(parser, T); }
plain_word(A) ::= KEY(T). { A = build_name(parser, T); }

%code {
_Static_assert(sizeof(yyParser) <= GRAMMAR_SIZE, "room for a parser");

/* Would the grammar shift this token now? Walks a copy of the stack's states through the reductions that the token asks
 * for. Used only after an error, when it has to be exact: some reductions are common to tokens that do not fit. */
bool grammar_accepts(const void *grammar, enum token_kind kind) {
    const yyParser *self = grammar;
    YYACTIONTYPE states[YYSTACKDEPTH + 1];
    int top = (int)(self->yytos - self->yystack);
    for (int i = 0; i <= top; i++)
        states[i] = self->yystack[i].stateno;
    for (;;) {
        YYACTIONTYPE action = yy_find_shift_action((YYCODETYPE)kind, states[top]);
        if (action < YY_MIN_REDUCE)
            return action <= YY_MAX_SHIFTREDUCE || action == YY_ACCEPT_ACTION;
        unsigned rule = (unsigned)action - YY_MIN_REDUCE;
        top += yyRuleInfoNRhs[rule];
        YYACTIONTYPE next = yy_find_reduce_action(states[top], yyRuleInfoLhs[rule]);
        if (next == YY_ACCEPT_ACTION)
            return true;
        if (top == YYSTACKDEPTH)
            return false;
        states[++top] = next;
    }
}

/* Takes the top of the stack away, so that the parser is back at what came before it; false at the bottom. */
bool grammar_pop(void *grammar) {
    yyParser *self = grammar;
    if (self->yytos == self->yystack)
        return false;
    yy_pop_parser_stack(self);
    return true;
}
}
