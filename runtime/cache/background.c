/* SPDX-License-Identifier: MIT
 *
 * Fetches nobody waits for: the refresh of a stale entry, and the verification of a fresh one. Each is a flight like
 * any other, so it is joined, superseded and judged by the same law. At most one runs for an entry (entry->busy).
 */
#include "cache.h"
#include "clock.h"
#include "left.h"
#include "mutants.h"
#include "probes.h"
#include "random.h"
#include "read_section.h"
#include "shared.h"
#include "yield.h"

enum { FIRST_BACK_OFF_MS = 250, MOST_DOUBLINGS = 7, VERIFICATIONS_PER_SECOND = 100 };

struct background_job {
    struct t87s__job head;
    struct t87s_cache *cache;
    struct t87s__source source;
    struct t87s__entry *entry; /* referenced */
    bool verify;
    struct t87s_tag *tags; /* of a query by hand, if the store is to be asked; behind fetch_arg */
    size_t n_tags;
    _Alignas(max_align_t) unsigned char fetch_arg[]; /* a copy, if the source says so */
};

/* Where the tags begin. */
static size_t tags_at(const struct t87s__source *source) {
    const size_t align = _Alignof(struct t87s_tag);
    return (sizeof(struct background_job) + source->fetch_arg_size + align - 1) / align * align;
}

static size_t job_size(const struct t87s__source *source, size_t n_tags) {
    return n_tags ? tags_at(source) + n_tags * sizeof(struct t87s_tag)
                  : sizeof(struct background_job) + source->fetch_arg_size;
}

/* Release: pairs with the acquire in submit(). */
static void set_idle(struct t87s__entry *entry) {
    atomic_fetch_and_explicit(&entry->state, ~(uint32_t)ENTRY_BUSY, memory_order_release);
}

static void end_job(struct t87s__job *head) {
    struct background_job *job = (struct background_job *)head;
    struct t87s_cache *cache = job->cache;
    T87S__YIELD("background: over, entry still busy");
    set_idle(job->entry);
    t87s__entry_unref(job->entry, cache->memory);
    t87s__memory_give(cache->memory, MEMORY_OTHER, job, job_size(&job->source, job->n_tags));
}

int64_t t87s__background_failed(struct t87s__entry *entry, int64_t now_ms) {
    /* Relaxed: only the pace of retries hangs on it. */
    struct t87s__entry_aging *aging = t87s__entry_aging(entry);
    if (!aging)
        return 0; /* nobody fetches it in the background */
    uint8_t failures = atomic_load_explicit(&aging->failures, memory_order_relaxed);
    int64_t back_off = (int64_t)FIRST_BACK_OFF_MS << (failures < MOST_DOUBLINGS ? failures : MOST_DOUBLINGS);
    if (failures < UINT8_MAX)
        atomic_store_explicit(&aging->failures, (uint8_t)(failures + 1), memory_order_relaxed);
    atomic_store_explicit(&aging->retry_ms, t87s__time_add(now_ms, back_off), memory_order_relaxed);
    return back_off;
}

void t87s__background_passed(struct t87s_cache *cache, struct t87s__entry *entry) {
    struct t87s__entry_aging *aging = t87s__entry_aging(entry);
    t87s__count(&cache->counters, COUNT_lease_passes);
    if (aging) /* relaxed: as above */
        atomic_store_explicit(&aging->retry_ms, t87s__time_add(t87s__time_exact(&cache->time), FIRST_BACK_OFF_MS),
                              memory_order_relaxed);
}

/* A value as a callback may read it: aligned for any type, which values of fixed size are not in an entry. */
struct copy {
    const void *bytes; /* NULL: no memory */
    void *block;
    size_t size;
    struct t87s__memory *memory;
};

static struct copy copy_of(struct t87s_cache *cache, const struct t87s__entry *entry) {
    const void *value = t87s__entry_value(entry);
    if ((uintptr_t)value % _Alignof(max_align_t) == 0)
        return (struct copy){value, NULL, 0, NULL};
    const size_t size = t87s__entry_value_size(entry);
    void *block = t87s__memory_take(cache->memory, MEMORY_OTHER, size);
    return (struct copy){block ? memcpy(block, value, size) : NULL, block, size, cache->memory};
}

static void give_copy(struct copy *copy) {
    if (copy->block)
        t87s__memory_give(copy->memory, MEMORY_OTHER, copy->block, copy->size);
}

