/* SPDX-License-Identifier: MIT
 *
 * A connection to the Redis that is looked at. Whatever is sent over it only reads.
 */
#ifndef T87S_INSPECT_ASK_H
#define T87S_INSPECT_ASK_H

#include "link.h"
#include "text.h"

enum { ASK_PATIENCE_MS = 2000 };

struct ask {
    struct t87s__redis_uri uri;
    struct t87s__link link;
    char address[400]; /* without account and password */
};

/* False: that is no address of a Redis. */
bool ask_init(struct ask *ask, const char *uri);
void ask_close(struct ask *ask);

/* Connects, if need be, sends the commands, which it frees, and waits for the replies, which are the caller's; NULL:
 * all is fine, else a sentence. */
const char *ask_call(struct ask *ask, struct t87s__commands *commands, redisReply **replies);

#endif
