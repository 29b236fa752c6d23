/* SPDX-License-Identifier: MIT
 *
 * What can be done about a diagnostic: the fix that it has.
 */
#include <string.h>

#include "json_parts.h"
#include "server.h"

static bool wants_fixes(json_t *params) {
    json_t *only = json_object_get(json_object_get(params, "context"), "only");
    if (!json_is_array(only))
        return true;
    for (size_t i = 0; i < json_array_size(only); i++) {
        const char *kind = json_string_value(json_array_get(only, i));
        if (kind && !strcmp(kind, "quickfix"))
            return true;
    }
    return false;
}

static bool is_before(struct position a, struct position b) {
    return a.line < b.line || (a.line == b.line && a.character < b.character);
}

static json_t *action_of(const struct document *document, struct place_map *map, const struct diag_fix *fix) {
    struct text title;
    text_init(&title);
    text_printf(&title, "%s '%s'", fix->span ? "write" : "add", fix->text);
    return json_pack("{s:o, s:s, s:b, s:{s:{s:[{s:o, s:o}]}}}", "title", json_of_built(&title), "kind", "quickfix",
                     "isPreferred", 1, "edit", "changes", document->uri, "range",
                     place_map_range(map, fix->place, fix->span), "newText", json_of_text(fix->text));
}

json_t *on_actions(struct server *server, json_t *params) {
    struct document *document;
    struct position start, end;
    json_t *range = json_object_get(params, "range");
    if (!document_of(server, params, &document))
        return NULL;
    if (!position_of(json_object_get(range, "start"), &start) || !position_of(json_object_get(range, "end"), &end))
        return refuse(server, RPC_INVALID_PARAMS, "a range has a start and an end");
    if (!wants_fixes(params))
        return json_array();
    const struct compiled *compiled = know(server, document);
    const struct ast_file *file = compiled ? file_of_document(&compiled->loaded.outline, document) : NULL;
    json_t *actions = compiled ? json_array() : NULL;
    if (!file)
        return actions;
    struct place_map places, fixes;
    place_map_init(&places, server, &compiled->loaded.sources, file->source->path);
    place_map_init(&fixes, server, &compiled->loaded.sources, file->source->path);
    size_t n = 0, n_hidden = 0;
    struct diag **shown = diag_select(&server->knowledge.compiled.loaded.diags, 0, &n, &n_hidden);
    for (size_t i = 0; i < n; i++) {
        const struct diag *diag = shown[i];
        if (diag->place.file != file->source->path || !diag->fix)
            continue;
        struct position from = place_map_at(&places, diag->place.line, diag->place.column);
        uint32_t end_column = line_end_column(&places.finder, diag->place, diag->span);
        struct position to = place_map_at(&places, diag->place.line, end_column);
        if (!is_before(to, start) && !is_before(end, from))
            actions = json_grown(actions, action_of(document, &fixes, diag->fix));
    }
    return actions;
}
