/* SPDX-License-Identifier: MIT */
#include "time_word.h"

#include <time.h>

#include "mutants.h"

_Thread_local struct t87s__time_reads t87s__time_reads = {0, 0};

static int64_t ms_of(clockid_t id) {
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_exact_ms(void) { return ms_of(CLOCK_MONOTONIC); }

static int64_t system_coarse_ms(void) { return ms_of(CLOCK_MONOTONIC_COARSE); }

static const struct t87s__time_source system_source = {system_exact_ms, system_coarse_ms};

void t87s__time_open(struct t87s__time_word *word, const struct t87s_clock *clock,
                     const struct t87s__time_source *source) {
    word->clock = clock == &t87s__clock_monotonic ? NULL : clock;
    word->source = source ? source : &system_source;
    word->distrusted = false;
    atomic_init(&word->now_ms, T87S__TIME_PARKED);
    atomic_init(&word->traffic, false);
}

void t87s__time_distrust(struct t87s__time_word *word) { word->distrusted = true; }

int64_t t87s__time_behind_ms(const struct t87s__time_word *word) {
    struct timespec tick;
    if (word->clock || clock_getres(CLOCK_MONOTONIC_COARSE, &tick))
        return 0;
    return (int64_t)tick.tv_sec * 1000 + tick.tv_nsec / 1000000 + 1;
}

static int64_t not_before_last(int64_t now_ms) {
    if (now_ms > t87s__time_reads.last_ms)
        t87s__time_reads.last_ms = now_ms;
    return t87s__time_reads.last_ms;
}

/* Where the word is then, which may be later; parked it stays. */
static int64_t move_forward(struct t87s__time_word *word, int64_t now_ms) {
    int64_t seen = atomic_load_explicit(&word->now_ms, memory_order_relaxed);
    while (seen != T87S__TIME_PARKED && seen < now_ms)
        if (atomic_compare_exchange_weak_explicit(&word->now_ms, &seen, now_ms, memory_order_relaxed,
                                                  memory_order_relaxed))
            return now_ms;
    return seen > now_ms ? seen : now_ms;
}

static void leave_mark(struct t87s__time_word *word) {
    if (!atomic_load_explicit(&word->traffic, memory_order_relaxed)) /* mostly there: no write to a shared line */
        atomic_store_explicit(&word->traffic, true, memory_order_relaxed);
}

int64_t t87s__time_now_slowly(struct t87s__time_word *word, int64_t now_ms) {
    if (word->clock)
        return t87s__clock_now(word->clock);
    if (word->distrusted)
        return not_before_last(word->source->coarse_ms());
    bool check = t87s__time_reads.left == 0;
    t87s__time_reads.left = (check ? TIME_CHECK_EACH : t87s__time_reads.left) - 1;
    if (check)
        leave_mark(word);
    if (now_ms == T87S__TIME_PARKED)
        return not_before_last(word->source->exact_ms());
    if (T87S__MUTANT(TIME_NEVER_CHECKED))
        return not_before_last(now_ms);
    int64_t coarse_ms = word->source->coarse_ms();
    return not_before_last(coarse_ms - now_ms > TIME_SLACK_MS ? move_forward(word, coarse_ms) : now_ms);
}

int64_t t87s__time_exact(struct t87s__time_word *word) {
    if (word->clock)
        return t87s__clock_now(word->clock);
    return not_before_last(move_forward(word, word->source->exact_ms()));
}

int64_t t87s__time_exact_ns(struct t87s__time_word *word, uint64_t *ns) {
    *ns = t87s__clock_ns();
    if (word->clock || word->source != &system_source)
        return t87s__time_exact(word);
    return not_before_last(move_forward(word, (int64_t)(*ns / 1000000)));
}

bool t87s__time_tick(struct t87s__time_word *word) {
    if (word->clock || word->distrusted)
        return false;
    int64_t now_ms = word->source->exact_ms(), parked = T87S__TIME_PARKED;
    if (!atomic_compare_exchange_strong_explicit(&word->now_ms, &parked, now_ms, memory_order_relaxed,
                                                 memory_order_relaxed))
        move_forward(word, now_ms);
    bool traffic = atomic_load_explicit(&word->traffic, memory_order_relaxed);
    if (traffic)
        atomic_store_explicit(&word->traffic, false, memory_order_relaxed);
    return traffic;
}

void t87s__time_park(struct t87s__time_word *word) {
    atomic_store_explicit(&word->now_ms, T87S__TIME_PARKED, memory_order_relaxed);
}

bool t87s__time_wanted(struct t87s__time_word *word) {
    return !word->clock && atomic_load_explicit(&word->now_ms, memory_order_relaxed) == T87S__TIME_PARKED &&
           atomic_load_explicit(&word->traffic, memory_order_relaxed);
}
