/* SPDX-License-Identifier: MIT
 *
 * The life of a query: look, decide, join or fetch, keep.
 *
 *     look      the entry of the key, judged against everything that was invalidated
 *     fresh     that is the answer
 *     stale     that is the answer, marked; one fetch in the background
 *     gone      under the lock of the key's flights: look once more; join a valid flight, or lead one
 *
 * To lead: intern the tags, then draw the birth, then fetch. That order is the invalidation law (stamp.h).
 */
#include "cache.h"
#include "clock.h"
#include "hash.h"
#include "hit.h"
#include "left.h"
#include "mutants.h"
#include "probes.h"
#include "read_section.h"
#include "shared.h"
#include "tags_of_key.h"
#include "wait_graph.h"

/* What a query holds on its way, given back however it ends: by return, by an unwinding fetch, or, from the copy in its
 * flight, after a longjmp out of one. */
struct way {
    struct t87s_cache *cache;
    struct t87s__entry *old;      /* what the first look found */
    uint64_t changes;             /* of the table, from before that look */
    struct t87s__verdict verdict; /* on `old` */
    struct t87s__flight *flight;  /* made, maybe running */
    bool running;                 /* the flight was started and has not ended */
    uint64_t began_ns;            /* when it was started */
    struct t87s__shared *shared;  /* what the store is asked; NULL: not yet, or nothing */
    uint64_t alone;               /* nobody vouched then: fetches born before may be outdated elsewhere; 0: vouched */
    bool refreshing;              /* what is stale is known already */
    bool passed;                  /* another process refreshes it */
    bool inside;
};

static void go_outside(struct t87s_cache *cache) {
    size_t inside = atomic_load_explicit(&cache->inside, memory_order_relaxed);
    while (!(inside & T87S__CLOSING)) /* release: pairs with the acquire in t87s_close() */
        if (atomic_compare_exchange_weak_explicit(&cache->inside, &inside, inside - 1, memory_order_release,
                                                  memory_order_relaxed))
            return;
    pthread_mutex_lock(&cache->life_lock);
    if (atomic_fetch_sub_explicit(&cache->inside, 1, memory_order_acq_rel) == (T87S__CLOSING | 1))
        pthread_cond_broadcast(&cache->idle);
    pthread_mutex_unlock(&cache->life_lock);
}

static bool go_inside(struct way *way) {
    struct t87s_cache *cache = way->cache;
    const size_t inside = atomic_fetch_add_explicit(&cache->inside, 1, memory_order_acquire);
    /* Fetches under way may ask for more while the cache closes: it waits for them. */
    way->inside = !(inside & T87S__CLOSING) || t87s__thread_leads_any();
    if (!way->inside)
        go_outside(cache);
    return way->inside;
}

/* What a leader holds while it fetches; it lives in its flight. */
struct held {
    struct way way;
    struct t87s__fetched fetched;
};
_Static_assert(sizeof(struct held) <= FLIGHT_HELD, "there is room in a flight for what its leader holds");

static struct held *held_of(struct t87s__flight *flight) { return (struct held *)(void *)flight->held; }

static void give_back(struct way *way) {
    struct t87s_cache *cache = way->cache;
    if (way->running)
        t87s__keep_abandon(cache, way->flight);
    if (way->flight && way->flight->loose)
        t87s__thread_unlead(way->flight, false);
    if (way->flight)
        t87s__fetched_release(&held_of(way->flight)->fetched);
    t87s__flight_unref(way->flight);
    t87s__entry_unref(way->old, cache->memory);
    t87s__shared_end_turn(cache, way->shared); /* of a fetch that never came back */
    t87s__shared_free(cache, way->shared);     /* the flight has ended: nobody compares with it any more */
    if (way->inside)
        go_outside(cache);
}

static void leave(struct t87s__flight *flight) {
    struct way way = held_of(flight)->way; /* a copy: the flight goes */
    give_back(&way);
}

static void end_way(struct way *way) {
    const void *mark = way->flight ? (const void *)way->flight->mark : NULL;
    give_back(way);
    if (mark) /* the thread is back here: what it led further in is over */
        t87s__left_end(mark);
}

/* ---- tags ---- */

/* The names of the tags of a query, before they are interned. */
struct t87s_gen_tags {
    struct t87s__tag_tree *tree;
    int n; /* -1: failed */
    struct t87s__tag_name names[T87S_MAX_TAGS];
};

