/* SPDX-License-Identifier: MIT */
#include "route.h"

#include "redis_store.h"

struct trip {
    struct t87s__node *node;
    struct t87s__lane *lane;
    struct t87s__commands commands;
    struct t87s__request request;
    redisReply **replies;
    unsigned end; /* where the replies to what ends it begin */
    enum t87s_status status;
    uint64_t history;
    struct t87s__clock clock;
    bool asks_time;
    int64_t now_us; /* by it, when it has answered */
};

enum t87s_status t87s__call_begin(struct t87s__call *call, struct t87s__redis *redis, struct t87s__scope *scope,
                                  int64_t deadline_ms) {
    call->redis = redis;
    call->scope = scope;
    call->add_end = NULL;
    call->waits = call->needs_history = call->needs_time = false;
    call->deadline_ms = deadline_ms;
    call->since_ms = T87S__NO_MATTER;
    call->n_parts = call->n_replies = 0;
    if (atomic_load_explicit(&redis->revives, memory_order_relaxed))
        t87s__redis_pulse_start(redis);
    (void)t87s__redis_listen(redis); /* in a child of a fork it has to be begun again; if it cannot, nobody vouches */
    const enum t87s_status status = t87s__topology_know(redis, deadline_ms);
    call->layout = t87s__scope_layout(redis, scope);
    return status;
}

void t87s__call_part(struct t87s__call *call, unsigned slot) {
    struct t87s__part *part = &call->parts[call->n_parts++];
    part->slot = slot;
    part->spare = part->asking = part->by_text = false;
    part->node = NULL;
    part->pending = true;
}

void t87s__call_end(struct t87s__call *call) { t87s__replies_free(call->replies, call->n_replies); }

/* ---- one round ---- */

/* Which pending parts go together; how many trips that is. */
static unsigned plan(struct t87s__call *call, struct trip *trips) {
    unsigned n = 0;
    for (unsigned i = 0; i < call->n_parts; i++) {
        struct t87s__part *part = &call->parts[i];
        if (!part->pending)
            continue;
        if (!part->node)
            part->node = t87s__topology_node(&call->redis->topology, part->slot);
        if (!part->node) { /* nobody has the slot */
            part->status = T87S_E_STORE;
            part->pending = false;
            t87s__topology_suspect(&call->redis->topology);
            continue;
        }
        part->trip = 0;
        while (part->trip < n && trips[part->trip].node != part->node)
            part->trip++;
        if (part->trip == n)
            trips[n++] = (struct trip){.node = part->node};
    }
    return n;
}

/* Behind all else, so that nothing that is read is later than that. */
static void ask_time(struct trip *trip) {
    const int64_t here_us = t87s__clock_here_us();
    trip->asks_time = !t87s__clock_is_recent(&trip->clock, here_us);
    if (!trip->asks_time)
        return;
    trip->clock = (struct t87s__clock){.asked_us = here_us};
    T87S__COMMAND(&trip->commands, T87S__WORD("TIME"));
}

static void take_time(struct trip *trip) {
    const int64_t here_us = t87s__clock_here_us();
    if (!trip->asks_time) {
        trip->now_us = t87s__clock_at(&trip->clock, here_us);
        return;
    }
    trip->clock.said_us = trip->now_us = t87s__clock_take(trip->replies[trip->commands.n - 1]);
    if (t87s__clock_is_exact(&trip->clock, here_us))
        t87s__lane_set_clock(trip->lane, trip->history, &trip->clock);
}

static void begin(struct t87s__call *call, struct trip *trip, unsigned index) {
    if (call->needs_history)
        trip->status = t87s__lane_meet(trip->lane, call->deadline_ms, &trip->history, &trip->clock);
    if (trip->status != T87S_OK)
        return;
    trip->replies = call->replies + call->n_replies;
    for (unsigned i = 0; i < call->n_parts; i++) {
        struct t87s__part *part = &call->parts[i];
        if (!part->pending || part->trip != index)
            continue;
        part->replies = trip->replies + trip->commands.n;
        trip->commands.asking = part->asking;
        call->add(call, i, trip->history, part->by_text, &trip->commands);
        part->n = (unsigned)(trip->replies + trip->commands.n - part->replies);
    }
    trip->commands.asking = false;
    trip->end = trip->commands.n;
    if (call->add_end)
        call->add_end(call, &trip->commands);
    if (call->needs_time)
        ask_time(trip);
    call->n_replies += trip->commands.n;
    trip->status = t87s__lane_begin(trip->lane, &trip->request, &trip->commands, trip->replies, call->deadline_ms);
}

/* A server to which a connection has to be made first keeps the others waiting for nothing. */
static void begin_all(struct t87s__call *call, struct trip *trips, unsigned n) {
    bool begun[T87S__MOST_PARTS] = {false};
    for (unsigned i = 0; i < n; i++)
        trips[i].lane = t87s__node_lane(trips[i].node, call->waits);
    for (unsigned i = 0; i < n; i++) {
        begun[i] = n == 1 || t87s__lane_is_up(trips[i].lane);
        if (begun[i])
            begin(call, &trips[i], i);
    }
    for (unsigned i = 0; i < n; i++)
        if (!begun[i])
            begin(call, &trips[i], i);
}

