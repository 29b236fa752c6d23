/* SPDX-License-Identifier: MIT */
#include "audience.h"

#include <stdlib.h>

#include "mutants.h"
#include "patience.h"
#include "typescript.h"

void t87s__audience_hang_up(struct t87s__audience *audience) {
    for (unsigned i = 0; i < audience->n; i++) {
        struct t87s__ear *ear = &audience->ears[i];
        atomic_store_explicit(&ear->node->ear, -1, memory_order_relaxed); /* a child's own business: fork.c */
        t87s__link_close(&ear->link);
    }
    free(audience->ears);
    audience->ears = NULL;
    audience->n = 0;
}

void t87s__audience_lose(struct t87s__audience *audience) {
    struct t87s__redis *redis = audience->redis;
    t87s__audience_hang_up(audience);
    t87s__topology_suspect(&redis->topology);
    audience->back_off_ms = t87s__back_off(audience->back_off_ms, T87S__MOST_BACK_OFF_MS);
    audience->retry_ms = t87s__link_now_ms() + audience->back_off_ms;
    pthread_mutex_lock(&redis->telling_lock);
    for (struct t87s__scope *scope = redis->scopes; scope; scope = scope->next) {
        if (scope->hearing == HEARING_ALL)
            scope->listener.lost(scope->listener.arg);
        scope->hearing = HEARING_NOTHING;
    }
    pthread_mutex_unlock(&redis->telling_lock);
}

/* ---- what is said ---- */

static bool say(struct t87s__audience *audience, struct t87s__link *link, const struct t87s__commands *commands) {
    size_t sent = 0;
    const int64_t deadline = t87s__link_deadline(audience->redis->base.timeout_ms);
    while (!commands->failed && sent < commands->size) {
        const long n = t87s__link_send(link, commands->bytes + sent, commands->size - sent);
        if (n < 0 || (n == 0 && t87s__link_now_ms() >= deadline))
            return false;
        sent += (size_t)n;
        if (n == 0)
            t87s__link_wait(link, true, t87s__link_now_ms() + 1);
    }
    return !commands->failed;
}

static void add_channels(const struct t87s__audience *audience, const struct t87s__ear *ear,
                         const struct t87s__scope *scope, struct t87s__commands *commands) {
    const struct t87s__layout *layout = t87s__scope_layout(audience->redis, scope);
    t87s__commands_begin(commands, 1 + ear->n_buckets);
    t87s__commands_word(commands, T87S__WORD("SUBSCRIBE"));
    for (unsigned i = 0; i < ear->n_buckets; i++) {
        const struct t87s__name name = t87s__layout_channel(layout, ear->buckets[i]);
        t87s__commands_word(commands, t87s__argument_name(&name));
    }
}

/* What is new since scope number `before`, over one connection. */
static bool subscribe_ear(struct t87s__audience *audience, struct t87s__ear *ear, unsigned before) {
    struct t87s__redis *redis = audience->redis;
    struct t87s__commands commands = {0};
    for (unsigned number = before + 1; number <= audience->asked; number++) {
        pthread_mutex_lock(&redis->telling_lock);
        for (struct t87s__scope *scope = redis->scopes; scope; scope = scope->next)
            if (scope->hearing == HEARING_ASKED && scope->asked_as == number)
                add_channels(audience, ear, scope, &commands);
        pthread_mutex_unlock(&redis->telling_lock);
    }
    const bool said = say(audience, &ear->link, &commands);
    t87s__commands_free(&commands);
    return said;
}

bool t87s__audience_subscribe(struct t87s__audience *audience, unsigned *n) {
    struct t87s__redis *redis = audience->redis;
    const unsigned before = audience->asked;
    bool said = true;
    *n = 0;
    pthread_mutex_lock(&redis->telling_lock);
    for (struct t87s__scope *scope = redis->scopes; scope; scope = scope->next, ++*n) {
        if (scope->hearing != HEARING_NOTHING)
            continue;
        scope->hearing = HEARING_ASKED;
        scope->asked_as = ++audience->asked;
        audience->subscribed_ms = t87s__link_now_ms();
        audience->ping_ms = 0; /* a PING at once, so that it is vouched for */
    }
    pthread_mutex_unlock(&redis->telling_lock);
    for (unsigned i = 0; i < audience->n && said && audience->asked > before; i++)
        said = subscribe_ear(audience, &audience->ears[i], before);
    return said;
}

bool t87s__audience_ping(struct t87s__audience *audience) {
    struct t87s__commands commands = {0};
    bool said = true;
    t87s__commands_begin(&commands, 2);
    t87s__commands_word(&commands, T87S__WORD("PING"));
    t87s__commands_number(&commands, (uint64_t)audience->pinged_ms);
    for (unsigned i = 0; i < audience->n && said; i++)
        said = say(audience, &audience->ears[i].link, &commands);
    t87s__commands_free(&commands);
    return said;
}

/* ---- what is heard ---- */

static bool is_channel(const struct t87s__audience *audience, const struct t87s__scope *scope, unsigned bucket,
                       const redisReply *channel) {
    const struct t87s__name name = t87s__layout_channel(t87s__scope_layout(audience->redis, scope), bucket);
    return name.size == channel->len && !memcmp(name.text, channel->str, name.size);
}

static void tell_channel(struct t87s__audience *audience, const struct t87s__ear *ear, const redisReply *channel,
                         const redisReply *message) {
    struct t87s__redis *redis = audience->redis;
    pthread_mutex_lock(&redis->telling_lock);
    for (struct t87s__scope *scope = redis->scopes; scope; scope = scope->next)
        for (unsigned i = 0; i < ear->n_buckets; i++)
            if (scope->hearing == HEARING_ALL && is_channel(audience, scope, ear->buckets[i], channel))
                t87s__redis_tell(scope, message->str, message->len);
    pthread_mutex_unlock(&redis->telling_lock);
}

