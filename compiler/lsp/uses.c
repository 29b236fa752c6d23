/* SPDX-License-Identifier: MIT */
#include "uses.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json_parts.h"
#include "relations.h"

static bool declared(struct subject *subject, struct place place) {
    subject->place = place;
    return true;
}

bool subject_of(const struct outline *outline, const struct symbol *symbol, struct subject *out) {
    const struct model_node *node;
    const struct model_enum *enumeration;
    const struct ast_declaration *group;
    const struct ast_param *param;
    *out = (struct subject){.name = symbol->name};
    switch (symbol->kind) {
    case SYMBOL_STEP:
        node = node_of_step(outline, symbol->spec, symbol->step);
        while (node && node->kind == NODE_WILD) /* the segment's name, not the wild's */
            node = node->parent;
        return node && node->kind == NODE_STATIC && declared(out, node->place);
    case SYMBOL_GROUP:
        group = outline_group(outline, symbol->name);
        return group && declared(out, group->name.place);
    case SYMBOL_ENUM:
    case SYMBOL_TYPE:
        enumeration = outline_enum(outline, symbol->name);
        return enumeration && declared(out, enumeration->place);
    case SYMBOL_PARAM:
    case SYMBOL_ARGUMENT:
        param = param_of(symbol);
        return param && declared(out, param->name.place);
    case SYMBOL_SCHEMA:
    case SYMBOL_FUNCTION:
    case SYMBOL_SEGMENT:
    case SYMBOL_WILD:
    case SYMBOL_ITEM:
        return declared(out, symbol->place);
    case SYMBOL_STRUCT:
        return true;
    case SYMBOL_IMPORT:
    case SYMBOL_INCLUDE:
        break;
    }
    return false;
}

static bool is_same_place(struct place a, struct place b) {
    return a.file == b.file && a.line == b.line && a.column == b.column;
}

/* ---- in one schema ---- */

struct collector {
    struct server *server;
    const struct outline *outline;
    struct subject subject;
    json_t *all;
    /* of the file under way */
    const struct ast_file *file;
    struct place_map map;
    json_t *places; /* NULL: nothing yet */
    bool failed;
};

static bool begin_file(struct collector *collector) {
    json_t *uri = json_of_uri(collector->server, collector->file->source->path);
    const char *key = json_string_value(uri);
    collector->places = key ? json_object_get(collector->all, key) : NULL;
    if (key && !collector->places && json_object_set_new(collector->all, key, json_object()) == 0)
        collector->places = json_object_get(collector->all, key);
    json_decref(uri);
    return collector->places != NULL;
}

static bool collect(void *context, const struct symbol *symbol) {
    struct collector *collector = context;
    struct subject subject;
    if (symbol->name != collector->subject.name || !subject_of(collector->outline, symbol, &subject) ||
        !is_same_place(subject.place, collector->subject.place))
        return false;
    char key[32];
    snprintf(key, sizeof key, "%" PRIu32 ":%" PRIu32, symbol->place.line, symbol->place.column);
    collector->failed =
        (!collector->places && !begin_file(collector)) ||
        json_object_set_new(collector->places, key,
                            json_pack("{s:o, s:b}", "range",
                                      place_map_range(&collector->map, symbol->place, symbol->span), "isDeclaration",
                                      (int)is_same_place(symbol->place, subject.place))) != 0;
    return collector->failed;
}

static bool collect_all(struct server *server, const struct subject *subject, json_t *all) {
    const struct loaded *loaded = &server->knowledge.compiled.loaded;
    struct collector collector = {.server = server, .outline = &loaded->outline, .subject = *subject, .all = all};
    for (size_t i = 0; i < loaded->outline.n_files && !collector.failed; i++) {
        collector.file = loaded->outline.files[i];
        collector.places = NULL;
        place_map_init(&collector.map, server, &loaded->sources, collector.file->source->path);
        each_symbol(collector.file, collect, &collector);
    }
    return !collector.failed;
}

/* ---- in those that are open ---- */

bool is_schema(const struct server *server, const struct document *document) {
    return !document->is_part || !documents_reader(&server->documents, document);
}

/* The file of the schema that is known; *file is NULL when it reads no such one. False: no memory. */
static bool file_of_uri(struct server *server, json_t *uri, const struct ast_file **file) {
    const struct outline *outline = &server->knowledge.compiled.loaded.outline;
    bool whole = true;
    *file = NULL;
    for (size_t i = 0; i < outline->n_files && !*file && whole; i++) {
        json_t *here = json_of_uri(server, outline->files[i]->source->path);
        whole = here != NULL;
        if (whole && json_equal(here, uri))
            *file = outline->files[i];
        json_decref(here);
    }
    return whole;
}

/* The uses of what is declared at the place, if the schema that is known reads the file. False: no memory. */
static bool collect_here(struct server *server, json_t *uri, struct place place, json_t *all) {
    const struct ast_file *file;
    struct symbol symbol;
    struct subject subject;
    if (!file_of_uri(server, uri, &file))
        return false;
    return !file || !locate(file, place.line, place.column, &symbol) ||
           !subject_of(&server->knowledge.compiled.loaded.outline, &symbol, &subject) ||
           collect_all(server, &subject, all);
}

static bool collect_elsewhere(struct server *server, const struct subject *subject, json_t *all) {
    const struct document *here = server->knowledge.schema;
    struct place place = {NULL, subject->place.line, subject->place.column};
    json_t *uri = json_of_uri(server, subject->place.file);
    bool whole = uri != NULL;
    for (struct document *next = server->documents.first; next && whole; next = next->next) {
        if (next == here || !is_schema(server, next))
            continue;
        whole = know(server, next) && collect_here(server, uri, place, all);
    }
    json_decref(uri);
    return whole;
}

json_t *uses_of(struct server *server, const struct symbol *symbol) {
    struct subject subject;
    json_t *all = json_object();
    if (!all || !subject_of(&server->knowledge.compiled.loaded.outline, symbol, &subject))
        return all;
    if (collect_all(server, &subject, all) && (!subject.place.line || collect_elsewhere(server, &subject, all)))
        return all;
    json_decref(all);
    return NULL;
}