static void finish(struct t87s__call *call, struct trip *trip) {
    const uint64_t met = trip->history;
    if (trip->status == T87S_OK)
        trip->status = t87s__lane_finish(trip->lane, &trip->request, call->deadline_ms, &trip->history);
    if (trip->status == T87S_OK && call->needs_history && trip->history != met)
        trip->status = T87S_E_STORE; /* another has taken over since: it was asked for what it does not vouch for */
    if (trip->status == T87S_E_STORE || trip->status == T87S_E_TIMEOUT)
        t87s__topology_suspect(&call->redis->topology);
    if (trip->status == T87S_OK && call->needs_time)
        take_time(trip);
    for (unsigned i = trip->end; trip->status == T87S_OK && i < trip->commands.n; i++)
        if (trip->replies[i]->type == REDIS_REPLY_ERROR) /* a replica now: see read.c */
            t87s__lane_distrust(trip->lane);
    t87s__commands_free(&trip->commands);
}

/* ---- what servers say to parts that are not theirs ---- */

/* The answers to ASKING, each before one of a command, go. */
static void drop_asking(struct t87s__part *part) {
    part->n /= 2;
    for (size_t i = 0; i < part->n; i++) {
        redisReply *permission = part->replies[2 * i];
        part->replies[2 * i] = NULL;
        redisReply *reply = part->replies[2 * i + 1];
        part->replies[2 * i + 1] = NULL;
        part->replies[i] = reply;
        t87s__reply_free(permission);
    }
}

static bool has_error(const struct t87s__part *part, const char *code) {
    for (unsigned i = 0; i < part->n; i++)
        if (t87s__reply_is_error(part->replies[i], code))
            return true;
    return false;
}

void t87s__part_is_strange(const struct t87s__part *part, const redisReply *reply) {
    if (reply->type != REDIS_REPLY_ERROR)
        t87s__lane_distrust(part->lane);
}

/* Is it to be sent again, and where? */
static void redirect(struct t87s__call *call, struct t87s__part *part, struct trip *trip) {
    const bool clustered = call->layout->n_buckets > 1;
    struct t87s__node *node = NULL;
    unsigned error = 0;
    for (; error < part->n && clustered && !node; error++)
        node = t87s__topology_moved_to(call->redis, part->replies[error], &trip->node->uri);
    part->pending = false;
    if (node) {
        part->node = node;
        part->pending = true;
        part->asking = part->replies[error - 1]->str[0] == 'A';
        if (!part->asking) {
            t87s__topology_moved(&call->redis->topology, part->slot, node);
            t87s__topology_refresh(call->redis, &node->uri, call->deadline_ms);
        }
    } else if (has_error(part, "NOSCRIPT")) {
        part->pending = !part->by_text;
        part->by_text = true;
    } else if (has_error(part, "READONLY")) {
        t87s__lane_distrust(trip->lane);
    }
}

static bool take(struct t87s__call *call, struct trip *trips) {
    bool again = false;
    for (unsigned i = 0; i < call->n_parts; i++) {
        struct t87s__part *part = &call->parts[i];
        if (!part->pending)
            continue;
        struct trip *trip = &trips[part->trip];
        part->pending = false;
        part->status = trip->status;
        if (trip->status != T87S_OK)
            continue;
        if (part->asking)
            drop_asking(part);
        part->history = trip->history;
        part->now_us = trip->now_us;
        part->lane = trip->lane;
        part->end = trip->replies + trip->end;
        redirect(call, part, trip);
        again |= part->pending;
    }
    return again;
}

/* Are the answers of the master? */
static void confirm(struct t87s__call *call) {
    bool moved;
    for (unsigned i = 0; i < call->n_parts; i++) {
        struct t87s__part *part = &call->parts[i];
        if (!part->pending && part->status == T87S_OK)
            part->status = t87s__topology_confirm(&call->redis->topology, part->history, call->since_ms,
                                                  call->deadline_ms, &moved);
    }
}

/* There may be a cluster now where one server was when the call began. Then a server took it that knows no such names,
 * or has others of them: nobody would find there what was put there. */
static void check_layout(struct t87s__call *call) {
    if (call->layout == t87s__scope_layout(call->redis, call->scope))
        return;
    for (unsigned i = 0; i < call->n_parts; i++)
        if (!call->parts[i].pending && call->parts[i].status == T87S_OK)
            call->parts[i].status = T87S_E_STORE;
}

enum t87s_status t87s__call_run(struct t87s__call *call) {
    struct trip trips[T87S__MOST_PARTS];
    enum t87s_status worst = T87S_OK;
    bool again = true;
    for (int round = 0; again && round < T87S__ROUNDS; round++) {
        const unsigned n = plan(call, trips);
        begin_all(call, trips, n);
        for (unsigned i = 0; i < n; i++)
            finish(call, &trips[i]);
        again = take(call, trips);
    }
    if (call->since_ms != T87S__NO_MATTER)
        confirm(call);
    check_layout(call);
    for (unsigned i = 0; i < call->n_parts; i++)
        if (!call->parts[i].spare && (call->parts[i].pending || call->parts[i].status != T87S_OK))
            worst = call->parts[i].pending ? T87S_E_STORE : call->parts[i].status;
    return worst;
}
