/* SPDX-License-Identifier: MIT
 *
 * A Redis that follows a script, on a port of loopback. It stands before a real one: what no rule of the script speaks
 * of is done and answered as the real one does it, so that a story says only what is unusual, and what it says happens
 * at exactly one command, never at a time.
 *
 *     struct fake_rule *held = fake_add(&fake, (struct fake_rule){.what = "GET", .deed = FAKE_HOLD});
 *     ...                              // a thread reads
 *     fake_await(&fake, held, 1);      // the real one has answered, and the thread does not know
 *     must_invalidate(&other, "users/7");
 *     fake_let_go(&fake, held);
 */
#ifndef T87S_TEST_FAKE_REDIS_H
#define T87S_TEST_FAKE_REDIS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fake_deed {
    FAKE_COUNT,     /* only counts */
    FAKE_HOLD,      /* done; its answer, and what follows on this connection, is kept until fake_let_go */
    FAKE_HOLD_BACK, /* not even done until fake_let_go, nor is what follows on this connection */
    FAKE_SAY,       /* not done: the text instead of an answer; NULL: no word more on this connection */
    FAKE_SAY_AFTER, /* done: the text instead of its answer; NULL: as above */
    FAKE_SAY_MORE,  /* done and answered, and the text after it */
    FAKE_CUT,       /* done; `at` bytes of its answer come, then the connection ends */
    FAKE_END        /* not done: the connection ends */
};

/* A line of the script. The first that fits a command is followed, those that were added last before the others. */
struct fake_rule {
    /* Its first word, or what that begins with; or of what is told to who subscribed "message", "pong", "subscribe";
     * or "connect": then FAKE_END turns away, and FAKE_SAY without a text never answers. NULL: any command. */
    const char *what;
    const char *with; /* stands in one of its words; NULL: no matter */
    int skip;         /* so many that fit go by first */
    int times;        /* it is for so many; 0: for one, negative: for all */
    int connection;   /* of this number only, which counts from 1; 0: any */
    int since;        /* of no connection before this one */
    enum fake_deed deed;
    const char *text;
    size_t at;   /* of FAKE_CUT */
    bool resets; /* a connection that ends is reset */

    /* What has happened: read by fake_met() and fake_await(). */
    int fits, met, last_connection;
    int64_t met_ms; /* CLOCK_MONOTONIC, when it was met last */
    size_t size;    /* of the answer then */
    bool let_go;
    struct fake_rule *older; /* of those that are in force, or of those that are not */
};

enum { FAKE_CONNECTIONS = 32 };

struct fake_connection;

struct fake_redis {
    char uri[64];
    const char *server; /* the socket of the real one */
    int listening, wake;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* under lock */
    struct fake_rule *newest, *forgotten;
    struct fake_connection *connections[FAKE_CONNECTIONS]; /* NULL: free */
    int opened;                                            /* connections ever */
    bool stop;
};

void fake_start(struct fake_redis *fake, const char *server);
void fake_stop(struct fake_redis *fake);

/* Adds a copy, which lives until the stop. */
struct fake_rule *fake_add(struct fake_redis *fake, struct fake_rule rule);
/* No rule any more; what is held is let go. */
void fake_forget_all(struct fake_redis *fake);
/* Waits until a rule has been followed so often: for what is done, when it has been done. */
void fake_await(struct fake_redis *fake, const struct fake_rule *rule, int times);
int fake_met(struct fake_redis *fake, const struct fake_rule *rule);
void fake_let_go(struct fake_redis *fake, struct fake_rule *rule);
/* Says this on a connection, asked or not; the connection of the last command that a rule was followed for. */
void fake_say(struct fake_redis *fake, int connection, const char *text);
/* How many connections were ever opened. */
int fake_opened(struct fake_redis *fake);
/* All connections end. */
void fake_hang_up(struct fake_redis *fake);

#endif
