/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memmem */
#include "fake_redis.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "real_clock.h"

struct bytes {
    char *at;
    size_t size;
};

/* Something that is to be said to the client, in this order. */
struct item {
    struct item *next;
    bool awaited; /* the real one has not answered yet */
    bool silent;  /* never said, nor what follows */
    bool ends;    /* the connection, after it */
    struct fake_rule *rule;
    struct bytes said;
};

struct fake_connection {
    int number, client, server;
    bool mute;                    /* never answers */
    bool subscribed;              /* what comes from the real one answers no command any more */
    struct fake_rule *held_back;  /* why nothing is read */
    struct bytes asked, answered; /* not taken apart yet */
    struct item *first, **last;
};

static void append(struct bytes *bytes, const void *more, size_t size) {
    bytes->at = realloc(bytes->at, bytes->size + size + 1);
    ck_assert_ptr_nonnull(bytes->at);
    if (size)
        memcpy(bytes->at + bytes->size, more, size);
    bytes->size += size;
}

static void drop(struct bytes *bytes, size_t size) {
    bytes->size -= size;
    if (bytes->size)
        memmove(bytes->at, bytes->at + size, bytes->size);
}

/* ---- the protocol ---- */

/* The size of the first whole value, 0: not all there. */
static size_t value_size(const char *at, size_t size) {
    const char *end = size ? memchr(at, '\n', size) : NULL;
    if (!end)
        return 0;
    size_t whole = (size_t)(end - at) + 1;
    const long n = *at == '$' || *at == '*' ? strtol(at + 1, NULL, 10) : -1;
    if (*at == '$')
        whole += n >= 0 ? (size_t)n + 2 : 0;
    for (long i = 0; *at == '*' && i < n; i++) {
        const size_t element = whole < size ? value_size(at + whole, size - whole) : 0;
        if (!element)
            return 0;
        whole += element;
    }
    return whole <= size ? whole : 0;
}

enum { MOST_WORDS = 256 };
struct words {
    int n;
    struct {
        const char *at;
        size_t size;
    } word[MOST_WORDS];
};

/* The texts of a whole array. */
static void take_words(const char *at, struct words *words) {
    const long n = strtol(at + 1, NULL, 10);
    at = strchr(at, '\n') + 1;
    for (words->n = 0; words->n < n && words->n < MOST_WORDS && *at == '$'; words->n++) {
        words->word[words->n].size = strtoul(at + 1, NULL, 10);
        words->word[words->n].at = strchr(at, '\n') + 1;
        at = words->word[words->n].at + words->word[words->n].size + 2;
    }
}

/* ---- rules ---- */

static bool fits(const struct fake_rule *rule, const struct fake_connection *connection, const struct words *words) {
    const size_t size = rule->what ? strlen(rule->what) : 0;
    if ((rule->connection && rule->connection != connection->number) || connection->number < rule->since)
        return false;
    if (words->n == 0 || words->word[0].size < size || (size && memcmp(words->word[0].at, rule->what, size) != 0))
        return false;
    if (!rule->what && words->word[0].at[0] >= 'a') /* a push */
        return false;
    bool found = !rule->with;
    for (int i = 1; i < words->n && !found; i++)
        found = memmem(words->word[i].at, words->word[i].size, rule->with, strlen(rule->with));
    return found;
}

/* What is to be done with this; NULL: nothing unusual. */
static struct fake_rule *follow(struct fake_redis *fake, struct fake_connection *connection,
                                const struct words *words) {
    for (struct fake_rule *rule = fake->newest; rule; rule = rule->older) {
        if (!fits(rule, connection, words))
            continue;
        const int number = rule->fits++ - rule->skip, times = rule->times ? rule->times : 1;
        if (number >= 0 && (times < 0 || number < times))
            return rule;
    }
    return NULL;
}

static void is_met(struct fake_redis *fake, struct fake_rule *rule, const struct fake_connection *connection) {
    if (!rule)
        return;
    rule->met++;
    rule->met_ms = now_ms();
    rule->last_connection = connection->number;
    pthread_cond_broadcast(&fake->changed);
}

/* ---- a connection ---- */

static struct item *add_item(struct fake_connection *connection, struct fake_rule *rule) {
    struct item *item = calloc(1, sizeof *item);
    ck_assert_ptr_nonnull(item);
    item->rule = rule;
    *connection->last = item;
    connection->last = &item->next;
    return item;
}

