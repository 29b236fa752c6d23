/* SPDX-License-Identifier: MIT
 *
 * A redis-server of the test's own, on a unix socket in a folder of its own; it dies with the test. Zeroed before the
 * start, but for what is to be set.
 */
#ifndef T87S_TEST_REDIS_SERVER_H
#define T87S_TEST_REDIS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct redis_server {
    pid_t process;
    const char *config; /* set before the start: the file that it begins with, or NULL */
    bool own_clock; /* set before the start: redis_server_set_clock works; takes T87S_SET_CLOCK in the environment */
    char folder[64], socket[96], uri[128];
};

/* Returns when it answers. `arguments`: more of its options, or NULL; ends with NULL. */
void redis_server_start(struct redis_server *server, const char *const *arguments);
/* Kills it, and starts another one on the same socket and folder. */
void redis_server_restart(struct redis_server *server, const char *const *arguments);
void redis_server_stop(struct redis_server *server);

/* Sends a command of words with blanks between, as one would type it; what came back first, without its end of line. */
struct redis_reply {
    char text[512];
};
struct redis_reply redis_server_tell(const struct redis_server *server, const char *command);

/* All that came back, as it is, cut to fit. */
void redis_server_ask(const struct redis_server *server, const char *command, char *out, size_t room);

/* A port of loopback that nobody listens at, and nobody else is given before this process ends. */
int free_port(void);
/* This one, if it is such a port. */
bool take_port(int port);

/* So many seconds beside the real one, from now on. */
void redis_server_set_clock(const struct redis_server *server, int seconds);

#endif
