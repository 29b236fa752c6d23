/* SPDX-License-Identifier: MIT
 *
 * What is said of the thing under the cursor: its place in the tree, and who has to do with it.
 */
#include <stdlib.h>
#include <string.h>

#include "captions.h"
#include "locate.h"
#include "relations.h"
#include "scan.h"
#include "server.h"
#include "vocabulary.h"
#include "words.h"

enum { MOST_NAMES = 20 }; /* that are listed */

struct hover {
    const struct compiled *compiled;
    const struct outline *outline;
    const struct ast_file *schema; /* whose queries and mutations count */
    struct text *out;
};

static void begin_code(struct text *out) { text_append(out, "```t87s\n"); }

static void end_code(struct text *out, const char *doc) {
    text_append(out, "\n```\n");
    if (doc)
        text_printf(out, "%s\n", doc);
}

/* ---- lists of names ---- */

struct names {
    struct text *out;
    const char *before, *after; /* the whole list */
    size_t n;
};

static void add_name(struct names *names, const char *name) {
    if (names->n == 0)
        text_append(names->out, names->before);
    if (names->n++ < MOST_NAMES)
        text_printf(names->out, "%s`%s`", names->n > 1 ? ", " : "", name);
}

static bool end_names(struct names *names) {
    if (names->n > MOST_NAMES)
        text_printf(names->out, " and %zu more", names->n - MOST_NAMES);
    if (names->n)
        text_append(names->out, names->after);
    return names->n > 0;
}

/* The queries or mutations that have the relation to the tag. */
static bool list_related(struct hover *hover, const struct model_node *tag, bool mutations, enum relation relation,
                         const char *before) {
    struct names names = {hover->out, before, "\n", 0};
    for (const struct ast_declaration *next = hover->schema->first; next; next = next->next) {
        bool is_function = next->kind == AST_CACHED || next->kind == AST_MUTATION;
        if (is_function && next->function->is_mutation == mutations &&
            relation_to_function(hover->outline, tag, next->function) == relation)
            add_name(&names, next->name.text);
    }
    return end_names(&names);
}

/* ---- tags ---- */

/* The name that the generated header has for it. */
static void append_c_name(struct hover *hover, const struct model_node *tag) {
    const struct compiled *compiled = hover->compiled;
    if (!compiled->loaded.model || compiled->loaded.diags.n_errors)
        return;
    char name[C_NAME_MAX + 1];
    name[c_name_of_node(name, &compiled->plan.names, C_NODE, tag)] = '\0';
    text_printf(hover->out, ", `%s()` in C", name);
}

static void hover_tag(struct hover *hover, const struct model_node *tag) {
    struct text *out = hover->out;
    begin_code(out);
    caption_node(out, tag);
    end_code(out, tag->doc);
    text_append(out, "\n`");
    words_tag(out, tag);
    text_printf(out, "`: %u wild%s", tag->n_wilds, tag->n_wilds == 1 ? "" : "s");
    append_c_name(hover, tag);
    text_append(out, "\n\n");
    bool carried = list_related(hover, tag, false, RELATION_SAME, "- carried by ");
    carried |= list_related(hover, tag, false, RELATION_BELOW, "- below it carried by ");
    if (!carried)
        text_append(out, "- no query carries it\n");
    bool invalidated = list_related(hover, tag, true, RELATION_SAME, "- invalidated by ");
    invalidated |= list_related(hover, tag, true, RELATION_ABOVE, "- invalidated from above by ");
    if (!invalidated)
        text_append(out, "- no mutation invalidates it\n");
}

/* The tags that a declared segment makes: one for each place its group is used at. */
static void hover_segment(struct hover *hover, const struct ast_item *item) {
    const struct model_node *first = NULL;
    struct names names = {hover->out, "\n- also ", "\n", 0};
    struct place place = item->is_wild && item->wild ? item->wild->name.place : item->place;
    enum model_node_kind kind = item->is_wild ? NODE_WILD : NODE_STATIC;
    for (size_t i = 0; i < hover->outline->n_nodes; i++) {
        const struct model_node *node = hover->outline->nodes[i];
        if (node->kind != kind || node->place.file != place.file || node->place.line != place.line ||
            node->place.column != place.column)
            continue;
        if (!first) {
            first = node;
            hover_tag(hover, node);
        } else if (names.n < MOST_NAMES) {
            struct text path;
            text_init(&path);
            words_tag(&path, node);
            add_name(&names, text_string(&path));
            hover->out->failed |= path.failed;
            text_free(&path);
        } else {
            names.n++;
        }
    }
    end_names(&names);
    if (!first) {
        begin_code(hover->out);
        text_printf(hover->out, "%s%s%s", item->name ? item->name : "", item->name ? ": " : "",
                    item->is_wild ? "Wild" : "Static");
        end_code(hover->out, item->doc);
        text_append(hover->out, "\nNo root leads here.\n");
    }
}

