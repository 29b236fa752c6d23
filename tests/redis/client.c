/* SPDX-License-Identifier: MIT */
#include "client.h"

#include <check.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "lateness.h"
#include "real_clock.h"
#include "scene.h"

enum { PATIENCE_MS = 20000 };

/* ---- the listener ---- */

static void hear_invalidated(void *arg, const struct t87s_store_tag *tags, size_t n, unsigned flags) {
    struct client *client = arg;
    (void)tags, (void)flags;
    pthread_mutex_lock(&client->lock);
    client->invalidated += (unsigned)n;
    pthread_cond_broadcast(&client->told);
    pthread_mutex_unlock(&client->lock);
}

static void hear_removed(void *arg, const void *key, size_t size) {
    struct client *client = arg;
    (void)key, (void)size;
    pthread_mutex_lock(&client->lock);
    client->removed++;
    pthread_cond_broadcast(&client->told);
    pthread_mutex_unlock(&client->lock);
}

static void hear_lost(void *arg) {
    struct client *client = arg;
    pthread_mutex_lock(&client->lock);
    client->lost++;
    client->vouched_until = 0;
    pthread_cond_broadcast(&client->told);
    pthread_mutex_unlock(&client->lock);
}

static void hear_vouched(void *arg, int64_t until_ms) {
    struct client *client = arg;
    pthread_mutex_lock(&client->lock);
    if (until_ms < client->vouched_until) /* no assertion that holds takes Check's lock, which a child would inherit */
        ck_abort_msg("vouched for less than before");
    client->vouched_until = until_ms;
    pthread_cond_broadcast(&client->told);
    pthread_mutex_unlock(&client->lock);
}

void client_open_as(struct client *client, struct t87s_redis_options options, const char *prefix) {
    const struct t87s_store_listener listener = {client, hear_invalidated, hear_removed, hear_lost, hear_vouched, NULL,
                                                 NULL};
    if (!options.timeout_ms)
        options.timeout_ms = 1000;
    if (!options.near_staleness_ms)
        options.near_staleness_ms = 300;
    lateness_watch();
    *client = (struct client){.deadline_ms = options.timeout_ms, .bound_ms = options.near_staleness_ms};
    pthread_mutex_init(&client->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&client->told, &attributes);
    pthread_condattr_destroy(&attributes);
    ck_assert_int_eq(t87s_redis_open(&options, &client->store), T87S_OK);
    ck_assert_int_eq(client->store->attach(client->store, prefix, &listener, &client->scope), T87S_OK);
}

void client_open(struct client *client, struct t87s_redis_options options) { client_open_as(client, options, "test"); }

void client_close(struct client *client) {
    client->store->detach(client->store, client->scope);
    t87s_store_close(client->store);
}

/* ---- calls ---- */

struct measured {
    int64_t begun_ms, late_ms;
};

static struct measured begin(void) { return (struct measured){.late_ms = lateness_ms(), .begun_ms = now_ms()}; }

static void end(struct client *client, struct measured call) {
    const int64_t took_ms = now_ms() - call.begun_ms - (lateness_ms() - call.late_ms);
    int64_t longest = atomic_load(&client->longest_ms);
    while (took_ms > longest && !atomic_compare_exchange_weak(&client->longest_ms, &longest, took_ms)) {
    }
}

struct question {
    struct t87s_tag tag;
    struct t87s_store_tag list;
    struct t87s_store_query query;
};

static struct t87s_store_query *ask_for(struct question *question, const struct client *client, const char *key,
                                        const char *tag) {
    question->tag = tag_of(tag);
    question->list = (struct t87s_store_tag){question->tag.path, question->tag.size};
    question->query = (struct t87s_store_query){key, strlen(key), &question->list, 1, client->deadline_ms};
    return &question->query;
}

enum t87s_status client_read(struct client *client, const char *key, const char *tag, enum t87s_store_state *state,
                             struct t87s_store_birth *birth) {
    struct question question;
    struct t87s_buffer value = {.size = 0};
    struct t87s_store_answer answer = {.value = &value};
    const struct measured call = begin();
    const enum t87s_status status =
        client->store->read(client->store, client->scope, ask_for(&question, client, key, tag), &answer);
    end(client, call);
    if (status == T87S_OK && (answer.state == T87S_STORE_ABSENT || answer.state == T87S_STORE_OUTDATED))
        ck_assert_uint_eq(value.size, 0); /* there is nothing to be served */
    t87s_buffer_release(&value);
    if (state)
        *state = answer.state;
    if (birth)
        *birth = answer.next_birth;
    return status;
}

static enum t87s_status put(struct client *client, const char *key, const char *tag,
                            const struct t87s_store_birth *birth, bool replaces_all) {
    struct question question;
    const struct t87s_store_value value = {
        .bytes = "value", .size = 5, .birth = *birth, .ttl_ms = 600000, .replaces_all = replaces_all};
    const struct measured call = begin();
    const enum t87s_status status =
        client->store->write(client->store, client->scope, ask_for(&question, client, key, tag), &value);
    end(client, call);
    return status;
}

enum t87s_status client_write(struct client *client, const char *key, const char *tag,
                              const struct t87s_store_birth *birth) {
    return put(client, key, tag, birth, false);
}

enum t87s_status client_set(struct client *client, const char *key, const char *tag,
                            const struct t87s_store_birth *birth) {
    return put(client, key, tag, birth, true);
}

