/* SPDX-License-Identifier: MIT */
#include "lane.h"

#include <stdlib.h>
#include <unistd.h>

#include "mutants.h"
#include "patience.h"

enum { WAKES = 16, AT_ONCE = 64, QUICK_US = 200 };

struct t87s__lane {
    /* immutable */
    t87s__lane_dial *dial;
    void *arg; /* its first one */
    int64_t timeout_ms;

    pthread_mutex_t lock;
    /* under lock; `link` is read from without it by who is `reading` */
    enum { LANE_DOWN, LANE_CONNECTING, LANE_UP } state;
    struct t87s__link link;
    bool reading, broken; /* broken: who reads shall break it off */
    uint64_t history;
    struct t87s__clock clock; /* the server's */
    char *out;                /* not sent yet */
    size_t out_size, out_capacity;
    struct t87s__request *head, **tail; /* in the order of their commands */
    unsigned next_wake;
    unsigned woken;              /* bits of `wakes`, to be signalled when the lock is given away */
    bool quick;                  /* the server answered at once the last time */
    int64_t sent_us;             /* since when an answer is due; 0: none, or one has come since */
    int64_t retry_ms, heard_ms;  /* not before; when the last byte came */
    int64_t back_off_ms;         /* 0: the last connection was a good one */
    pthread_cond_t connected;    /* or not */
    pthread_cond_t wakes[WAKES]; /* here, and not the requests': who is woken may be gone by then */
};

static void init_conds(struct t87s__lane *lane) {
    t87s__cond_init(&lane->connected);
    for (unsigned i = 0; i < WAKES; i++)
        t87s__cond_init(&lane->wakes[i]);
}

struct t87s__lane *t87s__lane_open(t87s__lane_dial *dial, void *arg, int64_t timeout_ms) {
    struct t87s__lane *lane = calloc(1, sizeof *lane);
    if (!lane)
        return NULL;
    lane->dial = dial;
    lane->arg = arg;
    lane->timeout_ms = timeout_ms;
    lane->tail = &lane->head;
    pthread_mutex_init(&lane->lock, NULL);
    init_conds(lane);
    return lane;
}

/* ---- under the lock ---- */

static void finish(struct t87s__lane *lane, struct t87s__request *request, enum t87s_status status) {
    if (!request->replies) {
        free(request);
        return;
    }
    if (status != T87S_OK)
        t87s__replies_free(request->replies, request->got);
    request->status = status;
    request->done = true;
    lane->woken |= 1u << request->wake;
}

/* Who is woken while the lock is held would only wait for that. */
static void unlock(struct t87s__lane *lane) {
    const unsigned woken = lane->woken;
    lane->woken = 0;
    pthread_mutex_unlock(&lane->lock);
    for (unsigned i = 0; woken >> i; i++)
        if (woken >> i & 1)
            pthread_cond_broadcast(&lane->wakes[i]);
}

static void back_off(struct t87s__lane *lane) {
    lane->back_off_ms = t87s__back_off(lane->back_off_ms, T87S__MOST_BACK_OFF_MS);
    lane->retry_ms = t87s__link_now_ms() + lane->back_off_ms;
}

/* The connection is not to be trusted any more: everybody who waits for it fails. Left to who reads, if anybody does.
 */
static void break_off(struct t87s__lane *lane) {
    lane->broken = lane->reading;
    if (lane->broken || lane->state != LANE_UP)
        return;
    t87s__link_close(&lane->link);
    lane->state = LANE_DOWN;
    lane->out_size = 0;
    back_off(lane);
    while (lane->head) {
        struct t87s__request *request = lane->head;
        lane->head = request->next;
        finish(lane, request, T87S_E_STORE);
    }
    lane->tail = &lane->head;
}

/* Sends what there is to send; false: the connection is lost. */
static bool flush(struct t87s__lane *lane) {
    size_t sent = 0;
    if (!lane->out_size)
        return true;
    long n = 1;
    if (!lane->sent_us)
        lane->sent_us = t87s__link_now_us();
    while (sent < lane->out_size && n > 0) {
        n = t87s__link_send(&lane->link, lane->out + sent, lane->out_size - sent);
        sent += n > 0 ? (size_t)n : 0;
    }
    memmove(lane->out, lane->out + sent, lane->out_size - sent);
    lane->out_size -= sent;
    return n >= 0;
}

