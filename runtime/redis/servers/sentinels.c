/* SPDX-License-Identifier: MIT */
#include "sentinels.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#include "patience.h"

struct t87s__sentinels {
    /* immutable */
    const struct t87s__seeds *seeds;

    pthread_mutex_t lock;
    /* under lock */
    bool asking;             /* a round is under way */
    pthread_cond_t answered; /* it is over */
    uint64_t rounds;         /* begun so far */
    uint64_t confirmed;      /* the last one with a majority, and when it began */
    int64_t confirmed_ms;
    int64_t retry_ms, back_off_ms;    /* the last one had none: not before */
    struct t87s__address master;      /* that they named */
    enum t87s__sentinel_word trouble; /* WORD_ADDRESS: none */
    uint64_t term, history;           /* grows with each change of it; 0: nobody has met it */

    /* who is asking's; of each seed */
    struct pollfd *ready;
    struct t87s__sentinel *each;
};

struct t87s__sentinels *t87s__sentinels_open(const struct t87s__seeds *seeds, int64_t timeout_ms) {
    struct t87s__sentinels *all = calloc(1, sizeof *all);
    if (!all)
        return NULL;
    all->seeds = seeds;
    all->ready = calloc(seeds->n, sizeof *all->ready);
    all->each = calloc(seeds->n, sizeof *all->each);
    if (!all->ready || !all->each) {
        free(all->ready);
        free(all->each);
        free(all);
        return NULL;
    }
    for (unsigned i = 0; i < seeds->n; i++)
        t87s__sentinel_open(&all->each[i], &seeds->uris[i], timeout_ms);
    all->trouble = WORD_ADDRESS;
    pthread_mutex_init(&all->lock, NULL);
    t87s__cond_init(&all->answered);
    return all;
}

void t87s__sentinels_close(struct t87s__sentinels *all) {
    if (!all)
        return;
    for (unsigned i = 0; i < all->seeds->n; i++)
        t87s__sentinel_close(&all->each[i]);
    pthread_cond_destroy(&all->answered);
    pthread_mutex_destroy(&all->lock);
    free(all->ready);
    free(all->each);
    free(all);
}

/* ---- a round: of the one thread that is asking ---- */

static bool same(const struct t87s__address *a, const struct t87s__address *b) {
    return a->port == b->port && !strcmp(a->host, b->host);
}

/* The address that more than half of all name; NULL: none so far. */
static const struct t87s__address *majority(const struct t87s__sentinels *all) {
    for (unsigned i = 0; i < all->seeds->n; i++) {
        unsigned votes = 0;
        if (all->each[i].word != WORD_ADDRESS)
            continue;
        for (unsigned other = i; other < all->seeds->n; other++)
            votes += all->each[other].word == WORD_ADDRESS && same(&all->each[i].address, &all->each[other].address);
        if (votes > all->seeds->n / 2)
            return &all->each[i].address;
    }
    return NULL;
}

/* Waits for any of them; false: there is none to wait for, or no time. */
static bool await_any(struct t87s__sentinels *all, int64_t deadline_ms) {
    const int64_t left = deadline_ms - t87s__link_now_ms();
    bool any = false;
    for (unsigned i = 0; i < all->seeds->n; i++) {
        all->ready[i].fd = t87s__sentinel_socket(&all->each[i], &all->ready[i].events);
        any |= all->ready[i].fd >= 0;
    }
    if (!any || left <= 0)
        return false;
    const int n = poll(all->ready, all->seeds->n, left < 1000 ? (int)left : 1000);
    for (unsigned i = 0; i < all->seeds->n && n > 0; i++)
        if (all->ready[i].revents)
            t87s__sentinel_ready(&all->each[i]);
    return true;
}

/* What the first one says that does not name a master. If all do, they are not at one: it passes. */
static enum t87s__sentinel_word trouble_of(const struct t87s__sentinels *all) {
    for (unsigned i = 0; i < all->seeds->n; i++)
        if (all->each[i].word != WORD_ADDRESS)
            return all->each[i].word;
    return WORD_ADDRESS;
}

static enum t87s_status ask_all(struct t87s__sentinels *all, int64_t deadline_ms, struct t87s__address *master) {
    const struct t87s__address *named;
    for (unsigned i = 0; i < all->seeds->n; i++)
        t87s__sentinel_ask(&all->each[i]);
    while (!(named = majority(all)) && await_any(all, deadline_ms)) {
    }
    if (named)
        *master = *named;
    return named ? T87S_OK : t87s__link_now_ms() >= deadline_ms ? T87S_E_TIMEOUT : T87S_E_STORE;
}

