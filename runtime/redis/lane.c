/* SPDX-License-Identifier: MIT */
#include "lane.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { FIRST_BACK_OFF_MS = 20, MOST_BACK_OFF_MS = 1000, SLICE_MS = 5 };

struct request {
    unsigned n, got;
    redisReply **replies; /* the caller's; NULL: it has gone */
    bool done;
    enum t87s_status status;
    pthread_cond_t wake;
    struct request *next;
};

struct t87s__lane {
    /* immutable */
    const struct t87s__redis_uri *uri;
    int64_t timeout_ms;
    t87s__lane_greeting *greet;
    void *arg;

    pthread_mutex_t lock;
    /* under lock; `link` is read from without it by who is `reading` */
    enum { LANE_DOWN, LANE_CONNECTING, LANE_UP } state;
    struct t87s__link link;
    bool reading;
    char *out; /* not sent yet */
    size_t out_size, out_capacity;
    struct request *head, **tail; /* in the order of their commands */
    int64_t retry_ms, heard_ms;   /* not before; when the last byte came */
    int64_t back_off_ms;
    pthread_cond_t connected; /* or not */
};

static pthread_condattr_t monotonic(void) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    return attributes;
}

struct t87s__lane *t87s__lane_open(const struct t87s__redis_uri *uri, int64_t timeout_ms, t87s__lane_greeting *greet,
                                   void *arg) {
    struct t87s__lane *lane = calloc(1, sizeof *lane);
    if (!lane)
        return NULL;
    lane->uri = uri;
    lane->timeout_ms = timeout_ms;
    lane->greet = greet;
    lane->arg = arg;
    lane->tail = &lane->head;
    pthread_condattr_t attributes = monotonic();
    pthread_mutex_init(&lane->lock, NULL);
    pthread_cond_init(&lane->connected, &attributes);
    pthread_condattr_destroy(&attributes);
    return lane;
}

void t87s__lane_close(struct t87s__lane *lane) {
    if (!lane)
        return;
    t87s__link_close(&lane->link);
    for (struct request *next, *request = lane->head; request; request = next) { /* of callers that gave up */
        next = request->next;
        pthread_cond_destroy(&request->wake);
        free(request);
    }
    pthread_cond_destroy(&lane->connected);
    pthread_mutex_destroy(&lane->lock);
    free(lane->out);
    free(lane);
}