void t87s_gen_tags_add(struct t87s_gen_tags *tags, const unsigned char *path, size_t size) {
    if (tags->n < 0)
        return;
    if (size && tags->n < T87S_MAX_TAGS)
        t87s__tag_tree_name(tags->tree, path, size, &tags->names[tags->n++]);
    else
        tags->n = -1;
}

static void name_one(void *tags, const unsigned char *path, size_t size) { t87s_gen_tags_add(tags, path, size); }

static void name_tags(struct t87s_cache *cache, const struct t87s__ask *ask, struct t87s_gen_tags *tags) {
    tags->tree = cache->tree;
    tags->n = 0;
    if (ask->source.gen)
        t87s__tags_of_key(ask->source.gen, ask->source.kind, ask->key.bytes, name_one, tags);
    for (size_t i = 0; i < ask->n_tags; i++)
        t87s_gen_tags_add(tags, ask->tags[i].path, ask->tags[i].size);
}

static int intern(const struct t87s_gen_tags *tags, t87s__node *nodes) {
    for (int i = 0; i < tags->n; i++) {
        nodes[i] = t87s__tag_tree_intern_name(tags->tree, &tags->names[i]);
        if (nodes[i])
            continue;
        while (i > 0)
            t87s__tag_tree_unref(tags->tree, nodes[--i]);
        return -1;
    }
    return tags->n;
}

int t87s__query_intern(struct t87s_cache *cache, const struct t87s__ask *ask, t87s__node *nodes) {
    struct t87s_gen_tags tags;
    name_tags(cache, ask, &tags);
    return intern(&tags, nodes);
}

uint64_t t87s__query_hash_tags(struct t87s_cache *cache, const struct t87s_tag *tags, size_t n) {
    uint64_t hash = cache->seed;
    for (size_t i = 0; i < n; i++)
        hash = t87s__hash(tags[i].path, tags[i].size, hash);
    return hash | 1; /* never 0, which is a generated query's */
}

/* The verdict on an entry for this query. A key made by hand may have been given other tags than the query's by another
 * caller; the law is about the query's, so these are asked as well. */
static struct t87s__verdict judge(struct t87s_cache *cache, const struct t87s__ask *ask, struct t87s__entry *entry,
                                  int64_t now) {
    struct t87s__cover cover = {0};
    now = t87s__near_time(cache, now);
    if (cache->tier && t87s__entry_tags_hash(entry) != ask->tags_hash)
        now =
            INT64_MAX; /* it may be the store's, which was asked about the other tags, and older than its birth here */
    if (t87s__entry_tags_hash(entry) != ask->tags_hash)
        for (size_t i = 0; i < ask->n_tags; i++)
            cover = t87s__cover_both(cover, t87s__tag_tree_cover_path(cache->tree, ask->tags[i].path, ask->tags[i].size,
                                                                      t87s__entry_birth(entry)));
    if (!T87S__MUTANT(JUDGED_OUTSIDE))
        t87s__read_begin(); /* an entry that is listed in here keeps its tags until the end */
    struct t87s__verdict verdict = t87s__entry_judge_for(entry, cache->tree, cover, now);
    if (!T87S__MUTANT(JUDGED_OUTSIDE))
        t87s__read_end();
    if (T87S__MUTANT(MERGED_STAMPS) && verdict.state == STATE_FRESH)
        entry->birth_and_sizes = t87s__stamp_next(&cache->stamps) << 16 | (entry->birth_and_sizes & 0xffff);
    return verdict;
}

/* ---- answers ---- */

static enum t87s_status answer_entry(struct t87s__answer *answer, struct t87s__entry *entry, enum t87s_outcome outcome,
                                     enum t87s_reason reason) {
    t87s__entry_ref(entry);
    *answer = (struct t87s__answer){entry, outcome, reason, false};
    return t87s__entry_negative(entry) ? T87S_NOT_FOUND : T87S_OK;
}

/* `info` is zeroed, and stays so between its fields: equal infos have equal bytes. */
static void tell(struct t87s_entry_info *info, const struct t87s__entry *entry, const struct t87s__verdict *verdict,
                 const struct t87s__answer *answer) {
    info->outcome = answer->outcome;
    info->reason = answer->reason;
    if (!entry)
        return;
    info->present = true;
    info->created_ms = t87s__entry_created_ms(entry);
    info->expires_ms = t87s__entry_expires_ms(entry);
    info->grace_until_ms = verdict && verdict->state == STATE_STALE
                               ? verdict->until_ms
                               : t87s__time_add(info->expires_ms, t87s__entry_grace_ms(entry));
    info->n_tags = t87s__entry_n_tags(entry);
}

