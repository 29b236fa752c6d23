/* SPDX-License-Identifier: MIT
 *
 * The messages of the parser: what could have stood here, in words. What is exact is which tokens fit (the grammar says
 * it); that thirty keywords which fit only as names are "a name", or eight clauses "a clause", is said here.
 */
#include <string.h>

#include "parser.h"
#include "remedies.h"
#include "suggest.h"
#include "text.h"

static const struct {
    const char *text;
    enum token_sort sort;
} table[TOKEN_N] = {[TOKEN_END] = {"the end of the file", SORT_OTHER},
#define X(kind, text, sort) [TOKEN_##kind] = {text, SORT_##sort},
                    TOKENS(X)
#undef X
};

bool token_is_word(enum token_kind kind) {
    return kind == TOKEN_NAME || table[kind].sort == SORT_DECLARATION || table[kind].sort == SORT_CLAUSE ||
           table[kind].sort == SORT_WORD;
}

bool token_is_declaration(enum token_kind kind) { return table[kind].sort == SORT_DECLARATION; }

static bool in_block(const struct parser *parser) {
    return parser->depth > 0 && parser->declaration_kind != TOKEN_ENUM;
}

/* What a name would be here. */
static const char *noun(const struct parser *parser) {
    switch (parser->previous_kind) {
    case TOKEN_COLON:
        return "a type";
    case TOKEN_ARROW:
        return "a type, 'struct NAME' or 'codec NAME'";
    case TOKEN_TAGGED:
    case TOKEN_INVALIDATES:
    case TOKEN_DOT:
        return "a segment";
    case TOKEN_WILD:
    case TOKEN_STATIC:
        return "a group";
    case TOKEN_RPAREN:
        return in_block(parser) ? "a group" : "a name";
    case TOKEN_LBRACE:
    case TOKEN_SEMI:
    case TOKEN_RBRACE:
    case TOKEN_SKIPPED_ITEM:
        return in_block(parser) ? "a segment" : "a name";
    default:
        return "a name";
    }
}

/* After what a semicolon is missing. */
static const char *before_semi(const struct parser *parser) {
    if (in_block(parser))
        return "the segment";
    switch (parser->declaration_kind) {
    case TOKEN_SCHEMA:
        return "the schema's name";
    case TOKEN_INCLUDE:
    case TOKEN_IMPORT:
        return "the file name";
    case TOKEN_DEFAULT:
        return "the duration";
    case TOKEN_CACHED:
        return "the query";
    default:
        return "the mutation";
    }
}

static void append_found(const struct parser *parser, struct text *out, enum token_kind kind, struct token token) {
    if (kind == TOKEN_END) {
        text_append(out, table[kind].text);
        return;
    }
    bool long_one = token.length > 40;
    text_printf(out, "'%.*s%s'", long_one ? 37 : (int)token.length, parser->source->bytes + token.offset,
                long_one ? "..." : "");
}

/* The alternatives, as they will be listed. */
struct alternatives {
    const char *words[TOKEN_N + 3];
    bool quoted[TOKEN_N + 3];
    size_t n;
};

static void add(struct alternatives *list, const char *words, bool quoted) {
    list->words[list->n] = words;
    list->quoted[list->n++] = quoted;
}

static void list_alternatives(const struct parser *parser, const bool *fits, struct alternatives *list) {
    bool name = fits[TOKEN_NAME];
    if (fits[TOKEN_SEMI])
        add(list, ";", true);
    if (name)
        add(list, noun(parser), false);
    if (fits[TOKEN_TAGS] && !name)
        add(list, "a declaration", false);
    if (fits[TOKEN_JITTER] && !name)
        add(list, "a clause", false);
    for (int i = TOKEN_NAME + 1; i < TOKEN_N; i++) {
        enum token_sort sort = table[i].sort;
        if (!fits[i] || i == TOKEN_SEMI || sort == SORT_INNER || (name && token_is_word((enum token_kind)i)))
            continue;
        if ((fits[TOKEN_TAGS] && sort == SORT_DECLARATION) || (fits[TOKEN_JITTER] && sort == SORT_CLAUSE))
            continue;
        add(list, table[i].text, sort != SORT_OTHER);
    }
    if (fits[TOKEN_END] && !fits[TOKEN_TAGS])
        add(list, table[TOKEN_END].text, false);
}

