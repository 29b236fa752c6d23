/* SPDX-License-Identifier: MIT
 *
 * Text that grows. A failure sticks: after the first one every append does nothing and `failed` says so, so that a
 * writer of a thousand lines asks once, at the end. Memory comes from malloc, or from an arena when it was given one;
 * under arena_run() such a text never fails, since the arena leaves through it.
 */
#ifndef T87SC_TEXT_H
#define T87SC_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;

struct text {
    char *data; /* NUL-terminated; NULL before the first append: see text_string() */
    size_t size;
    bool failed;
    /* the builder's own */
    size_t capacity;
    struct arena *arena;
};

void text_init(struct text *text);
void text_init_in(struct text *text, struct arena *arena); /* needs no text_free() */
void text_free(struct text *text);

void text_append(struct text *text, const char *string);
void text_append_bytes(struct text *text, const char *bytes, size_t size);
void text_append_char(struct text *text, char byte);
void text_append_repeated(struct text *text, char byte, size_t n);
__attribute__((format(printf, 2, 3))) void text_printf(struct text *text, const char *format, ...);
__attribute__((format(printf, 2, 0))) void text_vprintf(struct text *text, const char *format, va_list arguments);

/* Back to no text at all, with its memory kept. */
void text_rewind(struct text *text);

/* The text as a string, "" when it is empty or failed. */
const char *text_string(const struct text *text);

/* Steps over one code point. A byte that starts no valid sequence (an overlong, a surrogate, a lone or missing
 * continuation) is stepped over together with the continuations that could still belong to it: one bad sequence is one
 * column. *code is the code point, or TEXT_BAD. cursor must be below limit. */
enum { TEXT_BAD = -1 };
#define TEXT_REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD: what is shown in its place */
const unsigned char *text_next_code_point(const unsigned char *cursor, const unsigned char *limit, long *code);

/* How many columns of a terminal it takes: 2 for what is written in a square, 0 for what is put on the letter before.
 * What the locale thinks of it does not matter, so that the same input gives the same bytes. */
size_t text_width(long code);

/* Bidirectional controls make text look other than it is; they are refused in schemas and never printed. */
bool text_is_bidi_control(long code);

#endif
