/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* strchrnul */
#include "printer.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

void printer_init(struct printer *printer, const struct c_names *names,
                  void (*write)(void *arg, const char *bytes, size_t size), void *arg) {
    printer->write = write;
    printer->arg = arg;
    printer->names = names;
    printer->locals = NULL;
    printer->own = NULL;
    printer->own_size = 0;
    printer->used = 0;
}

void printer_flush(struct printer *printer) {
    if (printer->used)
        printer->write(printer->arg, printer->buffer, printer->used);
    printer->used = 0;
}

/* Where `size` more bytes may be written; the caller adds to `used` what it did write. */
static char *room_for(struct printer *printer, size_t size) {
    if (sizeof printer->buffer - printer->used < size)
        printer_flush(printer);
    return printer->buffer + printer->used;
}

/* More than a buffer, or what is left of it. */
static void put_in_parts(struct printer *printer, const char *bytes, size_t size) {
    while (size) {
        if (printer->used == sizeof printer->buffer)
            printer_flush(printer);
        size_t part = sizeof printer->buffer - printer->used;
        part = size < part ? size : part;
        memcpy(printer->buffer + printer->used, bytes, part);
        printer->used += part;
        bytes += part;
        size -= part;
    }
}

static inline void put(struct printer *printer, const char *bytes, size_t size) {
    if (size > sizeof printer->buffer - printer->used) {
        put_in_parts(printer, bytes, size);
        return;
    }
    memcpy(printer->buffer + printer->used, bytes, size);
    printer->used += size;
}

void say_bytes(struct printer *printer, const char *bytes, size_t size) { put(printer, bytes, size); }

static void put_number(struct printer *printer, long long number) {
    unsigned long long rest = number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number;
    char digits[24], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--at = '-';
    put(printer, at, (size_t)(digits + sizeof digits - at));
}

static void put_hex(struct printer *printer, uint64_t number) {
    char digits[16];
    for (int i = 15; i >= 0; i--, number >>= 4)
        digits[i] = "0123456789abcdef"[number & 15];
    put(printer, digits, sizeof digits);
}

/* `%$word` from the word on; returns its size. */
static size_t put_local(struct printer *printer, const char *word) {
    size_t size = 0;
    while (word[size] >= 'a' && word[size] <= 'z')
        size++;
    printer->used += c_local_own(room_for(printer, size + 8), printer->locals, word, size);
    return size;
}

void say(struct printer *printer, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    for (;;) {
        const char *percent = strchrnul(format, '%');
        put(printer, format, (size_t)(percent - format));
        if (!*percent)
            break;
        format = percent + 2;
        const char *text;
        int kind;
        switch (percent[1]) {
        case 's':
            text = va_arg(arguments, const char *);
            put(printer, text, strlen(text));
            break;
        case 'n':
            kind = va_arg(arguments, int);
            text = va_arg(arguments, const char *);
            if (text != printer->own) {
                printer->own = text;
                printer->own_size = text ? strlen(text) : 0;
            }
            printer->used += c_name_of_bytes(room_for(printer, C_NAME_MAX), printer->names, (enum c_name)kind, text,
                                             printer->own_size);
            break;
        case 't':
            kind = va_arg(arguments, int);
            printer->used += c_name_of_node(room_for(printer, C_NAME_MAX), printer->names, (enum c_name)kind,
                                            va_arg(arguments, const struct model_node *));
            break;
        case 'd':
            put_number(printer, va_arg(arguments, long long));
            break;
        case 'x':
            put_hex(printer, va_arg(arguments, uint64_t));
            break;
        case '$':
            format += put_local(printer, format);
            break;
        }
    }
    va_end(arguments);
}

/* In a comment these mean something: its end, a beginning (a warning), a trigraph (gcc's -Wtrigraphs, or a backslash),
 * and a backslash at the end of the line. Control bytes but the tab, bidirectional controls and what is no UTF-8, of
 * which compilers warn, never come this far as part of a schema, but may be in a file's name. */
void say_safe(struct printer *printer, const char *line, size_t size) {
    const unsigned char *at = (const unsigned char *)line, *limit = at + size, *next;
    for (long before = 0, code; at < limit; before = code, at = next) {
        next = text_next_code_point(at, limit, &code);
        if ((before == '*' && code == '/') || (before == '/' && code == '*') || (before == '?' && code == '?'))
            put(printer, " ", 1);
        if (code == TEXT_BAD || text_is_bidi_control(code))
            put(printer, TEXT_REPLACEMENT, sizeof TEXT_REPLACEMENT - 1);
        else if (code < ' ' && code != '\t')
            put(printer, " ", 1);
        else
            put(printer, (const char *)at, (size_t)(next - at));
    }
    if (size && line[size - 1] == '\\')
        put(printer, ".", 1);
}

void say_doc(struct printer *printer, const char *doc) {
    if (!doc)
        return;
    say(printer, "/*");
    for (const char *line = doc, *end; line; line = *end ? end + 1 : NULL) {
        end = strchrnul(line, '\n');
        if (line != doc)
            say(printer, "\n *");
        if (end != line)
            say(printer, " ");
        say_safe(printer, line, (size_t)(end - line));
    }
    say(printer, " */\n");
}
