/* SPDX-License-Identifier: MIT
 *
 * What becomes of a fetched answer: the entry, its place in the table, and who has to leave for it.
 */
#include "cache.h"
#include "clock.h"
#include "mutants.h"
#include "probes.h"
#include "read_section.h"
#include "yield.h"

enum {
    LARGEST_SHARE = 4,        /* an entry of more than this part of the capacity is not kept */
    RETIRED_SHARE = 10,       /* nor is any in a full cache while more than this part waits for its readers */
    MOST_WAITS = 3,           /* for readers, each bounded, before an insert is refused */
    LEAVING_SHARE = 64,       /* what is left free for those that wait for their readers */
    AHEAD_SHARE = 4096,       /* room is made for a few at once, for so much of a small cache, ... */
    MOST_AHEAD = 1024,        /* ... and for so many bytes of a large one */
    SWEEP_CELLS = 16,         /* looked at for each entry that comes in, if the service thread does not */
    REAPED = 16,              /* given back for each entry that comes in */
    LARGEST_HEAD = 512,       /* of an entry, around its key and value */
    SWEEP_AFTER_MS = 5 * 1000 /* expired entries stay a little, to tell "expired" from "absent" */
};

void t87s__keep_discard(struct t87s_cache *cache, struct t87s__entry *entry) {
    if (!entry)
        return;
    T87S__YIELD("discard: out of the table, not retired");
    t87s__retired_add(cache->retired, entry);
    t87s__service_retired(cache->service);
}

size_t t87s__keep_discard_all(struct t87s_cache *cache, struct t87s__entry *list) {
    T87S__YIELD("discard: out of the table, not retired");
    const size_t n = t87s__retired_add_all(cache->retired, list);
    t87s__service_retired(cache->service);
    return n;
}

void t87s__keep_relieve(struct t87s_cache *cache) {
    if (!t87s__read_ongoing()) /* the application's own section; it would wait for itself */
        t87s__retired_relieve(cache->retired);
}

/* What leaves still counts until its readers have left, too: a part of the capacity is theirs. Where that is not
 * enough, who comes in waits for them; so everything together stays within the capacity. */
static size_t room_of(const struct t87s_cache *cache) {
    return cache->capacity_bytes - cache->capacity_bytes / LEAVING_SHARE;
}

static void make_room(struct t87s_cache *cache, int64_t now_ms) {
    const size_t room = room_of(cache);
    const size_t ahead =
        cache->capacity_bytes / AHEAD_SHARE < MOST_AHEAD ? cache->capacity_bytes / AHEAD_SHARE : MOST_AHEAD;
    size_t used;
    while ((used = t87s__memory_used(cache->memory) - t87s__retired_bytes(cache->retired)) > room) {
        struct t87s__entry *victims = t87s__eviction_victims(cache->eviction, used - room + ahead, now_ms);
        if (!victims)
            break;
        for (struct t87s__entry *victim = victims; victim; victim = t87s__retired_next(victim)) {
            t87s__count_query(&cache->queries, t87s__entry_row(victim), COUNT_evictions);
            T87S__PROBE2(evict, t87s__entry_key_of(victim, cache->seed).hash, t87s__entry_row(victim));
        }
        t87s__keep_discard_all(cache, victims);
    }
    if (t87s__memory_used(cache->memory) > cache->capacity_bytes && t87s__retired_bytes(cache->retired))
        t87s__keep_relieve(cache);
}

static bool long_expired(struct t87s__entry *entry, void *now_ms) {
    int64_t until = t87s__time_add(t87s__entry_expires_ms(entry), t87s__entry_grace_ms(entry));
    return t87s__time_add(until, SWEEP_AFTER_MS) <= *(int64_t *)now_ms;
}

bool t87s__keep_sweep(struct t87s_cache *cache, uint32_t n, int64_t now_ms) {
    bool wrapped;
    if (pthread_mutex_trylock(&cache->sweep_lock))
        return true; /* somebody is at it */
    struct t87s__entry *gone = t87s__entry_table_sweep(cache->table, &cache->sweep, n, long_expired, &now_ms, &wrapped);
    pthread_mutex_unlock(&cache->sweep_lock);
    for (size_t swept = t87s__keep_discard_all(cache, gone); swept; swept--)
        t87s__count(&cache->counters, COUNT_expirations);
    return wrapped;
}

