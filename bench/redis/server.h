/* SPDX-License-Identifier: MIT
 *
 * A redis-server of the bench's own, on a unix socket; it dies with the bench.
 */
#ifndef T87S_BENCH_REDIS_SERVER_H
#define T87S_BENCH_REDIS_SERVER_H

/* The path of its socket. Ends the program where there is no redis-server. */
const char *server_start(void);
void server_stop(void);

#endif
