/* SPDX-License-Identifier: MIT
 *
 * Places where another thread getting in between would be telling. Nothing in a normal build; with the option `yields`
 * (-DT87S_YIELDS, as ./dev test builds it for ThreadSanitizer) each thread, at a label,
 *
 *     now and then   yields, spins for a few hundred turns or sleeps a moment, at random
 *     when staged    stops at the label a test holds, until that lets go
 *
 * A label is unique and says what was just done or comes next: T87S__YIELD("invalidate: stamp drawn, nothing marked").
 * It may stand under a lock, but then must not be held by a test whose other threads need that lock.
 */
#ifndef T87S_BASE_YIELD_H
#define T87S_BASE_YIELD_H

#ifdef T87S_YIELDS

#define T87S__YIELD(label) t87s__yield(label)
void t87s__yield(const char *label);

/* For staged tests; one label is held at a time. */
void t87s__yield_hold(const char *label); /* the next thread that comes to it stops there; those after it do not */
void t87s__yield_await(void);             /* until a thread has stopped */
void t87s__yield_release(void);           /* lets it go on */
void t87s__yield_release_to(const char *label); /* and holds the next that comes to this label; NULL: nobody */

#else

#define T87S__YIELD(label) ((void)0)

#endif

#endif
