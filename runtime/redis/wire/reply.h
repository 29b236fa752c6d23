/* SPDX-License-Identifier: MIT
 *
 * What a server says, taken apart: RESP2, each reply in one block of memory with all that is below it. The struct is
 * hiredis's, of which only `type`, `integer`, `str`, `len`, `element` and `elements` are filled in; texts end with a
 * NUL. Numbers of elements, lengths and depth are capped: nothing takes memory for what has only been promised.
 */
#ifndef T87S_REDIS_REPLY_H
#define T87S_REDIS_REPLY_H

#include <hiredis/hiredis.h>
#include <stdbool.h>
#include <string.h>

enum { T87S__LARGEST_REPLY = 64 << 20, T87S__MOST_ELEMENTS = 1024 };

/* The reply that the bytes begin with, the caller's to free, and how many bytes it took. NULL: it is not whole yet, or
 * *lost: it is no protocol, or there is no memory. */
redisReply *t87s__reply_take(const char *bytes, size_t size, size_t *taken, bool *lost);
/* NULL is allowed. */
void t87s__reply_free(redisReply *reply);
void t87s__replies_free(redisReply **replies, unsigned n);

/* Older servers put an error of a command in a script behind words of their own. */
static inline bool t87s__reply_is_error(const redisReply *reply, const char *code) {
    return reply->type == REDIS_REPLY_ERROR && strstr(reply->str, code);
}

#endif
