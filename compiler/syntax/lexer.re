/* SPDX-License-Identifier: MIT
 *
 * The lexer. re2c sees bytes; a NUL follows the last one, and one that comes before the limit is an ordinary bad byte.
 * Code points count only for columns, and where text of any language may stand: in comments and file names.
 */
#include "lexer.h"

#include <string.h>

#include "remedies.h"
#include "text.h"

static struct place place_of(const struct lexer *lexer, const unsigned char *at) {
    return (struct place){lexer->source->path, lexer->line, (uint32_t)(at - lexer->line_start) + 1};
}

void lexer_init(struct lexer *lexer, const struct source *source, struct diag_list *diags) {
    const unsigned char *bytes = (const unsigned char *)source->bytes;
    if (source->size >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3))
        bytes += 3; /* a byte order mark */
    *lexer = (struct lexer){.source = source,
                            .diags = diags,
                            .cursor = bytes,
                            .limit = (const unsigned char *)source->bytes + source->size,
                            .line_start = bytes,
                            .line = 1};
}

static void begin_line(struct lexer *lexer) {
    lexer->line++;
    lexer->line_start = lexer->cursor;
}

static void report_stray(struct lexer *lexer, const unsigned char *at, struct place place, uint32_t span) {
    if (lexer->line == lexer->quiet_line)
        return;
    struct diag *diag = diag_add(lexer->diags, T0101, place, span, "the character '%c' has no meaning here", *at);
    const char *remedy = remedy_for_character(lexer->source, at);
    if (remedy)
        diag_help(lexer->diags, diag, "%s", remedy);
}

/* Reports one code point that cannot stand where it is. */
static void report_character(struct lexer *lexer, const unsigned char *at, uint32_t span, long code) {
    struct place place = place_of(lexer, at);
    lexer->was_bad = true;
    if (code == TEXT_BAD)
        diag_add(lexer->diags, T0102, place, span, "the byte 0x%02X does not belong to UTF-8 text", *at);
    else if (text_is_bidi_control(code))
        diag_add(lexer->diags, T0103, place, span, "the bidirectional control character U+%04lX is not allowed", (unsigned long)code);
    else if (code < 0x20 || code == 0x7F)
        diag_add(lexer->diags, T0101, place, span, "the control character U+%04lX is not allowed", (unsigned long)code);
    else if (code < 0x80)
        report_stray(lexer, at, place, span);
    else
        diag_add(lexer->diags, T0101, place, span, "the character U+%04lX has no meaning here: names are of ASCII letters, digits and _",
                 (unsigned long)code);
}

/* Steps over one code point of a comment or file name and reports it if it cannot stand there. */
static void step_over_text(struct lexer *lexer) {
    const unsigned char *at = lexer->cursor;
    long code = TEXT_BAD;
    lexer->cursor = text_next_code_point(at, lexer->limit, &code);
    if (code < 0x20 || code == 0x7F || text_is_bidi_control(code)) {
        bool fine = code == '\t' || (code == '\r' && lexer->cursor < lexer->limit && *lexer->cursor == '\n');
        if (!fine)
            report_character(lexer, at, 1, code);
    }
    lexer->line_start += lexer->cursor - at - 1;
}

/* Up to the end of the line, or up to and over `closer` when it is not 0; says if it was found. */
static bool scan_text(struct lexer *lexer, int closer) {
    while (lexer->cursor < lexer->limit && *lexer->cursor != '\n') {
        if (closer && *lexer->cursor == closer) {
            lexer->cursor++;
            return true;
        }
        if (*lexer->cursor >= 0x20 && *lexer->cursor < 0x7F)
            lexer->cursor++;
        else
            step_over_text(lexer);
    }
    return false;
}

/* After the slash and star: to the star and slash, or to the end. */
static void skip_block_comment(struct lexer *lexer) {
    while (lexer->cursor < lexer->limit) {
        if (*lexer->cursor == '\n') {
            lexer->cursor++;
            begin_line(lexer);
        } else if (*lexer->cursor == '*' && lexer->cursor[1] == '/') {
            lexer->cursor += 2;
            return;
        } else {
            step_over_text(lexer);
        }
    }
}