static void call_back(const struct background_job *job, const struct t87s__entry *fresh, bool changed) {
    struct t87s_cache *cache = job->cache;
    const struct t87s__source *source = &job->source;
    __attribute__((cleanup(give_copy))) struct copy old_copy = copy_of(cache, job->entry);
    __attribute__((cleanup(give_copy))) struct copy fresh_copy = copy_of(cache, fresh);
    struct t87s_value old = {old_copy.bytes, t87s__entry_value_size(job->entry), NULL, NULL};
    struct t87s_value now = {fresh_copy.bytes, t87s__entry_value_size(fresh), NULL, NULL};
    if (!old.data || !now.data)
        return;
    if (!source->gen) {
        if (source->on_refresh)
            source->on_refresh(source->on_refresh_arg, &old, &now, changed);
        return;
    }
    if (source->row >= cache->n_queries)
        return; /* a query of another schema */
    pthread_mutex_lock(&cache->callbacks_lock);
    struct t87s__callback callback = cache->callbacks[source->row];
    pthread_mutex_unlock(&cache->callbacks_lock);
    if (callback.fn)
        source->kind->refreshed(callback.fn, callback.arg, t87s__entry_key(job->entry), &old, &now, changed);
}

/* Whether an entry may still be served; its tags are then referenced for the caller. */
static bool ref_tags_of_servable(struct t87s_cache *cache, struct t87s__entry *entry, int64_t now_ms) {
    t87s__read_begin();
    const bool servable = t87s__entry_judge(entry, cache->tree, now_ms).state != STATE_GONE;
    if (servable)
        t87s__entry_ref_tags(entry, cache->tree);
    t87s__read_end();
    return servable;
}

/* The flight of a background fetch, running; NULL: it is not needed (any more), or there is no memory. */
static struct t87s__flight *start_flight(struct background_job *job, const struct t87s__key *key) {
    struct t87s_cache *cache = job->cache;
    struct t87s__entry *entry = job->entry;
    int64_t now = t87s__time_exact(&cache->time);
    if (!ref_tags_of_servable(cache, entry, now))
        return NULL; /* the next query fetches */
    const uint64_t tags_hash = t87s__entry_tags_hash(entry);
    t87s__node tags[T87S_MAX_TAGS];
    const uint8_t n_tags = (uint8_t)t87s__entry_tags(entry, tags);
    struct t87s__flight *flight = t87s__flight_make(cache->flights, key, tags, n_tags, tags_hash);
    if (!flight) {
        t87s__entry_unref_tags(entry, cache->tree);
        t87s__background_failed(entry, now);
        return NULL;
    }
    t87s__flights_lock(cache->flights, key->hash);
    struct t87s__flights_found found = t87s__flights_find(cache->flights, key, tags_hash, &cache->floors, now);
    bool wanted = t87s__entry_listed(entry) && !found.valid && found.running < MOST_FLIGHTS_PER_KEY;
    if (wanted)
        t87s__flight_start(flight, t87s__stamp_next(&cache->stamps), t87s__time_add(now, job->source.timeout_ms));
    t87s__flights_unlock(cache->flights, key->hash);
    if (wanted)
        return flight;
    t87s__flight_unref(flight);
    return NULL;
}

static void refreshed(struct background_job *job, const struct t87s__fetched *fetched, struct t87s__entry *fresh,
                      bool kept, bool changed, const char *key) {
    struct t87s_cache *cache = job->cache;
    T87S__PROBE3(refresh, t87s__entry_key_of(job->entry, cache->seed).hash, job->source.row, fetched->status);
    if (fetched->status != T87S_OK && fetched->status != T87S_NOT_FOUND) {
        int64_t back_off = t87s__background_failed(job->entry, t87s__time_exact(&cache->time));
        t87s__count_query(&cache->queries, job->source.row, COUNT_refresh_errors);
        T87S__TRACE(&cache->trace, "refresh %s: failed with status %d, not again for %lld", key, (int)fetched->status,
                    (long long)back_off);
        return;
    }
    t87s__count_query(&cache->queries, job->source.row, COUNT_refreshes);
    if (fetched->status == T87S_NOT_FOUND)
        T87S__TRACE(&cache->trace, "refresh %s: not found", key);
    else if (!kept)
        T87S__TRACE(&cache->trace, "refresh %s: fetched, not kept", key);
    else
        T87S__TRACE(&cache->trace, "refresh %s: %s, fresh until %lld", key, changed ? "changed" : "unchanged",
                    (long long)t87s__entry_expires_ms(fresh));
    if (kept && fetched->status == T87S_OK)
        call_back(job, fresh, changed);
}

