/* SPDX-License-Identifier: MIT
 *
 * A session of the language server, all in memory. Steps are divided by the byte 1; each is a letter for what is done,
 * one for the document, and what it is done with:
 *
 *     oa TEXT   open or replace `a`     ea LCLC TEXT   replace a range (four bytes: lines and characters)
 *     xa        close it                ha LC, da LC, ma LC   hover, definition, completion at a place
 *     sa fa     outline, layout         ua LC, na LC NAME     references, another name
 *     aa        actions of all of it
 *     b. BODY   any body in a frame     r. BYTES       any bytes, without one
 *
 * An input without steps is a schema: it is opened, and everything is asked about places all over it.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_parts.h"
#include "lsp.h"

#define CHECK(condition) ((condition) ? (void)0 : fail(__LINE__, #condition))

enum { PLACES = 24 };

static void fail(int line, const char *what) {
    fprintf(stderr, "fuzz_lsp.c:%d: not so: %s\n", line, what);
    abort();
}

/* ---- the stream ---- */

struct session {
    struct text input;
    size_t at;
    struct text output;
};

static ptrdiff_t read_input(void *context, char *bytes, size_t size) {
    struct session *session = context;
    size_t rest = session->input.size - session->at;
    size_t n = rest < size ? rest : size;
    if (n)
        memcpy(bytes, session->input.data + session->at, n);
    session->at += n;
    return (ptrdiff_t)n;
}

/* Diagnostics are published in some places and put off in others. */
static bool is_ready(void *context) {
    const struct session *session = context;
    return session->at % 3 != 0;
}

static bool write_output(void *context, const char *bytes, size_t size) {
    text_append_bytes(&((struct session *)context)->output, bytes, size);
    return true;
}

/* Every message that came back is one. */
static size_t check_output(const struct text *output) {
    const char *cursor = text_string(output), *limit = cursor + output->size;
    size_t n = 0;
    while (cursor < limit) {
        size_t size = 0;
        int header = 0;
        CHECK(sscanf(cursor, "Content-Length: %zu\r\n\r\n%n", &size, &header) == 1 && header > 0);
        cursor += header;
        CHECK(size <= (size_t)(limit - cursor));
        json_t *message = json_loadb(cursor, size, JSON_ALLOW_NUL, NULL);
        CHECK(message && json_object_get(message, "jsonrpc"));
        json_t *error = json_object_get(message, "error");
        CHECK(!error || json_integer_value(json_object_get(error, "code")) != -32603); /* out of memory */
        json_decref(message);
        cursor += size;
        n++;
    }
    return n;
}

/* ---- the steps ---- */

static void add_frame(struct session *session, const char *body, size_t size) {
    text_printf(&session->input, "Content-Length: %zu\r\n\r\n", size);
    text_append_bytes(&session->input, body, size);
}

static void add_message(struct session *session, const char *method, bool is_request, json_t *params) {
    struct text body;
    text_init(&body);
    json_t *message = json_pack("{s:s, s:o}", "method", method, "params", params);
    if (is_request)
        json_object_set_new(message, "id", json_integer((json_int_t)session->input.size));
    append_json(&body, message);
    CHECK(!body.failed);
    add_frame(session, text_string(&body), body.size);
    text_free(&body);
}

static json_t *document_of(char letter) {
    char uri[32];
    snprintf(uri, sizeof uri, letter % 2 ? "file:///no/%02x.tags" : "untitled:%02x", (unsigned char)letter);
    return json_pack("{s:s}", "uri", uri);
}

static json_t *string_of(const char *bytes, size_t size) {
    struct text text;
    text_init(&text);
    text_append_bytes(&text, bytes, size);
    return json_of_built(&text);
}

static json_t *position_of(unsigned line, unsigned character) {
    return json_pack("{s:i, s:i}", "line", (int)line, "character", (int)character);
}

static json_t *range_of(unsigned from_line, unsigned from, unsigned to_line, unsigned to) {
    return json_pack("{s:o, s:o}", "start", position_of(from_line, from), "end", position_of(to_line, to));
}

static void ask_at(struct session *session, const char *method, char letter, unsigned line, unsigned character) {
    add_message(session, method, true,
                json_pack("{s:o, s:o}", "textDocument", document_of(letter), "position", position_of(line, character)));
}

static void ask_all(struct session *session, const char *method, char letter) {
    add_message(session, method, true,
                json_pack("{s:o, s:o, s:{s:[]}}", "textDocument", document_of(letter), "range",
                          range_of(0, 0, 1 << 20, 0), "context", "diagnostics"));
}

