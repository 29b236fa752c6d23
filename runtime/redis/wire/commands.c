/* SPDX-License-Identifier: MIT */
#include "commands.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 1024, LONGEST_HEADER = 24 };

/* Where `more` bytes may be written; NULL: there is no memory, now or before. */
static char *reserve(struct t87s__commands *commands, size_t more) {
    if (commands->failed)
        return NULL;
    if (commands->capacity - commands->size < more) {
        size_t capacity = commands->capacity ? commands->capacity * 2 : FIRST_CAPACITY;
        while (capacity - commands->size < more)
            capacity *= 2;
        char *bytes = realloc(commands->bytes, capacity);
        if (!bytes) {
            commands->failed = true;
            return NULL;
        }
        commands->bytes = bytes;
        commands->capacity = capacity;
    }
    return commands->bytes + commands->size;
}

static char *put_number(char *at, uint64_t number) {
    char digits[20];
    int n = 0;
    do
        digits[n++] = (char)('0' + number % 10);
    while (number /= 10);
    while (n)
        *at++ = digits[--n];
    return at;
}

/* "*3\r\n" or "$5\r\n" */
static char *put_header(char *at, char type, size_t number) {
    *at++ = type;
    at = put_number(at, number);
    *at++ = '\r';
    *at++ = '\n';
    return at;
}

static char *put_part(char *at, struct t87s__argument part) {
    if (part.size)
        memcpy(at, part.bytes, part.size);
    return at + part.size;
}

void t87s__commands_begin(struct t87s__commands *commands, size_t words) {
    static const char asking[] = "*1\r\n$6\r\nASKING\r\n";
    char *at = reserve(commands, LONGEST_HEADER + sizeof asking);
    if (!at)
        return;
    if (commands->asking) {
        at = put_part(at, (struct t87s__argument){asking, sizeof asking - 1});
        commands->n++;
    }
    commands->size = (size_t)(put_header(at, '*', words) - commands->bytes);
    commands->n++;
}

void t87s__commands_joined(struct t87s__commands *commands, struct t87s__argument one, struct t87s__argument two) {
    char *at = reserve(commands, one.size + two.size + LONGEST_HEADER + 2);
    if (!at)
        return;
    at = put_part(put_part(put_header(at, '$', one.size + two.size), one), two);
    *at++ = '\r';
    *at++ = '\n';
    commands->size = (size_t)(at - commands->bytes);
}

void t87s__commands_word(struct t87s__commands *commands, struct t87s__argument word) {
    t87s__commands_joined(commands, word, (struct t87s__argument){NULL, 0});
}

void t87s__commands_number(struct t87s__commands *commands, uint64_t number) {
    char digits[20];
    t87s__commands_word(commands, (struct t87s__argument){digits, (size_t)(put_number(digits, number) - digits)});
}

void t87s__commands_add(struct t87s__commands *commands, const struct t87s__argument *words, size_t n) {
    t87s__commands_begin(commands, n);
    for (size_t i = 0; i < n; i++)
        t87s__commands_word(commands, words[i]);
}

void t87s__commands_free(struct t87s__commands *commands) {
    free(commands->bytes);
    *commands = (struct t87s__commands){0};
}
