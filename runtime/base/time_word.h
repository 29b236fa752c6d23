/* SPDX-License-Identifier: MIT
 *
 * What time it is, for a hit: a word that a service thread writes, instead of a call of the clock.
 *
 *     the cache has the user's clock     every read calls it, the word is never used
 *     parked (at first; nobody ticks)    every read calls CLOCK_MONOTONIC
 *     ticking                            a read loads the word, that t87s__time_tick() writes every 4 ms or so
 *     distrusted                         every read calls CLOCK_MONOTONIC_COARSE, nobody ticks
 *
 * Every 61st read of a thread, and its first, is a check: it compares the word with CLOCK_MONOTONIC_COARSE, moves it
 * forward if it is more than TIME_SLACK_MS behind, and leaves a mark, by which the service thread knows of traffic.
 * (61: a thread that goes round several caches checks them all.) Everybody moves the word forward only.
 *
 * How late the end of a ttl can be noticed: while ticks come, by the time between two of them. When ticks fail to
 * come, at any check by any thread, by TIME_SLACK_MS and a tick of the kernel (1 to 10 ms). So 60 reads of each thread
 * at most, and none of t87s__time_exact(), see a time that a starved service thread left behind by more.
 *
 * Of one word, no thread sees time go back. It never runs ahead of the clock.
 */
#ifndef T87S_BASE_TIME_WORD_H
#define T87S_BASE_TIME_WORD_H

#include <stdatomic.h>

#include "clock.h"
#include "memory.h"

enum { TIME_CHECK_EACH = 61, TIME_SLACK_MS = 8 };
#define T87S__TIME_PARKED INT64_MIN

/* Where the built-in clock gets its milliseconds; tests bring their own. */
struct t87s__time_source {
    int64_t (*exact_ms)(void);
    int64_t (*coarse_ms)(void); /* cheaper, and a little behind */
};

struct t87s__time_word {
    /* immutable after open */
    _Alignas(MEMORY_LINE) const struct t87s_clock *clock; /* the user's; NULL: the built-in one */
    const struct t87s__time_source *source;
    bool distrusted;
    /* atomic, relaxed: nothing else is ordered by them */
    _Atomic(int64_t) now_ms; /* or T87S__TIME_PARKED */
    atomic_bool traffic;     /* the mark */
};

struct t87s__time_reads {
    unsigned left;   /* until the next check */
    int64_t last_ms; /* the latest time that did not come from a word: one may still be a little behind it */
};

/* Of the calling thread, for all words. */
extern _Thread_local struct t87s__time_reads t87s__time_reads __attribute__((visibility("hidden")));

/* Parked. `clock` is borrowed; NULL or &t87s__clock_monotonic: the built-in one. `source` NULL: the system's. */
void t87s__time_open(struct t87s__time_word *word, const struct t87s_clock *clock,
                     const struct t87s__time_source *source);

/* Before the first read: no read shall see a time that ticks left behind, not even after the process stood still, and
 * pays for it. It is never behind by more than t87s__time_behind_ms(), which is 0 with the user's clock. */
void t87s__time_distrust(struct t87s__time_word *word);
int64_t t87s__time_behind_ms(const struct t87s__time_word *word);

int64_t t87s__time_now_slowly(struct t87s__time_word *word, int64_t now_ms);

/* For hits: true if the word tells the time and no check is due; else nothing has happened, and *now_ms is what the
 * word holds. */
static inline bool t87s__time_at_hand(const struct t87s__time_word *word, int64_t *now_ms) {
    *now_ms = atomic_load_explicit(&word->now_ms, memory_order_relaxed);
    if (__builtin_expect(*now_ms == T87S__TIME_PARKED || t87s__time_reads.left == 0, 0))
        return false;
    t87s__time_reads.left--;
    if (*now_ms < t87s__time_reads.last_ms)
        *now_ms = t87s__time_reads.last_ms;
    return true;
}
static inline int64_t t87s__time_now(struct t87s__time_word *word) {
    int64_t now_ms;
    return t87s__time_at_hand(word, &now_ms) ? now_ms : t87s__time_now_slowly(word, now_ms);
}

/* Calls the clock, and moves the word forward. For all that costs more than a hit anyway. */
int64_t t87s__time_exact(struct t87s__time_word *word);
/* The same, and *ns is t87s__clock_ns(): with the built-in clock, of one call. */
int64_t t87s__time_exact_ns(struct t87s__time_word *word, uint64_t *ns);

/* For the one service thread of the cache. With the user's clock they do nothing and return false. */
/* Writes the time into the word, parked or not. Returns whether a mark was left since the last tick. Low traffic leaves
 * one seldom: park after many ticks without. */
bool t87s__time_tick(struct t87s__time_word *word);
/* Also in the child of a fork, where nobody ticks. */
void t87s__time_park(struct t87s__time_word *word);
/* Parked, and a mark was left: ticking would spare readers the clock. Nobody is woken: to be asked now and then. */
bool t87s__time_wanted(struct t87s__time_word *word);

#endif