/* `wrong`: the fetch said something else than the entry. That counts only while nothing has told us that it is
 * outdated. */
static void verified(struct background_job *job, const struct t87s__fetched *fetched, struct t87s__shared *shared,
                     bool kept, bool wrong, const char *key) {
    struct t87s_cache *cache = job->cache;
    bool failed = fetched->status != T87S_OK && fetched->status != T87S_NOT_FOUND;
    if (!failed)
        t87s__count_query(&cache->queries, job->source.row, COUNT_verified);
    if (wrong)
        t87s__count_query(&cache->queries, job->source.row, COUNT_found_wrong);
    if (wrong)
        t87s__shared_correct(cache, shared);
    if (wrong && (kept || fetched->status == T87S_NOT_FOUND))
        t87s__count_query(&cache->queries, job->source.row, COUNT_repaired);
    T87S__TRACE(&cache->trace, "verify %s: %s", key,
                failed   ? "the fetch failed"
                : !wrong ? "right"
                : kept   ? "wrong, repaired"
                         : "wrong, removed");
}

/* A job under way, given back however its fetch leaves. */
struct run {
    struct background_job *job;
    struct t87s__flight *flight; /* NULL: there is nothing to do */
    bool running;                /* it has not ended */
    struct t87s__entry *fresh;
    struct t87s__shared *shared;
};

static void end_run(struct run *run) {
    struct t87s_cache *cache = run->job->cache;
    if (run->running) {
        t87s__keep_abandon(cache, run->flight);
        t87s__background_failed(run->job->entry, t87s__time_exact(&cache->time));
        t87s__count_query(&cache->queries, run->job->source.row, COUNT_refresh_errors);
    }
    t87s__left_end(__builtin_frame_address(0)); /* queries that its fetch has jumped out of */
    t87s__flight_unref(run->flight);
    t87s__entry_unref(run->fresh, cache->memory);
    t87s__shared_end_turn(cache, run->shared); /* as in query.c */
    t87s__shared_free(cache, run->shared);
    end_job(&run->job->head);
}

/* Nobody has said meanwhile that the entry is outdated: no invalidation, no set, no delete. */
static bool still_current(struct t87s_cache *cache, struct t87s__entry *entry) {
    const int64_t now = t87s__time_exact(&cache->time);
    t87s__read_begin();
    const bool current = t87s__entry_judge(entry, cache->tree, now).state != STATE_GONE;
    t87s__read_end();
    return current;
}

static void run_job(struct t87s__job *head) {
    struct background_job *job = (struct background_job *)head;
    struct t87s_cache *cache = job->cache;
    struct t87s__entry *entry = job->entry;
    struct t87s__key key = t87s__entry_key_of(entry, cache->seed);
    __attribute__((cleanup(end_run))) struct run run = {.job = job};
    t87s__keep_prepare(cache);
    run.flight = start_flight(job, &key);
    if (!run.flight)
        return;
    run.running = true;
    struct t87s__text text = {""};
    if (cache->trace.tracer.event)
        text = t87s__describe_key(&job->source, &key);
    T87S__TRACE(&cache->trace, "%s %s: fetch", job->verify ? "verify" : "refresh", text.bytes);
    __attribute__((cleanup(t87s__fetched_release))) struct t87s__fetched fetched = {.memory = cache->memory};
    run.shared = t87s__shared_make(cache, &job->source, &key, job->tags, job->n_tags);
    const enum t87s__keep keeping = t87s__keep_now(cache);
    const struct t87s__fetching fetching = {
        &job->source, &key, NULL, t87s__clock_ns(), run.shared, job->verify ? SHARED_ORDER : SHARED_REFRESH, false};
    t87s__fetch(cache, &fetching, &fetched);
    if (fetched.passed) {
        t87s__keep_abandon(cache, run.flight);
        run.running = false;
        t87s__background_passed(cache, entry);
        T87S__TRACE(&cache->trace, "refresh %s: left to another process", text.bytes);
        return;
    }
    if (T87S__MUTANT(LATE_BIRTH_IN_BACKGROUND))
        run.flight->birth = t87s__stamp_next(&cache->stamps);
    bool answered = fetched.status == T87S_OK || fetched.status == T87S_NOT_FOUND;
    bool changed = fetched.status != T87S_OK || fetched.size != t87s__entry_value_size(entry) ||
                   (fetched.size && memcmp(fetched.value, t87s__entry_value(entry), fetched.size) != 0);
    bool wrong = changed && answered && still_current(cache, entry);
    enum t87s__keep keep = job->verify && !(changed && answered) ? KEEP_NOTHING : keeping;
    bool kept = t87s__keep_fetched(cache, run.flight, &job->source, &fetched, keep, false, &run.fresh);
    run.running = false;
    if (job->verify)
        verified(job, &fetched, run.shared, kept, wrong, text.bytes);
    else
        refreshed(job, &fetched, run.fresh, kept, changed, text.bytes);
}

