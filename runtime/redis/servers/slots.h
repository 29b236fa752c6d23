/* SPDX-License-Identifier: MIT
 *
 * In which of a cluster's slots a name lies: CRC16 of what is between its first braces, or of all of it.
 */
#ifndef T87S_REDIS_SLOTS_H
#define T87S_REDIS_SLOTS_H

#include "commands.h"

enum { T87S__SLOTS = 16384 };

/* Of a name in two parts, the first of which has no braces. */
unsigned t87s__slot_of(struct t87s__argument head, struct t87s__argument rest);

#endif
