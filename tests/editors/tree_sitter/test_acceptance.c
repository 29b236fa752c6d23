/* SPDX-License-Identifier: MIT
 *
 * The parser for tree-sitter takes a text exactly where t87sc parses it, and in the same words: every schema of this
 * tree, every block of its documents, every example of `t87sc explain`, what fuzzing has kept, and random schemas with
 * random mistakes. What t87sc refuses for its size is for t87sc to refuse.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "diag.h"
#include "files.h"
#include "spacing.h"
#include "suites.h"
#include "syntax_maker.h"
#include "trees.h"

/* What a tree has no limits for. */
static const enum diag_code limits[] = {
    T0107, /* blocks in blocks, more than 32 deep */
    T0109, /* a name of more than 64 bytes */
    T0111, /* a duration of more milliseconds than there are */
    T0112, /* more than 100% */
    T0113, /* a version of more than 32 bits */
};

static bool is_limit(enum diag_code code) {
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (limits[i] == code)
            return true;
    return false;
}

/* ---- words ---- */

struct words {
    const struct source *source;
    struct lexer lexer;
    size_t n;
};

/* What a word that is neither a mark nor of letters is called in the tree; NULL: those are called in many ways. */
static const char *type_of(enum token_kind kind) {
    switch (kind) {
    case TOKEN_DOC:
        return "doc_comment";
    case TOKEN_COMMENT:
        return "comment";
    case TOKEN_STRING:
    case TOKEN_ANGLED:
        return "file_name";
    case TOKEN_DURATION:
        return "duration";
    case TOKEN_INTEGER:
        return "integer";
    default:
        return NULL;
    }
}

/* Both have the same word next. A carriage return at the end of a comment is of the comment for one, a blank for the
 * other. */
static void expect_word(void *context, TSNode leaf) {
    struct words *words = context;
    uint32_t begin = ts_node_start_byte(leaf), end = ts_node_end_byte(leaf);
    const char *bytes = words->source->bytes, *type = ts_node_type(leaf);
    struct token token;
    enum token_kind kind = lexer_next(&words->lexer, &token);
    uint32_t token_end = token.offset + token.length;
    if ((kind == TOKEN_DOC || kind == TOKEN_COMMENT) && bytes[token_end - 1] == '\r')
        token_end--;
    ck_assert_msg(token.offset == begin && token_end == end,
                  "word %zu of '%s': %u to %u for t87sc, %u to %u in the tree", words->n, bytes, token.offset,
                  token_end, begin, end);
    ck_assert_msg(!type_of(kind) || !strcmp(type, type_of(kind)), "'%.*s' is %s", (int)(end - begin), bytes + begin,
                  type);
    words->n++;
}

static void expect_same_words(struct syntax *syntax, const struct tree *tree) {
    struct words words = {.source = &syntax->source};
    lexer_init(&words.lexer, &syntax->source, &syntax->diags);
    words.lexer.wants_comments = true;
    tree_leaves(tree, expect_word, &words);
    struct token token;
    ck_assert_int_eq(lexer_next(&words.lexer, &token), TOKEN_END);
}

/* ---- one text ---- */

static size_t n_taken, n_refused;

/* `what` is told when they do not agree. True: both take it. */
static bool expect_agreement(const char *what, const char *bytes, size_t size) {
    struct syntax syntax;
    struct tree tree;
    syntax_open(&syntax, bytes, size);
    syntax_parse(&syntax);
    tree_open(&tree, bytes, size);
    bool parses = true;
    bool hides = false; /* blocks that are too deep are not read, and what follows from too long a name is not told */
    for (const struct diag *diag = syntax.diags.first; diag; diag = diag->next) {
        bool is_of_syntax = !strncmp(diag->rule->id, "T01", 3); /* the parser also says what it sees of the meaning */
        parses &= !is_of_syntax || is_limit(diag->rule->code);
        hides |= diag->rule->code == T0107 || diag->rule->code == T0109;
    }
    if (!hides && parses != tree.is_whole) {
        char *string = ts_node_string(tree.root);
        ck_abort_msg("%s: %s by t87sc (%s), %s for tree-sitter: %.2000s\n%.*s", what, parses ? "taken" : "refused",
                     syntax_diags(&syntax), tree.is_whole ? "whole" : "broken", string, size > 2000 ? 2000 : (int)size,
                     bytes);
    }
    if (parses && !hides)
        expect_same_words(&syntax, &tree);
    *(parses ? &n_taken : &n_refused) += 1;
    tree_free(&tree);
    syntax_free(&syntax);
    return parses;
}

