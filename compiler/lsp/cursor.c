/* SPDX-License-Identifier: MIT */
#include "cursor.h"

#include <stdlib.h>
#include <string.h>

#include "scan.h"

struct lexeme {
    enum token_kind kind;
    struct token token;
};

/* The tokens of the declaration under way; of a block its first one, and those after the last segment. */
struct tokens {
    struct lexeme *all;
    size_t n, capacity;
    uint32_t depth; /* of braces */
};

bool word_is(struct word word, const char *name) {
    return strlen(name) == word.size && !memcmp(word.bytes, name, word.size);
}

static struct word word_of(const struct document *document, struct token token) {
    return (struct word){document->bytes + token.offset, token.length};
}

/* ---- the tokens before the cursor ---- */

static bool begins_declaration(const struct tokens *tokens, const struct lexeme *next, uint32_t line_before) {
    return tokens->n && scan_is_declaration(next->kind) && next->token.line > line_before &&
           next->token.column <= tokens->all[0].token.column;
}

static bool push(struct tokens *tokens, struct lexeme next) {
    if (tokens->n == tokens->capacity) {
        size_t capacity = tokens->capacity * 2 + 64;
        struct lexeme *all = realloc(tokens->all, capacity * sizeof *all);
        if (!all)
            return false;
        tokens->all = all;
        tokens->capacity = capacity;
    }
    tokens->all[tokens->n++] = next;
    bool opens = next.kind == TOKEN_LBRACE, closes = next.kind == TOKEN_RBRACE, ends = next.kind == TOKEN_SEMI;
    tokens->depth += opens;
    tokens->depth -= closes && tokens->depth;
    if ((closes || ends) && !tokens->depth)
        tokens->n = 0;
    else if (opens || closes || ends)
        tokens->n = 1;
    return true;
}

/* Those before the offset, but for the word that it is in or behind. False when there is no memory. */
static bool collect(struct tokens *tokens, struct cursor *cursor, const struct document *document, size_t offset,
                    struct scan *scan) {
    struct lexeme next;
    uint32_t line_before = 0;
    scan->lexer.wants_comments = true;
    for (;;) {
        next.kind = scan_next(scan, &next.token);
        size_t end = (size_t)next.token.offset + next.token.length;
        if (next.kind == TOKEN_END || next.token.offset >= offset)
            return true;
        if (next.kind == TOKEN_DOC || next.kind == TOKEN_COMMENT) {
            if (end >= offset)
                cursor->place = CURSOR_ELSEWHERE;
            continue;
        }
        if (begins_declaration(tokens, &next, line_before))
            tokens->n = tokens->depth = 0;
        bool is_word = scan_is_word(next.kind) || next.kind == TOKEN_WILD || next.kind == TOKEN_STATIC;
        if (is_word && end >= offset) {
            cursor->prefix = (struct word){document->bytes + next.token.offset, offset - next.token.offset};
            cursor->rest = end - offset;
            cursor->has_brackets = document->bytes[end] == '(';
            return true;
        }
        bool is_in_string = next.kind == TOKEN_STRING && end > offset;
        if ((end > offset && !is_in_string) ||
            (end == offset && (next.kind == TOKEN_INTEGER || next.kind == TOKEN_DURATION)))
            cursor->place = CURSOR_ELSEWHERE;
        line_before = next.token.line;
        if (!push(tokens, next))
            return false;
    }
}

/* ---- what they lead to ---- */

/* The quotes may not be closed yet. */
static enum cursor_place in_import(const struct tokens *tokens, const struct document *document, size_t offset,
                                   struct cursor *cursor) {
    const char *at = document->bytes + tokens->all[0].token.offset + tokens->all[0].token.length;
    const char *end = document->bytes + offset;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    if (at == end || *at != '"' || memchr(at + 1, '"', (size_t)(end - at - 1)) || memchr(at, '\n', (size_t)(end - at)))
        return CURSOR_ELSEWHERE;
    const char *step = end;
    while (step[-1] != '"' && step[-1] != '/')
        step--;
    cursor->folder = (struct word){at + 1, (size_t)(step - at - 1)};
    cursor->prefix = (struct word){step, (size_t)(end - step)};
    size_t rest = strcspn(end, "\"/\r\n");
    cursor->rest = end[rest] == '"' ? rest : 0;
    return CURSOR_IMPORT;
}

