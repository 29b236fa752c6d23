/* SPDX-License-Identifier: MIT
 *
 * The parser's driver: feeds the grammar, and gets over errors.
 *
 * A token that does not fit is reported once. If only a semicolon is missing at the end of a line, the driver puts it
 * in. Otherwise, and where the lexer has lost something, it skips: inside a block to the end of the segment, elsewhere
 * to the end of the declaration, where braces count and a declaration's keyword at the start of a line, no further
 * right than the one that failed, begins a new one. Then it pops the grammar's stack and feeds a SKIPPED token, which
 * marks the block or stands for the declaration.
 */
#include "parse.h"

#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include "grammar.h"
#include "parser.h"
#include "text.h"

/* One order in tokens.h and grammar.y; these three never reach the grammar. */
enum { GRAMMAR_RESERVED = TOKEN_RESERVED, GRAMMAR_DOC = TOKEN_DOC, GRAMMAR_COMMENT = TOKEN_COMMENT };
#define X(kind, text, sort) _Static_assert((int)TOKEN_##kind == (int)GRAMMAR_##kind, "the order of " #kind);
TOKENS(X)
#undef X

struct fed {
    struct token token;
    enum token_kind kind;
    bool was_bad;  /* the lexer has complained of it */
    bool was_lost; /* and it is not, or not all of, what was meant */
};

struct driver {
    struct parser parser;
    struct lexer lexer;
    void *grammar;
    struct fed current;
    bool put_back;        /* current is to be read again */
    uint32_t line_before; /* of the last token before current */
    bool bad_before;
};

static void append_doc(struct driver *driver, struct text *doc, struct token token) {
    const char *bytes = driver->parser.source->bytes + token.offset + 3; /* after the slashes */
    size_t size = token.length - 3;
    if (size && *bytes == ' ') {
        bytes++;
        size--;
    }
    while (size && strchr(" \t\r", bytes[size - 1]))
        size--;
    if (doc->data)
        text_append_char(doc, '\n');
    text_append_bytes(doc, bytes, size);
}

/* Moves to the next token that is not a doc comment; doc comments are kept for whoever begins with it. */
static void advance(struct driver *driver) {
    struct parser *parser = &driver->parser;
    struct fed *current = &driver->current;
    if (driver->put_back) {
        driver->put_back = false;
        return;
    }
    struct text doc;
    text_init_in(&doc, parser->arena);
    driver->line_before = current->token.line;
    driver->bad_before = current->was_bad;
    bool bad = false, lost = false;
    for (;;) {
        current->kind = lexer_next(&driver->lexer, &current->token);
        bad |= driver->lexer.was_bad;
        lost |= driver->lexer.was_lost;
        if (current->kind != TOKEN_DOC)
            break;
        append_doc(driver, &doc, current->token);
    }
    current->was_bad = bad;
    current->was_lost = lost;
    if (doc.data) {
        struct doc *kept = ARENA_NEW(parser->arena, struct doc);
        *kept = (struct doc){doc.data, current->token.line, current->token.column, parser->docs};
        parser->docs = kept;
    }
}

/* Gives one token to the grammar; false if it had no use for it. */
static bool feed(struct driver *driver, enum token_kind kind, struct token token) {
    struct parser *parser = &driver->parser;
    parser->rejected = false;
    grammar_(driver->grammar, (int)kind, token);
    if (parser->rejected)
        return false;
    bool ends = kind == TOKEN_SEMI || kind == TOKEN_RBRACE;
    if (kind == TOKEN_LBRACE)
        parser->depth++;
    else if (kind == TOKEN_RBRACE)
        parser->depth--;
    if (kind == TOKEN_SKIPPED_DECLARATION || (ends && parser->depth == 0)) {
        parser->declaration_kind = TOKEN_END;
    } else if (parser->declaration_kind == TOKEN_END) {
        parser->declaration_kind = kind;
        parser->declaration_token = token;
        parser->declaration_name = (struct token){0};
    } else if (!parser->declaration_name.length && token_is_word(kind)) {
        parser->declaration_name = token;
    }
    parser->previous_kind = kind;
    parser->earlier = parser->previous;
    parser->previous = token;
    return true;
}

static bool feed_mark(struct driver *driver, enum token_kind kind) {
    struct token token = driver->current.token;
    token.length = 0;
    return feed(driver, kind, token);
}

static bool first_on_line(const struct driver *driver) { return driver->current.token.line > driver->line_before; }

/* Does a declaration begin here, whatever is still open? */
static bool begins_declaration(const struct driver *driver) {
    return token_is_declaration(driver->current.kind) && first_on_line(driver) &&
           driver->current.token.column <= driver->parser.declaration_token.column;
}

static void pop_until_accepted(struct driver *driver, enum token_kind kind) {
    while (!grammar_accepts(driver->grammar, kind) && grammar_pop(driver->grammar))
        ;
}

/* Steps over a token of what failed. Behind the last one, and on further lines, stray characters are told again. */
static void skip_token(struct driver *driver, bool is_last) {
    driver->lexer.quiet_line = is_last ? 0 : driver->current.token.line;
    advance(driver);
    driver->lexer.quiet_line = 0;
}