/* ---- what is there ---- */

static bool ends_with(const char *name, const char *ending) {
    size_t length = strlen(name), n = strlen(ending);
    return length >= n && !strcmp(name + length - n, ending);
}

/* What stands between fences in a document: schemas, commands, C and the output of programs. */
static void try_blocks(const char *path, const char *document) {
    const char *fence = document;
    while ((fence = strstr(fence, "\n```")) != NULL) {
        const char *block = strchr(fence + 1, '\n'), *end = block ? strstr(block, "\n```") : NULL;
        if (!end)
            return;
        expect_agreement(path, block + 1, (size_t)(end - block));
        fence = end + 4;
    }
}

static void try_file(const char *path, bool is_input) {
    bool is_document = ends_with(path, ".md") || ends_with(path, ".scd");
    if (!is_input && !is_document && !ends_with(path, ".tags"))
        return;
    size_t size = 0;
    char *bytes = read_file(path, &size);
    if (is_document)
        try_blocks(path, bytes);
    else
        expect_agreement(path, bytes, size);
    free(bytes);
}

/* is_input: every file of it is one, whatever its name. */
static void try_folder(const char *path, bool is_input) {
    DIR *opened = opendir(path);
    ck_assert_msg(opened != NULL, "%s", path);
    for (struct dirent *entry; (entry = readdir(opened)) != NULL;) {
        if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "node_modules"))
            continue;
        char *below = text_of("%s/%s", path, entry->d_name);
        struct stat facts = {0};
        if (stat(below, &facts) == 0 && S_ISDIR(facts.st_mode))
            try_folder(below, is_input);
        else if (S_ISREG(facts.st_mode))
            try_file(below, is_input);
        free(below);
    }
    closedir(opened);
}

static void try_place(const char *relative, bool is_input) {
    char *path = source_path(relative);
    try_folder(path, is_input);
    free(path);
}

START_TEST(every_schema_and_document_of_this_tree)
{
    static const char *const folders[] = {"schemas", "tests", "docs", "editors", "examples", "bench"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        try_place(folders[i], false);
    char *readme = source_path("README.md");
    try_file(readme, false);
    free(readme);
    ck_assert_uint_gt(n_taken, 200);
    ck_assert_uint_gt(n_refused, 100);
}
END_TEST

START_TEST(what_fuzzing_has_kept)
{
    try_place("fuzz/corpus/schema", true);
    try_place("fuzz/corpus/diff", true);
    ck_assert_uint_gt(n_taken, 20);
    ck_assert_uint_gt(n_refused, 20);
}
END_TEST

START_TEST(the_examples_of_every_rule)
{
    for (int code = 0; code < DIAG_N_CODES; code++) {
        const struct diag_rule *rule = diag_rule((enum diag_code)code);
        expect_agreement(rule->id, rule->wrong, strlen(rule->wrong));
        expect_agreement(rule->id, rule->right, strlen(rule->right));
    }
    ck_assert_uint_gt(n_taken, DIAG_N_CODES);
}
END_TEST

/* Appends the code point; of surrogates the bytes that would be theirs. */
static void append_code_point(struct text *out, uint32_t code) {
    if (code < 0x80) {
        text_append_char(out, (char)code);
    } else if (code < 0x800) {
        text_printf(out, "%c%c", (int)(0xC0 | code >> 6), (int)(0x80 | (code & 0x3F)));
    } else if (code < 0x10000) {
        text_printf(out, "%c%c%c", (int)(0xE0 | code >> 12), (int)(0x80 | (code >> 6 & 0x3F)),
                    (int)(0x80 | (code & 0x3F)));
    } else {
        text_printf(out, "%c%c%c%c", (int)(0xF0 | code >> 18), (int)(0x80 | (code >> 12 & 0x3F)),
                    (int)(0x80 | (code >> 6 & 0x3F)), (int)(0x80 | (code & 0x3F)));
    }
}

/* Around every place where what may stand in text begins or ends. */
START_TEST(every_character_that_text_may_hold)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0, 0x100},       {0x600, 0x630},   {0x7F0, 0x810},    {0x1FF0, 0x2080},    {0xD7F0, 0xD810},
                  {0xDFF0, 0xE010}, {0xFEF0, 0xFF10}, {0xFFF0, 0x10010}, {0x10FFF0, 0x110010}};
    static const char *const places[][2] = {{"schema s; // ", "\nroot { }"},
                                            {"schema s; //", "/ x"},
                                            {"schema s; ///", ""},
                                            {"include \"", "\";"},
                                            {"include <", ">;"},
                                            {"import \"a", ".tags\";"},
                                            {"schema s", ";"},
                                            {"schema ", ";"},
                                            {"default ttl 30", ";"},
                                            {"cached f() -> u64 version 1", ";"}};
    const uint32_t nonsense = 0x10FFFF; /* grammar.js tells why it is left out */
    for (size_t range = 0; range < sizeof ranges / sizeof *ranges; range++)
        for (uint32_t code = ranges[range].first; code <= ranges[range].last; code += code + 1 == nonsense ? 2 : 1)
            for (size_t place = 0; place < sizeof places / sizeof *places; place++) {
                struct text text;
                text_init(&text);
                text_append(&text, places[place][0]);
                append_code_point(&text, code);
                text_append(&text, places[place][1]);
                expect_agreement("a character", text_string(&text), text.size);
                text_free(&text);
            }
}
END_TEST

