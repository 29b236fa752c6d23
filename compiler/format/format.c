/* SPDX-License-Identifier: MIT
 *
 * The walk over a schema that has been parsed: it knows the grammar, so it asks for nothing, and decides for each token
 * if it begins a line. put_here() goes on in the line, put_line() begins one; both first write the comments that stand
 * before the token, and a line that a comment has ended goes on one level deeper.
 *
 * Whether something fits is measured without its comments, at most to the widest line: the whole takes linear time.
 */
#include "format.h"

#include <string.h>

#include "intern.h"
#include "parse.h"
#include "pieces.h"
#include "tokens.h"

enum { INDENTATION = 4, JOINED = 72, WIDEST = 100, COMMENT_COLUMN = 44 };

struct layout {
    const struct piece *all;
    const char *bytes;
    size_t at; /* the next piece to write */
    struct text *out;
    size_t line_start; /* in out */
    size_t level;      /* of the line that the construct under way began with */
    bool is_full;      /* larger than a schema may be: nothing more is written */
};

/* Finding and measuring. Indices are those of tokens; comments between them are stepped over. */

static size_t token_from(const struct layout *l, size_t i) {
    while (piece_is_comment(&l->all[i]))
        i++;
    return i;
}

static size_t after(const struct layout *l, size_t i) { return token_from(l, i + 1); }

static enum token_kind next_kind(const struct layout *l) { return l->all[token_from(l, l->at)].kind; }

static size_t find(const struct layout *l, size_t i, enum token_kind kind) {
    while (l->all[i].kind != kind)
        i++;
    return i;
}

static bool has_comment(const struct layout *l, size_t first, size_t last) {
    while (first <= last && !piece_is_comment(&l->all[first]))
        first++;
    return first <= last;
}

static bool is_apart(enum token_kind before, enum token_kind kind) {
    switch (kind) {
    case TOKEN_SEMI:
    case TOKEN_COMMA:
    case TOKEN_COLON:
    case TOKEN_DOT:
    case TOKEN_PERCENT:
    case TOKEN_LPAREN:
    case TOKEN_RPAREN:
        return false;
    default:
        return before != TOKEN_LPAREN && before != TOKEN_DOT;
    }
}

/* Columns of the tokens first to last on one line, or any number above WIDEST. */
static size_t width(const struct layout *l, size_t first, size_t last) {
    size_t sum = 0;
    enum token_kind before = TOKEN_LPAREN;
    for (size_t i = first; i <= last && sum <= WIDEST; i = after(l, i)) {
        sum += l->all[i].length + is_apart(before, l->all[i].kind);
        before = l->all[i].kind;
    }
    return sum;
}

/* The last token of a line that would end with all[last]. */
static size_t with_semi(const struct layout *l, size_t last) { return last + (l->all[last + 1].kind == TOKEN_SEMI); }

/* Where the line under way ends, from 0. */
static size_t column(const struct layout *l) {
    size_t n = 0;
    for (size_t i = l->line_start; i < l->out->size; i++)
        n += (l->out->data[i] & 0xC0) != 0x80;
    return n;
}

/* Writing. */

static void write_bytes(struct layout *l, const char *bytes, size_t size) {
    if (!l->is_full)
        text_append_bytes(l->out, bytes, size);
}

static void write_blanks(struct layout *l, size_t n) {
    if (!l->is_full)
        text_append_repeated(l->out, ' ', n);
}

static void begin_line(struct layout *l, size_t level, bool after_empty) {
    l->is_full |= l->out->size > SOURCE_MAX_BYTES;
    if (l->out->size)
        write_bytes(l, "\n\n", after_empty ? 2 : 1);
    l->line_start = l->out->size;
    write_blanks(l, level * INDENTATION);
}

static void write_piece(struct layout *l) {
    write_bytes(l, l->bytes + l->all[l->at].offset, l->all[l->at].length);
    l->at++;
}

/* The comments before the next token; true if there are any, and so the line has ended. */
static bool put_comments(struct layout *l, size_t level, bool empty_lines) {
    size_t first = l->at;
    for (const struct piece *piece; piece = &l->all[l->at], piece_is_comment(piece);) {
        if (piece->start == SAME_LINE) {
            size_t end = column(l);
            write_blanks(l, end + 2 < COMMENT_COLUMN ? COMMENT_COLUMN - 1 - end : 2);
        } else {
            begin_line(l, level, empty_lines && piece->start == AFTER_EMPTY_LINE);
        }
        write_piece(l);
    }
    return l->at > first;
}

static void put_here(struct layout *l) {
    enum token_kind before = l->all[l->at - 1].kind;
    if (put_comments(l, l->level + 1, false))
        begin_line(l, l->level + 1, false);
    else if (is_apart(before, l->all[l->at].kind))
        write_blanks(l, 1);
    write_piece(l);
}

static void put_through(struct layout *l, size_t last) {
    while (l->at <= last)
        put_here(l);
}

static void put_line(struct layout *l, size_t level) {
    put_comments(l, level, false);
    begin_line(l, level, false);
    l->level = level;
    write_piece(l);
}

