/* SPDX-License-Identifier: MIT
 *
 * A shared tier: what a program must offer to stand under several caches in several processes.
 *
 * The cache asks its store before it calls a fetch, hands it what the fetch brought, and tells it of every invalidation
 * before it does its own part. It keeps answers in the process as well (the near tier) as long as the store vouches
 * that it would hear of an invalidation elsewhere. Everything that has to do with failure is the cache's work and the
 * same for every store: a store that cannot be reached says so, nothing more (see t87s_invalidate for what becomes of
 * an invalidation then).
 *
 * The order. A store keeps one order of births and invalidations, by numbers that only grow ("stamps"; never a client's
 * clock). An entry is valid when its birth is not before any hard invalidation of a prefix of its tags, nor before the
 * removal of its key, nor before a clear. Where it has lost what it would need to know, it answers as if the entry were
 * outdated (law 3).
 *
 * Threads: every function may be called from any thread at once, with no lock of the cache held, but detach and close.
 * Nothing is borrowed beyond a call. A call ends by its deadline, give or take what a scheduler takes; its thread is
 * not cancelled meanwhile. After a fork() the child may call, too, with what of the parent's is not shared (a
 * connection is). Statuses: T87S_OK; T87S_E_STORE (cannot be reached, or answered something else than it should);
 * T87S_E_TIMEOUT (not by the deadline: whether a write was done is not known); T87S_E_NOMEM. tests/store_laws is what a
 * store has to pass.
 */
#ifndef T87S_STORE_H
#define T87S_STORE_H

#include <t87s/t87s.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The bytes of a tag: struct t87s_tag's path, borrowed. */
struct t87s_store_tag {
    const unsigned char *path;
    size_t size;
};

/* Where the segments of a tag end: every prefix of a tag is a tag. Fills `ends` (of T87S_MAX_SEGMENTS) with the sizes
 * of its prefixes, itself the last, and returns their number; 0 for what is not a tag. */
T87S_API size_t t87s_store_prefixes(struct t87s_store_tag tag, size_t *ends);

/* 16 bytes that stand for a tag in a store, the same in every process and version of this library. */
T87S_API void t87s_store_hash(const unsigned char *path, size_t size, unsigned char *out);

/* A point in the store's order: what was done before it, and what after. The cache only keeps it and hands it back;
 * what the numbers mean is the store's business, which may have parts that count for themselves. Zeroed: none. */
struct t87s_store_birth {
    uint64_t stamps[16];
};

/* What one query asks for. Keys are bytes of the cache's: two caches mean the same entry by the same key and tags. */
struct t87s_store_query {
    const void *key;
    size_t key_size; /* 1 to 65 543 */
    const struct t87s_store_tag *tags;
    size_t n_tags;
    int64_t deadline_ms; /* how long the call may take from now on */
};

enum t87s_store_state {
    T87S_STORE_ABSENT,  /* nothing there, or nothing that can be read: of another layout, cut, flipped */
    T87S_STORE_VALID,   /* no invalidation since its birth */
    T87S_STORE_SOFT,    /* soft ones only */
    T87S_STORE_OUTDATED /* must not be served, whatever fails */
};

/* All ages and times to come are in ms by the store's clock, so that clocks of processes may differ. */
struct t87s_store_answer {
    enum t87s_store_state state;
    struct t87s_store_birth next_birth; /* for a fetch that begins after this call; never zeroed */
    bool not_found;                     /* the entry is a kept "not found" */
    int64_t age_ms;                     /* since its fetch ended */
    int64_t fresh_ms;                   /* until its ttl has passed; negative: since then */
    int64_t grace_ms;                   /* how long after its ttl it may be served */
    int64_t soft_ms;                    /* SOFT: since the first soft invalidation after its birth */
    struct t87s_buffer *value; /* the caller's, empty: the value is appended, where there is an entry to be served */
};

/* What a fetch or a set brought. */
struct t87s_store_value {
    const void *bytes;
    size_t size;
    bool not_found;
    struct t87s_store_birth birth; /* a next_birth of the same query, or what birth() gave; zeroed: now */
    int64_t ttl_ms;                /* positive */
    int64_t grace_ms;              /* not negative */
    bool replaces_all; /* a set: entries of this key born before are outdated, even if this one is not kept */
    uint64_t lease;    /* the holder whose lease of this key ends with the write, whatever becomes of it; 0: nobody's */
};

/* Who asks for the lease of a key, and who got it. */
struct t87s_store_lease {
    uint64_t holder;               /* drawn for this one lease; not 0 */
    int64_t lasts_ms;              /* 0: it is only asked whether somebody else has it */
    struct t87s_store_birth birth; /* a next_birth of the same query: what the holder fetches is not born before */
    bool yours;                    /* answered: the holder has it */
    int64_t left_ms;               /* answered: somebody else has it, for so long at most; 0: nobody else */
};

/* Something about the way a store is run that its owner should know: it costs fetches or room, never an answer that is
 * wrong. Texts are for people and hold no secrets. */
