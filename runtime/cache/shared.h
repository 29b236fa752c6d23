/* SPDX-License-Identifier: MIT
 *
 * A query and the shared tier. The store is asked before the source and handed what the source said; what others do to
 * it, the cache hears. All of it is behind the cache's flights, so one read of the store serves all who wait.
 *
 * The near tier, which is everything else of this cache, may be used until cache->near_until_ms: as long as the store
 * vouches that it would have told (t87s/store.h). After that an entry is as if it had expired long ago.
 */
#ifndef T87S_CACHE_SHARED_H
#define T87S_CACHE_SHARED_H

#include "cache.h"
#include "tier.h"

/* What the store is asked of one query: a block of its own, since it outlives a fetch that is left by longjmp. */
struct t87s__shared {
    size_t block_size;
    const unsigned char *key;
    size_t key_size;
    struct t87s_store_tag tags[T87S_MAX_TAGS];
    size_t n_tags;
    bool answered;                       /* the store has; `birth` is from then */
    bool servable;                       /* it has something that may be served, now or inside a grace */
    bool settled;                        /* it has been told what the source said */
    struct t87s_store_birth birth;       /* before which nothing is that is fetched or read: for who joins */
    struct t87s_store_birth fetch_birth; /* of what is fetched now; later, if there was a wait for another process */
    uint64_t lease;                      /* its holder, while this has it; 0: this has none */
    unsigned char bytes[];               /* key and tags */
};

/* T87S_E_INVALID: the store cannot be used. */
enum t87s_status t87s__shared_open(struct t87s_cache *cache, struct t87s_store *store);
void t87s__shared_close(struct t87s_cache *cache);
void t87s__shared_before_fork(struct t87s_cache *cache);
void t87s__shared_after_fork(struct t87s_cache *cache, bool is_child);

/* NULL: there is no store, nothing of the query is to be kept, or there is no memory. `tags`: of a query by hand. */
struct t87s__shared *t87s__shared_make(struct t87s_cache *cache, const struct t87s__source *source,
                                       const struct t87s__key *key, const struct t87s_tag *tags, size_t n_tags);
void t87s__shared_free(struct t87s_cache *cache, struct t87s__shared *shared);

enum t87s__shared_use {
    SHARED_SERVE,   /* also what is stale but inside its grace, if it can be kept here and refreshed */
    SHARED_RESORT,  /* nobody here asks the source: also what is stale but inside its grace, kept here or not */
    SHARED_REFRESH, /* only what is fresh */
    SHARED_ORDER    /* nothing: only a birth is wanted */
};
/* Asks the store, unless it has answered already. True: it had what can be used; then `fetched` is as if it had just
 * been fetched, and says that it was stored. */
bool t87s__shared_read(struct t87s_cache *cache, struct t87s__shared *shared, const struct t87s__source *source,
                       enum t87s__shared_use use, struct t87s__fetched *fetched);
/* Whose turn it is to ask the source. */
enum t87s__shared_turn {
    TURN_OURS,
    TURN_OVER,  /* the store has the answer by now: as t87s__shared_read */
    TURN_THEIRS /* another process asks it, and this one has something stale meanwhile */
};
/* lease.c. After the store has been asked, had nothing, and before the source is. */
enum t87s__shared_turn t87s__shared_take_turn(struct t87s_cache *cache, const struct t87s__fetching *fetching,
                                              struct t87s__fetched *fetched);
/* The lease, if it is still there, is another's from now on. */
void t87s__shared_end_turn(struct t87s_cache *cache, struct t87s__shared *shared);
/* Whether what the store answered can be used; then as t87s__shared_read. */
bool t87s__shared_use(struct t87s_cache *cache, struct t87s__shared *shared, const struct t87s__source *source,
                      enum t87s__shared_use use, const struct t87s_store_answer *answer, int64_t asked_ms,
                      struct t87s__fetched *fetched);
/* The next read asks the store once more. NULL is allowed. */
void t87s__shared_ask_again(struct t87s__shared *shared);
/* Hands the store what the source said. */
void t87s__shared_write(struct t87s_cache *cache, struct t87s__shared *shared, const struct t87s__source *source,
                        const struct t87s__fetched *fetched);
/* What the store has is wrong: takes it out, unless the store has been told what is right. NULL is allowed. */
void t87s__shared_correct(struct t87s_cache *cache, struct t87s__shared *shared);

/* Whether a query that has asked the store itself, since nobody vouches, may join a flight that began before: its
 * leader has asked, too, and nothing happened to these tags in between. */
bool t87s__shared_may_join(const struct t87s__shared *own, const struct t87s__shared *leaders);

/* Writes: the store first. T87S_OK or T87S_PARTIAL. */
enum t87s_status t87s__shared_set(struct t87s_cache *cache, const struct t87s__key *key, const void *value, size_t size,
                                  const struct t87s_set_options *options);
enum t87s_status t87s__shared_delete(struct t87s_cache *cache, const struct t87s__key *key);
enum t87s_status t87s__shared_clear(struct t87s_cache *cache);
enum t87s_status t87s__shared_invalidate(struct t87s_cache *cache, const struct t87s_store_tag *tags, size_t n,
                                         unsigned flags);
/* The store's birth beside a token of this cache. */
void t87s__shared_token(struct t87s_cache *cache, uint64_t stamp);

/* write.c, for what others did: without telling the store. */
void t87s__near_invalidate(struct t87s_cache *cache, const unsigned char *path, size_t size, unsigned flags);
void t87s__near_remove(struct t87s_cache *cache, const struct t87s__key *key);
void t87s__near_clear(struct t87s_cache *cache);

#endif
