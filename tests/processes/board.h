/* SPDX-License-Identifier: MIT
 *
 * What the processes of a history share: a file of memory with one counter of ticks, the fetches, and for each thread a
 * pad with what it saw in this window.
 *
 * A tick is the nanosecond of CLOCK_MONOTONIC, and always greater than the one before: of two calls that did not
 * overlap, in whatever processes, it says which was first, and how long it took until the second.
 *
 * Everybody meets between two windows, when no call is under way, and the judge alone works. Nobody waits for who has
 * died: the judge looks after its children, and they die with it.
 */
#ifndef T87S_PROCESSES_BOARD_H
#define T87S_PROCESSES_BOARD_H

#include <stdatomic.h>

#include "history.h"

enum {
    MOST_PROCESSES = 4,
    MOST_THREADS = 4, /* of a process */
    MOST_CALLS = 8192,
    MOST_KEYS = 256,
    REMEMBERED = 1 << 21 /* fetches */
};

/* What a round is about. */
struct scenery {
    const char *name;
    struct world world;
    bool near_off;
    unsigned processes, threads; /* of each process */
    unsigned invalidate, write;  /* of a thousand calls: invalidations; sets, deletes, and now and then a clear */
    unsigned climb;              /* one invalidation in so many is of a level higher up, and so on */
    int64_t grace_ms;
    int64_t ttl_ms;     /* 0: nothing expires */
    bool finds_nothing; /* some fetches do, and that is kept, too */
    int64_t timeout_ms; /* of the store; 0: long */
    unsigned pause_us;  /* after each call: where the store is away, thousands would be over at once */
};

struct board_event {
    struct history_event event;
    bool partial; /* the others may not know of it yet */
};

struct board_pad {
    size_t n_answers, n_events;
    struct history_answer answers[MOST_CALLS];
    struct board_event events[2 * MOST_CALLS]; /* those that were made good later once more */
};

/* What a process says at its end. */
struct board_sums {
    uint64_t queries, near_hits, store_hits, stale, fetches, failed, nothing, expired, made_good;
};

struct board {
    /* immutable while the others live */
    struct scenery scenery;
    char uri[128];
    char name[32]; /* of the cache */
    int64_t staleness_ms;
    uint64_t seed;
    /* written between two windows */
    size_t calls;                   /* of each thread in this window; 0: there is none */
    unsigned lives[MOST_PROCESSES]; /* before this one */
    /* atomic */
    _Atomic(uint64_t) ticks;
    _Atomic(size_t) n_fetches;
    _Atomic(unsigned) alien;                   /* statuses and values that no call may give */
    _Atomic(unsigned) window;                  /* counts them */
    _Atomic(unsigned) arrived[MOST_PROCESSES]; /* threads that have ended this window */
    _Atomic(uint64_t) nothing[MOST_KEYS];      /* when the last fetch that found nothing began */
    _Atomic(uint64_t) ended[REMEMBERED];       /* when who asked for a fetch had its answer; 0: nobody knows */
    /* each its owner's; the judge's while all wait */
    struct board_sums sums[MOST_PROCESSES];
    struct board_pad pads[MOST_PROCESSES][MOST_THREADS];
    struct history_fetch fetches[REMEMBERED];
};

/* The judge's: a new one, all zero, which children find by its descriptor; -1: not to be had. */
int board_make(void);
/* NULL: not to be had. */
struct board *board_map(int file);
void board_unmap(struct board *board);

uint64_t board_tick(struct board *board);

/* A thread has ended its window: returns when the next one begins. */
void board_arrive(struct board *board, unsigned process);
/* The judge's: whether all are there. */
bool board_all_arrived(struct board *board);
/* The judge's: lets them go on. */
void board_go_on(struct board *board);
/* A moment for who waits. */
void board_pause(void);

#endif