static enum t87s_status serve_fresh(struct way *way, const struct t87s__ask *ask, struct t87s__entry *entry,
                                    struct t87s__answer *answer, int64_t now) {
    struct t87s_cache *cache = way->cache;
    const bool negative = t87s__entry_negative(entry);
    t87s__entry_visit(entry);
    t87s__count_query(&cache->queries, ask->source.row, negative ? COUNT_negative_hits : COUNT_fresh_hits);
    if (ask->verify && !negative)
        t87s__background_verify(cache, ask, entry, now);
    T87S__TRACE(&cache->trace, "query %s: %s", t87s__describe_key(&ask->source, &ask->key).bytes,
                negative ? "fresh, not found" : "fresh");
    return answer_entry(answer, entry, negative ? T87S_NEGATIVE : T87S_FRESH, T87S_REASON_NONE);
}

static enum t87s_status serve_stale(struct way *way, const struct t87s__ask *ask, struct t87s__answer *answer,
                                    const char *also) {
    struct t87s_cache *cache = way->cache;
    t87s__entry_visit(way->old);
    t87s__count_query(&cache->queries, ask->source.row, COUNT_stale_serves);
    T87S__PROBE3(stale, ask->key.hash, ask->source.row, way->verdict.reason);
    T87S__TRACE(&cache->trace, "query %s: %s -> stale until %lld, %s",
                t87s__describe_key(&ask->source, &ask->key).bytes, t87s__describe_reason(way->verdict.reason),
                (long long)way->verdict.until_ms, also);
    return answer_entry(answer, way->old, T87S_STALE, way->verdict.reason);
}

/* ---- fetching ---- */

static enum t87s_outcome outcome_of(const struct t87s__fetched *fetched) {
    return !fetched->stored                    ? T87S_FETCHED
           : fetched->status == T87S_NOT_FOUND ? T87S_NEGATIVE
           : fetched->stale                    ? T87S_STALE
                                               : T87S_FRESH;
}

/* The answer was the store's: a hit, and if it is stale, somebody refreshes it. */
static void served_from_store(struct t87s_cache *cache, const struct t87s__ask *ask,
                              const struct t87s__fetched *fetched, struct t87s__entry *entry) {
    static const enum t87s__query_counter counters[] = {
        [T87S_FRESH] = COUNT_fresh_hits, [T87S_STALE] = COUNT_stale_serves, [T87S_NEGATIVE] = COUNT_negative_hits};
    t87s__count_query(&cache->queries, ask->source.row, counters[outcome_of(fetched)]);
    if (fetched->stale && entry)
        t87s__background_refresh(cache, ask, entry, fetched->ended_ms);
}

/* Calls the fetch of way->flight, which may leave it by any door. */
static T87S__HAS_MARK struct t87s__fetched *fetch(struct way *way, const struct t87s__ask *ask,
                                                  enum t87s__shared_use use) {
    struct t87s__flight *volatile mark = way->flight;
    struct held *held = held_of(way->flight);
    held->way = *way;
    t87s__left_watch(way->flight, &mark, leave);
    const struct t87s__fetching fetching = {&ask->source, &ask->key, ask->fixed_out,  way->began_ns,
                                            way->shared,  (int)use,  !way->refreshing};
    t87s__fetch(way->cache, &fetching, &held->fetched);
    way->passed = held->fetched.passed;
    return &held->fetched;
}

/* Fetches as the leader of way->flight, which runs. */
static enum t87s_status lead(struct way *way, const struct t87s__ask *ask, struct t87s__answer *answer, bool *kept) {
    struct t87s_cache *cache = way->cache;
    struct t87s__entry *entry;
    const enum t87s__keep keep = t87s__keep_now(cache);
    const bool refreshing = way->refreshing || keep != KEEP_FETCHED; /* what is not kept, nobody would refresh */
    struct t87s__fetched *fetched = fetch(way, ask, refreshing ? SHARED_REFRESH : SHARED_SERVE);
    if (way->passed) {
        t87s__keep_abandon(cache, way->flight);
        way->running = false;
        return fetched->status; /* to stale(), which has an answer */
    }
    *kept = t87s__keep_fetched(cache, way->flight, &ask->source, fetched, keep, !ask->fixed_out, &entry);
    way->running = false;
    t87s__describe_fetched(cache, ask, fetched, entry, *kept);
    answer->entry = entry;
    answer->outcome = outcome_of(fetched);
    if (fetched->stored)
        served_from_store(cache, ask, fetched, *kept ? entry : NULL);
    if (fetched->status == T87S_OK && !entry && !ask->fixed_out)
        return T87S_E_NOMEM; /* nowhere to put the answer */
    return fetched->status;
}