/* ---- queries and mutations ---- */

static void append_tags(struct text *out, const struct ast_function *function, const char *before) {
    struct names names = {out, before, "\n", 0};
    for (const struct ast_spec *spec = function->first_spec; spec; spec = spec->next) {
        struct text tag;
        text_init(&tag);
        caption_spec(&tag, spec);
        add_name(&names, text_string(&tag));
        out->failed |= tag.failed;
        text_free(&tag);
    }
    end_names(&names);
}

/* The clause, or the schema's default. */
static void append_duration(struct hover *hover, const struct ast_function *function, enum ast_clause_kind kind) {
    const struct ast_clause *clause = ast_clause_of(function, kind);
    const struct ast_declaration *fallback = hover->outline->defaults[kind == CLAUSE_GRACE];
    text_printf(hover->out, "- %s: ", ast_clause_names[kind]);
    if (clause) {
        words_duration(hover->out, clause->value);
    } else if (fallback) {
        words_duration(hover->out, fallback->duration_ms);
        text_append(hover->out, ", the schema's default");
    } else {
        text_append(hover->out, "the cache's default");
    }
    text_append_char(hover->out, '\n');
}

/* The mutations that make its answers wrong, or the queries whose answers it makes wrong. */
static void list_reached(struct hover *hover, const struct ast_function *function, const char *before,
                         const char *nobody) {
    const struct outline *outline = hover->outline;
    struct names names = {hover->out, before, "\n", 0};
    uint8_t *marks = calloc(outline->n_nodes + 1, sizeof *marks);
    if (!marks) {
        hover->out->failed = true;
        return;
    }
    mark_function(outline, function, marks);
    for (const struct ast_declaration *next = hover->schema->first; next; next = next->next) {
        if (next->kind != (function->is_mutation ? AST_CACHED : AST_MUTATION))
            continue;
        if (function->is_mutation ? is_query_reached(outline, marks, next->function)
                                  : is_mutation_reaching(outline, marks, next->function))
            add_name(&names, next->name.text);
    }
    free(marks);
    if (!end_names(&names))
        text_append(hover->out, nobody);
}

static void append_key(struct text *out, const struct ast_function *function) {
    struct names names = {out, "- key: ", "\n", 0};
    for (const struct ast_param *param = function->first_param; param; param = param->next)
        add_name(&names, param->name.text);
    if (!end_names(&names))
        text_append(out, "- key: none, there is one answer\n");
}

static void hover_function(struct hover *hover, const struct ast_declaration *declaration) {
    const struct ast_function *function = declaration->function;
    struct text *out = hover->out;
    begin_code(out);
    caption_function(out, declaration);
    end_code(out, declaration->doc);
    text_append_char(out, '\n');
    if (function->is_mutation) {
        append_tags(out, function, "- invalidates ");
        list_reached(hover, function, "- makes wrong: ", "- reaches no query\n");
        return;
    }
    append_key(out, function);
    append_tags(out, function, "- tags: ");
    append_duration(hover, function, CLAUSE_TTL);
    append_duration(hover, function, CLAUSE_GRACE);
    list_reached(hover, function, "- invalidated by ", "- no mutation invalidates it\n");
}

/* ---- the rest ---- */

static void hover_group(struct hover *hover, const struct ast_declaration *group) {
    struct names names = {hover->out, "\n- holds ", "\n", 0};
    begin_code(hover->out);
    text_printf(hover->out, "tags %s", group->name.text);
    end_code(hover->out, group->doc);
    for (const struct ast_item *item = group->block->first; item; item = item->next)
        add_name(&names, item->name ? item->name : "Wild");
    end_names(&names);
}

