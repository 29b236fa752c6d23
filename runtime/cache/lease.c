/* SPDX-License-Identifier: MIT
 *
 * Whose turn it is to ask the source, of all processes over one store (`fleet` in the language).
 *
 * Who has found nothing in the store asks for the lease of the key, and is told in the same trip what the store has by
 * now. With the lease it fetches, and the write ends the lease. Without, it asks again after a pause, until the entry
 * is there, the lease is free, or it has waited long enough and fetches without. So a holder that dies costs the others
 * a wait, never an answer (law 6), and what they take is judged by their own read, like any other entry (law 1): a
 * holder that began before an invalidation writes what nobody who waits will take.
 *
 * It asks and is not told, because a message for each write would cost every process something for every answer of
 * every other; a question costs only those who wait. Each pause is a part of what was waited so far, so an answer comes
 * at most so much later.
 */
#include "clock.h"
#include "mutants.h"
#include "random.h"
#include "shared.h"
#include "wait.h"

enum { PART_OF_WAIT = 4, SHORTEST_PAUSE_MS = 2, LONGEST_PAUSE_MS = 100 };

/* A fetch that is not to begin before it is its turn. */
struct claim {
    struct t87s_cache *cache;
    const struct t87s__fetching *fetching;
    struct t87s__fetched *fetched;
    struct t87s_store_lease lease;
    int64_t longest_ms;         /* of a lease, and of the wait for one */
    int64_t began_ms, asked_ms; /* when it wanted to fetch first, and when it asked last */
};

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* Asks the store once; with `take` for the lease, if it is to be had. THEIRS is also what nobody has taken yet. */
static enum t87s__shared_turn ask(struct claim *claim, bool take) {
    struct t87s_cache *cache = claim->cache;
    const struct t87s__fetching *fetching = claim->fetching;
    struct t87s__shared *shared = fetching->shared;
    struct t87s_store_lease *lease = &claim->lease;
    struct t87s_store_answer answer = {.value = &claim->fetched->buffer};
    enum t87s__shared_use use = (enum t87s__shared_use)fetching->use;
    claim->asked_ms = t87s__time_exact(&cache->time);
    lease->birth = shared->fetch_birth;
    lease->lasts_ms = take ? claim->longest_ms : 0;
    if (!t87s__tier_lease(cache->tier, shared->key, shared->key_size, shared->tags, shared->n_tags, lease, &answer)) {
        t87s__fetched_drop(claim->fetched);
        return TURN_OURS; /* nobody can say whose it is */
    }
    if (T87S__MUTANT(WAITED_UNJUDGED) && !take && answer.state == T87S_STORE_OUTDATED)
        answer.state = T87S_STORE_VALID;
    shared->lease = lease->yours ? lease->holder : 0;
    if (lease->left_ms > 0 && fetching->waits)
        use = SHARED_RESORT;
    if (!t87s__shared_use(cache, shared, fetching->source, use, &answer, claim->asked_ms, claim->fetched)) {
        if (lease->yours)
            t87s__count(&cache->counters, COUNT_leases);
        return lease->yours ? TURN_OURS : TURN_THEIRS;
    }
    t87s__shared_end_turn(cache, shared); /* the one before has written meanwhile */
    return TURN_OVER;
}

/* The same for who has waited: an entry that is there by now is not worth a lease, which would have to be given back.
 */
static enum t87s__shared_turn ask_again(struct claim *claim) {
    const enum t87s__shared_turn turn = ask(claim, false);
    return turn == TURN_THEIRS && !claim->lease.left_ms ? ask(claim, true) : turn;
}

/* False: it has waited long enough. */
static bool pause(struct claim *claim, int64_t until_ms) {
    struct t87s_cache *cache = claim->cache;
    const bool closing = atomic_load_explicit(&cache->inside, memory_order_relaxed) & T87S__CLOSING;
    if (claim->asked_ms >= until_ms || closing)
        return false;
    int64_t pause = least((claim->asked_ms - claim->began_ms) / PART_OF_WAIT, LONGEST_PAUSE_MS);
    pause = least(pause, claim->lease.left_ms);
    if (pause < SHORTEST_PAUSE_MS)
        pause = SHORTEST_PAUSE_MS;
    t87s__wait_pause(cache->clock, least(t87s__time_add(claim->asked_ms, pause), until_ms));
    return true;
}

static enum t87s__shared_turn wait_for_turn(struct claim *claim) {
    struct t87s_cache *cache = claim->cache;
    const struct t87s__source *source = claim->fetching->source;
    const int64_t until_ms = t87s__time_add(claim->began_ms, claim->longest_ms);
    enum t87s__shared_turn turn = TURN_THEIRS;
    t87s__count(&cache->counters, COUNT_lease_waits);
    T87S__TRACE(&cache->trace, "query %s: another process fetches it -> wait",
                t87s__describe_key(source, claim->fetching->key).bytes);
    while (turn == TURN_THEIRS && pause(claim, until_ms))
        turn = ask_again(claim);
    if (turn != TURN_THEIRS)
        return turn;
    t87s__count(&cache->counters, COUNT_lease_timeouts);
    T87S__TRACE(&cache->trace, "query %s: waited in vain -> fetch",
                t87s__describe_key(source, claim->fetching->key).bytes);
    return TURN_OURS;
}

enum t87s__shared_turn t87s__shared_take_turn(struct t87s_cache *cache, const struct t87s__fetching *fetching,
                                              struct t87s__fetched *fetched) {
    const struct t87s__source *source = fetching->source;
    if (source->fleet_ms <= 0 || !fetching->shared->answered || fetching->use == SHARED_ORDER)
        return TURN_OURS;
    struct claim claim = {.cache = cache,
                          .fetching = fetching,
                          .fetched = fetched,
                          .lease = {.holder = t87s__random_seed() | 1},
                          .longest_ms = least(source->fleet_ms, source->timeout_ms),
                          .began_ms = t87s__time_exact(&cache->time)};
    const enum t87s__shared_turn turn = ask(&claim, true);
    if (turn != TURN_THEIRS || !fetching->waits)
        return turn;
    return wait_for_turn(&claim);
}

void t87s__shared_end_turn(struct t87s_cache *cache, struct t87s__shared *shared) {
    if (shared && shared->lease)
        t87s__tier_release(cache->tier, shared->key, shared->key_size, shared->lease);
    if (shared)
        shared->lease = 0;
}
