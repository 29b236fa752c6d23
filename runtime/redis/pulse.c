/* SPDX-License-Identifier: MIT
 *
 * The thread that looks after a store now and then, and keeps nobody waiting: it looks how Redis is run, tells the
 * caches what is to be advised of that, and writes a heartbeat for each cache. What it cannot do it leaves.
 *
 * It speaks over lanes that are up, never makes them connect: so it neither wakes a connection that nobody needs, nor
 * is it the reason that a query finds a lane backing off. While none is up, it looks over a connection of its own.
 *
 * A listener is called with no lock held, since its cache has a tracer; meanwhile the scope is in hand, and detach
 * waits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "advise.h"
#include "heartbeat.h"
#include "patience.h"
#include "redis_store.h"
#include "typescript.h"

enum { FIRST_PAUSE_MS = 20, LOOK_MS = 10000, MOST_PATIENCE_MS = 1000, DOWN_MS = 500 };
enum { CLOCK_STEP_MS = 2000, CLOCK_STEP_HOLDS_MS = 600000 };

struct pulse {
    struct t87s__redis *redis;
    struct t87s__found found;
    struct t87s_query_stats *rows; /* T87S__BEAT_ROWS */
    uint64_t history;              /* of the server that `found` and the clocks are of; 0: none */
    int64_t server_ms, here_ms;    /* what two clocks said at the same time; 0: nothing yet */
    int64_t step_ms;               /* until when a step of the server's is worth a word */
    int64_t look_ms;               /* when the next look is due */
    int64_t down_ms;               /* since when no lane is up; 0: one is */
    unsigned beat;
};

static int64_t here_ms(void) { return t87s__clock_here_us() / 1000; }

static int64_t deadline_of(const struct t87s__redis *redis) {
    return t87s__link_deadline(redis->base.timeout_ms < MOST_PATIENCE_MS ? redis->base.timeout_ms : MOST_PATIENCE_MS);
}

/* ---- looking ---- */

static void judge_clock(struct pulse *pulse, const redisReply *time, int64_t asked_ms) {
    const int64_t server = t87s__clock_take(time) / 1000;
    if (!server)
        return;
    const int64_t now = here_ms(), took = now - asked_ms;
    const int64_t step = (server - pulse->server_ms) - (asked_ms - pulse->here_ms);
    if (pulse->here_ms && (step > CLOCK_STEP_MS + took || step < -CLOCK_STEP_MS)) {
        pulse->found.clock_stepped = true;
        pulse->found.clock_step_ms = step;
        pulse->step_ms = now + CLOCK_STEP_HOLDS_MS;
    } else if (now >= pulse->step_ms) {
        pulse->found.clock_stepped = false;
    }
    pulse->server_ms = server;
    pulse->here_ms = asked_ms;
}

static void forget_server(struct pulse *pulse, uint64_t history) {
    pulse->found = (struct t87s__found){.looked = false};
    pulse->history = history;
    pulse->here_ms = pulse->look_ms = 0;
}

/* What was no matter when the server was greeted may be one now. */
static void leave_evicting(struct pulse *pulse) {
    struct t87s__node *node = t87s__topology_node(&pulse->redis->topology, 0);
    if (pulse->redis->with_typescript && t87s__typescript_evicts(pulse->found.policy) && node)
        t87s__node_distrust(node);
}

/* The time each time, all else when it is due; false: the lane does not answer. */
static bool look(struct pulse *pulse, struct t87s__lane *lane) {
    struct t87s__commands commands = {0};
    redisReply *replies[1 + T87S__LOOKS];
    uint64_t history = 0;
    const int64_t asked_ms = here_ms();
    const bool whole = asked_ms >= pulse->look_ms;
    T87S__COMMAND(&commands, T87S__WORD("TIME"));
    if (whole)
        t87s__look_ask(&commands);
    const unsigned n = commands.n;
    const enum t87s_status status = t87s__lane_call(lane, &commands, replies, deadline_of(pulse->redis), &history);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        return false;
    if (history != pulse->history)
        forget_server(pulse, history);
    judge_clock(pulse, replies[0], asked_ms);
    if (whole) {
        t87s__look_take(replies + 1, &pulse->found);
        pulse->found.unreachable = false;
        pulse->look_ms = asked_ms + LOOK_MS;
        leave_evicting(pulse);
    }
    t87s__replies_free(replies, n);
    return true;
}

