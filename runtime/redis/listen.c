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
 *
 * In a cluster the masters that have the buckets are listened to, each for what is published about its buckets: what it
 * publishes gets to other nodes over the cluster's own bus, but nobody knows when. Vouched for is what all have
 * answered, as long as they have the buckets. That they have is asked, after each PING, of most of the masters: who has
 * this slot (which tells of slots that are moved), and in which epoch are you (which tells of an election: most masters
 * vote, and are in a new epoch before anybody is elected). Nothing is confirmed while one of them says another name, or
 * there was a new epoch since the last time. (Who takes over without being elected, by CLUSTER FAILOVER TAKEOVER, is
 * known when the bus has told it.)
 */
#define _GNU_SOURCE /* pipe2 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "audience.h"
#include "mutants.h"
#include "typescript.h"

enum { PINGS_PER_BOUND = 3, LONGEST_PACE_MS = 10000 };

static int64_t pace_of(const struct t87s__redis *redis) {
    const int64_t pace = redis->staleness_ms / PINGS_PER_BOUND;
    return pace < LONGEST_PACE_MS ? pace : LONGEST_PACE_MS;
}

/* ---- are these the servers? ---- */

static void ask(struct t87s__ear *ear, bool is_cluster, int64_t deadline_ms) {
    struct t87s__commands commands = {0};
    t87s__redis_ask_history(&commands);
    if (is_cluster)
        T87S__COMMAND(&commands, T87S__WORD("CLUSTER"), T87S__WORD("INFO"));
    for (unsigned bucket = 0; bucket < T87S__MOST_BUCKETS && is_cluster; bucket++) {
        const struct t87s__name name = t87s__layout_beside_bucket(ear->node->redis->prefix, bucket);
        T87S__COMMAND(&commands, T87S__WORD("EXISTS"), t87s__argument_name(&name));
    }
    ear->status = t87s__lane_begin(ear->node->lanes[0], &ear->request, &commands, ear->replies, deadline_ms);
    t87s__commands_free(&commands);
}

/* Does it say that the bucket's slot is where the map has it? */
static bool agrees(struct t87s__ear *ear, unsigned bucket, const redisReply *reply) {
    struct t87s__redis *redis = ear->node->redis;
    const struct t87s__node *owner = t87s__topology_node(&redis->topology, t87s__layout_slot_of_bucket(bucket));
    if (reply->type == REDIS_REPLY_INTEGER)
        return owner == ear->node;
    return owner == t87s__topology_moved_to(redis, reply, &ear->node->uri);
}

static bool knows_the_same(struct t87s__ear *ear, redisReply **replies, uint64_t *epoch) {
    uint64_t known = 0;
    bool same = t87s__cluster_take_epoch(replies[0], &known);
    for (unsigned bucket = 0; bucket < T87S__MOST_BUCKETS && same; bucket++)
        same = agrees(ear, bucket, replies[1 + bucket]);
    *epoch = known > *epoch ? known : *epoch;
    return same;
}

enum verdict { TRUE_NOW, NOBODY_KNOWS, ANOTHER };

static enum verdict judge(struct t87s__redis *redis, struct t87s__ear *ear, bool is_cluster, int64_t deadline_ms,
                          uint64_t *epoch) {
    uint64_t greeted = 0;
    if (ear->status == T87S_OK)
        ear->status = t87s__lane_finish(ear->node->lanes[0], &ear->request, deadline_ms, &greeted);
    if (ear->status != T87S_OK) {
        t87s__topology_suspect(&redis->topology);
        return NOBODY_KNOWS;
    }
    const uint64_t now = t87s__redis_take_history(ear->replies);
    const bool same = !is_cluster || knows_the_same(ear, ear->replies + 2, epoch);
    t87s__replies_free(ear->replies, is_cluster ? T87S__MOST_CONFIRMS : 2);
    if (now != greeted) /* under living connections: what they were told on greeting is no longer so */
        t87s__node_distrust(ear->node);
    if ((now != greeted || (ear->history && now != ear->history)) && !T87S__MUTANT(VOUCHED_UNCONFIRMED))
        return ANOTHER;
    if (!same)
        t87s__topology_refresh(redis, &ear->node->uri, t87s__link_deadline(redis->base.timeout_ms));
    return same ? TRUE_NOW : NOBODY_KNOWS;
}

