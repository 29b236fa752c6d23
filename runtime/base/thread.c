/* SPDX-License-Identifier: MIT */
#include "thread.h"

#include <signal.h>

int (*t87s__thread_spawn)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = pthread_create;

bool t87s__thread_start(pthread_t *thread, void *(*body)(void *), void *arg) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = t87s__thread_spawn(thread, NULL, body, arg) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}
