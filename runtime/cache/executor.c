/* SPDX-License-Identifier: MIT */
#include "executor.h"

#include "thread.h"
#include "yield.h"

enum { QUEUE_LIMIT = 1024 };

struct worker {
    pthread_t thread;
    bool started;
};

struct t87s__executor {
    struct t87s__memory *memory; /* immutable after open */
    unsigned max_threads;
    pthread_mutex_t lock;
    pthread_cond_t work;
    /* under the lock */
    struct t87s__job *first, **last;
    unsigned n_jobs, n_threads, n_idle;
    bool closing;
    struct worker workers[]; /* max_threads */
};

static _Thread_local const struct t87s__executor *working_for;

static size_t block_size(unsigned max_threads) {
    return sizeof(struct t87s__executor) + max_threads * sizeof(struct worker);
}

struct t87s__executor *t87s__executor_open(struct t87s__memory *memory, unsigned max_threads) {
    struct t87s__executor *executor = t87s__memory_take_zeroed(memory, MEMORY_OTHER, block_size(max_threads));
    if (!executor)
        return NULL;
    executor->memory = memory;
    executor->max_threads = max_threads;
    executor->last = &executor->first;
    pthread_mutex_init(&executor->lock, NULL);
    pthread_cond_init(&executor->work, NULL);
    return executor;
}

static struct t87s__job *take_job(struct t87s__executor *executor) {
    struct t87s__job *job = executor->first;
    executor->first = job->next;
    if (!executor->first)
        executor->last = &executor->first;
    executor->n_jobs--;
    return job;
}

/* The slot of the calling thread; the lock is held. */
static struct worker *own_slot(struct t87s__executor *executor) {
    struct worker *worker = executor->workers;
    while (!worker->started || !pthread_equal(worker->thread, pthread_self()))
        worker++;
    return worker;
}

/* A job ended its thread (pthread_exit): another may take its place. */
static void leave(struct t87s__executor **left) {
    struct t87s__executor *executor = *left;
    if (!executor)
        return;
    pthread_mutex_lock(&executor->lock);
    if (!executor->closing) { /* else it is joined */
        own_slot(executor)->started = false;
        executor->n_threads--;
        pthread_detach(pthread_self());
    }
    pthread_mutex_unlock(&executor->lock);
}

static void *work(void *arg) {
    struct t87s__executor *executor = arg;
    working_for = executor;
    pthread_mutex_lock(&executor->lock);
    while (!executor->closing) {
        if (!executor->first) {
            executor->n_idle++;
            pthread_cond_wait(&executor->work, &executor->lock);
            executor->n_idle--;
            continue;
        }
        struct t87s__job *job = take_job(executor);
        pthread_mutex_unlock(&executor->lock);
        T87S__YIELD("executor: job taken, not run");
        {
            __attribute__((cleanup(leave))) struct t87s__executor *unless_done = executor;
            job->run(job);
            unless_done = NULL;
        }
        T87S__YIELD("executor: job run, thread not free");
        pthread_mutex_lock(&executor->lock);
    }
    pthread_mutex_unlock(&executor->lock);
    return NULL;
}

/* The lock is held and a slot is free. */
static bool start_thread(struct t87s__executor *executor) {
    struct worker *worker = executor->workers;
    while (worker->started)
        worker++;
    worker->started = t87s__thread_start(&worker->thread, work, executor);
    if (worker->started)
        executor->n_threads++;
    return worker->started;
}

enum t87s__submit t87s__executor_submit(struct t87s__executor *executor, struct t87s__job *job) {
    enum t87s__submit submit = SUBMIT_OK;
    pthread_mutex_lock(&executor->lock);
    if (executor->closing || executor->n_jobs >= QUEUE_LIMIT) {
        submit = SUBMIT_FULL;
    } else {
        bool wanted = executor->n_jobs >= executor->n_idle && executor->n_threads < executor->max_threads;
        if (wanted && !start_thread(executor) && !executor->n_threads)
            submit = SUBMIT_NO_THREAD;
    }
    if (submit == SUBMIT_OK) {
        job->next = NULL;
        *executor->last = job;
        executor->last = &job->next;
        executor->n_jobs++;
        pthread_cond_signal(&executor->work);
    }
    pthread_mutex_unlock(&executor->lock);
    return submit;
}

static void drop_jobs(struct t87s__executor *executor) {
    while (executor->first) {
        struct t87s__job *job = take_job(executor);
        job->drop(job);
    }
}

void t87s__executor_stop(struct t87s__executor *executor) {
    pthread_mutex_lock(&executor->lock);
    executor->closing = true; /* nobody submits or takes any more */
    pthread_cond_broadcast(&executor->work);
    pthread_mutex_unlock(&executor->lock);
    T87S__YIELD("executor: closing, threads not joined");
    for (unsigned i = 0; i < executor->max_threads; i++)
        if (executor->workers[i].started) /* nobody changes it any more: closing is set */
            pthread_join(executor->workers[i].thread, NULL);
    drop_jobs(executor);
}

void t87s__executor_close(struct t87s__executor *executor) {
    if (!executor)
        return;
    pthread_cond_destroy(&executor->work);
    pthread_mutex_destroy(&executor->lock);
    t87s__memory_give(executor->memory, MEMORY_OTHER, executor, block_size(executor->max_threads));
}

void t87s__executor_lock_all(struct t87s__executor *executor) { pthread_mutex_lock(&executor->lock); }

void t87s__executor_unlock_all(struct t87s__executor *executor) { pthread_mutex_unlock(&executor->lock); }

void t87s__executor_after_fork(struct t87s__executor *executor) {
    pthread_cond_init(&executor->work, NULL); /* the parent's idle threads waited on it */
    executor->n_idle = 0;
    executor->n_threads = 0;
    for (unsigned i = 0; i < executor->max_threads; i++) {
        struct worker *worker = &executor->workers[i];
        worker->started = worker->started && working_for == executor && pthread_equal(worker->thread, pthread_self());
        executor->n_threads += worker->started;
    }
    drop_jobs(executor);
}
