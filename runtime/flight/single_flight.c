/* SPDX-License-Identifier: MIT */
#include "single_flight.h"

#include <stdlib.h>
#include <string.h>

#include "mutants.h"
#include "wait.h"
#include "wait_graph.h"
#include "yield.h"

enum { SHARDS = 32 };

struct shard {
    _Alignas(64) pthread_mutex_t lock;
    /* under the lock */
    struct t87s__flight *flights; /* newest first; few at a time, so a list */
    _Atomic(uint32_t) n;          /* of them; atomic to be read as a hint and a gauge */
    pthread_cond_t ended;         /* one of them, that somebody waits for */
};

struct t87s__flights {
    struct t87s__memory *memory; /* immutable after open */
    struct t87s__tag_tree *tree;
    struct shard shards[SHARDS];
};

static struct shard *shard_of(struct t87s__flights *flights, uint64_t hash) { return &flights->shards[hash >> 59]; }
_Static_assert(SHARDS == 1 << 5, "the shard is the top five bits");

static void close_shards(struct t87s__flights *flights, int n) {
    for (int i = 0; i < n; i++) {
        pthread_cond_destroy(&flights->shards[i].ended);
        pthread_mutex_destroy(&flights->shards[i].lock);
    }
}

/* The lock is held. */
static void count(struct shard *shard, int more) {
    const uint32_t n = atomic_load_explicit(&shard->n, memory_order_relaxed);
    atomic_store_explicit(&shard->n, n + (uint32_t)more, memory_order_relaxed);
}

struct t87s__flights *t87s__flights_open(struct t87s__memory *memory, struct t87s__tag_tree *tree) {
    struct t87s__flights *flights = t87s__memory_take_lines(memory, MEMORY_OTHER, sizeof *flights);
    if (!flights)
        return NULL;
    flights->memory = memory;
    flights->tree = tree;
    int n = 0;
    while (n < SHARDS && t87s__wait_init(&flights->shards[n].ended))
        pthread_mutex_init(&flights->shards[n++].lock, NULL);
    if (n == SHARDS)
        return flights;
    close_shards(flights, n);
    t87s__memory_give_lines(memory, MEMORY_OTHER, flights, sizeof *flights);
    return NULL;
}

void t87s__flights_close(struct t87s__flights *flights) {
    if (!flights)
        return;
    close_shards(flights, SHARDS);
    t87s__memory_give_lines(flights->memory, MEMORY_OTHER, flights, sizeof *flights);
}

void t87s__flights_lock_all(struct t87s__flights *flights) {
    for (int i = 0; i < SHARDS; i++)
        pthread_mutex_lock(&flights->shards[i].lock);
}

void t87s__flights_unlock_all(struct t87s__flights *flights) {
    for (int i = SHARDS; i-- > 0;)
        pthread_mutex_unlock(&flights->shards[i].lock);
}

void t87s__flights_abandon_others(struct t87s__flights *flights) {
    for (int i = 0; i < SHARDS; i++) {
        struct shard *shard = &flights->shards[i];
        struct t87s__flight **link = &shard->flights;
        t87s__wait_init(&shard->ended); /* those who waited on it stayed in the parent */
        while (*link) {
            struct t87s__flight *flight = *link;
            if (flight->leader == t87s__thread_self()) {
                flight->waiters = 0;
                link = &flight->next;
                continue;
            }
            /* Never freed: the references of the parent's threads stay. */
            *link = flight->next;
            flight->state = FLIGHT_ABANDONED;
            count(shard, -1);
        }
    }
}

static size_t block_size(uint32_t key_size) { return sizeof(struct t87s__flight) + key_size; }

static void fill_in(struct t87s__flight *flight, struct t87s__flights *flights, const struct t87s__key *key) {
    memset(flight, 0, sizeof *flight);
    flight->flights = flights;
    flight->key = *key;
    flight->key.bytes = memcpy(flight + 1, key->bytes, key->size);
    atomic_init(&flight->refs, 1);
}

struct t87s__flight *t87s__flight_make(struct t87s__flights *flights, const struct t87s__key *key,
                                       const t87s__node *tags, uint8_t n_tags, uint64_t tags_hash) {
    struct t87s__flight *flight = t87s__memory_take(flights->memory, MEMORY_FLIGHTS, block_size(key->size));
    if (!flight)
        return NULL;
    fill_in(flight, flights, key);
    flight->tags_hash = tags_hash;
    flight->n_tags = n_tags;
    if (n_tags)
        memcpy(flight->tags, tags, n_tags * sizeof *tags);
    return flight;
}

struct t87s__flight *t87s__flight_make_loose(struct t87s__flights *flights, const struct t87s__key *key) {
    struct t87s__flight *flight = malloc(block_size(key->size));
    if (!flight)
        return NULL;
    fill_in(flight, flights, key);
    flight->loose = true;
    return flight;
}

