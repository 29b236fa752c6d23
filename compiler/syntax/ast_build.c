/* SPDX-License-Identifier: MIT
 *
 * The grammar's actions: tokens become names and numbers, and these the tree. Numbers are checked here, where their
 * digits are; a number that was refused stands in the tree as a harmless one.
 */
#include <stdio.h>
#include <string.h>

#include "parser.h"

const char *const ast_clause_names[CLAUSE_N] = {"tagged",  "ttl",   "grace",  "negative", "jitter",
                                                "timeout", "fleet", "verify", "version",  "invalidates"};

const struct ast_clause *ast_clause_of(const struct ast_function *function, enum ast_clause_kind kind) {
    const struct ast_clause *clause = function->last_clause;
    while (clause && clause->kind != kind)
        clause = clause->next;
    return clause;
}

static const char *bytes_of(const struct parser *parser, struct token token) {
    return parser->source->bytes + token.offset;
}

struct place build_place(const struct parser *parser, struct token token) {
    return (struct place){parser->source->path, token.line, token.column};
}

struct ast_name build_name(struct parser *parser, struct token token) {
    struct ast_name name = {.place = build_place(parser, token)};
    if (token.length <= LEXER_MAX_NAME) {
        name.text = intern_name(parser->intern, bytes_of(parser, token), token.length);
        return name;
    }
    /* Refused by the lexer already; kept short, and different from every other. */
    char brief[48];
    int size = snprintf(brief, sizeof brief, "%.24s...%u", bytes_of(parser, token), token.offset);
    name.text = intern_name(parser->intern, brief, (size_t)size);
    return name;
}

/* The doc comment that stands before the token at `place`, or NULL. */
static const char *doc_before(const struct parser *parser, struct place place) {
    const struct doc *doc = parser->docs;
    while (doc && (doc->line > place.line || (doc->line == place.line && doc->column > place.column)))
        doc = doc->older;
    return doc && doc->line == place.line && doc->column == place.column ? doc->text : NULL;
}

static struct ast_declaration *new_declaration(struct parser *parser, enum ast_kind kind, struct token keyword,
                                               struct ast_name name) {
    struct ast_declaration *declaration = ARENA_NEW(parser->arena, struct ast_declaration);
    declaration->kind = kind;
    declaration->place = build_place(parser, keyword);
    declaration->name = name;
    declaration->doc = doc_before(parser, declaration->place);
    return declaration;
}

static void append_declaration(struct ast_file *file, struct ast_declaration *declaration) {
    if (file->last)
        file->last->next = declaration;
    else
        file->first = declaration;
    file->last = declaration;
}

void build_head(struct parser *parser, enum ast_kind kind, struct token keyword, struct ast_name name) {
    parser->declaration = new_declaration(parser, kind, keyword, name);
    if (kind == AST_CACHED || kind == AST_MUTATION) {
        parser->declaration->function = ARENA_NEW(parser->arena, struct ast_function);
        parser->declaration->function->is_mutation = kind == AST_MUTATION;
    }
}

void build_finish(struct parser *parser) {
    append_declaration(parser->file, parser->declaration);
    parser->declaration = NULL;
}

void build_file_name(struct parser *parser, enum ast_kind kind, struct token keyword, struct token file) {
    const char *bytes = bytes_of(parser, file) + 1;
    char closer = bytes[-1] == '<' ? '>' : '"';
    size_t size = file.length - 1;
    if (size && bytes[size - 1] == closer) /* else the lexer has complained */
        size--;
    struct ast_name name = {intern_name(parser->intern, bytes, size), build_place(parser, file)};
    if (!size)
        diag_add(parser->diags, T0114, name.place, file.length, "the file name is empty");
    else if (memchr(bytes, '\\', size))
        diag_help(parser->diags,
                  diag_add(parser->diags, T0114, name.place, file.length, "a backslash in the name of a file"),
                  "folders are divided by a slash");
    build_head(parser, kind, keyword, name);
    if (kind == AST_INCLUDE)
        parser->declaration->angled = closer == '>';
    build_finish(parser);
}

void build_default(struct parser *parser, enum ast_kind kind, struct token keyword, struct token duration) {
    build_head(parser, kind, keyword, (struct ast_name){0});
    parser->declaration->duration_ms = build_duration(parser, duration);
    build_finish(parser);
}

