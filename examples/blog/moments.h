/* SPDX-License-Identifier: MIT */
#ifndef BLOG_MOMENTS_H
#define BLOG_MOMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "source.h"

#include "blog.tags.h"

/* How many answers of each kind the cache could give right now. */
struct census {
    unsigned users, posts, comments, pages;
};

/* One invalidation, seen from both sides. */
struct touch {
    char tag[32];
    struct census before, after;
    uint64_t ns; /* what the invalidation took */
};

void moment_touch(struct blog_cache *cache, uint64_t user_id, struct touch *out);

/* A soft invalidation: the old answer at once, the new one from the background. */
enum { MOMENT_STEPS = 3 };

struct revalidation {
    struct user answers[MOMENT_STEPS]; /* before, right after the soft invalidation, after the refresh */
    struct t87s_entry_info entries[MOMENT_STEPS];
    uint64_t ns[MOMENT_STEPS];
    int64_t grace_left_ms; /* of the stale answer */
    bool refreshed, changed;
    struct user refreshed_from, refreshed_to;
    uint64_t refresh_ns; /* from the stale answer to the callback */
};

/* 0, or -1 when a step went otherwise than the header promises. */
int moment_revalidation(struct blog_cache *cache, struct source *source, uint64_t user_id, struct revalidation *out);

#endif