static void ask_name(struct session *session, char letter, unsigned line, unsigned character, json_t *name) {
    add_message(session, "textDocument/rename", true,
                json_pack("{s:o, s:o, s:o}", "textDocument", document_of(letter), "position",
                          position_of(line, character), "newName", name));
}

static void open_text(struct session *session, char letter, const char *text, size_t size) {
    json_t *document = document_of(letter);
    json_object_set_new(document, "text", string_of(text, size));
    add_message(session, "textDocument/didOpen", false, json_pack("{s:o}", "textDocument", document));
}

static void add_step(struct session *session, const char *step, size_t size) {
    static const char *const asked[] = {
        ['h'] = "hover", ['d'] = "definition", ['m'] = "completion", ['u'] = "references"};
    const unsigned char *bytes = (const unsigned char *)step + 2;
    char what = step[0], letter = step[1], method[64];
    size -= 2;
    if (what == 'o') {
        open_text(session, letter, step + 2, size);
    } else if (what == 'x') {
        add_message(session, "textDocument/didClose", false, json_pack("{s:o}", "textDocument", document_of(letter)));
    } else if (what == 'e' && size >= 4) {
        add_message(session, "textDocument/didChange", false,
                    json_pack("{s:o, s:[{s:o, s:o}]}", "textDocument", document_of(letter), "contentChanges", "range",
                              range_of(bytes[0], bytes[1], bytes[2], bytes[3]), "text", string_of(step + 6, size - 4)));
    } else if (what == 'n' && size >= 2) {
        ask_name(session, letter, bytes[0], bytes[1], string_of(step + 4, size - 2));
    } else if ((what == 'h' || what == 'd' || what == 'm' || what == 'u') && size >= 2) {
        snprintf(method, sizeof method, "textDocument/%s", asked[(int)what]);
        ask_at(session, method, letter, bytes[0], bytes[1]);
    } else if (what == 's') {
        ask_all(session, "textDocument/documentSymbol", letter);
    } else if (what == 'f') {
        ask_all(session, "textDocument/formatting", letter);
    } else if (what == 'a') {
        ask_all(session, "textDocument/codeAction", letter);
    } else if (what == 'b') {
        add_frame(session, step + 2, size);
    } else if (what == 'r') {
        text_append_bytes(&session->input, step + 2, size);
    }
}

static void add_steps(struct session *session, const char *data, size_t size) {
    const char *limit = data + size;
    while (data < limit) {
        const char *end = memchr(data, 1, (size_t)(limit - data));
        end = end ? end : limit;
        if (end - data >= 2)
            add_step(session, data, (size_t)(end - data));
        data = end + 1;
    }
}

static void add_schema(struct session *session, const char *data, size_t size) {
    open_text(session, 'a', data, size);
    unsigned line = 0, character = 0;
    size_t every = size / PLACES + 1;
    for (size_t i = 0; i < size; i++) {
        if (i % every == 0) {
            ask_at(session, "textDocument/hover", 'a', line, character);
            ask_at(session, "textDocument/definition", 'a', line, character);
            ask_at(session, "textDocument/completion", 'a', line, character);
        }
        if (i % (every * 8) == 0) { /* it takes a compilation each */
            ask_at(session, "textDocument/references", 'a', line, character);
            ask_name(session, 'a', line, character, json_string("renamed"));
        }
        character = data[i] == '\n' ? 0 : character + 1;
        line += data[i] == '\n';
    }
    ask_all(session, "textDocument/documentSymbol", 'a');
    ask_all(session, "textDocument/formatting", 'a');
    ask_all(session, "textDocument/codeAction", 'a');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct session session = {.at = 0};
    text_init(&session.input);
    text_init(&session.output);
    add_message(&session, "initialize", true,
                json_pack("{s:{s:{s:{s:b}}, s:{s:[s]}}}", "capabilities", "textDocument", "publishDiagnostics",
                          "relatedInformation", 1, "general", "positionEncodings", size % 2 ? "utf-8" : "utf-16"));
    bool has_steps = size && memchr(data, 1, size);
    (has_steps ? add_steps : add_schema)(&session, (const char *)data, size);
    struct lsp_options options = {.stream = {read_input, is_ready, write_output, &session}, .version = "0"};
    enum lsp_end end = lsp_serve(&options);
    CHECK(end == LSP_CUT_OFF || (has_steps && end == LSP_SHUT_DOWN));
    CHECK(!session.output.failed && check_output(&session.output) > 0);
    text_free(&session.input);
    text_free(&session.output);
    return 0;
}
