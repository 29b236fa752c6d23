/* SPDX-License-Identifier: MIT */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { FIRST_ROOM = 1 << 14, LEAST_ROOM = 1 << 12, MOST_ROOM_KEPT = 1 << 20 };

int64_t t87s__link_now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t t87s__link_now_ms(void) { return t87s__link_now_us() / 1000; }

int64_t t87s__link_deadline(int64_t ms) {
    int64_t deadline;
    return __builtin_add_overflow(t87s__link_now_ms(), ms, &deadline) ? INT64_MAX : deadline;
}

void t87s__link_close(struct t87s__link *link) {
    if (link->context)
        redisFree(link->context);
    free(link->in);
    *link = (struct t87s__link){.context = NULL};
}

static short wait_for(struct t87s__link *link, short events, int64_t deadline_ms) {
    struct pollfd ready = {link->context->fd, events, 0};
    for (;;) {
        const int64_t left = deadline_ms - t87s__link_now_ms();
        const int n = poll(&ready, 1, left > 0 ? (left < 1000 ? (int)left : 1000) : 0);
        if (n > 0)
            return ready.revents;
        if ((n == 0 && left <= 1000) || (n < 0 && errno != EINTR))
            return 0;
    }
}

void t87s__link_wait(struct t87s__link *link, bool writes, int64_t deadline_ms) {
    (void)wait_for(link, writes ? POLLIN | POLLOUT : POLLIN, deadline_ms);
}

long t87s__link_send(struct t87s__link *link, const char *bytes, size_t size) {
    const ssize_t n = send(link->context->fd, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0)
        return (long)n;
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
}

/* Room for what comes, behind what has come and is not taken yet. */
static bool make_room(struct t87s__link *link) {
    if (link->taken == link->size)
        link->taken = link->size = 0;
    if (link->size == 0 && link->capacity > MOST_ROOM_KEPT) {
        free(link->in);
        link->in = NULL;
        link->capacity = 0;
    }
    if (link->capacity - link->size >= LEAST_ROOM)
        return true;
    if (link->taken) {
        memmove(link->in, link->in + link->taken, link->size - link->taken);
        link->size -= link->taken;
        link->taken = 0;
        return make_room(link);
    }
    const size_t capacity = link->capacity ? link->capacity * 2 : FIRST_ROOM;
    char *in = realloc(link->in, capacity);
    if (in) {
        link->in = in;
        link->capacity = capacity;
    }
    return in;
}

