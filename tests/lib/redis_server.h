/* SPDX-License-Identifier: MIT
 *
 * A redis-server of the test's own, on a unix socket in a folder of its own; it dies with the test.
 */
#ifndef T87S_TEST_REDIS_SERVER_H
#define T87S_TEST_REDIS_SERVER_H

#include <sys/types.h>

struct redis_server {
    pid_t process;
    char folder[64], socket[96], uri[128];
};

/* Returns when it answers. `arguments`: more of its options, or NULL; ends with NULL. */
void redis_server_start(struct redis_server *server, const char *const *arguments);
/* Kills it, and starts another one on the same socket and folder. */
void redis_server_restart(struct redis_server *server, const char *const *arguments);
void redis_server_stop(struct redis_server *server);

#endif
