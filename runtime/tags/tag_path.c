/* SPDX-License-Identifier: MIT */
#include "tag_path.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t t87s__tag_path_segment(const unsigned char *path, size_t size, size_t at) {
    if (at >= size)
        return 0;
    size_t length = 0;
    switch (path[at]) {
    case 's':
    case 't':
        if (at + 1 >= size || path[at + 1] == 0)
            return 0;
        length = 2 + (size_t)path[at + 1];
        break;
    case 'u':
    case 'i':
        length = 9;
        break;
    case 'b':
        length = 17;
        break;
    default:
        return 0;
    }
    return length <= size - at ? length : 0;
}

bool t87s__tag_path_valid(const unsigned char *path, size_t size) {
    size_t at = 0;
    int segments = 0;
    while (at < size) {
        size_t length = t87s__tag_path_segment(path, size, at);
        if (!length || ++segments > T87S_MAX_SEGMENTS)
            return false;
        at += length;
    }
    return segments > 0;
}

static bool append(struct t87s_tag *tag, char kind, const void *bytes, size_t size, bool counted) {
    size_t head = counted ? 2 : 1;
    if (tag->size + head + size > sizeof tag->path)
        return false;
    unsigned char *at = tag->path + tag->size;
    at[0] = (unsigned char)kind;
    if (counted)
        at[1] = (unsigned char)size;
    memcpy(at + head, bytes, size);
    tag->size = (uint16_t)(tag->size + head + size);
    return true;
}

static bool append_number(struct t87s_tag *tag, char kind, uint64_t number) {
    unsigned char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(number >> (8 * i));
    return append(tag, kind, bytes, sizeof bytes, false);
}

static bool append_text(struct t87s_tag *tag, char kind, const void *text, size_t size) {
    return text && size >= 1 && size <= T87S_MAX_TEXT && append(tag, kind, text, size, true);
}

static bool append_segment(struct t87s_tag *tag, const struct t87s_segment *segment) {
    switch (segment->kind) {
    case T87S_SEGMENT_STATIC:
        return segment->text && append_text(tag, 's', segment->text, strlen(segment->text));
    case T87S_SEGMENT_STR:
        return append_text(tag, 't', segment->text, segment->size);
    case T87S_SEGMENT_UINT:
        return append_number(tag, 'u', segment->number);
    case T87S_SEGMENT_INT:
        return append_number(tag, 'i', segment->number);
    case T87S_SEGMENT_UUID:
        return segment->text && append(tag, 'b', segment->text, 16, false);
    }
    return false;
}

enum t87s_status t87s_tag_make(struct t87s_tag *out, size_t n, const struct t87s_segment *segments) {
    if (!out)
        return T87S_E_INVALID;
    out->size = 0;
    if (n == 0 || n > T87S_MAX_SEGMENTS || !segments)
        return T87S_E_INVALID;
    for (size_t i = 0; i < n; i++) {
        if (append_segment(out, &segments[i]))
            continue;
        out->size = 0;
        return T87S_E_INVALID;
    }
    return T87S_OK;
}

int t87s_tag_format(const struct t87s_tag *tag, char *out, size_t size) {
    return tag ? t87s__tag_path_format(tag->path, tag->size, out, size) : -1;
}

/* Writes by snprintf's rules: counts everything, stores what fits. */
struct printer {
    char *out;
    size_t size, length;
};

static void print_byte(struct printer *printer, char byte) {
    if (printer->length + 1 < printer->size)
        printer->out[printer->length] = byte;
    printer->length++;
}

static void print_text(struct printer *printer, const unsigned char *text, size_t size) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '/' || text[i] == '%' || text[i] < 0x20 || text[i] == 0x7f) {
            print_byte(printer, '%');
            print_byte(printer, hex[text[i] >> 4]);
            print_byte(printer, hex[text[i] & 15]);
        } else {
            print_byte(printer, (char)text[i]);
        }
    }
}

static void print_uuid(struct printer *printer, const unsigned char *bytes) {
    static const char hex[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            print_byte(printer, '-');
        print_byte(printer, hex[bytes[i] >> 4]);
        print_byte(printer, hex[bytes[i] & 15]);
    }
}

static void print_segment(struct printer *printer, const unsigned char *segment) {
    if (segment[0] == 's' || segment[0] == 't') {
        print_text(printer, segment + 2, segment[1]);
    } else if (segment[0] == 'b') {
        print_uuid(printer, segment + 1);
    } else {
        uint64_t number = 0;
        char text[24];
        for (int i = 0; i < 8; i++)
            number |= (uint64_t)segment[1 + i] << (8 * i);
        int length = segment[0] == 'u' ? snprintf(text, sizeof text, "%" PRIu64, number)
                                       : snprintf(text, sizeof text, "%" PRId64, (int64_t)number);
        for (int i = 0; i < length; i++)
            print_byte(printer, text[i]);
    }
}

int t87s__tag_path_format(const unsigned char *path, size_t size, char *out, size_t out_size) {
    if (!t87s__tag_path_valid(path, size))
        return -1;
    struct printer printer = {out, out_size, 0};
    for (size_t at = 0; at < size; at += t87s__tag_path_segment(path, size, at)) {
        if (at)
            print_byte(&printer, '/');
        print_segment(&printer, path + at);
    }
    if (out_size)
        out[printer.length < out_size ? printer.length : out_size - 1] = '\0';
    return (int)printer.length;
}