static enum ast_kind kind_of(enum token_kind keyword) {
    switch (keyword) {
    case TOKEN_SCHEMA:
        return AST_SCHEMA;
    case TOKEN_INCLUDE:
        return AST_INCLUDE;
    case TOKEN_IMPORT:
        return AST_IMPORT;
    case TOKEN_DEFAULT:
        return AST_DEFAULT_TTL;
    case TOKEN_TAGS:
        return AST_TAGS;
    case TOKEN_ROOT:
        return AST_ROOT;
    case TOKEN_ENUM:
        return AST_ENUM;
    case TOKEN_CACHED:
        return AST_CACHED;
    case TOKEN_MUTATION:
        return AST_MUTATION;
    default:
        return AST_SKIPPED;
    }
}

/* Called by the driver: it may be before the grammar has reduced, and finished, the declaration before. */
void build_skipped(struct parser *parser) {
    const struct ast_declaration *last = parser->file->last;
    enum ast_kind kind = kind_of(parser->declaration_kind);
    parser->spec = NULL;
    if (last && last->kind == AST_SKIPPED && last->skipped_kind == kind)
        return; /* one stands for a row of them */
    struct ast_name name = {0};
    if (parser->declaration_name.length)
        name = build_name(parser, parser->declaration_name);
    struct ast_declaration *skipped = new_declaration(parser, AST_SKIPPED, parser->declaration_token, name);
    skipped->skipped_kind = kind;
    append_declaration(parser->file, skipped);
}

static void append_name(struct parser *parser, struct ast_names *names, struct ast_name name) {
    struct ast_named *named = ARENA_NEW(parser->arena, struct ast_named);
    named->name = name;
    if (names->last)
        names->last->next = named;
    else
        names->first = named;
    names->last = named;
    names->n++;
}

void build_enum_item(struct parser *parser, struct ast_name name) {
    append_name(parser, &parser->declaration->items, name);
}

static struct ast_item *new_item(struct parser *parser, const char *name, struct place place) {
    struct ast_item *item = ARENA_NEW(parser->arena, struct ast_item);
    item->name = name;
    item->place = place;
    item->doc = doc_before(parser, place);
    return item;
}

struct ast_item *build_static(struct parser *parser, struct ast_name name) {
    return new_item(parser, name.text, name.place);
}

struct ast_item *build_wild(struct parser *parser, struct token keyword, const struct ast_wild *wild) {
    struct ast_item *item = new_item(parser, NULL, build_place(parser, keyword));
    item->is_wild = true;
    if (wild) {
        item->wild = ARENA_NEW(parser->arena, struct ast_wild);
        *item->wild = *wild;
    }
    return item;
}

struct ast_item *build_named_wild(struct parser *parser, struct ast_name name, struct ast_item *wild) {
    wild->name = name.text;
    wild->place = name.place;
    wild->doc = doc_before(parser, name.place);
    return wild;
}

void build_group(struct parser *parser, struct ast_item *item, struct ast_name group) {
    item->group = ARENA_NEW(parser->arena, struct ast_name);
    *item->group = group;
}

void build_append_item(struct ast_block *block, struct ast_item *item) {
    if (block->last)
        block->last->next = item;
    else
        block->first = item;
    block->last = item;
}

void build_param(struct parser *parser, struct ast_name name, struct ast_name type, bool is_key) {
    struct ast_function *function = parser->declaration->function;
    if (function->n_params++ >= AST_MAX_PARAMS)
        return;
    struct ast_param *param = ARENA_NEW(parser->arena, struct ast_param);
    *param = (struct ast_param){.name = name, .type = type, .is_key = is_key};
    if (function->last_param)
        function->last_param->next = param;
    else
        function->first_param = param;
    function->last_param = param;
}

void build_value(struct parser *parser, enum ast_value_kind kind, struct ast_name name) {
    parser->declaration->function->value_kind = kind;
    parser->declaration->function->value = name;
}

void build_clause(struct parser *parser, enum ast_clause_kind kind, struct token keyword, int64_t value) {
    struct ast_function *function = parser->declaration->function;
    const struct ast_clause *first = ast_clause_of(function, kind);
    struct place place = build_place(parser, keyword);
    if (first) {
        struct diag *diag = diag_add(parser->diags, T0404, place, keyword.length, "a second '%s' in '%s'",
                                     ast_clause_names[kind], parser->declaration->name.text);
        diag_note(parser->diags, diag, first->place, "the first '%s' is here", ast_clause_names[kind]);
        return;
    }
    struct ast_clause *clause = ARENA_NEW(parser->arena, struct ast_clause);
    *clause = (struct ast_clause){kind, place, value, function->last_clause};
    function->last_clause = clause;
}

