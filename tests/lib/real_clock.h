/* SPDX-License-Identifier: MIT
 *
 * Time as it passes by itself, for tests of what goes by the system's clock; all others have a fake one (fake_clock.h).
 */
#ifndef T87S_TEST_REAL_CLOCK_H
#define T87S_TEST_REAL_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t now_ms(void);
void sleep_ms(int64_t ms);

#endif
