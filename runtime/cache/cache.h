/* SPDX-License-Identifier: MIT
 *
 * What the files of this room share: the cache, and a query on its way through it.
 *
 *     hit.h         the fresh hit: no lock, no memory, no system call
 *     query.c       look, decide, join or fetch: the life of every other query
 *     fetch.c       calls the user's fetch and abandons the flight if it never comes back
 *     keep.c        puts a fetched answer into the table, makes room, throws out
 *     background.c  refresh and verification, on the threads of executor.c
 *     write.c       set, delete, clear, invalidate
 *     shared.c      all that has to do with a shared tier; lease.c: which process fetches
 *     service.c     the cache's own thread: takes back what was retired or has expired
 *     stats.c       reads the counters, a query a row; openmetrics.c writes them as text
 */
#ifndef T87S_CACHE_CACHE_H
#define T87S_CACHE_CACHE_H

#include <t87s/codegen.h>

#include "counters.h"
#include "entry_table.h"
#include "eviction.h"
#include "executor.h"
#include "query_counters.h"
#include "service.h"
#include "single_flight.h"
#include "time_word.h"
#include "trace.h"

#define T87S__CLOSING (~(SIZE_MAX >> 1)) /* in cache->inside */

struct t87s__callback {
    t87s_gen_function *fn;
    void *arg;
};

struct t87s_cache {
    /* immutable after open */
    struct t87s__memory *memory;
    struct t87s__tag_tree *tree;
    const struct t87s__epochs *epochs; /* the tree's */
    struct t87s__entry_table *table;
    struct t87s__eviction *eviction;
    struct t87s__retired *retired;
    struct t87s__flights *flights;
    struct t87s__executor *executor;
    struct t87s__service *service;
    const struct t87s_clock *clock;
    struct t87s__time_word time; /* the same time, for hits */
    struct t87s__trace trace;
    /* Atomic, and written a few times a second at most: until when entries here may be served, see t87s__near_time. It
     * stands with what every hit reads, not with the stamps, which every invalidation writes. */
    _Atomic(int64_t) near_until_ms;
    bool plain; /* nobody traces or verifies: a hit is only a hit */
    uint64_t seed;
    size_t capacity_bytes;
    int64_t default_ttl_ms, default_grace_ms; /* resolved: T87S_NONE or positive */
    double verify_fraction;
    void *app; /* of a generated schema */
    char *prefix;
    struct t87s__tier *tier;            /* NULL: no shared tier */
    struct t87s__shared_tokens *tokens; /* shared.c's */
    int64_t bound_ms;                   /* the store's, not negative */
    bool near_off;                      /* nothing is kept here: what is stale has nobody who would refresh it */
    uint32_t n_queries;
    const char *schema_name;          /* NULL: by hand only */
    const char *query_names;          /* as in the schema */
    struct t87s__callback *callbacks; /* n_queries, under callbacks_lock */

    /* atomic */
    struct t87s__stamps stamps;
    struct t87s__key_floors floors;
    struct t87s__counters counters;
    struct t87s__query_counters queries; /* n_queries rows, and one for all queries by hand */
    _Atomic(uint64_t) heard, losses;     /* of the store; relaxed sums */
    _Atomic(int64_t) verify_second;      /* the second that verify_count counts in; relaxed: a cap, not an order */
    _Atomic(uint32_t) verify_count;

    pthread_mutex_t callbacks_lock;

    pthread_mutex_t sweep_lock; /* tried, never waited for */
    struct t87s__entry_cursor sweep;

    /* Atomic: queries between their first look and their answer, and T87S__CLOSING, which is set once. From then on it
     * is written under life_lock, so that who leaves last is done with the cache when the closing thread sees it. */
    _Atomic(size_t) inside;
    pthread_mutex_t life_lock;
    pthread_cond_t idle; /* nobody is inside any more */

    struct t87s_cache *newer, *older; /* all caches of the process; under the lock in fork.c */
};

/* The time by which an entry is judged. Acquire: pairs with the release in shared.c; what was told before it was
 * vouched for is marked. Without a store near_until_ms is never reached. */
static inline int64_t t87s__near_time(const struct t87s_cache *cache, int64_t now_ms) {
    return now_ms < atomic_load_explicit(&cache->near_until_ms, memory_order_acquire) ? now_ms : INT64_MAX;
}

/* Whether what is kept here may be served now. */
static inline bool t87s__near_vouched(struct t87s_cache *cache) {
    return !cache->tier || t87s__near_time(cache, t87s__time_exact(&cache->time)) != INT64_MAX;
}

