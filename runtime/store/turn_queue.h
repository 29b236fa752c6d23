/* SPDX-License-Identifier: MIT
 *
 * A first-in first-out queue of turns, in chunks that come and go. Has no lock of its own.
 */
#ifndef T87S_STORE_TURN_QUEUE_H
#define T87S_STORE_TURN_QUEUE_H

#include "memory.h"

/* Whose turn it is: as much of the hash as the table needs to find it. */
struct t87s__turn_of {
    uint32_t upper;
    uint16_t tag;
};

enum { TURNS_IN_CHUNK = 338 }; /* 2 KiB */

struct t87s__turn_chunk {
    struct t87s__turn_chunk *next;
    uint32_t upper[TURNS_IN_CHUNK];
    uint16_t tag[TURNS_IN_CHUNK];
};

struct t87s__turn_queue {
    struct t87s__turn_chunk *first, *last; /* where turns are taken and added; NULL: none yet */
    uint32_t taken, added;                 /* of the first and of the last chunk */
    size_t n;                              /* turns */
    size_t reserved;                       /* places promised behind them */
    size_t room;                           /* places behind them, promised or not */
};

/* Sees to it that one more turn can be added for sure. False: no memory. */
bool t87s__turn_queue_reserve(struct t87s__turn_queue *queue, struct t87s__memory *memory);
void t87s__turn_queue_unreserve(struct t87s__turn_queue *queue);
/* Uses up a reservation. */
void t87s__turn_queue_add(struct t87s__turn_queue *queue, struct t87s__turn_of turn);
/* The next turn; false: there is none. */
bool t87s__turn_queue_take(struct t87s__turn_queue *queue, struct t87s__memory *memory, struct t87s__turn_of *turn);
/* One that comes `ahead` after the next, if it is easily had. */
bool t87s__turn_queue_peek(const struct t87s__turn_queue *queue, uint32_t ahead, struct t87s__turn_of *turn);
void t87s__turn_queue_close(struct t87s__turn_queue *queue, struct t87s__memory *memory);

#endif
