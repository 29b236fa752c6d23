/* SPDX-License-Identifier: MIT
 *
 * Stands between a store and its server, on a unix socket, and spoils what comes from the server: cuts it after so many
 * bytes, resets, or swallows one direction. One thread; a handful of connections at once.
 *
 * As over any network, a stream has no holes: where something was swallowed nothing gets through later, and the
 * connection ends with the next byte that would have. Else an answer would be taken for that to what was swallowed.
 */
#ifndef T87S_TEST_REDIS_PROXY_H
#define T87S_TEST_REDIS_PROXY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { PROXY_CONNECTIONS = 32 };

struct proxy_pair {
    int client, server;                  /* -1: no connection */
    bool to_server_torn, to_client_torn; /* something was swallowed on the way there */
};

struct proxy {
    char path[108], uri[128];
    const char *server; /* its socket */
    int listening;
    pthread_t thread;
    struct proxy_pair pairs[PROXY_CONNECTIONS]; /* the thread's */

    /* What is done to it, from any thread. */
    atomic_long left;        /* bytes from the server, of all connections, that still get through; -1: all */
    atomic_bool deaf, mute;  /* nothing gets to the server any more, or nothing from it; connections stay */
    atomic_bool turned_away; /* new connections are closed at once */
    atomic_long forwarded;   /* bytes from the server so far */
    atomic_long swallowed;   /* bytes of both directions so far */
    atomic_bool stop;
};

void proxy_open(struct proxy *proxy, const char *folder, const char *server);
void proxy_close(struct proxy *proxy);

/* From now on all is well, or: when so many more bytes have come from the server, all connections are closed. */
void proxy_cut_after(struct proxy *proxy, long bytes);
void proxy_heal(struct proxy *proxy);

#endif