/* Fetches with a flight nobody sees, because the cache has no memory for a real one: nobody joins, nothing is kept. */
static enum t87s_status fetch_alone(struct way *way, const struct t87s__ask *ask, struct t87s__answer *answer) {
    struct t87s_cache *cache = way->cache;
    way->flight = t87s__flight_make_loose(cache->flights, &ask->key);
    if (!way->flight)
        return T87S_E_NOMEM;
    t87s__thread_lead(way->flight); /* so that a fetch that asks for its own key is still refused */
    way->began_ns = t87s__clock_ns();
    struct t87s__fetched *fetched = fetch(way, ask, SHARED_REFRESH);
    if (fetched->status == T87S_OK) {
        t87s__count(&cache->counters, COUNT_not_kept_no_memory);
        answer->entry = t87s__keep_loose(cache, &ask->key, fetched);
        if (!answer->entry && !ask->fixed_out)
            fetched->status = T87S_E_NOMEM;
    }
    t87s__describe_fetched(cache, ask, fetched, NULL, false);
    answer->outcome = outcome_of(fetched);
    return fetched->status;
}

enum step { STEP_ANSWERED, STEP_AGAIN, STEP_LEAD, STEP_PREPARE };

/* Waits for a flight; the lock is held, and is not any more afterwards. With `take` its result is the answer. */
static enum step wait_for(struct way *way, const struct t87s__ask *ask, struct t87s__flight *flight, bool take,
                          struct t87s__answer *answer, enum t87s_status *status) {
    struct t87s_cache *cache = way->cache;
    bool leads = t87s__thread_leads_any();
    enum step step = STEP_AGAIN;
    if (leads && !t87s__wait_graph_enter(flight)) {
        t87s__flights_unlock(cache->flights, ask->key.hash);
        t87s__count(&cache->counters, COUNT_deadlocks);
        T87S__PROBE2(deadlock, ask->key.hash, ask->source.row);
        *status = T87S_E_DEADLOCK;
        return STEP_ANSWERED;
    }
    t87s__flight_join(flight);
    t87s__flights_unlock(cache->flights, ask->key.hash);
    T87S__PROBE2(join, ask->key.hash, ask->source.row);
    T87S__TRACE(&cache->trace, "query %s: %s -> %s", t87s__describe_key(&ask->source, &ask->key).bytes,
                t87s__describe_reason(answer->reason), take ? "join" : "wait, too many fetches of it are under way");
    t87s__flights_lock(cache->flights, ask->key.hash);
    bool ended = t87s__flight_wait(flight, cache->clock, flight->deadline_ms);
    const bool usable = (flight->entry || flight->status != T87S_OK) && !(flight->stale && ask->source.grace_ms <= 0);
    if (ended && take && flight->state == FLIGHT_DONE && usable) {
        const enum t87s_outcome outcome = flight->stale ? T87S_STALE : T87S_JOINED;
        *status = flight->status;
        if (flight->entry)
            *status = answer_entry(answer, flight->entry, outcome, answer->reason);
        answer->outcome = outcome;
        step = STEP_ANSWERED;
    }
    if (leads) /* before its leader may believe that nobody waits for it, and keep it in the graph */
        t87s__wait_graph_leave();
    t87s__flight_leave(flight);
    t87s__flights_unlock(cache->flights, ask->key.hash);
    t87s__flight_unref(flight);
    if (!ended && take) {
        t87s__count(&cache->counters, COUNT_takeovers);
        T87S__PROBE2(takeover, ask->key.hash, ask->source.row);
    }
    if (step == STEP_ANSWERED)
        t87s__count_query(&cache->queries, ask->source.row, COUNT_joins);
    return step;
}