static bool is_name_byte(unsigned char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_' || byte >= 0x80;
}

/* A name with other letters in it is one name: report the first of them and go on to where it ends. */
static void finish_bad_name(struct lexer *lexer) {
    bool reported = false;
    lexer->was_lost = true;
    while (lexer->cursor < lexer->limit && is_name_byte(*lexer->cursor)) {
        const unsigned char *at = lexer->cursor;
        long code = TEXT_BAD;
        lexer->cursor = text_next_code_point(at, lexer->limit, &code);
        if (code > 0x7F || code == TEXT_BAD) {
            if (!reported)
                report_character(lexer, at, 1, code);
            reported = true;
        }
        lexer->line_start += lexer->cursor - at - 1;
    }
}

/* What no rule takes. True if it makes a name. */
static bool take_bad_character(struct lexer *lexer, const unsigned char *start) {
    lexer->cursor = start;
    if (*start >= 0x80) {
        finish_bad_name(lexer);
        return true;
    }
    while (lexer->cursor < lexer->limit && *lexer->cursor == *start)
        lexer->cursor++; /* a run of the same byte is one mistake */
    report_character(lexer, start, (uint32_t)(lexer->cursor - start), *start);
    lexer->was_lost = true;
    return false;
}

static void report_bad_number(struct lexer *lexer, const unsigned char *start) {
    size_t size = (size_t)(lexer->cursor - start);
    struct diag *diag = diag_add(lexer->diags, T0110, place_of(lexer, start), (uint32_t)size, "'%.*s%s' is not a number",
                                 size > 40 ? 40 : (int)size, (const char *)start, size > 40 ? "..." : "");
    diag_help(lexer->diags, diag, "numbers are whole; a duration is one directly followed by ms, s, m, h or d, such as 30s");
    lexer->was_bad = true;
}

/* Comes back in two registers, and so is written in two steps: who copies a token right after four would wait for them,
 * and the parser copies each several times. */
__attribute__((noinline)) static struct token token_from(const struct lexer *lexer, const unsigned char *start, struct place place) {
    return (struct token){.offset = (uint32_t)((const char *)start - lexer->source->bytes),
                          .length = (uint32_t)(lexer->cursor - start),
                          .line = place.line,
                          .column = place.column};
}

