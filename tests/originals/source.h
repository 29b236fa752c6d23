/* SPDX-License-Identifier: MIT */
#ifndef T87S_TEST_ORIGINAL_SOURCE_H
#define T87S_TEST_ORIGINAL_SOURCE_H

#include "original.tags.h"

/* What the fetches of original.tags read, and how often each was called: the `app` of original_open. */
struct blog {
    unsigned version; /* part of each answer */
    unsigned users, posts, comments, configs, profiles, renames;
    enum t87s_status status; /* of every fetch and of apply */
};

#endif
