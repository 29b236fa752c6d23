/* SPDX-License-Identifier: MIT
 *
 * All that is shown at once: a look, what was heard since, and where it comes from.
 */
#ifndef T87S_INSPECT_PICTURE_H
#define T87S_INSPECT_PICTURE_H

#include "feed.h"
#include "look.h"

struct picture {
    const struct model *model;
    const char *address;
    const struct t87s__layout *layout;
    const struct look *look; /* NULL: none yet */
    const char *problem;     /* why the last look came to nothing; NULL */
    int64_t problem_ms;      /* how long there is none */
    const struct feed *feed; /* NULL: nobody listens */
    int64_t now_ms;          /* of the feed's clock */
};

/* The same entries, processes and tags in an order of their own: the arena is the picture's. */
enum picture_order { ORDER_BY_NAME, ORDER_BY_AGE };
const struct entry **picture_entries(const struct picture *picture, struct arena *arena, enum picture_order order);
const struct process **picture_processes(const struct picture *picture, struct arena *arena);
/* *n of them: those that entries have, or that something happened to. */
const struct known **picture_tags(const struct picture *picture, struct arena *arena, enum picture_order order,
                                  size_t *n);

/* What entries of a query there are. */
struct query_sum {
    const char *name;
    size_t n, states[ENTRY_STATES];
    uint64_t bytes;
};
/* A row for each query of the schema, then by hand, of others, broken; *n of them. */
struct query_sum *picture_queries(const struct picture *picture, struct arena *arena, size_t *n);

/* Of the letter of a member: hard, exact, soft, soft exact, removed. */
const char *picture_kind(char letter);
/* How many answers a process gave; *hits of them without a fetch. */
uint64_t picture_answers(const struct t87s__beat *beat, uint64_t *hits);
int64_t picture_age_ms(const struct look *look, uint64_t stamp);

#endif
