/* SPDX-License-Identifier: MIT
 *
 * A few threads that run jobs from a bounded queue. Threads are started when jobs come, so a cache that never refreshes
 * has none.
 */
#ifndef T87S_CACHE_EXECUTOR_H
#define T87S_CACHE_EXECUTOR_H

#include <pthread.h>

#include "memory.h"

/* The head of a job; whoever submits embeds it. */
struct t87s__job {
    struct t87s__job *next;
    void (*run)(struct t87s__job *job);  /* then the job is the callee's to free */
    void (*drop)(struct t87s__job *job); /* never run: the same */
};

enum t87s__submit { SUBMIT_OK, SUBMIT_FULL, SUBMIT_NO_THREAD };

struct t87s__executor;

struct t87s__executor *t87s__executor_open(struct t87s__memory *memory, unsigned max_threads);
/* Waits for what runs and drops what only waits; from then on every submit is SUBMIT_FULL. */
void t87s__executor_stop(struct t87s__executor *executor);
/* Frees it, stopped. */
void t87s__executor_close(struct t87s__executor *executor);
/* Unless it is SUBMIT_OK the job stays the caller's. */
enum t87s__submit t87s__executor_submit(struct t87s__executor *executor, struct t87s__job *job);

/* Around a fork; in the child the threads are gone and what waited is dropped. */
void t87s__executor_lock_all(struct t87s__executor *executor);
void t87s__executor_unlock_all(struct t87s__executor *executor);
void t87s__executor_after_fork(struct t87s__executor *executor);

#endif
