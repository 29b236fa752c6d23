/* SPDX-License-Identifier: MIT
 *
 * Commands on their way to Redis: bytes of the protocol, several in a row, and how many replies there will be.
 */
#ifndef T87S_REDIS_COMMANDS_H
#define T87S_REDIS_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { T87S__MOST_ARGUMENTS = 700 /* of one command: every prefix of every tag, three times, and some */ };

struct t87s__argument {
    const void *bytes;
    size_t size;
};

#define T87S__WORD(word) ((struct t87s__argument){word, sizeof(word) - 1})
static inline struct t87s__argument t87s__argument_text(const char *text) {
    return (struct t87s__argument){text, strlen(text)};
}

struct t87s__commands {
    char *bytes;
    size_t size, capacity;
    unsigned n;
    bool failed; /* no memory: what is here must not be sent */
};

void t87s__commands_add(struct t87s__commands *commands, const struct t87s__argument *arguments, size_t n);
void t87s__commands_free(struct t87s__commands *commands);

#define T87S__COMMAND(commands, ...)                                           \
    t87s__commands_add(commands, (const struct t87s__argument[]){__VA_ARGS__}, \
                       sizeof((const struct t87s__argument[]){__VA_ARGS__}) / sizeof(struct t87s__argument))

#endif
