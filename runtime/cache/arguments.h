/* SPDX-License-Identifier: MIT
 *
 * The rules of t87s.h that arguments are held to, each in one place.
 */
#ifndef T87S_CACHE_ARGUMENTS_H
#define T87S_CACHE_ARGUMENTS_H

#include "tag_path.h"

static inline bool t87s__valid_key(const void *key, size_t key_len) {
    return key && key_len >= 1 && key_len <= T87S_MAX_KEY;
}

static inline bool t87s__valid_duration(int64_t ms) { return ms >= 0 || ms == T87S_NONE; }

static inline bool t87s__valid_tags(const struct t87s_tag *tags, size_t n) {
    for (size_t i = 0; tags && i < n; i++)
        if (!t87s__tag_path_valid(tags[i].path, tags[i].size))
            return false;
    return tags || !n;
}

#endif
