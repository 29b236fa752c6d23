/* SPDX-License-Identifier: MIT
 *
 * The thread that hears what was invalidated, by this process or another, and vouches for the near tiers of its caches.
 *
 * The server queues for each connection, in its own order, what is published and what it answers. So when the answer to
 * a PING has come that was sent at t0, everything has come that was published before it got to the server, and with
 * that everything that returned before t0: the near tiers may be used until t0 + D. If the connection is lost, or
 * nothing comes for D, they are told so, and the rest is the clock's: nobody vouches for them any more.
 *
 * What was kept before the channel was heard may have missed something: so `lost` is told when the server says that it
 * is subscribed, and only then is anything vouched for.
 *
 * All that holds as long as this is the server that the lanes talk to, and the master. So after each PING it is asked,
 * over a lane, whose history it has now, and nothing is vouched for that was not confirmed. If it has become another,
 * which nobody's connection may have told, all connections are made anew.
 */
#define _GNU_SOURCE /* pipe2 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "redis_store.h"

enum { PINGS_PER_BOUND = 3, LONGEST_PACE_MS = 10000, FIRST_BACK_OFF_MS = 20, MOST_BACK_OFF_MS = 1000 };

struct ear {
    struct t87s__redis *redis;
    struct t87s__link link;
    uint64_t history;
    int64_t pinged_ms, confirmed_ms; /* when the last PING was sent; up to when the server was the one it was */
    int64_t vouched_ms;              /* the PING that was answered last */
    int64_t ping_ms;                 /* when the next one is due */
    int64_t subscribed_ms;           /* when it was last said to which channels */
    int64_t heard_ms;                /* when something was last understood */
    int64_t back_off_ms, retry_ms;
};

static int64_t pace_of(const struct ear *ear) {
    const int64_t pace = ear->redis->staleness_ms / PINGS_PER_BOUND;
    return pace < LONGEST_PACE_MS ? pace : LONGEST_PACE_MS;
}

/* ---- what is told ---- */

static bool is_channel(const struct t87s__scope *scope, const redisReply *channel) {
    const struct t87s__name name = t87s__layout_channel(&scope->layout);
    return name.size == channel->len && !memcmp(name.text, channel->str, name.size);
}

static void tell_channel(struct ear *ear, const redisReply *channel, const redisReply *message) {
    pthread_mutex_lock(&ear->redis->telling_lock);
    for (struct t87s__scope *scope = ear->redis->scopes; scope; scope = scope->next)
        if (scope->hearing == HEARING_ALL && is_channel(scope, channel))
            t87s__redis_tell(scope, message->str, message->len);
    pthread_mutex_unlock(&ear->redis->telling_lock);
}

static void begin_to_hear(struct ear *ear, const redisReply *channel) {
    pthread_mutex_lock(&ear->redis->telling_lock);
    for (struct t87s__scope *scope = ear->redis->scopes; scope; scope = scope->next) {
        if (scope->hearing != HEARING_ASKED || !is_channel(scope, channel))
            continue;
        scope->hearing = HEARING_ALL;
        scope->listener.lost(scope->listener.arg);
    }
    pthread_mutex_unlock(&ear->redis->telling_lock);
}

/* Everything that returned before `pinged_ms` has been told. False: no server says this now, since it has not said yet
 * what it was asked for earlier, or never was. */
static bool vouch(struct ear *ear, int64_t pinged_ms) {
    bool in_order = pinged_ms >= ear->vouched_ms && pinged_ms <= ear->pinged_ms;
    pthread_mutex_lock(&ear->redis->telling_lock);
    for (struct t87s__scope *scope = ear->redis->scopes; scope; scope = scope->next)
        in_order = in_order && !(scope->hearing == HEARING_ASKED && pinged_ms > ear->subscribed_ms);
    for (struct t87s__scope *scope = ear->redis->scopes; scope; scope = scope->next)
        if (in_order && scope->hearing == HEARING_ALL && pinged_ms <= ear->confirmed_ms)
            scope->listener.vouched(scope->listener.arg, pinged_ms + ear->redis->staleness_ms);
    pthread_mutex_unlock(&ear->redis->telling_lock);
    ear->vouched_ms = pinged_ms;
    ear->back_off_ms = 0; /* a good connection */
    return in_order;
}

static void hang_up(struct ear *ear) {
    atomic_store_explicit(&ear->redis->socket, -1, memory_order_relaxed); /* a child's own business: fork.c */
    t87s__link_close(&ear->link);
}

