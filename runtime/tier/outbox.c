/* SPDX-License-Identifier: MIT */
#include "outbox.h"

#include <pthread.h>
#include <string.h>

#include "clock.h"
#include "mutants.h"
#include "thread.h"
#include "wait.h"

enum { MOST_BYTES = 1 << 20, FIRST_PAUSE_MS = 20, MOST_PAUSE_MS = 1000 };

struct pending {
    struct pending *next;
    enum t87s__pending_kind kind;
    unsigned flags;
    size_t size;
    unsigned char bytes[];
};

struct t87s__outbox {
    /* immutable */
    struct t87s__memory *memory;
    t87s__outbox_deliver *deliver;
    void *arg;

    /* Atomic: how many there are; relaxed: who has added one sees it anyhow, others began before. */
    _Atomic(size_t) n;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* under lock */
    struct pending *first, **last;
    struct pending *under_way; /* out of the list, and pending still */
    size_t length, bytes;      /* of the list */
    unsigned clears;           /* asked for since the last one was acknowledged; they need no memory */
    bool running, stop;
    pthread_t thread;
};

struct t87s__outbox *t87s__outbox_open(struct t87s__memory *memory, t87s__outbox_deliver *deliver, void *arg) {
    struct t87s__outbox *outbox = t87s__memory_take_zeroed(memory, MEMORY_OTHER, sizeof *outbox);
    if (!outbox)
        return NULL;
    if (!t87s__wait_init(&outbox->changed)) {
        t87s__memory_give(memory, MEMORY_OTHER, outbox, sizeof *outbox);
        return NULL;
    }
    outbox->memory = memory;
    outbox->deliver = deliver;
    outbox->arg = arg;
    outbox->last = &outbox->first;
    pthread_mutex_init(&outbox->lock, NULL);
    return outbox;
}

/* ---- under the lock ---- */

static void recount(struct t87s__outbox *outbox) {
    const size_t others = (outbox->clears ? 1u : 0u) + (outbox->under_way ? 1u : 0u);
    atomic_store_explicit(&outbox->n, outbox->length + others, memory_order_relaxed);
}

static struct pending *take_first(struct t87s__outbox *outbox) {
    struct pending *pending = outbox->first;
    outbox->first = pending->next;
    if (!outbox->first)
        outbox->last = &outbox->first;
    outbox->length--;
    outbox->bytes -= sizeof *pending + pending->size;
    return pending;
}

static void give(struct t87s__outbox *outbox, struct pending *pending) {
    t87s__memory_give(outbox->memory, MEMORY_OTHER, pending, sizeof *pending + pending->size);
}

static void append(struct t87s__outbox *outbox, struct pending *pending) {
    pending->next = NULL;
    *outbox->last = pending;
    outbox->last = &pending->next;
    outbox->length++;
    outbox->bytes += sizeof *pending + pending->size;
}

/* A clear says all that the others say. */
static void become_clear(struct t87s__outbox *outbox) {
    while (outbox->first)
        give(outbox, take_first(outbox));
    outbox->clears++;
}

static struct pending *find(const struct t87s__outbox *outbox, enum t87s__pending_kind kind, const unsigned char *bytes,
                            size_t size, unsigned flags) {
    struct pending *pending = outbox->first;
    while (pending && (pending->kind != kind || pending->flags != flags || pending->size != size ||
                       memcmp(pending->bytes, bytes, size) != 0))
        pending = pending->next;
    return pending;
}

/* ---- delivering: the lock is held, and given away meanwhile ---- */

static bool deliver_clear(struct t87s__outbox *outbox) {
    const unsigned asked = outbox->clears;
    pthread_mutex_unlock(&outbox->lock);
    const enum t87s_status status = outbox->deliver(outbox->arg, PENDING_CLEAR, NULL, 0, 0);
    pthread_mutex_lock(&outbox->lock);
    if (status == T87S_OK)
        outbox->clears -= asked;
    recount(outbox);
    return status == T87S_OK;
}

static bool deliver_first(struct t87s__outbox *outbox) {
    struct pending *pending = outbox->under_way = take_first(outbox);
    pthread_mutex_unlock(&outbox->lock);
    const enum t87s_status status =
        outbox->deliver(outbox->arg, pending->kind, pending->bytes, pending->size, pending->flags);
    pthread_mutex_lock(&outbox->lock);
    outbox->under_way = NULL;
    if (status == T87S_OK || outbox->clears || T87S__MUTANT(PENDING_DROPPED))
        give(outbox, pending);
    else
        append(outbox, pending);
    recount(outbox);
    return status == T87S_OK;
}

static bool deliver_one(struct t87s__outbox *outbox) {
    return outbox->clears ? deliver_clear(outbox) : deliver_first(outbox);
}

static bool is_empty(const struct t87s__outbox *outbox) { return !outbox->clears && !outbox->first; }

static void *deliver_all(void *arg) {
    struct t87s__outbox *outbox = arg;
    int64_t pause = 0;
    pthread_mutex_lock(&outbox->lock);
    while (!outbox->stop) {
        if (is_empty(outbox)) {
            pause = 0;
            pthread_cond_wait(&outbox->changed, &outbox->lock);
        } else if (deliver_one(outbox)) {
            pause = 0;
        } else {
            pause = !pause ? FIRST_PAUSE_MS : pause * 2 < MOST_PAUSE_MS ? pause * 2 : MOST_PAUSE_MS;
            const int64_t until = t87s__clock_now(&t87s__clock_monotonic) + pause;
            while (!outbox->stop && t87s__clock_now(&t87s__clock_monotonic) < until)
                t87s__wait_until(&outbox->changed, &outbox->lock, &t87s__clock_monotonic, until);
        }
    }
    pthread_mutex_unlock(&outbox->lock);
    return NULL;
}

