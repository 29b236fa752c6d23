/* SPDX-License-Identifier: MIT */
#include "remedies.h"

#include <string.h>

static bool is_name_byte(int byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte == '_';
}

const char *remedy_for_character(const struct source *source, const unsigned char *at) {
    int before = at > (const unsigned char *)source->bytes ? at[-1] : ' ';
    bool in_name = is_name_byte(before);
    switch (*at) {
    case '#':
        return strncmp((const char *)at, "#include", 8)
                   ? "a comment begins with //"
                   : "write 'include' without the '#', and a ';' behind the file name";
    case '/':
        return in_name || before == ')' ? "segments are joined with '.', such as posts(post_id).comments" : NULL;
    case '[':
        return "what fills a wild stands in '(' and ')'";
    case '\'':
    case '`':
        return "a file name stands in double quotes, and nothing else is quoted";
    case '=':
        return "a clause and its value stand side by side, such as ttl 30s";
    case '-':
        return in_name && is_name_byte(at[1]) ? "names are of letters, digits and _" : NULL;
    case '*':
        if (before == '(' || before == '.')
            return "a tag stands for all that is below it: leave off its last wild to mean every value";
        return in_name ? "a struct is copied; for a C type with pointers write 'codec NAME'" : NULL;
    default:
        return NULL;
    }
}

/* What a keyword is called elsewhere, or what it is mistaken for. */
static const struct {
    const char *theirs, *ours;
    enum token_kind kind;
} words[] = {{"query", "cached", TOKEN_CACHED},       {"group", "tags", TOKEN_TAGS},
             {"package", "schema", TOKEN_SCHEMA},     {"namespace", "schema", TOKEN_SCHEMA},
             {"tags", "tagged", TOKEN_TAGGED},        {"tag", "tagged", TOKEN_TAGGED},
             {"invalidates", "tagged", TOKEN_TAGGED}, {"tagged", "invalidates", TOKEN_INVALIDATES},
             {"expires", "ttl", TOKEN_TTL},           {"stale", "grace", TOKEN_GRACE}};

static const char *bytes_of(const struct parser *parser, struct token token) {
    return parser->source->bytes + token.offset;
}

static bool is_mark(const struct parser *parser, struct token token, char mark) {
    return token.length == 1 && *bytes_of(parser, token) == mark;
}

static bool help_with_word(struct parser *parser, struct diag *diag, const bool *fits, struct token token) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (fits[words[i].kind] && strlen(words[i].theirs) == token.length &&
            !memcmp(words[i].theirs, bytes_of(parser, token), token.length)) {
            diag_did_you_mean(parser->diags, diag, words[i].ours);
            return true;
        }
    return false;
}

static bool help_and_remove(struct parser *parser, struct diag *diag, struct token token, const char *help) {
    diag_help(parser->diags, diag, "%s", help);
    diag_fix(parser->diags, diag, build_place(parser, token), token.length, "");
    return true;
}

/* Here and in C. Only their names: what they are is the business of later rooms. */
static bool is_type(const struct parser *parser, struct token token) {
    static const char *const types[] = {"str",      "u32",     "u64",     "i32",   "i64",    "uuid",
                                        "bool",     "int",     "long",    "char",  "string", "uint32_t",
                                        "uint64_t", "int32_t", "int64_t", "size_t"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strlen(types[i]) == token.length && !memcmp(types[i], bytes_of(parser, token), token.length))
            return true;
    return false;
}

/* `u64 id` for `id: u64`. */
static bool help_with_order(struct parser *parser, struct diag *diag, struct token name) {
    struct token type = parser->previous;
    if (!is_type(parser, type) || is_type(parser, name))
        return false;
    diag_help(parser->diags, diag, "a name goes before its type: write '%.*s: %.*s'", (int)name.length,
              bytes_of(parser, name), (int)type.length, bytes_of(parser, type));
    return true;
}

static bool is_clause(enum token_kind kind) { return kind > TOKEN_TAGGED && kind <= TOKEN_VERSION; }

