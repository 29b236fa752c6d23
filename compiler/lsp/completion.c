/* SPDX-License-Identifier: MIT
 *
 * What can be written at the cursor. A segment with wilds comes filled in, when the parameters say with what, and
 * without its brackets, which is the tag of all that is below it.
 */
#include <string.h>
#include <strings.h>

#include "ast.h"
#include "captions.h"
#include "cursor.h"
#include "json_parts.h"
#include "locate.h"
#include "server.h"
#include "vocabulary.h"
#include "words.h"

enum { MOST_ITEMS = 1000 }; /* the client asks again when there are more */

/* Of the protocol. */
enum item_kind {
    ITEM_FIELD = 5,
    ITEM_VARIABLE = 6,
    ITEM_CLASS = 7,
    ITEM_ENUM = 13,
    ITEM_KEYWORD = 14,
    ITEM_STRUCT = 22
};

struct completion {
    struct server *server;
    const struct outline *outline;
    const struct cursor *cursor;
    json_t *range; /* that an item replaces */
    json_t *items;
    bool is_cut;
};

/* Takes the texts. `label` is what is written, too, when `written` is NULL. */
static void add(struct completion *c, enum item_kind kind, const char *label, struct text *detail, const char *doc,
                struct text *written, bool is_snippet) {
    char order[16];
    snprintf(order, sizeof order, "%05zu", json_array_size(c->items));
    json_t *item =
        json_pack("{s:o, s:i, s:s, s:o, s:i, s:{s:O, s:o}}", "label", json_of_text(label), "kind", (int)kind,
                  "sortText", order, "filterText", json_of_text(label), "insertTextFormat", is_snippet ? 2 : 1,
                  "textEdit", "range", c->range, "newText", written ? json_of_built(written) : json_of_text(label));
    if (item && detail && json_object_set_new(item, "detail", json_of_built(detail)) != 0)
        c->server->failed = true;
    if (item && doc &&
        json_object_set_new(item, "documentation",
                            json_pack("{s:s, s:o}", "kind", "markdown", "value", json_of_text(doc))) != 0)
        c->server->failed = true;
    c->items = json_grown(c->items, item);
}

/* Whether what is there already is the beginning of it, and there is room. */
static bool is_offered(struct completion *c, const char *name) {
    struct word prefix = c->cursor->prefix;
    if (strncasecmp(name, prefix.bytes, prefix.size) != 0)
        return false;
    c->is_cut |= json_array_size(c->items) >= MOST_ITEMS;
    return !c->is_cut;
}

/* A clause stands once. */
static bool is_there(const struct completion *c, const struct vocabulary_word *word) {
    if (word->use != WORD_CLAUSE && word->use != WORD_EFFECT)
        return false;
    for (uint32_t i = 0; i < c->cursor->n_clauses; i++)
        if (word_is(c->cursor->clauses[i], word->word))
            return true;
    return false;
}

static void add_words(struct completion *c, enum word_use use) {
    for (const struct vocabulary_word *word = vocabulary; word->word; word++)
        if (word->use == use && !is_there(c, word) && is_offered(c, word->word))
            add(c, ITEM_KEYWORD, word->word, NULL, word->meaning, NULL, false);
}

static void add_declared(struct completion *c, enum ast_kind kind) {
    for (size_t i = 0; i < c->outline->n_files; i++) {
        for (const struct ast_declaration *next = c->outline->files[i]->first; next; next = next->next) {
            if (next->kind != kind || !is_offered(c, next->name.text))
                continue;
            struct text detail;
            text_init(&detail);
            if (kind == AST_ENUM && outline_enum(c->outline, next->name.text))
                caption_enum(&detail, outline_enum(c->outline, next->name.text));
            else
                text_printf(&detail, "tags %s", next->name.text);
            add(c, kind == AST_ENUM ? ITEM_ENUM : ITEM_CLASS, next->name.text, &detail, next->doc, NULL, false);
        }
    }
}

/* ---- what the schema has elsewhere ---- */

/* Whether it is the first of its kind; *seen is an object of those before. */
static bool is_first(struct completion *c, json_t *seen, const char *what) {
    if (json_object_get(seen, what))
        return false;
    c->server->failed |= json_object_set_new(seen, what, json_true()) != 0;
    return true;
}

static bool has_param(const struct completion *c, const char *name) {
    for (uint32_t i = 0; i < c->cursor->n_params; i++)
        if (word_is(c->cursor->params[i].name, name))
            return true;
    return false;
}

/* Parameters as the wilds want them: what fills one is mostly called like it. */
static void add_wilds(struct completion *c) {
    json_t *seen = json_object();
    struct text param;
    text_init(&param);
    for (size_t i = 0; seen && i < c->outline->n_nodes && !c->is_cut; i++) {
        const struct model_node *node = c->outline->nodes[i];
        if (node->kind != NODE_WILD || has_param(c, node->name) || !is_offered(c, node->name))
            continue;
        text_rewind(&param);
        text_printf(&param, "%s: %s", node->name, words_type(node->type));
        if (is_first(c, seen, text_string(&param)))
            add(c, ITEM_VARIABLE, text_string(&param), NULL, NULL, NULL, false);
    }
    c->server->failed |= param.failed || !seen;
    text_free(&param);
    json_decref(seen);
}