struct t87s_store_advice {
    const char *code; /* a word of a-z and -, at most 23 bytes, for programs */
    const char *text; /* a sentence: what is so, and what to do; at most 231 bytes */
};

/* How a cache hears of what others do. Called from any thread, also from inside another call on the store; never calls
 * the store, and never waits for anybody who does. The last two are for a store's own background: they may be NULL, and
 * are called while no lock is held. */
struct t87s_store_listener {
    void *arg;
    /* Somebody else (or this cache itself) invalidated these tags; flags as in t87s_invalidate. */
    void (*invalidated)(void *arg, const struct t87s_store_tag *tags, size_t n, unsigned flags);
    /* Entries of this key born before are outdated. */
    void (*removed)(void *arg, const void *key, size_t key_size);
    /* Something may have been missed, or everything was cleared: nothing kept so far may be served. */
    void (*lost)(void *arg);
    /* The store vouches that everything which returned before the moment `until_ms - D` has been told, D being its
     * bound of staleness: what is kept may be served until then. On CLOCK_MONOTONIC; only grows, but after `lost`.
     * What happened while it did not vouch need not be told later: nothing is kept then. */
    void (*vouched)(void *arg, int64_t until_ms);
    /* All the advice that holds now; replaces what was told before. The cache tells its tracer what is new. */
    void (*advised)(void *arg, const struct t87s_store_advice *advice, size_t n);
    /* What the cache has counted, for who looks at all processes: t87s_stats, and of t87s_stats_queries the first
     * `room` rows; *n of them. The name of its schema; NULL: it has none. Texts are valid until detach. */
    const char *(*report)(void *arg, struct t87s_stats *stats, struct t87s_query_stats *queries, size_t room,
                          size_t *n);
};

#define T87S_STORE_VERSION 1

/* First member of a store's own struct. None of the functions may be NULL but lease and release. */
struct t87s_store {
    unsigned version; /* T87S_STORE_VERSION */

    /* A cache is opened over the store. `prefix` keeps caches apart, or lets those of several processes share;
     * `listener` is copied. *scope is handed back in every call. Does not wait for the store to be reached. T87S_OK,
     * T87S_E_NOMEM, T87S_E_INVALID (the prefix cannot be used), T87S_E_STORE. */
    enum t87s_status (*attach)(struct t87s_store *store, const char *prefix, const struct t87s_store_listener *listener,
                               void **scope);
    /* The cache is closed. Returns when no call of the listener is under way, and none comes later. */
    void (*detach)(struct t87s_store *store, void *scope);

    /* The entry of a key and what has happened to these tags since, and a birth: in one round trip. */
    enum t87s_status (*read)(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                             struct t87s_store_answer *answer);
    /* A birth for whatever is going to be written, whose key and tags are not known yet. */
    enum t87s_status (*birth)(struct t87s_store *store, void *scope, int64_t deadline_ms,
                              struct t87s_store_birth *birth);
    /* Puts an entry under the key unless one is there that was born later. */
    enum t87s_status (*write)(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                              const struct t87s_store_value *value);
    /* When it returns T87S_OK, everything born before this call began is outdated (soft: stale) for every process. */
    enum t87s_status (*invalidate)(struct t87s_store *store, void *scope, const struct t87s_store_tag *tags, size_t n,
                                   unsigned flags, int64_t deadline_ms);
    enum t87s_status (*remove)(struct t87s_store *store, void *scope, const void *key, size_t key_size,
                               int64_t deadline_ms);
    enum t87s_status (*clear)(struct t87s_store *store, void *scope, int64_t deadline_ms);

    /* Herd control: of several caches that miss the same entry, one fetches, and the others wait for what it writes.
     * As `read`, and takes the lease of the key on the way, before the entry is looked for: so who gets it knows
     * whether the one before has written. It ends when its holder says so (release, or a write that names it), after
     * lasts_ms, or with an invalidation, hard or soft, that what its holder fetches would be outdated by. Whoever asks
     * again with the same holder keeps what it has. Nothing that is right hangs on it: a store may lose leases and give
     * out two of one key. NULL, and then both: there are none, and every cache fetches for itself. */
    enum t87s_status (*lease)(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                              struct t87s_store_lease *lease, struct t87s_store_answer *answer);
    /* Ends a lease that is still its holder's. */
    enum t87s_status (*release)(struct t87s_store *store, void *scope, const struct t87s_store_query *query,
                                uint64_t holder);

    int64_t timeout_ms; /* of one operation: what the cache gives as deadline; positive */
    bool near_off;      /* nothing is kept in the process: every query reads the store */
    void (*close)(struct t87s_store *store);
    int64_t bound_ms; /* D, for t87s_stats; 0: it does not say */
};

/* Closes a store, after the t87s_close of every cache over it. NULL is allowed. */
T87S_API void t87s_store_close(struct t87s_store *store);

#ifdef __cplusplus
}
#endif

#endif
