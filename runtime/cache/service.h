/* SPDX-License-Identifier: MIT
 *
 * A cache's own thread, for what nobody who asks should wait for:
 *
 *     retired    runs rounds: entries out of the table are given back after a grace period (retired.h)
 *     expired    goes through the table, so that what has expired leaves within seconds, also without traffic
 *     time       keeps the time word of a busy cache, so that a hit need not ask the system (time_word.h)
 *
 * It starts with the first entry that is kept; or, under a clock that was plugged in, whose pace nobody knows and which
 * therefore gets neither sweeps nor ticks, when much is retired. It sleeps while there is nothing to do.
 * Where no thread can be had, inserts do what has to be done.
 */
#ifndef T87S_CACHE_SERVICE_H
#define T87S_CACHE_SERVICE_H

#include <stdbool.h>

#include <t87s/t87s.h>

#include "memory.h"

struct t87s__service;

struct t87s__service *t87s__service_open(struct t87s__memory *memory, struct t87s_cache *cache);
/* Ends the thread. NULL is allowed. */
void t87s__service_close(struct t87s__service *service);
void t87s__service_lock_all(struct t87s__service *service);
void t87s__service_unlock_all(struct t87s__service *service);
/* In the child, where the thread is not. */
void t87s__service_after_fork(struct t87s__service *service);

/* An entry was kept, or retired: there may be something to do. Cheap when the thread knows already. */
void t87s__service_kept(struct t87s__service *service);
void t87s__service_retired(struct t87s__service *service);
/* Whether it goes through the table; else inserts do. */
bool t87s__service_sweeps(const struct t87s__service *service);

#endif