START_TEST(limits_are_left_to_t87sc)
{
    struct text deep, name;
    text_init(&deep);
    text_init(&name);
    text_append(&deep, "root ");
    for (int i = 0; i < 2000; i++)
        text_append(&deep, "{ a: Static ");
    text_append(&deep, "; ");
    text_append_repeated(&deep, '}', 2000);
    text_append(&name, "schema ");
    text_append_repeated(&name, 'a', 65);
    text_append(&name, ";");
    const struct {
        enum diag_code code;
        const char *schema;
    } table[] = {
        {T0107, text_string(&deep)},
        {T0109, text_string(&name)},
        {T0111, "default ttl 9223372036854775808ms;"},
        {T0112, "cached f() -> bytes jitter 101%;"},
        {T0113, "cached f() -> bytes version 4294967296;"},
    };
    _Static_assert(sizeof table / sizeof *table == sizeof limits / sizeof *limits, "one for each");
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct syntax syntax;
        struct tree tree;
        syntax_open(&syntax, table[i].schema, strlen(table[i].schema));
        syntax_parse(&syntax);
        ck_assert_uint_eq(syntax.diags.n_errors, 1);
        ck_assert_int_eq(syntax.diags.first->rule->code, table[i].code);
        ck_assert(is_limit(table[i].code));
        syntax_free(&syntax);
        tree_open(&tree, table[i].schema, strlen(table[i].schema));
        ck_assert_msg(tree.is_whole, "%s", table[i].schema);
        tree_free(&tree);
    }
    text_free(&name);
    text_free(&deep);
}
END_TEST

/* ---- random ---- */

/* What can come in by mistake. */
/* clang-format off */
static const char *const strays[] = {
#define X(kind, text, sort) text,
    TOKENS(X)
#undef X
    /* words of another kind, numbers, file names, comments, and characters that mean nothing */
    "record", "service", "batch", "reserved", "was", "accept", "a", "Wilder", "statics", "x9", "0", "7", "30s", "5ms",
    "1d", "5w", "30sx", "2x", "2.5", "1S", "\"a.h\"", "<a/b.h>", "\"\"", "<>", "\"a", "<a", "\"a\\b\"", "<a\\b>", "// c", "/// d",
    "//// e", "/", "/*", "*/", "-", ">", "=", "#", "$", "\\", "\x01", "\f", "\v", "\r", "\x7F", "\xFF", "\xC3",
    "\xC3\xA9", "// \xC3\xA9", "// \xFF", "// \x01", "// \xE2\x80\x8E", "\"\xE2\x80\xAE\"", "\"\t\xC3\xA9\"",
    "\xC2\xA0", "\xED\xA0\x80", "\xEF\xBB\xBF"};
/* clang-format on */

static const char *const gaps[] = {" ", " ", " ",  " ",    " ",  " ",          " ",
                                   " ", "",  "\n", "\r\n", "\t", "\n// c\r\n", "\n///\n"};

enum { MAX_PIECES = 512 };

struct pieces {
    struct text texts[MAX_PIECES];
    size_t n;
};

static void insert(struct pieces *pieces, size_t at, const char *bytes, size_t size) {
    if (pieces->n == MAX_PIECES)
        return;
    memmove(pieces->texts + at + 1, pieces->texts + at, (pieces->n - at) * sizeof *pieces->texts);
    pieces->n++;
    text_init(&pieces->texts[at]);
    text_append_bytes(&pieces->texts[at], bytes, size);
}

