/* SPDX-License-Identifier: MIT
 *
 * What can be written at the cursor: words of the language, what is declared, what is known by other places, files.
 */
#include <string.h>

#include "ast.h"
#include "captions.h"
#include "folder.h"
#include "json_parts.h"
#include "locate.h"
#include "offers.h"
#include "vocabulary.h"
#include "words.h"

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
        if (word->use == use && !is_there(c, word) && is_wanted(c, word->word))
            offer(c, ITEM_KEYWORD, word->word, NULL, word->meaning, NULL, false);
}

static void add_declared(struct completion *c, enum ast_kind kind) {
    for (size_t i = 0; i < c->outline->n_files; i++) {
        for (const struct ast_declaration *next = c->outline->files[i]->first; next; next = next->next) {
            if (next->kind != kind || !is_wanted(c, next->name.text))
                continue;
            struct text detail;
            text_init(&detail);
            if (kind == AST_ENUM && outline_enum(c->outline, next->name.text))
                caption_enum(&detail, outline_enum(c->outline, next->name.text));
            else
                text_printf(&detail, "tags %s", next->name.text);
            offer(c, kind == AST_ENUM ? ITEM_ENUM : ITEM_CLASS, next->name.text, &detail, next->doc, NULL, false);
        }
    }
}

/* ---- what the schema has elsewhere ---- */

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
        if (node->kind != NODE_WILD || has_param(c, node->name) || !is_wanted(c, node->name))
            continue;
        text_rewind(&param);
        text_printf(&param, "%s: %s", node->name, words_type(node->type));
        if (is_first(c, seen, text_string(&param)))
            offer(c, ITEM_VARIABLE, text_string(&param), NULL, NULL, NULL, false);
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
    if (is_other && is_wanted(structs->c, symbol->name) && is_first(structs->c, structs->seen, symbol->name))
        offer(structs->c, ITEM_STRUCT, symbol->name, NULL, NULL, NULL, false);
    return false;
}

static void add_structs(struct completion *c) {
    struct structs structs = {c, json_object()};
    if (structs.seen && c->outline->n_files)
        each_symbol(c->outline->files[0], add_struct, &structs);
    c->server->failed |= !structs.seen;
    json_decref(structs.seen);
}

/* ---- imports ---- */

/* What the folder has, or a folder in it that the path leads through. */
static void add_folder(struct completion *c, json_t *seen, const char *from, size_t size) {
    struct text path;
    struct folder folder = {0};
    text_init(&path);
    if (c->cursor->folder.size && *c->cursor->folder.bytes == '/')
        size = 0;
    text_append_bytes(&path, from, size);
    text_append(&path, size && from[size - 1] != '/' ? "/" : "");
    text_append_bytes(&path, c->cursor->folder.bytes, c->cursor->folder.size);
    c->server->failed |= path.failed || !folder_read(&folder, path.size ? text_string(&path) : ".");
    for (size_t i = 0; i < folder.n; i++) {
        const char *name = folder.names[i];
        if (is_wanted(c, name) && is_first(c, seen, name))
            offer(c, name[strlen(name) - 1] == '/' ? ITEM_FOLDER : ITEM_FILE, name, NULL, NULL, NULL, false);
    }
    folder_free(&folder);
    text_free(&path);
}

static void add_imports(struct completion *c, const struct document *document) {
    json_t *seen = json_object();
    const char *slash = strrchr(document->path, '/');
    c->server->failed |= !seen;
    if (!seen)
        return;
    add_folder(c, seen, document->path, slash ? (size_t)(slash + 1 - document->path) : 0);
    for (size_t i = 0; i < c->server->options->n_include_dirs; i++)
        add_folder(c, seen, c->server->options->include_dirs[i], strlen(c->server->options->include_dirs[i]));
    json_decref(seen);
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

static void add_all(struct completion *c, const struct document *document) {
    switch (c->cursor->place) {
    case CURSOR_ELSEWHERE:
        break;
    case CURSOR_DECLARATION:
        add_words(c, WORD_DECLARATION);
        break;
    case CURSOR_DEFAULT:
        add_words(c, WORD_DEFAULT);
        break;
    case CURSOR_IMPORT:
        add_imports(c, document);
        break;
    case CURSOR_ITEM:
        if (is_wanted(c, "Wild"))
            offer(c, ITEM_KEYWORD, "Wild", NULL, NULL, NULL, false);
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
        offer_segments(c);
        break;
    case CURSOR_ARGUMENT:
        offer_arguments(c);
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
    add_all(&completion, target.document);
    json_decref(completion.range);
    return json_pack("{s:b, s:o}", "isIncomplete", (int)completion.is_cut, "items", completion.items);
}
