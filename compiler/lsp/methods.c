/* SPDX-License-Identifier: MIT
 *
 * What a client can ask for, and the beginning and end of a session.
 */
#include <string.h>

#include "server.h"

static bool has_word(json_t *array, const char *word) {
    for (size_t i = 0; i < json_array_size(array); i++) {
        const char *here = json_string_value(json_array_get(array, i));
        if (here && !strcmp(here, word))
            return true;
    }
    return false;
}

static json_t *get(json_t *object, const char *first, const char *second, const char *third) {
    const char *const keys[] = {first, second, third};
    for (size_t i = 0; i < 3 && keys[i]; i++)
        object = json_object_get(object, keys[i]);
    return object;
}

static void note_client(struct server *server, json_t *can) {
    json_t *text = json_object_get(can, "textDocument");
    server->unit = has_word(get(can, "general", "positionEncodings", NULL), "utf-8") ? UNIT_UTF8 : UNIT_UTF16;
    server->has_snippets = json_is_true(get(text, "completion", "completionItem", "snippetSupport"));
    server->has_related = json_is_true(get(text, "publishDiagnostics", "relatedInformation", NULL));
    server->has_tags = json_is_object(get(text, "publishDiagnostics", "tagSupport", NULL));
    server->can_prepare = json_is_true(get(text, "rename", "prepareSupport", NULL));
    server->can_watch = json_is_true(get(can, "workspace", "didChangeWatchedFiles", "dynamicRegistration"));
}

static json_t *capabilities_of(const struct server *server) {
    static const char *const plain[] = {
        "hoverProvider",      "definitionProvider",         "documentSymbolProvider",
        "referencesProvider", "documentFormattingProvider", "documentHighlightProvider"};
    json_t *out =
        json_pack("{s:s, s:{s:b, s:i, s:b}, s:{s:[s]}, s:{s:[s, s, s, s, s]}, s:o}", "positionEncoding",
                  server->unit == UNIT_UTF8 ? "utf-8" : "utf-16", "textDocumentSync", "openClose", 1, "change",
                  2 /* incremental */, "save", 1, "codeActionProvider", "codeActionKinds", "quickfix",
                  "completionProvider", "triggerCharacters", ".", "(", ",", "\"", "/", "renameProvider",
                  server->can_prepare ? json_pack("{s:b}", "prepareProvider", 1) : json_true());
    for (size_t i = 0; i < sizeof plain / sizeof *plain && out; i++) {
        if (json_object_set_new(out, plain[i], json_true()) == 0)
            continue;
        json_decref(out);
        out = NULL;
    }
    return out;
}

json_t *on_initialize(struct server *server, json_t *params) {
    note_client(server, json_object_get(params, "capabilities"));
    server->phase = PHASE_RUNNING;
    return json_pack("{s:o, s:{s:s, s:s}}", "capabilities", capabilities_of(server), "serverInfo", "name", "t87sc",
                     "version", server->options->version);
}

/* Imports change without being open, as by a checkout: the client is asked to tell of it. */
static void on_initialized(struct server *server, json_t *params) {
    (void)params;
    if (server->can_watch)
        ask_client(server, "client/registerCapability",
                   json_pack("{s:[{s:s, s:s, s:{s:[{s:s}]}}]}", "registrations", "id", "schemas", "method",
                             "workspace/didChangeWatchedFiles", "registerOptions", "watchers", "globPattern",
                             "**/*.tags"));
}

static json_t *on_shutdown(struct server *server, json_t *params) {
    (void)params;
    server->phase = PHASE_SHUT_DOWN;
    server->was_shut_down = true;
    return json_null();
}

void on_exit_notification(struct server *server, json_t *params) {
    (void)params;
    server->phase = PHASE_ENDED;
}

static const struct method methods[] = {
    {"initialize", on_initialize, NULL},
    {"initialized", NULL, on_initialized},
    {"shutdown", on_shutdown, NULL},
    {"exit", NULL, on_exit_notification},
    {"textDocument/didOpen", NULL, on_open},
    {"textDocument/didChange", NULL, on_change},
    {"textDocument/didSave", NULL, on_save},
    {"textDocument/didClose", NULL, on_close},
    {"workspace/didChangeWatchedFiles", NULL, on_save},
    {"textDocument/hover", on_hover, NULL},
    {"textDocument/definition", on_definition, NULL},
    {"textDocument/completion", on_completion, NULL},
    {"textDocument/formatting", on_formatting, NULL},
    {"textDocument/documentSymbol", on_symbols, NULL},
    {"textDocument/codeAction", on_actions, NULL},
    {"textDocument/references", on_references, NULL},
    {"textDocument/documentHighlight", on_highlight, NULL},
    {"textDocument/prepareRename", on_prepare_rename, NULL},
    {"textDocument/rename", on_rename, NULL},
};

const struct method *find_method(const char *name) {
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i].name, name))
            return &methods[i];
    return NULL;
}
