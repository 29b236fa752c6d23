/* SPDX-License-Identifier: MIT
 *
 * What the two halves of the checker share: checker.c judges each answer (nothing false is said), calm.c the fetches of
 * a calm history (nothing known is asked again).
 */
#ifndef T87S_STRESS_CHECKER_H
#define T87S_STRESS_CHECKER_H

#include "events.h"

struct calm;

struct history_checker {
    struct history_rules rules;
    struct events *events;
    struct calm *calm; /* NULL unless the history is calm */
    FILE *out;
    size_t told, broken; /* ever; in this window */
};

/* The record of a fetch; NULL: it was too long ago to be the answer to anything. */
const struct history_fetch *checker_fetch(const struct history *window, uint32_t number);
void checker_broken(struct history_checker *checker, const struct history *window, const struct history_answer *answer,
                    const char *law);

struct calm *calm_open(const struct world *world);
void calm_close(struct calm *calm);
/* False: no memory. */
bool calm_check(struct history_checker *checker, const struct history *window);

#endif