static void lose(struct ear *ear) {
    hang_up(ear);
    const int64_t doubled = ear->back_off_ms * 2;
    ear->back_off_ms = !ear->back_off_ms ? FIRST_BACK_OFF_MS : doubled < MOST_BACK_OFF_MS ? doubled : MOST_BACK_OFF_MS;
    ear->retry_ms = t87s__link_now_ms() + ear->back_off_ms;
    pthread_mutex_lock(&ear->redis->telling_lock);
    for (struct t87s__scope *scope = ear->redis->scopes; scope; scope = scope->next) {
        if (scope->hearing == HEARING_ALL)
            scope->listener.lost(scope->listener.arg);
        scope->hearing = HEARING_NOTHING;
    }
    pthread_mutex_unlock(&ear->redis->telling_lock);
}

static bool is_text(const redisReply *reply, unsigned i) {
    return reply->elements > i && reply->element[i]->type == REDIS_REPLY_STRING;
}

/* False: this is nothing that a server says to who listens. */
static bool hear(struct ear *ear, const redisReply *reply) {
    if (reply->type != REDIS_REPLY_ARRAY || !is_text(reply, 0) || !is_text(reply, 1))
        return false;
    const char *what = reply->element[0]->str;
    if (!strcmp(what, "message") && is_text(reply, 2))
        tell_channel(ear, reply->element[1], reply->element[2]);
    else if (!strcmp(what, "pong"))
        return vouch(ear, strtoll(reply->element[1]->str, NULL, 10));
    else if (!strcmp(what, "subscribe"))
        begin_to_hear(ear, reply->element[1]);
    else
        return false;
    return true;
}

/* ---- what is said ---- */

static bool say(struct ear *ear, const struct t87s__commands *commands) {
    size_t sent = 0;
    const int64_t deadline = t87s__link_deadline(ear->redis->base.timeout_ms);
    while (!commands->failed && sent < commands->size) {
        const long n = t87s__link_send(&ear->link, commands->bytes + sent, commands->size - sent);
        if (n < 0 || (n == 0 && t87s__link_now_ms() >= deadline))
            return false;
        sent += (size_t)n;
        if (n == 0)
            t87s__link_wait(&ear->link, true, t87s__link_now_ms() + 1);
    }
    return !commands->failed;
}

/* To the channels of all scopes that are new on this connection; *n: how many scopes there are. */
static bool subscribe(struct ear *ear, unsigned *n) {
    struct t87s__commands commands = {0};
    *n = 0;
    pthread_mutex_lock(&ear->redis->telling_lock);
    for (struct t87s__scope *scope = ear->redis->scopes; scope; scope = scope->next, ++*n) {
        const struct t87s__name name = t87s__layout_channel(&scope->layout);
        if (scope->hearing != HEARING_NOTHING)
            continue;
        T87S__COMMAND(&commands, T87S__WORD("SUBSCRIBE"), t87s__argument_name(&name));
        scope->hearing = HEARING_ASKED;
        ear->subscribed_ms = t87s__link_now_ms();
        ear->ping_ms = 0; /* a PING at once, so that it is vouched for */
    }
    pthread_mutex_unlock(&ear->redis->telling_lock);
    const bool said = say(ear, &commands);
    t87s__commands_free(&commands);
    return said;
}

/* Is this still the server that the lanes talk to, and a master? False: no. That nobody can tell is not a no, but
 * nothing is confirmed. */
static bool confirm(struct ear *ear) {
    struct t87s__redis *redis = ear->redis;
    struct t87s__commands commands = {0};
    redisReply *replies[2];
    uint64_t greeted, now = ear->history;
    t87s__redis_ask_history(&commands);
    const int64_t most = redis->base.timeout_ms < redis->staleness_ms ? redis->base.timeout_ms : redis->staleness_ms;
    const enum t87s_status status =
        t87s__lane_call(redis->lanes[0], &commands, replies, t87s__link_deadline(most), &greeted);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return true;
    now = t87s__redis_take_history(replies);
    t87s__replies_free(replies, 2);
    if (now != greeted) { /* under living connections: what they were told on greeting is no longer so */
        for (int i = 0; i < T87S__LANES; i++)
            t87s__lane_distrust(redis->lanes[i]);
        if (redis->waiting_lane)
            t87s__lane_distrust(redis->waiting_lane);
    }
    if (now != greeted || now != ear->history)
        return false;
    ear->confirmed_ms = ear->pinged_ms;
    return true;
}

static bool ping(struct ear *ear) {
    struct t87s__commands commands = {0};
    ear->pinged_ms = t87s__link_now_ms();
    ear->ping_ms = ear->pinged_ms + pace_of(ear);
    t87s__commands_begin(&commands, 2);
    t87s__commands_word(&commands, T87S__WORD("PING"));
    t87s__commands_number(&commands, (uint64_t)ear->pinged_ms);
    const bool said = say(ear, &commands);
    t87s__commands_free(&commands);
    return said && confirm(ear);
}

