/* SPDX-License-Identifier: MIT */
#include "read_section.h"

#include <assert.h>
#include <pthread.h>

/* For ThreadSanitizer: a wait acquires what the sections that ended before released, a section acquires what the waits
 * that ended before released. Two addresses: sections are not ordered among themselves. */
#if defined(__SANITIZE_THREAD__)
#define TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TSAN
#endif
#endif

#ifdef TSAN
#include <sanitizer/tsan_interface.h>
static char ends, waits;
#define ACQUIRE(address) __tsan_acquire(address)
#define RELEASE(address) __tsan_release(address)
#else
#define ACQUIRE(address) ((void)0)
#define RELEASE(address) ((void)0)
#endif

#ifdef T87S__READ_BY_CALL
void t87s__read_begin(void) {
    urcu_bp_read_lock();
    ACQUIRE(&waits);
}

void t87s__read_end(void) {
    RELEASE(&ends);
    urcu_bp_read_unlock();
}
#endif

void t87s__read_wait(void) {
    int cancel_state; /* it sleeps with a lock of liburcu held, which a cancelled thread would keep */
    assert(!t87s__read_ongoing());
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    urcu_bp_synchronize_rcu();
    pthread_setcancelstate(cancel_state, NULL);
    ACQUIRE(&ends);
    RELEASE(&waits);
}

void t87s__read_before_fork(void) { urcu_bp_before_fork(); }

void t87s__read_after_fork_in_parent(void) { urcu_bp_after_fork_parent(); }

void t87s__read_after_fork_in_child(void) { urcu_bp_after_fork_child(); }