/* The entry of a key for certain, with a reference, or NULL. The lock of the key's flights is held. */
static struct t87s__entry *look_again(const struct way *way, const struct t87s__key *key) {
    struct t87s__entry_table *table = way->cache->table;
    if (!way->old && (t87s__entry_table_unchanged(table, key->hash, way->changes) || T87S__MUTANT(FIRST_LOOK_TRUSTED)))
        return NULL;
    return t87s__entry_table_look(table, key);
}

/* Under the lock of the key's flights: look once more, join, wait, or start to lead. */
static enum step join_or_lead(struct way *way, const struct t87s__ask *ask, struct t87s__answer *answer,
                              enum t87s_status *status) {
    struct t87s_cache *cache = way->cache;
    const int64_t now = t87s__time_exact_ns(&cache->time, &way->began_ns);
    t87s__flights_lock(cache->flights, ask->key.hash);
    struct t87s__entry *entry = look_again(way, &ask->key);
    if (entry && entry != way->old && judge(cache, ask, entry, now).state == STATE_FRESH) {
        t87s__flights_unlock(cache->flights, ask->key.hash); /* another thread's fetch came in between */
        *status = serve_fresh(way, ask, entry, answer, now);
        t87s__entry_unref(entry, cache->memory);
        return STEP_ANSWERED;
    }
    struct t87s__flights_found found =
        t87s__flights_find(cache->flights, &ask->key, ask->tags_hash, &cache->floors, now);
    enum step step = STEP_LEAD;
    if (found.valid && found.valid->birth < way->alone && !t87s__shared_may_join(way->shared, found.valid->shared))
        found.valid = NULL;
    if (found.valid) {
        step = wait_for(way, ask, found.valid, true, answer, status);
    } else if (found.running >= MOST_FLIGHTS_PER_KEY) {
        if (!found.overdue) {
            step = wait_for(way, ask, found.newest, false, answer, status);
        } else {
            t87s__flights_unlock(cache->flights, ask->key.hash);
            t87s__count(&cache->counters, COUNT_timeouts);
            *status = T87S_E_TIMEOUT;
            step = STEP_ANSWERED;
        }
    } else if (!way->flight) {
        t87s__flights_unlock(cache->flights, ask->key.hash);
        step = STEP_PREPARE;
    } else {
        way->flight->shared = way->alone ? way->shared : NULL; /* if it has been asked, so it is not written any more */
        t87s__flight_start(way->flight, t87s__stamp_next(&cache->stamps), t87s__time_add(now, ask->source.timeout_ms));
        way->running = true;
        t87s__flights_unlock(cache->flights, ask->key.hash);
    }
    t87s__entry_unref(entry, cache->memory); /* without the lock: the last one gives back memory */
    return step;
}

/* Everything that needs memory, before the lock is taken: the nodes of the tags, which have to be interned before the
 * birth is drawn, and the flight. */
static bool prepare(struct way *way, const struct t87s__ask *ask, const struct t87s_gen_tags *tags) {
    struct t87s_cache *cache = way->cache;
    t87s__keep_prepare(cache);
    struct t87s__flight *flight = t87s__flight_make(cache->flights, &ask->key, NULL, 0, ask->tags_hash);
    if (!flight)
        return false;
    if (T87S__MUTANT(BIRTH_BEFORE_INTERN))
        flight->birth = t87s__stamp_next(&cache->stamps);
    const int n = intern(tags, flight->tags); /* as late as can be: what it needs is on its way */
    if (n < 0) {
        t87s__flight_unref(flight);
        return false;
    }
    flight->n_tags = (uint8_t)n;
    way->flight = flight;
    return true;
}

/* Nobody vouches that this process would know of an invalidation elsewhere: the query asks the store itself, since a
 * flight may have asked it too early. True: it has answered; the source is asked by a flight. */
static bool ask_alone(struct way *way, const struct t87s__ask *ask, enum t87s__shared_use use,
                      struct t87s__answer *answer, enum t87s_status *status) {
    struct t87s_cache *cache = way->cache;
    __attribute__((cleanup(t87s__fetched_release))) struct t87s__fetched fetched;
    t87s__fetched_init(cache, &fetched);
    if (!t87s__shared_read(cache, way->shared, &ask->source, use, &fetched))
        return false;
    struct t87s__entry *entry = t87s__keep_loose(cache, &ask->key, &fetched);
    if (fetched.status == T87S_OK && ask->fixed_out)
        memcpy(ask->fixed_out, fetched.value, fetched.size);
    else if (fetched.status == T87S_OK && !entry)
        return false; /* no memory for it; the source is asked */
    answer->entry = entry;
    answer->outcome = outcome_of(&fetched);
    served_from_store(cache, ask, &fetched, NULL);
    t87s__describe_fetched(cache, ask, &fetched, NULL, false);
    *status = fetched.status;
    return true;
}