/* The structs of other values; the one that is being written is among them. */
struct structs {
    struct completion *c;
    json_t *seen;
};

static bool add_struct(void *context, const struct symbol *symbol) {
    const struct structs *structs = context;
    bool is_other = symbol->kind == SYMBOL_STRUCT && !word_is(structs->c->cursor->prefix, symbol->name);
    if (is_other && is_offered(structs->c, symbol->name) && is_first(structs->c, structs->seen, symbol->name))
        add(structs->c, ITEM_STRUCT, symbol->name, NULL, NULL, NULL, false);
    return false;
}

static void add_structs(struct completion *c) {
    struct structs structs = {c, json_object()};
    if (structs.seen && c->outline->n_files)
        each_symbol(c->outline->files[0], add_struct, &structs);
    c->server->failed |= !structs.seen;
    json_decref(structs.seen);
}

/* ---- tags ---- */

static const struct model_node *child_of(const struct model_node *node, struct word name) {
    for (const struct model_node *next = node->first_child; next; next = next->next_sibling)
        if (next->kind == NODE_STATIC && word_is(name, next->name))
            return next;
    return NULL;
}

/* Where the first n steps lead to, over what their brackets fill; NULL: nowhere. */
static const struct model_node *node_of_steps(const struct completion *c, uint32_t n) {
    const struct model_node *node = c->outline->n_nodes ? c->outline->nodes[0] : NULL;
    for (uint32_t i = 0; i < n && node; i++) {
        const struct cursor_step *step = &c->cursor->steps[i];
        const struct model_node *from = node;
        do
            node = child_of(from, step->name);
        while (!node && (from = from->wild_child));
        uint32_t n_wilds = step->brackets && !step->n_args ? 1 : step->n_args;
        for (uint32_t k = 0; k < n_wilds && node && node->wild_child; k++)
            node = node->wild_child;
    }
    return node;
}

/* Whether a parameter of the type is in a bracket of the tag, or is to be. One is seldom meant for two wilds. */
static bool is_used(const struct completion *c, const struct cursor_param *param, uint32_t planned) {
    bool is_planned = planned >> (param - c->cursor->params) & 1;
    for (uint32_t i = 0; i < c->cursor->n_filled && !is_planned; i++)
        is_planned = param->name.size == c->cursor->filled[i].size &&
                     !memcmp(param->name.bytes, c->cursor->filled[i].bytes, param->name.size);
    return is_planned;
}

/* The parameter that fills a wild: one of its type and name, or else the only one of its type. */
static const struct cursor_param *param_for(const struct completion *c, const struct model_node *wild,
                                            uint32_t planned) {
    const struct cursor_param *only = NULL;
    size_t n = 0;
    for (uint32_t i = 0; i < c->cursor->n_params; i++) {
        const struct cursor_param *param = &c->cursor->params[i];
        if (param->is_key || !word_is(param->type, words_type(wild->type)) || is_used(c, param, planned))
            continue;
        if (word_is(param->name, wild->name))
            return param;
        only = param;
        n++;
    }
    return n == 1 ? only : NULL;
}

/* name(a, b) for the wilds directly below the segment; those that nothing fills are left to be filled. */
static void append_filled(struct completion *c, const struct model_node *segment, struct text *out, bool *is_snippet) {
    size_t n_open = 0;
    uint32_t planned = 0; /* a bit for each parameter */
    text_printf(out, "%s(", segment->name);
    for (const struct model_node *wild = segment->wild_child; wild; wild = wild->wild_child) {
        const struct cursor_param *param = param_for(c, wild, planned);
        text_append(out, wild == segment->wild_child ? "" : ", ");
        if (param)
            planned |= UINT32_C(1) << (param - c->cursor->params);
        if (param)
            text_append_bytes(out, param->name.bytes, param->name.size);
        else if (c->server->has_snippets)
            text_printf(out, "${%zu:%s}", ++n_open, wild->name);
        else
            text_append(out, wild->name);
    }
    text_append_char(out, ')');
    *is_snippet = n_open > 0;
}

static void add_filled(struct completion *c, const struct model_node *segment) {
    struct text written, detail, label;
    bool is_snippet = false;
    text_init(&written);
    text_init(&detail);
    text_init(&label);
    append_filled(c, segment, &written, &is_snippet);
    const struct model_node *last = segment;
    while (last->wild_child)
        last = last->wild_child;
    caption_node(&detail, last);
    text_printf(&label, "%s(", segment->name);
    for (const struct model_node *wild = segment->wild_child; wild; wild = wild->wild_child)
        text_printf(&label, "%s%s", wild == segment->wild_child ? "" : ", ", wild->name);
    text_append(&label, ")");
    if (label.failed)
        c->server->failed = true;
    add(c, ITEM_FIELD, text_string(&label), &detail, segment->doc, &written, is_snippet);
    text_free(&label);
}

