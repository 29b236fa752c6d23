/* SPDX-License-Identifier: MIT
 *
 * The thread that hears what was invalidated, by this process or another, and vouches for the near tiers of its caches.
 *
 * The server queues for each connection, in its own order, what is published and what it answers. So when the answer to
 * a PING has come that was sent at t0, everything has come that was published before it got to the server, and with
 * that everything that returned before t0: the near tiers may be used until t0 + D. If the connection is lost, or
 * nothing comes for D, they are told so, and the rest is the clock's: nobody vouches for them any more.
 */
#define _GNU_SOURCE /* pipe2 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "redis_store.h"

enum { PINGS_PER_BOUND = 3, FIRST_BACK_OFF_MS = 20, MOST_BACK_OFF_MS = 1000 };

struct ear {
    struct t87s__redis *redis;
    struct t87s__link link;
    int64_t pinged_ms, heard_ms;
    int64_t back_off_ms, retry_ms;
    bool subscribed; /* to all scopes there are */
};

/* ---- what is told ---- */

static void tell_tags(const struct t87s__scope *scope, const unsigned char *at, const unsigned char *end) {
    const unsigned flags = *at++;
    while (end - at >= 2) {
        const struct t87s_store_tag tag = {at + 2, (size_t)at[0] << 8 | at[1]};
        if (tag.size > (size_t)(end - at) - 2)
            break;
        scope->listener.invalidated(scope->listener.arg, &tag, 1, flags);
        at += 2 + tag.size;
    }
}

static void tell(const struct t87s__scope *scope, const unsigned char *message, size_t size) {
    if (size >= 2 && *message == MESSAGE_TAGS)
        tell_tags(scope, message + 1, message + size);
    else if (size >= 2 && *message == MESSAGE_KEY)
        scope->listener.removed(scope->listener.arg, message + 1, size - 1);
    else /* a clear, or something of a later version, which is taken for the worst */
        scope->listener.lost(scope->listener.arg);
}

static void tell_channel(struct ear *ear, const redisReply *channel, const redisReply *message) {
    pthread_mutex_lock(&ear->redis->scopes_lock);
    for (struct t87s__scope *scope = ear->redis->scopes; scope; scope = scope->next) {
        const struct t87s__name name = t87s__layout_channel(&scope->layout);
        if (name.size == channel->len && !memcmp(name.text, channel->str, name.size))
            tell(scope, (const unsigned char *)message->str, message->len);
    }
    pthread_mutex_unlock(&ear->redis->scopes_lock);
}

/* Everything that returned before `pinged_ms` has been told. */
static void vouch(struct ear *ear, int64_t pinged_ms) {
    pthread_mutex_lock(&ear->redis->scopes_lock);
    for (struct t87s__scope *scope = ear->redis->scopes; scope; scope = scope->next)
        if (scope->subscribed_ms && scope->subscribed_ms <= pinged_ms)
            scope->listener.vouched(scope->listener.arg, pinged_ms + ear->redis->staleness_ms);
    pthread_mutex_unlock(&ear->redis->scopes_lock);
}

static void lose(struct ear *ear) {
    t87s__link_close(&ear->link);
    const int64_t doubled = ear->back_off_ms * 2;
    ear->back_off_ms = !ear->back_off_ms ? FIRST_BACK_OFF_MS : doubled < MOST_BACK_OFF_MS ? doubled : MOST_BACK_OFF_MS;
    ear->retry_ms = t87s__link_now_ms() + ear->back_off_ms;
    pthread_mutex_lock(&ear->redis->scopes_lock);
    for (struct t87s__scope *scope = ear->redis->scopes; scope; scope = scope->next) {
        scope->subscribed_ms = 0;
        scope->listener.lost(scope->listener.arg);
    }
    pthread_mutex_unlock(&ear->redis->scopes_lock);
}

/* False: this is nothing that a server says to who listens. */
static bool hear(struct ear *ear, const redisReply *reply) {
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 2 || reply->element[0]->type != REDIS_REPLY_STRING ||
        reply->element[1]->type != REDIS_REPLY_STRING)
        return false;
    const char *what = reply->element[0]->str;
    if (!strcmp(what, "message") && reply->elements == 3 && reply->element[2]->type == REDIS_REPLY_STRING) {
        tell_channel(ear, reply->element[1], reply->element[2]);
        return true;
    }
    if (!strcmp(what, "pong")) {
        vouch(ear, strtoll(reply->element[1]->str, NULL, 10));
        return true;
    }
    return !strcmp(what, "subscribe") || !strcmp(what, "unsubscribe");
}

/* ---- what is said ---- */

