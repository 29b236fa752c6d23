/* SPDX-License-Identifier: MIT */
#include "uri.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

void uri_append_path(struct text *out, const char *path) {
    if (*path == '/')
        text_append(out, "file://");
    for (; *path; path++) {
        unsigned char byte = (unsigned char)*path;
        if (byte < 0x80 && (isalnum(byte) || strchr("-._~/", byte)))
            text_append_char(out, *path);
        else
            text_printf(out, "%%%02X", byte);
    }
}

static int digit(char byte) {
    static const char digits[] = "0123456789abcdef";
    const char *found = byte ? strchr(digits, tolower((unsigned char)byte)) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* The next byte of an escaped text; 0 when it is no path: a NUL, or a percent sign that escapes nothing. */
static char next_byte(const char **cursor) {
    const char *at = *cursor;
    if (*at != '%') {
        ++*cursor;
        return *at;
    }
    int high = digit(at[1]), low = high < 0 ? -1 : digit(at[2]);
    *cursor += 3;
    return low < 0 ? '\0' : (char)(high * 16 + low);
}

bool uri_to_path(const char *uri, struct text *path) {
    if (strncasecmp(uri, "file:", 5) != 0)
        return false;
    const char *cursor = uri + 5;
    if (!strncmp(cursor, "//", 2)) /* over the name of the machine */
        cursor = strchr(cursor + 2, '/');
    if (!cursor || *cursor != '/')
        return false;
    for (const char *look = cursor; *look;)
        if (!next_byte(&look))
            return false;
    while (*cursor)
        text_append_char(path, next_byte(&cursor));
    return true;
}