static void remove_first(struct fake_connection *connection) {
    struct item *item = connection->first;
    connection->first = item->next;
    if (!connection->first)
        connection->last = &connection->first;
    free(item->said.at);
    free(item);
}

static void end(struct fake_redis *fake, struct fake_connection *connection, bool resets) {
    const struct linger at_once = {.l_onoff = 1};
    if (resets)
        setsockopt(connection->client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(connection->client);
    if (connection->server >= 0)
        close(connection->server);
    while (connection->first)
        remove_first(connection);
    free(connection->asked.at);
    free(connection->answered.at);
    for (int i = 0; i < FAKE_CONNECTIONS; i++)
        if (fake->connections[i] == connection)
            fake->connections[i] = NULL;
    free(connection);
}

static bool send_all(int to, const char *at, size_t size) {
    while (size) {
        const ssize_t n = send(to, at, size, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        at += n;
        size -= (size_t)n;
    }
    return true;
}

/* Says what can be said; false: that was the end of the connection. */
static bool say_on(struct fake_redis *fake, struct fake_connection *connection) {
    for (struct item *item; (item = connection->first) && !item->awaited && !item->silent; remove_first(connection)) {
        struct fake_rule *rule = item->rule;
        if (rule && rule->deed == FAKE_HOLD && !rule->let_go)
            return true;
        if (!send_all(connection->client, item->said.at, item->said.size) || item->ends) {
            end(fake, connection, rule && rule->resets);
            return false;
        }
    }
    return true;
}

/* The real one has said this, to which the rule applies. */
static void take_answer(struct fake_redis *fake, struct fake_connection *connection, struct item *item,
                        const char *answer, size_t size) {
    struct fake_rule *rule = item->rule;
    const enum fake_deed deed = rule ? rule->deed : FAKE_COUNT;
    if (rule)
        rule->size = size;
    item->awaited = false;
    item->ends = deed == FAKE_CUT;
    item->silent = deed == FAKE_SAY_AFTER && !rule->text;
    if (deed == FAKE_CUT && rule->at < size)
        size = rule->at;
    if (deed != FAKE_SAY_AFTER)
        append(&item->said, answer, size);
    if ((deed == FAKE_SAY_AFTER || deed == FAKE_SAY_MORE) && rule->text)
        append(&item->said, rule->text, strlen(rule->text));
    is_met(fake, item->rule, connection);
}

enum what_next { GOES_ON, IS_HELD_BACK, HAS_ENDED };

/* One command, whole. */
static enum what_next take_command(struct fake_redis *fake, struct fake_connection *connection, size_t size) {
    struct words words;
    take_words(connection->asked.at, &words);
    struct fake_rule *rule = connection->held_back ? NULL : follow(fake, connection, &words);
    const enum fake_deed deed = rule ? rule->deed : FAKE_COUNT;
    connection->held_back = NULL;
    if (deed == FAKE_HOLD_BACK && !rule->let_go) {
        connection->held_back = rule;
        is_met(fake, rule, connection);
        return IS_HELD_BACK;
    }
    if (deed == FAKE_END) {
        is_met(fake, rule, connection);
        end(fake, connection, rule->resets);
        return HAS_ENDED;
    }
    if (deed == FAKE_SAY) {
        struct item *item = add_item(connection, rule);
        item->silent = !rule->text;
        append(&item->said, rule->text, rule->text ? strlen(rule->text) : 0);
        is_met(fake, rule, connection);
        drop(&connection->asked, size);
        return GOES_ON;
    }
    connection->subscribed |= words.word[0].size == 9 && !memcmp(words.word[0].at, "SUBSCRIBE", 9);
    if (connection->subscribed) /* what is answered is matched for itself */
        is_met(fake, rule, connection);
    else
        add_item(connection, rule)->awaited = true;
    const bool sent = send_all(connection->server, connection->asked.at, size);
    drop(&connection->asked, size);
    if (sent)
        return GOES_ON;
    end(fake, connection, false);
    return HAS_ENDED;
}

/* False: the connection has ended. */
static bool take_commands(struct fake_redis *fake, struct fake_connection *connection) {
    enum what_next next = GOES_ON;
    if (connection->mute)
        drop(&connection->asked, connection->asked.size);
    while (next == GOES_ON && (!connection->held_back || connection->held_back->let_go)) {
        const size_t size = value_size(connection->asked.at, connection->asked.size);
        if (!size)
            break;
        next = take_command(fake, connection, size);
    }
    return next != HAS_ENDED;
}

static void take_answers(struct fake_redis *fake, struct fake_connection *connection) {
    for (size_t size; (size = value_size(connection->answered.at, connection->answered.size));) {
        const char *answer = connection->answered.at;
        struct item *item = connection->first;
        while (item && !item->awaited)
            item = item->next;
        if (connection->subscribed && !item) {
            struct words words = {.n = 0};
            if (*answer == '*')
                take_words(answer, &words);
            item = add_item(connection, follow(fake, connection, &words));
        }
        if (item)
            take_answer(fake, connection, item, answer, size);
        drop(&connection->answered, size);
    }
}

/* False: nothing more will come. */
static bool receive(int from, struct bytes *into) {
    char bytes[16384];
    const ssize_t n = recv(from, bytes, sizeof bytes, MSG_DONTWAIT);
    if (n <= 0)
        return false;
    append(into, bytes, (size_t)n);
    into->at[into->size] = '\0';
    return true;
}

static void attend(struct fake_redis *fake, struct fake_connection *connection, bool asks, bool answers) {
    if ((asks && !receive(connection->client, &connection->asked)) ||
        (answers && !receive(connection->server, &connection->answered))) {
        end(fake, connection, false);
        return;
    }
    if (!take_commands(fake, connection))
        return;
    take_answers(fake, connection);
    say_on(fake, connection);
}

/* ---- the thread ---- */

static void welcome(struct fake_redis *fake) {
    static const struct words connect_words = {1, {{"connect", 7}}};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int client = accept(fake->listening, NULL, NULL);
    int free_one = 0;
    if (client < 0)
        return;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    while (free_one < FAKE_CONNECTIONS && fake->connections[free_one])
        free_one++;
    ck_assert_int_lt(free_one, FAKE_CONNECTIONS);
    struct fake_connection *connection = calloc(1, sizeof *connection);
    ck_assert_ptr_nonnull(connection);
    fake->connections[free_one] = connection;
    connection->number = ++fake->opened;
    connection->client = client;
    connection->server = -1;
    connection->last = &connection->first;
    struct fake_rule *rule = follow(fake, connection, &connect_words);
    is_met(fake, rule, connection);
    connection->mute = rule && rule->deed == FAKE_SAY;
    if (rule && rule->deed == FAKE_END) {
        end(fake, connection, rule->resets);
        return;
    }
    if (connection->mute)
        return;
    connection->server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memcpy(address.sun_path, fake->server, strlen(fake->server) + 1);
    if (connect(connection->server, (const struct sockaddr *)&address, sizeof address) != 0)
        end(fake, connection, false);
}

/* What can be read of whom; the lock is given away while it waits. */
static void wait_and_attend(struct fake_redis *fake) {
    struct pollfd ready[2 + 2 * FAKE_CONNECTIONS] = {{fake->listening, POLLIN, 0}, {fake->wake, POLLIN, 0}};
    for (int i = 0; i < FAKE_CONNECTIONS; i++) {
        const struct fake_connection *connection = fake->connections[i];
        ready[2 + 2 * i] = (struct pollfd){connection ? connection->client : -1, POLLIN, 0};
        ready[3 + 2 * i] = (struct pollfd){connection ? connection->server : -1, POLLIN, 0};
    }
    pthread_mutex_unlock(&fake->lock);
    poll(ready, 2 + 2 * FAKE_CONNECTIONS, -1);
    pthread_mutex_lock(&fake->lock);
    uint64_t woken;
    if (ready[1].revents)
        (void)!read(fake->wake, &woken, sizeof woken);
    for (int i = 0; i < FAKE_CONNECTIONS; i++) {
        struct fake_connection *connection = fake->connections[i]; /* may be a new one since: then nothing is there */
        if (connection && ready[2 + 2 * i].fd == connection->client)
            attend(fake, connection, ready[2 + 2 * i].revents, ready[3 + 2 * i].revents);
    }
    if (ready[0].revents)
        welcome(fake);
}

static void *follow_script(void *arg) {
    struct fake_redis *fake = arg;
    pthread_mutex_lock(&fake->lock);
    while (!fake->stop)
        wait_and_attend(fake);
    pthread_mutex_unlock(&fake->lock);
    return NULL;
}

/* ---- what a story says ---- */

static void wake(struct fake_redis *fake) {
    const uint64_t one = 1;
    ck_assert_int_eq(write(fake->wake, &one, sizeof one), sizeof one);
}

void fake_start(struct fake_redis *fake, const char *server) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    *fake = (struct fake_redis){.server = server};
    fake->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    fake->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    ck_assert_int_eq(bind(fake->listening, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(fake->listening, 64), 0);
    ck_assert_int_eq(getsockname(fake->listening, (struct sockaddr *)&address, &size), 0);
    snprintf(fake->uri, sizeof fake->uri, "redis://127.0.0.1:%d", ntohs(address.sin_port));
    pthread_mutex_init(&fake->lock, NULL);
    pthread_cond_init(&fake->changed, NULL);
    ck_assert_int_eq(pthread_create(&fake->thread, NULL, follow_script, fake), 0);
}

void fake_stop(struct fake_redis *fake) {
    pthread_mutex_lock(&fake->lock);
    fake->stop = true;
    wake(fake);
    pthread_mutex_unlock(&fake->lock);
    pthread_join(fake->thread, NULL);
    fake_hang_up(fake);
    fake_forget_all(fake);
    for (struct fake_rule *rule; (rule = fake->forgotten); free(rule))
        fake->forgotten = rule->older;
    close(fake->listening);
    close(fake->wake);
}

struct fake_rule *fake_add(struct fake_redis *fake, struct fake_rule rule) {
    struct fake_rule *added = malloc(sizeof *added);
    ck_assert_ptr_nonnull(added);
    *added = rule;
    pthread_mutex_lock(&fake->lock);
    added->older = fake->newest;
    fake->newest = added;
    pthread_mutex_unlock(&fake->lock);
    return added;
}

void fake_forget_all(struct fake_redis *fake) {
    pthread_mutex_lock(&fake->lock);
    for (struct fake_rule *rule; (rule = fake->newest);) {
        fake->newest = rule->older;
        rule->older = fake->forgotten;
        fake->forgotten = rule;
        rule->let_go = true;
    }
    for (int i = 0; i < FAKE_CONNECTIONS; i++) {
        struct fake_connection *connection = fake->connections[i];
        if (!connection)
            continue;
        if (take_commands(fake, connection))
            say_on(fake, connection);
    }
    pthread_mutex_unlock(&fake->lock);
}

void fake_await(struct fake_redis *fake, const struct fake_rule *rule, int times) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 30;
    pthread_mutex_lock(&fake->lock);
    while (rule->met < times)
        ck_assert_msg(pthread_cond_timedwait(&fake->changed, &fake->lock, &until) == 0, "%s did not come",
                      rule->what ? rule->what : "any command");
    pthread_mutex_unlock(&fake->lock);
}

int fake_met(struct fake_redis *fake, const struct fake_rule *rule) {
    pthread_mutex_lock(&fake->lock);
    const int met = rule->met;
    pthread_mutex_unlock(&fake->lock);
    return met;
}

void fake_let_go(struct fake_redis *fake, struct fake_rule *rule) {
    pthread_mutex_lock(&fake->lock);
    rule->let_go = true;
    wake(fake);
    pthread_mutex_unlock(&fake->lock);
}

void fake_say(struct fake_redis *fake, int number, const char *text) {
    pthread_mutex_lock(&fake->lock);
    struct fake_connection *connection = NULL;
    for (int i = 0; i < FAKE_CONNECTIONS; i++)
        if (fake->connections[i] && fake->connections[i]->number == number)
            connection = fake->connections[i];
    ck_assert_ptr_nonnull(connection);
    append(&add_item(connection, NULL)->said, text, strlen(text));
    wake(fake);
    pthread_mutex_unlock(&fake->lock);
}

int fake_opened(struct fake_redis *fake) {
    pthread_mutex_lock(&fake->lock);
    const int opened = fake->opened;
    pthread_mutex_unlock(&fake->lock);
    return opened;
}

void fake_hang_up(struct fake_redis *fake) {
    pthread_mutex_lock(&fake->lock);
    for (int i = 0; i < FAKE_CONNECTIONS; i++)
        if (fake->connections[i])
            end(fake, fake->connections[i], false);
    wake(fake);
    pthread_mutex_unlock(&fake->lock);
}
