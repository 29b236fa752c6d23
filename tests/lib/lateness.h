/* SPDX-License-Identifier: MIT
 *
 * How late the machine is. A thread asks to be woken every millisecond and adds up by how much it was not, so that a
 * test of a deadline can tell a call that took too long from a machine that stood still meanwhile.
 */
#ifndef T87S_TEST_LATENESS_H
#define T87S_TEST_LATENESS_H

#include <stdint.h>

/* Starts the watch, once in a process; without it nothing is ever late. */
void lateness_watch(void);
/* Milliseconds since the watch began by which it was woken too late, with what is still going on: they only grow. Any
 * thread. */
int64_t lateness_ms(void);

#endif
