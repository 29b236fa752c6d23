/* SPDX-License-Identifier: MIT
 *
 * Which servers there are, and which of them has what. One server has everything; where sentinels name it, it is one
 * node, whose connections go to wherever the master is (greet.c). In a cluster each slot is a master's, and whose may
 * change at any time: what stands here is what a node said last. It is asked again when a server says that a slot has
 * moved, or cannot be reached, and by the listener; by one thread at a time, and not more often than a back-off allows
 * (law 6).
 *
 * A server that has left keeps its struct, without connections: a call may be on its way there.
 */
#ifndef T87S_REDIS_TOPOLOGY_H
#define T87S_REDIS_TOPOLOGY_H

#include "cluster.h"
#include "node.h"
#include "seeds.h"
#include "sentinels.h"

struct t87s__topology {
    /* immutable */
    struct t87s__seeds seeds;
    struct t87s__node *first;          /* of the first seed: the server, where there is one */
    struct t87s__sentinels *sentinels; /* over the seeds; NULL: they cannot be any */

    _Atomic(enum t87s__kind) kind;       /* released when what it needs is there */
    _Atomic(enum t87s__kind) said;       /* by the last server that was greeted; relaxed, a hint */
    atomic_bool suspect;                 /* a server did not answer: look again; relaxed, a hint */
    atomic_uint changes;                 /* of who has the buckets; released after that */
    _Atomic(struct t87s__node *) *slots; /* NULL: nobody's. Relaxed but for what a node is: each is right or is told */

    pthread_mutex_t lock;
    pthread_cond_t found; /* or not */
    /* under lock */
    bool finding;
    int64_t back_off_ms, retry_ms;
    struct t87s__node *nodes; /* the newest */
    unsigned n_nodes;
    uint64_t epoch; /* of the map */
    struct t87s__node *masters[T87S__MOST_MASTERS];
    unsigned n_masters, turn; /* turn: whose it is to be asked first */
    unsigned maps;            /* that differed from the one before */
};

/* T87S_OK, or T87S_E_NOMEM: then it is closed. `seeds` is taken. */
enum t87s_status t87s__topology_open(struct t87s__redis *redis, struct t87s__seeds *seeds);
void t87s__topology_close(struct t87s__topology *topology);
/* Nobody is finding anything out; also in a child of a fork, under lock. */
void t87s__topology_begin(struct t87s__topology *topology);

/* Before each call: finds out what the servers are, if that is not known. */
enum t87s_status t87s__topology_know(struct t87s__redis *redis, int64_t deadline_ms);
/* A server says what it is, while it is greeted; false: it cannot be used as that. */
bool t87s__topology_hear(struct t87s__redis *redis, enum t87s__kind kind);

/* Otherwise one server has everything. */
bool t87s__topology_is_cluster(struct t87s__topology *topology);
bool t87s__topology_has_sentinels(struct t87s__topology *topology);
/* Who has the slot; NULL: nobody. */
struct t87s__node *t87s__topology_node(struct t87s__topology *topology, unsigned slot);
/* The server that a MOVED or ASK names, which one at `of` answered; NULL: this is none, or there is
 * no memory, or there were too many. */
struct t87s__node *t87s__topology_moved_to(struct t87s__redis *redis, const redisReply *error,
                                           const struct t87s__redis_uri *of);
/* A server said that the slot is that one's. */
void t87s__topology_moved(struct t87s__topology *topology, unsigned slot, struct t87s__node *node);
/* Asks anew, `hint` first if it is not NULL; nothing if somebody does or did just now. */
void t87s__topology_refresh(struct t87s__redis *redis, const struct t87s__redis_uri *hint, int64_t deadline_ms);
/* A server did not answer: the next call asks anew. */
void t87s__topology_suspect(struct t87s__topology *topology);

/* The masters, and how many: at most T87S__MOST_MASTERS. */
unsigned t87s__topology_masters(struct t87s__topology *topology, struct t87s__node **masters);
/* Of the map. */
uint64_t t87s__topology_epoch(struct t87s__topology *topology);

/* T87S_OK: by what the sentinels said since then, this is the history of the master (T87S__FROM_NOW_ON: by what they
 * say now), or nobody is to be asked. *moved: it is not, and connections to it are left; else nobody can tell. */
enum t87s_status t87s__topology_confirm(struct t87s__topology *topology, uint64_t history, int64_t since_ms,
                                        int64_t deadline_ms, bool *moved);

#endif
