/* SPDX-License-Identifier: MIT */
#include "json_parts.h"

#include <string.h>

/* jansson refuses bytes that are not UTF-8. */
static json_t *json_of_bytes(const char *bytes, size_t size) {
    json_t *string = json_stringn(bytes, size);
    if (string)
        return string;
    const unsigned char *cursor = (const unsigned char *)bytes, *limit = cursor + size;
    struct text valid;
    text_init(&valid);
    while (cursor < limit) {
        long code;
        const unsigned char *next = text_next_code_point(cursor, limit, &code);
        if (code == TEXT_BAD)
            text_append(&valid, TEXT_REPLACEMENT);
        else
            text_append_bytes(&valid, (const char *)cursor, (size_t)(next - cursor));
        cursor = next;
    }
    if (!valid.failed)
        string = json_stringn(text_string(&valid), valid.size);
    text_free(&valid);
    return string;
}

json_t *json_of_text(const char *text) { return text ? json_of_bytes(text, strlen(text)) : json_null(); }

json_t *json_of_built(struct text *text) {
    json_t *string = text->failed ? NULL : json_of_bytes(text_string(text), text->size);
    text_free(text);
    return string;
}

json_t *json_of_file_name(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    json_t *string = json_string(name);
    if (string)
        return string;
    struct text plain;
    text_init(&plain);
    for (; *name; name++)
        text_append_char(&plain, (unsigned char)*name < 0x80 ? *name : '?');
    return json_of_built(&plain);
}

json_t *json_grown(json_t *array, json_t *element) {
    if (array && element && json_array_append_new(array, element) == 0)
        return array;
    json_decref(array);
    if (!array)
        json_decref(element);
    return NULL;
}

static int append(const char *bytes, size_t size, void *out) {
    text_append_bytes(out, bytes, size);
    return ((struct text *)out)->failed ? -1 : 0;
}

static void append_formatted(struct text *out, json_t *value, size_t flags) {
    if (!value || json_dump_callback(value, append, out, flags | JSON_ENCODE_ANY) != 0)
        out->failed = true;
    json_decref(value);
}

void append_json(struct text *out, json_t *value) { append_formatted(out, value, 0); }

void append_json_indented(struct text *out, json_t *value) { append_formatted(out, value, JSON_INDENT(2)); }
