/* SPDX-License-Identifier: MIT */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

int64_t t87s__link_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t t87s__link_deadline(int64_t ms) {
    int64_t deadline;
    return __builtin_add_overflow(t87s__link_now_ms(), ms, &deadline) ? INT64_MAX : deadline;
}

void t87s__link_close(struct t87s__link *link) {
    if (link->context)
        redisFree(link->context);
    link->context = NULL;
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

long t87s__link_receive(struct t87s__link *link, bool waits) {
    char bytes[16384];
    redisReader *reader = link->context->reader;
    const ssize_t n = recv(link->context->fd, bytes, sizeof bytes, waits ? 0 : MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
    if (n == 0 || redisReaderFeed(reader, bytes, (size_t)n) != REDIS_OK ||
        reader->len - reader->pos > T87S__LARGEST_REPLY)
        return -1;
    return (long)n;
}

/* ---- replies ---- */

/* hiredis's own functions, but for arrays: it takes memory for as many elements as the other side says there will be.
 */
static redisReplyObjectFunctions capped;
static redisReplyObjectFunctions *uncapped;
static pthread_mutex_t capped_lock = PTHREAD_MUTEX_INITIALIZER; /* only to write the two */

#if HIREDIS_MAJOR >= 1
typedef size_t count_of_elements;
#else
typedef int count_of_elements;
#endif

static void *create_array(const redisReadTask *task, count_of_elements n) {
    return n > T87S__MOST_ELEMENTS ? NULL : uncapped->createArray(task, n);
}

bool t87s__link_prepare(void) {
    redisReader *reader = redisReaderCreate();
    if (!reader)
        return false;
    pthread_mutex_lock(&capped_lock);
    if (!uncapped) {
        uncapped = reader->fn; /* static there */
        capped = *uncapped;
        capped.createArray = create_array;
    }
    pthread_mutex_unlock(&capped_lock);
    redisReaderFree(reader);
    return true;
}

redisReader *t87s__link_reader(void) {
    redisReader *reader = redisReaderCreate();
    if (reader)
        reader->fn = &capped;
    return reader;
}

redisReply *t87s__link_reply(struct t87s__link *link, bool *lost) {
    void *reply = NULL;
    *lost = redisReaderGetReply(link->context->reader, &reply) != REDIS_OK;
    return *lost ? NULL : reply;
}

void t87s__replies_free(redisReply **replies, unsigned n) {
    for (unsigned i = 0; i < n; i++) {
        freeReplyObject(replies[i]);
        replies[i] = NULL;
    }
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

/* What a connection begins with. */
static enum t87s_status introduce(struct t87s__link *link, const struct t87s__redis_uri *uri, int64_t deadline_ms) {
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
    return status;
}

/* From now on reading waits, for a moment, and sending never does; the socket is not for programs that are started. */
static bool settle(struct t87s__link *link) {
    const struct timeval slice = {.tv_usec = T87S__LINK_SLICE_MS * 1000};
    const int fd = link->context->fd, flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof slice) == 0;
}

enum t87s_status t87s__link_open(struct t87s__link *link, const struct t87s__redis_uri *uri, int64_t deadline_ms) {
    redisReader *reader = t87s__link_reader();
    link->context = !reader      ? NULL
                    : *uri->host ? redisConnectNonBlock(uri->host, uri->port)
                                 : redisConnectUnixNonBlock(uri->path);
    if (!link->context) {
        if (reader)
            redisReaderFree(reader);
        return T87S_E_NOMEM;
    }
    redisReaderFree(link->context->reader);
    link->context->reader = reader;
    enum t87s_status status = link->context->err ? T87S_E_STORE : T87S_OK;
    int error = 0;
    socklen_t size = sizeof error;
    if (status == T87S_OK && !wait_for(link, POLLOUT, deadline_ms))
        status = T87S_E_TIMEOUT;
    if (status == T87S_OK && (getsockopt(link->context->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error))
        status = T87S_E_STORE;
    if (status == T87S_OK && !settle(link))
        status = T87S_E_STORE;
    if (status == T87S_OK)
        status = introduce(link, uri, deadline_ms);
    if (status != T87S_OK)
        t87s__link_close(link);
    return status;
}
