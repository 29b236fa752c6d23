/* SPDX-License-Identifier: MIT
 *
 * Diagnostics on their way to the editor. The check of a schema finds things in its imports, too, and several schemas
 * may import the same: what is published of a file is what any open schema has found in it. A part that an open schema
 * imports is judged there and not by itself.
 */
#include "ast.h"
#include "server.h"

/* Whether a file is for others to import. Of one of which something could not be read, nobody knows. */
static bool is_part(const struct ast_file *file) {
    bool has_any = false;
    for (const struct ast_declaration *next = file->first; next; next = next->next) {
        bool belongs = next->kind == AST_TAGS || next->kind == AST_ENUM || next->kind == AST_IMPORT;
        bool begins = next->kind == AST_SKIPPED && (next->skipped_kind == AST_TAGS || next->skipped_kind == AST_ENUM ||
                                                    next->skipped_kind == AST_IMPORT);
        if (!belongs && !begins)
            return false;
        has_any = true;
    }
    return has_any;
}

static bool check(struct server *server, struct document *document) {
    const struct compiled *compiled = compile_document(server, document);
    if (!compiled)
        return false;
    const struct outline *outline = &compiled->loaded.outline;
    document->is_part = outline->n_files && is_part(outline->files[0]);
    json_t *found = json_of_diagnostics(server, document->is_part);
    if (!found)
        return false;
    json_decref(document->found);
    document->found = found;
    document->changed = false;
    return true;
}

bool check_changed(struct server *server) {
    for (struct document *document = server->documents.first; document; document = document->next) {
        if (document->changed && !check(server, document))
            return false;
    }
    return true;
}

static bool has(json_t *array, json_t *element) {
    for (size_t i = 0; i < json_array_size(array); i++)
        if (json_equal(json_array_get(array, i), element))
            return true;
    return false;
}

/* What one schema has found goes to what others have. */
static bool merge(json_t *all, json_t *found) {
    const char *uri;
    json_t *array;
    json_object_foreach(found, uri, array) {
        json_t *so_far = array_under(all, uri);
        if (!so_far)
            return false;
        bool is_first = json_array_size(so_far) == 0;
        for (size_t i = 0; i < json_array_size(array); i++) {
            json_t *element = json_array_get(array, i);
            if ((is_first || !has(so_far, element)) && json_array_append(so_far, element) != 0)
                return false;
        }
    }
    return true;
}

/* By URI what is to be published now; every open document is there. */
static json_t *gather(struct server *server) {
    json_t *all = json_object();
    bool whole = all != NULL;
    for (struct document *document = server->documents.first; document && whole; document = document->next) {
        whole = array_under(all, document->uri) != NULL;
        if (whole && !(document->is_part && documents_reader(&server->documents, document)))
            whole = merge(all, document->found);
    }
    if (whole)
        return all;
    json_decref(all);
    return NULL;
}

static void publish_one(struct server *server, const char *uri, json_t *diagnostics) {
    const struct document *document = documents_find(&server->documents, uri);
    json_t *params = json_pack("{s:s, s:O}", "uri", uri, "diagnostics", diagnostics);
    if (document && params && json_object_set_new(params, "version", json_integer(document->version)) != 0)
        server->failed = true;
    notify(server, "textDocument/publishDiagnostics", params);
}

/* Those that have nothing any more. */
static void publish_gone(struct server *server, json_t *now) {
    const char *uri;
    json_t *before, *none = json_array();
    json_object_foreach(server->published, uri, before) {
        if (json_array_size(before) && !json_object_get(now, uri))
            publish_one(server, uri, none);
    }
    json_decref(none);
}

void publish(struct server *server) {
    bool any = server->was_closed;
    for (const struct document *document = server->documents.first; document; document = document->next)
        any |= document->changed || document->is_new;
    if (!any)
        return;
    json_t *now = check_changed(server) ? gather(server) : NULL;
    if (!now) {
        server->failed = true;
        return;
    }
    const char *uri;
    json_t *diagnostics;
    publish_gone(server, now);
    json_object_foreach(now, uri, diagnostics) {
        struct document *document = documents_find(&server->documents, uri);
        if ((document && document->is_new) || !json_equal(json_object_get(server->published, uri), diagnostics))
            publish_one(server, uri, diagnostics);
    }
    for (struct document *document = server->documents.first; document; document = document->next)
        document->is_new = false;
    server->was_closed = false;
    json_decref(server->published);
    server->published = now;
}
