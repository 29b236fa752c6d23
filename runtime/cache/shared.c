/* SPDX-License-Identifier: MIT */
#include "shared.h"

#include "clock.h"
#include "mutants.h"
#include "tag_path.h"
#include "tags_of_key.h"

/* ---- hearing ---- */

static void count_heard(struct t87s_cache *cache, size_t n) {
    atomic_fetch_add_explicit(&cache->heard, n, memory_order_relaxed);
}

static void hear_invalidated(void *arg, const struct t87s_store_tag *tags, size_t n, unsigned flags) {
    count_heard(arg, n);
    for (size_t i = 0; i < n; i++)
        if (t87s__tag_path_valid(tags[i].path, tags[i].size) && !(flags & ~(T87S_SOFT | T87S_EXACT)))
            t87s__near_invalidate(arg, tags[i].path, tags[i].size, flags);
        else /* of a later version: something was invalidated */
            t87s__near_clear(arg);
}

/* A key in the store: which kind, then its bytes. */
enum { KEY_GENERATED = 'g', KEY_BY_HAND = 'h' };

static void hear_removed(void *arg, const void *bytes, size_t size) {
    struct t87s_cache *cache = arg;
    const unsigned char *key = bytes;
    count_heard(cache, 1);
    if (size < 2)
        return;
    const struct t87s__key local = t87s__key_make(key + 1, size - 1, key[0] == KEY_GENERATED, cache->seed);
    t87s__near_remove(cache, &local);
}

static void hear_lost(void *arg) {
    struct t87s_cache *cache = arg;
    if (T87S__MUTANT(LOST_IGNORED))
        return;
    atomic_fetch_add_explicit(&cache->losses, 1, memory_order_relaxed);
    /* Release: pairs with the acquire in t87s__near_time(). */
    atomic_store_explicit(&cache->near_until_ms, INT64_MIN, memory_order_release);
    t87s__near_clear(cache);
}

static void hear_vouched(void *arg, int64_t until_ms) {
    struct t87s_cache *cache = arg;
    if (cache->near_off)
        return;
    const int64_t now = t87s__clock_now(cache->clock); /* first: whatever comes in between makes the lease shorter */
    const int64_t left = until_ms == INT64_MAX || T87S__MUTANT(LEASE_IGNORED)
                             ? INT64_MAX
                             : until_ms - t87s__clock_now(&t87s__clock_monotonic);
    /* A hit may read a clock that is a little behind. */
    const int64_t until = t87s__time_add(now - t87s__time_behind_ms(&cache->time), left);
    atomic_store_explicit(&cache->near_until_ms, until, memory_order_release); /* as above */
}

static void hear_advised(void *arg, const struct t87s_store_advice *advice, size_t n) {
    struct t87s_cache *cache = arg;
    t87s__advice_replace(t87s__tier_advice(cache->tier), advice, n, &cache->trace);
}

static const char *report(void *arg, struct t87s_stats *stats, struct t87s_query_stats *queries, size_t room,
                          size_t *n) {
    struct t87s_cache *cache = arg;
    t87s__stats_now(cache, stats);
    *n = t87s_stats_queries(cache, queries, room);
    return cache->schema_name;
}

/* ---- tokens ---- */

/* The births that belong to the last tokens. An older one is taken for the oldest thing there is. */
enum { TOKENS = 256 };

struct t87s__shared_tokens {
    pthread_mutex_t lock;
    uint64_t stamps[TOKENS];
    struct t87s_store_birth births[TOKENS];
    unsigned next;
};

void t87s__shared_token(struct t87s_cache *cache, uint64_t stamp) {
    struct t87s_store_birth birth;
    if (!cache->tier || !t87s__tier_birth(cache->tier, &birth))
        return;
    struct t87s__shared_tokens *tokens = cache->tokens;
    pthread_mutex_lock(&tokens->lock);
    tokens->stamps[tokens->next] = stamp;
    tokens->births[tokens->next] = birth;
    tokens->next = (tokens->next + 1) % TOKENS;
    pthread_mutex_unlock(&tokens->lock);
}

static bool birth_of_token(struct t87s_cache *cache, uint64_t stamp, struct t87s_store_birth *birth) {
    struct t87s__shared_tokens *tokens = cache->tokens;
    bool found = false;
    pthread_mutex_lock(&tokens->lock);
    for (unsigned i = 0; i < TOKENS && !found; i++) {
        found = tokens->stamps[i] == stamp;
        if (found)
            *birth = tokens->births[i];
    }
    pthread_mutex_unlock(&tokens->lock);
    return found;
}