static void append_alternatives(const struct alternatives *list, struct text *out) {
    for (size_t i = 0; i < list->n; i++) {
        const char *quote = list->quoted[i] ? "'" : "";
        text_printf(out, "%s%s%s%s", i == 0 ? "" : i + 1 < list->n ? ", " : " or ", quote, list->words[i], quote);
    }
}

static bool suggest_keyword(struct parser *parser, struct diag *diag, const bool *fits, struct token token) {
    char found[LEXER_MAX_NAME + 1] = "";
    if (!diag || token.length > LEXER_MAX_NAME || fits[TOKEN_NAME])
        return false;
    memcpy(found, parser->source->bytes + token.offset, token.length);
    struct suggestion suggestion = suggest_for(found);
    for (int i = 1; i < TOKEN_N; i++)
        if (fits[i] && (token_is_word((enum token_kind)i) || table[i].sort == SORT_KEYWORD))
            suggest_offer(&suggestion, table[i].text);
    if (suggest_best(&suggestion))
        diag_did_you_mean(parser->diags, diag, suggest_best(&suggestion));
    return suggest_best(&suggestion) != NULL;
}

void report_unexpected(struct parser *parser, const void *grammar, enum token_kind kind, struct token token) {
    bool fits[TOKEN_N];
    if (parser->quiet || diag_only_counted(parser->diags, T0106))
        return;
    for (int i = 0; i < TOKEN_N; i++)
        fits[i] = i < TOKEN_SKIPPED_ITEM && grammar_accepts(grammar, (enum token_kind)i);
    struct alternatives list = {.n = 0};
    list_alternatives(parser, fits, &list);
    struct text message;
    text_init_in(&message, parser->arena);
    text_append(&message, "expected ");
    append_alternatives(&list, &message);
    if (list.n == 1 && fits[TOKEN_SEMI]) {
        text_printf(&message, " after %s", before_semi(parser));
    } else if (parser->declaration_kind != TOKEN_END && parser->previous.length) {
        text_append(&message, " after ");
        append_found(parser, &message, parser->previous_kind, parser->previous);
    }
    text_append(&message, ", found ");
    append_found(parser, &message, kind, token);
    struct diag *diag =
        diag_add(parser->diags, T0106, build_place(parser, token), token.length, "%s", text_string(&message));
    if (remedy_for_token(parser, diag, fits, kind, token))
        return;
    bool meant = kind == TOKEN_NAME && suggest_keyword(parser, diag, fits, token);
    if (kind == TOKEN_NAME && !meant && fits[TOKEN_WILD] && fits[TOKEN_STATIC] && !fits[TOKEN_NAME])
        diag_help(parser->diags, diag, "if it is a group, write 'Static %.*s' or 'Wild(NAME: TYPE) %.*s'",
                  (int)token.length, parser->source->bytes + token.offset, (int)token.length,
                  parser->source->bytes + token.offset);
    if ((kind == TOKEN_WILD || kind == TOKEN_STATIC) && fits[TOKEN_NAME])
        diag_help(parser->diags, diag, "'Wild' and 'Static' are the two words that cannot be names");
}

/* Just after the last token that was taken before `token`, which may have been taken itself. */
static struct place end_before(const struct parser *parser, struct token token) {
    struct token last = parser->previous.offset == token.offset ? parser->earlier : parser->previous;
    struct place place = build_place(parser, last);
    for (uint32_t i = 0; i < last.length; i++)
        place.column += (parser->source->bytes[last.offset + i] & 0xC0) != 0x80;
    return place;
}

void report_missing_semi(struct parser *parser, enum token_kind kind, struct token token) {
    struct text found;
    if (parser->quiet || diag_only_counted(parser->diags, T0106))
        return;
    text_init_in(&found, parser->arena);
    append_found(parser, &found, kind, token);
    struct place place = end_before(parser, token);
    struct diag *diag = diag_add(parser->diags, T0106, place, 1, "expected ';' after %s, found %s", before_semi(parser),
                                 text_string(&found));
    diag_fix(parser->diags, diag, place, 0, ";");
}
