/* SPDX-License-Identifier: MIT
 *
 * Threads of the library's own. No signal arrives in them: those are for the application's.
 */
#ifndef T87S_BASE_THREAD_H
#define T87S_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* False: none can be had. */
bool t87s__thread_start(pthread_t *thread, void *(*body)(void *), void *arg);

/* Starts them; tests replace it to see what happens when none can be had. */
extern int (*t87s__thread_spawn)(pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *arg);

#endif
