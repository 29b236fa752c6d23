/* SPDX-License-Identifier: MIT
 *
 * What becomes of a fetched answer: the entry, its place in the table, and who has to leave for it.
 */
#include "cache.h"
#include "clock.h"
#include "mutants.h"
#include "probes.h"
#include "random.h"
#include "yield.h"

enum {
    LARGEST_SHARE = 4,        /* an entry of more than this part of the capacity is not kept */
    SWEEP_SLOTS = 16,         /* looked at for each entry that comes in */
    SWEEP_AFTER_MS = 5 * 1000 /* expired entries stay a little, to tell "expired" from "absent" */
};

void t87s__keep_discard(struct t87s_cache *cache, struct t87s__entry *entry) {
    if (!entry)
        return;
    if (t87s__eviction_drop(cache->eviction, entry))
        t87s__entry_unref(entry, cache->memory, cache->tree);
    t87s__entry_unref(entry, cache->memory, cache->tree);
}

static void make_room(struct t87s_cache *cache, int64_t now_ms) {
    while (t87s__memory_used(cache->memory) > cache->capacity_bytes) {
        struct t87s__entry *victim = t87s__eviction_victim(cache->eviction, cache->tree, now_ms);
        if (!victim)
            return;
        if (t87s__entry_table_remove_entry(cache->table, victim)) {
            t87s__count_query(&cache->queries, victim->row, COUNT_evictions);
            T87S__PROBE2(evict, victim->hash, victim->row);
            t87s__entry_unref(victim, cache->memory, cache->tree); /* the table's */
        }
        t87s__entry_unref(victim, cache->memory, cache->tree); /* the queue's */
    }
}

static bool long_expired(struct t87s__entry *entry, void *now_ms) {
    int64_t until = t87s__time_add(entry->expires_ms, entry->grace_ms);
    return t87s__time_add(until, SWEEP_AFTER_MS) <= *(int64_t *)now_ms;
}

/* Expired entries leave with the traffic, a few at a time, without waiting for the capacity. */
static void sweep(struct t87s_cache *cache, int64_t now_ms) {
    struct t87s__entry *gone[SWEEP_SLOTS];
    if (pthread_mutex_trylock(&cache->sweep_lock))
        return; /* somebody is at it */
    bool wrapped;
    size_t n = t87s__entry_table_take(cache->table, &cache->sweep, SWEEP_SLOTS, long_expired, &now_ms, gone, &wrapped);
    pthread_mutex_unlock(&cache->sweep_lock);
    for (size_t i = 0; i < n; i++) {
        t87s__count(&cache->counters, COUNT_expirations);
        t87s__keep_discard(cache, gone[i]);
    }
}

/* After the table was asked to take an entry in. */
static void settle(struct t87s_cache *cache, struct t87s__entry *entry, enum t87s__put put,
                   struct t87s__entry *displaced, int64_t now_ms) {
    static const enum t87s__counter counters[] = {
        [PUT_KEPT] = COUNT_kept, [PUT_OUTDATED] = COUNT_not_kept_outdated, [PUT_NO_MEMORY] = COUNT_not_kept_no_memory};
    t87s__keep_discard(cache, displaced);
    if (put == PUT_KEPT)
        t87s__eviction_add(cache->eviction, entry);
    t87s__count(&cache->counters, counters[put]);
    sweep(cache, now_ms);
    make_room(cache, now_ms);
}

enum t87s__put t87s__keep_put(struct t87s_cache *cache, struct t87s__entry *entry, int64_t now_ms) {
    struct t87s__entry *displaced;
    enum t87s__put put = t87s__entry_table_put(cache->table, entry, &cache->floors, &displaced);
    settle(cache, entry, put, displaced, now_ms);
    return put;
}

static int64_t jittered(int64_t ttl_ms, unsigned percent) {
    if (ttl_ms <= 0 || !percent)
        return ttl_ms;
    int64_t most = ttl_ms / 100 * percent + ttl_ms % 100 * percent / 100;
    return ttl_ms - (int64_t)t87s__random_below((uint64_t)most + 1);
}

static struct t87s__entry *make_entry(struct t87s_cache *cache, const struct t87s__flight *flight,
                                      const struct t87s__source *source, const struct t87s__fetched *fetched,
                                      int64_t now_ms, bool spill) {
    bool negative = fetched->status == T87S_NOT_FOUND;
    int64_t ttl = negative ? source->negative_ms : jittered(source->ttl_ms, source->jitter_percent);
    struct t87s__entry_parts parts = {
        .key = flight->key,
        .tags = flight->tags,
        .n_tags = flight->n_tags,
        .tags_hash = flight->tags_hash,
        .row = source->row,
        .value = negative ? NULL : fetched->value,
        .value_size = negative ? 0 : fetched->size,
        .negative = negative,
        .birth = flight->birth,
        .created_ms = now_ms,
        .expires_ms = t87s__time_add(now_ms, ttl > 0 ? ttl : 0),
        .grace_ms = !negative && source->grace_ms > 0 ? source->grace_ms : 0,
    };
    return t87s__entry_make(cache->memory, cache->tree, &parts, spill);
}

