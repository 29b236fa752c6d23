/* SPDX-License-Identifier: MIT */
#include "reply.h"

#include <limits.h>
#include <stdlib.h>

enum { MOST_NODES = 1 << 16, DEEPEST = 8, LONGEST_LINE = 1 << 16 };

enum outcome { WHOLE, HALF, STRANGE };

struct item {
    int type;
    long long number; /* an integer, or how many elements */
    const char *text;
    size_t size;
};

struct cursor {
    const char *at, *end;
};

static enum outcome take_line(struct cursor *cursor, const char **line, size_t *size) {
    const size_t left = (size_t)(cursor->end - cursor->at);
    const char *end = left ? memchr(cursor->at, '\n', left < LONGEST_LINE ? left : LONGEST_LINE) : NULL;
    if (!end)
        return left < LONGEST_LINE ? HALF : STRANGE;
    if (end == cursor->at || end[-1] != '\r')
        return STRANGE;
    *line = cursor->at;
    *size = (size_t)(end - 1 - cursor->at);
    cursor->at = end + 1;
    return WHOLE;
}

static bool number_of(const char *text, size_t size, long long *number) {
    const bool negative = size && *text == '-';
    const char *at = text + negative, *end = text + size;
    long long value = 0;
    if (at == end)
        return false;
    for (; at < end; at++) {
        const int digit = *at - '0';
        if (digit < 0 || digit > 9 || value > (LLONG_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = negative ? -value : value;
    return true;
}

/* "$3\r\n" was taken, the text follows. */
static enum outcome take_text(struct cursor *cursor, struct item *item) {
    if (item->number > T87S__LARGEST_REPLY)
        return STRANGE;
    item->size = (size_t)item->number;
    if ((size_t)(cursor->end - cursor->at) < item->size + 2)
        return HALF;
    item->text = cursor->at;
    cursor->at += item->size + 2;
    return cursor->at[-2] == '\r' && cursor->at[-1] == '\n' ? WHOLE : STRANGE;
}

static enum outcome take_item(struct cursor *cursor, struct item *item) {
    if (cursor->at == cursor->end)
        return HALF;
    if (cursor->end - cursor->at >= 5 && !memcmp(cursor->at, "$-1\r\n", 5)) { /* what most members of a bucket are */
        cursor->at += 5;
        item->type = REDIS_REPLY_NIL;
        return WHOLE;
    }
    const char letter = *cursor->at++;
    const enum outcome outcome = take_line(cursor, &item->text, &item->size);
    if (outcome != WHOLE)
        return outcome;
    if (letter == '+' || letter == '-') {
        item->type = letter == '+' ? REDIS_REPLY_STATUS : REDIS_REPLY_ERROR;
        return WHOLE;
    }
    if ((letter != ':' && letter != '$' && letter != '*') || !number_of(item->text, item->size, &item->number))
        return STRANGE;
    item->size = 0;
    item->type = letter == ':' ? REDIS_REPLY_INTEGER : letter == '$' ? REDIS_REPLY_STRING : REDIS_REPLY_ARRAY;
    if (letter == ':')
        return WHOLE;
    if (item->number == -1)
        item->type = REDIS_REPLY_NIL;
    else if (item->number < 0 || (letter == '*' && item->number > T87S__MOST_ELEMENTS))
        return STRANGE;
    else if (letter == '$')
        return take_text(cursor, item);
    return WHOLE;
}

/* Nodes, then pointers to them, then texts. Without memory it only counts. */
struct block {
    redisReply *nodes;
    redisReply **pointers;
    char *texts;
    size_t n_nodes, n_pointers, n_texts;
};

static bool has_text(const struct item *item) {
    return item->type == REDIS_REPLY_STRING || item->type == REDIS_REPLY_STATUS || item->type == REDIS_REPLY_ERROR;
}

static void fill(struct block *block, const struct item *item) {
    redisReply *node = &block->nodes[block->n_nodes];
    *node = (redisReply){.type = item->type};
    if (has_text(item)) {
        node->str = block->texts + block->n_texts;
        node->len = item->size;
        memcpy(node->str, item->text, item->size);
        node->str[item->size] = '\0';
    } else if (item->type == REDIS_REPLY_INTEGER) {
        node->integer = item->number;
    } else if (item->type == REDIS_REPLY_ARRAY) {
        node->elements = (size_t)item->number;
        node->element = block->pointers + block->n_pointers;
    }
}

/* From the first item to the last one below it. */
static enum outcome walk(struct cursor *cursor, struct block *block) {
    struct {
        size_t left;
        redisReply **next;
    } levels[DEEPEST] = {{1, NULL}};
    block->n_nodes = block->n_pointers = block->n_texts = 0;
    for (unsigned depth = 0;; block->n_nodes++) {
        struct item item = {.size = 0};
        while (!levels[depth].left) {
            if (depth == 0)
                return WHOLE;
            depth--;
        }
        const enum outcome outcome = take_item(cursor, &item);
        if (outcome != WHOLE)
            return outcome;
        if (block->n_nodes == MOST_NODES)
            return STRANGE;
        levels[depth].left--;
        if (block->nodes)
            fill(block, &item);
        if (block->nodes && levels[depth].next)
            *levels[depth].next++ = &block->nodes[block->n_nodes];
        if (has_text(&item))
            block->n_texts += item.size + 1;
        if (item.type != REDIS_REPLY_ARRAY || item.number == 0)
            continue;
        if (++depth == DEEPEST)
            return STRANGE;
        levels[depth].left = (size_t)item.number;
        levels[depth].next = block->nodes ? block->pointers + block->n_pointers : NULL;
        block->n_pointers += (size_t)item.number;
    }
}

redisReply *t87s__reply_take(const char *bytes, size_t size, size_t *taken, bool *lost) {
    struct cursor cursor = {bytes, bytes + size};
    struct block block = {.nodes = NULL};
    const enum outcome outcome = size ? walk(&cursor, &block) : HALF;
    *lost = outcome == STRANGE;
    if (outcome != WHOLE)
        return NULL;
    const size_t nodes = block.n_nodes * sizeof(redisReply), pointers = block.n_pointers * sizeof(redisReply *);
    char *memory = malloc(nodes + pointers + block.n_texts);
    *lost = !memory;
    if (!memory)
        return NULL;
    block.nodes = (redisReply *)(void *)memory;
    block.pointers = (redisReply **)(void *)(memory + nodes);
    block.texts = memory + nodes + pointers;
    *taken = (size_t)(cursor.at - bytes);
    cursor.at = bytes;
    (void)walk(&cursor, &block);
    return block.nodes;
}

void t87s__reply_free(redisReply *reply) { free(reply); }

void t87s__replies_free(redisReply **replies, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        t87s__reply_free(replies[i]);
        replies[i] = NULL;
    }
}