static void add_segments(struct completion *c) {
    const struct model_node *node = node_of_steps(c, c->cursor->n_steps);
    for (const struct model_node *next = node ? node->first_child : NULL; next; next = next->next_sibling) {
        if (next->kind != NODE_STATIC || !is_offered(c, next->name))
            continue;
        if (next->wild_child && !c->cursor->has_brackets)
            add_filled(c, next);
        struct text detail;
        text_init(&detail);
        caption_node(&detail, next);
        text_append(&detail, next->wild_child ? ", all of them" : "");
        add(c, ITEM_FIELD, next->name, &detail, next->doc, NULL, false);
    }
}

static void add_param(struct completion *c, const struct cursor_param *param) {
    struct text name, detail;
    text_init(&name);
    text_init(&detail);
    text_append_bytes(&name, param->name.bytes, param->name.size);
    text_append_bytes(&detail, param->type.bytes, param->type.size);
    c->server->failed |= name.failed;
    if (is_offered(c, text_string(&name)))
        add(c, ITEM_VARIABLE, text_string(&name), &detail, NULL, NULL, false);
    else
        text_free(&detail);
    text_free(&name);
}

/* The parameters that can fill the wild, all of them when it is not known which one that is: first the one of its name,
 * last those that fill another. */
static void add_arguments(struct completion *c) {
    uint32_t n = c->cursor->n_steps;
    const struct model_node *node = node_of_steps(c, n), *wild = NULL;
    if (node && c->cursor->steps[n - 1].n_args)
        wild = node->wild_child; /* of one more bracket */
    else if (node && node->kind == NODE_WILD)
        wild = node; /* empty brackets have gone over it */
    for (int rank = 0; rank < 3; rank++) {
        for (uint32_t i = 0; i < c->cursor->n_params; i++) {
            const struct cursor_param *param = &c->cursor->params[i];
            if (param->is_key || (wild && !word_is(param->type, words_type(wild->type))))
                continue;
            bool is_namesake = wild && word_is(param->name, wild->name);
            if (rank == (is_used(c, param, 0) ? 2 : is_namesake ? 0 : 1))
                add_param(c, param);
        }
    }
}

/* ---- by place ---- */

static void add_types(struct completion *c, bool is_wild, bool is_value) {
    add_words(c, WORD_TYPE);
    if (!is_wild)
        add_words(c, WORD_TYPE_PARAM);
    if (is_value)
        add_words(c, WORD_VALUE);
    add_declared(c, AST_ENUM);
}

static void add_all(struct completion *c) {
    switch (c->cursor->place) {
    case CURSOR_ELSEWHERE:
        break;
    case CURSOR_DECLARATION:
        add_words(c, WORD_DECLARATION);
        break;
    case CURSOR_DEFAULT:
        add_words(c, WORD_DEFAULT);
        break;
    case CURSOR_ITEM:
        if (is_offered(c, "Wild"))
            add(c, ITEM_KEYWORD, "Wild", NULL, NULL, NULL, false);
        break;
    case CURSOR_SEGMENT_KIND:
        add_words(c, WORD_SEGMENT);
        break;
    case CURSOR_GROUP:
        add_declared(c, AST_TAGS);
        break;
    case CURSOR_WILD_TYPE:
        add_types(c, true, false);
        break;
    case CURSOR_PARAM:
        if (!c->cursor->is_mutation)
            add_words(c, WORD_PARAM);
        add_wilds(c);
        break;
    case CURSOR_STRUCT:
        add_structs(c);
        break;
    case CURSOR_PARAM_TYPE:
        add_types(c, false, false);
        break;
    case CURSOR_VALUE:
        add_types(c, false, true);
        break;
    case CURSOR_AFTER_TAG:
        add_words(c, c->cursor->is_mutation ? WORD_MARK : WORD_CLAUSE);
        break;
    case CURSOR_CLAUSE:
        add_words(c, WORD_CLAUSE);
        break;
    case CURSOR_EFFECT:
        add_words(c, WORD_EFFECT);
        break;
    case CURSOR_STEP:
        add_segments(c);
        break;
    case CURSOR_ARGUMENT:
        add_arguments(c);
        break;
    }
}

json_t *on_completion(struct server *server, json_t *params) {
    struct target target;
    struct cursor cursor;
    if (!target_of(server, params, &target))
        return NULL;
    const struct compiled *compiled = know(server, target.document);
    if (!compiled || !cursor_find(&cursor, target.document, target.offset))
        return NULL;
    struct position start = position_at(&target.positions, target.offset - cursor.prefix.size);
    struct position end = position_at(&target.positions, target.offset + cursor.rest);
    struct completion completion = {.server = server,
                                    .outline = &compiled->loaded.outline,
                                    .cursor = &cursor,
                                    .range = json_of_range(start, end),
                                    .items = json_array()};
    add_all(&completion);
    json_decref(completion.range);
    return json_pack("{s:b, s:o}", "isIncomplete", (int)completion.is_cut, "items", completion.items);
}