/* ---- the thread ---- */

static void connect_again(struct ear *ear) {
    struct t87s__redis *redis = ear->redis;
    unsigned n;
    if (t87s__link_now_ms() < ear->retry_ms)
        return;
    const int64_t deadline = t87s__link_deadline(redis->base.timeout_ms);
    if (t87s__redis_dial_to_hear(redis, &ear->link, deadline, &ear->history) == T87S_OK) {
        atomic_store_explicit(&redis->socket, ear->link.context->fd, memory_order_relaxed);
        ear->heard_ms = t87s__link_now_ms();
        if (subscribe(ear, &n))
            return;
    }
    lose(ear);
}

/* A scope has come or gone. Without any, there is nothing to listen to. */
static void look_at_scopes(struct ear *ear) {
    char bytes[64];
    unsigned n;
    while (read(ear->redis->wake[0], bytes, sizeof bytes) > 0) {
    }
    if (ear->link.context && !subscribe(ear, &n))
        lose(ear);
    else if (ear->link.context && n == 0)
        hang_up(ear);
}

static bool has_scopes(struct t87s__redis *redis) {
    pthread_mutex_lock(&redis->telling_lock);
    const bool has = redis->scopes;
    pthread_mutex_unlock(&redis->telling_lock);
    return has;
}

static void wait_for_news(struct ear *ear) {
    const int64_t now = t87s__link_now_ms();
    const int64_t until = ear->link.context        ? ear->ping_ms
                          : has_scopes(ear->redis) ? ear->retry_ms
                                                   : now + LONGEST_PACE_MS;
    struct pollfd ready[2] = {{ear->redis->wake[0], POLLIN, 0},
                              {ear->link.context ? ear->link.context->fd : -1, POLLIN, 0}};
    poll(ready, 2, until > now ? (int)(until - now) : 0);
    if (ready[0].revents & POLLIN)
        look_at_scopes(ear);
}

static void read_news(struct ear *ear) {
    bool alive = true, lost = false;
    const long n = t87s__link_receive(&ear->link, false);
    for (redisReply *reply; alive && n > 0 && (reply = t87s__link_reply(&ear->link, &lost));) {
        alive = hear(ear, reply);
        ear->heard_ms = t87s__link_now_ms();
        freeReplyObject(reply);
    }
    const int64_t now = t87s__link_now_ms();
    const int64_t patience = ear->redis->staleness_ms + pace_of(ear);
    alive = alive && n >= 0 && !lost && now - ear->heard_ms < patience;
    if (alive && now >= ear->ping_ms)
        alive = ping(ear);
    if (!alive)
        lose(ear);
}

static void *listen_on(void *arg) {
    struct ear ear = {.redis = arg};
    while (!atomic_load_explicit(&ear.redis->stop, memory_order_acquire)) {
        if (ear.link.context)
            read_news(&ear);
        else if (has_scopes(ear.redis))
            connect_again(&ear);
        wait_for_news(&ear);
    }
    hang_up(&ear);
    return NULL;
}

/* ---- beginning and end ---- */

static bool start(struct t87s__redis *redis) {
    if (pipe2(redis->wake, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    sigset_t all, before; /* signals are for the application's own threads */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = pthread_create(&redis->listener, NULL, listen_on, redis) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!started) {
        close(redis->wake[0]);
        close(redis->wake[1]);
    }
    return started;
}

bool t87s__redis_listen(struct t87s__redis *redis) {
    /* Acquire: pairs with the release below; who sees the thread may write into its pipe. */
    if (redis->base.near_off || atomic_load_explicit(&redis->listening, memory_order_acquire))
        return true;
    pthread_mutex_lock(&redis->listening_lock);
    bool listening = atomic_load_explicit(&redis->listening, memory_order_relaxed);
    if (!listening) {
        listening = start(redis);
        atomic_store_explicit(&redis->listening, listening, memory_order_release);
    }
    pthread_mutex_unlock(&redis->listening_lock);
    return listening;
}

void t87s__redis_listen_again(struct t87s__redis *redis) {
    if (atomic_load_explicit(&redis->listening, memory_order_acquire))
        (void)!write(redis->wake[1], "", 1); /* full: it is awake */
}

void t87s__redis_stop_listening(struct t87s__redis *redis) {
    if (!atomic_load_explicit(&redis->listening, memory_order_acquire))
        return;
    atomic_store_explicit(&redis->stop, true, memory_order_release);
    t87s__redis_listen_again(redis);
    pthread_join(redis->listener, NULL);
    close(redis->wake[0]);
    close(redis->wake[1]);
}