/* ---- open, close ---- */

enum t87s_status t87s__shared_open(struct t87s_cache *cache, struct t87s_store *store) {
    const struct t87s_store_listener listener = {cache,        hear_invalidated, hear_removed, hear_lost,
                                                 hear_vouched, hear_advised,     report};
    if (!store)
        return T87S_OK;
    cache->near_off = store->near_off;
    cache->bound_ms = store->near_off || store->bound_ms < 0 ? 0 : store->bound_ms;
    if (!cache->near_off) /* nobody vouches for what is near while the process stands still */
        t87s__time_distrust(&cache->time);
    cache->tokens = t87s__memory_take_zeroed(cache->memory, MEMORY_OTHER, sizeof *cache->tokens);
    if (!cache->tokens)
        return T87S_E_NOMEM;
    pthread_mutex_init(&cache->tokens->lock, NULL);
    atomic_store_explicit(&cache->near_until_ms, INT64_MIN, memory_order_relaxed); /* nobody has vouched yet */
    return t87s__tier_open(cache->memory, store, cache->prefix, &listener, &cache->tier);
}

void t87s__shared_close(struct t87s_cache *cache) {
    t87s__tier_close(cache->tier);
    cache->tier = NULL;
    if (!cache->tokens)
        return;
    pthread_mutex_destroy(&cache->tokens->lock);
    t87s__memory_give(cache->memory, MEMORY_OTHER, cache->tokens, sizeof *cache->tokens);
    cache->tokens = NULL;
}

void t87s__shared_before_fork(struct t87s_cache *cache) {
    if (!cache->tier)
        return;
    pthread_mutex_lock(&cache->tokens->lock);
    t87s__tier_before_fork(cache->tier);
}

void t87s__shared_after_fork(struct t87s_cache *cache, bool is_child) {
    if (!cache->tier)
        return;
    t87s__tier_after_fork(cache->tier, is_child);
    pthread_mutex_unlock(&cache->tokens->lock);
    if (is_child) /* who listens is not here */
        atomic_store_explicit(&cache->near_until_ms, INT64_MIN, memory_order_relaxed);
}

/* ---- what the store is asked ---- */

/* Gathers paths: first only their size, then the bytes. */
struct gathering {
    struct t87s__shared *into; /* NULL: only counts */
    size_t size;
};

static void gather(void *arg, const unsigned char *path, size_t size) {
    struct gathering *gathering = arg;
    struct t87s__shared *into = gathering->into;
    if (into) {
        unsigned char *at = into->bytes + gathering->size;
        memcpy(at, path, size);
        into->tags[into->n_tags++] = (struct t87s_store_tag){at, size};
    }
    gathering->size += size;
}

static void gather_all(struct gathering *gathering, const struct t87s__source *source, const struct t87s__key *key,
                       const struct t87s_tag *tags, size_t n_tags) {
    if (source->gen)
        t87s__tags_of_key(source->gen, source->kind, key->bytes, gather, gathering);
    for (size_t i = 0; i < n_tags; i++)
        gather(gathering, tags[i].path, tags[i].size);
}

struct t87s__shared *t87s__shared_make(struct t87s_cache *cache, const struct t87s__source *source,
                                       const struct t87s__key *key, const struct t87s_tag *tags, size_t n_tags) {
    struct gathering gathering = {NULL, 1 + key->size};
    if (!cache->tier || source->ttl_ms <= 0)
        return NULL;
    gather_all(&gathering, source, key, tags, n_tags);
    const size_t size = sizeof(struct t87s__shared) + gathering.size;
    struct t87s__shared *shared = t87s__memory_take(cache->memory, MEMORY_OTHER, size);
    if (!shared)
        return NULL;
    memset(shared, 0, sizeof *shared);
    shared->block_size = size;
    shared->key = shared->bytes;
    shared->key_size = 1 + key->size;
    shared->bytes[0] = key->generated ? KEY_GENERATED : KEY_BY_HAND;
    memcpy(shared->bytes + 1, key->bytes, key->size);
    gathering = (struct gathering){shared, shared->key_size};
    gather_all(&gathering, source, key, tags, n_tags);
    return shared;
}

