/* SPDX-License-Identifier: MIT */
#include "sentinel.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "patience.h"

enum { MOST_PORT = 65535 };

const char *t87s__sentinel_word_text(enum t87s__sentinel_word word) {
    static const char *const texts[] = {
#define X(word, text) text,
        T87S__SENTINEL_WORDS(X)
#undef X
    };
    return texts[word];
}

void t87s__sentinel_open(struct t87s__sentinel *sentinel, const struct t87s__redis_uri *uri, int64_t timeout_ms) {
    *sentinel = (struct t87s__sentinel){.uri = uri, .timeout_ms = timeout_ms};
    atomic_init(&sentinel->socket, -1);
}

void t87s__sentinel_forget(struct t87s__sentinel *sentinel) {
    const int socket = atomic_load_explicit(&sentinel->socket, memory_order_relaxed);
    if (socket >= 0)
        close(socket);
    t87s__sentinel_open(sentinel, sentinel->uri,
                        sentinel->timeout_ms); /* the memory of its link stays with the parent */
}

void t87s__sentinel_close(struct t87s__sentinel *sentinel) {
    atomic_store_explicit(&sentinel->socket, -1, memory_order_relaxed);
    t87s__link_close(&sentinel->link);
    sentinel->doing = SENTINEL_DOWN;
    sentinel->introduced = false;
    sentinel->master[0] = '\0';
}

static void lose(struct t87s__sentinel *sentinel, enum t87s__sentinel_word word) {
    t87s__sentinel_close(sentinel);
    sentinel->word = word;
    sentinel->back_off_ms = t87s__back_off(sentinel->back_off_ms, T87S__MOST_BACK_OFF_MS);
    sentinel->retry_ms = t87s__link_now_ms() + sentinel->back_off_ms;
}

/* Its connection is lost. One that was good before may have been so for long: another one is made at once. */
static void connect_again(struct t87s__sentinel *sentinel) {
    const bool was_good = sentinel->doing != SENTINEL_CONNECTING && !sentinel->back_off_ms;
    lose(sentinel, WORD_GONE);
    if (was_good) {
        sentinel->retry_ms = 0;
        t87s__sentinel_ask(sentinel);
    }
}

/* ---- questions ---- */

/* A few hundred bytes, while nothing else is on its way: a socket that does not take them is of no use. */
static void say(struct t87s__sentinel *sentinel, struct t87s__commands *commands, enum t87s__sentinel_doing doing) {
    const bool said =
        !commands->failed && t87s__link_send(&sentinel->link, commands->bytes, commands->size) == (long)commands->size;
    t87s__commands_free(commands);
    sentinel->doing = doing;
    sentinel->outdated = false;
    sentinel->since_ms = t87s__link_now_ms();
    if (!said)
        connect_again(sentinel);
}

static void put_question(struct t87s__sentinel *sentinel) {
    const char *master = *sentinel->uri->master ? sentinel->uri->master : sentinel->master;
    struct t87s__commands commands = {0};
    if (*master)
        T87S__COMMAND(&commands, T87S__WORD("SENTINEL"), T87S__WORD("GET-MASTER-ADDR-BY-NAME"),
                      t87s__argument_text(master));
    else
        T87S__COMMAND(&commands, T87S__WORD("SENTINEL"), T87S__WORD("MASTERS"));
    say(sentinel, &commands, *master ? SENTINEL_ADDRESS : SENTINEL_NAME);
}

static void introduce(struct t87s__sentinel *sentinel) {
    struct t87s__commands commands = {0};
    if (*sentinel->uri->user)
        T87S__COMMAND(&commands, T87S__WORD("AUTH"), t87s__argument_text(sentinel->uri->user),
                      t87s__argument_text(sentinel->uri->password));
    else
        T87S__COMMAND(&commands, T87S__WORD("AUTH"), t87s__argument_text(sentinel->uri->password));
    sentinel->introduced = true;
    say(sentinel, &commands, SENTINEL_ACCOUNT);
}

void t87s__sentinel_ask(struct t87s__sentinel *sentinel) {
    const int64_t now = t87s__link_now_ms();
    sentinel->word = WORD_NONE;
    if (sentinel->doing == SENTINEL_IDLE) {
        put_question(sentinel);
    } else if (sentinel->doing != SENTINEL_DOWN) {
        sentinel->outdated = true;
        if (now - sentinel->since_ms >= sentinel->timeout_ms)
            lose(sentinel, WORD_GONE);
    } else if (now < sentinel->retry_ms) {
        sentinel->word = WORD_GONE;
    } else {
        sentinel->doing = SENTINEL_CONNECTING;
        sentinel->since_ms = now;
        if (t87s__link_start(&sentinel->link, sentinel->uri) != T87S_OK)
            lose(sentinel, WORD_GONE);
    }
}