static bool append(struct t87s__lane *lane, const char *bytes, size_t size) {
    if (lane->out_capacity - lane->out_size < size) {
        const size_t capacity = (lane->out_size + size) * 2;
        char *out = realloc(lane->out, capacity);
        if (!out)
            return false;
        lane->out = out;
        lane->out_capacity = capacity;
    }
    memcpy(lane->out + lane->out_size, bytes, size);
    lane->out_size += size;
    return true;
}

/* Straight from the caller's bytes, as far as the socket takes them; the rest is kept. Where answers come at once, what
 * comes while one is awaited goes with what else has come until then: who reads sends it. */
static enum t87s_status dispatch(struct t87s__lane *lane, const struct t87s__commands *commands) {
    size_t sent = 0;
    const bool goes_later = lane->quick && lane->head && lane->reading;
    if (lane->out_size == 0 && !goes_later) {
        if (!lane->sent_us)
            lane->sent_us = t87s__link_now_us();
        const long n = t87s__link_send(&lane->link, commands->bytes, commands->size);
        if (n < 0) {
            break_off(lane);
            return T87S_E_STORE;
        }
        sent = (size_t)n;
    }
    if (sent == commands->size)
        return T87S_OK;
    if (append(lane, commands->bytes + sent, commands->size - sent))
        return T87S_OK;
    if (sent > 0)
        break_off(lane); /* half a command */
    return T87S_E_NOMEM;
}

/* Gives replies to whose they are; false: nobody asked. */
static bool deliver(struct t87s__lane *lane, redisReply **replies, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        struct t87s__request *request = lane->head;
        if (!request) {
            t87s__replies_free(replies + i, n - i);
            return false;
        }
        if (request->replies)
            request->replies[request->got] = replies[i];
        else
            t87s__reply_free(replies[i]);
        if (++request->got < request->n)
            continue;
        lane->head = request->next;
        if (!lane->head)
            lane->tail = &lane->head;
        request->history = lane->history;
        finish(lane, request, T87S_OK);
    }
    return true;
}

static void hear(struct t87s__lane *lane) {
    const int64_t now_us = t87s__link_now_us();
    lane->heard_ms = now_us / 1000;
    if (lane->sent_us)
        lane->quick = now_us - lane->sent_us < QUICK_US;
    lane->sent_us = 0;
}

/* Some of the replies that have come; replies are taken apart without the lock. */
static unsigned take_some(struct t87s__lane *lane, redisReply **replies, bool *lost) {
    unsigned n = 0;
    while (n < AT_ONCE && (replies[n] = t87s__link_reply(&lane->link, lost)))
        n++;
    return n;
}

/* Reads for all until this request is done or its time is over: once even when it is, since who waited for another lane
 * has not looked. */
static void read_for_all(struct t87s__lane *lane, const struct t87s__request *request, int64_t deadline_ms) {
    redisReply *replies[AT_ONCE];
    bool alive = true, late, lost = false, more = false;
    lane->reading = true;
    do {
        const bool writes = lane->out_size > 0;
        unlock(lane);
        late = t87s__link_now_ms() >= deadline_ms;
        if (writes && !late && !more) { /* else in slices: others may leave something to send meanwhile */
            const int64_t slice = t87s__link_now_ms() + T87S__LINK_SLICE_MS;
            t87s__link_wait(&lane->link, true, slice < deadline_ms ? slice : deadline_ms);
        }
        const long n = more ? 0 : t87s__link_receive(&lane->link, !writes && !late);
        const unsigned taken = n >= 0 ? take_some(lane, replies, &lost) : 0;
        pthread_mutex_lock(&lane->lock);
        if (n > 0)
            hear(lane);
        more = taken == AT_ONCE;
        if (lane->broken)
            t87s__replies_free(replies, taken);
        alive = n >= 0 && !lane->broken && deliver(lane, replies, taken) && !lost && flush(lane);
    } while (alive && (more || (!request->done && !late)));
    lane->reading = false;
    if (!alive)
        break_off(lane);
}