void t87s__shared_free(struct t87s_cache *cache, struct t87s__shared *shared) {
    if (shared)
        t87s__memory_give(cache->memory, MEMORY_OTHER, shared, shared->block_size);
}

/* ---- queries ---- */

/* Whether an answer of the store may be used, and if so until when it is fresh: *fresh_ms, negative for a stale one. */
static bool usable(const struct t87s_store_answer *answer, const struct t87s__source *source, enum t87s__shared_use use,
                   int64_t *fresh_ms) {
    if (use == SHARED_ORDER || answer->state == T87S_STORE_ABSENT || answer->state == T87S_STORE_OUTDATED)
        return false;
    if (answer->not_found && source->negative_ms <= 0)
        return false; /* another caller keeps that; this one wants to know */
    if (!answer->not_found && source->gen && source->gen->value_size && answer->value->size != source->gen->value_size)
        return false; /* of another layout, whatever it calls itself */
    *fresh_ms = answer->fresh_ms;
    if (answer->state == T87S_STORE_SOFT && -answer->soft_ms < *fresh_ms)
        *fresh_ms = -answer->soft_ms; /* its ttl ended then */
    if (answer->state == T87S_STORE_VALID && *fresh_ms > 0)
        return true;
    const int64_t grace = answer->grace_ms < source->grace_ms ? answer->grace_ms : source->grace_ms;
    return use != SHARED_REFRESH && !answer->not_found && grace > 0 && *fresh_ms > -grace;
}

bool t87s__shared_use(struct t87s_cache *cache, struct t87s__shared *shared, const struct t87s__source *source,
                      enum t87s__shared_use use, const struct t87s_store_answer *answer, int64_t asked_ms,
                      struct t87s__fetched *fetched) {
    int64_t fresh_ms;
    shared->servable = answer->state == T87S_STORE_VALID || answer->state == T87S_STORE_SOFT;
    shared->fetch_birth = answer->next_birth;
    if (use == SHARED_SERVE && !t87s__keep_small(cache, shared->key_size + answer->value->size))
        use = SHARED_REFRESH;
    if (!usable(answer, source, use, &fresh_ms)) {
        t87s__fetched_drop(fetched);
        return false;
    }
    fetched->stored = true;
    fetched->stale = fresh_ms <= 0 || answer->state == T87S_STORE_SOFT;
    fetched->status = answer->not_found ? T87S_NOT_FOUND : T87S_OK;
    fetched->value = fetched->buffer.data;
    fetched->size = fetched->buffer.size;
    fetched->ended_ms = asked_ms;
    fetched->age_ms = answer->age_ms;
    fetched->fresh_ms = fresh_ms;
    fetched->grace_ms = answer->grace_ms;
    return true;
}

bool t87s__shared_read(struct t87s_cache *cache, struct t87s__shared *shared, const struct t87s__source *source,
                       enum t87s__shared_use use, struct t87s__fetched *fetched) {
    struct t87s_store_answer answer = {.value = &fetched->buffer};
    if (!shared || shared->answered)
        return false;
    const int64_t asked_ms = t87s__time_exact(&cache->time); /* what the store says is from then or later */
    if (!t87s__tier_read(cache->tier, shared->key, shared->key_size, shared->tags, shared->n_tags, &answer)) {
        t87s__fetched_drop(fetched);
        return false;
    }
    shared->answered = true;
    shared->birth = answer.next_birth;
    return t87s__shared_use(cache, shared, source, use, &answer, asked_ms, fetched);
}

void t87s__shared_ask_again(struct t87s__shared *shared) {
    if (shared)
        shared->answered = false;
}

void t87s__shared_write(struct t87s_cache *cache, struct t87s__shared *shared, const struct t87s__source *source,
                        const struct t87s__fetched *fetched) {
    static const struct t87s_store_birth of_now;
    const bool not_found = fetched->status == T87S_NOT_FOUND;
    if (!shared || !shared->answered || fetched->stored || (fetched->status != T87S_OK && !not_found))
        return;
    const struct t87s_store_value value = {.bytes = not_found ? NULL : fetched->value,
                                           .size = not_found ? 0 : fetched->size,
                                           .not_found = not_found,
                                           .birth = T87S__MUTANT(BIRTH_OF_NOW) ? of_now : shared->fetch_birth,
                                           .lease = shared->lease,
                                           .ttl_ms = fetched->ttl_ms,
                                           .grace_ms = not_found || source->grace_ms < 0 ? 0 : source->grace_ms};
    if (value.ttl_ms > 0) {
        shared->settled = t87s__tier_write(cache->tier, shared->key, shared->key_size, shared->tags, shared->n_tags,
                                           &value) == T87S_OK;
        if (shared->settled)
            shared->lease = 0;
    } else if (shared->servable) {
        t87s__shared_correct(cache, shared); /* gone from the source: its grace ends */
    }
}

