/* SPDX-License-Identifier: MIT
 *
 * The servers that are looked at: one, the master that sentinels name, or all masters of a cluster. Whatever is sent to
 * them only reads.
 */
#ifndef T87S_INSPECT_SERVERS_H
#define T87S_INSPECT_SERVERS_H

#include "layout.h"
#include "seeds.h"
#include "slots.h"

enum { SERVERS_PATIENCE_MS = 2000, SERVERS_KNOWN_MS = 10000 };

struct server {
    struct t87s__redis_uri uri;
    struct t87s__link link;
    /* as of the last look */
    char version[24], role[16];
    uint64_t history; /* 0: it is no master */
    int64_t now_us;
};

struct servers {
    struct t87s__seeds seeds;
    char address[400];   /* of the seeds, without accounts and passwords */
    struct server *list; /* NULL: not known now */
    unsigned n;
    bool is_single; /* named itself, not by a sentinel or a node: it is what it is */
    bool is_cluster;
    int64_t found_ms;
    uint16_t owners[T87S__SLOTS]; /* in a cluster: of the list; where a slot is nobody's the first */
};

/* False: that is no address of a Redis. */
bool servers_init(struct servers *servers, const char *uri);
void servers_close(struct servers *servers);

/* All that can fail gives NULL, or a sentence; then the servers are to be found anew. */

/* Finds out which there are, unless that is known; what others say of them is known for a few seconds. */
const char *servers_find(struct servers *servers);
/* What is known is not right any more. */
void servers_forget(struct servers *servers);
/* Connects, if need be, sends the commands, which it frees, and waits for the replies, which are the caller's. */
const char *servers_call(struct servers *servers, unsigned which, struct t87s__commands *commands,
                         redisReply **replies);
const char *servers_problem(enum t87s_status status);

/* Which has a bucket. */
unsigned servers_of_bucket(const struct servers *servers, unsigned bucket);

#endif