/* What stands behind the end, on its line, and begins nothing: the rest of what failed. */
static bool is_left_over(const struct driver *driver, enum token_kind end) {
    enum token_kind kind = driver->current.kind;
    if (first_on_line(driver))
        return false;
    if (end == TOKEN_RBRACE)
        return kind == TOKEN_SEMI;
    return !token_is_word(kind) && kind != TOKEN_WILD && kind != TOKEN_STATIC && kind != TOKEN_RESERVED &&
           kind != TOKEN_RBRACE && kind != TOKEN_END;
}

/* current is in the declaration that failed, `open` braces deep; ends on the token after it. */
static void skip_declaration(struct driver *driver, uint32_t open) {
    struct parser *parser = &driver->parser;
    if (parser->declaration_kind == TOKEN_END) { /* not even its first word was right */
        parser->declaration_kind = driver->current.kind;
        parser->declaration_token = driver->current.token;
        parser->declaration_name = (struct token){0};
        if (driver->current.kind == TOKEN_SEMI || driver->current.kind == TOKEN_RBRACE) {
            parser->declaration_kind = TOKEN_END;
            return; /* a stray one: nothing is missing */
        }
    }
    enum token_kind first = parser->declaration_kind;
    bool has_block = first == TOKEN_TAGS || first == TOKEN_ROOT || first == TOKEN_ENUM;
    while (driver->current.kind != TOKEN_END && !begins_declaration(driver)) {
        enum token_kind kind = driver->current.kind;
        if (kind == TOKEN_LBRACE && !has_block && !open)
            parser->declaration_kind = TOKEN_LBRACE; /* of another one on the same line, whichever that was */
        if (kind == TOKEN_LBRACE)
            open++;
        else if (kind == TOKEN_RBRACE && open)
            open--;
        bool ends = open == 0 && (kind == TOKEN_RBRACE || kind == TOKEN_SEMI);
        skip_token(driver, ends);
        if (ends && !is_left_over(driver, kind))
            break;
    }
    build_skipped(parser);
    pop_until_accepted(driver, TOKEN_SKIPPED_DECLARATION);
    parser->depth = 0;
    feed_mark(driver, TOKEN_SKIPPED_DECLARATION);
    driver->put_back = true;
}

/* current is in a block's segment that failed; ends on the token after it. */
static void skip_item(struct driver *driver) {
    uint32_t open = 0;
    if (driver->current.kind == TOKEN_SEMI && grammar_accepts(driver->grammar, TOKEN_SKIPPED_ITEM))
        return; /* a stray one: nothing is missing */
    for (;;) {
        enum token_kind kind = driver->current.kind;
        if (kind == TOKEN_END || begins_declaration(driver)) {
            skip_declaration(driver, driver->parser.depth);
            return;
        }
        if (kind == TOKEN_RBRACE && open == 0)
            break; /* closes the block itself */
        if (kind == TOKEN_LBRACE)
            open++;
        else if (kind == TOKEN_RBRACE)
            open--;
        bool ends = open == 0 && (kind == TOKEN_RBRACE || kind == TOKEN_SEMI);
        skip_token(driver, ends);
        if (ends && !is_left_over(driver, kind))
            break;
    }
    pop_until_accepted(driver, TOKEN_SKIPPED_ITEM);
    feed_mark(driver, TOKEN_SKIPPED_ITEM);
    driver->put_back = true;
}

static void skip(struct driver *driver) {
    struct parser *parser = &driver->parser;
    if (parser->depth && (parser->declaration_kind == TOKEN_TAGS || parser->declaration_kind == TOKEN_ROOT))
        skip_item(driver);
    else
        skip_declaration(driver, parser->depth);
}

/* `profile: Static` without its semicolon takes the next line's name for a group, and only the colon tells. */
static bool mend_swallowed_name(struct driver *driver, struct fed before, bool before_was_first) {
    if (driver->current.kind != TOKEN_COLON || !before_was_first || !token_is_word(before.kind) ||
        !grammar_accepts(driver->grammar, TOKEN_SEMI))
        return false;
    report_missing_semi(&driver->parser, before.kind, before.token);
    grammar_pop(driver->grammar);
    return feed_mark(driver, TOKEN_SEMI) && feed(driver, before.kind, before.token) &&
           feed(driver, driver->current.kind, driver->current.token);
}

/* Where a line or a block ends and only the semicolon is missing, goes on as if it were there. */
static bool mend_semi(struct driver *driver) {
    enum token_kind kind = driver->current.kind;
    bool ends = first_on_line(driver) || kind == TOKEN_RBRACE || kind == TOKEN_END;
    if (!ends || !grammar_accepts(driver->grammar, TOKEN_SEMI))
        return false;
    bool was_block = driver->parser.depth > 0;
    if (!was_block && kind != TOKEN_END && !begins_declaration(driver))
        return false;
    report_missing_semi(&driver->parser, kind, driver->current.token);
    feed_mark(driver, TOKEN_SEMI);
    driver->put_back = true;
    return true;
}