/* Somebody who waits is to read from now on; who has begun and waits for another lane is not asked. */
static void hand_over(struct t87s__lane *lane) {
    for (struct t87s__request *next = lane->head; next && !lane->reading; next = next->next) {
        if (next->waits) {
            lane->woken |= 1u << next->wake;
            return;
        }
    }
}

/* Connects; the lock is given away meanwhile. */
static void connect_now(struct t87s__lane *lane, int64_t deadline_ms) {
    struct t87s__link link = {.context = NULL};
    uint64_t history = 0;
    lane->state = LANE_CONNECTING;
    pthread_mutex_unlock(&lane->lock);
    const enum t87s_status status = lane->dial(lane->arg, &link, deadline_ms, &history);
    pthread_mutex_lock(&lane->lock);
    lane->state = status == T87S_OK ? LANE_UP : LANE_DOWN;
    if (status == T87S_OK) {
        lane->link = link;
        lane->history = history;
        lane->clock = (struct t87s__clock){.said_us = 0};
        lane->broken = false;
        lane->back_off_ms = 0;
        lane->sent_us = 0;
        lane->heard_ms = t87s__link_now_ms();
    } else {
        back_off(lane);
    }
    pthread_cond_broadcast(&lane->connected);
}

static enum t87s_status await_connection(struct t87s__lane *lane, int64_t deadline_ms) {
    const struct timespec deadline = t87s__until(deadline_ms);
    while (lane->state != LANE_UP) {
        const int64_t now = t87s__link_now_ms();
        if (now >= deadline_ms)
            return T87S_E_TIMEOUT;
        if (lane->state == LANE_CONNECTING && lane->back_off_ms)
            return T87S_E_STORE;
        if (lane->state == LANE_CONNECTING)
            pthread_cond_timedwait(&lane->connected, &lane->lock, &deadline);
        else if (now < lane->retry_ms)
            return T87S_E_STORE;
        else
            connect_now(lane, deadline_ms);
    }
    return T87S_OK;
}

/* Its time is over. Its replies may still come, so something stands in the queue for it; if nothing at all has come for
 * about as long as a call may take, the connection is dead. About: its time began a moment before it was sent. */
static void give_up(struct t87s__lane *lane, struct t87s__request *request) {
    struct t87s__request **at = &lane->head,
                         *orphan = T87S__MUTANT(GIVEN_UP_NOT_AWAITED) ? NULL : malloc(sizeof *orphan);
    while (*at != request)
        at = &(*at)->next;
    t87s__replies_free(request->replies, request->got);
    if (orphan) {
        *orphan = (struct t87s__request){.n = request->n, .got = request->got, .next = request->next};
        *at = orphan;
        if (lane->tail == &request->next)
            lane->tail = &orphan->next;
    } else { /* then nobody can tell whose replies are whose */
        *at = request->next;
        if (lane->tail == &request->next)
            lane->tail = at;
    }
    if ((!orphan && !T87S__MUTANT(GIVEN_UP_NOT_AWAITED)) ||
        t87s__link_now_ms() - lane->heard_ms >= lane->timeout_ms - lane->timeout_ms / 8)
        break_off(lane);
}

/* ---- */

enum t87s_status t87s__lane_meet(struct t87s__lane *lane, int64_t deadline_ms, uint64_t *history,
                                 struct t87s__clock *clock) {
    pthread_mutex_lock(&lane->lock);
    const enum t87s_status status = await_connection(lane, deadline_ms);
    *history = lane->history;
    if (clock)
        *clock = lane->clock;
    unlock(lane);
    return status;
}

void t87s__lane_set_clock(struct t87s__lane *lane, uint64_t history, const struct t87s__clock *clock) {
    pthread_mutex_lock(&lane->lock);
    if (lane->state == LANE_UP && lane->history == history)
        lane->clock = *clock;
    unlock(lane);
}

