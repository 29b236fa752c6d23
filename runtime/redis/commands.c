/* SPDX-License-Identifier: MIT */
#include "commands.h"

#include <hiredis/hiredis.h>
#include <stdlib.h>

static bool reserve(struct t87s__commands *commands, size_t more) {
    if (commands->capacity - commands->size >= more)
        return true;
    size_t capacity = commands->capacity ? commands->capacity * 2 : 1024;
    while (capacity - commands->size < more)
        capacity *= 2;
    char *bytes = realloc(commands->bytes, capacity);
    if (!bytes)
        return false;
    commands->bytes = bytes;
    commands->capacity = capacity;
    return true;
}

void t87s__commands_add(struct t87s__commands *commands, const struct t87s__argument *arguments, size_t n) {
    const char *bytes[T87S__MOST_ARGUMENTS];
    size_t sizes[T87S__MOST_ARGUMENTS];
    char *formatted = NULL;
    int size = -1;
    for (size_t i = 0; i < n && n <= T87S__MOST_ARGUMENTS; i++) {
        bytes[i] = arguments[i].bytes;
        sizes[i] = arguments[i].size;
    }
    if (n <= T87S__MOST_ARGUMENTS && !commands->failed)
        size = redisFormatCommandArgv(&formatted, (int)n, bytes, sizes);
    commands->failed |= size < 0 || !reserve(commands, (size_t)size);
    if (!commands->failed) {
        memcpy(commands->bytes + commands->size, formatted, (size_t)size);
        commands->size += (size_t)size;
        commands->n++;
    }
    if (size >= 0)
        redisFreeCommand(formatted);
}

void t87s__commands_free(struct t87s__commands *commands) {
    free(commands->bytes);
    *commands = (struct t87s__commands){0};
}
