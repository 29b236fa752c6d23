/* SPDX-License-Identifier: MIT */
#include "wait_graph.h"

struct t87s__thread {
    struct t87s__flight *led;         /* the innermost; of this thread alone */
    struct t87s__flight *waiting_for; /* under the graph's lock */
};

static pthread_mutex_t graph_lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local struct t87s__thread self;

struct t87s__thread *t87s__thread_self(void) {
    return &self;
}

void t87s__thread_lead(struct t87s__flight *flight) {
    flight->leader = &self; /* nobody else sees the flight yet */
    flight->below_in_stack = self.led;
    self.led = flight;
}

void t87s__thread_unlead(struct t87s__flight *flight, bool waited_for) {
    struct t87s__flight **link = &self.led;
    while (*link && *link != flight)
        link = &(*link)->below_in_stack;
    if (*link)
        *link = flight->below_in_stack;
    if (!waited_for)
        return; /* then nobody can come upon the flight on a walk */
    pthread_mutex_lock(&graph_lock);
    flight->leader = NULL;
    pthread_mutex_unlock(&graph_lock);
}

struct t87s__flight *t87s__thread_innermost(void) {
    return self.led;
}

bool t87s__thread_leads_any(void) { return self.led != NULL; }

size_t t87s__thread_leads_in(const struct t87s__flights *flights) {
    size_t n = 0;
    for (const struct t87s__flight *flight = self.led; flight; flight = flight->below_in_stack)
        if (flight->flights == flights)
            n++;
    return n;
}

bool t87s__thread_leads_key(const struct t87s__flights *flights, const struct t87s__key *key) {
    for (const struct t87s__flight *flight = self.led; flight; flight = flight->below_in_stack) {
        if (flight->flights == flights && t87s__key_equal(&flight->key, key))
            return true;
    }
    return false;
}

bool t87s__wait_graph_enter(struct t87s__flight *flight) {
    bool ring = false;
    pthread_mutex_lock(&graph_lock);
    for (struct t87s__flight *at = flight; at && at->leader && !ring; at = at->leader->waiting_for)
        ring = at->leader == &self;
    if (!ring)
        self.waiting_for = flight;
    pthread_mutex_unlock(&graph_lock);
    return !ring;
}

void t87s__wait_graph_leave(void) {
    pthread_mutex_lock(&graph_lock);
    self.waiting_for = NULL;
    pthread_mutex_unlock(&graph_lock);
}

void t87s__wait_graph_lock(void) { pthread_mutex_lock(&graph_lock); }

void t87s__wait_graph_unlock(void) { pthread_mutex_unlock(&graph_lock); }