/* The row of whatever no generated query did. */
static inline uint32_t t87s__row_by_hand(const struct t87s_cache *cache) { return cache->n_queries; }

/* How a query gets its answer and how long that lives. Plain data: a background job keeps a copy. Times are resolved:
 * T87S_NONE or positive. */
struct t87s__source {
    const struct t87s_gen_query *gen; /* a generated query, or NULL: by hand */
    const struct t87s_gen_kind *kind; /* of gen */
    uint32_t row;                     /* in cache->queries */
    enum t87s_status (*fetch)(void *arg, struct t87s_buffer *out);
    void *fetch_arg;
    size_t fetch_arg_size;
    void (*on_refresh)(void *arg, const struct t87s_value *old, const struct t87s_value *fresh, bool changed);
    void *on_refresh_arg;
    const char *name;
    int64_t ttl_ms, grace_ms, negative_ms, timeout_ms;
    int64_t fleet_ms; /* positive: one of all processes fetches */
    unsigned jitter_percent;
    bool refetched; /* in the background, even without grace: it is verified */
};

/* One call of a query. */
struct t87s__ask {
    struct t87s__key key;
    struct t87s__source source;
    const struct t87s_tag *tags; /* by hand; generated queries make theirs from the key */
    size_t n_tags;
    uint64_t tags_hash; /* of these; 0 for generated queries */
    bool verify;        /* this one is of the sample */
    void *fixed_out;    /* where a value of fixed size goes; NULL: the value is handed out as an entry */
};

struct t87s__answer {
    struct t87s__entry *entry; /* referenced; NULL: not found, an error, or the value stands in fixed_out already */
    enum t87s_outcome outcome;
    enum t87s_reason reason;
    bool inside; /* a close waits for this query */
};

/* What a look without a lock found (hit.h): one that moves may be missed, unless nothing changed since. */
struct t87s__look {
    struct t87s__entry *entry; /* referenced; NULL: none */
    bool fresh;
    int64_t now_ms;
    uint64_t changes; /* of the key's shard, from before */
};

/* query.c: look, ask, use the answer, end; the cache may be gone afterwards. Takes over the look's reference. */
enum t87s_status t87s__query_ask(struct t87s_cache *cache, const struct t87s__ask *ask, const struct t87s__look *look,
                                 struct t87s__answer *answer, struct t87s_entries *entries);
void t87s__query_end(struct t87s_cache *cache, struct t87s__answer *answer);
enum t87s_status t87s__query_get(struct t87s_cache *cache, const struct t87s__key *key, struct t87s__entry **out);
/* The nodes of the tags of a query, interned: how many, or -1 when they cannot be had. The references are the caller's.
 */
uint64_t t87s__query_hash_tags(struct t87s_cache *cache, const struct t87s_tag *tags, size_t n);
int t87s__query_intern(struct t87s_cache *cache, const struct t87s__ask *ask, t87s__node *nodes);

/* fetch.c: a fetch under way and what it brought. */
struct t87s__fetched {
    enum t87s_status status;
    const void *value; /* valid until t87s__fetched_release */
    size_t size;
    int64_t ended_ms;
    struct t87s_buffer buffer;
    struct t87s_allocator plug; /* of the buffer: the cache's memory, or malloc when that has nothing */
    struct t87s__memory *memory;
    void *spilled[2];
    bool stored, stale;                 /* it was the store's, and is past its ttl */
    bool passed;                        /* nothing was fetched: another process does */
    int64_t age_ms, fresh_ms, grace_ms; /* of one that was stored */
    int64_t ttl_ms;                     /* of any other, for all tiers; not positive: it is not kept */
};
struct t87s__fetching {
    const struct t87s__source *source;
    const struct t87s__key *key;
    void *fixed_out;             /* where a value of fixed size goes; NULL: into a buffer */
    uint64_t began_ns;           /* t87s__clock_ns() just now */
    struct t87s__shared *shared; /* the store is asked before the source; NULL: it is not */
    int use;                     /* of enum t87s__shared_use */
    bool waits;                  /* if another process fetches it: for that */
};
/* Asks the store or calls the fetch. */
void t87s__fetch(struct t87s_cache *cache, const struct t87s__fetching *fetching, struct t87s__fetched *fetched);
void t87s__fetched_init(struct t87s_cache *cache, struct t87s__fetched *fetched);
/* What the buffer has is nothing. */
void t87s__fetched_drop(struct t87s__fetched *fetched);
void t87s__fetched_release(struct t87s__fetched *fetched);

