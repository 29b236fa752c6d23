/* SPDX-License-Identifier: MIT
 *
 * A store over Redis with one cache attached, as a test wants to use it, and what its listener was told.
 */
#ifndef T87S_TEST_REDIS_CLIENT_H
#define T87S_TEST_REDIS_CLIENT_H

#include <pthread.h>
#include <stdbool.h>
#include <t87s/redis.h>

#include "real_clock.h"

struct client {
    struct t87s_store *store;
    void *scope;
    int64_t deadline_ms;         /* of each call; client_open: the store's timeout */
    int64_t bound_ms;            /* of staleness */
    _Atomic(int64_t) longest_ms; /* that a call of this client took, without what the machine was late meanwhile */
    pthread_mutex_t lock;
    pthread_cond_t told;
    /* under lock */
    unsigned lost, invalidated, removed;
    int64_t vouched_until; /* 0: not since it was lost */
    int64_t awaited_until; /* by await_next_vouch() */
};

/* With a timeout of a second and a bound D of 300 ms, unless the options say something else. */
void client_open(struct client *client, struct t87s_redis_options options);
/* The cache's prefix is "test", unless it is this. */
void client_open_as(struct client *client, struct t87s_redis_options options, const char *prefix);
void client_close(struct client *client);

/* An entry has one tag, and lives for ten minutes. */
enum t87s_status client_read(struct client *client, const char *key, const char *tag, enum t87s_store_state *state,
                             struct t87s_store_birth *birth);
enum t87s_status client_write(struct client *client, const char *key, const char *tag,
                              const struct t87s_store_birth *birth);
enum t87s_status client_set(struct client *client, const char *key, const char *tag,
                            const struct t87s_store_birth *birth);
enum t87s_status client_invalidate(struct client *client, const char *tag, unsigned flags);
enum t87s_status client_birth(struct client *client, struct t87s_store_birth *birth);

/* What must work: the test fails if it does not and the machine was not late. */
enum t87s_store_state must_read(struct client *client, const char *key, const char *tag);
struct t87s_store_birth must_bear(struct client *client);
void must_write(struct client *client, const char *key, const char *tag); /* with a birth of now */
void must_write_born(struct client *client, const char *key, const char *tag, const struct t87s_store_birth *birth);
void must_invalidate(struct client *client, const char *tag);

/* Repeats a read until it is answered over every lane, for some seconds. */
void await_answer(struct client *client);
void await_answer_about(struct client *client, const char *key, const char *tag);
/* Waits until somebody vouches for a moment later than now, or until nobody does; for some seconds. */
void await_vouch(struct client *client);
void await_no_vouch(struct client *client);
void await_lost(struct client *client, unsigned more_than);
unsigned lost_so_far(struct client *client);
/* Until so many tags have been told of as invalidated; so many so far. */
void await_heard(struct client *client, unsigned n);
unsigned heard_so_far(struct client *client);
/* Invalidates by one until another hears of it: once, unless that is told that it may have missed something. */
void invalidate_until_heard(struct client *by, const char *tag, struct client *heard_by);
/* Until what was published before this call has come. */
void await_next_vouch(struct client *client);

#endif