/* What closes the lines of `level`: comments before it are theirs. */
static void put_closer(struct layout *l, size_t level) {
    put_comments(l, level + 1, l->all[token_from(l, l->at)].kind == TOKEN_RBRACE);
    begin_line(l, level, false);
    l->level = level;
    write_piece(l);
}

/* The first token of a declaration or segment. */
static void put_first(struct layout *l, size_t level) {
    put_comments(l, level, true);
    begin_line(l, level, l->all[l->at].start == AFTER_EMPTY_LINE);
    l->level = level;
    write_piece(l);
}

/* A list, each element on a line. */
static void put_elements(struct layout *l, size_t last, size_t level) {
    bool begins = true;
    for (size_t depth = 0, i; (i = token_from(l, l->at)) <= last;) {
        enum token_kind kind = l->all[i].kind;
        if (begins)
            put_line(l, level);
        else
            put_here(l);
        depth += kind == TOKEN_LPAREN;
        depth -= kind == TOKEN_RPAREN;
        begins = depth == 0 && kind == TOKEN_COMMA;
    }
}

/* Queries and mutations. */

/* The last token of the tags behind all[i], `tagged` or `invalidates`. */
static size_t last_of_tags(const struct layout *l, size_t i) {
    enum token_kind before = TOKEN_COMMA;
    bool in_brackets = false;
    for (size_t last = i;; last = i) {
        i = after(l, last);
        enum token_kind kind = l->all[i].kind;
        bool is_mark = kind == TOKEN_COMMA || kind == TOKEN_DOT || kind == TOKEN_LPAREN || kind == TOKEN_RPAREN;
        bool is_segment = in_brackets || before == TOKEN_COMMA || before == TOKEN_DOT;
        if (!is_mark && !is_segment && kind != TOKEN_EXACT && kind != TOKEN_SOFT)
            return last;
        in_brackets = kind == TOKEN_LPAREN || (in_brackets && kind != TOKEN_RPAREN);
        before = kind;
    }
}

static void put_tags(struct layout *l) {
    size_t keyword = token_from(l, l->at), last = last_of_tags(l, keyword);
    put_line(l, 1);
    if (has_comment(l, keyword, last) || INDENTATION + width(l, keyword, with_semi(l, last)) > WIDEST)
        put_elements(l, last, 2);
    else
        put_through(l, last);
}

/* The word, and the number behind it, if there is one, with its percent sign. */
static size_t last_of_clause(const struct layout *l, size_t keyword) {
    size_t last = keyword;
    for (size_t next = after(l, keyword); l->all[next].kind == TOKEN_INTEGER || l->all[next].kind == TOKEN_DURATION ||
                                          l->all[next].kind == TOKEN_PERCENT;
         next = after(l, next))
        last = next;
    return last;
}

/* Clauses but the tags share lines. */
static void put_clauses(struct layout *l) {
    bool shares = false;
    for (size_t i; i = token_from(l, l->at), l->all[i].kind != TOKEN_SEMI;) {
        if (l->all[i].kind == TOKEN_TAGGED || l->all[i].kind == TOKEN_INVALIDATES) {
            put_tags(l);
            shares = false;
            continue;
        }
        size_t last = last_of_clause(l, i);
        if (shares && i == l->at && column(l) + 1 + width(l, i, with_semi(l, last)) <= WIDEST)
            put_here(l);
        else
            put_line(l, 1);
        put_through(l, last);
        shares = true;
    }
}

static void put_function(struct layout *l) {
    size_t first = token_from(l, l->at), end = find(l, first, TOKEN_SEMI);
    size_t open = find(l, first, TOKEN_LPAREN), close = find(l, open, TOKEN_RPAREN), last = close;
    if (l->all[first].kind == TOKEN_CACHED) {
        last = after(l, after(l, close));
        if (l->all[last].kind == TOKEN_STRUCT || l->all[last].kind == TOKEN_CODEC)
            last = after(l, last);
    }
    put_first(l, 0);
    if (!has_comment(l, first, end) && width(l, first, end) <= JOINED) {
        put_through(l, end);
        return;
    }
    put_through(l, open);
    bool has_params = after(l, open) < close;
    if (has_comment(l, open, close) || (has_params && width(l, first, with_semi(l, last)) > WIDEST)) {
        put_elements(l, close - 1, 1);
        put_closer(l, 0);
    }
    put_through(l, last);
    put_clauses(l);
    l->level = 0;
    put_here(l);
}

/* Blocks and enums. */

static bool is_plain_name(const struct layout *l, size_t i) {
    return l->all[i + 1].kind == TOKEN_COLON && !piece_is_comment(&l->all[i + 2]);
}