/* Why is no lane up? Nobody may have asked yet, or there is nothing to be reached that is of use. */
static void look_from_outside(struct pulse *pulse) {
    struct t87s__commands commands = {0};
    redisReply *replies[T87S__LOOKS];
    struct t87s__link link = {.context = NULL};
    uint64_t term;
    const int64_t now = here_ms();
    if (!pulse->down_ms)
        pulse->down_ms = now;
    if (now - pulse->down_ms < DOWN_MS || now < pulse->look_ms)
        return;
    forget_server(pulse, 0);
    t87s__look_ask(&commands);
    const int64_t deadline = deadline_of(pulse->redis);
    enum t87s_status status = t87s__redis_reach(pulse->redis->topology.first, &link, deadline, &term);
    if (status == T87S_OK)
        status = t87s__link_call(&link, &commands, replies, deadline);
    t87s__commands_free(&commands);
    if (status == T87S_OK) {
        t87s__look_take(replies, &pulse->found);
        t87s__replies_free(replies, T87S__LOOKS);
    }
    pulse->found.unreachable = status != T87S_OK;
    pulse->look_ms = now + LOOK_MS;
    t87s__link_close(&link);
}

/* ---- scopes, one after the other ---- */

/* One that has not had its turn in this beat, in hand; NULL: none is left. */
static struct t87s__scope *take_scope(struct pulse *pulse) {
    struct t87s__redis *redis = pulse->redis;
    pthread_mutex_lock(&redis->scopes_lock);
    struct t87s__scope *scope = redis->scopes;
    while (scope && scope->beat == pulse->beat)
        scope = scope->next;
    if (scope)
        scope->beat = pulse->beat;
    pthread_mutex_lock(&redis->pulse_lock);
    redis->in_hand = scope;
    pthread_mutex_unlock(&redis->pulse_lock);
    pthread_mutex_unlock(&redis->scopes_lock);
    return scope;
}

static void give_scope(struct t87s__redis *redis) {
    pthread_mutex_lock(&redis->pulse_lock);
    redis->in_hand = NULL;
    pthread_cond_broadcast(&redis->pulse_changed);
    pthread_mutex_unlock(&redis->pulse_lock);
}

static void describe(struct pulse *pulse, struct t87s__scope *scope, struct t87s_buffer *text) {
    struct t87s__beat *beat = calloc(1, sizeof *beat);
    size_t n = 0;
    if (!beat)
        return;
    const char *schema = scope->listener.report(scope->listener.arg, &beat->stats, pulse->rows, T87S__BEAT_ROWS, &n);
    if (gethostname(beat->host, sizeof beat->host - 1) != 0)
        beat->host[0] = '\0';
    beat->pid = (uint64_t)getpid();
    snprintf(beat->version, sizeof beat->version, "%s", T87S_VERSION);
    snprintf(beat->schema, sizeof beat->schema, "%s", schema ? schema : "");
    if (t87s__beat_write(beat, pulse->rows, n < T87S__BEAT_ROWS ? n : T87S__BEAT_ROWS, text) != T87S_OK)
        t87s_buffer_release(text);
    free(beat);
}

static bool name_scope(struct t87s__scope *scope) {
    uint64_t number = 0;
    if (*scope->id)
        return true;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != (ssize_t)sizeof number)
        return false;
    snprintf(scope->id, sizeof scope->id, "%016llx", (unsigned long long)number);
    return true;
}

/* Over which calls can go now, of the first master that has one. */
static struct t87s__lane *any_lane_up(struct t87s__redis *redis) {
    struct t87s__node *masters[T87S__MOST_MASTERS];
    struct t87s__lane *lane = NULL;
    const unsigned n = t87s__topology_masters(&redis->topology, masters);
    for (unsigned i = 0; i < n && !lane; i++)
        lane = t87s__node_lane_up(masters[i]);
    return lane;
}

static void write_beat(struct pulse *pulse, struct t87s__scope *scope) {
    struct t87s_buffer text = {.size = 0};
    struct t87s__commands commands = {0};
    redisReply *reply[1];
    uint64_t history;
    if (!name_scope(scope))
        return;
    const struct t87s__name name = t87s__layout_beat(&scope->layout, scope->id);
    const unsigned slot = t87s__slot_of(t87s__argument_name(&name), T87S__WORD(""));
    struct t87s__node *node = t87s__topology_node(&pulse->redis->topology, slot);
    struct t87s__lane *lane = node ? t87s__node_lane_up(node) : NULL;
    if (lane)
        describe(pulse, scope, &text);
    if (!text.size)
        return;
    t87s__commands_begin(&commands, 5);
    t87s__commands_word(&commands, T87S__WORD("SET"));
    t87s__commands_word(&commands, t87s__argument_name(&name));
    t87s__commands_word(&commands, (struct t87s__argument){text.data, text.size});
    t87s__commands_word(&commands, T87S__WORD("PX"));
    t87s__commands_number(&commands, T87S__BEAT_LIVES_MS);
    if (t87s__lane_call(lane, &commands, reply, deadline_of(pulse->redis), &history) == T87S_OK)
        t87s__replies_free(reply, 1); /* an error is as good: it is a courtesy */
    t87s__commands_free(&commands);
    t87s_buffer_release(&text);
}

