/* SPDX-License-Identifier: MIT
 *
 * The outline of a document: its declarations, and what is declared in their blocks. A declaration reaches to its last
 * token, a segment to the last name below it.
 */
#include <stdlib.h>
#include <string.h>

#include "ast.h"
#include "captions.h"
#include "json_parts.h"
#include "scan.h"
#include "server.h"

/* Of the protocol. */
enum kind {
    KIND_MODULE = 2,
    KIND_CLASS = 5,
    KIND_FIELD = 8,
    KIND_ENUM = 10,
    KIND_FUNCTION = 12,
    KIND_ITEM = 22,
    KIND_EVENT = 24
};

struct outliner {
    struct place_map map;
    struct positions ends; /* a walk of its own, ahead of the map */
};

struct range {
    struct position start, end;
};

/* Where each declaration ends; NULL when there is no memory. The caller frees. */
static size_t *ends_of(const struct document *document, const struct ast_file *file, size_t n) {
    size_t *ends = calloc(n + 1, sizeof *ends), i = 0, end = 0;
    struct scan scan;
    struct token token;
    if (!ends)
        return NULL;
    scan_init(&scan, document);
    enum token_kind kind = scan_next(&scan, &token);
    for (const struct ast_declaration *next = file->first; next; next = next->next) {
        while (kind != TOKEN_END && (token.line < next->place.line ||
                                     (token.line == next->place.line && token.column < next->place.column))) {
            end = (size_t)token.offset + token.length;
            kind = scan_next(&scan, &token);
        }
        if (i)
            ends[i - 1] = end;
        i++;
    }
    while (kind != TOKEN_END) {
        end = (size_t)token.offset + token.length;
        kind = scan_next(&scan, &token);
    }
    if (i)
        ends[i - 1] = end;
    scan_free(&scan);
    return ends;
}

static struct range range_of_name(struct outliner *o, struct place place, const char *name) {
    struct range range = {.start = place_map_at(&o->map, place.line, place.column)};
    uint32_t end = line_end_column(&o->map.finder, place, (uint32_t)strlen(name));
    range.end = place_map_at(&o->map, place.line, end);
    return range;
}

/* Takes the children; gives NULL when these are NULL. */
static json_t *symbol_of(const char *name, enum kind kind, struct range whole, struct range of_name, json_t *children) {
    return json_pack("{s:o, s:i, s:o, s:o, s:o}", "name", json_of_text(name), "kind", (int)kind, "range",
                     json_of_range(whole.start, whole.end), "selectionRange", json_of_range(of_name.start, of_name.end),
                     "children", children);
}

/* *end moves to the last name in it. */
static json_t *symbols_of_block(struct outliner *o, const struct ast_block *block, struct position *end) {
    json_t *symbols = json_array();
    for (const struct ast_item *item = block->first; item; item = item->next) {
        const char *name = item->name ? item->name : "Wild";
        struct range of_name = range_of_name(o, item->place, name), whole = of_name;
        json_t *children = item->block ? symbols_of_block(o, item->block, &whole.end) : json_array();
        symbols = json_grown(symbols, symbol_of(name, KIND_FIELD, whole, of_name, children));
        *end = whole.end;
    }
    return symbols;
}

static json_t *symbols_of_items(struct outliner *o, const struct ast_names *items) {
    json_t *symbols = json_array();
    for (const struct ast_named *item = items->first; item; item = item->next) {
        struct range range = range_of_name(o, item->name.place, item->name.text);
        symbols = json_grown(symbols, symbol_of(item->name.text, KIND_ITEM, range, range, json_array()));
    }
    return symbols;
}

/* NULL for what is no symbol, and *is_one then says so. */
static json_t *symbol_of_declaration(struct outliner *o, const struct ast_declaration *declaration, size_t end,
                                     bool *is_one) {
    static const enum kind kinds[] = {
        [AST_SCHEMA] = KIND_MODULE,   [AST_TAGS] = KIND_CLASS,     [AST_ROOT] = KIND_CLASS,     [AST_ENUM] = KIND_ENUM,
        [AST_CACHED] = KIND_FUNCTION, [AST_MUTATION] = KIND_EVENT, [AST_SKIPPED] = (enum kind)0};
    const char *name = declaration->kind == AST_ROOT ? "root" : declaration->name.text;
    *is_one = kinds[declaration->kind] != 0;
    if (!*is_one)
        return NULL;
    struct range whole = {.start = place_map_at(&o->map, declaration->place.line, declaration->place.column),
                          .end = position_at(&o->ends, end)};
    struct place place = declaration->kind == AST_ROOT ? declaration->place : declaration->name.place;
    struct range of_name = range_of_name(o, place, name);
    struct position last = of_name.end;
    json_t *children = NULL;
    if (declaration->kind == AST_TAGS || declaration->kind == AST_ROOT)
        children = symbols_of_block(o, declaration->block, &last);
    else if (declaration->kind == AST_ENUM)
        children = symbols_of_items(o, &declaration->items);
    else
        children = json_array();
    json_t *symbol = symbol_of(name, kinds[declaration->kind], whole, of_name, children);
    if (symbol && (declaration->kind == AST_CACHED || declaration->kind == AST_MUTATION)) {
        struct text detail;
        text_init(&detail);
        caption_params(&detail, declaration->function);
        if (json_object_set_new(symbol, "detail", json_of_built(&detail)) != 0) {
            json_decref(symbol);
            return NULL;
        }
    }
    return symbol;
}

json_t *on_symbols(struct server *server, json_t *params) {
    struct document *document;
    if (!document_of(server, params, &document))
        return NULL;
    const struct compiled *compiled = know(server, document);
    if (!compiled)
        return NULL;
    const struct ast_file *file = file_of_document(&compiled->loaded.outline, document);
    if (!file)
        return json_null();
    size_t n = 0, i = 0;
    for (const struct ast_declaration *next = file->first; next; next = next->next)
        n++;
    size_t *ends = ends_of(document, file, n);
    if (!ends)
        return NULL;
    struct outliner outliner;
    place_map_init(&outliner.map, server, &compiled->loaded.sources, file->source->path);
    positions_init(&outliner.ends, document->bytes, document->size, server->unit);
    json_t *symbols = json_array();
    for (const struct ast_declaration *next = file->first; next; next = next->next) {
        bool is_one = false;
        json_t *symbol = symbol_of_declaration(&outliner, next, ends[i++], &is_one);
        if (is_one)
            symbols = json_grown(symbols, symbol);
    }
    free(ends);
    return symbols;
}