static void tell_keys(struct t87s__redis *redis, const redisReply *keys) {
    pthread_mutex_lock(&redis->telling_lock);
    t87s__typescript_hear(redis, keys);
    pthread_mutex_unlock(&redis->telling_lock);
}

/* So many scopes are heard everywhere. */
static unsigned confirmed_by_all(const struct t87s__audience *audience) {
    unsigned least = audience->asked;
    for (unsigned i = 0; i < audience->n; i++) {
        const unsigned confirmed = audience->ears[i].confirmed / audience->ears[i].n_buckets;
        least = confirmed < least ? confirmed : least;
    }
    return least;
}

/* False: it was asked for another one. */
static bool take_channel(struct t87s__audience *audience, struct t87s__ear *ear, const redisReply *channel) {
    struct t87s__redis *redis = audience->redis;
    const unsigned number = 1 + ear->confirmed / ear->n_buckets, bucket = ear->buckets[ear->confirmed % ear->n_buckets];
    bool in_order = number <= audience->asked;
    ear->confirmed++;
    const unsigned by_all = confirmed_by_all(audience);
    pthread_mutex_lock(&redis->telling_lock);
    for (struct t87s__scope *scope = redis->scopes; scope; scope = scope->next) {
        if (scope->hearing != HEARING_ASKED)
            continue;
        if (scope->asked_as == number)
            in_order = in_order && is_channel(audience, scope, bucket, channel);
        if (!in_order || scope->asked_as > by_all)
            continue;
        scope->hearing = HEARING_ALL;
        if (!T87S__MUTANT(LOST_UNTOLD))
            scope->listener.lost(scope->listener.arg);
    }
    pthread_mutex_unlock(&redis->telling_lock);
    return in_order;
}

static int64_t bound_of(const struct t87s__redis *redis, int64_t pinged_ms) {
    if (T87S__MUTANT(VOUCHED_TOO_LONG))
        pinged_ms += redis->staleness_ms;
    if (T87S__MUTANT(VOUCHED_FROM_PONG))
        pinged_ms = t87s__link_now_ms();
    return pinged_ms + redis->staleness_ms;
}

/* Everything that returned before the PING that all have answered has been told. */
static void vouch(struct t87s__audience *audience) {
    struct t87s__redis *redis = audience->redis;
    int64_t least = audience->pinged_ms;
    for (unsigned i = 0; i < audience->n; i++)
        least = audience->ears[i].ponged_ms < least ? audience->ears[i].ponged_ms : least;
    if (least <= audience->vouched_ms || least > audience->true_ms)
        return;
    audience->vouched_ms = least;
    audience->back_off_ms = 0; /* good connections */
    pthread_mutex_lock(&redis->telling_lock);
    for (struct t87s__scope *scope = redis->scopes; scope; scope = scope->next)
        if (scope->hearing == HEARING_ALL)
            scope->listener.vouched(scope->listener.arg, bound_of(redis, least));
    pthread_mutex_unlock(&redis->telling_lock);
}

/* False: no server says this now, since it has not said yet what it was asked for earlier, or never was. */
static bool take_pong(struct t87s__audience *audience, struct t87s__ear *ear, int64_t pinged_ms) {
    if (pinged_ms < ear->ponged_ms || pinged_ms > audience->pinged_ms ||
        (ear->confirmed < audience->asked * ear->n_buckets && pinged_ms > audience->subscribed_ms))
        return false;
    ear->ponged_ms = pinged_ms;
    vouch(audience);
    return true;
}

static bool is_text(const redisReply *reply, unsigned i) {
    return reply->elements > i && reply->element[i]->type == REDIS_REPLY_STRING;
}

/* False: this is nothing that a server says to who listens. */
static bool hear(struct t87s__audience *audience, struct t87s__ear *ear, const redisReply *reply) {
    if (reply->type != REDIS_REPLY_ARRAY || !is_text(reply, 0) || !is_text(reply, 1))
        return false;
    const char *what = reply->element[0]->str;
    if (!strcmp(what, "pong"))
        return take_pong(audience, ear, strtoll(reply->element[1]->str, NULL, 10));
    if (!strcmp(what, "subscribe"))
        return take_channel(audience, ear, reply->element[1]);
    if (strcmp(what, "message") != 0)
        return false;
    if (audience->redis->with_typescript && reply->elements == 3 && t87s__typescript_is_heard(reply->element[1])) {
        tell_keys(audience->redis, reply->element[2]);
        return true;
    }
    if (!is_text(reply, 2))
        return false;
    tell_channel(audience, ear, reply->element[1], reply->element[2]);
    return true;
}

bool t87s__audience_read(struct t87s__audience *audience, int64_t patience_ms) {
    bool alive = true, lost = false;
    for (unsigned i = 0; i < audience->n && alive; i++) {
        struct t87s__ear *ear = &audience->ears[i];
        const long n = t87s__link_receive(&ear->link, false);
        for (redisReply *reply; alive && n > 0 && (reply = t87s__link_reply(&ear->link, &lost));) {
            alive = hear(audience, ear, reply);
            ear->heard_ms = t87s__link_now_ms();
            t87s__reply_free(reply);
        }
        alive = alive && n >= 0 && !lost && t87s__link_now_ms() - ear->heard_ms < patience_ms;
    }
    return alive;
}
