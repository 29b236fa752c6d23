/* SPDX-License-Identifier: MIT
 *
 * What a delete, a set and a clear leave behind, for keys what versions are for tags: answers of this key born below
 * the floor must not be kept, and a flight born below it must not be joined. Keys share floors by hash, which can only
 * cost a fetch. Entries in the table need no floor: whoever raises one then takes them out.
 */
#ifndef T87S_STORE_KEY_FLOOR_H
#define T87S_STORE_KEY_FLOOR_H

#include <stdbool.h>

#include "stamp.h"

enum { KEY_FLOORS = 1024 };

struct t87s__key_floors {
    _Atomic(uint64_t) all; /* clear() */
    _Atomic(uint64_t) by_hash[KEY_FLOORS];
};

static inline void t87s__key_floor_raise(struct t87s__key_floors *floors, uint64_t hash, uint64_t stamp) {
    t87s__stamp_raise(&floors->by_hash[hash % KEY_FLOORS], stamp);
}

/* Whether something born at `birth` under this key may still be kept or joined. */
static inline bool t87s__key_floor_admits(struct t87s__key_floors *floors, uint64_t hash, uint64_t birth) {
    return birth >= t87s__stamp_read(&floors->by_hash[hash % KEY_FLOORS]) && birth >= t87s__stamp_read(&floors->all);
}

#endif