static enum t87s_status ask_source(struct way *way, const struct t87s__ask *ask, const struct t87s_gen_tags *tags,
                                   struct t87s__answer *answer, bool *kept) {
    struct t87s_cache *cache = way->cache;
    if (t87s__thread_leads_key(cache->flights, &ask->key)) {
        t87s__count(&cache->counters, COUNT_deadlocks);
        T87S__PROBE2(deadlock, ask->key.hash, ask->source.row);
        return T87S_E_DEADLOCK;
    }
    if (!way->inside && !go_inside(way))
        return T87S_E_CLOSED;
    enum t87s_status status = T87S_OK;
    way->shared = t87s__shared_make(cache, &ask->source, &ask->key, ask->tags, ask->n_tags);
    way->alone = t87s__near_vouched(cache) ? 0 : t87s__stamp_next(&cache->stamps);
    if (way->alone && ask_alone(way, ask, SHARED_REFRESH, answer, &status))
        return status;
    if (t87s__flights_quiet(cache->flights, ask->key.hash))
        prepare(way, ask, tags); /* it will lead, most likely; if this fails it is tried again, should it have to */
    for (;;) {
        switch (join_or_lead(way, ask, answer, &status)) {
        case STEP_ANSWERED:
            return status;
        case STEP_AGAIN:
            break;
        case STEP_PREPARE:
            if (prepare(way, ask, tags))
                break;
            return fetch_alone(way, ask, answer);
        case STEP_LEAD:
            T87S__TRACE(&cache->trace, "query %s: %s -> fetch", t87s__describe_key(&ask->source, &ask->key).bytes,
                        t87s__describe_reason(answer->reason));
            return lead(way, ask, answer, kept);
        }
    }
}

static enum t87s_status miss(struct way *way, const struct t87s__ask *ask, const struct t87s_gen_tags *tags,
                             struct t87s__answer *answer, bool *kept) {
    enum t87s_status status = ask_source(way, ask, tags, answer, kept);
    if (status == T87S_OK || status == T87S_NOT_FOUND || !way->alone || ask->source.grace_ms <= 0)
        return status;
    t87s__shared_ask_again(way->shared); /* the fetch failed: what the store has inside its grace stands in */
    ask_alone(way, ask, SHARED_SERVE, answer, &status);
    return status;
}

/* ---- the query ---- */

static bool in_last_tenth(const struct way *way, int64_t now) {
    return way->verdict.until_ms - now <= t87s__entry_grace_ms(way->old) / 10;
}

/* The entry is stale but inside its grace: it is the answer, unless nobody else can refresh it in time. */
static enum t87s_status stale(struct way *way, const struct t87s__ask *ask, struct t87s__answer *answer, bool *kept,
                              int64_t now) {
    struct t87s_cache *cache = way->cache;
    struct t87s_gen_tags tags;
    enum t87s__refresh refresh = t87s__background_refresh(cache, ask, way->old, now);
    if (refresh == REFRESH_STARTED)
        return serve_stale(way, ask, answer, "refresh");
    if (refresh == REFRESH_UNDER_WAY)
        return serve_stale(way, ask, answer, "refresh under way");
    bool inline_refresh = refresh == REFRESH_IMPOSSIBLE || (refresh == REFRESH_QUEUE_FULL && in_last_tenth(way, now));
    if (!inline_refresh || t87s__thread_leads_key(cache->flights, &ask->key))
        return serve_stale(way, ask, answer, "no refresh yet");
    t87s__count(&cache->counters, COUNT_refreshes_inline);
    name_tags(cache, ask, &tags);
    way->refreshing = true;
    enum t87s_status status = miss(way, ask, &tags, answer, kept);
    if (status == T87S_OK || status == T87S_NOT_FOUND)
        return status;
    if (way->passed)
        t87s__background_passed(cache, way->old);
    else
        t87s__background_failed(way->old, t87s__time_exact(&cache->time));
    way->verdict = judge(cache, ask, way->old, t87s__time_exact(&cache->time));
    if (way->verdict.state == STATE_GONE)
        return status; /* invalidated or past its grace while the fetch failed */
    return serve_stale(way, ask, answer, way->passed ? "refreshed by another process" : "the fetch failed");
}

