/* SPDX-License-Identifier: MIT
 *
 * What the files of this store share. They stand on wire/ (bytes to and from one server) and servers/ (which there
 * are, and which is the master).
 *
 *     node, topology                  those that are talked to, and who has what
 *     route                           calls, as parts that go to several of them
 *     layout, blob, scripts           what lies in it
 *     mark, read, write, invalidate, lease   the operations
 *     typescript, typescript_hear     tags shared with the TypeScript original
 *     greet                           what has to be known of a server before it is trusted
 *     listen, audience, tell          the thread that hears what others invalidate, and what it says of that
 *     pulse, advise, heartbeat        the thread that looks after it all, and what it says
 *     fork                            what becomes of all that in a child
 *     redis_store                     open, attach, close
 *
 * Lock order: list of stores (fork.c) -> listening -> telling -> scopes -> pulse -> topology -> a lane's, the
 * sentinels'. None is held while anybody waits for the network. A fork takes all but telling, under which listeners are
 * called.
 */
#ifndef T87S_REDIS_STORE_H
#define T87S_REDIS_STORE_H

#include <pthread.h>
#include <stdatomic.h>
#include <t87s/redis.h>

#include "heartbeat.h"
#include "route.h"
#include "scripts.h"

/* How far the channel of a scope is heard by the listener: not at all, asked for, everywhere. */
enum t87s__hearing { HEARING_NOTHING, HEARING_ASKED, HEARING_ALL };

/* A cache over the store. */
struct t87s__scope {
    /* immutable */
    struct t87s__layout layout, spread; /* on one server, and in a cluster */
    struct t87s_store_listener listener;

    enum t87s__hearing hearing; /* under telling_lock */
    unsigned asked_as;          /* the number of its channel (audience.h); the listener's, and under telling_lock */
    /* What the buckets know of how long entries live, and of which life of the bucket that is; relaxed: at worst it is
     * said once more, or too much is outdated. */
    struct {
        _Atomic(uint64_t) life;
        _Atomic(uint64_t) kept_us;
    } known[T87S__MOST_BUCKETS];
    char id[T87S__BEAT_ID];   /* of its heartbeat; "": not drawn yet; pulse.c's */
    unsigned beat;            /* the last that it had its turn in; under scopes_lock */
    struct t87s__scope *next; /* under scopes_lock to change, under either lock to read */
};

struct t87s__redis {
    struct t87s_store base; /* first member */
    /* immutable */
    char prefix[256];
    int64_t staleness_ms;
    unsigned wait_replicas;
    bool with_typescript;

    struct t87s__topology topology;

    _Atomic(uint64_t) kept_us; /* how long the entries of this process live at most; relaxed, a hint */

    pthread_mutex_t telling_lock; /* held while a listener is called, so that detach waits for it */
    pthread_mutex_t scopes_lock;
    struct t87s__scope *scopes; /* changed under both locks, read under either */

    /* listen.c */
    pthread_mutex_t listening_lock; /* starting and ending the thread */
    atomic_bool listening;          /* there is one */
    pthread_t listener;
    int wake[2]; /* a pipe: something has changed */
    atomic_bool stop;

    /* pulse.c */
    pthread_mutex_t pulse_lock;
    pthread_cond_t pulse_changed;
    atomic_bool pulsing; /* there is a thread; relaxed: who misses it asks under the lock */
    atomic_bool revives; /* in a child: there is to be one again; relaxed, as above */
    pthread_t pulse;
    const struct t87s__scope *in_hand; /* under pulse_lock, as the rest */
    bool pulse_stop, poked;

    struct t87s__redis *older, *newer; /* fork.c's list */
};

static inline struct t87s__redis *t87s__redis_of(struct t87s_store *store) { return (struct t87s__redis *)store; }

/* The names of a cache, as the servers are now. */
const struct t87s__layout *t87s__scope_layout(struct t87s__redis *redis, const struct t87s__scope *scope);

/* redis_store.c: a thread of the store's own, in which no signal arrives: those are for the application's. */
bool t87s__redis_start_thread(pthread_t *thread, void *(*body)(void *), void *redis);

/* greet.c: the rest of the line of an INFO that begins with `field`, which is "\nfield:"; "" and false: none. */
bool t87s__redis_info(const char *info, const char *field, char *out, size_t room);

/* greet.c: a connection to a master. The history is a number that stands for it, never 0. For a lane (of the struct
 * t87s__node), and for the listener. */
t87s__lane_dial t87s__redis_dial;
enum t87s_status t87s__redis_dial_to_hear(struct t87s__node *node, struct t87s__link *link, int64_t deadline_ms,
                                          uint64_t *history);
/* Any connection to where the master is said to be, which may not be one. *term: the sentinels' name for it, 0: there
 * are none. */