static bool say(struct ear *ear, const struct t87s__commands *commands) {
    size_t sent = 0;
    const int64_t deadline = t87s__link_now_ms() + ear->redis->base.timeout_ms;
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

/* To the channels of all scopes that are new on this connection. */
static bool subscribe(struct ear *ear) {
    struct t87s__commands commands = {0};
    pthread_mutex_lock(&ear->redis->scopes_lock);
    for (struct t87s__scope *scope = ear->redis->scopes; scope; scope = scope->next) {
        const struct t87s__name name = t87s__layout_channel(&scope->layout);
        if (scope->subscribed_ms)
            continue;
        T87S__COMMAND(&commands, T87S__WORD("SUBSCRIBE"), {name.text, name.size});
        scope->subscribed_ms = t87s__link_now_ms();
    }
    pthread_mutex_unlock(&ear->redis->scopes_lock);
    const bool said = say(ear, &commands);
    t87s__commands_free(&commands);
    ear->pinged_ms = 0; /* at once, so that they are vouched for */
    return said;
}

static bool ping(struct ear *ear) {
    struct t87s__commands commands = {0};
    char now[24];
    ear->pinged_ms = t87s__link_now_ms();
    snprintf(now, sizeof now, "%lld", (long long)ear->pinged_ms);
    T87S__COMMAND(&commands, T87S__WORD("PING"), t87s__argument_text(now));
    const bool said = say(ear, &commands);
    t87s__commands_free(&commands);
    return said;
}

/* ---- the thread ---- */

static void connect_again(struct ear *ear) {
    const int64_t now = t87s__link_now_ms();
    if (now < ear->retry_ms)
        return;
    if (t87s__link_open(&ear->link, &ear->redis->uri, now + ear->redis->base.timeout_ms) == T87S_OK && subscribe(ear)) {
        ear->back_off_ms = 0;
        ear->heard_ms = t87s__link_now_ms();
    } else {
        lose(ear);
    }
}

static void wait_for_news(struct ear *ear) {
    const int64_t now = t87s__link_now_ms(), pace = ear->redis->staleness_ms / PINGS_PER_BOUND;
    int64_t until = ear->link.context ? ear->pinged_ms + pace : ear->retry_ms;
    struct pollfd ready[2] = {{ear->redis->wake[0], POLLIN, 0},
                              {ear->link.context ? ear->link.context->fd : -1, POLLIN, 0}};
    char bytes[64];
    poll(ready, 2, until > now ? (int)(until - now) : 0);
    if (!(ready[0].revents & POLLIN))
        return;
    while (read(ear->redis->wake[0], bytes, sizeof bytes) > 0) {
    }
    if (ear->link.context && !subscribe(ear))
        lose(ear);
}

static void read_news(struct ear *ear) {
    bool alive = true, lost = false;
    const long n = t87s__link_receive(&ear->link);
    if (n > 0)
        ear->heard_ms = t87s__link_now_ms();
    for (redisReply *reply; alive && n > 0 && (reply = t87s__link_reply(&ear->link, &lost));) {
        alive = hear(ear, reply);
        freeReplyObject(reply);
    }
    const int64_t now = t87s__link_now_ms(), pace = ear->redis->staleness_ms / PINGS_PER_BOUND;
    alive = alive && n >= 0 && !lost && now - ear->heard_ms < ear->redis->staleness_ms;
    if (alive && now - ear->pinged_ms >= pace)
        alive = ping(ear);
    if (!alive)
        lose(ear);
}

static void *listen_on(void *arg) {
    struct ear ear = {.redis = arg};
    while (!atomic_load_explicit(&ear.redis->stop, memory_order_acquire)) {
        if (ear.link.context)
            read_news(&ear);
        else
            connect_again(&ear);
        wait_for_news(&ear);
    }
    t87s__link_close(&ear.link);
    return NULL;
}

bool t87s__redis_listen(struct t87s__redis *redis) {
    if (redis->listening)
        return true;
    if (pipe2(redis->wake, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    sigset_t all, before; /* signals are for the application's own threads */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    redis->listening = pthread_create(&redis->listener, NULL, listen_on, redis) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!redis->listening) {
        close(redis->wake[0]);
        close(redis->wake[1]);
    }
    return redis->listening;
}

void t87s__redis_listen_again(struct t87s__redis *redis) {
    if (redis->listening)
        (void)!write(redis->wake[1], "", 1); /* full: it is awake */
}

void t87s__redis_stop_listening(struct t87s__redis *redis) {
    if (!redis->listening)
        return;
    atomic_store_explicit(&redis->stop, true, memory_order_release);
    t87s__redis_listen_again(redis);
    pthread_join(redis->listener, NULL);
    close(redis->wake[0]);
    close(redis->wake[1]);
}