static enum t87s__refresh submit(struct t87s_cache *cache, const struct t87s__ask *ask, struct t87s__entry *entry,
                                 bool verify) {
    /* Acquire: pairs with the release in set_idle(); the last fetch of the entry is over. */
    if (atomic_fetch_or_explicit(&entry->state, ENTRY_BUSY, memory_order_acq_rel) & ENTRY_BUSY)
        return REFRESH_UNDER_WAY;
    const size_t n_tags = cache->tier ? ask->n_tags : 0;
    struct background_job *job = t87s__memory_take(cache->memory, MEMORY_OTHER, job_size(&ask->source, n_tags));
    if (!job) {
        set_idle(entry);
        return REFRESH_IMPOSSIBLE;
    }
    *job = (struct background_job){{NULL, run_job, end_job}, cache, ask->source, entry, verify, NULL, n_tags};
    if (n_tags) {
        job->tags = (struct t87s_tag *)(void *)((unsigned char *)job + tags_at(&ask->source));
        memcpy(job->tags, ask->tags, n_tags * sizeof *job->tags);
    }
    if (ask->source.fetch_arg_size) {
        memcpy(job->fetch_arg, ask->source.fetch_arg, ask->source.fetch_arg_size);
        job->source.fetch_arg = job->fetch_arg;
    }
    t87s__entry_ref(entry);
    T87S__YIELD("background: job made, not queued");
    switch (t87s__executor_submit(cache->executor, &job->head)) {
    case SUBMIT_OK:
        return REFRESH_STARTED;
    case SUBMIT_FULL:
        t87s__count(&cache->counters, COUNT_refreshes_dropped);
        end_job(&job->head);
        return REFRESH_QUEUE_FULL;
    case SUBMIT_NO_THREAD:
        break;
    }
    t87s__count(&cache->counters, COUNT_thread_failures);
    end_job(&job->head);
    return REFRESH_IMPOSSIBLE;
}

static bool backs_off(struct t87s__entry *entry, int64_t now_ms) {
    struct t87s__entry_aging *aging = t87s__entry_aging(entry);
    return aging && now_ms < atomic_load_explicit(&aging->retry_ms, memory_order_relaxed);
}

enum t87s__refresh t87s__background_refresh(struct t87s_cache *cache, const struct t87s__ask *ask,
                                            struct t87s__entry *entry, int64_t now_ms) {
    if (backs_off(entry, now_ms))
        return REFRESH_BACKED_OFF;
    return submit(cache, ask, entry, false);
}

/* Whether this second has a verification left. */
static bool within_cap(struct t87s_cache *cache, int64_t now_ms) {
    int64_t second = now_ms / 1000;
    if (atomic_exchange_explicit(&cache->verify_second, second, memory_order_relaxed) != second)
        atomic_store_explicit(&cache->verify_count, 0, memory_order_relaxed);
    return atomic_fetch_add_explicit(&cache->verify_count, 1, memory_order_relaxed) < VERIFICATIONS_PER_SECOND;
}

bool t87s__background_samples(double fraction) {
    return fraction >= 1 || (double)t87s__random_below(UINT64_C(1) << 32) < fraction * 4294967296.0;
}

void t87s__background_verify(struct t87s_cache *cache, const struct t87s__ask *ask, struct t87s__entry *entry,
                             int64_t now_ms) {
    if (backs_off(entry, now_ms))
        return;
    const bool busy = atomic_load_explicit(&entry->state, memory_order_relaxed) & ENTRY_BUSY;
    if (busy || !within_cap(cache, now_ms))
        return; /* relaxed: a hot key under way takes nothing of the cap; submit() decides */
    submit(cache, ask, entry, true);
}