/* ---- under the lock ---- */

static void take_round(struct t87s__sentinels *all, uint64_t round, int64_t begun_ms,
                       const struct t87s__address *master) {
    all->back_off_ms = 0;
    all->trouble = WORD_ADDRESS;
    all->confirmed = round;
    all->confirmed_ms = begun_ms;
    if (same(master, &all->master))
        return;
    all->master = *master;
    all->term++;
    all->history = 0;
}

/* The lock is given away meanwhile. */
static enum t87s_status ask(struct t87s__sentinels *all, int64_t deadline_ms) {
    const uint64_t round = ++all->rounds;
    const int64_t begun_ms = t87s__link_now_ms();
    struct t87s__address master;
    all->asking = true;
    pthread_mutex_unlock(&all->lock);
    const enum t87s_status status = ask_all(all, deadline_ms, &master);
    pthread_mutex_lock(&all->lock);
    all->asking = false;
    if (status == T87S_OK) {
        take_round(all, round, begun_ms, &master);
    } else {
        all->trouble = trouble_of(all);
        all->back_off_ms = t87s__back_off(all->back_off_ms, T87S__MOST_BACK_OFF_MS);
        all->retry_ms = t87s__link_now_ms() + all->back_off_ms;
    }
    pthread_cond_broadcast(&all->answered);
    return status;
}

static enum t87s_status await_majority(struct t87s__sentinels *all, int64_t since_ms, int64_t deadline_ms) {
    const struct timespec deadline = t87s__until(deadline_ms);
    const uint64_t before = all->rounds;
    enum t87s_status status = T87S_OK;
    while (status == T87S_OK && all->confirmed <= before && (!all->confirmed || all->confirmed_ms <= since_ms)) {
        const int64_t now = t87s__link_now_ms();
        if (now >= deadline_ms)
            status = T87S_E_TIMEOUT;
        else if (all->asking)
            pthread_cond_timedwait(&all->answered, &all->lock, &deadline);
        else if (now < all->retry_ms)
            status = T87S_E_STORE;
        else
            status = ask(all, deadline_ms);
    }
    return status;
}

/* ---- */

enum t87s_status t87s__sentinels_find(struct t87s__sentinels *all, int64_t deadline_ms, struct t87s__redis_uri *master,
                                      uint64_t *term) {
    pthread_mutex_lock(&all->lock);
    const enum t87s_status status = await_majority(all, T87S__FROM_NOW_ON, deadline_ms);
    *master = all->seeds->uris[0];
    master->path[0] = '\0';
    memcpy(master->host, all->master.host, sizeof master->host);
    master->port = all->master.port;
    *term = all->term;
    pthread_mutex_unlock(&all->lock);
    return status;
}

void t87s__sentinels_met(struct t87s__sentinels *all, uint64_t term, uint64_t history) {
    pthread_mutex_lock(&all->lock);
    if (term == all->term)
        all->history = history;
    pthread_mutex_unlock(&all->lock);
}

enum t87s_status t87s__sentinels_confirm(struct t87s__sentinels *all, uint64_t history, int64_t since_ms,
                                         int64_t deadline_ms, bool *moved) {
    pthread_mutex_lock(&all->lock);
    enum t87s_status status = T87S_OK;
    if (history == all->history)
        status = await_majority(all, since_ms, deadline_ms);
    *moved = history != all->history;
    pthread_mutex_unlock(&all->lock);
    return *moved ? T87S_E_STORE : status;
}

const char *t87s__sentinels_trouble(struct t87s__sentinels *all) {
    pthread_mutex_lock(&all->lock);
    const enum t87s__sentinel_word trouble = all->trouble;
    pthread_mutex_unlock(&all->lock);
    return trouble == WORD_ADDRESS ? NULL : t87s__sentinel_word_text(trouble);
}

/* ---- fork ---- */

void t87s__sentinels_before_fork(struct t87s__sentinels *all) { pthread_mutex_lock(&all->lock); }

void t87s__sentinels_after_fork_in_parent(struct t87s__sentinels *all) { pthread_mutex_unlock(&all->lock); }

void t87s__sentinels_after_fork_in_child(struct t87s__sentinels *all) {
    for (unsigned i = 0; i < all->seeds->n; i++) {
        if (all->asking)
            t87s__sentinel_forget(&all->each[i]);
        else
            t87s__sentinel_close(&all->each[i]);
    }
    all->asking = false;
    all->retry_ms = all->back_off_ms = 0;
    t87s__cond_init(&all->answered);
    pthread_mutex_unlock(&all->lock);
}
