/* SPDX-License-Identifier: MIT
 *
 * Read sections: how a block is freed that readers find without a lock (RCU, liburcu's flavour bp).
 *
 *     reader   read_begin, load the pointer (acquire), read the block, read_end
 *     writer   unpublish the block, read_wait, free it
 *
 * A section costs two plain stores to a line of the thread's own, and no call: the wait pays for the fences
 * (membarrier). Sections nest. A thread needs no registration; its first section takes a lock of liburcu for a moment.
 *
 * Inside a section nobody waits: not for a lock that is held around read_wait, not in user code. read_wait is called
 * with no lock held, and so is the first section of a thread (or read_ongoing, which is as good): read_before_fork
 * comes before all locks.
 */
#ifndef T87S_BASE_READ_SECTION_H
#define T87S_BASE_READ_SECTION_H

#include <stdbool.h>

#include <urcu/urcu-bp.h>

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define T87S__READ_BY_CALL
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer) || __has_feature(undefined_behavior_sanitizer)
#define T87S__READ_BY_CALL
#endif
#endif

#ifdef T87S__READ_BY_CALL

/* Builds with sanitizers call liburcu, whose own code is not instrumented: its records are less aligned than it tells
 * the compiler, and ThreadSanitizer cannot know the order that it gives. That is told in read_section.c. */
void t87s__read_begin(void);
void t87s__read_end(void);

/* True: a section has begun. False: it would be the first one of this thread, which t87s__read_begin() begins. */
static inline bool t87s__read_begin_again(void) {
    t87s__read_begin();
    return true;
}

/* Whether the calling thread is in a section. */
static inline bool t87s__read_ongoing(void) { return urcu_bp_read_ongoing(); }

#else

/* The small functions that liburcu lets any program inline; the others are calls. */
#include <urcu/static/urcu-bp.h>

static inline void t87s__read_begin(void) { _urcu_bp_read_lock(); }

/* True: a section has begun. False: it would be the first one of this thread, which t87s__read_begin() begins; so there
 * is no call in here that callers would have to save registers for. */
static inline bool t87s__read_begin_again(void) {
    if (!URCU_TLS(urcu_bp_reader))
        return false;
    _urcu_bp_read_lock();
    return true;
}

static inline void t87s__read_end(void) { _urcu_bp_read_unlock(); }

/* Whether the calling thread is in a section. */
static inline bool t87s__read_ongoing(void) { return _urcu_bp_read_ongoing(); }

#endif

/* Returns when every section that was open at the call has ended: what was unpublished before may be freed. Never
 * inside a section. It may sleep for milliseconds, so free many blocks after one wait. No cancellation point. */
void t87s__read_wait(void);

/* For the handlers of fork(); the forking thread is in no section. In the child the other threads' sections are gone.
 * Between before_fork and its counterpart the thread takes no signals. */
void t87s__read_before_fork(void);
void t87s__read_after_fork_in_parent(void);
void t87s__read_after_fork_in_child(void);

#endif
