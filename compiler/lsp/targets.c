/* SPDX-License-Identifier: MIT
 *
 * Between what the protocol names, URIs and positions, and what the compiler does, files and places.
 */
#include <stdlib.h>
#include <string.h>

#include "json_parts.h"
#include "locate.h"
#include "server.h"
#include "uri.h"

bool document_of(struct server *server, json_t *params, struct document **document) {
    const char *uri = json_string_value(json_object_get(json_object_get(params, "textDocument"), "uri"));
    *document = uri ? documents_find(&server->documents, uri) : NULL;
    if (!*document)
        refuse(server, RPC_INVALID_PARAMS, "this document is not open");
    return *document != NULL;
}

static bool number_of(json_t *json, uint32_t *out) {
    json_int_t value = json_integer_value(json);
    if (!json_is_integer(json) || value < 0)
        return false;
    *out = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
    return true;
}

bool position_of(json_t *position, struct position *out) {
    return number_of(json_object_get(position, "line"), &out->line) &&
           number_of(json_object_get(position, "character"), &out->character);
}

bool target_of(struct server *server, json_t *params, struct target *target) {
    struct position position;
    if (!document_of(server, params, &target->document))
        return false;
    if (!position_of(json_object_get(params, "position"), &position)) {
        refuse(server, RPC_INVALID_PARAMS, "a position has a line and a character");
        return false;
    }
    const struct document *document = target->document;
    positions_init(&target->positions, document->bytes, document->size, server->unit);
    target->offset = position_offset(&target->positions, position);
    return true;
}

bool locate_target(const struct compiled *compiled, const struct target *target, struct symbol *symbol) {
    const struct ast_file *file = file_of_document(&compiled->loaded.outline, target->document);
    struct place place = place_of_offset(target->document, target->offset);
    return file && locate(file, place.line, place.column, symbol);
}

struct place place_of_offset(const struct document *document, size_t offset) {
    const unsigned char *start = (const unsigned char *)document->bytes, *at = start + offset;
    struct place place = {document->path, 1, 1};
    if (document->size >= 3 && !memcmp(start, "\xEF\xBB\xBF", 3))
        start += 3;
    while (start < at) {
        const unsigned char *newline = memchr(start, '\n', (size_t)(at - start));
        if (!newline)
            break;
        start = newline + 1;
        place.line++;
    }
    for (long code; start < at; place.column++)
        start = text_next_code_point(start, (const unsigned char *)document->bytes + document->size, &code);
    return place;
}

static json_t *json_of_position(struct position position) {
    return json_pack("{s:I, s:I}", "line", (json_int_t)position.line, "character", (json_int_t)position.character);
}

json_t *json_of_range(struct position start, struct position end) {
    return json_pack("{s:o, s:o}", "start", json_of_position(start), "end", json_of_position(end));
}

json_t *json_of_uri(struct server *server, const char *path) {
    const struct document *document = documents_of_path(&server->documents, path);
    if (document)
        return json_of_text(document->uri);
    struct text uri;
    text_init(&uri);
    char *absolute = realpath(path, NULL);
    uri_append_path(&uri, absolute ? absolute : path);
    free(absolute);
    return json_of_built(&uri);
}

void place_map_init(struct place_map *map, const struct server *server, const struct source_list *sources,
                    const char *file) {
    const struct source *source = source_find(sources, file);
    map->file = file;
    map->bytes = source ? source->bytes : "";
    line_finder_init(&map->finder, sources);
    positions_init(&map->positions, map->bytes, source ? source->size : 0, server->unit);
}

static struct position position_here(struct place_map *map) {
    return position_at(&map->positions, (size_t)((const char *)map->finder.cursor - map->bytes));
}

struct position place_map_at(struct place_map *map, uint32_t line, uint32_t column) {
    if (!line_seek(&map->finder, map->file, line, column))
        return (struct position){0}; /* of a file that could not be read */
    return position_here(map);
}

json_t *place_map_range(struct place_map *map, struct place place, uint32_t span) {
    struct position start = place_map_at(map, place.line, place.column);
    uint32_t end_column = line_end_column(&map->finder, place, span);
    return json_of_range(start, place_map_at(map, place.line, end_column));
}

json_t *json_of_place(struct server *server, struct place place, uint32_t span) {
    struct place_map map;
    place_map_init(&map, server, &server->knowledge.compiled.loaded.sources, place.file);
    return json_pack("{s:o, s:o}", "uri", json_of_uri(server, place.file), "range", place_map_range(&map, place, span));
}

json_t *array_under(json_t *object, const char *key) {
    json_t *array = json_object_get(object, key);
    if (!array && json_object_set_new(object, key, json_array()) == 0)
        array = json_object_get(object, key);
    return array;
}

json_t *json_of_markdown(struct text *text) {
    return json_pack("{s:s, s:o}", "kind", "markdown", "value", json_of_built(text));
}