static bool help_with_mark(struct parser *parser, struct diag *diag, const bool *fits, enum token_kind kind,
                           struct token token) {
    enum token_kind previous = parser->previous_kind;
    bool name = fits[TOKEN_NAME]; /* then every word fits, as one */
    switch (kind) {
    case TOKEN_SEMI:
        if (previous == TOKEN_RBRACE || previous == TOKEN_SKIPPED_DECLARATION)
            return help_and_remove(parser, diag, token, "take it away: a '}' ends what it closes");
        return false;
    case TOKEN_RBRACE:
        if (previous == TOKEN_COMMA)
            return help_and_remove(parser, diag, parser->previous, "take the ',' before it away");
        return false;
    case TOKEN_COLON:
        if (fits[TOKEN_ARROW]) {
            diag_did_you_mean(parser->diags, diag, "->");
            return true;
        }
        if (fits[TOKEN_LBRACE])
            return help_and_remove(parser, diag, token, "take it away: a group follows without it");
        return false;
    case TOKEN_ARROW:
        if (fits[TOKEN_INVALIDATES] && !name)
            diag_help(parser->diags, diag, "a mutation gives nothing back; declare a query with 'cached'");
        else if (fits[TOKEN_LPAREN])
            diag_help(parser->diags, diag, "without parameters the brackets are empty: write '%.*s()'",
                      (int)parser->previous.length, bytes_of(parser, parser->previous));
        return (fits[TOKEN_INVALIDATES] && !name) || fits[TOKEN_LPAREN];
    case TOKEN_COMMA:
        if (fits[TOKEN_TTL] && !name)
            return help_and_remove(parser, diag, token, "take it away: clauses stand side by side");
        if (!fits[TOKEN_RPAREN] || parser->depth == 0)
            return false;
        diag_help(parser->diags, diag,
                  "a Wild has one parameter; for another one write '{ Wild(NAME: TYPE); }' behind it");
        return true;
    default:
        return false;
    }
}

bool remedy_for_token(struct parser *parser, struct diag *diag, const bool *fits, enum token_kind kind,
                      struct token token) {
    enum token_kind previous = parser->previous_kind;
    bool word = token_is_word(kind), in_brackets = fits[TOKEN_COMMA] && fits[TOKEN_RPAREN];
    bool after_opening = is_mark(parser, parser->earlier, '(') || is_mark(parser, parser->earlier, ',');
    if (word && help_with_word(parser, diag, fits, token))
        return true;
    if (word && fits[TOKEN_COLON] && token_is_word(previous) && after_opening && help_with_order(parser, diag, token))
        return true;
    if ((previous == TOKEN_TAGGED || previous == TOKEN_INVALIDATES) && is_mark(parser, parser->earlier, ','))
        return help_and_remove(parser, diag, parser->previous,
                               "one stands before all of the tags: take the second one away");
    if (is_clause(previous) && is_mark(parser, parser->earlier, ','))
        return help_and_remove(parser, diag, parser->earlier, "take the ',' before the clause away");
    if (word && (previous == TOKEN_EXACT || previous == TOKEN_SOFT)) {
        diag_help(parser->diags, diag, "'exact' and 'soft' stand behind the tag that they are about");
        return true;
    }
    if (kind == TOKEN_KEY && in_brackets) {
        diag_help(parser->diags, diag, "'key' stands before the parameter's name");
        return true;
    }
    if (word && in_brackets && (previous == TOKEN_STRUCT || previous == TOKEN_CODEC)) {
        diag_help(parser->diags, diag,
                  "only a query gives a struct; a parameter is of type str, u32, u64, i32, i64, uuid, bool or an enum");
        return true;
    }
    if ((kind == TOKEN_TTL || kind == TOKEN_GRACE) && parser->declaration_kind == TOKEN_DEFAULT) {
        diag_help(parser->diags, diag, "each default is a declaration of its own: write '; default %.*s'",
                  (int)token.length, bytes_of(parser, token));
        return true;
    }
    if ((kind == TOKEN_INTEGER || kind == TOKEN_DURATION || kind == TOKEN_STRING) && fits[TOKEN_NAME] &&
        (previous == TOKEN_LPAREN || previous == TOKEN_COMMA)) {
        diag_help(parser->diags, diag, "a wild is filled by a parameter, which stands there by its name");
        return true;
    }
    return help_with_mark(parser, diag, fits, kind, token);
}