enum t87s_status client_invalidate(struct client *client, const char *tag, unsigned flags) {
    const struct t87s_tag path = tag_of(tag);
    const struct t87s_store_tag list = {path.path, path.size};
    const struct measured call = begin();
    const enum t87s_status status =
        client->store->invalidate(client->store, client->scope, &list, 1, flags, client->deadline_ms);
    end(client, call);
    return status;
}

enum t87s_status client_birth(struct client *client, struct t87s_store_birth *birth) {
    const struct measured call = begin();
    const enum t87s_status status = client->store->birth(client->store, client->scope, client->deadline_ms, birth);
    end(client, call);
    return status;
}

/* A call that failed while the machine was late, or soon after, is made once more. */
static bool is_done(struct client *client, enum t87s_status status, const struct measured *first) {
    if (status != T87S_OK && lateness_ms() - first->late_ms > client->deadline_ms / 4 &&
        now_ms() < first->begun_ms + PATIENCE_MS) {
        sleep_ms(2);
        return false;
    }
    ck_assert_int_eq(status, T87S_OK);
    return true;
}

enum t87s_store_state must_read(struct client *client, const char *key, const char *tag) {
    enum t87s_store_state state;
    const struct measured first = begin();
    while (!is_done(client, client_read(client, key, tag, &state, NULL), &first)) {
    }
    return state;
}

struct t87s_store_birth must_bear(struct client *client) {
    struct t87s_store_birth birth;
    const struct measured first = begin();
    while (!is_done(client, client_birth(client, &birth), &first)) {
    }
    return birth;
}

void must_write_born(struct client *client, const char *key, const char *tag, const struct t87s_store_birth *birth) {
    const struct measured first = begin();
    while (!is_done(client, client_write(client, key, tag, birth), &first)) {
    }
}

void must_write(struct client *client, const char *key, const char *tag) {
    const struct t87s_store_birth birth = must_bear(client);
    must_write_born(client, key, tag, &birth);
}

void must_invalidate(struct client *client, const char *tag) {
    const struct measured first = begin();
    while (!is_done(client, client_invalidate(client, tag, 0), &first)) {
    }
}

/* ---- waiting ---- */

void await_answer(struct client *client) { await_answer_about(client, "nobody", "nothing"); }

void await_answer_about(struct client *client, const char *key, const char *tag) {
    const int64_t until = now_ms() + PATIENCE_MS;
    for (int answered = 0; answered < 4; answered++) { /* more than there are lanes */
        if (client_read(client, key, tag, NULL, NULL) == T87S_OK)
            continue;
        answered = -1;
        ck_assert_int_lt(now_ms(), until);
        sleep_ms(2);
    }
}

/* Wakes up in between, since time passes untold. */
static void await(struct client *client, bool (*reached)(const struct client *client, unsigned n), unsigned n) {
    const int64_t until = now_ms() + PATIENCE_MS;
    pthread_mutex_lock(&client->lock);
    while (!reached(client, n)) {
        const int64_t wake = now_ms() + 10;
        ck_assert_int_lt(now_ms(), until);
        pthread_cond_timedwait(&client->told, &client->lock,
                               &(struct timespec){wake / 1000, (long)(wake % 1000) * 1000000});
    }
    pthread_mutex_unlock(&client->lock);
}

static bool is_vouched_for(const struct client *client, unsigned n) {
    (void)n;
    return client->vouched_until > now_ms();
}

static bool is_not(const struct client *client, unsigned n) { return !is_vouched_for(client, n); }

static bool is_lost(const struct client *client, unsigned n) { return client->lost > n; }

void await_vouch(struct client *client) { await(client, is_vouched_for, 0); }

void await_no_vouch(struct client *client) { await(client, is_not, 0); }

void await_lost(struct client *client, unsigned more_than) { await(client, is_lost, more_than); }

static bool is_told(const struct client *client, unsigned n) { return client->invalidated >= n; }

void await_heard(struct client *client, unsigned n) { await(client, is_told, n); }

unsigned heard_so_far(struct client *client) {
    pthread_mutex_lock(&client->lock);
    const unsigned told = client->invalidated;
    pthread_mutex_unlock(&client->lock);
    return told;
}

void invalidate_until_heard(struct client *by, const char *tag, struct client *heard_by) {
    const unsigned heard = heard_so_far(heard_by);
    const int64_t until = now_ms() + PATIENCE_MS;
    do {
        await_vouch(heard_by);
        const unsigned lost = lost_so_far(heard_by);
        must_invalidate(by, tag);
        while (heard_so_far(heard_by) == heard && lost_so_far(heard_by) == lost) {
            ck_assert_int_lt(now_ms(), until);
            sleep_ms(1);
        }
    } while (heard_so_far(heard_by) == heard);
}

static bool is_vouched_anew(const struct client *client, unsigned n) {
    (void)n;
    return client->vouched_until >= client->awaited_until;
}

void await_next_vouch(struct client *client) {
    pthread_mutex_lock(&client->lock);
    client->awaited_until = now_ms() + client->bound_ms + 1; /* by a PING of a later millisecond */
    pthread_mutex_unlock(&client->lock);
    await(client, is_vouched_anew, 0);
}

unsigned lost_so_far(struct client *client) {
    pthread_mutex_lock(&client->lock);
    const unsigned lost = client->lost;
    pthread_mutex_unlock(&client->lock);
    return lost;
}