/* False: no. That nobody can tell is not a no, but nothing is confirmed. */
static bool confirm(struct t87s__audience *audience) {
    struct t87s__redis *redis = audience->redis;
    const bool is_cluster = t87s__topology_is_cluster(&redis->topology);
    const int64_t most = redis->base.timeout_ms < redis->staleness_ms ? redis->base.timeout_ms : redis->staleness_ms;
    const int64_t deadline = t87s__link_deadline(most);
    enum verdict worst = TRUE_NOW;
    uint64_t epoch = audience->epoch;
    for (unsigned i = 0; i < audience->n_asked; i++)
        ask(&audience->ears[i], is_cluster, deadline);
    for (unsigned i = 0; i < audience->n_asked; i++) {
        const enum verdict verdict = judge(redis, &audience->ears[i], is_cluster, deadline, &epoch);
        worst = verdict > worst ? verdict : worst;
    }
    bool moved = false;
    if (worst == TRUE_NOW && epoch == audience->epoch &&
        t87s__topology_confirm(&redis->topology, audience->ears[0].history, T87S__FROM_NOW_ON, deadline, &moved) ==
            T87S_OK)
        audience->true_ms = audience->pinged_ms;
    if (epoch != audience->epoch)
        t87s__topology_suspect(&redis->topology);
    audience->epoch = epoch;
    return worst != ANOTHER && !moved;
}

/* ---- the thread ---- */

static bool connect_ear(struct t87s__redis *redis, struct t87s__ear *ear) {
    const int64_t deadline = t87s__link_deadline(redis->base.timeout_ms);
    if (t87s__redis_dial_to_hear(ear->node, &ear->link, deadline, &ear->history) != T87S_OK)
        return false;
    atomic_store_explicit(&ear->node->ear, ear->link.context->fd, memory_order_relaxed);
    if (redis->with_typescript && t87s__typescript_track(redis, &ear->link, deadline) != T87S_OK) {
        atomic_store_explicit(&ear->node->ear, -1, memory_order_relaxed);
        t87s__link_close(&ear->link);
        return false;
    }
    ear->heard_ms = t87s__link_now_ms();
    return true;
}

static struct t87s__ear *ear_at(struct t87s__audience *audience, struct t87s__node *node) {
    for (unsigned i = 0; i < audience->n_asked; i++)
        if (audience->ears[i].node == node)
            return &audience->ears[i];
    struct t87s__ear *ear = &audience->ears[audience->n_asked++];
    ear->node = node;
    return ear;
}

/* Who has the buckets, and then as many of the other masters as make most of all. False: a bucket is nobody's. */
static bool gather(struct t87s__audience *audience) {
    struct t87s__topology *topology = &audience->redis->topology;
    struct t87s__node *masters[T87S__MOST_MASTERS];
    const unsigned n = t87s__topology_masters(topology, masters);
    const unsigned n_buckets = t87s__topology_is_cluster(topology) ? T87S__MOST_BUCKETS : 1;
    audience->ears = calloc(n + T87S__MOST_BUCKETS, sizeof *audience->ears);
    audience->n_asked = 0;
    if (!audience->ears)
        return false;
    for (unsigned bucket = 0; bucket < n_buckets; bucket++) {
        struct t87s__node *node = t87s__topology_node(topology, t87s__layout_slot_of_bucket(bucket));
        if (!node)
            return false;
        struct t87s__ear *ear = ear_at(audience, node);
        ear->buckets[ear->n_buckets++] = bucket;
    }
    audience->n_ears = audience->n_asked;
    for (unsigned i = 0; i < n && audience->n_asked * 2 <= n; i++)
        (void)ear_at(audience, masters[i]);
    return true;
}

