/* SPDX-License-Identifier: MIT */
#include "calls.h"

#include <check.h>
#include <time.h>

#include "yield.h"

static void *run(void *arg) {
    struct call *call = arg;
    call->body(call->arg);
    atomic_store(&call->ended, true);
    return NULL;
}

void call_start(struct call *call, void (*body)(void *arg), void *arg) {
    call->body = body;
    call->arg = arg;
    atomic_store(&call->ended, false);
    ck_assert_int_eq(pthread_create(&call->thread, NULL, run, call), 0);
}

void call_stop_at(struct call *call, void (*body)(void *arg), void *arg, const char *label) {
    t87s__yield_hold(label);
    call_start(call, body, arg);
    t87s__yield_await();
}

void call_join(struct call *call) { ck_assert_int_eq(pthread_join(call->thread, NULL), 0); }

void call_go_on(struct call *call) {
    t87s__yield_release();
    call_join(call);
}

bool call_ends_soon(struct call *call) {
    enum { MOMENT_MS = 40 };
    for (int ms = 0; ms < MOMENT_MS && !atomic_load(&call->ended); ms++)
        nanosleep(&(struct timespec){0, 1000 * 1000}, NULL);
    return atomic_load(&call->ended);
}
