/* SPDX-License-Identifier: MIT
 *
 * What the files of this store share:
 *
 *     uri, commands, link, lane   bytes to and from one server
 *     layout, blob, scripts       what lies in it
 *     read.c, write.c             the operations
 *     greet.c                     what has to be known of a server before it is trusted
 *     listen.c                    the thread that hears what others invalidate
 *     redis_store.c               open, attach, close
 */
#ifndef T87S_REDIS_STORE_H
#define T87S_REDIS_STORE_H

#include <pthread.h>
#include <stdatomic.h>
#include <t87s/redis.h>

#include "lane.h"
#include "layout.h"
#include "scripts.h"

enum { T87S__LANES = 2 };

/* A cache over the store. */
struct t87s__scope {
    struct t87s__layout layout;
    struct t87s_store_listener listener;
    atomic_bool trusted;   /* the server's history has been looked at for these names: greet.c */
    int64_t subscribed_ms; /* listen.c's: when it was sent; 0: not over this connection */
    struct t87s__scope *next;
};

struct t87s__redis {
    struct t87s_store base; /* first member */
    /* immutable */
    struct t87s__redis_uri uri;
    char prefix[256];
    int64_t staleness_ms;
    unsigned wait_replicas;
    struct t87s__lane *lanes[T87S__LANES];

    _Atomic(int64_t) longest_ms; /* that an entry lives; relaxed: a hint for what may be forgotten */
    atomic_uint turn;

    pthread_mutex_t scopes_lock; /* also held while a listener is called, so that detach waits for it */
    struct t87s__scope *scopes;

    pthread_mutex_t greeting_lock; /* one connection at a time looks at the server's history */

    /* listen.c */
    bool listening;
    pthread_t listener;
    int wake[2]; /* a pipe: something has changed */
    atomic_bool stop;
};

static inline struct t87s__redis *t87s__redis_of(struct t87s_store *store) { return (struct t87s__redis *)store; }

/* Sends commands over one of the lanes, once the scope can be trusted. */
enum t87s_status t87s__redis_call(struct t87s__redis *redis, struct t87s__scope *scope,
                                  const struct t87s__commands *commands, redisReply **replies, int64_t timeout_ms);

/* greet.c */
t87s__lane_greeting t87s__redis_greet;
enum t87s_status t87s__redis_trust(struct t87s__redis *redis, struct t87s__scope *scope, int64_t timeout_ms);

/* write.c: takes a stamp of a bucket, for nothing; makes it if it is not there. */
void t87s__redis_add_mark(struct t87s__redis *redis, struct t87s__commands *commands, struct t87s__scope *scope,
                          unsigned bucket, struct t87s__argument message, const struct t87s__argument *pairs,
                          size_t n_pairs, bool by_text);
bool t87s__redis_take_stamp(const redisReply *reply, uint64_t *stamp);

/* read.c and write.c: the functions of struct t87s_store. */
enum t87s_status t87s__redis_read(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                  struct t87s_store_answer *answer);
enum t87s_status t87s__redis_birth(struct t87s_store *store, void *scope, int64_t deadline_ms,
                                   struct t87s_store_birth *birth);
enum t87s_status t87s__redis_write(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                   const struct t87s_store_value *value);
enum t87s_status t87s__redis_invalidate(struct t87s_store *store, void *scope, const struct t87s_store_tag *tags,
                                        size_t n, unsigned flags, int64_t deadline_ms);
enum t87s_status t87s__redis_remove(struct t87s_store *store, void *scope, const void *key, size_t key_size,
                                    int64_t deadline_ms);
enum t87s_status t87s__redis_clear(struct t87s_store *store, void *scope, int64_t deadline_ms);

/* listen.c: a message is one letter and what it is about. */
enum { MESSAGE_TAGS = 't', MESSAGE_KEY = 'k', MESSAGE_CLEAR = 'c' };
bool t87s__redis_listen(struct t87s__redis *redis);       /* starts the thread, if there is none; scopes_lock is held */
void t87s__redis_listen_again(struct t87s__redis *redis); /* a scope has come or gone */
void t87s__redis_stop_listening(struct t87s__redis *redis);

#endif
