/* SPDX-License-Identifier: MIT */
/* One thread more than needed would disturb the others, so the caller only waits. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "crew.h"
#include "work.h"

struct member {
    pthread_t thread;
    const struct contender *contender;
    void *self;
    enum hit_order order;
    pthread_barrier_t *start;
    const uint32_t *ids;
    size_t warm, calls;
    /* the member's, to be read after the join */
    double ns;
    size_t wrong;
};

static void *member_main(void *arg) {
    struct member *member = arg;
    if (member->contender->thread_begin)
        member->contender->thread_begin();
    pthread_barrier_wait(member->start);
    member->wrong = member->contender->hits[member->order](member->self, member->ids, member->warm);
    pthread_barrier_wait(member->start);

    const uint64_t waited = work_waited_ns(), began = work_now_ns();
    member->wrong += member->contender->hits[member->order](member->self, member->ids + member->warm, member->calls);
    const uint64_t took = work_now_ns() - began, delayed = work_waited_ns() - waited;

    member->ns = (double)(took - (delayed < took ? delayed : 0)) / (double)member->calls;
    if (member->contender->thread_end)
        member->contender->thread_end();
    return NULL;
}

struct crew_result crew_run(const struct contender *contender, void *self, enum hit_order order, int threads,
                            const uint32_t *ids, size_t warm, size_t calls) {
    struct member members[CREW_MAX];
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, (unsigned)threads);
    for (int i = 0; i < threads; i++) {
        members[i] = (struct member){.contender = contender,
                                     .self = self,
                                     .order = order,
                                     .start = &start,
                                     .ids = ids + (size_t)i * (warm + calls),
                                     .warm = warm,
                                     .calls = calls};
        if (pthread_create(&members[i].thread, NULL, member_main, &members[i]) != 0) {
            fputs("bench: no thread\n", stderr);
            exit(1);
        }
    }
    struct crew_result result = {0};
    for (int i = 0; i < threads; i++) {
        pthread_join(members[i].thread, NULL);
        result.ns += members[i].ns / threads;
        result.wrong += members[i].wrong;
    }
    pthread_barrier_destroy(&start);
    return result;
}