/* keep.c */
enum t87s__keep {
    KEEP_FETCHED,
    KEEP_ELSEWHERE, /* not here, nor what stood here */
    KEEP_NOTHING    /* the answer only goes to those who wait */
};
/* What is to become of a fetch that begins now, its birth drawn. While nobody vouches, nobody need tell later what
 * happened meanwhile, so nothing from then is kept. */
enum t87s__keep t87s__keep_now(struct t87s_cache *cache);
/* Ends a flight with what was fetched: makes the entry, puts it into the table if it may stand there, wakes the
 * waiters. *entry: referenced, or NULL (a failure, not found, or no memory; with `spill` malloc is tried, too); if
 * there is one, `fetched` is released. Returns whether it was kept. */
bool t87s__keep_fetched(struct t87s_cache *cache, struct t87s__flight *flight, const struct t87s__source *source,
                        struct t87s__fetched *fetched, enum t87s__keep keep, bool spill, struct t87s__entry **entry);
/* Ends a flight whose fetch left by another door (an exception, pthread_exit): who waits for it asks again. */
void t87s__keep_abandon(struct t87s_cache *cache, struct t87s__flight *flight);
/* An entry that nobody will find, nor judge: for an answer without a flight. */
struct t87s__entry *t87s__keep_loose(struct t87s_cache *cache, const struct t87s__key *key,
                                     const struct t87s__fetched *fetched);
/* Whether an entry is too large to be kept; counts it. */
bool t87s__keep_too_large(struct t87s_cache *cache, const struct t87s__entry *entry);
/* Whether one of so many bytes of key and value surely is not. */
bool t87s__keep_small(const struct t87s_cache *cache, size_t size);
/* Puts an entry into the table and makes room for it. */
enum t87s__put t87s__keep_put(struct t87s_cache *cache, struct t87s__entry *entry, uint64_t hash, int64_t now_ms);
/* After an entry left the table: retires it. NULL is allowed. */
void t87s__keep_discard(struct t87s_cache *cache, struct t87s__entry *entry);
/* The same for a list of them. */
size_t t87s__keep_discard_all(struct t87s_cache *cache, struct t87s__entry *list);
/* Before an entry is to be kept, while nobody waits for it: sees to it that there can be room, which may
 * take a wait for readers. */
void t87s__keep_prepare(struct t87s_cache *cache);
/* Waits a moment for the readers of what has left, so that its memory comes back. */
void t87s__keep_relieve(struct t87s_cache *cache);
/* Takes out what expired a while ago, of about the next n cells; true: the end of the table was reached. */
bool t87s__keep_sweep(struct t87s_cache *cache, uint32_t n, int64_t now_ms);
void t87s__keep_remove_born_before(struct t87s_cache *cache, uint64_t stamp);

/* background.c */
enum t87s__refresh {
    REFRESH_STARTED,
    REFRESH_UNDER_WAY,  /* by somebody else */
    REFRESH_BACKED_OFF, /* it failed lately */
    REFRESH_QUEUE_FULL,
    REFRESH_IMPOSSIBLE /* no thread or no memory */
};
/* Has a stale entry fetched again. */
enum t87s__refresh t87s__background_refresh(struct t87s_cache *cache, const struct t87s__ask *ask,
                                            struct t87s__entry *entry, int64_t now_ms);
/* Whether a query is of the sample whose fresh hits are verified. */
bool t87s__background_samples(double fraction);
/* Verifies a fresh hit, but not more than a cap a second. */
void t87s__background_verify(struct t87s_cache *cache, const struct t87s__ask *ask, struct t87s__entry *entry,
                             int64_t now_ms);
/* A fetch of the entry failed: the next one waits, longer each time. Returns how long. */
int64_t t87s__background_failed(struct t87s__entry *entry, int64_t now_ms);
/* Another process fetches it: it is asked for again when that may be over. */
void t87s__background_passed(struct t87s_cache *cache, struct t87s__entry *entry);

/* stats.c: for who must not wait, as t87s_stats does for readers. */
void t87s__stats_now(struct t87s_cache *cache, struct t87s_stats *out);

/* describe.c: for trace lines. */
struct t87s__text {
    char bytes[160];
};
struct t87s__text t87s__describe_key(const struct t87s__source *source, const struct t87s__key *key);
const char *t87s__describe_reason(enum t87s_reason reason);
/* Traces how a query's fetch ended; `entry` is looked at if it was kept. */
void t87s__describe_fetched(struct t87s_cache *cache, const struct t87s__ask *ask, const struct t87s__fetched *fetched,
                            const struct t87s__entry *entry, bool kept);

/* fork.c */
void t87s__fork_enlist(struct t87s_cache *cache);
void t87s__fork_delist(struct t87s_cache *cache);

#endif
