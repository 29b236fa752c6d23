/* SPDX-License-Identifier: MIT */
#include "clean.h"

static void append(struct text *out, const void *bytes, size_t size, bool quoted) {
    const unsigned char *at = bytes, *end = at + size;
    while (at < end) {
        long code;
        const unsigned char *next = text_next_code_point(at, end, &code);
        if (code == '\\' || (quoted && code == '"'))
            text_printf(out, "\\%c", (int)code);
        else if ((code >= ' ' && code <= '~') || (code >= 0xA0 && !text_is_bidi_control(code)))
            text_append_bytes(out, (const char *)at, (size_t)(next - at));
        else
            for (const unsigned char *byte = at; byte < next; byte++)
                text_printf(out, "\\x%02x", *byte);
        at = next;
    }
}

void clean_append(struct text *out, const void *bytes, size_t size) { append(out, bytes, size, false); }

void clean_append_quoted(struct text *out, const void *bytes, size_t size) {
    text_append_char(out, '"');
    append(out, bytes, size, true);
    text_append_char(out, '"');
}
