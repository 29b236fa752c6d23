/* SPDX-License-Identifier: MIT */
#include "simple_store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct scope {
    char *prefix;
    struct t87s_store_listener listener;
    struct scope *next;
};

struct bytes {
    unsigned char *data;
    size_t size;
};

/* What happened: an invalidation of a tag, or, without a path, a removal of a key or a clear. */
struct event {
    struct bytes path, key;
    char *prefix;
    uint64_t stamp;
    int64_t at_ms;
    unsigned flags;
    struct event *older; /* by stamp */
    struct event *later; /* in the order of happening: nobody was told yet */
};

struct entry {
    struct bytes key, value;
    char *prefix;
    uint64_t birth;
    int64_t ended_ms, ttl_ms, grace_ms;
    bool not_found;
    struct entry *next;
};

struct lease {
    struct bytes key;
    char *prefix;
    uint64_t holder, birth;
    int64_t until_ms;
    struct lease *next;
};

struct stop {
    void (*stop)(void *arg); /* NULL: does not */
    void *arg;
};

struct simple_store {
    struct t87s_store base; /* first member */
    const struct t87s_clock *clock;
    pthread_mutex_t lock;
    /* under lock */
    struct scope *scopes;
    struct event *events; /* the newest stamp first */
    struct event *untold, **last_untold;
    struct entry *entries;
    struct lease *leases;
    uint64_t stamp, flushed;
    enum t87s_status failing;
    bool failing_marks, telling;
    int64_t vouched_until;
    struct simple_store_calls calls;
    struct stop stops[STORE_WRITE + 1]; /* of the next call */
    struct t87s_stats last;
};

static void *must(void *memory) {
    if (!memory)
        abort();
    return memory;
}

static struct bytes copy(const void *data, size_t size) {
    struct bytes bytes = {must(malloc(size + 1)), size};
    memcpy(bytes.data, size ? data : "", size);
    return bytes;
}

static bool equal(struct bytes a, const void *data, size_t size) {
    return a.size == size && (!size || memcmp(a.data, data, size) == 0);
}