void t87s__flight_unref(struct t87s__flight *flight) {
    if (!flight)
        return;
    struct t87s__flights *flights = flight->flights;
    /* Acquire-release: everybody's last use happens before the block goes. */
    if (atomic_fetch_sub_explicit(&flight->refs, 1, memory_order_acq_rel) > 1)
        return;
    T87S__YIELD("flight: the last one left, tags still referenced");
    for (uint8_t i = 0; i < flight->n_tags; i++)
        t87s__tag_tree_unref(flights->tree, flight->tags[i]);
    t87s__entry_unref(flight->entry, flights->memory);
    if (flight->loose)
        free(flight);
    else
        t87s__memory_give(flights->memory, MEMORY_FLIGHTS, flight, block_size(flight->key.size));
}

void t87s__flights_lock(struct t87s__flights *flights, uint64_t hash) {
    T87S__YIELD("flights: not locked yet");
    pthread_mutex_lock(&shard_of(flights, hash)->lock);
}

void t87s__flights_unlock(struct t87s__flights *flights, uint64_t hash) {
    pthread_mutex_unlock(&shard_of(flights, hash)->lock);
    T87S__YIELD("flights: unlocked");
}

static bool valid(struct t87s__flight *flight, struct t87s__key_floors *floors, int64_t now_ms) {
    if (T87S__MUTANT(BLIND_JOIN))
        return true;
    struct t87s__cover cover = t87s__tag_tree_cover(flight->flights->tree, flight->tags, flight->n_tags, flight->birth);
    return !cover.hard && !cover.soft && now_ms < flight->deadline_ms &&
           t87s__key_floor_admits(floors, flight->key.hash, flight->birth);
}

struct t87s__flights_found t87s__flights_find(struct t87s__flights *flights, const struct t87s__key *key,
                                              uint64_t tags_hash, struct t87s__key_floors *floors, int64_t now_ms) {
    struct t87s__flights_found found = {NULL, NULL, 0, false};
    for (struct t87s__flight *at = shard_of(flights, key->hash)->flights; at; at = at->next) {
        if (!t87s__key_equal(&at->key, key))
            continue;
        found.running++;
        if (!found.newest) {
            found.newest = at;
            found.overdue = now_ms >= at->deadline_ms;
        }
        if (!found.valid && at->tags_hash == tags_hash && valid(at, floors, now_ms))
            found.valid = at;
    }
    return found;
}

void t87s__flight_start(struct t87s__flight *flight, uint64_t birth, int64_t deadline_ms) {
    struct shard *shard = shard_of(flight->flights, flight->key.hash);
    T87S__YIELD("flight: birth drawn, not to be seen");
    flight->birth = T87S__MUTANT(BIRTH_BEFORE_INTERN) && flight->birth ? flight->birth : birth;
    flight->deadline_ms = deadline_ms;
    flight->state = FLIGHT_RUNNING;
    t87s__thread_lead(flight);
    flight->next = shard->flights;
    shard->flights = flight;
    count(shard, 1);
}

void t87s__flight_end(struct t87s__flight *flight, enum t87s__flight_state state, enum t87s_status status,
                      struct t87s__entry *entry) {
    struct shard *shard = shard_of(flight->flights, flight->key.hash);
    struct t87s__flight **link = &shard->flights;
    while (*link != flight)
        link = &(*link)->next;
    *link = flight->next;
    count(shard, -1);
    T87S__YIELD("flight: taken out, nobody woken");
    flight->state = state;
    flight->status = status;
    if (entry && flight->waiters) {
        t87s__entry_ref(entry);
        flight->entry = entry;
    }
    t87s__thread_unlead(flight, flight->waiters > 0);
    if (flight->waiters)
        pthread_cond_broadcast(&shard->ended);
}

void t87s__flight_join(struct t87s__flight *flight) {
    atomic_fetch_add_explicit(&flight->refs, 1, memory_order_relaxed); /* its leader holds one while it is listed */
    flight->waiters++;
}

bool t87s__flight_wait(struct t87s__flight *flight, const struct t87s_clock *clock, int64_t until_ms) {
    struct shard *shard = shard_of(flight->flights, flight->key.hash);
    while (flight->state == FLIGHT_RUNNING && clock->now_ms(clock->arg) < until_ms)
        t87s__wait_until(&shard->ended, &shard->lock, clock, until_ms);
    return flight->state != FLIGHT_RUNNING;
}

void t87s__flight_leave(struct t87s__flight *flight) { flight->waiters--; }

size_t t87s__flights_count(struct t87s__flights *flights) {
    size_t n = 0;
    for (int i = 0; i < SHARDS; i++)
        n += atomic_load_explicit(&flights->shards[i].n, memory_order_relaxed);
    return n;
}

bool t87s__flights_quiet(struct t87s__flights *flights, uint64_t hash) {
    return atomic_load_explicit(&shard_of(flights, hash)->n, memory_order_relaxed) == 0;
}