static void report(const struct way *way, const struct t87s__answer *answer, bool kept, struct t87s_entries *entries) {
    bool hit = answer->outcome != T87S_FETCHED && answer->outcome != T87S_JOINED;
    const struct t87s__entry *before = hit ? answer->entry : way->old, *after = answer->entry;
    if (answer->outcome == T87S_JOINED && after) /* its leader kept it, or could not */
        kept = t87s__entry_listed(after);
    tell(&entries->before, before, before == way->old ? &way->verdict : NULL, answer);
    if (hit && before && way->shared) /* an entry that is for this answer alone has no tags of its own */
        entries->before.n_tags = (unsigned)way->shared->n_tags;
    if (hit)
        memcpy(&entries->after, &entries->before, sizeof entries->after);
    else
        tell(&entries->after, kept ? after : NULL, NULL, answer);
}

/* There is no entry, or it is not fresh. */
static enum t87s_status not_fresh(struct way *way, const struct t87s__ask *ask, struct t87s__answer *answer, bool *kept,
                                  int64_t now) {
    struct t87s_cache *cache = way->cache;
    struct t87s_gen_tags tags;
    /* The entry's grace may be another caller's; a query without one is never answered from it, nor refreshed in
     * the background, where its fetch_arg need not live. */
    const bool graced = way->old && way->verdict.state == STATE_STALE && ask->source.grace_ms > 0;
    if (!graced)
        name_tags(cache, ask, &tags); /* first, so that what interning needs comes near meanwhile */
    t87s__left_end(__builtin_frame_address(0));
    answer->reason = way->old && !t87s__near_vouched(cache)                     ? T87S_REASON_STORE
                     : way->old                                                 ? way->verdict.reason
                     : t87s__eviction_remembers(cache->eviction, ask->key.hash) ? T87S_REASON_EVICTED
                                                                                : T87S_REASON_ABSENT;
    t87s__count_reason(&cache->queries, ask->source.row, answer->reason);
    T87S__PROBE3(miss, ask->key.hash, ask->source.row, answer->reason);
    return graced ? stale(way, ask, answer, kept, now) : miss(way, ask, &tags, answer, kept);
}

enum t87s_status t87s__query_ask(struct t87s_cache *cache, const struct t87s__ask *ask, const struct t87s__look *look,
                                 struct t87s__answer *answer, struct t87s_entries *entries) {
    __attribute__((cleanup(end_way))) struct way way = {.cache = cache, .old = look->entry, .changes = look->changes};
    enum t87s_status status;
    bool kept = false;
    const int64_t now = look->now_ms;
    *answer = (struct t87s__answer){NULL, T87S_FETCHED, T87S_REASON_NONE, false};
    if (way.old)
        way.verdict = judge(cache, ask, way.old, now);
    if (way.old && way.verdict.state == STATE_FRESH)
        status = serve_fresh(&way, ask, way.old, answer, now);
    else
        status = not_fresh(&way, ask, answer, &kept, now);
    if (entries)
        report(&way, answer, kept, entries);
    answer->inside = way.inside; /* the answer is not handed out yet */
    way.inside = false;
    return status;
}

void t87s__query_end(struct t87s_cache *cache, struct t87s__answer *answer) {
    t87s__entry_unref(answer->entry, cache->memory);
    if (answer->inside)
        go_outside(cache);
}

enum t87s_status t87s__query_get(struct t87s_cache *cache, const struct t87s__key *key, struct t87s__entry **out) {
    *out = t87s__hit_ref(cache, key, t87s__time_now(&cache->time));
    if (!*out) { /* it may have been on the move */
        struct t87s__entry *entry = t87s__entry_table_look(cache->table, key);
        const struct t87s__ask ask = {.key = *key, .tags_hash = entry ? t87s__entry_tags_hash(entry) : 0};
        if (entry && judge(cache, &ask, entry, t87s__time_exact(&cache->time)).state == STATE_FRESH) {
            t87s__entry_visit(entry);
            *out = entry;
        } else {
            t87s__entry_unref(entry, cache->memory);
        }
    }
    t87s__count(&cache->counters, *out ? COUNT_get_hits : COUNT_get_misses);
    return !*out ? T87S_MISS : t87s__entry_negative(*out) ? T87S_NOT_FOUND : T87S_OK;
}