/* Whether there is room beside what waits for its readers, or so little of that that somebody can be evicted: else an
 * eviction would free nothing now. */
static bool roomy(struct t87s_cache *cache) {
    const size_t retired = t87s__retired_bytes(cache->retired);
    return retired <= cache->capacity_bytes / RETIRED_SHARE || t87s__memory_used(cache->memory) <= room_of(cache);
}

void t87s__keep_prepare(struct t87s_cache *cache) {
    t87s__retired_reap(cache->retired, REAPED);
    for (int i = 0; i < MOST_WAITS && !roomy(cache); i++)
        t87s__keep_relieve(cache);
}

/* Puts an entry into the table, with a turn in the queue. */
static enum t87s__put put_in(struct t87s_cache *cache, struct t87s__entry *entry, uint64_t hash,
                             struct t87s__entry **displaced) {
    enum t87s__queue queue;
    *displaced = NULL;
    if (!t87s__eviction_reserve(cache->eviction, hash, &queue))
        return PUT_NO_MEMORY;
    const enum t87s__put put = t87s__entry_table_put(cache->table, entry, hash, queue, &cache->floors, displaced);
    T87S__YIELD("keep: in the table, its turn not in the queue");
    t87s__eviction_settle(cache->eviction, hash, queue, put == PUT_KEPT && !*displaced ? entry : NULL);
    return put;
}

/* After the table was asked to take an entry in. */
static void settle(struct t87s_cache *cache, enum t87s__put put, struct t87s__entry *displaced, int64_t now_ms) {
    static const enum t87s__counter counters[] = {
        [PUT_KEPT] = COUNT_kept, [PUT_OUTDATED] = COUNT_not_kept_outdated, [PUT_NO_MEMORY] = COUNT_not_kept_no_memory};
    t87s__keep_discard(cache, displaced);
    t87s__count(&cache->counters, counters[put]);
    if (put == PUT_KEPT)
        t87s__service_kept(cache->service);
    if (!t87s__service_sweeps(cache->service))
        t87s__keep_sweep(cache, SWEEP_CELLS, now_ms);
    make_room(cache, now_ms);
}

enum t87s__put t87s__keep_put(struct t87s_cache *cache, struct t87s__entry *entry, uint64_t hash, int64_t now_ms) {
    struct t87s__entry *displaced = NULL;
    t87s__keep_prepare(cache);
    const enum t87s__put put = roomy(cache) ? put_in(cache, entry, hash, &displaced) : PUT_NO_MEMORY;
    settle(cache, put, displaced, now_ms);
    return put;
}

/* The time of what was stored has begun elsewhere. */
static void time_stored(struct t87s__entry_parts *parts, const struct t87s__fetched *fetched) {
    parts->created_ms = fetched->ended_ms - fetched->age_ms - 1;
    parts->expires_ms = t87s__time_add(fetched->ended_ms, fetched->fresh_ms);
    parts->grace_ms = fetched->grace_ms;
}

static struct t87s__entry *make_entry(struct t87s_cache *cache, const struct t87s__flight *flight,
                                      const struct t87s__source *source, const struct t87s__fetched *fetched,
                                      int64_t now_ms, bool spill) {
    bool negative = fetched->status == T87S_NOT_FOUND;
    struct t87s__entry_parts parts = {
        .key = flight->key,
        .tags = flight->tags,
        .n_tags = flight->n_tags,
        .tags_hash = flight->tags_hash,
        .row = source->row,
        .value = negative ? NULL : fetched->value,
        .value_size = negative ? 0 : fetched->size,
        .fixed = source->gen && source->gen->value_size,
        .negative = negative,
        .refetched = source->refetched,
        .birth = flight->birth,
        .created_ms = now_ms,
        .expires_ms = t87s__time_add(now_ms, fetched->ttl_ms > 0 ? fetched->ttl_ms : 0),
        .grace_ms = !negative && source->grace_ms > 0 ? source->grace_ms : 0,
    };
    if (fetched->stored)
        time_stored(&parts, fetched);
    if (fetched->stale) /* it must not look fresh to a hit, whose clock may be behind */
        parts.expires_ms -= t87s__time_behind_ms(&cache->time);
    return t87s__entry_make(cache->memory, cache->tree, &parts, spill);
}

