/* SPDX-License-Identifier: MIT
 *
 * Commands on their way to Redis: bytes of the protocol, several in a row, and how many replies there will be. A
 * command is begun with the number of its words, which then follow.
 */
#ifndef T87S_REDIS_COMMANDS_H
#define T87S_REDIS_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct t87s__argument {
    const void *bytes;
    size_t size;
};

#define T87S__WORD(word) ((struct t87s__argument){word, sizeof(word) - 1})
static inline struct t87s__argument t87s__argument_text(const char *text) {
    return (struct t87s__argument){text, strlen(text)};
}

/* Zeroed: none yet. */
struct t87s__commands {
    char *bytes;
    size_t size, capacity;
    unsigned n;
    bool failed; /* no memory: what is here must not be sent */
    bool asking; /* each is asked for at a server to which its name is just being moved: two replies */
};

void t87s__commands_begin(struct t87s__commands *commands, size_t words);
void t87s__commands_word(struct t87s__commands *commands, struct t87s__argument word);
/* One word of two parts. */
void t87s__commands_joined(struct t87s__commands *commands, struct t87s__argument one, struct t87s__argument two);
void t87s__commands_number(struct t87s__commands *commands, uint64_t number);
void t87s__commands_free(struct t87s__commands *commands);

/* A whole command. */
void t87s__commands_add(struct t87s__commands *commands, const struct t87s__argument *words, size_t n);
#define T87S__COMMAND(commands, ...)                                           \
    t87s__commands_add(commands, (const struct t87s__argument[]){__VA_ARGS__}, \
                       sizeof((const struct t87s__argument[]){__VA_ARGS__}) / sizeof(struct t87s__argument))

#endif
