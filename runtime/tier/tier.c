/* SPDX-License-Identifier: MIT */
#include "tier.h"

#include <pthread.h>

#include "mutants.h"
#include "outbox.h"

struct counters {
    _Atomic(uint64_t) reads, hits, stale_hits, outdated, absent, read_errors, writes, write_errors, mark_errors,
        timeouts;
};

struct t87s__tier {
    struct t87s__memory *memory;
    struct t87s_store *store;
    void *scope;
    struct t87s__outbox *outbox;
    struct counters counters;
    struct t87s__advice advice;
};

/* A thread that is cancelled ends after its call on the store, which need not know how to clean up. */
static void leave_store(const int *state) { pthread_setcancelstate(*state, NULL); }
static int enter_store(void) {
    int before;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
    return before;
}
#define IN_STORE() __attribute__((cleanup(leave_store), unused)) const int in_store = enter_store()

static void count(_Atomic(uint64_t) *counter) { atomic_fetch_add_explicit(counter, 1, memory_order_relaxed); }

/* How a call ended; a failure is counted by its kind as well. */
static enum t87s_status ended(struct t87s__tier *tier, _Atomic(uint64_t) *errors, enum t87s_status status) {
    if (status != T87S_OK && errors)
        count(errors);
    if (status == T87S_E_TIMEOUT)
        count(&tier->counters.timeouts);
    return status;
}

static enum t87s_status deliver(void *arg, enum t87s__pending_kind kind, const unsigned char *bytes, size_t size,
                                unsigned flags) {
    struct t87s__tier *tier = arg;
    struct t87s_store *store = tier->store;
    switch (kind) {
    case PENDING_TAG:
        return store->invalidate(store, tier->scope, &(struct t87s_store_tag){bytes, size}, 1, flags,
                                 store->timeout_ms);
    case PENDING_KEY:
        return store->remove(store, tier->scope, bytes, size, store->timeout_ms);
    case PENDING_CLEAR:
        break;
    }
    return store->clear(store, tier->scope, store->timeout_ms);
}

static void free_tier(struct t87s__tier *tier) {
    t87s__advice_destroy(&tier->advice);
    t87s__memory_give(tier->memory, MEMORY_OTHER, tier, sizeof *tier);
}

enum t87s_status t87s__tier_open(struct t87s__memory *memory, struct t87s_store *store, const char *prefix,
                                 const struct t87s_store_listener *near, struct t87s__tier **out) {
    *out = NULL;
    if (store->version != T87S_STORE_VERSION || store->timeout_ms <= 0)
        return T87S_E_INVALID;
    struct t87s__tier *tier = t87s__memory_take_zeroed(memory, MEMORY_OTHER, sizeof *tier);
    if (!tier)
        return T87S_E_NOMEM;
    tier->memory = memory;
    tier->store = store;
    t87s__advice_init(&tier->advice);
    tier->outbox = t87s__outbox_open(memory, deliver, tier);
    *out = tier;
    enum t87s_status status = tier->outbox ? store->attach(store, prefix, near, &tier->scope) : T87S_E_NOMEM;
    if (status == T87S_OK)
        return T87S_OK;
    *out = NULL;
    t87s__outbox_close(tier->outbox);
    free_tier(tier);
    return status;
}

void t87s__tier_close(struct t87s__tier *tier) {
    if (!tier)
        return;
    t87s__outbox_end(tier->outbox, tier->store->timeout_ms);
    tier->store->detach(tier->store, tier->scope); /* until then it may ask what is pending */
    t87s__outbox_close(tier->outbox);
    free_tier(tier);
}

/* ---- entries ---- */

static void count_found(struct t87s__tier *tier, const struct t87s_store_answer *answer) {
    struct counters *counters = &tier->counters;
    const bool expired = answer->fresh_ms <= 0;
    switch (answer->state) {
    case T87S_STORE_ABSENT:
        count(&counters->absent);
        break;
    case T87S_STORE_VALID:
        count(expired ? &counters->stale_hits : &counters->hits);
        break;
    case T87S_STORE_SOFT:
        count(&counters->stale_hits);
        break;
    case T87S_STORE_OUTDATED:
        count(&counters->outdated);
        break;
    }
}

/* Reads, with `lease` (or NULL) on the way. */
static bool read_entry(struct t87s__tier *tier, const struct t87s_store_query *query, struct t87s_store_lease *lease,
                       struct t87s_store_answer *answer) {
    struct t87s_store *store = tier->store;
    /* Before the read: one that is acknowledged while it is under way is known to the store or to this. */
    const enum t87s_store_state pending = t87s__outbox_judge(tier->outbox, query);
    count(&tier->counters.reads);
    IN_STORE();
    const enum t87s_status status =
        lease ? store->lease(store, tier->scope, query, lease, answer) : store->read(store, tier->scope, query, answer);
    if (ended(tier, &tier->counters.read_errors, status) != T87S_OK)
        return false;
    if (answer->state != T87S_STORE_ABSENT && pending > answer->state)
        answer->state = pending;
    count_found(tier, answer);
    return true;
}