static int64_t now_of(struct simple_store *self) {
    if (self->clock)
        return self->clock->now_ms(self->clock->arg);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct simple_store *self_of(struct t87s_store *store) { return (struct simple_store *)store; }

/* ---- telling ---- */

static void tell_one(struct simple_store *self, const struct event *event) {
    for (struct scope *scope = self->scopes; scope; scope = scope->next) {
        const struct t87s_store_listener *listener = &scope->listener;
        if (strcmp(scope->prefix, event->prefix) != 0)
            continue;
        if (event->path.size)
            listener->invalidated(listener->arg, &(struct t87s_store_tag){event->path.data, event->path.size}, 1,
                                  event->flags);
        else if (event->key.size)
            listener->removed(listener->arg, event->key.data, event->key.size);
        else
            listener->lost(listener->arg);
    }
}

static void vouch(struct simple_store *self) {
    for (struct scope *scope = self->scopes; scope && self->telling && self->failing == T87S_OK; scope = scope->next)
        scope->listener.vouched(scope->listener.arg, self->vouched_until);
}

static void tell_all(struct simple_store *self) {
    if (!self->telling || self->failing != T87S_OK)
        return;
    for (; self->untold; self->untold = self->untold->later)
        tell_one(self, self->untold);
    self->last_untold = &self->untold;
    vouch(self);
}

static void happen(struct simple_store *self, const struct scope *scope, struct t87s_store_tag tag, const void *key,
                   size_t key_size, unsigned flags, uint64_t stamp) {
    struct event *event = must(calloc(1, sizeof *event));
    struct event **at = &self->events;
    while (*at && (*at)->stamp > stamp)
        at = &(*at)->older;
    *event = (struct event){.path = copy(tag.path, tag.size),
                            .key = copy(key, key_size),
                            .prefix = must(strdup(scope->prefix)),
                            .stamp = stamp,
                            .at_ms = now_of(self),
                            .flags = flags,
                            .older = *at};
    *at = event;
    *self->last_untold = event;
    self->last_untold = &event->later;
}

/* ---- judging ---- */

static bool covers(const struct event *event, struct t87s_store_tag tag) {
    if (event->flags & T87S_EXACT)
        return equal(event->path, tag.path, tag.size);
    size_t ends[T87S_MAX_SEGMENTS], n = t87s_store_prefixes(tag, ends);
    for (size_t i = 0; i < n; i++)
        if (equal(event->path, tag.path, ends[i]))
            return true;
    return false;
}

static bool concerns(const struct event *event, const struct t87s_store_query *query) {
    if (!event->path.size)
        return !event->key.size || equal(event->key, query->key, query->key_size);
    for (size_t i = 0; i < query->n_tags; i++)
        if (covers(event, query->tags[i]))
            return true;
    return false;
}

static enum t87s_store_state judge(struct simple_store *self, const struct scope *scope,
                                   const struct t87s_store_query *query, uint64_t birth, int64_t *soft_ms) {
    enum t87s_store_state state = birth <= self->flushed ? T87S_STORE_OUTDATED : T87S_STORE_VALID;
    for (const struct event *event = self->events; event && event->stamp > birth; event = event->older) {
        if (strcmp(event->prefix, scope->prefix) != 0 || !concerns(event, query))
            continue;
        if (!(event->flags & T87S_SOFT))
            return T87S_STORE_OUTDATED;
        if (state == T87S_STORE_VALID)
            state = T87S_STORE_SOFT;
        *soft_ms = now_of(self) - event->at_ms; /* of the last one seen, which is the first after the birth */
    }
    return state;
}

static struct entry **find(struct simple_store *self, const struct scope *scope, const void *key, size_t size) {
    struct entry **at = &self->entries;
    while (*at && (strcmp((*at)->prefix, scope->prefix) != 0 || !equal((*at)->key, key, size)))
        at = &(*at)->next;
    return at;
}

static void drop(struct entry **at) {
    struct entry *entry = *at;
    if (!entry)
        return;
    *at = entry->next;
    free(entry->key.data);
    free(entry->value.data);
    free(entry->prefix);
    free(entry);
}

/* ---- the interface ---- */

static enum t87s_status attach(struct t87s_store *store, const char *prefix, const struct t87s_store_listener *listener,
                               void **out) {
    struct simple_store *self = self_of(store);
    struct scope *scope = must(calloc(1, sizeof *scope));
    pthread_mutex_lock(&self->lock);
    *scope = (struct scope){must(strdup(prefix)), *listener, self->scopes};
    self->scopes = scope;
    vouch(self);
    pthread_mutex_unlock(&self->lock);
    *out = scope;
    return T87S_OK;
}

static void detach(struct t87s_store *store, void *scope) {
    struct simple_store *self = self_of(store);
    const struct t87s_store_listener *listener = &((struct scope *)scope)->listener;
    size_t n;
    if (listener->report)
        (void)listener->report(listener->arg, &self->last, NULL, 0, &n);
    pthread_mutex_lock(&self->lock);
    struct scope **at = &self->scopes;
    while (*at != scope)
        at = &(*at)->next;
    *at = (*at)->next;
    pthread_mutex_unlock(&self->lock);
    free(((struct scope *)scope)->prefix);
    free(scope);
}

static void stop_at(struct simple_store *self, enum simple_store_call call) {
    pthread_mutex_lock(&self->lock);
    const struct stop stop = self->stops[call];
    self->stops[call].stop = NULL;
    pthread_mutex_unlock(&self->lock);
    if (stop.stop)
        stop.stop(stop.arg);
}

/* Takes the lock, which is held on T87S_OK only. */
static enum t87s_status enter(struct simple_store *self, unsigned long *count) {
    pthread_mutex_lock(&self->lock);
    ++*count;
    const enum t87s_status status = self->failing;
    if (status != T87S_OK)
        pthread_mutex_unlock(&self->lock);
    return status;
}

static enum t87s_status enter_to_mark(struct simple_store *self, unsigned long *count) {
    enum t87s_status status = enter(self, count);
    if (status == T87S_OK && self->failing_marks) {
        status = T87S_E_STORE;
        pthread_mutex_unlock(&self->lock);
    }
    return status;
}

static enum t87s_status leave(struct simple_store *self) {
    tell_all(self);
    pthread_mutex_unlock(&self->lock);
    return T87S_OK;
}

/* The lock is held. */
static enum t87s_status look(struct simple_store *self, const struct scope *scope, const struct t87s_store_query *query,
                             struct t87s_store_answer *answer) {
    answer->state = T87S_STORE_ABSENT;
    answer->next_birth = (struct t87s_store_birth){{self->stamp}};
    const struct entry *entry = *find(self, scope, query->key, query->key_size);
    if (entry) {
        answer->state = judge(self, scope, query, entry->birth, &answer->soft_ms);
        answer->not_found = entry->not_found;
        answer->age_ms = now_of(self) - entry->ended_ms;
        answer->fresh_ms = entry->ttl_ms - answer->age_ms;
        answer->grace_ms = entry->grace_ms;
        if (answer->state != T87S_STORE_OUTDATED)
            return t87s_buffer_append(answer->value, entry->value.data, entry->value.size);
    }
    return T87S_OK;
}

static enum t87s_status read_entry(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                   struct t87s_store_answer *answer) {
    struct simple_store *self = self_of(store);
    stop_at(self, STORE_READ);
    enum t87s_status status = enter(self, &self->calls.reads);
    if (status != T87S_OK)
        return status;
    status = look(self, scope, query, answer);
    leave(self);
    return status;
}

static struct lease **find_lease(struct simple_store *self, const struct scope *scope,
                                 const struct t87s_store_query *query) {
    struct lease **at = &self->leases;
    while (*at && (strcmp((*at)->prefix, scope->prefix) != 0 || !equal((*at)->key, query->key, query->key_size)))
        at = &(*at)->next;
    return at;
}

static void drop_lease(struct lease **at) {
    struct lease *lease = *at;
    *at = lease->next;
    free(lease->key.data);
    free(lease->prefix);
    free(lease);
}

static void end_lease(struct simple_store *self, const struct scope *scope, const struct t87s_store_query *query,
                      uint64_t holder) {
    struct lease **at = find_lease(self, scope, query);
    if (*at && (*at)->holder == holder)
        drop_lease(at);
}

static enum t87s_status take_lease(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                   struct t87s_store_lease *lease, struct t87s_store_answer *answer) {
    struct simple_store *self = self_of(store);
    stop_at(self, STORE_LEASE);
    enum t87s_status status = enter(self, &self->calls.leases);
    if (status != T87S_OK)
        return status;
    struct lease **at = find_lease(self, scope, query);
    int64_t soft_ms;
    if (*at &&
        ((*at)->until_ms <= now_of(self) || judge(self, scope, query, (*at)->birth, &soft_ms) != T87S_STORE_VALID))
        drop_lease(at);
    at = find_lease(self, scope, query);
    if (!*at && lease->lasts_ms) {
        *at = must(calloc(1, sizeof **at));
        **at = (struct lease){.key = copy(query->key, query->key_size),
                              .prefix = must(strdup(((struct scope *)scope)->prefix)),
                              .holder = lease->holder,
                              .birth = lease->birth.stamps[0],
                              .until_ms = now_of(self) + lease->lasts_ms};
    }
    lease->yours = *at && (*at)->holder == lease->holder;
    lease->left_ms = *at && !lease->yours ? (*at)->until_ms - now_of(self) : 0;
    status = look(self, scope, query, answer);
    leave(self);
    return status;
}

static enum t87s_status release(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                uint64_t holder) {
    struct simple_store *self = self_of(store);
    const enum t87s_status status = enter(self, &self->calls.releases);
    if (status != T87S_OK)
        return status;
    end_lease(self, scope, query, holder);
    return leave(self);
}

static enum t87s_status take_birth(struct t87s_store *store, void *scope, int64_t deadline_ms,
                                   struct t87s_store_birth *birth) {
    struct simple_store *self = self_of(store);
    const enum t87s_status status = enter(self, &self->calls.births);
    (void)scope, (void)deadline_ms;
    if (status != T87S_OK)
        return status;
    *birth = (struct t87s_store_birth){{++self->stamp}};
    return leave(self);
}

static enum t87s_status write_entry(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                    const struct t87s_store_value *value) {
    struct simple_store *self = self_of(store);
    stop_at(self, STORE_WRITE);
    const enum t87s_status status = enter(self, &self->calls.writes);
    if (status != T87S_OK)
        return status;
    const uint64_t birth = value->birth.stamps[0] ? value->birth.stamps[0] : ++self->stamp;
    if (value->replaces_all)
        happen(self, scope, (struct t87s_store_tag){NULL, 0}, query->key, query->key_size, 0, birth);
    int64_t soft_ms = 0;
    struct entry **at = find(self, scope, query->key, query->key_size);
    if (judge(self, scope, query, birth, &soft_ms) != T87S_STORE_OUTDATED && (!*at || (*at)->birth <= birth)) {
        drop(at);
        struct entry *entry = must(calloc(1, sizeof *entry));
        *entry = (struct entry){.key = copy(query->key, query->key_size),
                                .value = copy(value->bytes, value->size),
                                .prefix = must(strdup(((struct scope *)scope)->prefix)),
                                .birth = birth,
                                .ended_ms = now_of(self),
                                .ttl_ms = value->ttl_ms,
                                .grace_ms = value->grace_ms,
                                .not_found = value->not_found,
                                .next = self->entries};
        self->entries = entry;
    }
    end_lease(self, scope, query, value->lease);
    return leave(self);
}

static enum t87s_status invalidate(struct t87s_store *store, void *scope, const struct t87s_store_tag *tags, size_t n,
                                   unsigned flags, int64_t deadline_ms) {
    struct simple_store *self = self_of(store);
    const enum t87s_status status = enter_to_mark(self, &self->calls.invalidations);
    (void)deadline_ms;
    if (status != T87S_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        happen(self, scope, tags[i], NULL, 0, flags, ++self->stamp);
    return leave(self);
}

static enum t87s_status remove_key(struct t87s_store *store, void *scope, const void *key, size_t key_size,
                                   int64_t deadline_ms) {
    struct simple_store *self = self_of(store);
    const enum t87s_status status = enter_to_mark(self, &self->calls.removals);
    (void)deadline_ms;
    if (status != T87S_OK)
        return status;
    happen(self, scope, (struct t87s_store_tag){NULL, 0}, key, key_size, 0, ++self->stamp);
    drop(find(self, scope, key, key_size));
    return leave(self);
}

static enum t87s_status clear(struct t87s_store *store, void *scope, int64_t deadline_ms) {
    struct simple_store *self = self_of(store);
    const enum t87s_status status = enter_to_mark(self, &self->calls.clears);
    (void)deadline_ms;
    if (status != T87S_OK)
        return status;
    happen(self, scope, (struct t87s_store_tag){NULL, 0}, NULL, 0, 0, ++self->stamp);
    return leave(self);
}

static void close_store(struct t87s_store *store) {
    struct simple_store *self = self_of(store);
    while (self->entries)
        drop(&self->entries);
    while (self->leases)
        drop_lease(&self->leases);
    while (self->events) {
        struct event *event = self->events;
        self->events = event->older;
        free(event->path.data);
        free(event->key.data);
        free(event->prefix);
        free(event);
    }
    pthread_mutex_destroy(&self->lock);
    free(self);
}

/* ---- what tests do to it ---- */

struct simple_store *simple_store_open(const struct t87s_clock *clock) {
    struct simple_store *self = must(calloc(1, sizeof *self));
    *self = (struct simple_store){
        .base = {T87S_STORE_VERSION, attach, detach, read_entry, take_birth, write_entry, invalidate, remove_key, clear,
                 take_lease, release, 1000, false, close_store, 0},
        .clock = clock,
        .stamp = 1,
        .telling = true,
        .vouched_until = INT64_MAX,
    };
    self->last_untold = &self->untold;
    pthread_mutex_init(&self->lock, NULL);
    return self;
}

struct t87s_store *simple_store_base(struct simple_store *self) {
    return &self->base;
}

void simple_store_without_leases(struct simple_store *self) {
    self->base.lease = NULL;
    self->base.release = NULL;
}

void simple_store_fail(struct simple_store *self, enum t87s_status status) {
    pthread_mutex_lock(&self->lock);
    self->failing = status;
    tell_all(self);
    pthread_mutex_unlock(&self->lock);
}

void simple_store_fail_marks(struct simple_store *self, bool fail) {
    pthread_mutex_lock(&self->lock);
    self->failing_marks = fail;
    pthread_mutex_unlock(&self->lock);
}

void simple_store_tell(struct simple_store *self, bool told) {
    pthread_mutex_lock(&self->lock);
    self->telling = told;
    tell_all(self);
    pthread_mutex_unlock(&self->lock);
}

void simple_store_tell_vouches(struct simple_store *self) {
    pthread_mutex_lock(&self->lock);
    for (struct scope *scope = self->scopes; scope; scope = scope->next)
        scope->listener.vouched(scope->listener.arg, self->vouched_until);
    pthread_mutex_unlock(&self->lock);
}

void simple_store_vouch(struct simple_store *self, int64_t until_ms) {
    pthread_mutex_lock(&self->lock);
    self->vouched_until = until_ms;
    tell_all(self);
    pthread_mutex_unlock(&self->lock);
}

void simple_store_advise(struct simple_store *self, const struct t87s_store_advice *advice, size_t n) {
    for (struct scope *scope = self->scopes; scope; scope = scope->next)
        scope->listener.advised(scope->listener.arg, advice, n);
}

struct t87s_stats simple_store_last(const struct simple_store *self) {
    return self->last;
}

const char *simple_store_report(struct simple_store *self, struct t87s_stats *stats, struct t87s_query_stats *queries,
                                size_t room, size_t *n) {
    return self->scopes->listener.report(self->scopes->listener.arg, stats, queries, room, n);
}

void simple_store_miss(struct simple_store *self) {
    pthread_mutex_lock(&self->lock);
    self->untold = NULL;
    self->last_untold = &self->untold;
    pthread_mutex_unlock(&self->lock);
}

void simple_store_stop(struct simple_store *self, enum simple_store_call call, void (*stop)(void *arg), void *arg) {
    pthread_mutex_lock(&self->lock);
    self->stops[call] = (struct stop){stop, arg};
    pthread_mutex_unlock(&self->lock);
}

void simple_store_flush(struct simple_store *self) {
    pthread_mutex_lock(&self->lock);
    while (self->entries)
        drop(&self->entries);
    self->flushed = ++self->stamp;
    pthread_mutex_unlock(&self->lock);
}

struct simple_store_calls simple_store_calls(struct simple_store *self) {
    pthread_mutex_lock(&self->lock);
    const struct simple_store_calls calls = self->calls;
    pthread_mutex_unlock(&self->lock);
    return calls;
}