/* Where no thread can be had, the next one that is added or judged tries again, and the close. */
static void start(struct t87s__outbox *outbox) {
    outbox->running = t87s__thread_start(&outbox->thread, deliver_all, outbox);
}

/* ---- */

void t87s__outbox_add(struct t87s__outbox *outbox, enum t87s__pending_kind kind, const unsigned char *bytes,
                      size_t size, unsigned flags) {
    struct pending *pending = NULL;
    pthread_mutex_lock(&outbox->lock);
    const bool stands = outbox->clears || (kind != PENDING_CLEAR && find(outbox, kind, bytes, size, flags));
    if (!stands && kind != PENDING_CLEAR && outbox->bytes + sizeof *pending + size <= MOST_BYTES)
        pending = t87s__memory_take(outbox->memory, MEMORY_OTHER, sizeof *pending + size);
    if (pending) {
        pending->kind = kind;
        pending->flags = flags;
        pending->size = size;
        memcpy(pending->bytes, bytes, size);
        append(outbox, pending);
    } else if (!stands || outbox->clears) { /* a clear under way may have been too early for this */
        become_clear(outbox);
    }
    recount(outbox);
    if (!outbox->running)
        start(outbox);
    pthread_cond_broadcast(&outbox->changed);
    pthread_mutex_unlock(&outbox->lock);
}

void t87s__outbox_end(struct t87s__outbox *outbox, int64_t most_ms) {
    pthread_mutex_lock(&outbox->lock);
    outbox->stop = true;
    pthread_cond_broadcast(&outbox->changed);
    pthread_mutex_unlock(&outbox->lock);
    if (outbox->running)
        pthread_join(outbox->thread, NULL);
    pthread_mutex_lock(&outbox->lock);
    const int64_t until = t87s__clock_now(&t87s__clock_monotonic) + most_ms;
    while (!is_empty(outbox) && deliver_one(outbox) && t87s__clock_now(&t87s__clock_monotonic) < until) {
    }
    pthread_mutex_unlock(&outbox->lock);
}

void t87s__outbox_close(struct t87s__outbox *outbox) {
    if (!outbox)
        return;
    while (outbox->first)
        give(outbox, take_first(outbox));
    pthread_mutex_destroy(&outbox->lock);
    pthread_cond_destroy(&outbox->changed);
    t87s__memory_give(outbox->memory, MEMORY_OTHER, outbox, sizeof *outbox);
}

size_t t87s__outbox_pending(struct t87s__outbox *outbox) {
    return atomic_load_explicit(&outbox->n, memory_order_relaxed);
}

/* ---- judging ---- */

static bool covers(const struct pending *pending, struct t87s_store_tag tag) {
    size_t ends[T87S_MAX_SEGMENTS];
    if (pending->flags & T87S_EXACT)
        return pending->size == tag.size && memcmp(pending->bytes, tag.path, tag.size) == 0;
    if (pending->size > tag.size || memcmp(pending->bytes, tag.path, pending->size) != 0)
        return false;
    const size_t n = t87s_store_prefixes(tag, ends);
    for (size_t i = 0; i < n; i++)
        if (ends[i] == pending->size)
            return true;
    return false;
}

static enum t87s_store_state state_of(const struct pending *pending, const struct t87s_store_query *query) {
    if (pending->kind == PENDING_KEY)
        return pending->size == query->key_size && memcmp(pending->bytes, query->key, query->key_size) == 0
                   ? T87S_STORE_OUTDATED
                   : T87S_STORE_VALID;
    for (size_t i = 0; i < query->n_tags; i++)
        if (covers(pending, query->tags[i]))
            return pending->flags & T87S_SOFT ? T87S_STORE_SOFT : T87S_STORE_OUTDATED;
    return T87S_STORE_VALID;
}

enum t87s_store_state t87s__outbox_judge(struct t87s__outbox *outbox, const struct t87s_store_query *query) {
    enum t87s_store_state worst = T87S_STORE_VALID;
    if (!t87s__outbox_pending(outbox) || T87S__MUTANT(PENDING_NOT_ASKED))
        return worst;
    pthread_mutex_lock(&outbox->lock);
    if (!outbox->running) /* none could be had, or it stayed in the parent */
        start(outbox);
    if (outbox->clears)
        worst = T87S_STORE_OUTDATED;
    if (outbox->under_way && worst != T87S_STORE_OUTDATED)
        worst = state_of(outbox->under_way, query);
    for (const struct pending *pending = outbox->first; pending && worst != T87S_STORE_OUTDATED;
         pending = pending->next) {
        const enum t87s_store_state state = state_of(pending, query);
        worst = state > worst ? state : worst; /* they stand in this order */
    }
    pthread_mutex_unlock(&outbox->lock);
    return worst;
}

/* ---- fork ---- */

void t87s__outbox_lock(struct t87s__outbox *outbox) { pthread_mutex_lock(&outbox->lock); }

void t87s__outbox_unlock(struct t87s__outbox *outbox) { pthread_mutex_unlock(&outbox->lock); }

void t87s__outbox_after_fork(struct t87s__outbox *outbox) {
    outbox->running = false; /* what is pending is delivered by both: the first that asks starts a thread */
    if (outbox->under_way)
        append(outbox, outbox->under_way);
    outbox->under_way = NULL;
    t87s__wait_init(&outbox->changed); /* the thread that waits on it stayed in the parent */
    pthread_mutex_unlock(&outbox->lock);
}
