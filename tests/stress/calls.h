/* SPDX-License-Identifier: MIT
 *
 * Calls on threads of their own, for staged tests: one stops at a label of runtime/base/yield.h while the test goes on.
 */
#ifndef T87S_STRESS_CALLS_H
#define T87S_STRESS_CALLS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct call {
    void (*body)(void *arg);
    void *arg;
    pthread_t thread;
    atomic_bool ended;
};

void call_start(struct call *call, void (*body)(void *arg), void *arg);
/* The same; returns when it stands at the label. One call stands at a time. */
void call_stop_at(struct call *call, void (*body)(void *arg), void *arg, const char *label);
/* Lets go on what stands, and waits for its end. */
void call_go_on(struct call *call);
void call_join(struct call *call);
/* Whether it ends within a moment. A call that must not end makes this wait for all of the moment. */
bool call_ends_soon(struct call *call);

#endif