static enum cursor_place in_block(const struct tokens *tokens) {
    enum token_kind last = tokens->all[tokens->n - 1].kind;
    if (!tokens->depth)
        return CURSOR_ELSEWHERE; /* the group's name */
    if (tokens->n == 1)
        return CURSOR_ITEM;
    if (last == TOKEN_COLON)
        return tokens->n == 3 ? CURSOR_SEGMENT_KIND : CURSOR_WILD_TYPE;
    if (last == TOKEN_STATIC || last == TOKEN_WILD || last == TOKEN_RPAREN)
        return CURSOR_GROUP;
    return CURSOR_ELSEWHERE;
}

/* A walk over the tokens of a query or mutation. */
struct walk {
    const struct tokens *tokens;
    const struct document *document;
    struct cursor *cursor;
    size_t at;
};

static enum token_kind kind_at(const struct walk *walk) {
    return walk->at < walk->tokens->n ? walk->tokens->all[walk->at].kind : TOKEN_END;
}

static struct word take_word(struct walk *walk) { return word_of(walk->document, walk->tokens->all[walk->at++].token); }

static bool take(struct walk *walk, enum token_kind kind) {
    bool is_it = kind_at(walk) == kind;
    walk->at += is_it;
    return is_it;
}

/* Each gives where the tokens end, or CURSOR_ELSEWHERE and walks on; `done` tells which. */
static enum cursor_place walk_params(struct walk *walk, bool *done) {
    struct cursor *cursor = walk->cursor;
    *done = true;
    while (!take(walk, TOKEN_RPAREN)) {
        if (kind_at(walk) == TOKEN_END)
            return CURSOR_PARAM;
        struct cursor_param param = {.is_key = false};
        bool key = kind_at(walk) == TOKEN_KEY;
        param.name = take_word(walk);
        if (key && scan_is_word(kind_at(walk))) {
            param.is_key = true;
            param.name = take_word(walk);
        }
        if (!take(walk, TOKEN_COLON))
            return CURSOR_ELSEWHERE;
        if (kind_at(walk) == TOKEN_END)
            return CURSOR_PARAM_TYPE;
        param.type = take_word(walk);
        if (cursor->n_params < MODEL_MAX_PARAMS)
            cursor->params[cursor->n_params++] = param;
        if (kind_at(walk) == TOKEN_END)
            return CURSOR_ELSEWHERE;
        take(walk, TOKEN_COMMA);
    }
    *done = false;
    return CURSOR_ELSEWHERE;
}

static enum cursor_place walk_value(struct walk *walk, bool *done) {
    *done = true;
    if (!take(walk, TOKEN_ARROW))
        return CURSOR_ELSEWHERE;
    if (kind_at(walk) == TOKEN_END)
        return CURSOR_VALUE;
    bool named = kind_at(walk) == TOKEN_STRUCT || kind_at(walk) == TOKEN_CODEC;
    walk->at++;
    if (named && kind_at(walk) == TOKEN_END)
        return CURSOR_STRUCT;
    walk->at += named;
    *done = false;
    return CURSOR_ELSEWHERE;
}

