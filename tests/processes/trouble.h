/* SPDX-License-Identifier: MIT
 *
 * What happens to the processes of a history and to their Redis while a window lasts.
 */
#ifndef T87S_PROCESSES_TROUBLE_H
#define T87S_PROCESSES_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "board.h"
#include "proxy.h"
#include "redis_server.h"

enum trouble_kind {
    STALLS = 1, /* a process stands still now and then, for longer than the bound, too */
    FAULTS = 2, /* connections are cut, a direction is silent, the server stands still */
    KILLS = 4   /* a process is killed, and another one takes its place */
};

struct trouble {
    unsigned kinds;
    struct board *board;
    const struct redis_server *server;
    struct proxy *proxy; /* of FAULTS */
    pid_t *children;
    pid_t (*start)(int file, unsigned number); /* of KILLS */
    int file;
    uint64_t random;
    /* what was done */
    unsigned faults, kills;
};

/* Makes some, which is over when it returns. */
void trouble_make(struct trouble *trouble);

#endif