static void hover_enum(struct hover *hover, const struct model_enum *enumeration) {
    begin_code(hover->out);
    caption_enum(hover->out, enumeration);
    end_code(hover->out, enumeration->doc);
}

static void hover_word(struct hover *hover, const char *word, size_t size, enum word_use first, enum word_use last) {
    const struct vocabulary_word *found = vocabulary_find(word, size, first, last);
    if (found)
        text_printf(hover->out, "`%s`: %s\n", found->word, found->meaning);
}

static void hover_type(struct hover *hover, const char *name) {
    const struct model_enum *enumeration = outline_enum(hover->outline, name);
    if (enumeration)
        hover_enum(hover, enumeration);
    else
        hover_word(hover, name, strlen(name), WORD_TYPE, WORD_VALUE);
}

static void hover_param(struct hover *hover, const struct symbol *symbol) {
    const struct ast_param *param = param_of(symbol);
    if (!param)
        return;
    begin_code(hover->out);
    text_printf(hover->out, "%s%s: %s", param->is_key ? "key " : "", param->name.text, param->type.text);
    end_code(hover->out, NULL);
    text_printf(hover->out, "\nA parameter of `%s`%s.\n", symbol->declaration->name.text,
                param->is_key ? ": it tells answers apart, and fills no wild" : "");
}

static void hover_symbol(struct hover *hover, const struct symbol *symbol) {
    const struct ast_declaration *group;
    const struct model_node *node;
    switch (symbol->kind) {
    case SYMBOL_SEGMENT:
    case SYMBOL_WILD:
        hover_segment(hover, symbol->item);
        break;
    case SYMBOL_STEP:
        node = node_of_step(hover->outline, symbol->spec, symbol->step);
        if (node)
            hover_tag(hover, node);
        break;
    case SYMBOL_FUNCTION:
        hover_function(hover, symbol->declaration);
        break;
    case SYMBOL_GROUP:
        group = outline_group(hover->outline, symbol->name);
        if (group)
            hover_group(hover, group);
        break;
    case SYMBOL_ENUM:
    case SYMBOL_TYPE:
        hover_type(hover, symbol->name);
        break;
    case SYMBOL_ITEM:
        hover_type(hover, symbol->declaration->name.text);
        break;
    case SYMBOL_PARAM:
    case SYMBOL_ARGUMENT:
        hover_param(hover, symbol);
        break;
    case SYMBOL_STRUCT:
        text_printf(hover->out, "`struct %s` of the application.\n", symbol->name);
        break;
    case SYMBOL_SCHEMA:
        text_printf(hover->out, "The schema `%s`: %zu tags.\n", symbol->name,
                    hover->outline->n_nodes ? hover->outline->n_nodes - 1 : 0);
        break;
    case SYMBOL_IMPORT:
    case SYMBOL_INCLUDE:
        break;
    }
}

static void hover_keyword(struct hover *hover, const struct target *target) {
    struct token token;
    enum token_kind kind = scan_token_at(target->document, target->offset, &token);
    const char *word = target->document->bytes + token.offset;
    if (kind == TOKEN_END || kind == TOKEN_NAME)
        return;
    size_t before = hover->out->size;
    hover_word(hover, word, token.length, WORD_CLAUSE, WORD_MARK);
    if (hover->out->size == before)
        hover_word(hover, word, token.length, WORD_DECLARATION, WORD_VALUE);
}

json_t *on_hover(struct server *server, json_t *params) {
    struct target target;
    struct symbol symbol;
    if (!target_of(server, params, &target))
        return NULL;
    const struct compiled *compiled = know(server, target.document);
    if (!compiled)
        return NULL;
    const struct outline *outline = &compiled->loaded.outline;
    const struct ast_file *file = file_of_document(outline, target.document);
    if (!file)
        return json_null();
    struct text out;
    text_init(&out);
    struct hover hover = {compiled, outline, outline->files[0], &out};
    if (locate_target(compiled, &target, &symbol))
        hover_symbol(&hover, &symbol);
    else
        hover_keyword(&hover, &target);
    if (!out.size && !out.failed) {
        text_free(&out);
        return json_null();
    }
    return json_pack("{s:o}", "contents", json_of_markdown(&out));
}
