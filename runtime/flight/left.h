/* SPDX-License-Identifier: MIT
 *
 * Flights whose leader has left its fetch by longjmp. Nothing runs at that moment, so it is found out afterwards, by
 * the thread itself:
 *
 *     thread's stack   main ── query ── [mark] ── fetch ── query of another key ── [mark] ── fetch
 *                                                                                  └ longjmp to here or further out
 *
 * While a watched flight is fetched, a word of its leader's stack, its mark, holds the flight. Whoever stands on the
 * same stack further out than the mark, or finds something else in it, knows that the frames in between are gone. What
 * the leader held lives in the flight's own block, for a frame that was jumped over cannot be read any more.
 *
 * Only marks on the stack the thread was born with are judged so: of a coroutine nobody can say whether it goes on.
 * The thread's end, and the close of the cache, end what is left on any stack. Stacks grow downwards.
 */
#ifndef T87S_FLIGHT_LEFT_H
#define T87S_FLIGHT_LEFT_H

#include "single_flight.h"

/* For the function that has the mark among its locals: in a frame of its own, on the very stack. */
#define T87S__HAS_MARK __attribute__((noinline, no_sanitize("address")))

/* This thread, which leads the flight, calls its fetch next. *mark is the flight until that fetch has returned; `leave`
 * is called by this thread if it never does, and has to end the flight and give back all that its leader held. */
void t87s__left_watch(struct t87s__flight *flight, struct t87s__flight *volatile *mark,
                      void (*leave)(struct t87s__flight *flight));
/* Leaves those that this thread has jumped out of, as seen from `frame`, in which it stands. No lock is held. */
void t87s__left_end(const void *frame);
/* The same for a thread that stands in no fetch of these flights (NULL: in no fetch at all). */
void t87s__left_end_all(const struct t87s__flights *flights);

#endif