void t87s__shared_correct(struct t87s_cache *cache, struct t87s__shared *shared) {
    if (!shared || shared->settled)
        return;
    shared->settled = true;
    t87s__tier_remove(cache->tier, shared->key, shared->key_size);
}

bool t87s__shared_may_join(const struct t87s__shared *own, const struct t87s__shared *leaders) {
    if (!own || !own->answered || !leaders || !leaders->answered)
        return false;
    return !memcmp(&leaders->birth, &own->birth, sizeof own->birth); /* which is greater only the store can tell */
}

/* ---- writes ---- */

/* The key as the store calls it; up to `room` bytes on the stack, else a block. */
struct store_key {
    unsigned char bytes[256], *block;
    const unsigned char *at;
    size_t size;
};

static bool make_key(struct t87s_cache *cache, const struct t87s__key *key, struct store_key *out) {
    out->size = 1 + key->size;
    out->block = out->size <= sizeof out->bytes ? NULL : t87s__memory_take(cache->memory, MEMORY_OTHER, out->size);
    unsigned char *at = out->size <= sizeof out->bytes ? out->bytes : out->block;
    out->at = at;
    if (!at)
        return false;
    at[0] = key->generated ? KEY_GENERATED : KEY_BY_HAND;
    memcpy(at + 1, key->bytes, key->size);
    return true;
}

static void free_key(struct t87s_cache *cache, const struct store_key *key) {
    if (key->block)
        t87s__memory_give(cache->memory, MEMORY_OTHER, key->block, key->size);
}

enum t87s_status t87s__shared_set(struct t87s_cache *cache, const struct t87s__key *key, const void *value, size_t size,
                                  const struct t87s_set_options *options) {
    struct t87s_store_value entry = {.bytes = value, .size = size, .replaces_all = true};
    struct t87s_store_tag tags[T87S_MAX_TAGS];
    struct store_key name;
    if (!cache->tier)
        return T87S_OK;
    if (!make_key(cache, key, &name))
        return t87s__shared_clear(cache); /* no memory: the other way to make it unfindable */
    entry.ttl_ms = options->ttl_ms ? options->ttl_ms : cache->default_ttl_ms;
    entry.grace_ms = options->grace_ms ? options->grace_ms : cache->default_grace_ms;
    if (entry.grace_ms < 0)
        entry.grace_ms = 0;
    for (size_t i = 0; i < options->n_tags; i++)
        tags[i] = (struct t87s_store_tag){options->tags[i].path, options->tags[i].size};
    const bool ordered = !options->token.stamp || birth_of_token(cache, options->token.stamp, &entry.birth);
    enum t87s_status status = T87S_E_STORE;
    if (ordered && entry.ttl_ms > 0)
        status = t87s__tier_write(cache->tier, name.at, name.size, tags, options->n_tags, &entry);
    if (status != T87S_OK) /* what it may still have is older than this */
        status = t87s__tier_remove(cache->tier, name.at, name.size);
    free_key(cache, &name);
    return status;
}

enum t87s_status t87s__shared_delete(struct t87s_cache *cache, const struct t87s__key *key) {
    struct store_key name;
    if (!cache->tier)
        return T87S_OK;
    if (!make_key(cache, key, &name))
        return t87s__shared_clear(cache);
    const enum t87s_status status = t87s__tier_remove(cache->tier, name.at, name.size);
    free_key(cache, &name);
    return status;
}

enum t87s_status t87s__shared_clear(struct t87s_cache *cache) {
    return cache->tier ? t87s__tier_clear(cache->tier) : T87S_OK;
}

enum t87s_status t87s__shared_invalidate(struct t87s_cache *cache, const struct t87s_store_tag *tags, size_t n,
                                         unsigned flags) {
    return cache->tier ? t87s__tier_invalidate(cache->tier, tags, n, flags) : T87S_OK;
}
