/* SPDX-License-Identifier: MIT
 *
 * Who waits for whom, over all caches of the process, so that a ring of fetches is refused instead of hanging.
 *
 *     thread ──waits for──> flight ──led by──> thread ──waits for──> flight ...
 *
 * Only a thread that leads a flight can be part of a ring, so only such threads take the graph's one lock, and only
 * when they are about to wait. Whoever closes the ring sees it whole. Lock order: after the flights' and all others.
 */
#ifndef T87S_FLIGHT_WAIT_GRAPH_H
#define T87S_FLIGHT_WAIT_GRAPH_H

#include "single_flight.h"

/* The calling thread. */
struct t87s__thread *t87s__thread_self(void);

/* The calling thread leads a flight from now on, or no longer. Begin and end nest. */
void t87s__thread_lead(struct t87s__flight *flight);
void t87s__thread_unlead(struct t87s__flight *flight, bool waited_for);
/* The flight that the calling thread led last; NULL: it leads none. The next is its below_in_stack. */
struct t87s__flight *t87s__thread_innermost(void);
/* Whether the calling thread leads a flight at all, of these flights, of this key. */
bool t87s__thread_leads_any(void);
size_t t87s__thread_leads_in(const struct t87s__flights *flights);
bool t87s__thread_leads_key(const struct t87s__flights *flights, const struct t87s__key *key);

/* The calling thread, which leads a flight, is about to wait for another: false if that would close a ring. */
bool t87s__wait_graph_enter(struct t87s__flight *flight);
void t87s__wait_graph_leave(void);

void t87s__wait_graph_lock(void);
void t87s__wait_graph_unlock(void);

#endif