/* ---- answers ---- */

static void conclude(struct t87s__sentinel *sentinel, enum t87s__sentinel_word word) {
    sentinel->doing = SENTINEL_IDLE;
    sentinel->word = word;
    sentinel->back_off_ms = 0;
}

static bool copy_text(const redisReply *reply, char *out, size_t room) {
    if (reply->type != REDIS_REPLY_STRING || reply->len == 0 || reply->len >= room || memchr(reply->str, 0, reply->len))
        return false;
    memcpy(out, reply->str, reply->len + 1);
    return true;
}

/* A master is a list of names and values, of which the first is its name. */
static void take_name(struct t87s__sentinel *sentinel, const redisReply *masters) {
    const bool is_list = masters->type == REDIS_REPLY_ARRAY;
    const redisReply *one = is_list && masters->elements ? masters->element[0] : NULL;
    if (is_list && masters->elements != 1)
        conclude(sentinel, masters->elements ? WORD_SEVERAL : WORD_UNKNOWN);
    else if (!one || one->type != REDIS_REPLY_ARRAY || one->elements < 2 ||
             one->element[0]->type != REDIS_REPLY_STRING || strcmp(one->element[0]->str, "name") != 0 ||
             !copy_text(one->element[1], sentinel->master, sizeof sentinel->master))
        lose(sentinel, WORD_NONSENSE);
    else
        put_question(sentinel);
}

static void take_address(struct t87s__sentinel *sentinel, const redisReply *reply) {
    if (reply->type == REDIS_REPLY_NIL) {
        sentinel->master[0] = '\0'; /* if it was told before: it watches another one now */
        conclude(sentinel, WORD_UNKNOWN);
        return;
    }
    char port[8];
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 ||
        !copy_text(reply->element[0], sentinel->address.host, sizeof sentinel->address.host) ||
        !copy_text(reply->element[1], port, sizeof port)) {
        lose(sentinel, WORD_NONSENSE);
        return;
    }
    const long number = strtol(port, NULL, 10);
    sentinel->address.port = (int)number;
    if (number > 0 && number <= MOST_PORT)
        conclude(sentinel, WORD_ADDRESS);
    else
        lose(sentinel, WORD_NONSENSE);
}

static void take(struct t87s__sentinel *sentinel, const redisReply *reply) {
    const bool wants_account = t87s__reply_is_error(reply, "NOAUTH") || t87s__reply_is_error(reply, "NOPERM");
    const bool refuses = wants_account || (sentinel->doing == SENTINEL_ACCOUNT && reply->type == REDIS_REPLY_ERROR);
    if (sentinel->doing == SENTINEL_IDLE) /* nobody asked */
        lose(sentinel, WORD_NONSENSE);
    else if (wants_account && *sentinel->uri->password && !sentinel->introduced && sentinel->doing != SENTINEL_ACCOUNT)
        introduce(sentinel);
    else if (refuses)
        conclude(sentinel, WORD_REFUSED);
    else if (sentinel->doing == SENTINEL_ACCOUNT || sentinel->outdated)
        put_question(sentinel);
    else if (sentinel->doing == SENTINEL_NAME)
        take_name(sentinel, reply);
    else
        take_address(sentinel, reply);
}

void t87s__sentinel_ready(struct t87s__sentinel *sentinel) {
    if (sentinel->doing == SENTINEL_CONNECTING) {
        if (t87s__link_started(&sentinel->link) != T87S_OK) {
            lose(sentinel, WORD_GONE);
            return;
        }
        atomic_store_explicit(&sentinel->socket, sentinel->link.context->fd, memory_order_relaxed);
        put_question(sentinel);
        return;
    }
    bool lost = false;
    if (t87s__link_receive(&sentinel->link, false) < 0) {
        connect_again(sentinel);
        return;
    }
    for (redisReply *reply; sentinel->link.context && (reply = t87s__link_reply(&sentinel->link, &lost));) {
        take(sentinel, reply);
        t87s__reply_free(reply);
    }
    if (lost)
        lose(sentinel, WORD_NONSENSE);
}

int t87s__sentinel_socket(const struct t87s__sentinel *sentinel, short *events) {
    *events = sentinel->doing == SENTINEL_CONNECTING ? POLLOUT : POLLIN;
    return sentinel->link.context && sentinel->word == WORD_NONE ? sentinel->link.context->fd : -1;
}