bool t87s__keep_too_large(struct t87s_cache *cache, const struct t87s__entry *entry) {
    bool too_large = t87s__entry_cost(entry) > cache->capacity_bytes / LARGEST_SHARE;
    if (too_large)
        t87s__count(&cache->counters, COUNT_not_kept_too_large);
    return too_large;
}

/* Whether an entry may go into the table at all; counts why not. */
static bool worth_keeping(struct t87s_cache *cache, const struct t87s__flight *flight, struct t87s__entry *entry) {
    if (!entry || entry->loose) {
        t87s__count(&cache->counters, COUNT_not_kept_no_memory);
        return false;
    }
    if (entry->expires_ms == entry->created_ms)
        return false; /* ttl none: nobody asked to keep it, whatever the cache's grace */
    if (t87s__keep_too_large(cache, entry))
        return false;
    if (t87s__tag_tree_cover(cache->tree, flight->tags, flight->n_tags, flight->birth).hard &&
        !T87S__MUTANT(SUPERSEDED_INSTALLED)) {
        t87s__count(&cache->counters, COUNT_not_kept_outdated);
        return false;
    }
    return true;
}

bool t87s__keep_fetched(struct t87s_cache *cache, struct t87s__flight *flight, const struct t87s__source *source,
                        struct t87s__fetched *fetched, enum t87s__keep keep, bool spill, struct t87s__entry **entry) {
    int64_t now = t87s__clock_now(cache->clock);
    if (T87S__MUTANT(BIRTH_AFTER_FETCH))
        flight->birth = t87s__stamp_next(&cache->stamps);
    bool found = fetched->status == T87S_OK, not_found = fetched->status == T87S_NOT_FOUND;
    bool answered = found || (not_found && source->negative_ms > 0);
    *entry = answered ? make_entry(cache, flight, source, fetched, now, spill) : NULL;
    if (*entry)
        t87s__fetched_release(fetched); /* before anybody has to leave for bytes that are there twice */
    bool keeping = answered && keep == KEEP_FETCHED && worth_keeping(cache, flight, *entry);
    enum t87s__put put = PUT_OUTDATED;
    struct t87s__entry *displaced = NULL;

    T87S__YIELD("keep: judged, not in the table");
    t87s__flights_lock(cache->flights, flight->key.hash);
    if (keeping)
        put = t87s__entry_table_put(cache->table, *entry, &cache->floors, &displaced);
    else if (keep == KEEP_FETCHED && (found || not_found)) /* newer than the old entry, even if it cannot be kept */
        displaced = t87s__entry_table_remove(cache->table, &flight->key, flight->birth);
    t87s__flight_end(flight, FLIGHT_DONE, fetched->status, *entry);
    t87s__flights_unlock(cache->flights, flight->key.hash);

    if (keeping)
        settle(cache, *entry, put, displaced, now);
    else
        t87s__keep_discard(cache, displaced);
    return keeping && put == PUT_KEPT;
}

void t87s__keep_abandon(struct t87s_cache *cache, struct t87s__flight *flight) {
    t87s__flights_lock(cache->flights, flight->key.hash);
    t87s__flight_end(flight, FLIGHT_ABANDONED, T87S_E_FETCH, NULL);
    t87s__flights_unlock(cache->flights, flight->key.hash);
}

struct t87s__entry *t87s__keep_loose(struct t87s_cache *cache, const struct t87s__key *key,
                                     const struct t87s__fetched *fetched) {
    struct t87s__entry_parts parts = {.key = *key, .value = fetched->value, .value_size = fetched->size};
    t87s__count(&cache->counters, COUNT_not_kept_no_memory);
    return t87s__entry_make(cache->memory, cache->tree, &parts, true);
}

static bool born_before(struct t87s__entry *entry, void *stamp) { return entry->birth < *(uint64_t *)stamp; }

void t87s__keep_remove_born_before(struct t87s_cache *cache, uint64_t stamp) {
    struct t87s__entry *gone[SWEEP_SLOTS];
    struct t87s__entry_cursor cursor = {0, 0, 0};
    for (bool wrapped = false; !wrapped;) { /* one round is enough: the floor keeps new ones out */
        size_t n = t87s__entry_table_take(cache->table, &cursor, SWEEP_SLOTS, born_before, &stamp, gone, &wrapped);
        for (size_t i = 0; i < n; i++)
            t87s__keep_discard(cache, gone[i]);
    }
}
