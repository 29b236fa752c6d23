/* SPDX-License-Identifier: MIT
 *
 * Where a store begins to look for its servers: URIs separated by commas, and what a server that is asked says it is.
 * One URI is a server, or any node of a cluster; several are nodes of a cluster or sentinels. One with the name of a
 * master is a sentinel.
 */
#ifndef T87S_REDIS_SEEDS_H
#define T87S_REDIS_SEEDS_H

#include "link.h"

enum t87s__kind { T87S__UNKNOWN, T87S__SERVER, T87S__CLUSTER, T87S__SENTINEL };

/* A comma that belongs to a name or a password is written %2C. A seed that names no account has that of the first.
 * Only the first names the master, and with it the database; all have them. */
struct t87s__seeds {
    struct t87s__redis_uri *uris;
    unsigned n;
};

/* NULL is redis://127.0.0.1:6379. T87S_OK, T87S_E_INVALID (several are not of databases), T87S_E_NOMEM. */
enum t87s_status t87s__seeds_parse(const char *text, struct t87s__seeds *out);
void t87s__seeds_free(struct t87s__seeds *seeds);

/* What the answer to INFO server says. */
enum t87s__kind t87s__kind_of(const redisReply *info);
/* Asks over a connection. T87S__UNKNOWN: it does not tell everybody, or anybody. */
enum t87s_status t87s__kind_ask(struct t87s__link *link, int64_t deadline_ms, enum t87s__kind *kind);

/* Connects to one of the seeds, the first that answers: from `first` on, one after the other, each with half of the
 * time that is left. *found is its index, *kind what it says it is; a sentinel was not told the account. Not T87S_OK:
 * none did, and `link` is down. */
enum t87s_status t87s__seeds_ask(const struct t87s__seeds *seeds, unsigned first, int64_t deadline_ms,
                                 struct t87s__link *link, enum t87s__kind *kind, unsigned *found);

#endif