enum t87s_status t87s__lane_begin(struct t87s__lane *lane, struct t87s__request *request,
                                  const struct t87s__commands *commands, redisReply **replies, int64_t deadline_ms) {
    memset(replies, 0, commands->n * sizeof(redisReply *));
    if (commands->failed)
        return T87S_E_NOMEM;
    *request = (struct t87s__request){.n = commands->n, .replies = replies};
    pthread_mutex_lock(&lane->lock);
    enum t87s_status status = await_connection(lane, deadline_ms);
    if (status == T87S_OK)
        status = dispatch(lane, commands);
    if (status == T87S_OK) {
        request->wake = lane->next_wake++ % WAKES;
        if (!lane->head)
            lane->heard_ms = lane->sent_us / 1000; /* nothing was to be heard until now */
        *lane->tail = request;
        lane->tail = &request->next;
    }
    unlock(lane);
    return status;
}

enum t87s_status t87s__lane_finish(struct t87s__lane *lane, struct t87s__request *request, int64_t deadline_ms,
                                   uint64_t *history) {
    const struct timespec deadline = t87s__until(deadline_ms);
    pthread_mutex_lock(&lane->lock);
    request->waits = true;
    for (bool late = false; !request->done && !late; late = t87s__link_now_ms() >= deadline_ms) {
        if (!lane->reading)
            read_for_all(lane, request, deadline_ms);
        else
            pthread_cond_timedwait(&lane->wakes[request->wake], &lane->lock, &deadline);
    }
    const enum t87s_status status = request->done ? request->status : T87S_E_TIMEOUT;
    *history = request->history;
    if (!request->done)
        give_up(lane, request);
    hand_over(lane);
    unlock(lane);
    return status;
}

enum t87s_status t87s__lane_call(struct t87s__lane *lane, const struct t87s__commands *commands, redisReply **replies,
                                 int64_t deadline_ms, uint64_t *history) {
    struct t87s__request request;
    const enum t87s_status status = t87s__lane_begin(lane, &request, commands, replies, deadline_ms);
    return status == T87S_OK ? t87s__lane_finish(lane, &request, deadline_ms, history) : status;
}

bool t87s__lane_is_up(struct t87s__lane *lane) {
    pthread_mutex_lock(&lane->lock);
    const bool up = lane->state == LANE_UP;
    unlock(lane);
    return up;
}

void t87s__lane_distrust(struct t87s__lane *lane) {
    pthread_mutex_lock(&lane->lock);
    break_off(lane);
    lane->retry_ms = 0;
    unlock(lane);
}

void t87s__lane_leave(struct t87s__lane *lane, uint64_t history) {
    pthread_mutex_lock(&lane->lock);
    if (lane->state == LANE_UP && lane->history == history) {
        break_off(lane);
        lane->retry_ms = 0;
    }
    unlock(lane);
}

static void free_orphans(struct t87s__lane *lane) {
    for (struct t87s__request *next, *request = lane->head; request; request = next) {
        next = request->next;
        if (!request->replies)
            free(request);
    }
    lane->head = NULL;
    lane->tail = &lane->head;
}

void t87s__lane_close(struct t87s__lane *lane) {
    if (!lane)
        return;
    t87s__link_close(&lane->link);
    free_orphans(lane);
    pthread_cond_destroy(&lane->connected);
    for (unsigned i = 0; i < WAKES; i++)
        pthread_cond_destroy(&lane->wakes[i]);
    pthread_mutex_destroy(&lane->lock);
    free(lane->out);
    free(lane);
}

/* ---- fork ---- */

void t87s__lane_before_fork(struct t87s__lane *lane) { pthread_mutex_lock(&lane->lock); }

void t87s__lane_after_fork_in_parent(struct t87s__lane *lane) { pthread_mutex_unlock(&lane->lock); }

void t87s__lane_after_fork_in_child(struct t87s__lane *lane) {
    if (lane->state == LANE_UP) {
        if (!lane->reading)
            t87s__link_close(&lane->link);
        else /* a thread that is not here was changing it: its socket goes, its memory cannot be touched */
            close(lane->link.context->fd);
    }
    lane->link = (struct t87s__link){.context = NULL};
    lane->state = LANE_DOWN;
    lane->reading = lane->broken = false;
    lane->out_size = 0;
    lane->retry_ms = lane->back_off_ms = 0;
    free_orphans(lane); /* the others are on stacks of threads that are not here */
    init_conds(lane);
    lane->woken = 0;
    unlock(lane);
}