/* The digits at the start of a token; -1 when they are more than INT64_MAX. */
static int64_t digits_of(const struct parser *parser, struct token token, uint32_t *n_digits) {
    const char *bytes = bytes_of(parser, token);
    int64_t value = 0;
    uint32_t i = 0;
    for (; i < token.length && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
        int digit = bytes[i] - '0';
        value = value < 0 || value > (INT64_MAX - digit) / 10 ? -1 : value * 10 + digit;
    }
    *n_digits = i;
    return value;
}

int64_t build_duration(struct parser *parser, struct token token) {
    uint32_t n_digits = 0;
    int64_t value = digits_of(parser, token, &n_digits);
    const char *unit = bytes_of(parser, token) + n_digits;
    uint32_t n_unit = token.length - n_digits;
    int64_t milliseconds = n_unit == 2    ? 1
                           : *unit == 's' ? 1000
                           : *unit == 'm' ? 60000
                           : *unit == 'h' ? 3600000
                                          : 86400000;
    bool known = (n_unit == 2 && !memcmp(unit, "ms", 2)) || (n_unit == 1 && memchr("smhd", *unit, 4));
    if (!known)
        return 1; /* the lexer has complained */
    if (value >= 0 && value <= INT64_MAX / milliseconds)
        return value * milliseconds;
    diag_add(parser->diags, T0111, build_place(parser, token), token.length,
             "this duration is too long: the longest is %lldms", (long long)INT64_MAX);
    return 1;
}

int64_t build_percentage(struct parser *parser, struct token token) {
    uint32_t n_digits = 0;
    int64_t value = digits_of(parser, token, &n_digits);
    if (value >= 0 && value <= 100)
        return value;
    diag_add(parser->diags, T0112, build_place(parser, token), token.length, "a percentage is at most 100%%");
    return 100;
}

int64_t build_version(struct parser *parser, struct token token) {
    uint32_t n_digits = 0;
    int64_t value = digits_of(parser, token, &n_digits);
    if (value >= 0 && value <= UINT32_MAX)
        return value;
    diag_add(parser->diags, T0113, build_place(parser, token), token.length, "a version is at most %lu",
             (unsigned long)UINT32_MAX);
    return 0;
}

void build_step(struct parser *parser, struct ast_name name) {
    if (!parser->spec)
        parser->spec = ARENA_NEW(parser->arena, struct ast_spec);
    struct ast_spec *spec = parser->spec;
    if (spec->n_steps++ >= AST_MAX_STEPS)
        return;
    bool again = spec->last && spec->n_steps == 1;
    struct ast_step *step = again ? spec->last : ARENA_NEW(parser->arena, struct ast_step);
    *step = (struct ast_step){.name = name};
    if (again)
        return;
    if (spec->last)
        spec->last->next = step;
    else
        spec->first = step;
    spec->last = step;
}

void build_argument(struct parser *parser, struct ast_name name) {
    struct ast_names *args = &parser->spec->last->args;
    if (args->n < AST_MAX_ARGS)
        append_name(parser, args, name);
    else
        args->n++;
}

void build_spec(struct parser *parser) {
    struct ast_function *function = parser->declaration->function;
    if (function->n_specs++ >= AST_MAX_SPECS) {
        parser->spec->n_steps = 0; /* used again for the next one, its first step too */
        parser->spec->last = parser->spec->first;
        parser->spec->exact = parser->spec->soft = false;
        return;
    }
    if (function->last_spec)
        function->last_spec->next = parser->spec;
    else
        function->first_spec = parser->spec;
    function->last_spec = parser->spec;
    parser->spec = NULL;
}

void build_mark(struct parser *parser, struct token mark, bool exact) {
    struct ast_spec *spec = parser->spec;
    if (spec->exact || spec->soft)
        diag_add(parser->diags, T0406, build_place(parser, mark), mark.length,
                 "this tag is marked '%s' already: write 'exact' or 'soft' once", spec->exact ? "exact" : "soft");
    else
        *(exact ? &spec->exact : &spec->soft) = true;
}