/* `enum color { red, green, }` as it is allowed in C: goes on as if the last comma were not there. */
static bool mend_last_comma(struct driver *driver) {
    struct parser *parser = &driver->parser;
    if (driver->current.kind != TOKEN_RBRACE || parser->previous_kind != TOKEN_COMMA ||
        parser->declaration_kind != TOKEN_ENUM)
        return false;
    report_unexpected(parser, driver->grammar, driver->current.kind, driver->current.token);
    grammar_pop(driver->grammar);
    return feed(driver, driver->current.kind, driver->current.token);
}

/* A block without its closing brace takes the next declaration's keyword for a segment, and only what follows tells. */
static bool mend_open_block(struct driver *driver, struct fed before, bool before_was_first) {
    struct parser *parser = &driver->parser;
    bool in_block = parser->declaration_kind == TOKEN_TAGS || parser->declaration_kind == TOKEN_ROOT;
    if (!in_block || !parser->depth || !before_was_first || !token_is_declaration(before.kind) ||
        before.token.column > parser->declaration_token.column || !grammar_accepts(driver->grammar, TOKEN_COLON))
        return false;
    grammar_pop(driver->grammar);
    if (!grammar_accepts(driver->grammar, TOKEN_RBRACE)) { /* it was no segment: a wild's name */
        feed(driver, before.kind, before.token);
        return false;
    }
    if (!parser->quiet) {
        struct diag *diag = diag_add(parser->diags, T0106, build_place(parser, before.token), before.token.length,
                                     "expected '}' to close the block, found '%.*s'", (int)before.token.length,
                                     parser->source->bytes + before.token.offset);
        diag_note(parser->diags, diag, build_place(parser, parser->declaration_token),
                  "what is not closed begins here");
    }
    while (parser->depth && feed_mark(driver, TOKEN_RBRACE))
        ;
    driver->put_back = feed(driver, before.kind, before.token);
    return driver->put_back;
}

/* The words that are kept for later: as a name reported and taken, elsewhere reported and skipped. */
static bool take_reserved(struct driver *driver) {
    struct parser *parser = &driver->parser;
    struct fed *current = &driver->current;
    bool as_name = grammar_accepts(driver->grammar, TOKEN_NAME);
    struct diag *diag = diag_add(parser->diags, T0108, build_place(parser, current->token), current->token.length,
                                 "'%.*s' is reserved for a later version of the language", (int)current->token.length,
                                 parser->source->bytes + current->token.offset);
    diag_help(parser->diags, diag, as_name ? "choose another name" : "this version has no such declaration or clause");
    if (!as_name) {
        skip(driver);
        return false;
    }
    current->kind = TOKEN_NAME;
    return true;
}

static void refuse_depth(struct driver *driver) {
    struct parser *parser = &driver->parser;
    diag_add(parser->diags, T0107, build_place(parser, driver->current.token), 1,
             "blocks are nested more than %d deep here", (int)PARSER_MAX_DEPTH);
    skip_declaration(driver, parser->depth);
}

static void parse_all(struct driver *driver) {
    struct parser *parser = &driver->parser;
    struct fed before = {0};
    bool before_was_first = false;
    for (;;) {
        advance(driver);
        struct fed *current = &driver->current;
        bool is_first = first_on_line(driver);
        parser->quiet = current->was_bad || driver->bad_before;
        if (current->was_lost && parser->declaration_kind != TOKEN_END) {
            current->was_lost = false;
            skip(driver);
            continue;
        }
        if (current->kind == TOKEN_RESERVED && !take_reserved(driver))
            continue;
        if (current->kind == TOKEN_LBRACE && parser->depth == PARSER_MAX_DEPTH) {
            refuse_depth(driver);
            continue;
        }
        if (!feed(driver, current->kind, current->token) && !mend_swallowed_name(driver, before, before_was_first) &&
            !mend_open_block(driver, before, before_was_first) && !mend_last_comma(driver) && !mend_semi(driver)) {
            bool leftover = current->kind == TOKEN_RBRACE && parser->previous_kind == TOKEN_SKIPPED_DECLARATION;
            if (!leftover) /* else the end of a block whose beginning was not understood */
                report_unexpected(parser, driver->grammar, current->kind, current->token);
            skip(driver);
            continue;
        }
        before = *current;
        before_was_first = is_first;
        if (current->kind == TOKEN_END && !driver->put_back)
            return;
    }
}

struct ast_file *parse_file(struct arena *arena, struct intern *intern, struct diag_list *diags,
                            const struct source *source) {
    alignas(max_align_t) char grammar[GRAMMAR_SIZE];
    struct driver driver = {
        .parser = {.arena = arena, .intern = intern, .diags = diags, .source = source},
        .grammar = grammar,
    };
    driver.parser.file = ARENA_NEW(arena, struct ast_file);
    driver.parser.file->source = source;
    lexer_init(&driver.lexer, source, diags);
    grammar_Init(driver.grammar, &driver.parser);
    parse_all(&driver);
    return driver.parser.file;
}
