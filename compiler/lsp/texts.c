/* SPDX-License-Identifier: MIT
 *
 * What the editor tells of its texts. A notification that makes no sense changes nothing.
 */
#include "json_parts.h"
#include "server.h"

/* The document is not open: what was published of it is to be taken back, and the user is told in a window. */
static void give_up(struct server *server, const char *uri) {
    struct text text;
    text_init(&text);
    text_printf(&text, "t87sc: no memory to look at %s", uri);
    server->was_closed = true;
    documents_mark_changed(&server->documents, NULL);
    notify(server, "window/showMessage", json_pack("{s:i, s:o}", "type", 1, "message", json_of_built(&text)));
}

void on_open(struct server *server, json_t *params) {
    json_t *item = json_object_get(params, "textDocument"), *text = json_object_get(item, "text");
    const char *uri = json_string_value(json_object_get(item, "uri"));
    if (!uri || !json_is_string(text))
        return;
    forget(server);
    struct document *document =
        documents_open(&server->documents, uri, json_string_value(text), json_string_length(text));
    if (!document) {
        give_up(server, uri);
        return;
    }
    document->version = json_integer_value(json_object_get(item, "version"));
    document->is_new = true;
    documents_mark_changed(&server->documents, NULL);
}

/* The bytes that a change replaces: a range, or all of them. */
static bool extent_of(const struct server *server, const struct document *document, json_t *change, size_t *from,
                      size_t *to) {
    json_t *range = json_object_get(change, "range");
    struct position start, end;
    *from = 0;
    *to = document->size;
    if (!range)
        return true;
    if (!position_of(json_object_get(range, "start"), &start) || !position_of(json_object_get(range, "end"), &end))
        return false;
    struct positions positions;
    positions_init(&positions, document->bytes, document->size, server->unit);
    *from = position_offset(&positions, start);
    *to = position_offset(&positions, end);
    return *from <= *to;
}

void on_change(struct server *server, json_t *params) {
    json_t *item = json_object_get(params, "textDocument"), *changes = json_object_get(params, "contentChanges");
    const char *uri = json_string_value(json_object_get(item, "uri"));
    struct document *document = uri ? documents_find(&server->documents, uri) : NULL;
    if (!document)
        return;
    forget(server);
    documents_mark_changed(&server->documents, document);
    document->is_new = true;
    for (size_t i = 0; i < json_array_size(changes); i++) {
        json_t *change = json_array_get(changes, i), *text = json_object_get(change, "text");
        size_t from, to;
        if (!json_is_string(text) || !extent_of(server, document, change, &from, &to))
            continue;
        if (!document_replace(&server->documents, document, from, to, json_string_value(text),
                              json_string_length(text))) {
            documents_close(&server->documents, document);
            give_up(server, uri);
            return;
        }
    }
    document->version = json_integer_value(json_object_get(item, "version"));
}

/* A file on disk has changed: which one it is may depend on the file itself. */
void on_save(struct server *server, json_t *params) {
    (void)params;
    forget(server);
    documents_mark_changed(&server->documents, NULL);
}

void on_close(struct server *server, json_t *params) {
    struct document *document = NULL;
    if (!document_of(server, params, &document))
        return;
    forget(server);
    documents_close(&server->documents, document);
    documents_mark_changed(&server->documents, NULL);
    server->was_closed = true;
}
