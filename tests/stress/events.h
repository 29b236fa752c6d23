/* SPDX-License-Identifier: MIT
 *
 * Finds the events that cover a key. Each thing that events can name (a tag with its flags, a key, all) has a row of
 * them, sorted by their end, with the latest begin up to each and the earliest begin from each on: so one binary search
 * answers whether there is such an event. Of earlier windows a row keeps the last begin and the last end, which is all
 * that can be asked of events that ended before every question.
 */
#ifndef T87S_STRESS_EVENTS_H
#define T87S_STRESS_EVENTS_H

#include "history.h"

struct events;

enum events_kind { EVENTS_HARD = 1, EVENTS_SOFT = 2, EVENTS_ANY = 3 };

struct events *events_open(const struct world *world); /* NULL: no memory */
void events_close(struct events *events);

/* The next window's; borrowed until the one after, and sorted. */
bool events_load(struct events *events, struct history_event *list, size_t n);

/* Whether one that covers the key began after `a` and ended before `b`. */
bool events_between(const struct events *events, uint32_t key, enum events_kind kind, uint64_t a, uint64_t b);
/* Whether one was under way somewhere between `a` and `b`. */
bool events_touch(const struct events *events, uint32_t key, enum events_kind kind, uint64_t a, uint64_t b);
/* The same of those before this window alone. */
bool events_touched_before(const struct events *events, uint32_t key, uint64_t a);
/* Those of this window that cover the key, in no order: how many. `out` has room for all of the window. */
size_t events_of_key(const struct events *events, uint32_t key, const struct history_event **out);

#endif