bool t87s__keep_too_large(struct t87s_cache *cache, const struct t87s__entry *entry) {
    bool too_large = t87s__entry_cost(entry) > cache->capacity_bytes / LARGEST_SHARE;
    if (too_large)
        t87s__count(&cache->counters, COUNT_not_kept_too_large);
    return too_large;
}

bool t87s__keep_small(const struct t87s_cache *cache, size_t size) {
    const size_t most = cache->capacity_bytes / LARGEST_SHARE;
    return most >= LARGEST_HEAD && size <= most - LARGEST_HEAD;
}

/* Whether an entry may go into the table at all; counts why not. */
static bool worth_keeping(struct t87s_cache *cache, const struct t87s__flight *flight, struct t87s__entry *entry) {
    if (!entry || t87s__entry_flags(entry) & ENTRY_LOOSE || !roomy(cache)) {
        t87s__count(&cache->counters, COUNT_not_kept_no_memory);
        return false;
    }
    if (t87s__entry_expires_ms(entry) == t87s__entry_created_ms(entry))
        return false; /* ttl none: nobody asked to keep it, whatever the cache's grace */
    if (t87s__keep_too_large(cache, entry))
        return false;
    /* The sum is read before the tags are asked, as in t87s__entry_uncovered(). */
    uint64_t sum = t87s__entry_sum(entry, cache->epochs);
    T87S__YIELD("keep: sum read, tags not walked");
    const struct t87s__cover cover = t87s__tag_tree_cover(cache->tree, flight->tags, flight->n_tags, flight->birth);
    T87S__YIELD("keep: tags walked, not validated");
    if (T87S__MUTANT(SUM_AFTER_COVER))
        sum = t87s__entry_sum(entry, cache->epochs);
    if (cover.hard && !T87S__MUTANT(SUPERSEDED_INSTALLED)) {
        t87s__count(&cache->counters, COUNT_not_kept_outdated);
        return false;
    }
    if (!cover.soft)
        t87s__entry_validate(entry, sum);
    return true;
}

enum t87s__keep t87s__keep_now(struct t87s_cache *cache) {
    return t87s__near_vouched(cache) ? KEEP_FETCHED : KEEP_ELSEWHERE;
}

bool t87s__keep_fetched(struct t87s_cache *cache, struct t87s__flight *flight, const struct t87s__source *source,
                        struct t87s__fetched *fetched, enum t87s__keep keep, bool spill, struct t87s__entry **entry) {
    const int64_t now = fetched->ended_ms;
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
    if (keeping) {
        put = put_in(cache, *entry, flight->key.hash, &displaced);
        if (put == PUT_KEPT)
            flight->n_tags = 0; /* the table took them over, and nobody judges the flight any more */
    } else if (keep != KEEP_NOTHING && (found || not_found)) { /* newer than the old entry, even if it cannot be kept */
        displaced = t87s__entry_table_remove(cache->table, &flight->key, flight->birth);
    }
    if (*entry && put != PUT_KEPT)
        t87s__entry_survive(*entry, cache->memory, MEMORY_ENTRIES); /* with whom it is handed to */
    flight->stale = fetched->stale;
    t87s__flight_end(flight, FLIGHT_DONE, fetched->status, *entry);
    t87s__flights_unlock(cache->flights, flight->key.hash);

    if (keeping)
        settle(cache, put, displaced, now);
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
    const bool negative = fetched->status == T87S_NOT_FOUND;
    struct t87s__entry_parts parts = {.key = *key,
                                      .value = negative ? NULL : fetched->value,
                                      .value_size = negative ? 0 : fetched->size,
                                      .negative = negative};
    if (fetched->stored)
        time_stored(&parts, fetched);
    struct t87s__entry *entry = t87s__entry_make(cache->memory, cache->tree, &parts, true);
    if (entry)
        t87s__entry_survive(entry, cache->memory, MEMORY_ENTRIES);
    return entry;
}

static bool born_before(struct t87s__entry *entry, void *stamp) {
    return t87s__entry_birth(entry) < *(uint64_t *)stamp;
}

void t87s__keep_remove_born_before(struct t87s_cache *cache, uint64_t stamp) {
    /* One round is enough: the floor keeps new ones out. */
    t87s__keep_discard_all(cache, t87s__entry_table_take_all(cache->table, born_before, &stamp));
}
