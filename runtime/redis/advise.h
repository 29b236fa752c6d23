/* SPDX-License-Identifier: MIT
 *
 * What is to be said of the way a Redis is run. Decides by what was found, and touches no network.
 */
#ifndef T87S_REDIS_ADVISE_H
#define T87S_REDIS_ADVISE_H

#include <t87s/store.h>

#include "link.h"

/* Of one server; zeroed: nothing is known, and nothing is said. */
struct t87s__found {
    bool looked;        /* what follows was answered */
    char version[24];   /* "" here and below: it did not say */
    char role[16];      /* master, slave */
    char policy[32];    /* of eviction */
    bool is_sentinel;   /* which is no server for us */
    uint64_t maxmemory; /* 0: no limit */
    bool appends, saves;
    bool saves_known;      /* it may refuse to say */
    uint64_t pubsub_limit; /* of its buffer for who listens; 0: none, or not known */
    bool unreachable;      /* nobody answered */
    bool with_typescript;  /* tags are to be shared */
    bool is_cluster;
    bool one_seed;         /* only one server was named */
    const char *sentinels; /* why they name no master; NULL: they do, or there are none */
    bool clock_stepped;    /* lately */
    int64_t clock_step_ms; /* how far, negative: back */
};

/* Its questions, T87S__LOOKS of them, and what the replies to these say. */
enum { T87S__LOOKS = 3 };
void t87s__look_ask(struct t87s__commands *commands);
void t87s__look_take(redisReply *const *replies, struct t87s__found *found);

enum { T87S__MOST_SAID = 12 };
struct t87s__said {
    size_t n;
    struct t87s_store_advice advice[T87S__MOST_SAID];
    char texts[T87S__MOST_SAID][232];
};
/* `said` must stay where it is: the advice points into it. */
void t87s__advise(const struct t87s__found *found, struct t87s__said *said);

#endif
