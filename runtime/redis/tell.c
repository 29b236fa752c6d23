/* SPDX-License-Identifier: MIT
 *
 * What a message says, told to the cache that it is about. Whatever is not understood, of a later version perhaps, is
 * taken for the worst: everything may be outdated.
 */
#include <stdlib.h>

#include "mutants.h"
#include "redis_store.h"

enum { LONGEST_TAG = sizeof((struct t87s_tag *)0)->path };

unsigned char *t87s__redis_key_message(const void *key, size_t key_size) {
    unsigned char *message = malloc(key_size + 1);
    if (!message)
        return NULL;
    message[0] = MESSAGE_KEY;
    memcpy(message + 1, key, key_size);
    return message;
}

/* Flags, then tags, each behind its size; false: something else. With `told` false it is only looked at. */
static bool walk_tags(const struct t87s__scope *scope, const unsigned char *at, const unsigned char *end, bool told) {
    size_t ends[T87S_MAX_SEGMENTS];
    const unsigned flags = *at++;
    if (flags & ~(unsigned)(T87S_SOFT | T87S_EXACT))
        return false;
    while (at < end) {
        if (end - at < 2)
            return false;
        const struct t87s_store_tag tag = {at + 2, (size_t)at[0] << 8 | at[1]};
        if (tag.size > (size_t)(end - at) - 2 || tag.size > LONGEST_TAG || !t87s_store_prefixes(tag, ends))
            return false;
        if (told)
            scope->listener.invalidated(scope->listener.arg, &tag, 1, flags);
        at += 2 + tag.size;
    }
    return true;
}

void t87s__redis_tell(const struct t87s__scope *scope, const void *message, size_t size) {
    const unsigned char *at = message, *end = at + size;
    if (size >= 2 && *at == MESSAGE_TAGS && walk_tags(scope, at + 1, end, false))
        walk_tags(scope, at + 1, end, true);
    else if (size >= 2 && *at == MESSAGE_KEY)
        scope->listener.removed(scope->listener.arg, at + 1, size - 1);
    else if (!T87S__MUTANT(SENSELESS_IGNORED))
        scope->listener.lost(scope->listener.arg);
}
