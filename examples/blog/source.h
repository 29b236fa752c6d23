/* SPDX-License-Identifier: MIT */
#ifndef BLOG_SOURCE_H
#define BLOG_SOURCE_H

#include <stdatomic.h>
#include <stdint.h>

#include "db.h"

/* What the application hands to the cache as `app`: where fetches read and mutations write. source.c defines every
 * blog_fetch_ and blog_apply_ function that the generated header declares. */
struct source {
    struct db *db;            /* immutable */
    _Atomic uint64_t fetches; /* calls of a blog_fetch_ function: what reached SQLite */
    uint64_t written_version; /* of the last row written; belongs to the one thread that writes */
};

#endif
