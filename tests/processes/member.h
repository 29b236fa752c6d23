/* SPDX-License-Identifier: MIT
 *
 * One of the processes: a cache over the shared store, and threads that do everything that can be done to it, at
 * random, and write down what they saw.
 */
#ifndef T87S_PROCESSES_MEMBER_H
#define T87S_PROCESSES_MEMBER_H

#include "board.h"

/* The life of a process; what its main returns. */
int member_live(struct board *board, unsigned number);

#endif