/* To everybody, or nobody. */
static bool connect_all(struct t87s__audience *audience) {
    struct t87s__redis *redis = audience->redis;
    if (t87s__topology_know(redis, t87s__link_deadline(redis->base.timeout_ms)) != T87S_OK)
        return false;
    /* Acquire: pairs with the release in set_slot(). */
    audience->changes = atomic_load_explicit(&redis->topology.changes, memory_order_acquire);
    audience->epoch = t87s__topology_epoch(&redis->topology);
    audience->asked = 0;
    audience->vouched_ms = 0;
    if (!gather(audience))
        return false;
    while (audience->n < audience->n_ears && connect_ear(redis, &audience->ears[audience->n]))
        audience->n++;
    return audience->n == audience->n_ears;
}

static void connect_again(struct t87s__audience *audience) {
    unsigned n;
    if (t87s__link_now_ms() < audience->retry_ms)
        return;
    if (!connect_all(audience) || !t87s__audience_subscribe(audience, &n))
        t87s__audience_lose(audience);
}

/* A scope has come or gone. Without any, there is nothing to listen to. */
static void look_at_scopes(struct t87s__audience *audience) {
    char bytes[64];
    unsigned n;
    while (read(audience->redis->wake[0], bytes, sizeof bytes) > 0) {
    }
    if (audience->n && !t87s__audience_subscribe(audience, &n))
        t87s__audience_lose(audience);
    else if (audience->n && n == 0)
        t87s__audience_hang_up(audience);
}

static bool has_scopes(struct t87s__redis *redis) {
    pthread_mutex_lock(&redis->telling_lock);
    const bool has = redis->scopes;
    pthread_mutex_unlock(&redis->telling_lock);
    return has;
}

static void wait_for_news(struct t87s__audience *audience) {
    const int64_t now = t87s__link_now_ms();
    const int64_t until = audience->n                   ? audience->ping_ms
                          : has_scopes(audience->redis) ? audience->retry_ms
                                                        : now + LONGEST_PACE_MS;
    struct pollfd ready[T87S__MOST_BUCKETS + 1];
    ready[0] = (struct pollfd){audience->redis->wake[0], POLLIN, 0};
    for (unsigned i = 0; i < audience->n; i++)
        ready[i + 1] = (struct pollfd){audience->ears[i].link.context->fd, POLLIN, 0};
    poll(ready, audience->n + 1, until > now ? (int)(until - now) : 0);
    if (ready[0].revents & POLLIN)
        look_at_scopes(audience);
}

static bool ping(struct t87s__audience *audience) {
    audience->pinged_ms = t87s__link_now_ms();
    audience->ping_ms = audience->pinged_ms + pace_of(audience->redis);
    return t87s__audience_ping(audience) && confirm(audience);
}

static void read_news(struct t87s__audience *audience) {
    struct t87s__redis *redis = audience->redis;
    bool alive = t87s__audience_read(audience, redis->staleness_ms + pace_of(redis));
    if (alive && t87s__link_now_ms() >= audience->ping_ms)
        alive = ping(audience);
    /* Acquire: pairs with the release in set_slot(). */
    const bool changed = atomic_load_explicit(&redis->topology.changes, memory_order_acquire) != audience->changes;
    if (!alive || changed)
        t87s__audience_lose(audience);
    if (changed) /* which is no failure */
        audience->retry_ms = 0;
}

static void *listen_on(void *arg) {
    struct t87s__audience audience = {.redis = arg};
    while (!atomic_load_explicit(&audience.redis->stop, memory_order_acquire)) {
        if (audience.n)
            read_news(&audience);
        else if (has_scopes(audience.redis))
            connect_again(&audience);
        wait_for_news(&audience);
    }
    t87s__audience_hang_up(&audience);
    return NULL;
}

/* ---- beginning and end ---- */

static bool start(struct t87s__redis *redis) {
    if (pipe2(redis->wake, O_CLOEXEC | O_NONBLOCK) != 0)
        return false;
    const bool started = t87s__redis_start_thread(&redis->listener, listen_on, redis);
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
