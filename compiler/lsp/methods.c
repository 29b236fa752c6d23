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

json_t *on_initialize(struct server *server, json_t *params) {
    json_t *can = json_object_get(params, "capabilities"), *text = json_object_get(can, "textDocument");
    server->unit = has_word(get(can, "general", "positionEncodings", NULL), "utf-8") ? UNIT_UTF8 : UNIT_UTF16;
    server->has_snippets = json_is_true(get(text, "completion", "completionItem", "snippetSupport"));
    server->has_related = json_is_true(get(text, "publishDiagnostics", "relatedInformation", NULL));
    server->phase = PHASE_RUNNING;
    return json_pack("{s:{s:s, s:{s:b, s:i, s:b}, s:b, s:b, s:b, s:b, s:{s:[s]}, s:{s:[s, s, s]}}, s:{s:s, s:s}}",
                     "capabilities", "positionEncoding", server->unit == UNIT_UTF8 ? "utf-8" : "utf-16",
                     "textDocumentSync", "openClose", 1, "change", 2 /* incremental */, "save", 1, "hoverProvider", 1,
                     "definitionProvider", 1, "documentSymbolProvider", 1, "documentFormattingProvider", 1,
                     "codeActionProvider", "codeActionKinds", "quickfix", "completionProvider", "triggerCharacters",
                     ".", "(", ",", "serverInfo", "name", "t87sc", "version", server->options->version);
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

static void on_nothing(struct server *server, json_t *params) {
    (void)server;
    (void)params;
}

static const struct method methods[] = {
    {"initialize", on_initialize, NULL},
    {"initialized", NULL, on_nothing},
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
};

const struct method *find_method(const char *name) {
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (!strcmp(methods[i].name, name))
            return &methods[i];
    return NULL;
}