static void cut(struct pieces *pieces, const char *schema) {
    struct syntax syntax;
    struct lexer lexer;
    struct token token;
    syntax_open(&syntax, schema, strlen(schema));
    lexer_init(&lexer, &syntax.source, &syntax.diags);
    pieces->n = 0;
    while (lexer_next(&lexer, &token) != TOKEN_END)
        insert(pieces, pieces->n, schema + token.offset, token.length);
    syntax_free(&syntax);
}

/* A piece dropped, put twice, swapped with the next, replaced, or a stray one put in; or a word for a word, which
 * seldom is a mistake. */
static void make_mistake(struct dice *dice, struct pieces *pieces) {
    size_t at = pieces->n ? roll(dice, (uint32_t)pieces->n) : 0;
    const char *stray = strays[roll(dice, sizeof strays / sizeof *strays)];
    uint32_t kind = pieces->n ? roll(dice, 8) : 0;
    struct text old = pieces->texts[at];
    switch (kind) {
    case 0:
        insert(pieces, at, stray, strlen(stray));
        break;
    case 1:
        text_free(&pieces->texts[at]);
        memmove(pieces->texts + at, pieces->texts + at + 1, (pieces->n - at - 1) * sizeof old);
        pieces->n--;
        break;
    case 2:
        insert(pieces, at, text_string(&old), old.size);
        break;
    case 3:
        if (at + 1 < pieces->n) {
            pieces->texts[at] = pieces->texts[at + 1];
            pieces->texts[at + 1] = old;
        }
        break;
    case 4:
        text_rewind(&pieces->texts[at]);
        text_append(&pieces->texts[at], stray);
        break;
    default:
        while (at < pieces->n && !isalpha((unsigned char)*text_string(&pieces->texts[at])))
            at++;
        if (at < pieces->n) {
            text_rewind(&pieces->texts[at]);
            text_append(&pieces->texts[at], strays[TOKEN_SCHEMA + roll(dice, TOKEN_STATIC - TOKEN_SCHEMA)]);
        }
    }
}

/* Seldom glued, so that mistakes are not all of one kind. */
static void try_pieces(struct dice *dice, const struct pieces *pieces) {
    struct text text;
    text_init(&text);
    bool plain = roll(dice, 2);
    for (size_t i = 0; i < pieces->n; i++) {
        text_append(&text, plain ? " " : gaps[roll(dice, sizeof gaps / sizeof *gaps)]);
        text_append_bytes(&text, text_string(&pieces->texts[i]), pieces->texts[i].size);
    }
    expect_agreement("a mistake", text_string(&text), text.size);
    text_free(&text);
}

START_TEST(random_schemas_and_random_mistakes)
{
    enum { SEEDS = 1000, MUTANTS = 10 };
    static struct pieces pieces;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct dice dice = {seed * 0x9E3779B97F4A7C15u};
        char *schema = random_schema(&dice);
        char *respaced = respace(&dice, schema, SPACING_EMPTY_LINES | SPACING_COMMENTS);
        ck_assert(expect_agreement("a random schema", schema, strlen(schema)));
        ck_assert(expect_agreement("the same with other blanks", respaced, strlen(respaced)));
        for (int i = 0; i < MUTANTS; i++) {
            cut(&pieces, schema);
            for (uint32_t n = roll(&dice, 3) + 1; n; n--)
                make_mistake(&dice, &pieces);
            try_pieces(&dice, &pieces);
            while (pieces.n)
                text_free(&pieces.texts[--pieces.n]);
        }
        free(respaced);
        free(schema);
    }
    ck_assert_uint_gt(n_taken, 2 * SEEDS + SEEDS * MUTANTS / 10); /* some mistakes are none */
    ck_assert_uint_gt(n_refused, SEEDS * MUTANTS / 2);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("tree-sitter takes what t87sc takes");
    TCase *all = case_of(suite, "all", NULL, NULL, 60);
    tcase_add_test(all, every_schema_and_document_of_this_tree);
    tcase_add_test(all, what_fuzzing_has_kept);
    tcase_add_test(all, the_examples_of_every_rule);
    tcase_add_test(all, every_character_that_text_may_hold);
    tcase_add_test(all, limits_are_left_to_t87sc);
    tcase_add_test(all, random_schemas_and_random_mistakes);
    return run_suites(suite, NULL);
}