bool t87s__tier_read(struct t87s__tier *tier, const void *key, size_t key_size, const struct t87s_store_tag *tags,
                     size_t n_tags, struct t87s_store_answer *answer) {
    const struct t87s_store_query query = {key, key_size, tags, n_tags, tier->store->timeout_ms};
    return read_entry(tier, &query, NULL, answer);
}

bool t87s__tier_lease(struct t87s__tier *tier, const void *key, size_t key_size, const struct t87s_store_tag *tags,
                      size_t n_tags, struct t87s_store_lease *lease, struct t87s_store_answer *answer) {
    const struct t87s_store_query query = {key, key_size, tags, n_tags, tier->store->timeout_ms};
    lease->yours = false;
    lease->left_ms = 0;
    return tier->store->lease && read_entry(tier, &query, lease, answer);
}

void t87s__tier_release(struct t87s__tier *tier, const void *key, size_t key_size, uint64_t holder) {
    struct t87s_store *store = tier->store;
    const struct t87s_store_query query = {key, key_size, NULL, 0, store->timeout_ms};
    IN_STORE();
    store->release(store, tier->scope, &query, holder); /* at worst it ends by itself */
}

enum t87s_status t87s__tier_write(struct t87s__tier *tier, const void *key, size_t key_size,
                                  const struct t87s_store_tag *tags, size_t n_tags,
                                  const struct t87s_store_value *value) {
    struct t87s_store *store = tier->store;
    const struct t87s_store_query query = {key, key_size, tags, n_tags, store->timeout_ms};
    IN_STORE();
    count(&tier->counters.writes);
    return ended(tier, &tier->counters.write_errors, store->write(store, tier->scope, &query, value));
}

bool t87s__tier_birth(struct t87s__tier *tier, struct t87s_store_birth *birth) {
    struct t87s_store *store = tier->store;
    IN_STORE();
    return ended(tier, NULL, store->birth(store, tier->scope, store->timeout_ms, birth)) == T87S_OK;
}

/* ---- invalidations ---- */

static enum t87s_status pending(struct t87s__tier *tier, enum t87s__pending_kind kind, const unsigned char *bytes,
                                size_t size, unsigned flags) {
    count(&tier->counters.mark_errors);
    t87s__outbox_add(tier->outbox, kind, bytes, size, flags);
    return T87S_PARTIAL;
}

enum t87s_status t87s__tier_invalidate(struct t87s__tier *tier, const struct t87s_store_tag *tags, size_t n,
                                       unsigned flags) {
    struct t87s_store *store = tier->store;
    IN_STORE();
    if (!n || ended(tier, NULL, store->invalidate(store, tier->scope, tags, n, flags, store->timeout_ms)) == T87S_OK)
        return T87S_OK;
    for (size_t i = 0; i < n; i++)
        pending(tier, PENDING_TAG, tags[i].path, tags[i].size, flags);
    return T87S__MUTANT(PARTIAL_UNTOLD) ? T87S_OK : T87S_PARTIAL;
}

enum t87s_status t87s__tier_remove(struct t87s__tier *tier, const void *key, size_t key_size) {
    struct t87s_store *store = tier->store;
    IN_STORE();
    return ended(tier, NULL, store->remove(store, tier->scope, key, key_size, store->timeout_ms)) == T87S_OK
               ? T87S_OK
               : pending(tier, PENDING_KEY, key, key_size, 0);
}

enum t87s_status t87s__tier_clear(struct t87s__tier *tier) {
    struct t87s_store *store = tier->store;
    IN_STORE();
    return ended(tier, NULL, store->clear(store, tier->scope, store->timeout_ms)) == T87S_OK
               ? T87S_OK
               : pending(tier, PENDING_CLEAR, NULL, 0, 0);
}

/* ---- */

void t87s__tier_read_counts(struct t87s__tier *tier, struct t87s__tier_counts *out) {
    struct counters *counters = &tier->counters;
#define READ(name) out->name = atomic_load_explicit(&counters->name, memory_order_relaxed)
    READ(reads);
    READ(hits);
    READ(stale_hits);
    READ(outdated);
    READ(absent);
    READ(read_errors);
    READ(writes);
    READ(write_errors);
    READ(mark_errors);
    READ(timeouts);
#undef READ
    out->pending = t87s__outbox_pending(tier->outbox);
}

struct t87s__advice *t87s__tier_advice(struct t87s__tier *tier) {
    return &tier->advice;
}

void t87s__tier_before_fork(struct t87s__tier *tier) {
    t87s__outbox_lock(tier->outbox);
    pthread_mutex_lock(&tier->advice.lock);
}

void t87s__tier_after_fork(struct t87s__tier *tier, bool is_child) {
    pthread_mutex_unlock(&tier->advice.lock);
    if (is_child)
        t87s__outbox_after_fork(tier->outbox);
    else
        t87s__outbox_unlock(tier->outbox);
}
