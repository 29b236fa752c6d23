/* SPDX-License-Identifier: MIT
 *
 * One sentinel: a connection over which it is asked for the address of the master. Nothing here waits: who owns it
 * polls its socket and says when there is something to be read, or written. Without a name of the master, it is asked
 * first which one it watches. A password is told it only if it wants one.
 */
#ifndef T87S_REDIS_SENTINEL_H
#define T87S_REDIS_SENTINEL_H

#include <stdatomic.h>

#include "link.h"

/* What came of asking, and what a user can do about it. */
#define T87S__SENTINEL_WORDS(X)                                                             \
    X(WORD_NONE, "does not answer in time")                                                 \
    X(WORD_ADDRESS, "named a master")                                                       \
    X(WORD_GONE, "cannot be reached: check its address")                                    \
    X(WORD_UNKNOWN, "watches no master of that name: check ?master=")                       \
    X(WORD_SEVERAL, "watches several masters: name one, by ?master=NAME behind a sentinel") \
    X(WORD_REFUSED, "refuses the password: put the one of the sentinels into their URIs")   \
    X(WORD_NONSENSE, "does not speak as a sentinel: check that the port is that of a sentinel")
enum t87s__sentinel_word {
#define X(word, text) word,
    T87S__SENTINEL_WORDS(X)
#undef X
};

/* Waiting for nothing, or for the answer to one question. */
enum t87s__sentinel_doing {
    SENTINEL_DOWN,
    SENTINEL_CONNECTING,
    SENTINEL_IDLE,
    SENTINEL_ACCOUNT,
    SENTINEL_NAME,
    SENTINEL_ADDRESS
};

struct t87s__sentinel {
    /* immutable */
    const struct t87s__redis_uri *uri; /* its account and the name of the master, too */
    int64_t timeout_ms;

    enum t87s__sentinel_word word; /* of the round it was last asked in */
    struct t87s__address address;  /* where the word is WORD_ADDRESS */

    /* sentinel.c's */
    struct t87s__link link;
    atomic_int socket; /* the link's, -1: none; relaxed: for a child of a fork, which is alone then */
    enum t87s__sentinel_doing doing;
    bool outdated;               /* what it is doing was begun in an earlier round */
    bool introduced;             /* AUTH was sent */
    char master[T87S__URI_TEXT]; /* "": not known yet */
    int64_t since_ms;            /* it has been connecting, or owed an answer */
    int64_t retry_ms, back_off_ms;
};

void t87s__sentinel_open(struct t87s__sentinel *sentinel, const struct t87s__redis_uri *uri, int64_t timeout_ms);
/* A new round: its word is WORD_NONE, or that it cannot be asked now. */
void t87s__sentinel_ask(struct t87s__sentinel *sentinel);
/* What to poll its socket for, -1: nothing. */
int t87s__sentinel_socket(const struct t87s__sentinel *sentinel, short *events);
/* That has come. */
void t87s__sentinel_ready(struct t87s__sentinel *sentinel);
/* Down, as at first. */
void t87s__sentinel_close(struct t87s__sentinel *sentinel);
/* The same in a child of a fork, where a thread that is not here was in the middle of something with it. */
void t87s__sentinel_forget(struct t87s__sentinel *sentinel);

const char *t87s__sentinel_word_text(enum t87s__sentinel_word word);

#endif