enum t87s_status t87s__redis_reach(struct t87s__node *node, struct t87s__link *link, int64_t deadline_ms,
                                   uint64_t *term);
/* Its two commands, and what they said; 0: that it is no master. */
void t87s__redis_ask_history(struct t87s__commands *commands);
uint64_t t87s__redis_take_history(redisReply *const *replies);

/* mark.c: the next stamp of a bucket, which is put at some members, told, and waited for. */
struct t87s__mark {
    unsigned bucket;
    struct t87s__argument message;      /* "": nobody is told */
    const struct t87s__argument *pairs; /* as scripts.h says */
    size_t n_pairs;
    bool bears_none; /* it is no birth */
};
void t87s__redis_add_mark(const struct t87s__call *call, const struct t87s__mark *mark, uint64_t history, bool by_text,
                          struct t87s__commands *commands);
/* What a mark answered goes into the birth; false: it failed. */
bool t87s__redis_take_birth(const redisReply *reply, unsigned bucket, struct t87s_store_birth *birth);
/* Whether a mark was done: what else may be said does not say so. */
bool t87s__redis_is_marked(const redisReply *reply);
/* The part of the arguments that all scripts on a bucket have, up to the message. */
enum { T87S__MARK_ARGUMENTS = 5 };
void t87s__redis_add_common(const struct t87s__call *call, unsigned bucket, struct t87s__argument message,
                            uint64_t history, struct t87s__commands *commands);

/* Births of now, of these buckets; the first one's mark may be more than that. */
enum t87s_status t87s__redis_bear(struct t87s__redis *redis, struct t87s__scope *scope, const unsigned *buckets,
                                  unsigned n, const struct t87s__mark *first, int64_t deadline_ms,
                                  struct t87s_store_birth *birth);

/* The functions of struct t87s_store. */
enum t87s_status t87s__redis_read(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                  struct t87s_store_answer *answer);
enum t87s_status t87s__redis_birth(struct t87s_store *store, void *scope, int64_t deadline_ms,
                                   struct t87s_store_birth *birth);
enum t87s_status t87s__redis_lease(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                   struct t87s_store_lease *lease, struct t87s_store_answer *answer);
enum t87s_status t87s__redis_release(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                     uint64_t holder);
enum t87s_status t87s__redis_write(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                   const struct t87s_store_value *value);
enum t87s_status t87s__redis_invalidate(struct t87s_store *store, void *scope, const struct t87s_store_tag *tags,
                                        size_t n, unsigned flags, int64_t deadline_ms);
enum t87s_status t87s__redis_remove(struct t87s_store *store, void *scope, const void *key, size_t key_size,
                                    int64_t deadline_ms);
enum t87s_status t87s__redis_clear(struct t87s_store *store, void *scope, int64_t deadline_ms);

/* read.c: what the parts of a query's call say: the entry, then each bucket. */
enum t87s_status t87s__redis_take_answer(const struct t87s__layout *layout, const struct t87s_store_query *query,
                                         const struct t87s__part *parts, struct t87s_store_answer *answer);

/* read.c: as a read, which asks for a lease first. *stands: what is fetched by who has it would be valid. */
struct t87s__leasing;
enum t87s_status t87s__redis_read_leasing(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                          struct t87s__leasing *leasing, bool *stands,
                                          struct t87s_store_answer *answer);

/* tell.c. A message is one letter and what it is about. */
enum { MESSAGE_TAGS = 't', MESSAGE_KEY = 'k', MESSAGE_CLEAR = 'c' };
/* Of key_size + 1 bytes, malloc's; NULL without memory. */
unsigned char *t87s__redis_key_message(const void *key, size_t key_size);
void t87s__redis_tell(const struct t87s__scope *scope, const void *message, size_t size);

/* listen.c. Starts the thread, if there should be one and is none; false: it cannot be started. */
bool t87s__redis_listen(struct t87s__redis *redis);
void t87s__redis_listen_again(struct t87s__redis *redis); /* a scope has come or gone */
void t87s__redis_stop_listening(struct t87s__redis *redis);

/* pulse.c. Starts the thread, if there is none, and has it look at once; without a thread there are no heartbeats. */
void t87s__redis_pulse_start(struct t87s__redis *redis);
void t87s__redis_pulse_stop(struct t87s__redis *redis);
/* A scope that is not in the list any more: returns when nobody has it in hand. */
void t87s__redis_pulse_leave(struct t87s__redis *redis, const struct t87s__scope *scope);
void t87s__redis_pulse_init(struct t87s__redis *redis);
void t87s__redis_pulse_destroy(struct t87s__redis *redis);
void t87s__redis_pulse_after_fork(struct t87s__redis *redis); /* in the child */

/* fork.c */
void t87s__redis_enlist(struct t87s__redis *redis);
void t87s__redis_delist(struct t87s__redis *redis);

#endif