long t87s__link_receive(struct t87s__link *link, bool waits) {
    if (!make_room(link))
        return -1;
    const ssize_t n =
        recv(link->context->fd, link->in + link->size, link->capacity - link->size, waits ? 0 : MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
    link->size += (size_t)n;
    return n == 0 || link->size - link->taken > (size_t)T87S__LARGEST_REPLY + FIRST_ROOM ? -1 : (long)n;
}

redisReply *t87s__link_reply(struct t87s__link *link, bool *lost) {
    size_t taken = 0;
    *lost = false;
    if (link->taken == link->size)
        return NULL;
    redisReply *reply = t87s__reply_take(link->in + link->taken, link->size - link->taken, &taken, lost);
    link->taken += taken;
    return reply;
}

static enum t87s_status send_all(struct t87s__link *link, const struct t87s__commands *commands, int64_t deadline_ms) {
    for (size_t sent = 0; sent < commands->size;) {
        const long n = t87s__link_send(link, commands->bytes + sent, commands->size - sent);
        if (n < 0)
            return T87S_E_STORE;
        sent += (size_t)n;
        if (n == 0 && !wait_for(link, POLLOUT, deadline_ms))
            return T87S_E_TIMEOUT;
    }
    return T87S_OK;
}

static enum t87s_status receive_all(struct t87s__link *link, redisReply **replies, unsigned n, int64_t deadline_ms) {
    bool lost = false;
    for (unsigned got = 0; got < n;) {
        if ((replies[got] = t87s__link_reply(link, &lost))) {
            got++;
            continue;
        }
        if (lost)
            return T87S_E_STORE;
        if (!wait_for(link, POLLIN, deadline_ms))
            return T87S_E_TIMEOUT;
        if (t87s__link_receive(link, false) < 0)
            return T87S_E_STORE;
    }
    return T87S_OK;
}

enum t87s_status t87s__link_call(struct t87s__link *link, const struct t87s__commands *commands, redisReply **replies,
                                 int64_t deadline_ms) {
    memset(replies, 0, commands->n * sizeof *replies);
    if (commands->failed)
        return T87S_E_NOMEM;
    enum t87s_status status = link->context ? send_all(link, commands, deadline_ms) : T87S_E_STORE;
    if (status == T87S_OK)
        status = receive_all(link, replies, commands->n, deadline_ms);
    if (status != T87S_OK) {
        t87s__replies_free(replies, commands->n);
        t87s__link_close(link);
    }
    return status;
}

enum t87s_status t87s__link_introduce(struct t87s__link *link, const struct t87s__redis_uri *uri, int64_t deadline_ms) {
    struct t87s__commands commands = {0};
    redisReply *replies[3];
    char db[16];
    if (*uri->user)
        T87S__COMMAND(&commands, T87S__WORD("AUTH"), t87s__argument_text(uri->user),
                      t87s__argument_text(uri->password));
    else if (*uri->password)
        T87S__COMMAND(&commands, T87S__WORD("AUTH"), t87s__argument_text(uri->password));
    if (uri->db) {
        snprintf(db, sizeof db, "%d", uri->db);
        T87S__COMMAND(&commands, T87S__WORD("SELECT"), t87s__argument_text(db));
    }
    T87S__COMMAND(&commands, T87S__WORD("PING"));
    const unsigned n = commands.n;
    enum t87s_status status = t87s__link_call(link, &commands, replies, deadline_ms);
    for (unsigned i = 0; i < n && status == T87S_OK; i++)
        if (replies[i]->type == REDIS_REPLY_ERROR)
            status = T87S_E_STORE;
    t87s__replies_free(replies, n);
    t87s__commands_free(&commands);
    if (status != T87S_OK)
        t87s__link_close(link);
    return status;
}

/* From now on reading waits, for a moment, and sending never does; the socket is not for programs that are started. */
static bool settle(struct t87s__link *link) {
    const struct timeval slice = {.tv_usec = (suseconds_t)T87S__LINK_SLICE_MS * 1000};
    const int fd = link->context->fd, flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof slice) == 0;
}

enum t87s_status t87s__link_start(struct t87s__link *link, const struct t87s__redis_uri *uri) {
    *link = (struct t87s__link){.context = *uri->host ? redisConnectNonBlock(uri->host, uri->port)
                                                      : redisConnectUnixNonBlock(uri->path)};
    if (!link->context)
        return T87S_E_NOMEM;
    if (!link->context->err)
        return T87S_OK;
    t87s__link_close(link);
    return T87S_E_STORE;
}

enum t87s_status t87s__link_started(struct t87s__link *link) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(link->context->fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && !error && settle(link))
        return T87S_OK;
    t87s__link_close(link);
    return T87S_E_STORE;
}

enum t87s_status t87s__link_connect(struct t87s__link *link, const struct t87s__redis_uri *uri, int64_t deadline_ms) {
    const enum t87s_status status = t87s__link_start(link, uri);
    if (status != T87S_OK)
        return status;
    if (wait_for(link, POLLOUT, deadline_ms))
        return t87s__link_started(link);
    t87s__link_close(link);
    return T87S_E_TIMEOUT;
}

enum t87s_status t87s__link_open(struct t87s__link *link, const struct t87s__redis_uri *uri, int64_t deadline_ms) {
    const enum t87s_status status = t87s__link_connect(link, uri, deadline_ms);
    return status == T87S_OK ? t87s__link_introduce(link, uri, deadline_ms) : status;
}
