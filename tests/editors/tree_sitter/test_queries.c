/* SPDX-License-Identifier: MIT
 *
 * What editors ask of a tree: the files of editors/tree-sitter/queries, run as an editor runs them.
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "golden.h"
#include "suites.h"
#include "trees.h"

/* ---- a query over a schema ---- */

struct question {
    char *schema;
    struct tree tree;
    char *text;
    TSQuery *query;
};

/* `schema` is a path in this tree, or a schema itself. */
static void question_open(struct question *question, const char *query, const char *schema) {
    bool is_path = strstr(schema, ".tags") != NULL;
    char *query_path = text_of("editors/tree-sitter/queries/%s.scm", query);
    char *path = source_path(query_path), *schema_path = source_path(schema);
    question->schema = is_path ? read_file(schema_path, NULL) : strdup(schema);
    tree_open(&question->tree, question->schema, strlen(question->schema));
    question->text = read_file(path, NULL);
    uint32_t offset = 0;
    TSQueryError error = TSQueryErrorNone;
    question->query =
        ts_query_new(tree_sitter_t87s(), question->text, (uint32_t)strlen(question->text), &offset, &error);
    ck_assert_msg(question->query != NULL, "%s: error %d at '%.40s'", path, error, question->text + offset);
    free(schema_path);
    free(path);
    free(query_path);
}

static void question_free(struct question *question) {
    ts_query_delete(question->query);
    tree_free(&question->tree);
    free(question->text);
    free(question->schema);
}

static char *text_of_node(const struct question *question, TSNode node) {
    uint32_t begin = ts_node_start_byte(node);
    return text_of("%.*s", (int)(ts_node_end_byte(node) - begin), question->tree.bytes + begin);
}

static const char *capture_name(const struct question *question, uint32_t index) {
    uint32_t length = 0;
    return ts_query_capture_name_for_id(question->query, index, &length);
}

static bool matches(const char *pattern, const char *text) {
    regex_t regex;
    ck_assert_msg(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) == 0, "%s", pattern);
    bool found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

/* (#match? @capture "pattern"), (#not-match? ...); (#strip! ...) is for who shows the text. */
static bool predicate_holds(const struct question *question, const TSQueryMatch *match,
                            const TSQueryPredicateStep *steps) {
    uint32_t length = 0;
    const char *name = ts_query_string_value_for_id(question->query, steps[0].value_id, &length);
    if (!strcmp(name, "strip!"))
        return true;
    bool wanted = !strcmp(name, "match?");
    ck_assert_msg(wanted || !strcmp(name, "not-match?"), "not every editor knows #%s", name);
    ck_assert_int_eq(steps[1].type, TSQueryPredicateStepTypeCapture);
    ck_assert_int_eq(steps[2].type, TSQueryPredicateStepTypeString);
    ck_assert_int_eq(steps[3].type, TSQueryPredicateStepTypeDone);
    const char *pattern = ts_query_string_value_for_id(question->query, steps[2].value_id, &length);
    for (uint16_t i = 0; i < match->capture_count; i++) {
        if (match->captures[i].index != steps[1].value_id)
            continue;
        char *text = text_of_node(question, match->captures[i].node);
        bool found = matches(pattern, text);
        free(text);
        if (found != wanted)
            return false;
    }
    return true;
}

static bool predicates_hold(const struct question *question, const TSQueryMatch *match) {
    uint32_t n = 0;
    const TSQueryPredicateStep *steps = ts_query_predicates_for_pattern(question->query, match->pattern_index, &n);
    for (uint32_t i = 0; i < n; i++) {
        if (!predicate_holds(question, match, steps + i))
            return false;
        while (steps[i].type != TSQueryPredicateStepTypeDone)
            i++;
    }
    return true;
}

typedef void see_capture(void *context, const struct question *question, const char *name, TSNode node);

/* Calls `see` for the captures of each match, in the order of the schema. */
static void ask(const struct question *question, see_capture *see, void *context) {
    TSQueryCursor *cursor = ts_query_cursor_new();
    TSQueryMatch match;
    ts_query_cursor_exec(cursor, question->query, question->tree.root);
    while (ts_query_cursor_next_match(cursor, &match))
        for (uint16_t i = 0; predicates_hold(question, &match) && i < match.capture_count; i++)
            see(context, question, capture_name(question, match.captures[i].index), match.captures[i].node);
    ts_query_cursor_delete(cursor);
}

/* ---- colours ---- */

/* Of each byte of the schema. */
struct colours {
    const char **names;
};

