/* SPDX-License-Identifier: MIT */
#ifndef BLOG_WORKLOAD_H
#define BLOG_WORKLOAD_H

#include "histogram.h"
#include "history.h"
#include "source.h"

#include "blog.tags.h"

enum { N_OUTCOMES = T87S_NEGATIVE + 1, N_REASONS = T87S_REASON_STORE + 1 };

/* Readers that ask for posts, users, comments and lists as people do, and one writer that renames users and edits
 * posts, both for a while. */
struct workload {
    struct source *source;
    struct history *history;
    struct blog_cache *cache; /* NULL: every answer straight from SQLite */
    unsigned readers;
    unsigned writes_per_second;
    double seconds;
};

struct workload_result {
    double seconds;
    uint64_t answers, failures, reached_sqlite;
    uint64_t by_outcome[N_OUTCOMES]; /* of the answers with a cache */
    uint64_t by_reason[N_REASONS];   /* of those that were fetched */
    uint64_t renames, edits;
    struct histogram answer_time, fresh_time, fetched_time;
    struct verdict verdict;
};

/* 0, or -1 when threads or memory cannot be had. */
int workload_run(const struct workload *workload, struct workload_result *result);

#endif
