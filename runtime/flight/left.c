/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* pthread_getattr_np */
#include "left.h"

#include "wait_graph.h"

/* Of the calling thread: the stack it was born with, [low, high); both 0 as long as that is not known. */
static _Thread_local struct {
    uintptr_t low, high;
    bool asked;
    bool seen_off; /* its end will be noticed */
} own;

static pthread_key_t at_thread_end;
static bool have_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void end_thread(void *unused) {
    (void)unused;
    own.seen_off = false; /* destructors of others may query once more */
    t87s__left_end_all(NULL);
}

static void make_key(void) { have_key = pthread_key_create(&at_thread_end, end_thread) == 0; }

/* A library that is unloaded must not be called at the end of a thread. */
__attribute__((destructor)) static void drop_key(void) {
    if (have_key)
        pthread_key_delete(at_thread_end);
    have_key = false;
}

/* Once a thread, for it may read a file. What fails here costs the noticing only. */
static void ask_for_stack(void) {
    pthread_attr_t attributes;
    void *low;
    size_t size;
    int cancel_state; /* reading a file is a cancellation point */
    own.asked = true;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    if (!pthread_getattr_np(pthread_self(), &attributes)) {
        if (!pthread_attr_getstack(&attributes, &low, &size)) {
            own.low = (uintptr_t)low;
            own.high = own.low + size;
        }
        pthread_attr_destroy(&attributes);
    }
    pthread_setcancelstate(cancel_state, NULL);
}

void t87s__left_watch(struct t87s__flight *flight, struct t87s__flight *volatile *mark,
                      void (*leave)(struct t87s__flight *flight)) {
    flight->leave = leave;
    flight->mark = mark;
    if (!own.asked)
        ask_for_stack();
    if (!own.seen_off) {
        pthread_once(&once, make_key);
        own.seen_off = have_key && pthread_setspecific(at_thread_end, &own) == 0;
    }
}

static bool on_own_stack(uintptr_t address) { return address >= own.low && address < own.high; }

/* Its mark lies in a live part of the stack, whatever stands there by now. */
__attribute__((no_sanitize("address"))) static bool jumped_out_of(const struct t87s__flight *flight, uintptr_t frame) {
    uintptr_t mark = (uintptr_t)flight->mark;
    return mark && on_own_stack(mark) && on_own_stack(frame) && (mark <= frame || *flight->mark != flight);
}

void t87s__left_end(const void *frame) {
    for (struct t87s__flight *at = t87s__thread_innermost(), *outer; at; at = outer) {
        outer = at->below_in_stack;
        if (jumped_out_of(at, (uintptr_t)frame))
            at->leave(at);
    }
}

void t87s__left_end_all(const struct t87s__flights *flights) {
    for (struct t87s__flight *at = t87s__thread_innermost(), *outer; at; at = outer) {
        outer = at->below_in_stack;
        if (at->mark && (!flights || at->flights == flights))
            at->leave(at);
    }
}
