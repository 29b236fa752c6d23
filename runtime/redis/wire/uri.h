/* SPDX-License-Identifier: MIT
 *
 * redis://[user:password@]host[:port][/db][?master=NAME] and unix:///path[?db=N][&master=NAME], taken apart.
 */
#ifndef T87S_REDIS_URI_H
#define T87S_REDIS_URI_H

#include <stdbool.h>
#include <stddef.h>

enum { T87S__URI_TEXT = 256, T87S__URI_PATH = 108 /* of a unix socket */ };

struct t87s__redis_uri {
    char host[T87S__URI_TEXT]; /* "": path is used */
    char path[T87S__URI_PATH];
    char user[T87S__URI_TEXT], password[T87S__URI_TEXT]; /* "": none */
    char master[T87S__URI_TEXT]; /* "": none; else this is a sentinel, and that what it is asked for */
    int port, db;
};

/* As servers name each other. */
struct t87s__address {
    char host[T87S__URI_TEXT]; /* "": that of the one that said so */
    int port;
};

/* NULL is redis://127.0.0.1:6379. False: not such a thing. */
bool t87s__redis_uri_parse(const char *text, struct t87s__redis_uri *out);

#endif