enum token_kind lexer_next(struct lexer *lexer, struct token *token) {
    const unsigned char *start;
    struct place place;
    enum token_kind kind;
    lexer->was_bad = lexer->was_lost = false;

next:
    start = lexer->cursor;
    place = place_of(lexer, start);
    /*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = lexer->cursor;
    re2c:define:YYLIMIT = lexer->limit;
    re2c:define:YYMARKER = lexer->marker;
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    letter = [A-Za-z_];
    digit = [0-9];

    $               { kind = TOKEN_END; goto done; }
    [ \t]+          { goto next; }
    "\r"? "\n"      { begin_line(lexer); goto next; }
    "//" | "////"   { scan_text(lexer, 0); kind = TOKEN_COMMENT; goto comment; }
    "///"           { scan_text(lexer, 0); kind = TOKEN_DOC; goto done; }
    "/" "*"         {
        lexer->was_bad = true;
        struct diag *diag = diag_add(lexer->diags, T0105, place, 2, "a comment begins with //");
        skip_block_comment(lexer);
        diag_help(lexer->diags, diag, "begin each line of the comment with //, or with /// to document what follows");
        goto next;
    }

    "schema"        { kind = TOKEN_SCHEMA; goto word; }
    "include"       { kind = TOKEN_INCLUDE; goto word; }
    "import"        { kind = TOKEN_IMPORT; goto word; }
    "default"       { kind = TOKEN_DEFAULT; goto word; }
    "tags"          { kind = TOKEN_TAGS; goto word; }
    "root"          { kind = TOKEN_ROOT; goto word; }
    "enum"          { kind = TOKEN_ENUM; goto word; }
    "cached"        { kind = TOKEN_CACHED; goto word; }
    "mutation"      { kind = TOKEN_MUTATION; goto word; }
    "tagged"        { kind = TOKEN_TAGGED; goto word; }
    "ttl"           { kind = TOKEN_TTL; goto word; }
    "grace"         { kind = TOKEN_GRACE; goto word; }
    "negative"      { kind = TOKEN_NEGATIVE; goto word; }
    "jitter"        { kind = TOKEN_JITTER; goto word; }
    "timeout"       { kind = TOKEN_TIMEOUT; goto word; }
    "fleet"         { kind = TOKEN_FLEET; goto word; }
    "verify"        { kind = TOKEN_VERIFY; goto word; }
    "version"       { kind = TOKEN_VERSION; goto word; }
    "invalidates"   { kind = TOKEN_INVALIDATES; goto word; }
    "exact"         { kind = TOKEN_EXACT; goto word; }
    "soft"          { kind = TOKEN_SOFT; goto word; }
    "key"           { kind = TOKEN_KEY; goto word; }
    "struct"        { kind = TOKEN_STRUCT; goto word; }
    "codec"         { kind = TOKEN_CODEC; goto word; }
    "Wild"          { kind = TOKEN_WILD; goto word; }
    "Static"        { kind = TOKEN_STATIC; goto word; }
    "record" | "service" | "batch" | "reserved" | "was" | "accept"
                    { kind = TOKEN_RESERVED; goto word; }
    letter (letter | digit)*
                    { kind = TOKEN_NAME; goto word; }

    digit+          { kind = TOKEN_INTEGER; goto done; }
    digit+ ("ms" | "s" | "m" | "h" | "d")
                    { kind = TOKEN_DURATION; goto done; }
    digit+ ("." digit+)? (letter | digit)* {
        report_bad_number(lexer, start);
        kind = TOKEN_DURATION;
        goto done;
    }

    ";"             { kind = TOKEN_SEMI; goto done; }
    ":"             { kind = TOKEN_COLON; goto done; }
    ","             { kind = TOKEN_COMMA; goto done; }
    "."             { kind = TOKEN_DOT; goto done; }
    "("             { kind = TOKEN_LPAREN; goto done; }
    ")"             { kind = TOKEN_RPAREN; goto done; }
    "{"             { kind = TOKEN_LBRACE; goto done; }
    "}"             { kind = TOKEN_RBRACE; goto done; }
    "->"            { kind = TOKEN_ARROW; goto done; }
    "%"             { kind = TOKEN_PERCENT; goto done; }
    ["]             { kind = TOKEN_STRING; goto file_name; }
    "<"             { kind = TOKEN_ANGLED; goto file_name; }

    *               {
        if (!take_bad_character(lexer, start))
            goto next;
        kind = TOKEN_NAME;
        goto done;
    }
    */

comment:
    if (!lexer->wants_comments)
        goto next;
    goto done;

word:
    if (lexer->cursor < lexer->limit && *lexer->cursor >= 0x80) {
        finish_bad_name(lexer);
        kind = TOKEN_NAME;
    } else if (lexer->cursor - start > LEXER_MAX_NAME) {
        lexer->was_bad = true;
        diag_add(lexer->diags, T0109, place, (uint32_t)(lexer->cursor - start), "the name '%.24s...' has %zu bytes; at most %d are allowed",
                 (const char *)start, (size_t)(lexer->cursor - start), (int)LEXER_MAX_NAME);
    }
    goto done;

file_name:
    if (!scan_text(lexer, kind == TOKEN_STRING ? '"' : '>')) {
        lexer->was_bad = true;
        diag_add(lexer->diags, T0104, place, 1, "the file name that begins here is not closed on this line");
    }

done:
    *token = token_from(lexer, start, place);
    return kind;
}