/* The longest name from the segment all[i] on, up to an empty line or the end of the block. */
static size_t longest_name(const struct layout *l, size_t i) {
    size_t longest = 0;
    while (l->all[i].kind != TOKEN_RBRACE) {
        if (is_plain_name(l, i) && l->all[i].length > longest)
            longest = l->all[i].length;
        while (l->all[i].kind != TOKEN_SEMI && l->all[i].kind != TOKEN_LBRACE)
            i++;
        if (l->all[i].kind == TOKEN_LBRACE)
            i = l->all[i].partner;
        do {
            if (l->all[++i].start == AFTER_EMPTY_LINE)
                return longest;
        } while (piece_is_comment(&l->all[i]));
    }
    return longest;
}

static void put_block(struct layout *l, size_t level);

/* A segment up to its semicolon or block. Types begin behind the longest name. */
static void put_segment(struct layout *l, size_t level, size_t longest) {
    size_t first = token_from(l, l->at);
    put_first(l, level);
    if (is_plain_name(l, first)) {
        put_here(l);
        write_blanks(l, longest - l->all[first].length);
    }
    while (next_kind(l) != TOKEN_SEMI && next_kind(l) != TOKEN_LBRACE)
        put_here(l);
    if (next_kind(l) == TOKEN_SEMI)
        put_here(l);
    else
        put_block(l, level);
}

static bool is_after_empty_line(const struct layout *l) {
    size_t i = l->at;
    while (piece_is_comment(&l->all[i]) && l->all[i].start != AFTER_EMPTY_LINE)
        i++;
    return l->all[i].start == AFTER_EMPTY_LINE;
}

/* One plain segment, and no more. */
static bool is_one_line(const struct layout *l, size_t open, size_t close) {
    size_t i = open;
    while (i < close && i - open < WIDEST && l->all[i].kind != TOKEN_SEMI)
        i++;
    return after(l, i) == close && !has_comment(l, open, close) && column(l) - 1 + width(l, open, close) <= JOINED;
}

/* From its brace on. */
static void put_block(struct layout *l, size_t level) {
    put_here(l);
    size_t open = l->at - 1, close = l->all[open].partner, longest = 0;
    if (open + 1 == close || (level > 0 && is_one_line(l, open, close))) {
        put_through(l, close);
        return;
    }
    for (bool begins = true; token_from(l, l->at) < close; begins = false) {
        if (begins || is_after_empty_line(l))
            longest = longest_name(l, token_from(l, l->at));
        put_segment(l, level + 1, longest);
    }
    put_closer(l, level);
}

static void put_enum(struct layout *l) {
    size_t first = token_from(l, l->at), open = find(l, first, TOKEN_LBRACE), close = l->all[open].partner;
    put_first(l, 0);
    if (!has_comment(l, first, close) && width(l, first, close) <= WIDEST) {
        put_through(l, close);
        return;
    }
    put_through(l, open);
    put_elements(l, close - 1, 1);
    put_closer(l, 0);
}

/* All. */

static void put_declaration(struct layout *l) {
    switch (next_kind(l)) {
    case TOKEN_CACHED:
    case TOKEN_MUTATION:
        put_function(l);
        break;
    case TOKEN_ENUM:
        put_enum(l);
        break;
    case TOKEN_TAGS:
    case TOKEN_ROOT:
        put_first(l, 0);
        if (next_kind(l) != TOKEN_LBRACE)
            put_here(l);
        put_block(l, 0);
        break;
    default:
        put_first(l, 0);
        put_through(l, find(l, l->at, TOKEN_SEMI));
    }
}

struct parsing {
    struct arena arena;
    struct diag_list *diags;
    const struct source *source;
};

static void parse(void *argument) {
    struct parsing *parsing = argument;
    struct intern intern;
    intern_init(&intern, &parsing->arena);
    parse_file(&parsing->arena, &intern, parsing->diags, parsing->source);
}

/* The tree has memory of its own, which is free again before the pieces are made. */
static bool parses(struct arena *arena, struct diag_list *diags, const struct source *source) {
    struct parsing parsing = {.diags = diags, .source = source};
    arena_init(&parsing.arena);
    bool done = arena_run(&parsing.arena, parse, &parsing);
    arena_free(&parsing.arena);
    if (!done)
        arena_alloc(arena, SIZE_MAX); /* out of memory: leaves through arena_run() */
    return diags->n_unreadable == 0;
}

bool format_source(struct arena *arena, struct diag_list *diags, const struct source *source, struct text *out) {
    struct text text;
    if (!parses(arena, diags, source))
        return false;
    diag_init(diags, diags->arena, diags->sources); /* what is wrong with a schema that parses is not fmt's matter */
    text_init_in(&text, arena);
    struct pieces pieces = pieces_read(arena, source);
    struct layout layout = {.all = pieces.all, .bytes = pieces.bytes, .out = &text};
    while (next_kind(&layout) != TOKEN_END)
        put_declaration(&layout);
    put_comments(&layout, 0, true);
    if (text.size)
        text_append_char(&text, '\n');
    if (text.size > SOURCE_MAX_BYTES) {
        diag_add(diags, T0122, (struct place){source->path, 1, 1}, 1,
                 "'%s' would be too big in its layout: a schema has at most 16 MiB", source->path);
        return false;
    }
    *out = text;
    return true;
}
