/* SPDX-License-Identifier: MIT
 *
 * What can be done about a diagnostic: the fix that it has; of a warning, to allow it, with a reason that only the user
 * knows.
 */
#include <string.h>

#include "json_parts.h"
#include "scan.h"
#include "server.h"

static bool wants_fixes(json_t *params) {
    json_t *only = json_object_get(json_object_get(params, "context"), "only");
    if (!json_is_array(only))
        return true;
    for (size_t i = 0; i < json_array_size(only); i++) {
        const char *kind = json_string_value(json_array_get(only, i));
        if (kind && (!*kind || !strcmp(kind, "quickfix"))) /* the empty one is above all others */
            return true;
    }
    return false;
}

static bool is_before(struct position a, struct position b) {
    return a.line < b.line || (a.line == b.line && a.character < b.character);
}

/* Takes the title and the range. */
static json_t *action_of(const struct document *document, struct text *title, bool is_preferred, json_t *range,
                         const char *written) {
    return json_pack("{s:o, s:s, s:b, s:{s:{s:[{s:o, s:o}]}}}", "title", json_of_built(title), "kind", "quickfix",
                     "isPreferred", (int)is_preferred, "edit", "changes", document->uri, "range", range, "newText",
                     json_of_text(written));
}

static json_t *fix_of(const struct document *document, struct place_map *map, const struct diag_fix *fix) {
    struct text title;
    text_init(&title);
    if (*fix->text)
        text_printf(&title, "%s '%s'", fix->span ? "write" : "add", fix->text);
    else
        text_append(&title, "take it away");
    return action_of(document, &title, true, place_map_range(map, fix->place, fix->span), fix->text);
}

/* ---- allowances ---- */

/* Where the next allowance goes: asked for lines in their order. */
struct allower {
    const struct document *document;
    struct place_map map;
    struct scan scan; /* for the comments */
    enum token_kind kind;
    struct token token; /* the next one of the scan */
    uint32_t line;      /* that was asked for last */
    bool is_commented;
    const struct diag *last;
};

static void step(struct allower *allower) { allower->kind = scan_next(&allower->scan, &allower->token); }

/* `path` is the document's in the schema that is known. */
static void begin_allowing(struct allower *allower, const struct server *server, const struct document *document,
                           const char *path) {
    allower->document = document;
    allower->last = NULL;
    allower->line = 0;
    place_map_init(&allower->map, server, &server->knowledge.compiled.loaded.sources, path);
    scan_init(&allower->scan, document);
    allower->scan.lexer.wants_comments = true;
    step(allower);
}

static bool has_comment(struct allower *allower, uint32_t line) {
    if (line == allower->line)
        return allower->is_commented;
    allower->line = line;
    allower->is_commented = false;
    while (allower->kind != TOKEN_END && allower->token.line < line)
        step(allower);
    for (; allower->kind != TOKEN_END && allower->token.line == line; step(allower))
        allower->is_commented |= allower->kind == TOKEN_COMMENT || allower->kind == TOKEN_DOC;
    return allower->is_commented;
}

/* Of the line that the map is at the beginning of. */
static void append_indent(struct text *out, const struct place_map *map) {
    const unsigned char *at = map->finder.cursor;
    while (at < map->finder.limit && (*at == ' ' || *at == '\t'))
        text_append_char(out, (char)*at++);
}

/* At the end of the warning's line or, where a comment is, on one of its own before it. Its reason is left out: without
 * one it is told of, too. */
static json_t *allowance_of(struct allower *allower, const struct diag *diag) {
    struct place start = {diag->place.file, diag->place.line, 1};
    struct text title, written;
    text_init(&title);
    text_init(&written);
    text_printf(&title, "allow %s here, for a reason to be written", diag->rule->id);
    bool is_before = has_comment(allower, start.line);
    json_t *range = place_map_range(&allower->map, start, is_before ? 0 : UINT32_MAX);
    json_t *end = json_incref(json_object_get(range, "end"));
    json_decref(range);
    place_map_at(&allower->map, start.line, 1);
    if (is_before)
        append_indent(&written, &allower->map);
    text_printf(&written, "%s// t87sc: allow(%s) %s", is_before ? "" : "  ", diag->rule->id, is_before ? "\n" : "");
    json_t *action = action_of(allower->document, &title, false, json_pack("{s:O, s:O}", "start", end, "end", end),
                               text_string(&written));
    json_decref(end);
    text_free(&written);
    return action;
}

/* Once for each code and line. */
static bool is_to_allow(struct allower *allower, const struct diag *diag) {
    const struct diag *last = allower->last;
    if (!diag_is_allowable(diag->rule) || (last && last->rule == diag->rule && last->place.line == diag->place.line))
        return false;
    allower->last = diag;
    return true;
}

/* ---- those of a range ---- */

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
    struct allower allower;
    begin_allowing(&allower, server, document, file->source->path);
    size_t n = 0, n_hidden = 0;
    struct diag **shown = diag_select(&server->knowledge.compiled.loaded.diags, 0, &n, &n_hidden);
    for (size_t i = 0; i < n; i++) {
        const struct diag *diag = shown[i];
        if (diag->place.file != file->source->path)
            continue;
        struct position from = place_map_at(&places, diag->place.line, diag->place.column);
        uint32_t end_column = line_end_column(&places.finder, diag->place, diag->span);
        struct position to = place_map_at(&places, diag->place.line, end_column);
        if (is_before(to, start) || is_before(end, from))
            continue;
        if (diag->fix)
            actions = json_grown(actions, fix_of(document, &fixes, diag->fix));
        if (is_to_allow(&allower, diag))
            actions = json_grown(actions, allowance_of(&allower, diag));
    }
    scan_free(&allower.scan);
    return actions;
}