/* False: there is no lane to be used, try again soon. */
static bool beat_once(struct pulse *pulse) {
    struct t87s__redis *redis = pulse->redis;
    struct t87s__lane *lane = any_lane_up(redis);
    struct t87s__said said;
    const bool up = lane && look(pulse, lane);
    if (up)
        pulse->down_ms = 0;
    else
        look_from_outside(pulse);
    pulse->found.with_typescript = redis->with_typescript;
    pulse->found.is_cluster = /* relaxed: it is a hint */
        atomic_load_explicit(&redis->topology.said, memory_order_relaxed) == T87S__CLUSTER;
    pulse->found.one_seed = redis->topology.seeds.n == 1;
    pulse->found.sentinels =
        t87s__topology_has_sentinels(&redis->topology) ? t87s__sentinels_trouble(redis->topology.sentinels) : NULL;
    t87s__advise(&pulse->found, &said);
    pulse->beat++;
    for (struct t87s__scope *scope; (scope = take_scope(pulse)); give_scope(redis)) {
        if (scope->listener.advised)
            scope->listener.advised(scope->listener.arg, said.advice, said.n);
        if (up && scope->listener.report)
            write_beat(pulse, scope);
    }
    return up;
}

/* ---- the thread ---- */

static void wait_until(struct t87s__redis *redis, int64_t until_ms) {
    const struct timespec until = t87s__until(until_ms);
    while (!redis->pulse_stop && !redis->poked && t87s__link_now_ms() < until_ms)
        pthread_cond_timedwait(&redis->pulse_changed, &redis->pulse_lock, &until);
    redis->poked = false;
}

static void *pulse_on(void *arg) {
    struct t87s__redis *redis = arg;
    struct pulse pulse = {.redis = redis, .rows = malloc(T87S__BEAT_ROWS * sizeof *pulse.rows)};
    int64_t pause = FIRST_PAUSE_MS;
    pthread_mutex_lock(&redis->pulse_lock);
    while (!redis->pulse_stop && pulse.rows) {
        pthread_mutex_unlock(&redis->pulse_lock);
        const bool beaten = beat_once(&pulse);
        pthread_mutex_lock(&redis->pulse_lock);
        pause = beaten || pause * 2 > T87S__BEAT_MS ? T87S__BEAT_MS : pause * 2;
        wait_until(redis, t87s__link_now_ms() + pause);
    }
    pthread_mutex_unlock(&redis->pulse_lock);
    free(pulse.rows);
    return NULL;
}

void t87s__redis_pulse_init(struct t87s__redis *redis) {
    t87s__cond_init(&redis->pulse_changed);
    pthread_mutex_init(&redis->pulse_lock, NULL);
    redis->in_hand = NULL;
}

void t87s__redis_pulse_destroy(struct t87s__redis *redis) {
    pthread_cond_destroy(&redis->pulse_changed);
    pthread_mutex_destroy(&redis->pulse_lock);
}

void t87s__redis_pulse_start(struct t87s__redis *redis) {
    pthread_mutex_lock(&redis->pulse_lock);
    atomic_store_explicit(&redis->revives, false, memory_order_relaxed);
    if (!atomic_load_explicit(&redis->pulsing, memory_order_relaxed)) {
        const bool started = t87s__redis_start_thread(&redis->pulse, pulse_on, redis);
        atomic_store_explicit(&redis->pulsing, started, memory_order_relaxed);
    }
    redis->poked = true;
    pthread_cond_broadcast(&redis->pulse_changed);
    pthread_mutex_unlock(&redis->pulse_lock);
}

void t87s__redis_pulse_stop(struct t87s__redis *redis) {
    if (!atomic_load_explicit(&redis->pulsing, memory_order_relaxed))
        return;
    pthread_mutex_lock(&redis->pulse_lock);
    redis->pulse_stop = true;
    pthread_cond_broadcast(&redis->pulse_changed);
    pthread_mutex_unlock(&redis->pulse_lock);
    pthread_join(redis->pulse, NULL);
}

void t87s__redis_pulse_leave(struct t87s__redis *redis, const struct t87s__scope *scope) {
    pthread_mutex_lock(&redis->pulse_lock);
    while (redis->in_hand == scope)
        pthread_cond_wait(&redis->pulse_changed, &redis->pulse_lock);
    pthread_mutex_unlock(&redis->pulse_lock);
}

void t87s__redis_pulse_after_fork(struct t87s__redis *redis) {
    t87s__redis_pulse_init(redis); /* who held or awaited them is not here */
    if (atomic_exchange_explicit(&redis->pulsing, false, memory_order_relaxed))
        atomic_store_explicit(&redis->revives, true, memory_order_relaxed);
    for (struct t87s__scope *scope = redis->scopes; scope; scope = scope->next)
        scope->id[0] = '\0'; /* another process */
}
