/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"

void text_init(struct text *text) { *text = (struct text){0}; }

void text_init_in(struct text *text, struct arena *arena) { *text = (struct text){.arena = arena}; }

void text_free(struct text *text) {
    if (!text->arena)
        free(text->data);
    text_init_in(text, text->arena);
}

/* Room for `more` bytes and the NUL. */
static bool make_room(struct text *text, size_t more) {
    if (text->failed)
        return false;
    if (more < text->capacity - text->size)
        return true;
    size_t capacity = text->capacity ? text->capacity * 2 : 64;
    while (capacity && capacity - text->size <= more)
        capacity *= 2;
    char *data = NULL;
    if (capacity && !text->arena) {
        data = realloc(text->data, capacity);
    } else if (capacity) {
        data = text->arena->guard ? arena_alloc(text->arena, capacity) : arena_try(text->arena, capacity);
        if (data && text->size)
            memcpy(data, text->data, text->size);
    }
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void text_append_bytes(struct text *text, const char *bytes, size_t size) {
    if (!make_room(text, size))
        return;
    if (size)
        memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void text_append(struct text *text, const char *string) { text_append_bytes(text, string, strlen(string)); }

void text_append_char(struct text *text, char byte) { text_append_bytes(text, &byte, 1); }

void text_append_repeated(struct text *text, char byte, size_t n) {
    if (!make_room(text, n))
        return;
    memset(text->data + text->size, byte, n);
    text->size += n;
    text->data[text->size] = '\0';
}

void text_vprintf(struct text *text, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    char small[256];
    int size = vsnprintf(small, sizeof small, format, arguments);
    if (size < 0) {
        text->failed = true;
    } else if ((size_t)size < sizeof small) {
        text_append_bytes(text, small, (size_t)size);
    } else if (make_room(text, (size_t)size)) {
        vsnprintf(text->data + text->size, (size_t)size + 1, format, again);
        text->size += (size_t)size;
    }
    va_end(again);
}

void text_printf(struct text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    text_vprintf(text, format, arguments);
    va_end(arguments);
}

void text_rewind(struct text *text) {
    text->size = 0;
    if (text->data)
        text->data[0] = '\0';
}

const char *text_string(const struct text *text) { return text->failed || !text->data ? "" : text->data; }

const unsigned char *text_next_code_point(const unsigned char *cursor, const unsigned char *limit, long *code) {
    unsigned char lead = *cursor++;
    int n = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0x80) {
        *code = lead;
        return cursor;
    }
    *code = TEXT_BAD;
    if (lead < 0xC2 || lead > 0xF4)
        return cursor;
    /* The first continuation's range is narrower for some leads: no overlongs, no surrogates, nothing above U+10FFFF.
     */
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    long value = lead & (0x3F >> n);
    for (int i = 0; i < n; i++) {
        if (cursor == limit || *cursor < low || *cursor > high)
            return cursor;
        value = value << 6 | (*cursor++ & 0x3F);
        low = 0x80;
        high = 0xBF;
    }
    *code = value;
    return cursor;
}

bool text_is_bidi_control(long code) {
    return code == 0x061C || code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

struct range {
    long first, last;
};

static bool is_in(const struct range *ranges, size_t n, long code) {
    for (size_t i = 0; i < n; i++)
        if (code >= ranges[i].first && code <= ranges[i].last)
            return true;
    return false;
}

size_t text_width(long code) {
    static const struct range none[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F},
                                        {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x20D0, 0x20FF},
                                        {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
    static const struct range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},  {0x3041, 0x4DBF},   {0x4E00, 0xA4CF},
                                        {0xA960, 0xA97F},   {0xAC00, 0xD7A3},  {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                                        {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},  {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
                                        {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
    if (code < 0x0300)
        return 1;
    if (is_in(none, sizeof none / sizeof *none, code))
        return 0;
    return is_in(wide, sizeof wide / sizeof *wide, code) ? 2 : 1;
}
