/* SPDX-License-Identifier: MIT
 *
 * For harnesses that have something to say of few inputs only: libFuzzer keeps what reached new code, and nearly all
 * of that would be new ways of being refused. An input that was rejected() has reached nothing.
 */
#ifndef T87S_FUZZ_REJECTED_H
#define T87S_FUZZ_REJECTED_H

void rejected(void);

#endif
