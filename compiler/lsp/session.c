/* SPDX-License-Identifier: MIT
 *
 * The loop of a session, and JSON-RPC 2.0: what comes in is answered or refused, whatever it is.
 */
#include <stdarg.h>

#include "json_parts.h"
#include "server.h"

static void send(struct server *server, json_t *message) {
    struct text text;
    text_init(&text);
    append_json(&text, message);
    if (text.failed)
        server->failed = true;
    else if (!frame_write(&server->options->stream, text_string(&text), text.size))
        server->broken = true;
    text_free(&text);
}

void notify(struct server *server, const char *method, json_t *params) {
    send(server, json_pack("{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method, "params", params));
}

/* The answer changes nothing. */
void ask_client(struct server *server, const char *method, json_t *params) {
    send(server, json_pack("{s:s, s:s, s:s, s:o}", "jsonrpc", "2.0", "id", method, "method", method, "params", params));
}

/* `id` NULL: that of the message is not known. */
static void send_error(struct server *server, json_t *id, enum rpc_code code, const char *reason) {
    send(server, json_pack("{s:s, s:O?, s:{s:i, s:o}}", "jsonrpc", "2.0", "id", id, "error", "code", (int)code,
                           "message", json_of_text(reason)));
}

json_t *refuse(struct server *server, enum rpc_code code, const char *reason, ...) {
    va_list arguments;
    server->refused = code;
    text_rewind(&server->reason);
    va_start(arguments, reason);
    text_vprintf(&server->reason, reason, arguments);
    va_end(arguments);
    return NULL;
}

static void answer(struct server *server, json_t *id, const struct method *method, json_t *params) {
    server->refused = RPC_FINE;
    json_t *result = method->request(server, params);
    if (result)
        send(server, json_pack("{s:s, s:O, s:o}", "jsonrpc", "2.0", "id", id, "result", result));
    else if (server->refused)
        send_error(server, id, server->refused, text_string(&server->reason));
    else
        send_error(server, id, RPC_INTERNAL, "out of memory");
}

static void on_request(struct server *server, json_t *id, const char *name, json_t *params) {
    const struct method *method = find_method(name);
    bool is_first = method && method->request == on_initialize;
    if (server->phase == PHASE_SHUT_DOWN)
        send_error(server, id, RPC_INVALID_REQUEST, "the session was shut down");
    else if (server->phase == PHASE_NEW && !is_first)
        send_error(server, id, RPC_NOT_INITIALIZED, "the session begins with initialize");
    else if (server->phase != PHASE_NEW && is_first)
        send_error(server, id, RPC_INVALID_REQUEST, "the session was initialized already");
    else if (!method)
        send_error(server, id, RPC_METHOD_NOT_FOUND, "there is no such method here");
    else if (!method->request)
        send_error(server, id, RPC_INVALID_REQUEST, "this is a notification: it has no id");
    else if (params && !json_is_object(params))
        send_error(server, id, RPC_INVALID_PARAMS, "the parameters are an object");
    else
        answer(server, id, method, params);
}

static void on_notification(struct server *server, const char *name, json_t *params) {
    const struct method *method = find_method(name);
    bool is_exit = method && method->notification == on_exit_notification;
    if (method && method->notification && (server->phase == PHASE_RUNNING || is_exit))
        method->notification(server, params);
}

static void on_message(struct server *server, json_t *message) {
    json_t *method = json_object_get(message, "method"), *id = json_object_get(message, "id");
    json_t *params = json_object_get(message, "params");
    bool has_id = json_is_integer(id) || json_is_string(id);
    bool is_response = !method && (json_object_get(message, "result") || json_object_get(message, "error"));
    if (is_response)
        return; /* see ask_client() */
    if (!json_is_string(method) || (id && !has_id))
        send_error(server, has_id ? id : NULL, RPC_INVALID_REQUEST, "this is no message of JSON-RPC");
    else if (id)
        on_request(server, id, json_string_value(method), json_is_null(params) ? NULL : params);
    else
        on_notification(server, json_string_value(method), params);
}

static void on_body(struct server *server, const char *body, size_t size) {
    json_error_t error;
    json_t *message = json_loadb(body, size, JSON_ALLOW_NUL, &error);
    if (message)
        on_message(server, message);
    else if (json_error_code(&error) == json_error_out_of_memory || !*error.text)
        server->failed = true; /* jansson has nothing to say of some lacks of memory */
    else
        send_error(server, NULL, RPC_PARSE_ERROR, error.text);
    json_decref(message);
}

static void run(struct server *server) {
    while (server->phase != PHASE_ENDED && !server->broken && !server->failed) {
        const char *body = NULL;
        size_t size = 0;
        if (server->phase == PHASE_RUNNING && !frames_are_waiting(&server->frames))
            publish(server);
        switch (frames_next(&server->frames, &body, &size)) {
        case FRAME_MESSAGE:
            on_body(server, body, size);
            break;
        case FRAME_MALFORMED:
            send_error(server, NULL, RPC_PARSE_ERROR, body);
            break;
        case FRAME_END:
            return;
        case FRAME_NO_MEMORY:
            server->failed = true;
            break;
        }
    }
}

enum lsp_end lsp_serve(const struct lsp_options *options) {
    struct server server = {.options = options, .published = json_object()};
    frames_init(&server.frames, &options->stream);
    text_init(&server.reason);
    server.failed = !server.published;
    run(&server);
    forget(&server);
    documents_free(&server.documents);
    frames_free(&server.frames);
    text_free(&server.reason);
    json_decref(server.published);
    return server.failed          ? LSP_NO_MEMORY
           : server.broken        ? LSP_BROKEN
           : server.was_shut_down ? LSP_SHUT_DOWN
                                  : LSP_CUT_OFF;
}