/* One tag of a list, up to what follows it. */
static enum cursor_place walk_tag(struct walk *walk, bool *done) {
    struct cursor *cursor = walk->cursor;
    cursor->n_steps = cursor->n_filled = 0;
    *done = true;
    do {
        if (kind_at(walk) == TOKEN_END)
            return CURSOR_STEP;
        struct cursor_step step = {.name = take_word(walk)};
        if (cursor->n_steps == MODEL_MAX_SEGMENTS)
            return CURSOR_ELSEWHERE;
        struct cursor_step *kept = &cursor->steps[cursor->n_steps++];
        *kept = step;
        if (!take(walk, TOKEN_LPAREN))
            continue;
        kept->brackets = true;
        while (!take(walk, TOKEN_RPAREN)) {
            if (kind_at(walk) == TOKEN_END)
                return CURSOR_ARGUMENT;
            struct word arg = take_word(walk);
            kept->n_args++;
            if (cursor->n_filled < MODEL_MAX_WILDS)
                cursor->filled[cursor->n_filled++] = arg;
            if (kind_at(walk) == TOKEN_END)
                return CURSOR_ELSEWHERE;
            take(walk, TOKEN_COMMA);
        }
    } while (take(walk, TOKEN_DOT));
    if (kind_at(walk) == TOKEN_END)
        return CURSOR_AFTER_TAG;
    *done = false;
    return CURSOR_ELSEWHERE;
}

static enum cursor_place walk_tags(struct walk *walk, bool *done) {
    do {
        enum cursor_place place = walk_tag(walk, done);
        if (*done)
            return place;
        while (walk->cursor->is_mutation && (take(walk, TOKEN_EXACT) || take(walk, TOKEN_SOFT)))
            ;
    } while (take(walk, TOKEN_COMMA));
    return CURSOR_ELSEWHERE;
}

static enum cursor_place in_function(struct walk *walk) {
    struct cursor *cursor = walk->cursor;
    bool done = false;
    cursor->is_mutation = kind_at(walk) == TOKEN_MUTATION;
    walk->at += 2; /* and the name */
    if (!take(walk, TOKEN_LPAREN))
        return CURSOR_ELSEWHERE;
    enum cursor_place place = walk_params(walk, &done);
    if (!done && !cursor->is_mutation)
        place = walk_value(walk, &done);
    while (!done && kind_at(walk) != TOKEN_END) {
        enum token_kind clause = kind_at(walk);
        struct word word = take_word(walk);
        if (cursor->n_clauses < CLAUSE_N)
            cursor->clauses[cursor->n_clauses++] = word;
        if (clause == TOKEN_TAGGED || clause == TOKEN_INVALIDATES)
            place = walk_tags(walk, &done);
        else if (kind_at(walk) == TOKEN_END && clause != TOKEN_FLEET) /* which may stand alone */
            return CURSOR_ELSEWHERE;                                  /* the clause's value */
        else if (take(walk, TOKEN_INTEGER))
            take(walk, TOKEN_PERCENT);
        else
            take(walk, TOKEN_DURATION);
    }
    return done ? place : cursor->is_mutation ? CURSOR_EFFECT : CURSOR_CLAUSE;
}

static enum cursor_place place_of(const struct tokens *tokens, const struct document *document, size_t offset,
                                  struct cursor *cursor) {
    if (!tokens->n)
        return CURSOR_DECLARATION;
    switch (tokens->all[0].kind) {
    case TOKEN_DEFAULT:
        return tokens->n == 1 ? CURSOR_DEFAULT : CURSOR_ELSEWHERE;
    case TOKEN_IMPORT:
        return in_import(tokens, document, offset, cursor);
    case TOKEN_TAGS:
    case TOKEN_ROOT:
        return in_block(tokens);
    case TOKEN_CACHED:
    case TOKEN_MUTATION:
        return in_function(&(struct walk){tokens, document, cursor, 0});
    default:
        return CURSOR_ELSEWHERE;
    }
}

bool cursor_find(struct cursor *cursor, const struct document *document, size_t offset) {
    struct tokens tokens = {0};
    struct scan scan;
    *cursor = (struct cursor){.place = CURSOR_DECLARATION, .prefix = {document->bytes + offset, 0}};
    scan_init(&scan, document);
    bool memory = collect(&tokens, cursor, document, offset, &scan);
    scan_free(&scan);
    if (memory && cursor->place == CURSOR_DECLARATION)
        cursor->place = place_of(&tokens, document, offset, cursor);
    free(tokens.all);
    return memory;
}