static void paint(void *context, const struct question *question, const char *name, TSNode node) {
    struct colours *colours = context;
    for (uint32_t i = ts_node_start_byte(node); i < ts_node_end_byte(node); i++) {
        ck_assert_msg(colours->names[i] == NULL, "both %s and %s: %.40s", colours->names[i], name,
                      question->schema + i);
        colours->names[i] = name;
    }
}

static void paint_all(const struct question *question, struct colours *colours) {
    colours->names = calloc(strlen(question->schema) + 1, sizeof *colours->names);
    ck_assert_ptr_nonnull(colours->names);
    ask(question, paint, colours);
}

/* A word, on the first line with such a text in it. */
static const struct {
    const char *line, *word, *colour;
} places[] = {
    {"// schemas/kitchen_sink", "schemas", "comment"},
    {"/// A shop in three", "shop", "comment.documentation"},
    {"schema shop;", "schema", "keyword"},
    {"schema shop;", "shop", "module"},
    {"import \"shared", "import", "keyword.import"},
    {"import \"shared", "\"shared", "string"},
    {"include <stdint.h>", "<stdint.h>", "string"},
    {"default ttl 2m;", "default", "keyword"},
    {"default ttl 2m;", "ttl", "keyword"},
    {"default ttl 2m;", "2m", "number"},
    {"enum carrier", "enum", "keyword"},
    {"enum carrier", "carrier", "type"},
    {"enum carrier", "pigeon", "constant"},
    {"tags Customer {", "tags", "keyword"},
    {"tags Customer {", "Customer", "type"},
    {"tags Customer {", "{", "punctuation.bracket"},
    {"root {", "root", "keyword"},
    {"customers: Static {", "customers", "property"},
    {"customers: Static {", ":", "punctuation.delimiter"},
    {"customers: Static {", "Static", "keyword.modifier"},
    {"Wild(customer_id: u64) Customer", "Wild", "keyword.modifier"},
    {"Wild(customer_id: u64) Customer", "customer_id", "variable.parameter"},
    {"Wild(customer_id: u64) Customer", "u64", "type.builtin"},
    {"Wild(customer_id: u64) Customer", "Customer", "type"},
    {"prices: Wild(zone: region)", "region", "type"},
    {"articles: Wild(sku: str) Discussion", "Discussion", "type"},
    {"tags:   Wild(key: str)", "tags", "property"},
    {"tags:   Wild(key: str)", "key", "variable.parameter"},
    {"tags:   Wild(key: str)", "version", "property"},
    {"cached: Static;", "cached", "property"},
    {"cached get_customer(", "cached", "keyword"},
    {"cached get_customer(", "get_customer", "function"},
    {"cached get_customer(", "->", "operator"},
    {"cached get_customer(", "struct", "keyword.type"},
    {"-> struct customer", "customer", "type"},
    {"tagged customers(customer_id).profile", "tagged", "keyword"},
    {"tagged customers(customer_id).profile", "customers", "property"},
    {"tagged customers(customer_id).profile", "customer_id", "variable.parameter"},
    {"tagged customers(customer_id).profile", "profile", "property"},
    {"fleet verify 1% version 2", "fleet", "keyword"},
    {"fleet verify 1% version 2", "1%", "number"},
    {"fleet verify 1% version 2", "version", "keyword"},
    {"fleet verify 1% version 2", "2", "number"},
    {"key is_member: bool", "key", "keyword.modifier"},
    {"key is_member: bool", "is_member", "variable.parameter"},
    {"-> codec cart", "codec", "keyword.type"},
    {"-> codec cart", "cart", "type"},
    {"cached search(key words", "bytes", "type.builtin"},
    {"cached version(key: str)", "version", "function"},
    {"cached version(key: str)", "key", "variable.parameter"},
    {"mutation rename_customer", "mutation", "keyword"},
    {"mutation rename_customer", "rename_customer", "function"},
    {"customers(customer_id).orders exact", "exact", "keyword.modifier"},
    {"stats soft;", "soft", "keyword.modifier"},
    {"mutation tick() invalidates", "invalidates", "keyword"},
};

START_TEST(every_word_of_the_kitchen_sink_has_its_one_colour)
{
    struct question question;
    struct colours colours;
    question_open(&question, "highlights", "schemas/kitchen_sink.tags");
    paint_all(&question, &colours);
    for (const char *at = question.schema; *at; at++) {
        bool is_blank = strchr(" \n", *at) != NULL, is_bare = colours.names[at - question.schema] == NULL;
        ck_assert_msg(is_blank || !is_bare, "no colour: %.40s", at);
    }
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *line = strstr(question.schema, places[i].line);
        ck_assert_msg(line != NULL, "%s", places[i].line);
        const char *word = strstr(line, places[i].word), *colour = colours.names[word - question.schema];
        ck_assert_msg(!strcmp(colour, places[i].colour), "%s in %s: %s", places[i].word, places[i].line, colour);
    }
    free(colours.names);
    question_free(&question);
}
END_TEST