static struct timespec timespec_of(int64_t ms) {
    return (struct timespec){.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
}

static void forget(struct request *request) {
    pthread_cond_destroy(&request->wake);
    free(request);
}

/* ---- under the lock ---- */

static void finish(struct request *request, enum t87s_status status) {
    if (!request->replies) {
        forget(request);
        return;
    }
    if (status != T87S_OK)
        t87s__replies_free(request->replies, request->got);
    request->status = status;
    request->done = true;
    pthread_cond_signal(&request->wake);
}

static void back_off(struct t87s__lane *lane) {
    const int64_t doubled = lane->back_off_ms * 2;
    lane->back_off_ms = !lane->back_off_ms           ? FIRST_BACK_OFF_MS
                        : doubled < MOST_BACK_OFF_MS ? doubled
                                                     : MOST_BACK_OFF_MS;
    lane->retry_ms = t87s__link_now_ms() + lane->back_off_ms;
}

/* The connection is not to be trusted any more: everybody who waits for it fails. Nobody reads. */
static void break_off(struct t87s__lane *lane) {
    t87s__link_close(&lane->link);
    lane->state = LANE_DOWN;
    lane->out_size = 0;
    back_off(lane);
    while (lane->head) {
        struct request *request = lane->head;
        lane->head = request->next;
        finish(request, T87S_E_STORE);
    }
    lane->tail = &lane->head;
}

/* Sends what there is to send; false: the connection is lost. */
static bool flush(struct t87s__lane *lane) {
    size_t sent = 0;
    while (sent < lane->out_size) {
        const long n = t87s__link_send(&lane->link, lane->out + sent, lane->out_size - sent);
        if (n < 0)
            return false;
        if (n == 0)
            break;
        sent += (size_t)n;
    }
    memmove(lane->out, lane->out + sent, lane->out_size - sent);
    lane->out_size -= sent;
    return true;
}

/* Gives the replies that have come to whose they are; false: this is no protocol, or nobody asked. */
static bool deliver(struct t87s__lane *lane) {
    bool lost = false;
    for (redisReply *reply; (reply = t87s__link_reply(&lane->link, &lost));) {
        struct request *request = lane->head;
        if (!request) {
            freeReplyObject(reply);
            return false;
        }
        if (request->replies)
            request->replies[request->got] = reply;
        else
            freeReplyObject(reply);
        if (++request->got < request->n)
            continue;
        lane->head = request->next;
        if (!lane->head)
            lane->tail = &lane->head;
        finish(request, T87S_OK);
    }
    return !lost;
}

/* Reads for all until this request is done or its time is over. */
static void read_for_all(struct t87s__lane *lane, const struct request *request, int64_t deadline_ms) {
    lane->reading = true;
    bool alive = true;
    while (alive && !request->done && t87s__link_now_ms() < deadline_ms) {
        const bool writes = lane->out_size > 0;
        int64_t slice = t87s__link_now_ms() + SLICE_MS; /* others may leave something to send meanwhile */
        pthread_mutex_unlock(&lane->lock);
        t87s__link_wait(&lane->link, writes, slice < deadline_ms ? slice : deadline_ms);
        const long n = t87s__link_receive(&lane->link);
        pthread_mutex_lock(&lane->lock);
        if (n > 0)
            lane->heard_ms = t87s__link_now_ms();
        alive = n >= 0 && (n == 0 || deliver(lane)) && flush(lane);
    }
    lane->reading = false;
    if (!alive)
        break_off(lane);
    for (struct request *next = lane->head; next; next = next->next) {
        if (next->replies && next != request) {
            pthread_cond_signal(&next->wake); /* it reads from now on */
            break;
        }
    }
}

static bool append(struct t87s__lane *lane, const struct t87s__commands *commands) {
    if (lane->out_capacity - lane->out_size < commands->size) {
        const size_t capacity = (lane->out_size + commands->size) * 2;
        char *out = realloc(lane->out, capacity);
        if (!out)
            return false;
        lane->out = out;
        lane->out_capacity = capacity;
    }
    memcpy(lane->out + lane->out_size, commands->bytes, commands->size);
    lane->out_size += commands->size;
    return true;
}

/* Connects; the lock is given away meanwhile. */
static void connect_now(struct t87s__lane *lane) {
    struct t87s__link link = {NULL};
    lane->state = LANE_CONNECTING;
    pthread_mutex_unlock(&lane->lock);
    const int64_t deadline = t87s__link_now_ms() + lane->timeout_ms;
    enum t87s_status status = t87s__link_open(&link, lane->uri, deadline);
    if (status == T87S_OK && lane->greet)
        status = lane->greet(lane->arg, &link, deadline);
    pthread_mutex_lock(&lane->lock);
    lane->state = status == T87S_OK ? LANE_UP : LANE_DOWN;
    if (status == T87S_OK) {
        lane->link = link;
        lane->back_off_ms = 0;
        lane->heard_ms = t87s__link_now_ms();
    } else {
        t87s__link_close(&link);
        back_off(lane);
    }
    pthread_cond_broadcast(&lane->connected);
}

static enum t87s_status await_connection(struct t87s__lane *lane, int64_t deadline_ms) {
    const struct timespec deadline = timespec_of(deadline_ms);
    for (;;) {
        const int64_t now = t87s__link_now_ms();
        if (lane->state == LANE_UP)
            return T87S_OK;
        if (now >= deadline_ms)
            return T87S_E_TIMEOUT;
        if (lane->state == LANE_CONNECTING)
            pthread_cond_timedwait(&lane->connected, &lane->lock, &deadline);
        else if (now < lane->retry_ms)
            return T87S_E_STORE;
        else
            connect_now(lane);
    }
}

/* Its time is over. Its replies may still come, so it stays in the queue without a caller; if nothing at all has come
 * for as long as a call may take, the connection is dead. */
static void give_up(struct t87s__lane *lane, struct request *request) {
    t87s__replies_free(request->replies, request->got);
    request->replies = NULL;
    if (!lane->reading && t87s__link_now_ms() - lane->heard_ms >= lane->timeout_ms)
        break_off(lane);
}

/* ---- */

enum t87s_status t87s__lane_call(struct t87s__lane *lane, const struct t87s__commands *commands, redisReply **replies,
                                 int64_t timeout_ms) {
    memset(replies, 0, commands->n * sizeof *replies);
    struct request *request = commands->failed ? NULL : malloc(sizeof *request);
    if (!request)
        return T87S_E_NOMEM;
    *request = (struct request){.n = commands->n, .replies = replies};
    pthread_condattr_t attributes = monotonic();
    pthread_cond_init(&request->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    const int64_t deadline_ms = t87s__link_now_ms() + timeout_ms;
    const struct timespec deadline = timespec_of(deadline_ms);

    pthread_mutex_lock(&lane->lock);
    enum t87s_status status = await_connection(lane, deadline_ms);
    if (status == T87S_OK && !append(lane, commands))
        status = T87S_E_NOMEM;
    if (status != T87S_OK) {
        pthread_mutex_unlock(&lane->lock);
        forget(request);
        return status;
    }
    if (!lane->head)
        lane->heard_ms = t87s__link_now_ms(); /* nothing was to be heard until now */
    *lane->tail = request;
    lane->tail = &request->next;
    if (!flush(lane) && !lane->reading)
        break_off(lane); /* else who reads finds out */
    while (!request->done && t87s__link_now_ms() < deadline_ms) {
        if (!lane->reading)
            read_for_all(lane, request, deadline_ms);
        else
            pthread_cond_timedwait(&request->wake, &lane->lock, &deadline);
    }
    if (request->done) {
        status = request->status;
        forget(request);
    } else {
        status = T87S_E_TIMEOUT;
        give_up(lane, request);
    }
    pthread_mutex_unlock(&lane->lock);
    return status;
}