static void add_name(void *context, const struct question *question, const char *name, TSNode node) {
    struct text *out = context;
    char *text = text_of_node(question, node);
    text_printf(out, "%s %s\n", name, text);
    free(text);
}

static void expect_captures(const char *query, const char *schema, const char *wanted) {
    struct question question;
    struct text found;
    text_init(&found);
    question_open(&question, query, schema);
    ask(&question, add_name, &found);
    expect_same_text(query, wanted, text_string(&found));
    text_free(&found);
    question_free(&question);
}

START_TEST(what_t87sc_refuses_is_shown_as_an_error)
{
    expect_captures("highlights", "schema was;", "keyword schema\nerror was\npunctuation.delimiter ;\n");
    expect_captures("highlights", "default grace 5x;",
                    "keyword default\nkeyword grace\nnumber 5x\nerror 5x\npunctuation.delimiter ;\n");
}
END_TEST

/* ---- the other questions ---- */

static const char small[] = "schema s;\n"
                            "/// How it travels.\n"
                            "enum carrier { post }\n"
                            "tags Order { sent: Wild(by: carrier); }\n"
                            "root { orders: Wild(id: u64) Order; }\n"
                            "/// One order.\n"
                            "cached order(id: u64) -> struct row tagged orders(id);\n"
                            "mutation drop(id: u64) invalidates orders(id);\n";

START_TEST(what_the_documents_have_emacs_ask_can_be_asked)
{
    char *path = source_path("docs/editors.md"), *document = read_file(path, NULL);
    char *begin = strstr(document, "(treesit-font-lock-rules");
    ck_assert_ptr_nonnull(begin);
    begin = strstr(begin, "'((") + 2;
    uint32_t open = 1, n = 0, offset = 0;
    for (; open; n++)
        open = begin[n] == '(' ? open + 1 : begin[n] == ')' ? open - 1 : open;
    TSQueryError error = TSQueryErrorNone;
    TSQuery *query = ts_query_new(tree_sitter_t87s(), begin, n - 1, &offset, &error);
    ck_assert_msg(query != NULL, "error %d at '%.40s'", error, begin + offset);
    ck_assert_uint_gt(ts_query_pattern_count(query), 10);
    ts_query_delete(query);
    free(document);
    free(path);
}
END_TEST

START_TEST(symbols_are_what_is_declared_and_where_groups_and_types_are_used)
{
    expect_captures("tags", small,
                    "definition.module schema s;\nname s\n"
                    "doc /// How it travels.\ndefinition.type enum carrier { post }\nname carrier\n"
                    "definition.constant post\nname post\n"
                    "definition.type tags Order { sent: Wild(by: carrier); }\nname Order\n"
                    "definition.field sent: Wild(by: carrier);\nname sent\n"
                    "name carrier\nreference.type carrier\n"
                    "definition.field orders: Wild(id: u64) Order;\nname orders\n"
                    "name Order\nreference.type Order\n"
                    "doc /// One order.\n"
                    "definition.function cached order(id: u64) -> struct row tagged orders(id);\nname order\n"
                    "name row\nreference.type row\n"
                    "definition.function mutation drop(id: u64) invalidates orders(id);\nname drop\n");
}
END_TEST

START_TEST(parameters_are_local_to_their_query_or_mutation)
{
    expect_captures("locals", small,
                    "local.scope cached order(id: u64) -> struct row tagged orders(id);\n"
                    "local.definition id\nlocal.reference id\n"
                    "local.scope mutation drop(id: u64) invalidates orders(id);\n"
                    "local.definition id\nlocal.reference id\n");
}
END_TEST

START_TEST(blocks_enums_queries_and_mutations_fold)
{
    expect_captures("folds", small,
                    "fold enum carrier { post }\n"
                    "fold { sent: Wild(by: carrier); }\n"
                    "fold { orders: Wild(id: u64) Order; }\n"
                    "fold cached order(id: u64) -> struct row tagged orders(id);\n"
                    "fold mutation drop(id: u64) invalidates orders(id);\n");
}
END_TEST

int main(void) {
    return run_suites(suite_of("what editors ask of a tree", every_word_of_the_kitchen_sink_has_its_one_colour,
                               what_t87sc_refuses_is_shown_as_an_error, what_the_documents_have_emacs_ask_can_be_asked,
                               symbols_are_what_is_declared_and_where_groups_and_types_are_used,
                               parameters_are_local_to_their_query_or_mutation, blocks_enums_queries_and_mutations_fold,
                               NULL),
                      NULL);
}
